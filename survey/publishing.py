"""Published questionnaires: stored once as canonical JSON under their hash, read back as values and kept in memory.

A version never changes, so what was read once may be kept for the life of the process. What an organisation wrote
itself is its own: no other sees it or can use it. The library, and what was published on the command line, is everybody's.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from sqlalchemy import ColumnElement, func, or_, select
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


def newest_version(session: Session, key: str) -> InstrumentVersion | None:
    """The highest published version of a questionnaire."""
    highest = select(func.max(InstrumentVersion.version)).where(InstrumentVersion.key == key).scalar_subquery()
    return session.scalar(
        select(InstrumentVersion).where(InstrumentVersion.key == key, InstrumentVersion.version == highest)
    )


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
