"""The forms of a draft under what people do to them: every kind after every other, conditions that no longer fit, more
answers than a kind allows, a question taken out and put back. Nothing that somebody wrote goes without a word."""

from __future__ import annotations

import copy
import html
import io
import re
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from questionnaires.kinds import KINDS
from survey.authoring.item_form import read_item, settle
from survey.authoring.judging import verdict
from survey.authoring.trees import Tree, as_text, read_source
from survey.database import Database
from survey.models import Account, Draft, InstrumentVersion
from tests.questionnaires.conftest import EVERY_KIND, TINY, TINY_CY
from tests.survey.test_authoring import HOME, Desk, one_engine, read_item_of, upload

pytestmark = one_engine
EVERY = f"""{EVERY_KIND}  - key: fourth
    items:
      - key: ways
        kind: several
        text: Which ways?
        options:
          - {{key: left, code: 1, label: Left}}
          - {{key: right, code: 2, label: Right}}
          - {{key: neither, code: 3, label: Neither, exclusive: true}}
        measure: {{agreed: [left], dont_know: apart, family: experience, direction: higher, statement: went left}}
      - key: liked
        kind: faces
        text: Did you like it?
        options:
          - {{key: low, code: 1, label: No}}
          - {{key: middle, code: 2, label: A little}}
          - {{key: high, code: 3, label: Yes}}
        measure: {{agreed: [high], dont_know: apart, family: opinion, direction: higher, statement: liked it}}
"""


@pytest.fixture
def desk(database: Database, staff: Any) -> Desk:
    return Desk(database, staff)


def brought(desk: Desk, text: str) -> str:
    """A draft of this file, kept; its address."""
    came = upload(desk, f"{HOME}file", "mine.yaml", text.encode())
    assert came.status_code == 303, came.text
    address = str(came.location).removesuffix("brought-in")
    desk.post(f"{address}keep")
    return address


def questions(desk: Desk, address: str) -> dict[str, str]:
    """Key -> page of every question, in order."""
    pages = desk.draft(address).document["source"]["pages"]
    return {
        item["key"]: f"{address}questions/{p}/{i}"
        for p, page in enumerate(pages)
        for i, item in enumerate(page["items"])
    }


def of_each_kind() -> dict[str, str]:
    """Kind -> a file with one question of this kind, so that each is judged quickly."""
    root, faults = read_source("every.yaml", EVERY.encode())
    held = [item for page in root["pages"] for item in page["items"] if "same_as" not in item]
    assert not faults and {item["kind"] for item in held} == set(KINDS)
    return {item["kind"]: as_text({**root, "pages": [{"key": "first", "items": [item]}]}) for item in held}


def test_every_kind_can_follow_every_other(desk: Desk) -> None:
    """What is ticked and said in the form of one kind fits no list of another; whoever goes back finds it as it was."""
    for was, file in of_each_kind().items():
        address = brought(desk, file)
        path = f"{address}questions/0/0"
        desk.post(path, **desk.form(path))  # what is usual is written out
        before, form, document = read_item_of(desk, path), desk.form(path), desk.draft(address).document
        for kind in KINDS:
            typed, changed = MultiDict({**form, "kind": [kind]}), copy.deepcopy(document)
            settle(changed, 0, 0, read_item(before, typed), typed)
            assert changed["source"]["pages"][0]["items"][0]["kind"] == kind
        for kind in ("one", "sort"):
            assert desk.post(path, **{**form, "kind": kind}).status_code == 303, (was, kind)
            assert desk.post(path, **{**desk.form(path), "kind": was}).status_code == 303, (was, kind)
            assert read_item_of(desk, path) == before, (was, kind)


def test_a_draft_whose_wave_asks_nothing_is_still_shown(desk: Desk) -> None:
    once = of_each_kind()["number"]
    assert "waves:\n" in once and "one_to_one" in once
    assert "nothing is asked in" in html.unescape(desk.first.get(brought(desk, once)).text)


