"""Recordings of a draft's questions: given one by one, heard, taken away again, in each language by itself.

A file is judged by its bytes: whatever is no sound that every phone plays is refused, with what to do instead. Giving or
removing one is a change of the draft like any other, so a proposal is taken back by it, and two people publish it.
"""

from __future__ import annotations

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from questionnaires.looks import SOURCE
from survey import audit, recordings
from survey.access import staff
from survey.authoring.places import LARGEST_UPLOAD, WRITERS, blueprint
from survey.authoring.recorded import give, spoken
from survey.authoring.saving import TooLarge, load, save_in
from survey.authoring.trees import Tree, fields, words
from survey.installation import database, keys
from survey.languages import direction, gettext, number
from survey.sound_files import NoRecording

KILOBYTE = 1024


class NotTaken(Exception):
    """A recording that cannot be kept; the message says why and what to do, to whoever gave it."""


@blueprint.route("/drafts/<int:draft_id>/recordings", methods=["GET", "POST"])
@staff(*WRITERS)
def recordings_of_draft(draft_id: int) -> Reply | str | tuple[str, int]:
    """All questions in one language, each with its recording or the place for one."""
    code = _language(load(draft_id).draft.document)
    if request.method == "GET":
        return _page(draft_id, code)
    key = request.form.get("item", "")
    try:
        if request.form.get("act") == "remove":
            _remove(draft_id, key, code)
        else:
            _take(draft_id, key, code)
    except NotTaken as refused:
        return _page(draft_id, code, key, str(refused)), 422
    return redirect(
        url_for("authoring.recordings_of_draft", draft_id=draft_id, lang=code, done=key, _anchor=f"r-{key}"), 303
    )


def refuse_file(draft_id: int) -> str:
    """A file that is far too long is refused before it is read, and with it the field that says which question it was for."""
    return _page(draft_id, _language(load(draft_id).draft.document), "", _too_long(LARGEST_UPLOAD))


def _language(document: Tree) -> str:
    """The language that is looked at; 404 for one that the draft does not have."""
    code = request.args.get("lang") or SOURCE
    return code if code == SOURCE or code in document["translations"] else abort(404)


def _take(draft_id: int, key: str, code: str) -> None:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise NotTaken(gettext("Choose a recording first."))
    data = sent.read()
    if not data:
        raise NotTaken(gettext("This file is empty: nothing was recorded. Record the question once more."))
    try:
        with database().writing() as session:
            recordings.hold(session)
            name = recordings.put(session, data)
            draft = save_in(session, draft_id, lambda document: _give(document, key, code, name))
            recordings.require_room(session, draft.document)
            recordings.sweep(session)
            audit.record(
                session, keys(), g.account.id, "draft.recording_given", f"draft {draft_id}, {key}, {code}", name
            )
    except NoRecording as refused:
        raise NotTaken(
            gettext(
                "This file is not a sound that every phone plays, whatever its name says. Save the recording as MP3, or as "
                "M4A with AAC sound, and give it again."
            )
        ) from refused
    except recordings.TooLong as refused:
        raise NotTaken(_too_long(len(data))) from refused
    except recordings.TooMany as refused:
        said = gettext(
            "All recordings of a questionnaire together may have %(most)s MB. Save them with a lower quality, such as one "
            "channel at 64 kbit/s, and give them again.",
            most=number(recordings.MOST_OF_A_DRAFT // KILOBYTE**2),
        )
        raise NotTaken(said) from refused
    except TooLarge as refused:
        raise NotTaken(gettext("The draft would be too large. Nothing was saved.")) from refused


def _too_long(size: int) -> str:
    return gettext(
        "This file has %(size)s KB or more; at most %(most)s KB can be kept, which is half a minute of speech. Record it "
        "shorter, or save it with a lower quality, such as one channel at 64 kbit/s.",
        size=number(size // KILOBYTE),
        most=number(recordings.LARGEST // KILOBYTE),
    )


def _give(document: Tree, key: str, code: str, name: str) -> None:
    held = next((one for one in spoken(document, code) if one.key == key), None)
    if held is not None and name and held.waits_for_english and code != SOURCE:
        raise NotTaken(
            gettext("Give the English recording first: a question is read out in English before other languages.")
        )
    if not give(document, key, code, name):
        raise NotTaken(
            gettext("This question is gone: somebody has taken it out or named it anew. Look at the list again.")
        )


def _remove(draft_id: int, key: str, code: str) -> None:
    with database().writing() as session:
        recordings.hold(session)
        save_in(session, draft_id, lambda document: _give(document, key, code, ""))
        recordings.sweep(session)
        audit.record(session, keys(), g.account.id, "draft.recording_removed", f"draft {draft_id}, {key}, {code}")


def _page(draft_id: int, code: str, at: str = "", fault: str = "") -> str:
    draft = load(draft_id).draft
    rows = spoken(draft.document, code)
    with database().reading() as session:
        sizes = recordings.sizes(session, recordings.named_by(draft.document))
    tongues = {SOURCE: "English"} | {
        one: words(fields(held).get("name")) or one for one, held in draft.document["translations"].items()
    }
    return render_template(
        "authoring/recordings.html",
        draft=draft,
        title=draft.title,
        code=code,
        tongues=list(tongues.items()),
        tongue=tongues[code],
        direction=direction,
        rows=rows,
        count=sum(bool(one.sound) for one in rows),
        needed=sum(not one.waits_for_english for one in rows),
        sizes={name: number(-(-size // KILOBYTE)) for name, size in sizes.items()},
        used=number(-(-sum(sizes.values()) // KILOBYTE)),
        limits=(number(recordings.LARGEST // KILOBYTE), number(recordings.MOST_OF_A_DRAFT // KILOBYTE**2)),
        at=at if any(one.key == at for one in rows) else "",
        fault=fault,
        done=request.args.get("done", ""),
    )


@blueprint.get("/drafts/<int:draft_id>/recordings/<name>")
@staff(*WRITERS)
def recorded(draft_id: int, name: str) -> Reply:
    """One recording that this draft names, to be heard."""
    named = recordings.named_by(load(draft_id).draft.document)
    with database().reading() as session:
        content = recordings.content_of(session, name) if name in named else None
    return abort(404) if content is None else recordings.as_reply(name, content, kept=False)
