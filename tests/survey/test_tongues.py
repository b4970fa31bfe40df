"""The languages of a draft: out to translators and back, and who confirms which words."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
from sqlalchemy import select

from survey.authoring.judging import verdict
from survey.authoring.trees import Tree
from survey.database import Database
from survey.models import AuditEntry, Draft
from tests.survey.test_authoring import Desk, one_engine, upload

PERSON, PLACE = "Mair Evans", "Ysgol y Bont"
MAIR = f"{PERSON}, {PLACE}"


@pytest.fixture
def desk(database: Database, staff: Any) -> Desk:
    return Desk(database, staff)


def was_of(desk: Desk, address: str, code: str = "cy") -> str:
    """The mark of the words that the form of a language carries."""
    form = desk.first.get(f"{address}languages").text.partition(f'languages/{code}"')[2].partition("</form>")[0]
    return re.findall(r'name="was" value="(\w+)"', form)[0]


def confirm(desk: Desk, address: str, **more: str) -> Any:
    fields = {"person": PERSON, "organisation": PLACE, "was": was_of(desk, address)} | more
    return desk.post(f"{address}languages/cy", **fields)


def put(desk: Desk, address: str, document: Tree) -> None:
    """A draft as somebody else left it."""
    with desk.database.writing() as session:
        session.get_one(Draft, int(address.rstrip("/").split("/")[-1])).document = document


def po_of(desk: Desk, address: str) -> str:
    reply = desk.first.get(f"{address}words.po?language=cy")
    assert reply.status_code == 200, reply.text
    return reply.data.decode()


@one_engine
def test_a_file_that_comes_back_takes_no_good_words_away(desk: Desk) -> None:
    """Translators send part of a file, mark what they doubt, and work from last week's English."""
    address = desk.begin()
    assert confirm(desk, address).status_code == 303
    for i, text in ((0, "What do you think of a chat like this?"), (1, "And what of this?")):
        path = f"{address}questions/1/{i}"
        desk.post(path, **{**desk.form(path), "text": text})
    document = desk.draft(address).document
    stood, waits = document["translations"]["cy"], document["outdated"]["cy"]
    first, second = waits
    po = po_of(desk, address)
    assert po.count("#, fuzzy") == 2
    done = re.sub(rf'#, fuzzy\n(msgctxt "{first}"\nmsgid ".*"\n)msgstr ".*"', r'\1msgstr "Beth?"', po)
    title, *rest = re.split(r"(?=\n#\. )", done)
    part = title + "".join(one for one in rest if "items." in one and "options" not in one)
    said = upload(desk, f"{address}words", "cy.po", part.encode()).text
    assert "1 marked fuzzy and left out" in said and "0 missing" in said and "kept the words that they had" in said
    document = desk.draft(address).document
    held = document["translations"]["cy"]
    assert held["items"].pop(first.split(".")[1])["text"] == "Beth?"
    stood = copy.deepcopy(stood)
    stood["items"].pop(first.split(".")[1])
    assert held == stood, "what the file does not repeat stays"
    assert document["outdated"]["cy"] == {second: waits[second]}, "and what is still to be done still goes out"
    assert "1 missing" in desk.first.get(f"{address}languages").text


@one_engine
def test_nobody_confirms_a_language_with_words_missing(desk: Desk, database: Database) -> None:
    """It would be a fault of the whole draft that only the file of the translation could mend."""
    address = desk.begin()
    document = copy.deepcopy(desk.draft(address).document)
    del document["translations"]["cy"]["items"]["sign_hide"]["text"]
    put(desk, address, document)
    refused = confirm(desk, address)
    assert refused.status_code == 422 and "Cymraeg has no words yet for 1 of the texts" in refused.text
    assert f'value="{PERSON}"' in refused.text and desk.draft(address).document == document
    document["translations"]["cy"]["checked"] = MAIR  # as releases before this one took it
    put(desk, address, document)
    page = desk.first.get(address).text
    assert f'href="{address}languages#language-cy"' in page and verdict(document).instrument is None
    po_of(desk, address)
    assert confirm(desk, address, act="recall").status_code == 303
    held = desk.draft(address).document
    assert held["translations"]["cy"]["checked"] is None and verdict(held).instrument is not None
    with database.reading() as session:
        assert list(session.scalars(select(AuditEntry.action)))[-1] == "draft.language_recalled"


@one_engine
def test_a_fault_in_a_translation_is_mended_by_the_file(desk: Desk) -> None:
    """The file goes out and comes in although the draft is at fault, and the way to mend it leads there."""
    address = desk.begin()
    document = copy.deepcopy(desk.draft(address).document)
    document["translations"]["cy"]["title"] = "Mae hyn yn secret"
    document["translations"]["ur"]["items"]["gone"] = {"text": "?"}
    put(desk, address, document)
    page = desk.first.get(f"{address}languages").text
    assert "promises more than mode private keeps" in page and "is no text of the questionnaire" in page
    po = po_of(desk, address)
    assert 'msgstr "Mae hyn yn secret"' in po
    refused = upload(desk, f"{address}words", "cy.po", po.encode())
    assert refused.status_code == 422 and "promises more" in refused.text
    upload(desk, f"{address}words", "cy.po", po.replace("Mae hyn yn secret", "Cadw’n ddiogel").encode())
    upload(desk, f"{address}words", "ur.po", desk.first.get(f"{address}words.po?language=ur").data)
    held = desk.draft(address).document
    assert verdict(held).instrument is not None and held["translations"]["cy"]["title"] == "Cadw’n ddiogel"
    assert held["translations"]["pl"] == document["translations"]["pl"]


@one_engine
def test_whoever_confirms_has_seen_these_words(desk: Desk) -> None:
    """Another file came in, or the English changed, between the look and the name."""
    address = desk.begin()
    seen = was_of(desk, address)
    po = po_of(desk, address)
    upload(
        desk,
        f"{address}words",
        "cy.po",
        re.sub(r'(msgctxt "title"\nmsgid ".*"\nmsgstr ").*"', r'\1Teitl"', po).encode(),
    )
    late = confirm(desk, address, was=seen)
    assert late.status_code == 409 and "Words have changed since" in late.text and f'value="{PERSON}"' in late.text
    assert desk.draft(address).document["translations"]["cy"]["checked"] is None
    again = re.findall(r'languages/cy".*?name="was" value="(\w+)"', late.text, re.S)[0]
    assert confirm(desk, address, was=again).status_code == 303
    assert desk.draft(address).document["translations"]["cy"]["checked"] == MAIR
    assert confirm(desk, address, was=again, act="remove", sure="1").status_code == 409
    sure = confirm(desk, address, act="remove").text
    mark = re.findall(r'name="was" value="(\w+)"', sure)
    assert confirm(desk, address, act="remove", sure="1", was=mark[0]).status_code == 303
    assert "cy" not in desk.draft(address).document["translations"]
