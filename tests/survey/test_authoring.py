"""Writing questionnaires in the browser: drafts, saving, judging, translating, publishing by two people."""

from __future__ import annotations

import html
import io
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from questionnaires.files import library, load_library
from questionnaires.kinds import KINDS
from questionnaires.versions import canonical_json
from questionnaires.xlsform_writing import write_xlsform
from survey import assets, cookies, looks
from survey.authoring.judging import verdict
from survey.authoring.trees import Tree, as_text, document_of, fingerprint, new_document, read_source
from survey.database import Database
from survey.models import AuditEntry, Draft, InstrumentVersion, Organisation, Publication, SignIn
from survey.publishing import instrument_of, publish

HOME = "/staff/questionnaires/"
HOSTILE = (
    "<script>alert({{7*7}})</script>",
    "\u202eabc",
    "a: [b, *c",
    "a\x00\x07\ufeff\x7fb",
)


one_engine = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what has nothing to do with how a store works."""


class Desk:
    """Two people of one organisation and one of another, and what they do."""

    def __init__(self, database: Database, staff: Any) -> None:
        self.database, self.staff = database, staff
        with database.writing() as session:
            ours, others = Organisation(name="Ours"), Organisation(name="Others")
            session.add_all([ours, others])
            session.flush()
            self.ours, self.others = ours.id, others.id
        self.first = staff.client("administrator", organisation_id=self.ours)
        self.second = staff.client("administrator", organisation_id=self.ours)
        self.stranger = staff.client("administrator", organisation_id=self.others)

    def post(self, path: str, who: FlaskClient | None = None, **fields: Any) -> Any:
        return self.staff.post(who or self.first, path, **fields)

    def begin(self, start: str = "library:staying_safe", title: str = "", who: FlaskClient | None = None) -> str:
        """A new draft; returns its address."""
        reply = self.post(f"{HOME}new", who, start=start, title=title)
        assert reply.status_code == 303, reply.text
        return str(reply.location)

    def draft(self, address: str) -> Draft:
        with self.database.reading() as session:
            return session.get_one(Draft, int(address.rstrip("/").split("/")[-1]))

    def form(self, address: str, who: FlaskClient | None = None) -> dict[str, Any]:
        """What a browser would send of the form of a page, without touching anything."""
        return fields_of((who or self.first).get(address).text)


def fields_of(page: str) -> dict[str, Any]:
    """The fields of the form for writing in a page, as a browser sends them."""
    held = page.partition('id="writing"')[2].partition("</form>")[0]
    found: dict[str, Any] = {}

    def put(name: str, value: str) -> None:
        if name == "csrf_token":
            return
        found.setdefault(name, []).append(html.unescape(value))

    for tag in re.finditer(
        r"<input ([^>]*)>|<textarea ([^>]*)>([^<]*)</textarea>|<select ([^>]*)>(.*?)</select>", held, re.S
    ):
        given = dict(re.findall(r'(\w+)="([^"]*)"', tag[1] or tag[2] or tag[4]))
        if tag[1] and (given.get("type") != "checkbox" or " checked" in tag[1]):
            put(given["name"], given.get("value", ""))
        elif tag[2]:
            put(given["name"], tag[3].removeprefix("\n"))
        elif tag[4]:
            chosen = re.search(r'<option value="([^"]*)" selected', tag[5]) or re.search(
                r'<option value="([^"]*)"', tag[5]
            )
            put(given["name"], chosen[1] if chosen else "")
    return found


@pytest.fixture
def desk(database: Database, staff: Any) -> Desk:
    return Desk(database, staff)


@pytest.mark.parametrize("key", sorted(library()))
def test_a_draft_of_a_library_questionnaire_is_that_questionnaire(key: str) -> None:
    """Tree and text lose nothing: every field of every kind comes back."""
    instrument = load_library(key)
    document = document_of(instrument)
    assert verdict(document).instrument == instrument
    again, faults = read_source("text", as_text(document["source"]).encode())
    assert (again, faults) == (document["source"], [])


@pytest.mark.proof
@one_engine
def test_every_question_of_the_library_passes_through_its_form_unchanged(desk: Desk) -> None:
    """Who opens a question and presses Save changes nothing: one question of every sort that there is."""
    seen: set[tuple[str, ...]] = set()
    for key in sorted(library()):
        address = desk.begin(f"library:{key}")
        before = desk.draft(address).document
        for p, page in enumerate(before["source"]["pages"]):
            for i, item in enumerate(page["items"]):
                sort = (item["kind"], *sorted(item))
                if sort in seen:
                    continue
                seen.add(sort)
                path = f"{address}questions/{p}/{i}"
                reply = desk.post(path, **desk.form(path))
                assert reply.status_code == 303, (key, p, i)
        assert desk.post(f"{address}about", **desk.form(f"{address}about")).status_code == 303
        after = desk.draft(address).document["source"]
        for page, old in zip(after["pages"], before["source"]["pages"], strict=True):
            assert page == old, key
        assert desk.draft(address).document == before, key


@one_engine
def test_words_answers_and_order_are_changed_and_judged(desk: Desk) -> None:
    address = desk.begin("nothing", "What you think")
    path = f"{address}questions/0/0"
    page = desk.first.get(path).text
    assert "To mend:" in page
    for label in ("Yes", "No"):
        assert desk.post(path, **desk.form(path), act="option.add").status_code == 303
        fields = desk.form(path)
        n = sum(name.endswith(".label") for name in fields) - 1
        fields[f"option.{n}.label"] = label
        desk.post(path, **{**fields, "text": "Do you not never feel {{ 7*7 }}?"}, act="save")
    item = desk.draft(address).document["source"]["pages"][0]["items"][0]
    assert [(one["key"], one["code"], one["label"]) for one in item["options"]] == [
        ("yes", "1", "Yes"),
        ("no", "2", "No"),
    ]
    page = desk.first.get(path).text
    assert "Look again:" in page and "{{ 7*7 }}" in page
    assert desk.post(path, **desk.form(path), act="option.up.1").status_code == 303
    item = desk.draft(address).document["source"]["pages"][0]["items"][0]
    assert [one["key"] for one in item["options"]] == ["no", "yes"]
    assert desk.post(path, **desk.form(path), act="option.remove.0").status_code == 303
    assert len(desk.draft(address).document["source"]["pages"][0]["items"][0]["options"]) == 1


@one_engine
def test_a_kind_can_be_chosen_and_left_again(desk: Desk) -> None:
    """Every kind has a page, by the tables; what the other kind had comes back."""
    address = desk.begin()
    path = f"{address}questions/1/0"
    before = desk.draft(address).document
    for kind in KINDS:
        fields = desk.form(path)
        assert desk.post(path, **{**fields, "kind": kind}).status_code == 303
        fields = desk.form(path)
        assert desk.post(path, **{**fields, "kind": "one"}).status_code == 303
        after = desk.draft(address).document
        assert after["source"]["pages"][1]["items"][0] == before["source"]["pages"][1]["items"][0], kind
        assert (after["aside"], fields["kind"]) == ({}, [kind])


@one_engine
def test_from_which_steps_on_a_worker_is_told_is_chosen_from_a_list(desk: Desk) -> None:
    """Only of steps and only in linked mode; what a draft brought from there can still be taken out in private mode."""
    address = desk.begin("library:one_to_one")
    path = f"{address}questions/1/3"
    assert desk.form(path)["alert_up_to"] == ["2"]
    assert desk.post(path, **{**desk.form(path), "alert_up_to": "4"}).status_code == 303
    assert read_item_of(desk, path)["alert_up_to"] == "4"
    assert "alert_up_to" not in desk.form(f"{address}questions/1/0")
    private, _ = sorting(desk)
    assert desk.post(private, **{**desk.form(private), "kind": "steps"}).status_code == 303, "from any kind to any"
    assert "alert_up_to" not in desk.form(private)
    desk.post(private, **{**desk.form(private), "alert_up_to": "1"})
    assert desk.form(private)["alert_up_to"] == ["1"]
    assert "in private mode nobody is told" in desk.first.get(private).text
    desk.post(private, **{**desk.form(private), "alert_up_to": ""})
    assert "alert_up_to" not in {**read_item_of(desk, private), **desk.form(private)}


def sorting(desk: Desk) -> tuple[str, Tree]:
    """The first question of the library whose things are sorted: its page in a new draft, and its tree."""
    for key in sorted(library()):
        for p, page in enumerate(load_library(key).pages):
            for i, item in enumerate(page.items):
                if item.kind == "sort":
                    path = f"{desk.begin(f'library:{key}')}questions/{p}/{i}"
                    return path, read_item_of(desk, path)
    raise AssertionError("the library sorts nothing")


def read_item_of(desk: Desk, path: str) -> Tree:
    p, i = map(int, path.split("/")[-2:])
    item: Tree = desk.draft(draft_of(path)).document["source"]["pages"][p]["items"][i]
    return item


def draft_of(path: str) -> str:
    return path.rpartition("questions/")[0]


@one_engine
def test_whoever_begins_with_nothing_comes_to_publish(desk: Desk) -> None:
    """By links alone: our own opening is explained, a warning can be explained on its page or left, and then proposed."""
    address = desk.begin("nothing", "What you think")
    path = f"{address}questions/0/0"
    for label in ("Yes", "No"):
        desk.post(path, **desk.form(path), act="option.add")
        n = sum(name.endswith(".label") for name in desk.form(path)) - 1
        typed = desk.form(path) | {f"option.{n}.label": label, "text": "Do you like this place?"}
        desk.post(path, **typed, act="save")
    assert "Propose it" in desk.first.get(address).text
    about = f"{address}about"
    desk.post(about, **{**desk.form(about), "page.0": "Don't you never like it?"})
    draft = desk.first.get(address).text
    assert "Look at the words again" in draft and f'href="{about}"' in draft
    assert f'href="{address}propose"' in draft, "a warning stops nobody"
    why = "These are the words of our young people."
    desk.post(about, **{**desk.form(about), "explain.passive": why})
    assert desk.draft(address).document["source"]["words_explained"] == {"passive": why}
    form = desk.form(about)
    assert form["explain.double_negative"] == [""] and form["explain.passive"] == [why]
    desk.post(about, **{**form, "explain.double_negative": "They say it so."})
    assert "Look at the words again" not in desk.first.get(address).text

    desk.post(about, **{**desk.form(about), "page.0": "What you like"})
    assert "Nothing is left here that it explains" in desk.first.get(about).text
    desk.post(about, **{**desk.form(about), "explain.double_negative": ""})
    assert desk.draft(address).document["source"]["words_explained"] == {"passive": why}
    assert "Look at the words again" not in desk.first.get(address).text
    assert desk.post(f"{address}propose", revision=str(desk.draft(address).revision)).status_code == 303


@one_engine
def test_a_page_that_loses_its_only_question_goes(desk: Desk) -> None:
    """An empty page is a fault that no button of the draft would mend."""
    for act, left in (("up.1.0", ["page_1", "page_3"]), ("down.1.0", ["page_1", "page_3"]), ("down.0.0", None)):
        address = desk.begin("nothing", f"What you think {act}")
        for _ in range(2):
            desk.post(f"{address}order", act="page", revision=str(desk.draft(address).revision))
        desk.post(f"{address}order", act=act, revision=str(desk.draft(address).revision))
        pages = desk.draft(address).document["source"]["pages"]
        assert [page["key"] for page in pages] == (left or ["page_2", "page_3"]), act
        assert sum(len(page["items"]) for page in pages) == 3 and all(page["items"] for page in pages)


@one_engine
def test_each_thing_that_is_sorted_has_its_own_figure(desk: Desk) -> None:
    path, before = sorting(desk)
    form = desk.form(path)
    assert form["part.0.box"] and desk.post(path, **form).status_code == 303
    assert read_item_of(desk, path) == before, "saved as it was"
    boxes = [one["key"] for one in before["options"]]
    desk.post(path, **{**form, "part.0.box": ["0", "1"], "part.0.statement": "saw who is responsible"})
    measure = read_item_of(desk, path)["parts"][0]["measure"]
    assert (measure["agreed"], measure["statement"]) == (boxes[:2], "saw who is responsible")
    assert measure["family"] == before["parts"][0]["measure"]["family"]
    form = desk.form(path)
    del form["part.0.box"]
    desk.post(path, **{**form, "part.0.statement": ""})
    assert "measure" not in read_item_of(desk, path)["parts"][0], "nothing ticked and nothing said: no figure"
    form = desk.form(path)
    desk.post(path, **{**form, "part.0.box": "0", "part.0.statement": "knew it"})
    after = read_item_of(desk, path)["parts"][0]["measure"]
    assert (after["agreed"], after["family"], after["dont_know"]) == (boxes[:1], "knowledge", "not_yet")
    assert not verdict(desk.draft(draft_of(path)).document).faults


@one_engine
def test_trials_with_children_and_pairs_are_written_in_the_form(desk: Desk) -> None:
    path = f"{desk.begin()}questions/1/0"
    other = read_item_of(desk, path.replace("/1/0", "/1/1"))["key"]
    trial = {"children": "6", "youngest": "11", "oldest": "12", "date": "2026-11-20"}
    desk.post(path, **{**desk.form(path), "same_as": other, **{f"tried.0.{name}": one for name, one in trial.items()}})
    item = read_item_of(desk, path)
    assert item["same_as"] == other
    assert item["tried_with"] == [{"children": "6", "ages": ["11", "12"], "date": "2026-11-20"}]
    assert not [one for one in verdict(desk.draft(draft_of(path)).document).faults if "tried" in str(one.place)]
    form = desk.form(path)
    assert form["tried.0.children"] == ["6"] and "tried.1.children" in form
    desk.post(path, **{**form, "same_as": "", **{f"tried.0.{name}": "" for name in trial}})
    assert not {"tried_with", "same_as"} & set(read_item_of(desk, path))


@one_engine
def test_who_helped_to_make_it_is_written_in_the_form(desk: Desk) -> None:
    path = f"{desk.begin()}about"
    desk.post(path, **{**desk.form(path), "made_with": "  The youth council\r\n\r\nTwo teachers "})
    source = desk.draft(path.removesuffix("about")).document["source"]
    assert source["made_with"] == ["The youth council", "Two teachers"]
    assert desk.form(path)["made_with"] == ["The youth council\nTwo teachers"]
    desk.post(path, **{**desk.form(path), "made_with": ""})
    assert "made_with" not in desk.draft(path.removesuffix("about")).document["source"]


@one_engine
def test_other_wordings_are_written_in_the_form(desk: Desk) -> None:
    """Shorter words and easy read are fields like any other: seen at once, judged at once, gone when emptied."""
    address = desk.begin("library:session_feedback")
    path = f"{address}questions/0/0"
    before = desk.draft(address).document
    item = before["source"]["pages"][0]["items"][0]
    option = item["options"][0]["key"]
    typed = {
        "version.easy_read.text": "How old are {{ 7*7 }}?",
        f"version.easy_read.label.{option}": "Young",
        "version.plain.text": "",
    }
    assert desk.post(path, **{**desk.form(path), **typed}).status_code == 303
    page = desk.first.get(path).text
    assert "easy read is a picture and a short sentence" in page, "the fault stands beside the question"
    assert desk.post(path, **{**desk.form(path), "version.easy_read.picture": "home"}).status_code == 303
    versions = desk.draft(address).document["source"]["pages"][0]["items"][0]["versions"]
    assert versions == {"easy_read": {"text": "How old are {{ 7*7 }}?", "picture": "home", "labels": {option: "Young"}}}
    look = desk.first.get(f"{address}preview?wording=easy_read").text
    assert "How old are {{ 7*7 }}?" in look and "Young" in look and "#home" in look
    emptied = {name: "" for name in desk.form(path) if name.startswith("version.")}
    assert desk.post(path, **{**desk.form(path), **emptied}).status_code == 303
    assert desk.draft(address).document["source"] == before["source"]


def test_two_people_in_one_question_lose_nothing(desk: Desk) -> None:
    address = desk.begin()
    path, other = f"{address}questions/1/0", f"{address}questions/1/1"
    mine, theirs, beside = desk.form(path), desk.form(path, desk.second), desk.form(other, desk.second)
    assert desk.post(path, **{**mine, "text": "My words?"}).status_code == 303
    assert desk.post(other, desk.second, **{**beside, "text": "Another question?"}).status_code == 303, (
        "no conflict there"
    )
    refused = desk.post(path, desk.second, **{**theirs, "text": "Their words?"})
    assert refused.status_code == 409
    assert "Their words?" in refused.text and "My words?" in refused.text
    assert desk.draft(address).document["source"]["pages"][1]["items"][0]["text"] == "My words?"
    assert desk.post(path, desk.second, **fields_of(refused.text)).status_code == 303, "Save again keeps theirs"
    items = desk.draft(address).document["source"]["pages"][1]["items"]
    assert (items[0]["text"], items[1]["text"]) == ("Their words?", "Another question?")


def test_a_question_is_found_where_somebody_moved_it(desk: Desk) -> None:
    address = desk.begin()
    path = f"{address}questions/1/0"
    fields = desk.form(path)
    moved = desk.post(f"{address}order", desk.second, act="down.1.0", revision=desk.draft(address).revision)
    assert moved.status_code == 303
    assert desk.post(path, **{**fields, "text": "Where am I?"}).location.startswith(f"{address}questions/1/1")
    assert desk.draft(address).document["source"]["pages"][1]["items"][1]["text"] == "Where am I?"
    late = desk.post(f"{address}order", act="remove.1.1", revision=1)
    assert late.location == f"{address}?changed=1"


def test_what_was_typed_survives_the_end_of_a_sign_in(desk: Desk, database: Database) -> None:
    """Without script the words travel through the sign-in page, come back, and are saved only by pressing Save."""
    address = desk.begin()
    path = f"{address}questions/1/0"
    fields = desk.form(path)
    with database.writing() as session:
        for one in session.scalars(select(SignIn)):
            session.delete(one)
    late = desk.post(path, **{**fields, "text": "Words <b>that</b> took long?"})
    assert late.status_code == 307
    page = desk.first.post(late.location, data={**fields, "text": "Words <b>that</b> took long?"}).text
    kept = html.unescape(re.findall(r'name="kept" value="([^"]*)"', page)[0])
    assert ["text", "Words <b>that</b> took long?"] in json.loads(kept)
    assert desk.first.get(path).status_code == 303
    again = desk.staff.client("analyst", organisation_id=desk.ours)
    back = again.post(path, data={**fields, "text": "Words <b>that</b> took long?"})
    assert back.status_code == 409
    assert "Words &lt;b&gt;that&lt;/b&gt; took long?" in back.text and "not saved yet" in back.text
    assert "took long" not in str(desk.draft(address).document), "nothing is saved by coming back"
    assert desk.post(path, again, **fields_of(back.text)).status_code == 303
    assert "took long" in str(desk.draft(address).document)


@one_engine
def test_signing_in_hands_the_words_back(desk: Desk, database: Database, client: FlaskClient) -> None:
    from survey.models import Account
    from survey.signing_in import password_hash

    with database.writing() as session:
        account = session.scalars(select(Account)).first()
        assert account is not None
        account.password_hash, email = password_hash("quiet river lamp nine"), account.email
    where = "/staff/sign-in?next=/staff/questionnaires/drafts/1/questions/0/0"
    page = client.post(
        where, data={"text": "Mine <i>", "absence": ["dont_know", "rather_not"], "csrf_token": "old"}
    ).text
    given = {
        name: html.unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    }
    reply = client.post("/staff/sign-in", data={**given, "email": email, "password": "quiet river lamp nine"})
    assert reply.status_code == 200
    assert 'action="/staff/questionnaires/drafts/1/questions/0/0"' in reply.text
    assert re.findall(r'name="(\w+)" value="([^"]*)"', reply.text.partition("<form method")[2]) [-3:] == [
        ("text", "Mine &lt;i&gt;"), ("absence", "dont_know"), ("absence", "rather_not"),
    ]  # fmt: skip


@one_engine
def test_a_page_with_script_saves_by_itself(desk: Desk) -> None:
    address = desk.begin()
    path = f"{address}questions/1/0"
    fields = {**desk.form(path), "text": "You must keep yourself safe?"}
    key = desk.staff.app.extensions["keys"].mac("forgery", desk.first.get_cookie(cookies.STAFF).value.encode()).hex()
    told = desk.first.post(path, data={**fields, "csrf_token": key}, headers={"Accept": "application/json"})
    assert (
        told.json["saved"] and "To mend:" in told.json["remarks"] and told.json["keys"]["option"] == ["fine", "warning"]
    )
    stale = desk.first.post(path, data={**fields, "csrf_token": "old"}, headers={"Accept": "application/json"})
    assert (stale.status_code, stale.json["token"]) == (409, key), "who signed in anew gets on"
    late = desk.first.post(path, data={**fields, "csrf_token": key}, headers={"Accept": "application/json"})
    assert (late.status_code, late.json["saved"]) == (409, False)


def test_only_ones_own_organisation(desk: Desk, staff: Any, database: Database) -> None:
    address = desk.begin()
    for path in (
        "",
        "about",
        "questions/0/0",
        "text",
        "look",
        "preview",
        "compare",
        "propose",
        "languages",
        "file.yaml",
    ):
        assert desk.stranger.get(f"{address}{path}").status_code == 404, path
    for path in ("order", "keep", "throw-away", "take-back", "publish", "words", "propose", "questions/0/0", "text"):
        assert desk.post(f"{address}{path}", desk.stranger).status_code == 404, path
    assert "staying_safe" not in desk.stranger.get(HOME).text
    facilitator = staff.client("facilitator", organisation_id=desk.ours)
    assert facilitator.get(HOME).status_code == 404


def test_two_people_publish_and_only_they_see_it(desk: Desk, database: Database) -> None:
    address = desk.begin()
    path = f"{address}questions/1/2"
    desk.post(
        path, **{**desk.form(path), "text": "A friend asks before they share a photo. What do you think of this?"}
    )
    revision = desk.draft(address).revision
    assert desk.post(f"{address}propose", revision=revision).status_code == 303
    assert desk.post(f"{address}publish", revision=revision).status_code == 403, "not the same person"
    analyst = desk.staff.client("analyst", organisation_id=desk.ours)
    assert desk.post(f"{address}publish", analyst, revision=revision).status_code == 404, "not without the role"
    assert "Publish it" in desk.second.get(address).text and "Publish it" not in desk.first.get(address).text
    fields = desk.form(path)
    desk.post(path, desk.second, **{**fields, "hint": "One more word."})
    assert desk.draft(address).state == "draft", "a change takes the proposal back"
    desk.post(f"{address}propose", revision=desk.draft(address).revision)
    late = desk.post(f"{address}publish", desk.second, revision=revision)
    assert late.location.endswith("changed=1")
    done = desk.post(f"{address}publish", desk.second, revision=desk.draft(address).revision)
    assert done.location.startswith(HOME + "?published=staying_safe_2")
    with database.reading() as session:
        version = session.scalars(select(InstrumentVersion)).one()
        publication = session.scalars(select(Publication)).one()
        acts = set(session.scalars(select(AuditEntry.action)))
    assert (version.key, version.version, publication.organisation_id) == ("staying_safe_2", 1, desk.ours)
    assert instrument_of(version).language("cy").checked is None
    assert {"draft.made", "draft.proposed", "draft.changed_after_proposal", "questionnaire.published"} <= acts
    assert "staying_safe_2" in desk.first.get("/staff/programmes/new").text
    assert "staying_safe_2" not in desk.stranger.get("/staff/programmes/new").text
    assert desk.first.get(f"{HOME}{version.id}/look").status_code == 200
    assert desk.stranger.get(f"{HOME}{version.id}/look").status_code == 404
    assert desk.stranger.get(f"{HOME}{version.id}/preview").status_code == 404


def test_the_next_version_is_counted_and_compared(desk: Desk, database: Database) -> None:
    first = desk.begin()
    desk.post(f"{first}propose", revision=1)
    desk.post(f"{first}publish", desk.second, revision=1)
    with database.reading() as session:
        published = session.scalars(select(InstrumentVersion)).one()
    address = desk.begin(f"version:{published.id}")
    assert "same as the version" in desk.first.get(f"{address}propose").text
    path = f"{address}questions/1/0"
    fields = desk.form(path)
    fields["option.0.label"] = "That is fine"
    desk.post(path, **fields)
    option = desk.draft(address).document["source"]["pages"][1]["items"][0]["options"][0]
    assert option["key"] == "fine", "an answer that was published keeps its key"
    page = desk.first.get(f"{address}compare").text
    assert "Compare only with care" in page and "That is fine" in html.unescape(page)
    assert "never puts the figures of two versions into one line" in page and "report says" not in page
    desk.post(f"{address}propose", revision=2)
    desk.post(f"{address}publish", desk.second, revision=2)
    with database.reading() as session:
        keys = [
            (one.key, one.version) for one in session.scalars(select(InstrumentVersion).order_by(InstrumentVersion.id))
        ]
        old = session.get_one(InstrumentVersion, published.id)
    assert keys == [("staying_safe_2", 1), ("staying_safe_2", 2)]
    assert old.document == published.document


@one_engine
def test_a_key_that_was_published_belongs_to_its_question_for_ever(desk: Desk) -> None:
    """Not even a question that was dropped long ago gives its key away: answers are stored under it."""
    address = desk.begin("nothing", "What you think")
    desk.post(f"{address}order", act="add.0", revision=desk.draft(address).revision)
    desk.post(f"{address}order", act="page", revision=desk.draft(address).revision)
    for path, text in (("0/0", "Is it good?"), ("0/1", "Is it fair?"), ("1/0", "Is it fun?")):
        path = f"{address}questions/{path}"
        desk.post(path, **{**desk.form(path), "kind": "number", "text": text})
        desk.post(path, **{**desk.form(path), "minimum": "0", "maximum": "7"})
    asked = publish_draft(desk, address)
    address = desk.begin(f"version:{asked}")
    path = f"{address}questions/1/0"
    assert 'value="question_3" readonly' in desk.first.get(path).text
    desk.post(path, **{**desk.form(path), "key": "fun"})
    assert read_item_of(desk, path)["key"] == "question_3", "the server refuses it too"
    desk.post(f"{address}order", act="remove.1.0", revision=desk.draft(address).revision)
    asked = publish_draft(desk, address)
    address = desk.begin(f"version:{asked}")
    desk.post(f"{address}order", act="add.0", revision=desk.draft(address).revision)
    path = f"{address}questions/0/2"
    assert read_item_of(desk, path)["key"] == "question_4" and "readonly" not in desk.first.get(path).text
    desk.post(path, **{**desk.form(path), "key": "question_3"})
    assert read_item_of(desk, path)["key"] == "question_3_2"
    desk.post(path, **{**desk.form(path), "key": "fun"})
    assert read_item_of(desk, path)["key"] == "fun", "its own key is free while it was never published"


def publish_draft(desk: Desk, address: str) -> int:
    """Two people publish a draft; the number of its version."""
    assert verdict(desk.draft(address).document).faults == ()
    desk.post(f"{address}propose", revision=desk.draft(address).revision)
    assert "published=" in desk.post(f"{address}publish", desk.second, revision=desk.draft(address).revision).location
    with desk.database.reading() as session:
        return max(session.scalars(select(InstrumentVersion.id)))


@one_engine
def test_the_way_out_is_shown_first_where_its_maker_says_so(desk: Desk) -> None:
    """A tick on the page about the whole; taken away again, nothing of it is left in the file."""
    address = desk.begin()
    about = desk.form(f"{address}about")
    assert "interruption" not in about
    desk.post(f"{address}about", **{**about, "interruption": "true"})
    about = desk.form(f"{address}about")
    assert about["interruption"] == ["true"] and desk.draft(address).document["source"]["interruption"] == "true"
    assert 'id="way-out"' in desk.first.get(f"{address}preview").text
    desk.post(f"{address}about", **{name: value for name, value in about.items() if name != "interruption"})
    assert "interruption" not in desk.draft(address).document["source"]
    assert 'id="way-out"' not in desk.first.get(f"{address}preview").text


@one_engine
def test_hostile_words_are_words_everywhere(desk: Desk) -> None:
    """As they are typed; sixty others, in every field, in `test_hostile_drafts.py`."""
    address = desk.begin()
    path = f"{address}questions/1/0"
    for words in HOSTILE:
        fields = desk.form(path)
        changed = {
            **fields,
            "text": words,
            "hint": words,
            "option.0.label": words,
            "statement": words,
            "explain.passive": words,
        }
        assert desk.post(path, **changed).status_code == 303
        about = desk.form(f"{address}about")
        desk.post(f"{address}about", **{**about, "title": words, "intro.0": words, "page.0": words})
        kept = desk.draft(address).document["source"]
        shown = kept["title"] or ""
        assert shown == re.sub("[\x00\x07\x7f\ufeff]", "", words)
        for where in ("", "about", "questions/1/0", "text", "compare", "languages", "look", "preview", "propose"):
            page = desk.first.get(f"{address}{where}")
            assert page.status_code == 200, (where, words)
            assert "<script>alert" not in page.text and "alert(49)" not in page.text
        again, _ = read_source("text", desk.first.get(f"{address}file.yaml").data)
        assert again == kept, words


@one_engine
def test_the_preview_is_the_page_that_children_get(desk: Desk) -> None:
    address = desk.begin("library:staying_safe")
    page = desk.first.get(f"{address}preview?wave=before&lang=cy&as=phone")
    assert "Draft translation" in page.text or "drafft" in page.text.lower()
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert 'dir="rtl"' in desk.first.get(f"{address}preview?as=rtl").text.partition("<head>")[0]
    paper = desk.first.get(f"{address}preview?as=paper")
    assert 'class="key"' in paper.text and "<script" not in paper.text
    assert paper.headers["Content-Security-Policy"].count("'sha256-") == 3
    frame = desk.first.get(f"{address}look?as=tablet")
    assert "frame-src 'self'" in frame.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in frame.headers["Content-Security-Policy"]
    for wrong in ("wave=never", "lang=xx", "as=fridge"):
        assert desk.first.get(f"{address}preview?{wrong}").status_code == 404
    assert "No question has a recording yet" in desk.first.get(f"{address}look?as=aloud").text
    path = f"{address}questions/1/0"
    desk.post(path, **{**desk.form(path), "text": ""})
    assert "1 question is left out here" in desk.first.get(f"{address}look").text


@one_engine
def test_staff_hear_what_children_would_hear(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    static = shutil.copytree(assets.STATIC, tmp_path / "static")
    monkeypatch.setattr(looks, "STATIC", static)
    monkeypatch.setattr(assets, "STATIC", static)
    (static / "audio").mkdir()
    (static / "audio" / "read.opus").write_bytes(b"OggS")
    address = desk.begin("library:staying_safe")
    source = desk.draft(address).document["source"]
    was = fingerprint(source)
    source["pages"][1]["items"][0]["versions"] = {"audio": {"sound": "read.opus"}}
    desk.post(f"{address}text", text=as_text(source), was=was)
    path = f"{address}questions/1/0"
    desk.post(path, **desk.form(path))  # the form of the question leaves its recording as it is
    spoken = '<audio controls preload="none" src="/static/audio/read.opus'
    assert spoken in desk.first.get(f"{address}preview?lang=en&wording=audio").text
    for other in ("lang=en", "lang=cy&wording=audio"):
        assert "<audio" not in desk.first.get(f"{address}preview?{other}").text
    assert "&amp;wording=audio" in desk.first.get(f"{address}look?as=aloud").text
    assert "nobody is offered to listen" in desk.first.get(f"{address}look?as=aloud&lang=cy").text
    assert "1 missing" not in desk.first.get(f"{address}languages").text, "a recording is no text to translate"


def upload(desk: Desk, path: str, name: str, data: bytes) -> Any:
    return desk.post(path, file=(io.BytesIO(data), name))


@one_engine
def test_a_questionnaire_comes_in_with_its_languages(desk: Desk) -> None:
    """In one go; a speaker's name from elsewhere confirms nothing here, and one bad file keeps all of them out."""
    folder = library()["online_play"].parent
    source, welsh, arabic = ((folder / f"online_play{end}.yaml").read_bytes() for end in ("", ".cy", ".ar"))
    checked = welsh.replace(b"checked: null", b"checked: Somebody, Somewhere")

    def send(*files: tuple[str, bytes]) -> Any:
        return desk.post(f"{HOME}file", file=[(io.BytesIO(data), name) for name, data in files])

    whole = send(("b.cy.yaml", checked), ("a.yaml", source), ("c.ar.yaml", arabic))
    assert whole.status_code == 303, whole.text
    assert "somebody checked this translation elsewhere" in desk.first.get(whole.location).text
    desk.post(whole.location.removesuffix("brought-in") + "keep")
    languages = desk.first.get(whole.location.removesuffix("brought-in") + "languages").text
    assert "Cymraeg" in languages and "العربية" in languages and "Somebody, Somewhere" not in languages
    other = welsh.replace(b"key: online_play", b"key: another")
    for files, said in (
        ([("a.yaml", source), ("b.yaml", source)], "one questionnaire at a time"),
        ([("a.cy.yaml", welsh)], "one questionnaire at a time"),
        ([("a.yaml", source), ("b.yaml", welsh), ("c.yaml", welsh)], "two files for one language"),
        ([("a.yaml", source), ("b.yaml", other)], "Line 2"),
        ([("a.yaml", source), ("b.yaml", welsh.replace(b"items:", b"itemz:"))], "itemz"),
        ([("a.yaml", source), ("b.yaml", welsh.replace(b"language: cy", b"language: C!"))], "no translation"),
        ([("a.yaml", source), ("b.xlsx", b"PK")], "by itself"),
    ):
        refused = send(*files)
        assert refused.status_code == 422 and said in refused.text, said


