"""A question read aloud by a person: the recording that a published questionnaire names."""

from __future__ import annotations

from flask import abort
from werkzeug.wrappers import Response as Reply

from survey import recordings
from survey.access import respondent
from survey.answering.places import blueprint
from survey.installation import database


@blueprint.get("/recordings/<name>")
@respondent
def recording(name: str) -> Reply:
    """One recording; that of a draft, or of nothing, is not found."""
    with database().reading() as session:
        content = recordings.content_of(session, name) if recordings.published(session, {name}) else None
    return abort(404) if content is None else recordings.as_reply(name, content, kept=True)
