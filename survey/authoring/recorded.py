"""Which questions of a draft were read aloud, in which language, and whether they still say the same words.

English has the recording itself (`versions.audio.sound`), every other language its own beside its translation. A mark of
the words that a recording says is kept with it: when the words change afterwards, the page asks for another one.
"""

from __future__ import annotations

from dataclasses import dataclass

from questionnaires.looks import SOURCE
from survey.authoring.trees import RECORDING, Tree, entries, fields, fingerprint, items, leaves, words

_SAID = ("text", "hint", "low", "high", "options", "parts")


@dataclass(frozen=True, slots=True)
class Spoken:
    """One question in one language: what is read out, and the name of its recording (empty where there is none)."""

    key: str
    text: str
    answers: tuple[str, ...]
    sound: str
    is_outdated: bool
    waits_for_english: bool


def spoken(document: Tree, code: str) -> list[Spoken]:
    """Every question that has a key, in its order."""
    found = []
    for _, _, item in items(document):
        key, told = words(item.get("key")), _told(document, words(item.get("key")), code)
        if not key:
            continue
        options = fields(told.get("options")) | fields(told.get("parts"))
        held = [fields(one) for name in ("options", "parts") for one in entries(item.get(name))]
        answers = [
            words(options.get(words(one.get("key")))) or words(one.get("label")) or words(one.get("text"))
            for one in held
        ]
        sound, english = sound_of(document, item, code), sound_of(document, item, SOURCE)
        mark = fields(document.get("recorded")).get(sound)
        text = words(told.get("text")) or words(item.get("text"))
        is_outdated = mark is not None and mark != _mark(document, item, code)
        found.append(Spoken(key, text, tuple(filter(None, answers)), sound, is_outdated, not english))
    return found


def sound_of(document: Tree, item: Tree, code: str) -> str:
    """The name of a question's recording in a language; empty where there is none."""
    held = item if code == SOURCE else _told(document, words(item.get("key")), code)
    return words(fields(fields(held.get("versions")).get(RECORDING[0])).get(RECORDING[1]))


def _told(document: Tree, key: str, code: str) -> Tree:
    translation = fields(document["translations"].get(code))
    return fields(fields(translation.get("items")).get(key))


def _mark(document: Tree, item: Tree, code: str) -> str:
    """A mark of what somebody reads out for this question."""
    held = item if code == SOURCE else _told(document, words(item.get("key")), code)
    return fingerprint([text for _, text in leaves((), {name: held.get(name) for name in _SAID})])


def give(document: Tree, key: str, code: str, name: str) -> bool:
    """This recording for a question in a language; whether there is such a question."""
    item = next((one for _, _, one in items(document) if words(one.get("key")) == key), None)
    if item is None:
        return False
    if code == SOURCE:
        _put(item, name)
    else:
        translation, told = document["translations"][code], dict(_told(document, key, code))
        _put(told, name)
        others = {one: held for one, held in fields(translation.get("items")).items() if one != key}
        translation["items"] = others | ({key: told} if told else {})
    if name:
        document["recorded"] = fields(document.get("recorded")) | {name: _mark(document, item, code)}
    return True


def _put(held: Tree, name: str) -> None:
    versions = dict(fields(held.get("versions")))
    versions.pop(RECORDING[0], None)
    if name:
        versions[RECORDING[0]] = {RECORDING[1]: name}
    held["versions"] = versions
    if not versions:
        held.pop("versions")


def mark_all(document: Tree) -> None:
    """What was recorded says the words that stand there now: so it is where a draft begins with what was published."""
    marks = {}
    for code in (SOURCE, *document["translations"]):
        for _, _, item in items(document):
            if sound := sound_of(document, item, code):
                marks[sound] = _mark(document, item, code)
    if marks:
        document["recorded"] = marks