@one_engine
def test_the_library_stands_under_headings(desk: Desk) -> None:
    page = desk.first.get(f"{HOME}new").text
    headings = re.findall(r"<h3>(.*?)</h3>", page)
    assert headings[:3] == [f"Young people from age {age}" for age in (8, 11, 14)] and headings[-1] == "Anew"
    assert page.index("online_play") < page.index("Young people from age 11") < page.index("staying_safe")
    assert page.index("Parents and carers") < page.index("online_safety_parent") < page.index("Workers")


@one_engine
def test_files_come_in_with_everything_that_they_could_not_bring(desk: Desk) -> None:
    whole = upload(
        desk, f"{HOME}file", "mine.yaml", as_text(document_of(load_library("online_play"))["source"]).encode()
    )
    assert "Everything in the file was understood" in desk.first.get(whole.location).text
    sheet = upload(desk, f"{HOME}file", "form.xlsx", write_xlsform(load_library("staying_safe")))
    page = desk.first.get(sheet.location)
    assert page.status_code == 200 and "Keep it as a draft" in page.text
    address = sheet.location.removesuffix("brought-in")
    assert desk.first.get(address).location == sheet.location, "looked at first"
    assert desk.post(f"{address}keep").location == address
    for name, data, said in (
        ("x.exe", b"MZ", "cannot be read"),
        ("x.yaml", b"a: &b [*b]", "Line 1"),
        ("x.yaml", b"pages: words", "no questionnaire file"),
        ("x.xlsx", b"PK\x03\x04broken", "What"),
        ("x.lss", b"<!DOCTYPE x><document/>", "problem"),
        ("", b"", "Choose a file"),
    ):
        refused = upload(desk, f"{HOME}file", name, data)
        assert refused.status_code == 422, name
        assert said in refused.text or "There is a problem" in refused.text
    assert upload(desk, f"{HOME}file", "x.xlsx", b"x" * 500_000).status_code == 413
    assert desk.post(f"{address}throw-away").status_code == 303


