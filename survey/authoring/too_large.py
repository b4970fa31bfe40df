"""What is too large to be read at all: a page that says how large it is, how large it may be, and what to do.

The request is refused before its fields are read, so the page is told from the address alone, and nothing is stored.
"""

from __future__ import annotations

from flask import g, request
from werkzeug.exceptions import NotFound, RequestEntityTooLarge
from werkzeug.wrappers import Response as Reply

from survey.authoring import choosing, recording_pages, tongues
from survey.authoring.drafts import wants_json
from survey.authoring.places import LARGEST_UPLOAD, blueprint
from survey.authoring.trees import Tree
from survey.languages import gettext, number
from survey.troubles import show_refusal

KILOBYTE = 1024
Answer = Reply | tuple[str, int] | tuple[Tree, int]


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(refusal: RequestEntityTooLarge) -> Answer:
    """The page from which the file was sent, with what is the matter; anywhere else the page of the service."""
    if "account" not in g:
        return show_refusal(refusal)
    if wants_json():
        return {"saved": False, "trouble": "large"}, 413
    try:
        return _page_of(refusal)
    except NotFound as gone:  # a draft that this person does not reach
        return show_refusal(gone)


def _page_of(refusal: RequestEntityTooLarge) -> Answer:
    draft_id = (request.view_args or {}).get("draft_id", 0)
    if request.endpoint == "authoring.bring_in":
        return choosing.refuse_file(_said(gettext("Take the pictures out of it, or divide it into two files."))), 413
    if request.endpoint == "authoring.bring_words":
        remedy = gettext("The words of a questionnaire take far less: see whether it is the file that you mean.")
        return tongues.show(draft_id, _said(remedy)), 413
    if request.endpoint == "authoring.recordings_of_draft":
        return recording_pages.refuse_file(draft_id), 413
    return show_refusal(refusal)


def _said(remedy: str) -> str:
    sizes = {"most": number(LARGEST_UPLOAD // KILOBYTE), "remedy": remedy}
    if request.content_length is None:
        return gettext("This file has more than %(most)s KB. %(remedy)s", **sizes)
    size = number(-(-request.content_length // KILOBYTE))
    return gettext("This file has %(size)s KB; at most %(most)s KB can be read. %(remedy)s", size=size, **sizes)
