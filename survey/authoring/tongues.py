"""The languages of a draft: how far each is, what is at fault in it, and who confirmed it.

A language is a draft until somebody who speaks it has looked at every text and is named; only then can it be opened to
children. Whoever is named has seen the words that the page showed: a confirmation of others is not taken. Words whose
English changed since are counted as outdated, and go out again marked as such.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from survey import audit
from survey.access import staff
from survey.authoring.following import forget_confirmation, spoken, told_of, waiting
from survey.authoring.item_form import one_line
from survey.authoring.judging import Remark, verdict
from survey.authoring.places import WRITERS, blueprint
from survey.authoring.saving import Changed, TooLarge, load, same, save
from survey.authoring.trees import RECORDING, Tree, english, fields, fingerprint, words
from survey.installation import database, keys
from survey.languages import gettext

LONGEST_NAME = 100
CONFIRMED_BY = ("person", "organisation")
ACTS = {"": "draft.language_confirmed", "recall": "draft.language_recalled", "remove": "draft.language_removed"}


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language of a draft, how far it is, and a mark of the words as they are shown."""

    code: str
    name: str
    checked: str
    told: int
    missing: int
    outdated: int
    faults: tuple[Remark, ...]
    mark: str


def tongue_of(document: Tree, code: str) -> Tongue:
    """How far one language of a draft is."""
    held = fields(document["translations"].get(code))
    needed = {name for name in english(document["source"]) if name[-2:] != RECORDING}
    told = set(told_of(held))
    return Tongue(
        code,
        words(held.get("name")) or code,
        words(held.get("checked")),
        len(told & needed),
        len(needed - told),
        len(waiting(document, code).keys() & {spoken(name) for name in needed}),
        tuple(one for one in verdict(document).faults if one.tongue == code and one.code != "untranslated"),
        fingerprint(_shown(document, code)),
    )


def _shown(document: Tree, code: str) -> list[object]:
    """What somebody confirms: the words, and the English that they stand for."""
    source = sorted([spoken(name), told] for name, told in english(document["source"]).items())
    return [source, document["translations"].get(code)]


@blueprint.get("/drafts/<int:draft_id>/languages")
@staff(*WRITERS)
def languages(draft_id: int) -> str:
    """Every language of a draft: how far it is, who confirmed it, the file for translators."""
    return show(draft_id)


def show(draft_id: int, fault: str = "", said: str = "", typed: dict[str, dict[str, str]] | None = None) -> str:
    """The page of languages, with what went wrong or well, and what was typed for one of them."""
    draft = load(draft_id).draft
    return render_template(
        "authoring/languages.html",
        draft=draft,
        title=draft.title,
        tongues=[tongue_of(draft.document, code) for code in draft.document["translations"]],
        count=sum(name[-2:] != RECORDING for name in english(draft.document["source"])),
        whole=all(one.tongue for one in verdict(draft.document).faults),
        fault=fault,
        said=said,
        typed=typed or {},
    )


@blueprint.post("/drafts/<int:draft_id>/languages/<code>")
@staff(*WRITERS, keeps_typed=True)
def confirm(draft_id: int, code: str) -> Reply | str | tuple[str, int]:
    """Name who speaks the language and has confirmed every text, and for whom they did; take that back; or take the
    language out, asked twice."""
    typed = {name: one_line(request.form.get(name, ""))[:LONGEST_NAME] for name in CONFIRMED_BY}
    act = request.form.get("act", "") if request.form.get("act") in ACTS else ""
    document = load(draft_id).draft.document
    if code not in document["translations"]:
        abort(404)
    fault, status = _fault_of(typed, tongue_of(document, code), act)
    if act == "remove" and not fault and "sure" not in request.form:
        return _sure(draft_id, code)

    def change(held: Tree) -> None:
        if not same(_shown(held, code), request.form.get("was", "")):
            raise Changed
        _settle(held, code, act, ", ".join(typed.values()))

    if not fault:
        try:
            save(draft_id, change)
        except Changed:
            fault, status = (
                gettext("Words have changed since this page was opened. Look at them before you decide."),
                409,
            )
        except TooLarge:
            fault, status = gettext("The draft would be too large. Nothing was saved."), 422
    if fault:
        was = {} if status == 409 and not g.only_shown else {"was": request.form.get("was", "")}
        return show(draft_id, fault, typed={code: typed | was}), status
    with database().writing() as session:
        said = "" if act else ", ".join(typed.values())
        audit.record(session, keys(), g.account.id, ACTS[act], f"draft {draft_id}, {code}", said)
    return redirect(url_for("authoring.languages", draft_id=draft_id), 303)


def _sure(draft_id: int, code: str) -> str:
    draft = load(draft_id).draft
    return render_template("authoring/take_out.html", draft=draft, tongue=tongue_of(draft.document, code))


def _fault_of(typed: dict[str, str], tongue: Tongue, act: str) -> tuple[str, int]:
    """Why a confirmation cannot be taken; empty if it can."""
    if g.only_shown:
        return gettext("This is not saved yet. Look at it, then press the button again."), 409
    if act:
        return "", 200
    if tongue.missing:
        return gettext(
            "%(name)s has no words yet for %(n)s of the texts. Get the file for translators, bring it back with them, then name "
            "who has checked every text.",
            n=tongue.missing,
            name=tongue.name,
        ), 422
    if not all(any(sign.isalpha() for sign in said) for said in typed.values()):
        return gettext("Name both the person who checked it and the organisation that they did it for."), 422
    return "", 200


def _settle(document: Tree, code: str, act: str, who: str) -> None:
    """A language that is confirmed, is so no more, or is taken out with everything that waited for it."""
    if act == "remove":
        document["translations"].pop(code)
        document["outdated"].pop(code, None)
    else:
        document["translations"][code]["checked"] = None if act else who
    forget_confirmation(document, code)
