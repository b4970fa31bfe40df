"""Nothing of an answer is left on a device or readable on the line: twenty marks, looked for everywhere a browser keeps things.

The marks are numbers that nobody else types, the card's code and the submission's id. They are looked for in the page and its
fields, session and local storage, IndexedDB (opened seals and all), caches, cookies, and the history's addresses and titles:
after sending, leaving and the idle wipe, and at each of five steps back, with the back-forward cache on. Words of a chosen
option stand in an empty questionnaire too, so for those it is asked that nothing is ticked anywhere, kept copies included.
Words that somebody types, in a box and on the last page, are looked for in the same way, and while the page still asks whether
it may be left: then they stand there and nowhere else.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote_plus

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from questionnaires.files import read
from questionnaires.instrument import Page as QuestionPage
from survey.pairing import new_cards, shown
from tests.journeys.conftest import Watch
from tests.journeys.pupil import Pupil
from tests.journeys.test_offline import ready, waiting
from tests.journeys.test_poor_line import empty
from tests.journeys.test_words import to_the_box, to_the_check
from tests.live import Grounds, Live, Room
from tests.proof.poor_line import PoorLine
from tests.survey.desk import OnDuty

pytestmark = [pytest.mark.proof, pytest.mark.back_cache]
COUNTING = Path(__file__).parent.parent / "proof" / "counting.yaml"
NUMBERS, MARKS, BACK = 18, 20, 5
STEP, MOST_LENGTHS = 512, 4

KEPT = """async () => {
  const found = {dom: document.documentElement.outerHTML, text: document.body.innerText, state: history.state,
    local: {...localStorage}, session: {...sessionStorage}, cookie: document.cookie, name: window.name, records: [], cached: []};
  for (const {name} of await indexedDB.databases()) {
    const opening = indexedDB.open(name);
    const database = await new Promise((done) => { opening.onsuccess = () => done(opening.result); });
    for (const store of database.objectStoreNames) {
      const all = database.transaction(store).objectStore(store).getAll();
      found.records.push(...await new Promise((done) => { all.onsuccess = () => done(all.result); }));
    }
    database.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) found.cached.push([request.url, await (await cache.match(request)).text()]);
  }
  return found;
}"""
TICKED = "input:checked:not([value=beyond])"
"""Whoever reads the last page is somebody outside the school unless a child chooses otherwise."""
FIELDS = "() => [...document.querySelectorAll('input, textarea, select')].map((one) => one.value).join(' ')"


@pytest.fixture(scope="module")
def marked(live: Live) -> Grounds:
    """A programme that asks for many numbers and one choice."""
    counting = read(COUNTING)
    number, choice = counting.items_in("before")[:2]
    items = (*(replace(number, key=f"counted_{n}") for n in range(NUMBERS)), choice)
    return Grounds(live, replace(counting, key="marked", pages=(QuestionPage("all", None, items),)), "marked")


class Marked(Protocol):
    """Somebody with a page and marks of their own."""

    page: Page
    script: bool

    def marks(self) -> list[str]:
        """What must be nowhere."""


@dataclass
class Child:
    """Somebody with marks of their own."""

    page: Page
    script: bool
    card: str = ""
    numbers: list[str] = field(
        default_factory=lambda: [str(10_000 + secrets.randbelow(50_000)) for _ in range(NUMBERS)]
    )
    submission: str = ""

    def answer(self, code: str, *, join: bool = True) -> None:
        """Type all the marks, and stand before Send."""
        pupil = Pupil(self.page, script=self.script)
        if join:
            pupil.join(code)
        pupil.start(self.card or None)
        answers: dict[str, str | tuple[str, ...]] = {f"counted_{n}": one for n, one in enumerate(self.numbers)}
        if self.script:
            pupil.walk({**answers, "weather": "sunny"})
        else:
            for key, number in answers.items():
                pupil.type(key, str(number))
            pupil.choose("weather", "sunny")
        self.submission = self.page.locator("#answer [name=submission]").input_value()

    def marks(self) -> list[str]:
        """What must be nowhere."""
        return [
            *self.numbers,
            self.submission,
            f"counted_0={self.numbers[0]}",
            *([self.card, shown(self.card)] if self.card else []),
        ]


@dataclass
class Teller:
    """Somebody who types words of their own, and agrees or not when the browser asks before a page is left."""

    page: Page
    script: bool
    room: Room
    words: list[str] = field(default_factory=lambda: [f"zq{secrets.token_hex(4)}" for _ in range(MARKS)])
    agrees: bool = True

    def __post_init__(self) -> None:
        self.page.on("dialog", lambda dialog: dialog.accept() if self.agrees else dialog.dismiss())

    def marks(self) -> list[str]:
        """What must be nowhere."""
        return self.words

    def type(self, where: str, words: list[str] | None = None) -> None:
        """Type words, and stand before Send."""
        pupil, said = Pupil(self.page, script=self.script), words or self.words
        if where == "the last page":
            pupil.join(self.room.code)
            self.page.goto("/talk?end=a")
            self.type_last(said)
        elif self.script:
            to_the_box(pupil, self.room)
            self.page.fill("#i-your_words", " ".join(said))
            to_the_check(pupil)
        else:
            pupil.join(self.room.code)
            self.page.fill("#i-your_words", " ".join(said))
        assert [one for one in said if one not in str(self.page.evaluate(FIELDS))] == [], (
            "the search finds what is there"
        )

    def type_last(self, words: list[str]) -> None:
        """Fill in the last page."""
        for n, line in enumerate(("#child", "#person", "#when")):
            self.page.fill(line, " ".join(words[n::3]))
        self.page.get_by_label("Yes, about me").check()


def assert_nowhere(child: Marked, kept: str, where: str) -> None:
    """None of a child's marks stands in what was kept, as a word of its own."""
    assert len(child.marks()) >= MARKS
    found = [mark for mark in child.marks() if re.search(rf"(?<![0-9A-Za-z]){re.escape(mark)}(?![0-9A-Za-z])", kept)]
    assert found == [], where


