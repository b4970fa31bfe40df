"""How the translations of a draft follow its English.

Words hold for the English that they were made of. When that changes or is gone for a moment (a question is emptied and
typed again, another kind of answer is tried, a question is taken out), they wait in `outdated` under the name of their
text, beside the English that they were made of: a translator gets them back marked as old, and where the very same
English returns, they are current again. A text that only gets another name keeps its words: whoever renames says so
(`rename`), and what was waiting moves along. What a speaker has confirmed they confirmed of these words: a text with
another English takes the confirmation away, and it returns when everything stands again as it was confirmed.
"""

from __future__ import annotations

from collections.abc import Callable

from questionnaires.faults import Place
from survey.authoring.trees import RECORDING, Plain, Tree, english, entries, fields, fingerprint, leaves, words

HEAD = ("language", "name", "direction", "checked")
"""What a translation says of its language; everything else in it is words."""
MOST_WAITING = 2000
MOST_MARKS = 20
"""A draft that is written on for years still ends somewhere; the oldest goes."""

Waiting = dict[str, tuple[str, str]]
"""The name of a text -> the English that it had, and its words for that."""


def spoken(name: Place) -> str:
    """The name of a text as one word: `items.know_who.text`."""
    return ".".join(map(str, name))


def told_of(held: Tree) -> dict[Place, str]:
    """The words of a translation by name."""
    return dict(leaves((), {name: one for name, one in held.items() if name not in HEAD}))


def waiting(document: Tree, code: str) -> Waiting:
    """The words of a language whose English has changed or is gone. A draft from an earlier release did not note the
    English: it is empty there."""
    held = fields(document["outdated"].get(code)).items()
    pairs = {
        name: [words(part) for part in entries(one)] if isinstance(one, list) else ["", words(one)]
        for name, one in held
    }
    return {name: (pair[0], pair[1]) for name, pair in pairs.items() if len(pair) == 2}


def rename(document: Tree, old: Place, new: Place) -> None:
    """Note that a text, or everything under a name, is called otherwise from now on. `follow` carries it out and takes
    the note away when the draft is saved."""
    if old != new:
        document.setdefault("renamed", []).append([list(old), list(new)])


def follow(document: Tree, before: Tree) -> None:
    """Let the translations follow the English, which was `before`."""
    called = _renaming(document.pop("renamed", []))
    was, now = {called(name): told for name, told in english(before).items()}, english(document["source"])
    # another English voice is no other English
    was |= {name: told for name, told in now.items() if name[-2:] == RECORDING}
    is_new = any(was.get(name) != told for name, told in now.items())
    for code, held in document["translations"].items():
        stood = told_of(held)
        told = {called(name): one for name, one in stood.items()}
        kept = {name: one for name, one in told.items() if name in now and was.get(name) == now[name]}
        waits = _renamed(waiting(document, code), called)
        back = {
            name: waits[spoken(name)][1]
            for name in now
            if name not in kept and waits.get(spoken(name), ("", ""))[0] == now[name]
        }
        gone = {name: one for name, one in told.items() if name not in kept and name[-2:] != RECORDING}
        waits |= {spoken(name): (was.get(name, ""), one) for name, one in gone.items()}
        _wait(document, code, {name: one for name, one in waits.items() if name not in set(map(spoken, kept | back))})
        if is_new or gone:
            _confirm_again(document, code, (_mark(english(before), stood), _mark(now, kept | back)), is_new=is_new)
        if kept | back != stood:
            put_words(document, code, kept | back)


def _renaming(notes: list[Plain]) -> Callable[[Place], Place]:
    """What a text is called after all of these."""

    def called(name: Place) -> Place:
        for old, new in notes:
            if list(name[: len(old)]) == old:
                name = (*new, *name[len(old) :])
        return name

    return called


def _renamed(waits: Waiting, called: Callable[[Place], Place]) -> Waiting:
    """What waits, under its new names; where one waits there already, that one is nearer to the words."""
    moved: Waiting = {}
    for name, one in waits.items():
        new = spoken(called(tuple(name.split("."))))
        if new not in moved or new == name:
            moved[new] = one
    return moved


def _wait(document: Tree, code: str, waits: Waiting) -> None:
    if waits:
        document["outdated"][code] = {name: list(one) for name, one in list(waits.items())[-MOST_WAITING:]}
    else:
        document["outdated"].pop(code, None)


def _mark(source: dict[Place, str], told: dict[Place, str]) -> str:
    """A mark of what somebody confirms: every English text with its words."""
    return fingerprint(
        sorted([spoken(name), one, told.get(name, "")] for name, one in source.items() if name[-2:] != RECORDING)
    )


def _confirm_again(document: Tree, code: str, marks: tuple[str, str], *, is_new: bool) -> None:
    """Take a confirmation away where there is new English, and remember for which words it was given; give it back where
    these stand again. `marks` are those before and after the change."""
    held, noted = document["translations"][code], fields(fields(document.get("confirmed")).get(code))
    who = words(held.get("checked"))
    if who:
        known = entries(noted.get("marks")) if noted.get("who") == who else []
        noted = {"who": who, "marks": [*[one for one in known if one != marks[0]], marks[0]][-MOST_MARKS:]}
        document["confirmed"] = fields(document.get("confirmed")) | {code: noted}
    if marks[1] in entries(noted.get("marks")):
        held["checked"] = noted["who"]
    elif is_new:
        held["checked"] = None


def forget_confirmation(document: Tree, code: str) -> None:
    """Somebody else decides from here on: nothing that was confirmed before returns by itself."""
    document["confirmed"] = {name: one for name, one in fields(document.get("confirmed")).items() if name != code}


def put_words(document: Tree, code: str, told: dict[Place, str]) -> None:
    """Give a language these words and no others."""
    held = document["translations"][code]
    for name in [name for name in held if name not in HEAD]:
        del held[name]
    if any(name[0] == "intro" for name in told):
        held["intro"] = [told.get(("intro", n)) for n in range(len(entries(document["source"].get("intro"))))]
    for place, one in told.items():
        if place[0] == "intro":
            continue
        into = held
        for step in place[:-1]:
            into = into.setdefault(str(step), {})
        into[str(place[-1])] = one
