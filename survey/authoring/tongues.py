"""The languages of a draft: words out to translators and back as PO files, and who confirmed them.

A language is a draft until somebody who speaks it has looked at it and is named; only then can it be opened to children.
Words whose English changed since are counted as outdated, and go out again marked as such.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import abort, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from questionnaires.faults import InstrumentFaults
from questionnaires.instrument import Instrument
from questionnaires.po import export_po, import_po
from questionnaires.tongues import code_of
from questionnaires.wording import LANGUAGE
from questionnaires.writing import translation_file
from survey import audit
from survey.access import staff
from survey.authoring.following import Waiting, spoken, told_of, waiting
from survey.authoring.item_form import one_line
from survey.authoring.judging import verdict
from survey.authoring.places import WRITERS, blueprint
from survey.authoring.saving import TooLarge, load, save
from survey.authoring.trees import RECORDING, Tree, english, fields, read_source, words
from survey.installation import database, keys
from survey.languages import gettext

LONGEST_NAME = 100
CONFIRMED_BY = ("person", "organisation")


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language of a draft and how far it is."""

    code: str
    name: str
    checked: str
    told: int
    missing: int
    outdated: int


def _tongues(document: Tree) -> list[Tongue]:
    needed = {name for name in english(document["source"]) if name[-2:] != RECORDING}
    found = []
    for code, held in document["translations"].items():
        told = set(told_of(held))
        found.append(
            Tongue(
                code,
                words(held.get("name")) or code,
                words(held.get("checked")),
                len(told & needed),
                len(needed - told),
                len(waiting(document, code).keys() & {spoken(name) for name in needed}),
            )
        )
    return found


@blueprint.get("/drafts/<int:draft_id>/languages")
@staff(*WRITERS)
def languages(draft_id: int) -> str:
    """Every language of a draft: how far it is, who confirmed it, the file for translators."""
    return _page(draft_id)


def _page(draft_id: int, fault: str = "", said: str = "", typed: dict[str, dict[str, str]] | None = None) -> str:
    draft = load(draft_id).draft
    return render_template(
        "authoring/languages.html",
        draft=draft,
        title=draft.title,
        tongues=_tongues(draft.document),
        count=sum(name[-2:] != RECORDING for name in english(draft.document["source"])),
        whole=verdict(draft.document).instrument is not None,
        fault=fault,
        said=said,
        typed=typed or {},
    )


def refuse_file(draft_id: int, said: str) -> str:
    """The same with why a file of words cannot be taken."""
    return _page(draft_id, said)


@blueprint.get("/drafts/<int:draft_id>/words.po")
@staff(*WRITERS)
def words_out(draft_id: int) -> Reply | tuple[str, int]:
    """The words of one language for a translator; a new language is begun."""
    typed = one_line(request.args.get("language", ""))[:60]
    code = code_of(typed) or typed
    instrument = verdict(load(draft_id).draft.document).instrument
    if instrument is None:
        return _page(
            draft_id, gettext("Mend the faults first: translators should not translate what will change.")
        ), 422
    if not LANGUAGE.fullmatch(code) or code == "en":
        return _page(draft_id, gettext("Name a language, such as Welsh or cy.")), 422
    reply = make_response(marked(export_po(instrument, code), waiting(load(draft_id).draft.document, code)))
    reply.content_type = "text/x-gettext-translation; charset=utf-8"
    reply.headers["Content-Disposition"] = f'attachment; filename="{instrument.key}.{code}.po"'
    return reply


def marked(po: bytes, outdated: Waiting) -> bytes:
    """The file with the old words of changed texts in it, marked fuzzy: the translator sees what there was."""

    def entry(found: re.Match[str]) -> str:
        if found["name"] not in outdated:
            return found[0]
        _, old = outdated[found["name"]]
        quoted = old.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'#, fuzzy\nmsgctxt "{found["name"]}"\n{found["english"]}msgstr "{quoted}"\n'

    pattern = re.compile(r'msgctxt "(?P<name>[^"\\\n]+)"\n(?P<english>msgid (?:".*"\n)+)msgstr ""\n(?!")')
    return pattern.sub(entry, po.decode()).encode()


