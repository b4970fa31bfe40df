"""Words out to translators and back, as PO files.

What goes out needs sound English only: a translation that is at fault is mended by the very file that goes out. What
comes back is laid over what is there: a word that the file does not have, or only marked as doubtful or for an older
English, takes none away that stands under the same English still.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import make_response, request
from werkzeug.wrappers import Response as Reply

from questionnaires.faults import InstrumentFaults
from questionnaires.instrument import Instrument
from questionnaires.po import Returned, export_po, import_po
from questionnaires.texts import named_texts
from questionnaires.tongues import code_of
from questionnaires.wording import LANGUAGE
from survey.access import staff
from survey.authoring.following import HEAD, Waiting, forget_confirmation, put_words, spoken, told_of, waiting
from survey.authoring.item_form import one_line
from survey.authoring.judging import verdict
from survey.authoring.places import WRITERS, blueprint
from survey.authoring.saving import Changed, TooLarge, load, save
from survey.authoring.tongues import show
from survey.authoring.trees import RECORDING, Tree, english, words
from survey.languages import gettext


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file: how many of its texts were taken or left out, and how many words of the draft stayed
    although the file has none to take."""

    name: str
    told: int
    fuzzy: int
    outdated: int
    missing: int
    kept: int


@blueprint.get("/drafts/<int:draft_id>/words.po")
@staff(*WRITERS)
def words_out(draft_id: int) -> Reply | tuple[str, int]:
    """The words of one language for a translator; a new language is begun."""
    typed = one_line(request.args.get("language", ""))[:60]
    code = code_of(typed) or typed
    document = load(draft_id).draft.document
    drawn = verdict(document).drawn
    if in_english(document) is None or drawn is None:
        return show(draft_id, gettext("Mend the faults first: translators should not translate what will change.")), 422
    if not LANGUAGE.fullmatch(code) or code == "en":
        return show(draft_id, gettext("Name a language, such as Welsh or cy.")), 422
    reply = make_response(marked(export_po(drawn, code), waiting(document, code)))
    reply.content_type = "text/x-gettext-translation; charset=utf-8"
    reply.headers["Content-Disposition"] = f'attachment; filename="{drawn.key}.{code}.po"'
    return reply


def in_english(document: Tree) -> Instrument | None:
    """The questionnaire with the names of its languages and without their words; None if the English is at fault."""
    heads = {
        code: {name: held.get(name) for name in HEAD} | {"checked": None}
        for code, held in document["translations"].items()
    }
    named = verdict(document | {"translations": heads}).instrument
    return named or verdict(document | {"translations": {}}).instrument


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
    seen = load(draft_id).draft.document
    instrument = in_english(seen)
    sent = request.files.get("file")
    if instrument is None or sent is None or not sent.filename:
        return show(draft_id, gettext("Choose the PO file that came back, for a draft without faults.")), 422
    try:
        returned = import_po(instrument, sent.read(), "the file")
    except InstrumentFaults as found:
        first = found.faults[0]
        return show(draft_id, f"{first.wrong[:1].upper()}{first.wrong[1:]}: {first.mend}."), 422
    taken: list[Taken] = []

    def change(document: Tree) -> None:
        if document["source"] != seen["source"]:
            raise Changed
        taken[:] = [_lay_over(document, returned)]

    try:
        save(draft_id, change)
    except Changed:
        return show(
            draft_id,
            gettext("Somebody has changed the questions meanwhile. Bring the file once more: nothing was taken."),
        ), 409
    except TooLarge:
        return show(draft_id, gettext("The draft would be too large. Nothing was saved.")), 422
    return show(draft_id, said=_said(taken[0]))


def _said(taken: Taken) -> str:
    said = gettext(
        "%(name)s: %(told)s texts taken, %(fuzzy)s marked fuzzy and left out, %(outdated)s for an older English and left "
        "out, %(missing)s missing.",
        name=taken.name,
        told=taken.told,
        fuzzy=taken.fuzzy,
        outdated=taken.outdated,
        missing=taken.missing,
    )
    if not taken.kept:
        return said
    more = gettext("%(n)s texts kept the words that they had, for the file has none to take.", n=taken.kept)
    return f"{said} {more}"


def _lay_over(document: Tree, returned: Returned) -> Taken:
    """Put the words that came back over those of the draft. Where one is other than it was, or the translator doubts one
    that stands, nobody has confirmed the language any more."""
    code, language = returned.language.code, returned.language
    known = english(document["source"])
    held = document["translations"].setdefault(code, {"checked": None})
    before = {name: one for name, one in told_of(held).items() if name in known}
    fresh = {name: text[code] for name, text in named_texts(returned.instrument) if code in text}
    after, stood = before | fresh, {spoken(name) for name in before}
    is_same = after == before and stood.isdisjoint(returned.fuzzy)
    said = {"language": code, "name": language.name, "direction": language.direction}
    document["translations"][code] = (
        held | said | {"checked": (words(held.get("checked")) or None) if is_same else None}
    )
    if not is_same:
        forget_confirmation(document, code)
    put_words(document, code, after)
    return Taken(
        language.name,
        len(fresh),
        len(returned.fuzzy),
        len(returned.outdated),
        len(set(returned.missing) - stood),
        sum(name not in fresh and name[-2:] != RECORDING for name in before),
    )