@pytest.mark.parametrize("kind", ["faces", "scale"])
def test_a_measured_question_can_lose_all_its_answers(desk: Desk, kind: str) -> None:
    address = brought(desk, EVERY)
    path = next(path for path in questions(desk, address).values() if read_item_of(desk, path)["kind"] == kind)
    if "measure" not in read_item_of(desk, path):
        desk.post(path, **{**desk.form(path), "measured": "true"})
    count = len(read_item_of(desk, path)["options"])
    emptied = {name: one for name, one in desk.form(path).items() if not re.fullmatch(r"option\.\d+\..*", name)}
    assert desk.post(path, **emptied).status_code == 303
    assert len(read_item_of(desk, path)["options"]) >= 3 <= count


def test_more_answers_than_a_kind_allows_are_kept_and_said(desk: Desk) -> None:
    root, _ = read_source("one.yaml", of_each_kind()["one"].encode())
    many = [{"key": f"a_{n}", "code": str(n + 1), "label": f"Answer number {n}"} for n in range(70)]
    root["pages"][0]["items"][0] |= {"options": many, "measure": None}
    path = f"{brought(desk, as_text(root))}questions/0/0"
    assert desk.post(path, **{**desk.form(path), "hint": "Look at all of them."}).status_code == 303
    assert [one["key"] for one in read_item_of(desk, path)["options"]] == [one["key"] for one in many]
    assert "70 options" in desk.first.get(path).text
    desk.post(path, **desk.form(path), act="option.remove.69")
    assert len(read_item_of(desk, path)["options"]) == 69


def options_of(page: str, name: str) -> list[tuple[str, str]]:
    """The values and words of a list to choose from."""
    held = re.findall(rf'<select [^>]*name="{name}"[^>]*>(.*?)</select>', page, re.S)[0]
    return [
        (key, html.unescape(said)) for key, said in re.findall(r'<option value="([^"]*)"[^>]*>(.*?)</option>', held)
    ]


def test_a_question_for_a_few_is_never_asked_of_all_by_opening_it(desk: Desk) -> None:
    """Its source moved below it, became another kind, was taken out, lost an answer: what stands there is shown and
    kept, whoever opens the page, until somebody chooses anew."""
    address = brought(
        desk, EVERY.replace("text: What else?", "condition: {item: ease, options: [low]}, text: What else?")
    )
    first = desk.draft(address).document["source"]["pages"][0]["items"]
    more = next(i for i, item in enumerate(first) if item["key"] == "more")

    def asked(condition: Tree, words: str = "", **changed: Any) -> str:
        """The page of the question after this change of the source, saved as it was opened."""
        with desk.database.writing() as session:
            draft = session.get_one(Draft, int(address.rstrip("/").split("/")[-1]))
            document = copy.deepcopy(draft.document)
            held = document["source"]["pages"][0]["items"]
            held[more]["condition"] = condition
            held[1] |= changed
            draft.document, draft.revision = document, draft.revision + 1
        path = questions(desk, address)["more"]
        assert desk.post(path, **desk.form(path)).status_code == 303
        assert read_item_of(desk, path)["condition"] == condition
        page = html.unescape(desk.first.get(path).text)
        assert words in page, words
        return page

    page = asked({"item": "ease", "options": ["low"]})
    offered = [key for key, _ in options_of(page, "condition_item")]
    assert offered == ["", "ease", "warm", "light", "go_to"], "0 to 10 decides too; nothing that the rules refuse"
    asked({"item": "warm", "options": ["step_2", "step_3"]}, 'value="step_10"')
    asked({"item": "was", "options": ["odd"]}, "a question that now stands below: How was it then?")
    asked({"item": "lost", "options": ["odd"]}, "a question that is gone (lost)")
    asked({"item": "boxes", "options": ["in"]}, "a question that cannot decide: Where does it go?")
    asked({"item": "ease", "options": ["low", "never"]}, "an answer that is gone (never)")
    desk.post(f"{address}about", **{**desk.form(f"{address}about"), "sitting": "group"})
    page = asked({"item": "ease", "options": ["low"]}, "a question that cannot decide: How was it?", sensitive="true")
    assert "ease" not in [key for key, _ in options_of(page, "condition_item")][:-1]