@blueprint.post("/drafts/<int:draft_id>/words")
@staff(*WRITERS)
def bring_words(draft_id: int) -> str | tuple[str, int]:
    """Words that came back from a translator; what is fuzzy, outdated or missing is left out and counted."""
    instrument = verdict(load(draft_id).draft.document).instrument
    sent = request.files.get("file")
    if instrument is None or sent is None or not sent.filename:
        return _page(draft_id, gettext("Choose the PO file that came back, for a draft without faults.")), 422
    try:
        returned = import_po(instrument, sent.read(), "the file")
    except InstrumentFaults as found:
        first = found.faults[0]
        return _page(draft_id, f"{first.wrong[:1].upper()}{first.wrong[1:]}: {first.mend}."), 422
    code = returned.language.code

    def change(document: Tree) -> None:
        document["translations"][code] = _translation(returned.instrument, code)

    try:
        save(draft_id, change)
    except TooLarge:
        return _page(draft_id, gettext("The draft would be too large. Nothing was saved.")), 422
    counts = (len(returned.translated), len(returned.fuzzy), len(returned.outdated), len(returned.missing))
    said = gettext(
        "%(name)s: %(told)s texts taken, %(fuzzy)s marked fuzzy and left out, %(outdated)s for an older English and left "
        "out, %(missing)s missing.",
        **dict(zip(("name", "told", "fuzzy", "outdated", "missing"), (returned.language.name, *counts), strict=True)),
    )
    return _page(draft_id, said=said)


def _translation(instrument: Instrument, code: str) -> Tree:
    held, _ = read_source("translation", translation_file(instrument, code))
    return {name: one for name, one in held.items() if name not in ("key", "version")}


@blueprint.post("/drafts/<int:draft_id>/languages/<code>")
@staff(*WRITERS, keeps_typed=True)
def confirm(draft_id: int, code: str) -> Reply | str | tuple[str, int]:
    """Name who speaks the language and has confirmed every text, and for whom they did; or take the language out, asked
    twice."""
    typed = {name: one_line(request.form.get(name, ""))[:LONGEST_NAME] for name in CONFIRMED_BY}
    remove = request.form.get("act") == "remove"
    if code not in load(draft_id).draft.document["translations"]:
        abort(404)
    fault, status = _fault_of(typed, remove=remove)
    if remove and not fault and "sure" not in request.form:
        return _sure(draft_id, code)
    if not fault:
        try:
            save(draft_id, lambda document: _settle(document, code, None if remove else ", ".join(typed.values())))
        except TooLarge:
            fault, status = gettext("The draft would be too large. Nothing was saved."), 422
    if fault:
        return _page(draft_id, fault, typed={code: typed}), status
    with database().writing() as session:
        act = "draft.language_removed" if remove else "draft.language_confirmed"
        said = "" if remove else ", ".join(typed.values())
        audit.record(session, keys(), g.account.id, act, f"draft {draft_id}, {code}", said)
    return redirect(url_for("authoring.languages", draft_id=draft_id), 303)


def _sure(draft_id: int, code: str) -> str:
    draft = load(draft_id).draft
    found = next(one for one in _tongues(draft.document) if one.code == code)
    return render_template("authoring/take_out.html", draft=draft, tongue=found)


def _fault_of(typed: dict[str, str], *, remove: bool) -> tuple[str, int]:
    """Why a confirmation cannot be taken; empty if it can."""
    if g.only_shown:
        return gettext("This is not saved yet. Look at it, then press the button again."), 409
    if not remove and not all(any(sign.isalpha() for sign in said) for said in typed.values()):
        return gettext("Name both the person who checked it and the organisation that they did it for."), 422
    return "", 200


def _settle(document: Tree, code: str, checked: str | None) -> None:
    """A language that is confirmed; with nobody named it is taken out."""
    if checked is None:
        document["translations"].pop(code, None)
    else:
        fields(document["translations"].get(code))["checked"] = checked
