"""The whole draft as the text of its file, for what the forms do not show: other wordings, scores, who tried a question.

Also how a draft leaves: as that file, or as a spreadsheet to go on with elsewhere.
"""

from __future__ import annotations

from flask import abort, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from questionnaires.tree import Refused
from survey.access import forgery_token, staff
from survey.authoring.drafts import remarks_html, wants_json
from survey.authoring.item_form import several_lines
from survey.authoring.judging import verdict
from survey.authoring.places import WRITERS, blueprint
from survey.authoring.saving import Changed, TooLarge, load, same, save
from survey.authoring.shape import is_whole
from survey.authoring.trees import Tree, as_text, fingerprint, read_source, words
from survey.languages import gettext

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.route("/drafts/<int:draft_id>/text", methods=["GET", "POST"])
@staff(*WRITERS, keeps_typed=True)
def text(draft_id: int) -> Reply | str | tuple[str, int] | Tree | tuple[Tree, int]:
    """Change the draft as text. A text that cannot be read is shown again, with the line that is wrong."""
    if request.method == "POST" and wants_json():
        return _as_json(draft_id)
    if request.method == "GET":
        return _page(draft_id)
    typed = several_lines(request.form.get("text", ""))
    if g.only_shown:
        return _page(draft_id, typed, gettext("This is not saved yet. Look at it, then press Save.")), 409
    try:
        source = _read(typed)
        save(draft_id, lambda document: _replace(document, source))
    except _Unread as unread:
        return _page(draft_id, typed, str(unread)), 422
    except Changed:
        message = gettext(
            "Somebody else has saved this draft meanwhile. Their text stands below yours. Nothing is lost."
        )
        return _page(draft_id, typed, message, theirs=True), 409
    except TooLarge:
        return _page(draft_id, typed, gettext("It is too large for a questionnaire. Nothing was saved.")), 422
    return redirect(url_for("authoring.text", draft_id=draft_id, saved=1), 303)


def _as_json(draft_id: int) -> Tree | tuple[Tree, int]:
    """The same for a page whose script saves."""
    if g.only_shown:
        return {"saved": False, "token": forgery_token()}, 409
    try:
        source = _read(several_lines(request.form.get("text", "")))
        saved = save(draft_id, lambda document: _replace(document, source))
    except _Unread:
        return {"saved": False, "trouble": "unread"}, 422
    except TooLarge:
        return {"saved": False, "trouble": "large"}, 409
    except Changed:
        return {"saved": False}, 409
    mark = fingerprint(saved.document["source"])
    return {"saved": True, "was": mark, "remarks": remarks_html(verdict(saved.document).remarks)}


class _Unread(Exception):
    """The text is no questionnaire; the message says where."""


def _read(typed: str) -> Tree:
    try:
        source, faults = read_source("text", typed.encode("utf-8", "replace"))
    except Refused as refusal:
        faults = [refusal.fault]
        source = {}
    if faults:
        one = faults[0]
        raise _Unread(
            gettext("Line %(line)s: %(wrong)s. What to do: %(mend)s.", line=one.line, wrong=one.wrong, mend=one.mend)
        )
    if not is_whole(source):
        raise _Unread(gettext("A questionnaire needs `pages:`, each with `items:`, and lists where there were lists."))
    return source


def _replace(document: Tree, source: Tree) -> None:
    if not same(document["source"], request.form.get("was", "")):
        raise Changed
    held = document["source"]
    document["source"] = {**source, "key": held.get("key"), "version": held.get("version")}


def _page(draft_id: int, typed: str | None = None, trouble: str = "", *, theirs: bool = False) -> str:
    draft = load(draft_id).draft
    source = draft.document["source"]
    is_old = typed is not None and not theirs
    return render_template(
        "authoring/text.html",
        draft=draft,
        title=draft.title,
        text=as_text(source) if typed is None else typed,
        was=request.form.get("was", "") if is_old else fingerprint(source),
        trouble=trouble,
        theirs=as_text(source) if theirs else "",
        remarks=verdict(draft.document).remarks if typed is None else (),
        saved="saved" in request.args,
    )


@blueprint.get("/drafts/<int:draft_id>/file.<ending>")
@staff(*WRITERS)
def download(draft_id: int, ending: str) -> Reply:
    """The draft as a file: as text always, as a spreadsheet once it has no fault."""
    draft = load(draft_id).draft
    source = draft.document["source"]
    if ending == "yaml":
        data, kind = as_text(source).encode(), "application/yaml"
    elif ending == "xlsx" and (instrument := verdict(draft.document).instrument) is not None:
        from questionnaires.xlsform_writing import (
            write_xlsform,  # brings NumPy along: only when a spreadsheet is asked for
        )

        data, kind = write_xlsform(instrument), SPREADSHEET
    else:
        abort(404)
    reply = make_response(data)
    reply.content_type = kind
    name = "".join(one for one in words(source.get("key")) if one.isascii() and (one.isalnum() or one == "_"))
    reply.headers["Content-Disposition"] = f'attachment; filename="{name or "questionnaire"}.{ending}"'
    return reply
