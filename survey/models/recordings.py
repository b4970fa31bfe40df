"""Recordings of questions that are read aloud, by their content, and the published versions that they belong to.

A recording lies in the store itself, so that one backup holds all of a questionnaire. Its name is the hash of its content:
a draft or a version that names it can never come to hold another one.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey.models.base import Base


class Recording(Base):
    """One recording, named by its content and its sort: forty digits of its SHA-256, then `.mp3` or `.m4a`."""

    __tablename__ = "recordings"

    name: Mapped[str] = mapped_column(String(44), primary_key=True)
    size: Mapped[int]
    content: Mapped[bytes]


class VersionRecording(Base):
    """A published version names this recording: it stays as long as the version does."""

    __tablename__ = "version_recordings"

    instrument_version_id: Mapped[int] = mapped_column(ForeignKey("instrument_versions.id"), primary_key=True)
    name: Mapped[str] = mapped_column(ForeignKey("recordings.name"), primary_key=True, index=True)