def test_opening_a_question_takes_nothing_away_that_its_form_cannot_offer(desk: Desk) -> None:
    """A word in the file that is no choice of the form (a mistake, or of another version) is there to be seen and mended."""
    root, _ = read_source("one.yaml", of_each_kind()["one"].encode())
    odd = {"kind": "one", "picture": "unicorn", "same_as": "lost", "waves": ["after", "later"], "absences": ["dunno"]}
    root["pages"][0]["items"][0] |= odd
    root["pages"][0]["items"][0]["measure"] |= {"family": "magic", "direction": "sideways", "smallest": "5"}
    path = f"{brought(desk, as_text(root))}questions/0/0"
    before = read_item_of(desk, path)
    assert desk.post(path, **desk.form(path)).status_code == 303
    assert read_item_of(desk, path) == before


def ordered(desk: Desk, address: str, act: str) -> None:
    reply = desk.post(f"{address}order", act=act, revision=str(desk.draft(address).revision))
    assert reply.status_code == 303 and "changed=1" not in str(reply.location), act


def test_a_question_that_was_removed_can_be_put_back(desk: Desk) -> None:
    """With its words in every language, its page and its place in a score; the next removal takes its place."""
    came = desk.post(
        f"{HOME}file", file=[(io.BytesIO(TINY.encode()), "a.yaml"), (io.BytesIO(TINY_CY.encode()), "a.cy.yaml")]
    )
    address = str(came.location).removesuffix("brought-in")
    desk.post(f"{address}keep")
    before = desk.draft(address).document
    assert "Put it back" not in desk.first.get(address).text
    for act, also in (("remove.1.1", "The score “score” went with it"), ("remove.0.0", ""), ("remove.1.0", "")):
        ordered(desk, address, act)
        page = html.unescape(desk.first.get(address).text)
        assert "Put it back" in page and also in page
        ordered(desk, address, "back")
        after = desk.draft(address).document
        assert (after["source"], after["translations"]) == (before["source"], before["translations"]), act
        assert "Put it back" not in desk.first.get(address).text
    ordered(desk, address, "remove.1.0")
    ordered(desk, address, "remove.1.0")
    assert len(desk.draft(address).document["source"]["pages"]) == 1, "its page is gone"
    ordered(desk, address, "add.0")
    ordered(desk, address, "back")
    after = desk.draft(address).document
    assert after["source"]["pages"][1] == {
        "key": "second",
        "title": None,
        "items": after["source"]["pages"][1]["items"],
    }
    assert [item["key"] for item in after["source"]["pages"][1]["items"]] == ["feeling"]
    assert after["source"]["scales"] == before["source"]["scales"]


def test_a_score_follows_its_questions_without_the_text_of_the_file(desk: Desk) -> None:
    two = TINY.replace("items: [feeling]", "items: [feeling, liked]").replace(
        "scales:",
        "      - {key: liked, kind: faces, text: Did you like it?, waves: [after], absences: [dont_know], options: "
        "[{key: low, code: 1, label: No}, {key: middle, code: 2, label: A bit}, {key: high, code: 3, label: Yes}]}\nscales:",
    )
    address = brought(desk, two)
    assert not verdict(desk.draft(address).document).faults
    path = questions(desk, address)["feeling"]
    assert "It counts in the score" in desk.first.get(path).text
    desk.post(path, **desk.form(path), act="option.remove.0")
    assert "the points do not fit" in html.unescape(desk.first.get(address).text)
    desk.post(path, **desk.form(path), act="unscore")
    scale = desk.draft(address).document["source"]["scales"][0]
    assert scale["items"] == ["liked"] and "reversed" not in scale
    assert "the points do not fit" not in html.unescape(desk.first.get(address).text)
    ordered(desk, address, "remove.1.2")
    assert "scales" not in desk.draft(address).document["source"]
    assert not [one for one in verdict(desk.draft(address).document).faults if one.place[:1] == ("scales",)]


