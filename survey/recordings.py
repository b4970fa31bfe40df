"""Recordings of questions: kept in the store by their content, heard only by way of a questionnaire that names them.

What a draft no longer names goes at once, unless another draft or a published version still names it. A published version
keeps its recordings as it keeps its words.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from flask import send_file
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Reply

from questionnaires.instrument import Instrument
from questionnaires.looks import recordings_of
from survey.models import Draft, Recording, VersionRecording
from survey.sound_files import read_sound

LARGEST = 300 * 1024
"""Half a minute of speech: a question with its answers takes less, and a child's phone has to fetch it."""
MOST_OF_A_DRAFT = 12 * 1024 * 1024
NAME = re.compile(r"[0-9a-f]{40}\.(?:mp3|m4a)")
SORTS = {"mp3": "audio/mpeg", "m4a": "audio/mp4"}
POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
YEAR = "public, max-age=31536000, immutable"
_LOCK = 0x48454153


class TooLong(Exception):
    """The recording is larger than a phone should have to fetch."""


class TooMany(Exception):
    """The recordings of a draft would be larger together than they can be."""


def hold(session: Session) -> None:
    """One after another: who gives a recording and who throws away what nobody names do not meet."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def put(session: Session, data: bytes) -> str:
    """Keep a recording; returns its name. The very same one is kept once.

    Raises
    ------
    survey.sound_files.NoRecording
        When the bytes are nothing that every phone plays, whatever they are called.
    TooLong
        When there are too many of them.
    """
    sort, content = read_sound(data)
    if len(content) > LARGEST:
        raise TooLong
    name = f"{hashlib.sha256(content).hexdigest()[:40]}.{sort}"
    if session.get(Recording, name) is None:
        session.add(Recording(name=name, size=len(content), content=content))
        session.flush()
    return name


def require_room(session: Session, document: Mapping[str, Any]) -> None:
    """Raise TooMany when the recordings that a draft names are too large together."""
    if sum(sizes(session, named_by(document)).values()) > MOST_OF_A_DRAFT:
        raise TooMany


def sizes(session: Session, names: Collection[str]) -> dict[str, int]:
    """Name -> bytes of those of these recordings that are kept."""
    found = session.execute(select(Recording.name, Recording.size).where(Recording.name.in_(names)))
    return {name: size for name, size in found}


def published(session: Session, names: Collection[str]) -> set[str]:
    """Those of these recordings that belong to a published version."""
    return set(session.scalars(select(VersionRecording.name).where(VersionRecording.name.in_(names))))


def content_of(session: Session, name: str) -> bytes | None:
    """The bytes of a recording."""
    return session.scalar(select(Recording.content).where(Recording.name == name))


def named_by(document: Mapping[str, Any]) -> set[str]:
    """The recordings that a draft names, in any of its languages; those of a question that can be put back too."""
    return set(_names((document["source"], document["translations"], document.get("removed"))))


def _names(part: Any) -> Iterable[str]:
    if isinstance(part, str):
        if NAME.fullmatch(part):
            yield part
    elif isinstance(part, Mapping):
        for one in part.values():
            yield from _names(one)
    elif isinstance(part, list | tuple):
        for one in part:
            yield from _names(one)


def keep_with(session: Session, version_id: int, instrument: Instrument) -> None:
    """A published version keeps the recordings that it names."""
    named = {name for name in recordings_of(instrument) if NAME.fullmatch(name)}
    session.add_all(VersionRecording(instrument_version_id=version_id, name=name) for name in sizes(session, named))


def sweep(session: Session) -> None:
    """Delete what neither a draft nor a published version names any more."""
    session.flush()
    kept = select(VersionRecording.name)
    loose = set(session.scalars(select(Recording.name).where(Recording.name.not_in(kept))))
    if loose:
        for document in session.scalars(select(Draft.document)):
            loose -= named_by(document)
        session.execute(delete(Recording).where(Recording.name.in_(loose)))


def as_reply(name: str, content: bytes, *, kept: bool) -> Reply:
    """A recording as a browser gets it: sound and nothing else, in parts too, for some phones ask for no other.

    Parameters
    ----------
    kept : whether browsers may keep it; its name changes with its content
    """
    sort = SORTS[name.rpartition(".")[2]]
    reply = send_file(io.BytesIO(content), mimetype=sort, conditional=True, etag=name, max_age=0)
    reply.headers["Content-Security-Policy"] = POLICY
    reply.headers["Cache-Control"] = YEAR if kept else "no-store"
    return reply