def history_of(page: Page) -> str:
    """The addresses and titles of a tab's history."""
    session = page.context.new_cdp_session(page)
    entries = session.send("Page.getNavigationHistory")["entries"]
    session.detach()
    return json.dumps([[entry["url"], entry["title"], entry["userTypedURL"]] for entry in entries])


def search(child: Marked, where: str, *, here: bool = True) -> None:
    """Look everywhere, now; on the page itself too, unless they are still there."""
    page = child.page
    kept = [history_of(page), json.dumps(page.context.cookies())]
    if here:
        assert page.locator(TICKED).count() == 0, where
        kept += [page.content(), str(page.evaluate(FIELDS))]
    if child.script and page.url.startswith("http"):
        found = page.evaluate(KEPT)
        kept.append(json.dumps({**found, "records": []} | ({} if here else {"dom": "", "text": ""})))
        for record in found["records"]:
            # A set that waits is known by its submission; of its answers nothing is to be read, in the seal or around it.
            kept.append(json.dumps({**record, "submission": "", "sealed": ""}))
            kept.append(base64.urlsafe_b64decode(record["sealed"].partition(".")[2]).decode("latin-1"))
        assert not [url for url, text in found["cached"] if re.search(r"<input[^>]*\schecked", text)], where
    assert_nowhere(child, "\n".join(kept), where)


def search_back(child: Marked) -> None:
    """Look here, and at each of five steps back."""
    search(child, f"at {child.page.url}")
    for step in range(1, BACK + 1):
        child.page.go_back(wait_until="load")
        if not child.page.url.startswith("http"):
            return
        expect(child.page.locator("html")).to_be_visible()
        search(child, f"{step} back, at {child.page.url}")


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def script(request: pytest.FixtureRequest) -> bool:
    """With script and without."""
    return bool(request.param)


@pytest.fixture(params=["own", "shared"])
def child(
    request: pytest.FixtureRequest, context_of: Callable[..., BrowserContext], marked: Grounds, script: bool
) -> Iterator[Child]:
    """A child on a device of either kind, before Send."""
    room = marked.room(request.param, "before")
    cards = new_cards(1) if request.param == "shared" else [""]
    made = Child(context_of(java_script_enabled=script).new_page(), script, cards[0])
    made.page.on("dialog", lambda dialog: dialog.accept())
    made.answer(room.code)
    yield made


def test_nothing_is_left_after_sending(child: Child) -> None:
    with pytest.raises(AssertionError, match=child.numbers[0]):
        assert_nowhere(child, str(child.page.evaluate(FIELDS)), "the search finds what is there")
    child.page.click("#send")
    child.page.wait_for_url("**/thanks")
    search_back(child)


def test_nothing_is_left_after_leaving(child: Child, dull: str) -> None:
    child.page.click("#leave-link")
    child.page.wait_for_url(dull)
    search_back(child)


def test_nothing_is_left_after_the_idle_wipe(
    context_of: Callable[..., BrowserContext], marked: Grounds, watch: Watch
) -> None:
    room, (card,) = marked.room("shared", "before"), new_cards(1)
    page = context_of(service_workers="block").new_page()
    page.clock.install()
    child = Child(page, True, card)
    child.answer(room.code)
    page.clock.run_for(181_000)
    expect(page.get_by_role("dialog", name="Are you still there?")).to_be_visible()
    page.clock.run_for(21_000)
    expect(page.locator("#start")).to_be_visible()
    page.clock.resume()
    search_back(child)


