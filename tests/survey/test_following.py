"""What becomes of the words of other languages while somebody writes the English: without a server, on drafts alone."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from questionnaires.files import load_library
from survey.authoring.editing import remove_item
from survey.authoring.following import MOST_WAITING, follow, told_of, waiting
from survey.authoring.item_form import read_item, settle
from survey.authoring.trees import Tree, document_of

SAFE = {"key": "very_safe", "code": "1", "label": "Very safe"}
WORDS = {"text": "Wyt ti’n teimlo’n ddiogel?", "options": {"very_safe": "Diogel iawn", "not": "Ddim"}}
QUESTION = "Do you feel safe?"
MAIR = "Mair Evans, Ysgol y Bont"


class Desk:
    """One question in English and Welsh, confirmed, and a writer whose every change is saved at once."""

    def __init__(self) -> None:
        self.document = document_of(load_library("staying_safe"))
        held = {"cy": self.document["translations"]["cy"] | {"items": {"feels": copy.deepcopy(WORDS)}, "checked": MAIR}}
        self.document["translations"] = held
        options = [dict(SAFE), {"key": "not", "code": "2", "label": "Not"}]
        item = {"key": "feels", "kind": "one", "text": QUESTION, "options": options}
        other = {"key": "other", "kind": "statement", "text": "Thank you."}
        self.document["source"]["pages"] = [{"key": "page_1", "title": None, "items": [item, other]}]
        held["cy"].pop("pages", None)

    def save(self, change: Callable[[Tree], None]) -> None:
        before = copy.deepcopy(self.document["source"])
        change(self.document)
        follow(self.document, before)

    def type(self, labels: tuple[str, ...] | None = None, **fields: str) -> None:
        """Change the form of the question and save it."""
        item = self.item
        kept = {name: item[name] for name in ("text", "kind", "key")}
        typed: MultiDict[str, str] = MultiDict(kept | fields)
        for n, one in enumerate(item.get("options", ())):
            label = one["label"] if labels is None else labels[n]
            typed.update({"has_options": "1", f"option.{n}.key": one["key"] or "", f"option.{n}.label": label})
        self.save(lambda document: settle(document, 0, 0, read_item(item, typed), typed))

    @property
    def item(self) -> Tree:
        return copy.deepcopy(self.document["source"]["pages"][0]["items"][0])

    @property
    def welsh(self) -> Any:
        return self.document["translations"]["cy"]["items"].get(self.item["key"])

    @property
    def checked(self) -> str | None:
        said: str | None = self.document["translations"]["cy"]["checked"]
        return said

    @property
    def old(self) -> dict[str, str]:
        return {name: told for name, (_, told) in waiting(self.document, "cy").items()}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_an_answer_with_other_words_has_no_old_words_in_any_language(desk: Desk) -> None:
    """Its key follows its words, and the translation must not stand under the new key as if it were current."""
    desk.type(("Unsafe after dark", "Not"))
    assert desk.item["options"][0]["key"] == "unsafe_after_dark"
    assert desk.welsh["options"] == {"not": "Ddim"} and desk.checked is None
    assert desk.old == {"items.feels.options.unsafe_after_dark": "Diogel iawn"}
    desk.type(("Very safe", "Not"))
    assert desk.welsh == WORDS and desk.old == {} and desk.checked == MAIR


def test_a_short_name_and_words_change_in_one_save(desk: Desk) -> None:
    desk.type(key="dark", text="Do you feel safe after dark?")
    assert desk.welsh == {"options": WORDS["options"]} and desk.checked is None
    assert desk.old == {"items.dark.text": WORDS["text"]}


def test_another_name_alone_takes_nothing_away(desk: Desk) -> None:
    desk.type(text="Do you feel safe here?")
    desk.document["translations"]["cy"]["checked"] = MAIR
    desk.type(key="safety")
    assert desk.welsh == {"options": WORDS["options"]} and desk.checked == MAIR
    assert desk.old == {"items.safety.text": WORDS["text"]} and "renamed" not in desk.document


@pytest.mark.parametrize(
    ("away", "again"),
    [
        ([{"text": ""}], {"text": QUESTION}),
        ([{"text": ""}, {"text": "Do y"}, {"text": "Do you fe"}], {"text": QUESTION}),
        ([{"kind": "number"}], {"kind": "one"}),
        ([{"kind": "number"}, {"text": ""}, {"kind": "text"}, {"text": QUESTION}], {"kind": "one"}),
        ([{"labels": ("", "Not")}], {"labels": ("Very safe", "Not")}),
        ([{"labels": ("Very", "Not")}, {"labels": ("Ver", "Not")}], {"labels": ("Very safe", "Not")}),
    ],
)
def test_what_is_gone_for_a_moment_comes_back_with_its_words(
    desk: Desk, away: list[dict[str, Any]], again: dict[str, Any]
) -> None:
    """A script saves whenever a hand rests; nothing that a translator wrote may hang on the moment."""
    stood = copy.deepcopy(desk.document["translations"])
    for one in away:
        desk.type(**one)
    assert desk.welsh != WORDS and desk.old
    desk.type(**again)
    assert desk.document["translations"] == stood and desk.old == {}


def test_new_english_in_the_place_of_old_is_confirmed_by_nobody(desk: Desk) -> None:
    desk.type(text="")
    desk.type(text="Do you feel well?")
    assert desk.checked is None and "text" not in desk.welsh
    desk.type(kind="number")
    desk.type(kind="one")
    assert desk.checked is None and desk.welsh == {"options": WORDS["options"]}


def test_a_question_that_is_taken_out_and_put_back_has_its_words(desk: Desk) -> None:
    item = desk.item
    desk.save(lambda document: remove_item(document, 0, 0))
    assert "feels" not in desk.document["translations"]["cy"].get("items", {})
    assert set(desk.old.values()) == {"Wyt ti’n teimlo’n ddiogel?", "Diogel iawn", "Ddim"} and desk.checked == MAIR
    desk.save(lambda document: document["source"]["pages"][0]["items"].insert(0, item))
    assert desk.welsh == WORDS and desk.old == {} and desk.checked == MAIR


def test_a_draft_of_an_earlier_release_keeps_what_waits(desk: Desk) -> None:
    desk.document["outdated"]["cy"] = {"items.feels.hint": "Hen eiriau"}
    desk.type(hint="A line.")
    assert desk.old == {"items.feels.hint": "Hen eiriau"} and "hint" not in desk.welsh


def test_what_waits_has_an_end(desk: Desk) -> None:
    desk.document["outdated"]["cy"] = {f"items.gone_{n}.text": ["English", "Gair"] for n in range(MOST_WAITING)}
    desk.type(text="Other words?")
    assert len(desk.old) == MOST_WAITING and desk.old["items.feels.text"] == WORDS["text"]


def test_an_answer_and_a_thing_of_one_name_are_two_texts(desk: Desk) -> None:
    """Renaming the one leaves the other's words where they are."""

    def sort(document: Tree) -> None:
        item = document["source"]["pages"][0]["items"][0]
        item |= {"kind": "sort", "parts": [{"key": "very_safe", "text": "Very safe"}]}

    desk.save(sort)
    desk.document["translations"]["cy"]["items"]["feels"]["parts"] = {"very_safe": "Yn ddiogel"}
    desk.type(("Safe", "Not"))
    assert desk.welsh["parts"] == {"very_safe": "Yn ddiogel"}
    assert told_of(desk.document["translations"]["cy"])[("items", "feels", "parts", "very_safe")] == "Yn ddiogel"
    assert desk.old == {"items.feels.options.safe": "Diogel iawn"}
