"""Releases in the store: kept once with their charts, read back by pages, withdrawn but never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.models import Chart, Release, ReleasedSitting
from survey.releases.snapshot import Snapshot, fingerprint, read, write

if TYPE_CHECKING:
    from survey.releases.making import Draft

Drawings = Mapping[tuple[str, str], bytes]
"""(name, language) -> SVG."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A release as pages see it: its row and what it says."""

    release: Release
    snapshot: Snapshot
    charts: frozenset[tuple[str, str]]


class ReleaseDamaged(Exception):
    """A stored release is not what was stored: its hash does not fit. It is not shown."""


def keep(session: Session, programme_id: int, draft: Draft, ledger: str, drawings: Drawings, day: date) -> Release:
    """Store a release under the programme's next number, with the sittings that enter and its charts."""
    highest = session.scalar(select(func.max(Release.number)).where(Release.programme_id == programme_id)) or 0
    document, sha256 = write(draft.snapshot)
    release = Release(
        programme_id=programme_id,
        setting_id=draft.setting_id,
        number=highest + 1,
        kind=draft.kind,
        made_on=day,
        snapshot=document,
        sha256=sha256,
        ledger=ledger,
    )
    session.add(release)
    session.flush()
    session.add_all(ReleasedSitting(sitting_id=sitting, release_id=release.id) for sitting in draft.sittings)
    for (name, language), svg in drawings.items():
        session.add(Chart(release_id=release.id, name=name, language=language, svg=svg))
    session.flush()
    return release


def opened(session: Session, release: Release) -> Kept:
    """A release as pages show it.

    Raises
    ------
    ReleaseDamaged
        When it was changed behind our back.
    """
    if fingerprint(release.snapshot) != release.sha256:
        raise ReleaseDamaged(f"release {release.number} of programme {release.programme_id}")
    snapshot = read(release.snapshot)
    names = session.execute(select(Chart.name, Chart.language).where(Chart.release_id == release.id))
    return Kept(release, snapshot, frozenset((name, language) for name, language in names))


def releases_of(session: Session, programme_id: int) -> list[Release]:
    """A programme's own releases, the newest first; school pages are not among them."""
    query = select(Release).where(Release.programme_id == programme_id, Release.setting_id.is_(None))
    return list(session.scalars(query.order_by(Release.number.desc())))


def latest_page(session: Session, programme_id: int, setting_id: int) -> Release | None:
    """The newest page of a school that was not withdrawn."""
    query = select(Release).where(
        Release.programme_id == programme_id, Release.setting_id == setting_id, Release.withdrawn_because.is_(None)
    )
    return session.scalar(query.order_by(Release.number.desc()).limit(1))


def chart(session: Session, release_id: int, name: str, language: str) -> bytes | None:
    """A stored drawing."""
    return session.scalar(
        select(Chart.svg).where(Chart.release_id == release_id, Chart.name == name, Chart.language == language)
    )