def test_what_waits_on_a_device_and_what_goes_over_the_line_says_nothing(
    context_of: Callable[..., BrowserContext], live: Live, marked: Grounds, watch: Watch
) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    room = marked.room("shared", "before")
    with PoorLine(live.port) as line:
        context = context_of(base_url=line.url)
        page = context.new_page()
        Pupil(page).join(room.code)
        ready(page)
        children = []
        for filled, offline in ((NUMBERS, False), (0, True), (3, True), (9, True), (NUMBERS, True), (NUMBERS, True)):
            context.set_offline(offline)
            child = Child(page, True, new_cards(1)[0])
            typed, child.numbers = child.numbers, child.numbers[:filled]
            child.answer(room.code, join=False)
            child.numbers = typed
            child.submission = "the set that waits is known by it"
            page.click("#send")
            if offline:
                expect(page.locator(".kept")).to_be_visible()
                search(child, "while it waits")
                page.get_by_role("button", name="Next person").click()
            else:
                page.wait_for_url("**/thanks")
                page.goto("/answer")
            children.append(child)
        assert len(waiting(page)) == len(children) - 1
        context.set_offline(False)
        empty(page)
        assert len(room.rows()) == len(children)
        search_back(children[-1])
    assert_silent(line, children)


@pytest.fixture(params=["own", "shared"])
def room(request: pytest.FixtureRequest, wishes: tuple[Grounds, OnDuty, OnDuty, OnDuty]) -> Room:
    """A session that asks for words, on devices of either kind."""
    return wishes[0].room(request.param, "after")


def test_what_is_typed_is_on_no_line_and_nowhere_after_sending(
    context_of: Callable[..., BrowserContext], live: Live, room: Room, *, script: bool
) -> None:
    with PoorLine(live.port) as line:
        teller = Teller(context_of(base_url=line.url, java_script_enabled=script).new_page(), script, room)
        teller.type("the box", teller.words[:14])
        teller.page.click("#send")
        teller.page.wait_for_url("**/talk?end=a")
        teller.type_last(teller.words[14:])
        teller.page.get_by_role("button", name="Send", exact=True).click()
        teller.page.wait_for_url("**/thanks?talked")
        search_back(teller)
    overheard = unquote_plus(line.overheard.decode("latin-1"))
    assert "POST /talk" in overheard and "POST /answer" in overheard and ("POST /words" in overheard) == script
    readable = [one for one in teller.words if one in overheard]
    assert readable == ([] if script else teller.words), "what is not sealed on the device is found on the line"


@pytest.mark.parametrize("where", ["the box", "the last page"])
def test_nothing_that_was_typed_is_left_after_leaving(
    context_of: Callable[..., BrowserContext], room: Room, dull: str, where: str, *, script: bool
) -> None:
    teller = Teller(context_of(java_script_enabled=script).new_page(), script, room)
    teller.type(where)
    teller.page.click("#leave-link")
    teller.page.wait_for_url(dull)
    search_back(teller)


@pytest.mark.parametrize("where", ["the box", "the last page"])
@pytest.mark.parametrize("room", ["shared"], indirect=True)
def test_nothing_that_was_typed_is_left_after_the_idle_wipe(
    context_of: Callable[..., BrowserContext], room: Room, where: str
) -> None:
    page = context_of(service_workers="block").new_page()
    page.clock.install()
    teller = Teller(page, True, room)
    teller.type(where)
    page.clock.run_for(181_000)
    expect(page.get_by_role("dialog", name="Are you still there?")).to_be_visible()
    page.clock.run_for(21_000)
    expect(page.locator("#start")).to_be_visible()
    page.clock.resume()
    search_back(teller)


def test_what_was_typed_stands_on_the_page_alone_while_it_may_not_be_left(
    context_of: Callable[..., BrowserContext], room: Room
) -> None:
    """Reload and closing are asked about: refused, the words are still there, and nowhere else; agreed to, they are gone."""
    context = context_of()
    teller = Teller(context.new_page(), True, room)
    page = teller.page
    for where in ("the last page", "the box"):
        teller.type(where)
        teller.agrees = False
        for leave in (lambda: page.evaluate("location.reload()"), lambda: page.close(run_before_unload=True)):
            with page.expect_event("dialog"):
                leave()
            assert [one for one in teller.words if one not in str(page.evaluate(FIELDS))] == []
            search(teller, f"in {where}, while it may not be left", here=False)
        teller.agrees = True
        page.reload()
        search(teller, f"in {where}, loaded anew")
    search_back(teller)
    teller.type("the box")
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    teller = Teller(context.new_page(), True, room, teller.words)
    for path in ("/answer", "/talk?end=a", "/"):
        teller.page.goto(path)
        search(teller, f"closed, and then at {path}")


def assert_silent(line: PoorLine, children: list[Child]) -> None:
    """No mark on the line, inside or outside the seals, and few different lengths."""
    forms = [parse_qs(body.decode()) for path, body in line.posted if path == "/answer"]
    sealed = [base64.urlsafe_b64decode(form["sealed"][0].partition(".")[2]) for form in forms]
    assert len({form["submission"][0] for form in forms}) == len(children)
    readable = unquote_plus(line.overheard.decode("latin-1")) + "".join(raw.decode("latin-1") for raw in sealed)
    for child in children:
        assert_nowhere(child, readable, "on the line")
    lengths = {len(raw) for raw in sealed}
    print(f"\n{len(sealed)} bodies of 0 to {NUMBERS} answers have {len(lengths)} lengths: {sorted(lengths)}")
    assert len(lengths) <= MOST_LENGTHS and {(length - 65 - 16) % STEP for length in lengths} == {0}
