"""Nothing of an answer is left on a device or readable on the line: twenty marks, looked for everywhere a browser keeps things.

The marks are numbers that nobody else types, the card's code and the submission's id. They are looked for in the page and its
fields, session and local storage, IndexedDB (opened seals and all), caches, cookies, and the history's addresses and titles:
after sending, leaving and the idle wipe, and at each of five steps back, with the back-forward cache on. Words of a chosen
option stand in an empty questionnaire too, so for those it is asked that nothing is ticked anywhere, kept copies included.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
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
from tests.live import Grounds, Live
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
FIELDS = "() => [...document.querySelectorAll('input, textarea, select')].map((one) => one.value).join(' ')"


@pytest.fixture(scope="module")
def marked(live: Live) -> Grounds:
    """A programme that asks for many numbers and one choice."""
    counting = read(COUNTING)
    number, choice = counting.items_in("before")[:2]
    items = (*(replace(number, key=f"counted_{n}") for n in range(NUMBERS)), choice)
    return Grounds(live, replace(counting, key="marked", pages=(QuestionPage("all", None, items),)), "marked")


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


def assert_nowhere(child: Child, kept: str, where: str) -> None:
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


def search(child: Child, where: str) -> None:
    """Look everywhere, now."""
    page = child.page
    assert page.locator("input:checked").count() == 0, where
    kept = [page.content(), str(page.evaluate(FIELDS)), history_of(page), json.dumps(page.context.cookies())]
    if child.script and page.url.startswith("http"):
        found = page.evaluate(KEPT)
        kept.append(json.dumps({**found, "records": []}))
        for record in found["records"]:
            # A set that waits is known by its submission; of its answers nothing is to be read, in the seal or around it.
            kept.append(json.dumps({**record, "submission": "", "sealed": ""}))
            kept.append(base64.urlsafe_b64decode(record["sealed"].partition(".")[2]).decode("latin-1"))
        assert not [url for url, text in found["cached"] if re.search(r"<input[^>]*\schecked", text)], where
    assert_nowhere(child, "\n".join(kept), where)


def search_back(child: Child) -> None:
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


def test_what_is_typed_in_words_is_on_no_line_and_nowhere_afterwards(
    context_of: Callable[..., BrowserContext], live: Live, wishes: tuple[Grounds, OnDuty, OnDuty, OnDuty]
) -> None:
    typed = {"#i-your_words": "zebedee-4471", "#child": "quill-9023", "#person": "ombra-3318", "#when": "noon-7702"}
    room = wishes[0].room("shared", "after")
    with PoorLine(live.port) as line:
        page = context_of(base_url=line.url).new_page()
        pupil = Pupil(page)
        to_the_box(pupil, room)
        for field_id, words in typed.items():
            if field_id == "#child":
                to_the_check(pupil)
                page.click("#send")
                page.wait_for_url("**/talk?end=a")
            page.fill(field_id, words)
        page.get_by_label("Yes, about me").check()
        page.get_by_role("button", name="Send", exact=True).click()
        page.wait_for_url("**/thanks?talked")
        for _ in range(BACK):
            if not page.url.startswith("http"):
                break
            kept = page.content() + str(page.evaluate(FIELDS)) + history_of(page) + json.dumps(page.evaluate(KEPT))
            assert not [words for words in typed.values() if words in kept], page.url
            page.go_back(wait_until="load")
    overheard = unquote_plus(line.overheard.decode("latin-1"))
    assert "POST /words" in overheard and "POST /talk" in overheard and "POST /answer" in overheard
    assert not [words for words in typed.values() if words in overheard]


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
