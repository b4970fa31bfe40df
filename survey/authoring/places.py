"""The addresses of authoring, and whose drafts and questionnaires one may see: those of one's own organisations."""

from __future__ import annotations

from flask import Blueprint, abort, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.access import organisations_of, reach
from survey.headers import style_of
from survey.models import Draft, InstrumentVersion, Organisation, Programme, ProgrammeWave
from survey.publishing import open_to

blueprint = Blueprint("authoring", __name__, url_prefix="/staff/questionnaires")
style_of(blueprint, "author.css")

WRITERS = ("administrator", "analyst")
APPROVER = "administrator"
LARGEST_UPLOAD = 480 * 1024
"""Below the size from which an upload would be put on a disk while it is read."""


@blueprint.before_request
def allow_files() -> None:
    """Spreadsheets and recordings are larger than forms."""
    if request.endpoint in ("authoring.bring_in", "authoring.bring_words", "authoring.recordings_of_draft"):
        request.max_content_length = LARGEST_UPLOAD


def organisation_ids(*roles: str) -> list[int]:
    """The organisations for which this account holds one of these roles as a whole."""
    return sorted(set(organisations_of(*(roles or WRITERS))))


def organisations(session: Session) -> list[Organisation]:
    """Where this account may write questionnaires."""
    found = select(Organisation).where(Organisation.id.in_(organisation_ids())).order_by(Organisation.name)
    return list(session.scalars(found))


def reached_draft(session: Session, draft_id: int, *, locked: bool = False) -> Draft:
    """One draft of one's own organisations; `locked` holds it until the end of the transaction."""
    draft = session.scalar(select(Draft).where(Draft.id == draft_id, Draft.organisation_id.in_(organisation_ids())))
    if draft is None:
        abort(404)
    if locked:
        session.refresh(draft, with_for_update=True)
    return draft


def reached_version(session: Session, version_id: int) -> InstrumentVersion:
    """A published questionnaire that one may see: everybody's, one's organisation's, or one that a programme of one's uses."""
    roles = (*WRITERS, "facilitator")
    used = (
        select(ProgrammeWave.instrument_version_id)
        .join(Programme, ProgrammeWave.programme_id == Programme.id)
        .where(reach(*roles))
    )
    seen = open_to(organisation_ids(*roles)) | InstrumentVersion.id.in_(used)
    return session.scalar(select(InstrumentVersion).where(InstrumentVersion.id == version_id, seen)) or abort(404)
