"""Texts that mean something to some machine, in every field of a draft and on every page of its making: people read them
letter by letter, the pages keep their shape, and a form that is sent back as it came changes nothing."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from itertools import cycle
from types import SimpleNamespace
from typing import Any

import html5lib
import pytest

from questionnaires.versions import canonical_json
from survey.authoring import judging
from survey.authoring.following import put_words
from survey.authoring.trees import Tree, as_text, document_of, english, leaves, read_source
from survey.database import Database
from survey.models import Draft
from tests.survey.test_authoring import HOME, Desk, one_engine
from tests.survey.test_hostile_words import FILE, PAYLOADS, shape, spoken

pytestmark = one_engine
WHOLE = (
    "",
    "about",
    "text",
    "look",
    "compare",
    "propose",
    "languages",
    "recordings",
    "recordings?lang=cy",
    "brought-in",
)
ITEMS = ("ease", "warm", "boxes", "go_to", "once", "was")
"""One of each make: other wordings, words at both ends, parts, answers of which several count, a unit, a figure."""


@pytest.fixture
def desk(database: Database, staff: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Whether a sentence is hard is another question, and would put other remarks beside other words."""
    easy = SimpleNamespace(open=(), explained=(), grade=3)
    monkeypatch.setattr(judging, "judge", lambda _: easy)
    return Desk(database, staff)


def filled(words: list[str]) -> tuple[Tree, list[str]]:
    """A draft whose every field says one after another of these, and what is told of how it came in."""
    said = cycle(words)
    document = document_of(spoken(words, FILE))
    source = document["source"]
    source |= {"made_with": [next(said) for _ in range(8)], "words_explained": {"passive": next(said)}}
    for item in (item for page in source["pages"] for item in page["items"]):
        item["words_explained"] = {"long_sentence": next(said)}
        item["hint"] = next(said)
        item["tried_with"] = [{"children": "6", "ages": ["13", "14"], "date": "2026-11-20", "changes": next(said)}]
        if item["kind"] == "number":
            item["unit"] = next(said)
        for version in ("plain", "easy_read"):
            item.setdefault("versions", {}).setdefault(version, {})["text"] = next(said)
        item["versions"]["easy_read"]["picture"] = "home"
    document["translations"]["cy"] = {"language": "cy", "name": next(said), "direction": "ltr", "checked": next(said)}
    put_words(document, "cy", {name: next(said) for name in english(source)})
    rows = [[effect, one, one, one] for one, effect in zip(words, cycle(("left_out", "assumed")), strict=False)]
    return document, [json.dumps(row) for row in rows]


def begun(desk: Desk, words: list[str]) -> str:
    """A draft of these words, made from one that says something else throughout."""
    address = desk.begin("nothing", "A title")
    with desk.database.writing() as session:
        draft = session.get_one(Draft, int(address.rstrip("/").split("/")[-1]))
        draft.document, draft.findings = filled(words)
        draft.base = canonical_json(spoken([f"other {n}" for n in range(99)], FILE)).decode()
    return address


def seen(page: str) -> str:
    """Everything that a page says and that its fields hold."""
    root = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False).parse(page)
    held = [one.attrib.get("value", "") for one in root.iter() if isinstance(one.tag, str)]
    return "\n".join((*root.itertext(), *held))


def places(document: Tree) -> dict[str, str]:
    return {
        item["key"]: f"questions/{p}/{i}"
        for p, page in enumerate(document["source"]["pages"])
        for i, item in enumerate(page["items"])
        if item["key"] in ITEMS
    }


def expected(document: Tree, findings: list[str]) -> Iterator[tuple[str, list[str]]]:
    """What has to stand on which page, letter by letter."""
    source, told = document["source"], document["translations"]["cy"]
    items = [item for page in source["pages"] for item in page["items"]]
    questions = [item["text"] for item in items]
    answers = [
        one.get("label") or one.get("text")
        for item in items
        for name in ("options", "parts")
        for one in item.get(name, [])
    ]
    yield "", [source["title"], *questions]
    yield "about", [source["title"], *source["intro"], *source["made_with"], *source["words_explained"].values()]
    yield "languages", [told["name"], told["checked"]]
    yield "recordings", [*questions, *answers]
    yield "recordings?lang=cy", [told["items"][item["key"]]["text"] for item in items]
    yield "brought-in", [said for row in map(json.loads, findings) for said in row[1:]]
    for item in (item for item in items if item["key"] in ITEMS):
        texts = english({"pages": [{"key": "one", "items": [item]}]}).items()
        own = [one for name, one in texts if name[-2:] != ("audio", "sound")]
        yield places(document)[item["key"]], [*own, item["tried_with"][0]["changes"], *item["words_explained"].values()]


def test_every_page_of_a_draft_shows_them_letter_by_letter(desk: Desk) -> None:
    hostile = [one.strip() for one in PAYLOADS]
    plain = begun(desk, [f"plain {n}" for n in range(len(hostile))])
    address = begun(desk, hostile)
    draft = desk.draft(address)
    before, said = copy.deepcopy(draft.document), dict(expected(draft.document, draft.findings))
    assert {one for held in said.values() for one in held} == set(hostile), "each of them stands somewhere"
    for where in (*WHOLE, *places(before).values()):
        page, usual = desk.first.get(f"{address}{where}"), desk.first.get(f"{plain}{where}")
        assert page.status_code == 200, where
        assert shape(page.text) == shape(usual.text), where
        shown = seen(page.text)
        assert [one for one in said.get(where, ()) if one not in shown] == [], where
    asked = [desk.post(f"{one}languages/cy", act="remove").text for one in (address, plain)]
    assert shape(asked[0]) == shape(asked[1])
    assert read_source("text", desk.first.get(f"{address}file.yaml").data)[0] == before["source"]
    assert before["source"]["title"] in seen(desk.first.get(HOME).text)
    for where in ("about", *places(before).values()):
        assert desk.post(f"{address}{where}", **desk.form(f"{address}{where}")).status_code == 303, where
    after = desk.draft(address).document
    assert dict(leaves((), after)) == dict(leaves((), before)), "sent back as it came"
    assert as_text(after["source"]) in seen(desk.first.get(f"{address}text").text)
