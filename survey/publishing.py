"""Published questionnaires: stored once as canonical JSON under their hash, read back as values and kept in memory.

A version never changes, so what was read once may be kept for the life of the process. What an organisation wrote
itself is its own: no other sees it or can use it. The library, and what was published on the command line, is everybody's.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from questionnaires.codebook import Codebook
from questionnaires.instrument import Instrument
from questionnaires.versions import canonical_json, digest, from_json
from survey import recordings
from survey.clock import now
from survey.models import InstrumentVersion, Publication


class VersionTaken(Exception):
    """Another questionnaire already stands under this key and version: raise `version` in the file."""


def publish(session: Session, instrument: Instrument) -> InstrumentVersion:
    """Store a questionnaire as published; the very same one again is the one already stored.

    Raises
    ------
    VersionTaken
        When the key and version are taken by different content.
    """
    sha256 = digest(instrument)
    stored = session.scalar(
        select(InstrumentVersion).where(
            InstrumentVersion.key == instrument.key, InstrumentVersion.version == instrument.version
        )
    )
    if stored is not None:
        if stored.sha256 != sha256:
            raise VersionTaken(
                f"{instrument.key} version {instrument.version} is published with other content: raise its version."
            )
        return stored
    document = canonical_json(instrument).decode()
    version = InstrumentVersion(
        key=instrument.key, version=instrument.version, sha256=sha256, document=document, published_at=now()
    )
    session.add(version)
    session.flush()
    recordings.keep_with(session, version.id, instrument)
    return version


def newest_version(session: Session, key: str, organisation_ids: Collection[int] | None) -> InstrumentVersion | None:
    """The highest published version of a questionnaire that these organisations may use; with None that anybody may."""
    versions = select(InstrumentVersion).where(InstrumentVersion.key == key)
    if organisation_ids is not None:
        versions = versions.where(open_to(organisation_ids))
    return session.scalars(versions.order_by(InstrumentVersion.version.desc()).limit(1)).first()


def pinned_version(session: Session, instrument: Instrument, organisation_id: int) -> InstrumentVersion:
    """The version of a questionnaire that a new programme of this organisation pins. Another organisation may have
    published under its key before Heard shipped it: then the next free number is its version here, and theirs stays theirs."""
    usable = newest_version(session, instrument.key, [organisation_id])
    if usable is not None and usable.version >= instrument.version:
        return usable
    taken = newest_version(session, instrument.key, None)
    number = instrument.version if taken is None else max(instrument.version, taken.version + 1)
    return publish(session, replace(instrument, version=number))


def open_to(organisation_ids: Collection[int]) -> ColumnElement[bool]:
    """The versions that these organisations may see and use, as a condition on `InstrumentVersion`."""
    owned = select(Publication.instrument_version_id)
    theirs = owned.where(Publication.organisation_id.in_(organisation_ids))
    return or_(InstrumentVersion.id.not_in(owned), InstrumentVersion.id.in_(theirs))


def instrument_of(version: InstrumentVersion) -> Instrument:
    """The questionnaire of a stored version."""
    return _instrument(version.sha256, version.document)


def codebook_of(version: InstrumentVersion) -> Codebook:
    """The columns of a stored version."""
    return _codebook(version.sha256, version.document)


@lru_cache(maxsize=64)
def _instrument(_sha256: str, document: str) -> Instrument:
    return from_json(document.encode())


@lru_cache(maxsize=64)
def _codebook(sha256: str, document: str) -> Codebook:
    return Codebook.of(_instrument(sha256, document))
