"""The words of the editing pages for what stands in files as keys. A kind that has no words here yet shows its key."""

from __future__ import annotations

from collections.abc import Iterable

from questionnaires.kinds import KINDS
from survey.languages import gettext
from survey.wave_words import wave_words


def kind_words(key: str) -> str:
    """A kind of question in words."""
    said = {
        "one": gettext("One answer of several"),
        "several": gettext("Any number of answers"),
        "faces": gettext("Faces, from sad to happy"),
        "number": gettext("A whole number"),
        "scale": gettext("A scale with a word for every point"),
        "steps": gettext("0 to 10, with words at both ends"),
        "traffic": gettext("Traffic light"),
        "sort": gettext("Things to sort into boxes"),
        "rank": gettext("Things to put in order"),
        "support": gettext("Whom you would go to"),
        "goals": gettext("Goals, 0 to 10 (with a worker)"),
        "statement": gettext("Something to read, without an answer"),
        "text": gettext("A box for words (only shown while somebody is there to read)"),
    }
    return said.get(key, key)


def family_words(key: str) -> str:
    """What a measure speaks of, in words."""
    said = {
        "knowledge": gettext("Knowing something"),
        "help": gettext("Getting help"),
        "awareness": gettext("Seeing who is responsible"),
        "opinion": gettext("An opinion"),
        "enjoyment": gettext("Liking it"),
        "intention": gettext("What somebody means to do"),
        "experience": gettext("What happened to somebody"),
        "norm": gettext("What others are thought to do"),
        "space": gettext("Being heard: space"),
        "voice": gettext("Being heard: voice"),
        "audience": gettext("Being heard: audience"),
        "influence": gettext("Being heard: influence"),
        "service": gettext("How a service was met"),
    }
    return said.get(key, key)


def plain_words(key: str) -> str:
    """Other keys in words."""
    said = {
        "higher": gettext("More of them is better"),
        "lower": gettext("Fewer of them is better"),
        "either": gettext("Neither: a rise can mean that more is noticed and told"),
        "not_yet": gettext("It counts as not yet"),
        "apart": gettext("It is shown apart"),
        "dont_know": gettext("I don’t know"),
        "rather_not": gettext("I’d rather not say"),
        "private": gettext("No name is asked, answers are added up"),
        "linked": gettext("A worker knows whose answers they are"),
        "group": gettext("In a group, side by side"),
        "one_to_one": gettext("One to one"),
        "young_person": gettext("Children and young people"),
        "parent": gettext("Parents and carers"),
        "practitioner": gettext("Practitioners"),
        "professional": gettext("Professionals"),
        "survivor": gettext("Victims and survivors"),
        "adult": gettext("Other adults"),
        "short": gettext("One line"),
        "long": gettext("Several lines"),
        "plain": gettext("plain words"),
        "easy_read": gettext("easy read"),
        "audio": gettext("with sound"),
        "standard": gettext("as written"),
    }
    return said.get(key) or wave_words(key)


def choices(keys: Iterable[str]) -> list[tuple[str, str]]:
    """Keys with their words, for a list to choose from."""
    return [(key, plain_words(key)) for key in keys]


def kinds() -> list[tuple[str, str]]:
    """Every kind with its words."""
    return [(key, kind_words(key)) for key in KINDS]
