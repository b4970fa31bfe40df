"""What one would print comes out of the printer as it should: the questions as one document, the ways to get help, the card to
keep, the thanks, and a facilitator's papers. And the judgement can fail: faults planted on purpose are found."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from questionnaires.files import library, load_library
from survey import cookies
from survey.clock import now
from survey.models import Account, Grant
from survey.signing_in import sign_in
from tests.journeys.on_paper import close_set, paper_faults, sheets
from tests.journeys.pupil import Pupil
from tests.live import Grounds, Live

pytestmark = pytest.mark.usefixtures("pango")
PAPERS = {"poster": 1, "cards": 4, "talk-slips": 6, "script": 1}
"""A facilitator's papers, and the most sheets that each may take."""


@pytest.fixture
def night(context_of: Callable[..., BrowserContext]) -> BrowserContext:
    """A phone whose owner likes it dark, which paper does not care about."""
    return context_of(color_scheme="dark")


def faults_of(page: Page, *paths: str) -> dict[str, list[str]]:
    """The faults of each page, where there are any."""
    found = {}
    for path in paths:
        page.goto(path)
        found[path] = paper_faults(page)
    return {path: faults for path, faults in found.items() if faults}


def test_the_questions_print_as_one_document_from_any_step(night: BrowserContext, outings: Grounds) -> None:
    page = night.new_page()
    pupil = Pupil(page)
    pupil.join(outings.room("shared", "before").code)
    pupil.start("")
    pupil.choose("travelled", "foot")
    pupil.next()
    assert paper_faults(page) == []
    printed = "".join(sheets(page))
    for item in outings.instrument.items_in("before"):
        if item.kind != "text":
            assert close_set(item.text["en"]) in printed
            assert all(close_set(option.label["en"]) in printed for option in item.options)
    assert pupil.at() == "packed", "printing changes nothing"
    pupil.walk({})
    assert paper_faults(page) == [], "the check"
    pupil.send()
    assert paper_faults(page, most_sheets=2) == [], "the thanks"


def test_the_questions_print_without_script(context_of: Callable[..., BrowserContext], days_out: Grounds) -> None:
    page = context_of(java_script_enabled=False).new_page()
    page.goto("/")
    page.fill("#code", days_out.room("own", "after").code)
    page.click("#join .button")
    page.wait_for_url("**/answer")
    assert paper_faults(page) == []


def test_help_and_the_card_to_keep_print(night: BrowserContext) -> None:
    page = night.new_page()
    assert faults_of(page, "/help", "/help/card", "/about") == {}
    page.goto("/help/card")
    assert paper_faults(page, most_sheets=1) == []


def test_a_facilitators_papers_print(night: BrowserContext, live: Live, outings: Grounds) -> None:
    room = outings.room("shared", "before")
    with live.database.writing() as session:
        account = Account(email="printer@example.org", name="Printer", password_hash="-")
        session.add(account)
        session.flush()
        for_all = {"programme_id": outings.programme_id, "starts_at": now(), "reason": "test"}
        session.add(Grant(account_id=account.id, role="facilitator", **for_all))
        token = sign_in(session, account)
    night.add_cookies([{"name": cookies.STAFF, "value": token, "url": live.url}])
    page = night.new_page()
    found = {}
    for paper, most in PAPERS.items():
        page.goto(f"/staff/sittings/{room.sitting_id}/{paper}")
        found[paper] = paper_faults(page, most_sheets=most)
    assert {paper: faults for paper, faults in found.items() if faults} == {}


PLANTED = {
    "questions may be split": (
        ".step { break-inside: auto !important } .step .opt { margin-block-start: 3cm !important }",
        "on 2 sheets",
    ),
    "only the step that is shown": (".young .step[hidden]:not(#a#b#c) { display: none !important }", "left out"),
    "no boxes": (".opt input { display: none }", "no box"),
    "boxes too pale": (".opt input { border-color: #ccc !important }", "no edge"),
    "white words": ("h2 { color: #fff !important }", "too pale"),
    "the row stays": (".top { display: flex !important }", "a control on paper|lies over"),
    "fixed to the page": (".step h2 { position: fixed; inset-block-start: 0 }", "lies over"),
    "wider than paper": (".step { inline-size: 900px }", "cut off"),
    "cut off below": ("main { block-size: 20cm; overflow: hidden }", "clipped"),
    "words not printed": (".opt span { clip-path: inset(100%); font-size: 0 }", "not on any sheet"),
}


def test_what_is_planted_is_found(page: Page, outings: Grounds) -> None:
    pupil = Pupil(page)
    pupil.join(outings.room("shared", "before").code)
    pupil.start("")
    missed = {}
    for name, (css, told) in PLANTED.items():
        page.evaluate(
            "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s]; }", css
        )
        found = paper_faults(page)
        if not any(part in fault for fault in found for part in told.split("|")):
            missed[name] = found
    assert missed == {}


@pytest.mark.proof
@pytest.mark.parametrize("key", [key for key in sorted(library()) if key != "ordinary_activity"])
def test_every_questionnaire_prints(context_of: Callable[..., BrowserContext], live: Live, key: str) -> None:
    instrument = load_library(key)
    page = context_of(color_scheme="dark").new_page()
    room = Grounds(live, instrument, f"print_{key}").room("shared", instrument.waves[-1])
    Pupil(page).join(room.code)
    assert paper_faults(page) == []