def sheet_of(rows: list[list[str]], **more: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, held in {"survey": rows, **more}.items():
        sheet = book.create_sheet(name)
        for row in held:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@one_engine
def test_a_large_form_says_every_fault_first_and_the_rest_together(desk: Desk) -> None:
    """However much is left out: no fault goes unsaid, and what is not listed is counted."""
    columns = ["type", "name", "label", "appearance", "relevant"]
    rows = [["select_one yn", f"Q{n}", f"Is it {n}?", "minimal", f"${{a}} > {n}"] for n in range(420)]
    rows = [[row[0], row[1].lower() if n > 90 else row[1], *row[2:]] for n, row in enumerate(rows)]
    rows[60:] = [[*row[:3], "", row[4]] for row in rows[60:]]
    rows.append(["select_one gone", "last", "Is this the last one?", "", ""])
    yes_no = [["list_name", "name", "label"], ["yn", "y", "Yes"], ["yn", "n", "No"]]
    assert "Divide it" in upload(desk, f"{HOME}file", "form.xlsx", sheet_of([columns, *rows], choices=yes_no)).text
    made = sheet_of([columns, *rows[:300], rows[-1]], choices=yes_no)
    came = upload(desk, f"{HOME}file", "form.xlsx", made)
    assert came.status_code == 303, came.text
    address = came.location.removesuffix("brought-in")
    desk.post(f"{address}keep")
    assert f'href="{came.location}"' in desk.first.get(address).text, "it can be looked up afterwards"
    page = html.unescape(desk.first.get(came.location).text)
    assert "Keep it as a draft" not in page
    headings = re.findall(r"<h2>(.*?)</h2>", page)
    assert headings[0].startswith("What has to be mended") and "there is no list" in page
    assert page.count("'minimal' is not kept") == 1 and "rows 2 to 61, column D" in page
    assert len(re.findall(r"And [0-9]+ more of this sort", page)) == 2


@one_engine
def test_what_came_in_is_shown_with_all_that_hangs_on_it(desk: Desk) -> None:
    came = upload(desk, f"{HOME}file", "form.xlsx", write_xlsform(load_library("online_play")))
    page = html.unescape(desk.first.get(came.location).text)
    for said in (
        "8 to 11",
        "before, after",
        "In a group",
        "Cymraeg",
        "One answer of several",
        "only after",
        "I don’t know",
    ):
        assert said in page, said
    settings = ["heard_ages", "heard_mode", "heard_waves", "heard_sitting", "heard_respondent"]
    rows = [["type", "name", "label", "relevant"], ["select_one yn", "a", "Do you play?", ""]]
    rows.append(["integer", "b", "How many games?", "${a} = 'y'"])
    sheets = {"choices": [["list_name", "name", "label"], ["yn", "y", "Yes, I do"], ["yn", "n", "No"]]}
    sheets["settings"] = [settings, ["14 17", "linked", "T1 T2", "one_to_one", "practitioner"]]
    came = upload(desk, f"{HOME}file", "form.xlsx", sheet_of(rows, **sheets))
    page = html.unescape(desk.first.get(came.location).text)
    for said in ("14 to 17", "A worker knows", "T1, T2", "One to one", "Practitioners", "A whole number", "0 to 1000"):
        assert said in page, said
    assert "asked only after “Yes, I do” to “Do you play?”" in page


@one_engine
def test_the_filled_examples_come_in_as_they_are(desk: Desk) -> None:
    """Whoever has never seen such a file takes one from the page, and is pointed to it when theirs is not understood."""
    page = desk.first.get(f"{HOME}new").text
    for sort in ("plain", "full"):
        assert f"{HOME}example-{sort}.xlsx" in page
        taken = desk.first.get(f"{HOME}example-{sort}.xlsx")
        assert taken.mimetype.endswith("spreadsheetml.sheet")
        came = upload(desk, f"{HOME}file", "form.xlsx", taken.data)
        assert came.status_code == 303, came.text
        assert "has to be mended" not in desk.first.get(came.location).text
    assert desk.first.get(f"{HOME}example-other.xlsx").status_code == 404
    book = openpyxl.Workbook()
    file = io.BytesIO()
    book.save(file)
    refused = upload(desk, f"{HOME}file", "form.xlsx", file.getvalue())
    assert refused.status_code == 422 and "filled example" in refused.text


@one_engine
def test_a_published_version_comes_in_as_it_was_stored(desk: Desk) -> None:
    kept = load_library("online_play")
    welsh = tuple(replace(one, checked="Somebody, Somewhere") if one.code == "cy" else one for one in kept.languages)
    came = upload(desk, f"{HOME}file", "mine.json", canonical_json(replace(kept, languages=welsh)))
    assert came.status_code == 303, came.text
    assert "somebody checked this translation elsewhere" in desk.first.get(came.location).text
    document = desk.draft(came.location.removesuffix("brought-in")).document
    same = document_of(kept)
    assert document["source"]["pages"] == same["source"]["pages"]
    assert document["translations"]["cy"] == same["translations"]["cy"] | {"checked": None}
    for hostile in (b"{", b"[]", b'{"pages": 1}', b"[" * 9000, canonical_json(kept).replace(b'"en"', b'"xx"')):
        assert upload(desk, f"{HOME}file", "mine.json", hostile).status_code == 422


@one_engine
def test_a_begun_questionnaire_suits_its_ages(desk: Desk) -> None:
    """Faces for the youngest, and as many points as they can tell apart; words from eleven. Nothing typed is lost."""
    late = desk.first.post(
        f"{HOME}new", data={"start": "nothing", "title": "Mine", "youngest": "8", "csrf_token": "old"}
    )
    assert late.status_code == 409 and 'value="Mine"' in late.text and 'value="8"' in late.text
    for youngest, oldest in (("8", "7"), ("x", "9"), ("2", "9"), ("8", "1000")):
        refused = desk.post(f"{HOME}new", start="nothing", title="Mine", youngest=youngest, oldest=oldest)
        assert refused.status_code == 422 and f'value="{youngest}"' in refused.text
    for ages, kind, faces, points in (
        (("8", "10"), "faces", 3, 3),
        (("12", "16"), "one", 0, 4),
        (("14", "17"), "one", 0, 5),
    ):
        reply = desk.post(f"{HOME}new", start="nothing", title="Mine", youngest=ages[0], oldest=ages[1])
        path = f"{reply.location}questions/0/0"
        assert desk.draft(reply.location).document["source"]["ages"] == [*ages]
        item = read_item_of(desk, path)
        assert (item["kind"], len(item["options"])) == (kind, faces)
        desk.post(path, **{**desk.form(path), "kind": "scale"})
        assert len(read_item_of(desk, path)["options"]) == points


@one_engine
def test_the_text_of_a_draft_saves_itself(desk: Desk) -> None:
    address = desk.begin()
    page = desk.first.get(f"{address}text").text
    assert "author.js" in page and 'id="saving"' in page and 'id="remarks"' in page
    form = desk.form(f"{address}text")
    key = desk.staff.app.extensions["keys"].mac("forgery", desk.first.get_cookie(cookies.STAFF).value.encode()).hex()
    text = html.unescape(re.findall(r'<textarea id="text"[^>]*>\n?(.*?)</textarea>', page, re.S)[0])

    def send(typed: str, **more: str) -> Any:
        data = {**form, "text": typed, "csrf_token": key, **more}
        return desk.first.post(f"{address}text", data=data, headers={"Accept": "application/json"})

    told = send(text.replace("Year 7", "Year seven"))
    assert told.json["saved"] and "remarks" in told.json and told.json["was"] != form["was"]
    assert "Year seven" in str(desk.draft(address).document)
    assert send(text + "\n  - broken", was=told.json["was"]).json == {"saved": False, "trouble": "unread"}
    assert send(text).json == {"saved": False}, "somebody else has changed it"
    assert send(text, csrf_token="old").json["token"]


@one_engine
def test_the_text_of_a_draft_can_be_changed_and_is_never_lost(desk: Desk) -> None:
    address = desk.begin()
    page = desk.first.get(f"{address}text").text
    text = html.unescape(re.findall(r'<textarea id="text"[^>]*>\n?(.*?)</textarea>', page, re.S)[0])
    was = re.findall(r'name="was" value="(\w+)"', page)[0]
    for wrong in (
        text + "\n  - broken",
        "pages: no",
        "a: !!python/object x",
        text.replace("options:", "options: x\n        y:", 1),
    ):
        refused = desk.post(f"{address}text", text=wrong, was=was)
        assert refused.status_code == 422
        assert html.escape(wrong, quote=False)[:200].strip() in refused.text.replace("&#34;", '"').replace("&#39;", "'")
    changed = text.replace("Year 7", "Year seven")
    assert desk.post(f"{address}text", text=changed, was=was).status_code == 303
    assert "Year seven" in str(desk.draft(address).document)
    late = desk.post(f"{address}text", text=changed.replace("seven", "sieben"), was=was)
    assert late.status_code == 409 and "sieben" in late.text and "Year seven" in late.text
    verdicts = verdict(desk.draft(address).document)
    assert verdicts.instrument is not None and verdicts.instrument.language("cy").checked is None


@one_engine
def test_words_go_to_translators_and_come_back(desk: Desk) -> None:
    address = desk.begin()
    path = f"{address}questions/1/0"
    old = desk.draft(address).document["translations"]["cy"]["items"]["sign_hide"]["text"]
    desk.post(
        path, **{**desk.form(path), "text": "An older person asks you to tell nobody. What do you think of this?"}
    )
    document = desk.draft(address).document
    assert document["outdated"]["cy"]["items.sign_hide.text"][1] == old
    assert "text" not in document["translations"]["cy"]["items"]["sign_hide"], "old words never stand under new English"
    assert "1 whose English has changed since" in desk.first.get(f"{address}languages").text
    po = desk.first.get(f"{address}words.po?language=Welsh").data.decode()
    assert '#, fuzzy\nmsgctxt "items.sign_hide.text"' in po and old in po
    assert "1 marked fuzzy and left out" in upload(desk, f"{address}words", "cy.po", po.encode()).text
    done = re.sub(r'#, fuzzy\n(msgctxt "items.sign_hide.text"\nmsgid ".*"\n)msgstr ".*"', r'\1msgstr "Beth?"', po)
    assert "0 missing" in upload(desk, f"{address}words", "cy.po", done.encode()).text
    was = re.findall(r'languages/cy".*?name="was" value="(\w+)"', desk.first.get(f"{address}languages").text, re.S)[0]
    for person, place in (("", ""), ("Mair Evans", ""), ("", "Ysgol y Bont"), ("Mair Evans", "–")):
        refused = desk.post(f"{address}languages/cy", person=person, organisation=place, was=was)
        assert refused.status_code == 422 and f'value="{person}"' in refused.text and f'value="{place}"' in refused.text
    late = desk.first.post(
        f"{address}languages/cy", data={"person": "Mair Evans", "organisation": "", "csrf_token": "old"}
    )
    assert late.status_code == 409 and 'value="Mair Evans"' in late.text, (
        "nothing typed is lost at the end of a sign-in"
    )
    named = {"person": "Mair Evans", "organisation": "Ysgol y Bont", "was": was}
    assert desk.post(f"{address}languages/cy", **named).status_code == 303
    judged = verdict(desk.draft(address).document)
    assert judged.instrument is not None
    assert judged.instrument.language("cy").checked == "Mair Evans, Ysgol y Bont"
    desk.post(path, **{**desk.form(path), "hint": "Think of a friend."})
    assert verdict(desk.draft(address).document).shown is not None
    for wrong in (b"not a po", b"\xff\xfe", b'msgid ""\nmsgstr ""\n"Language: en\\n"\n'):
        assert upload(desk, f"{address}words", "x.po", wrong).status_code == 422
    page = desk.first.get(f"{address}words.po?language=../x").text
    assert "Name a language" in page


@one_engine
def test_a_draft_cannot_grow_without_end(desk: Desk) -> None:
    address = desk.begin()
    path = f"{address}about"
    refused = desk.post(path, **{**desk.form(path), "intro.0": "x" * 240_000})
    assert refused.status_code in (413, 422)
    source = desk.draft(address).document["source"]
    source["pages"][0]["items"][0]["hint"] = "x" * 270_000
    assert verdict(new_document(source)).shown is None, "the reader refuses it, and the pages bear that"


@pytest.mark.parametrize("change", ["", "Words"])
def test_a_mark_tells_whether_a_part_is_the_same(change: str) -> None:
    part = {"text": change, "options": [{"key": "a"}]}
    assert fingerprint(part) == fingerprint(json.loads(json.dumps(part)))
    assert fingerprint(part) != fingerprint({**part, "text": change + "."})


@one_engine
def test_questionnaires_published_by_the_operator_are_everybodys(desk: Desk, database: Database) -> None:
    with database.writing() as session:
        publish(session, load_library("online_play"))
    pages: list[Callable[[str], Any]] = [desk.first.get, desk.stranger.get]
    assert all("online_play" in get(HOME).text for get in pages)