def test_a_language_goes_only_when_it_was_asked_twice(desk: Desk) -> None:
    address = desk.begin()
    told = desk.draft(address).document["translations"]["cy"]
    asked = desk.post(f"{address}languages/cy", act="remove")
    assert asked.status_code == 200 and "Cymraeg" in asked.text and "Keep its words as a file first" in asked.text
    assert desk.draft(address).document["translations"]["cy"] == told
    was = re.findall(r'name="was" value="(\w+)"', asked.text)[0]
    assert desk.post(f"{address}languages/cy", act="remove", sure="1", was=was).status_code == 303
    assert "cy" not in desk.draft(address).document["translations"]


def test_what_is_too_large_gets_the_page_from_which_it_came(desk: Desk) -> None:
    """A spreadsheet full of pictures, a file that is no words, a form with a whole book in it: size, limit, remedy."""
    address = desk.begin()
    sheet = upload(desk, f"{HOME}file", "form.xlsx", b"x" * 500_000)
    assert sheet.status_code == 413 and "at most 480 KB" in sheet.text and "Take the pictures out" in sheet.text
    assert re.search("This file has 489 KB; at most", sheet.text) and "There is a problem" in sheet.text
    words = upload(desk, f"{address}words", "cy.po", b"x" * 500_000)
    assert words.status_code == 413 and "at most 480 KB" in words.text and "<h1>Languages</h1>" in words.text
    path = f"{address}questions/1/0"
    book = {**desk.form(path), "text": "x" * 300_000}
    page = desk.post(path, **book)
    assert (
        page.status_code == 413 and "What was sent is too long" in page.text and "<!doctype html>" in page.text.lower()
    )
    assert 'href="/staff/"' in page.text and "Leave this page" not in page.text, "they stay where they work"
    told = desk.first.post(path, data=book, headers={"Accept": "application/json"})
    assert (told.status_code, told.json) == (413, {"saved": False, "trouble": "large"})
    assert desk.staff.app.test_client().post(path, data=book).status_code in (303, 307, 413)


def publish(desk: Desk, address: str, **more: str) -> Any:
    revision = str(desk.draft(address).revision)
    assert desk.post(f"{address}propose", revision=revision, **more).status_code == 303
    return desk.post(f"{address}publish", desk.second, revision=revision, **more)


def test_a_second_draft_takes_nothing_back_without_a_word(desk: Desk) -> None:
    """Said when it is begun (by whom the other one is written), asked when it is proposed, and again when published."""
    assert "published=" in str(publish(desk, desk.begin()).location)
    with desk.database.reading() as session:
        version = session.scalars(select(InstrumentVersion)).one()
    start = f"version:{version.id}"
    one = desk.begin(start)
    told = desk.post(f"{HOME}new", desk.second, start=start)
    assert told.status_code == 422 and "is being written already" in told.text and f'href="{one}"' in told.text
    with desk.database.reading() as session:
        assert session.get_one(Account, desk.draft(one).changed_by).name in html.unescape(told.text)
    assert desk.post(f"{HOME}new", desk.stranger, start="library:staying_safe").status_code == 303
    made = [desk.post(f"{HOME}new", desk.second, start=start, another="1") for _ in range(2)]
    two, three = (str(reply.location) for reply in made)
    for address, hint in ((one, "Ours."), (two, "Theirs."), (three, "More.")):
        path = f"{address}questions/1/0"
        desk.post(path, **{**desk.form(path), "hint": hint})
    revision = str(desk.draft(three).revision)
    assert desk.post(f"{three}propose", revision=revision).status_code == 303, "nothing was published meanwhile"
    assert "published=" in str(publish(desk, one).location)

    asked = desk.post(f"{two}propose", revision=str(desk.draft(two).revision))
    assert asked.status_code == 422 and "Version 2 was published" in asked.text
    assert f"{HOME}new?start=version:" in asked.text.replace("%3A", ":")
    page = desk.second.get(three).text
    assert "Version 2 was published" in page and 'name="over" value="2"' in page, "it came after the proposal"
    assert "changed=1" in str(desk.post(f"{three}publish", desk.second, revision=revision).location)
    assert "published=" in str(desk.post(f"{three}publish", desk.second, revision=revision, over="2").location)
    assert desk.post(f"{two}propose", revision=str(desk.draft(two).revision), over="2").status_code == 422, "3 came"
    assert "published=" in str(publish(desk, two, over="3").location)
