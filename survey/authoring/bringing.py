"""Files that become a draft: a questionnaire of ours with its translations, or a form of another tool.

A questionnaire of ours is one file for the questions and one for each language, sent together, or the one file in which
a published version is kept. Whatever cannot be kept is named; a file that cannot be read at all is refused with its
line. Who checked a translation elsewhere has not confirmed it here, so it comes in as a draft that no speaker has checked.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence

from questionnaires import tree
from questionnaires.faults import Fault
from questionnaires.foreign import FOREIGN
from questionnaires.imported import EFFECTS, together
from questionnaires.translations import translation_of
from questionnaires.tree import Refused
from questionnaires.versions import from_json
from questionnaires.wording import LANGUAGE
from survey.authoring.shape import is_translation, is_whole
from survey.authoring.trees import Tree, document_of, is_too_large, new_document, plain_of, words
from survey.languages import gettext

OWN = (".yaml", ".yml", ".json")
MOST_FINDINGS = 300
MOST_FILES = 40
Sent = Sequence[tuple[str, bytes]]


class NotTaken(Exception):
    """Files that cannot become a draft; the message says why, to whoever sent them."""


def read_files(sent: Sent) -> tuple[Tree, list[str]]:
    """A draft's document, and what is to be said of how it came in. Raises NotTaken."""
    if not sent:
        raise NotTaken(gettext("Choose a file first."))
    held = [(re.sub(r"[^\w. -]+", "_", re.split(r"[/\\]", name)[-1])[-100:], data) for name, data in sent[:MOST_FILES]]
    foreign = [one for one in held if _ending(one[0]) not in OWN]
    if foreign and len(held) > 1:
        raise NotTaken(gettext("Only a file of ours can come with others, its translations: send this one by itself."))
    document, findings = _foreign_file(*held[0]) if foreign else _published_file(held) or _own_files(held)
    if is_too_large(document):
        raise NotTaken(gettext("It holds more than a questionnaire can hold. Divide it into two files."))
    return document, _kept(findings)


def _kept(findings: list[list[str]]) -> list[str]:
    """As many as anybody reads, the faults first; of the rest how many there are, by what they are."""
    rest = Counter(effect for effect, *_ in findings[MOST_FINDINGS:])
    counts = [["more", effect, str(rest[effect]), ""] for effect in EFFECTS if rest[effect]]
    return [json.dumps(one) for one in (*findings[:MOST_FINDINGS], *counts)]


def _ending(name: str) -> str:
    return f".{name.rpartition('.')[2].lower()}"


def _foreign_file(name: str, data: bytes) -> tuple[Tree, list[list[str]]]:
    if _ending(name) not in FOREIGN:
        raise NotTaken(
            gettext("This sort of file cannot be read. Use .xlsx (XLSForm), .lss (LimeSurvey), .yaml or .json.")
        )
    found = FOREIGN[_ending(name)](data, name)
    if found.draft is None:
        raise NotTaken("; ".join(f"{one.wrong}: {one.mend}" for one in found.findings))
    try:
        document = document_of(found.draft)
    except Refused as refusal:
        raise NotTaken(gettext("It holds more than a questionnaire can hold. Divide it into two files.")) from refusal
    return document, [[one.effect, one.where, one.wrong, one.mend] for one in together(found.findings)]


def _published_file(held: Sent) -> tuple[Tree, list[list[str]]] | None:
    """A version as it was published, with all its languages; None where these files are no such thing."""
    name, data = held[0]
    if len(held) > 1 or _ending(name) != ".json":
        return None
    try:
        document = document_of(from_json(data))
    except (ValueError, LookupError, AttributeError, Refused):
        return None
    findings = [
        _unchecked(f"{name}, {code}") for code, told in document["translations"].items() if words(told.get("checked"))
    ]
    document["translations"] = {code: told | {"checked": None} for code, told in document["translations"].items()}
    return document, findings


def _unchecked(where: str) -> list[str]:
    wrong = gettext("somebody checked this translation elsewhere: here it is a draft")
    return ["assumed", where, wrong, gettext("let a speaker confirm it under Languages")]


def _own_files(held: Sent) -> tuple[Tree, list[list[str]]]:
    """The questionnaire among these files, and the others as its translations."""
    trees = [(name, data, _tree(name, data)) for name, data in held]
    sources = [one for one in trees if "language" not in one[2].fields]
    if len(sources) != 1:
        raise NotTaken(gettext("Send one questionnaire at a time: its own file, and beside it only its translations."))
    (_, _, root), findings = sources[0], []
    source = plain_of(root)
    if not is_whole(source):
        raise NotTaken(gettext("It is no questionnaire file: it needs a title, pages, and questions on each page."))
    translations: Tree = {}
    for name, data in ((name, data) for name, data, one in trees if one is not root):
        code, told = _translation(name, data, root)
        if code in translations:
            raise NotTaken(gettext("%(file)s: there are two files for one language.", file=name))
        if words(told.get("checked")):
            findings.append(_unchecked(name))
        translations[code] = told | {"checked": None}
    return new_document(source, translations), findings


def _tree(name: str, data: bytes) -> tree.Mapping:
    try:
        root, faults = tree.read_tree(name, data)
    except Refused as refusal:
        raise _refused(refusal.fault) from refusal
    if faults:
        raise _refused(faults[0])
    return root


def _translation(name: str, data: bytes, root: tree.Mapping) -> tuple[str, Tree]:
    """The language of a translation and its words. That each of them translates something is judged in the draft."""
    found, faults = translation_of(name, data, root)
    if faults:
        raise _refused(faults[0])
    told = {field: one for field, one in plain_of(_tree(name, data)).items() if field not in ("key", "version")}
    if not LANGUAGE.fullmatch(found.language.code) or found.language.code == "en" or not is_translation(told):
        raise NotTaken(
            gettext("%(file)s is no translation: it needs a language, and words under pages and items.", file=name)
        )
    return found.language.code, told


def _refused(fault: Fault) -> NotTaken:
    said = gettext(
        "Line %(line)s: %(wrong)s. What to do: %(mend)s.", line=fault.line, wrong=fault.wrong, mend=fault.mend
    )
    return NotTaken(f"{fault.file}: {said}")
