"""The whole way by keyboard alone: every stop is seen, none is hidden, and nothing needs a pointer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from questionnaires.files import read
from questionnaires.instrument import LEFT_BLANK
from tests.journeys.conftest import HERE, Watch, in_arabic
from tests.journeys.keys import Keys
from tests.journeys.pupil import Pupil
from tests.live import Grounds, Live, Room
from tests.survey.desk import OnDuty

NINETY_NINE = "٩٩"
"""A number too large, in digits that only the service knows."""


def join(page: Page, room: Room) -> Keys:
    """Type the code and go on, by keys alone."""
    keys = Keys(page)
    page.goto("/")
    keys.tab_to("#code")
    page.keyboard.type(room.shown)
    keys.enter()
    page.wait_for_url("**/answer")
    return keys


def follow(keys: Keys, selector: str) -> None:
    """Tab to a link or a button, and press it."""
    keys.tab_to(selector)
    keys.enter()


def to_the_step(keys: Keys, key: str) -> None:
    """Next, and next, until this step has the focus."""
    pupil = Pupil(keys.page)
    while pupil.focused() != key:
        follow(keys, "#next")


@pytest.mark.parametrize(
    "size",
    [
        pytest.param((390, 780), id="phone"),
        pytest.param((320, 256), id="400 per cent", marks=pytest.mark.proof),
        pytest.param((1280, 720), id="desk", marks=pytest.mark.proof),
    ],
)
def test_the_whole_way_by_keyboard(
    context_of: Callable[..., BrowserContext], outings: Grounds, size: tuple[int, int]
) -> None:
    room = outings.room("own", "before")
    page = context_of(viewport={"width": size[0], "height": size[1]}).new_page()
    keys, pupil = join(page, room), Pupil(page)
    follow(keys, "#start")
    assert pupil.focused() == "travelled"
    keys.tab_to("#q-travelled input")
    page.keyboard.press("Space")
    assert len(keys.arrows()) == 5
    assert pupil.option("travelled", "bus").is_checked()
    keys.tab_to("#next")
    keys.enter()
    keys.tab_to('#q-bus_full input[value="full"]')
    page.keyboard.press("Space")
    keys.enter()
    assert pupil.focused() == "packed", "Enter inside a question goes on, it sends nothing"
    for value in ("lunch", "book"):
        keys.tab_to(f'#q-packed input[value="{value}"]')
        page.keyboard.press("Space")
    keys.enter()
    keys.tab_to("#i-stops")
    page.keyboard.type("7")
    keys.enter()
    assert pupil.focused() == "liked"
    keys.enter()
    assert pupil.at() == "liked", "Enter on a heading does nothing"
    keys.tab_to("#next")
    keys.enter()
    assert pupil.focused() == "check"
    keys.tab_to("#answers button")
    keys.enter()
    assert pupil.at() == "travelled"
    page.go_back()
    assert pupil.focused() == "check"
    keys.tab_to("#send")
    keys.enter()
    page.wait_for_url("**/thanks")
    ((_, answers),) = room.stored()
    assert answers == {
        "travelled": "bus",
        "bus_full": "full",
        "packed": ("lunch", "book"),
        "stops": 7,
        "liked": LEFT_BLANK,
    }
    assert keys.stops > 20


def test_no_trap_and_an_order_that_follows_the_page(page: Page, tours: Grounds) -> None:
    pupil = Pupil(page)
    pupil.join(tours.room("shared", "before").code)
    stops = Keys(page).round_the_page()
    assert stops[0].startswith("a"), "the first stop is the way to the main part"
    places = [
        next(n for n, stop in enumerate(stops) if stop.startswith(what)) for what in ("a help", "a leave", "a start")
    ]
    assert 0 < places[0] < places[1] < places[2]


def test_focus_is_never_lost_between_steps(page: Page, tours: Grounds) -> None:
    pupil = Pupil(page)
    pupil.join(tours.room("own", "before").code)
    pupil.start()
    while (at := pupil.at()) != "check":
        assert pupil.focused() == at
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        pupil.next()
    for _ in range(3):
        pupil.back()
        assert pupil.focused() == pupil.at()
    page.keyboard.press("Escape")
    assert pupil.focused() == pupil.at()


@pytest.fixture(scope="module")
def ways(live: Live) -> Grounds:
    """A programme in which everything stands that may stand beside the questions: two languages, and the way out first."""
    instrument = replace(read(HERE / "everything.yaml"), key="ways", interruption=True)
    return Grounds(live, in_arabic(instrument), "ways")


@pytest.mark.proof
def test_what_stands_beside_the_questions_by_keyboard(
    context_of: Callable[..., BrowserContext], watch: Watch, ways: Grounds, dull: str
) -> None:
    """Another language and back, how it looks, the way out, help, what was typed wrong, and for the next person: no thanks."""
    watch.expect("status of 422")
    room = ways.room("shared")
    room.open("before", "en", "ar")
    page = context_of().new_page()
    keys, pupil = join(page, room), Pupil(page)
    for language in ("ar", "en"):
        follow(keys, f".tongues [hreflang={language}]")
        expect(page.locator("html")).to_have_attribute("lang", language)
    _choose_large_letters(keys)
    follow(keys, "#start")
    assert pupil.focused() == "way-out"
    follow(keys, "#way-out .pair a:first-child")
    assert pupil.focused() == "card"
    keys.tab_to("#i-card")
    page.keyboard.type("ABCDEFG")
    keys.enter()
    expect(page.locator("#e-card")).to_be_visible()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    keys.enter()
    follow(keys, "#help-link")
    assert pupil.focused() == "help"
    keys.round_the_page()
    follow(keys, "#back")
    to_the_step(keys, "stops")
    keys.tab_to("#i-stops")
    page.keyboard.insert_text(NINETY_NINE)
    keys.enter()
    to_the_step(keys, "check")
    follow(keys, "#send")
    expect(page.locator("#summary")).to_be_focused()
    follow(keys, "#summary a")
    expect(page.locator("#i-stops")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("9")
    keys.enter()
    assert pupil.focused() == "check"
    follow(keys, "#send")
    page.wait_for_url("**/thanks")
    assert [given["stops"] for _, given in room.stored()] == [9]
    follow(keys, "main [href='/answer?next']")
    page.wait_for_url("**/answer")
    follow(keys, "#decline button")
    page.wait_for_url("**/activity")
    assert room.declines() == 1
    follow(keys, "#start")
    follow(keys, "#way-out .pair a:first-child")
    to_the_step(keys, "check")
    follow(keys, "#leave-link")
    page.wait_for_url(dull)


def _choose_large_letters(keys: Keys) -> None:
    """Open the panel, and choose the last size."""
    size = "parseFloat(getComputedStyle(document.body).fontSize)"
    was = keys.page.evaluate(size)
    follow(keys, ".ease summary")
    keys.tab_to("#size")
    keys.page.keyboard.press("End")
    assert keys.page.evaluate(size) == pytest.approx(1.5 * was)


@pytest.mark.proof
def test_words_and_the_last_page_by_keyboard(
    context_of: Callable[..., BrowserContext], wishes: tuple[Grounds, OnDuty, OnDuty, OnDuty]
) -> None:
    """Typed, chosen, put right and sent without a pointer, each stop seen."""
    room = wishes[0].room("shared", "after")
    page = context_of().new_page()
    keys = join(page, room)
    follow(keys, "#start")
    to_the_step(keys, "your_words")
    keys.round_the_page()
    keys.round_the_groups("#q-your_words")
    keys.tab_to("#i-your_words")
    page.keyboard.type("A longer break.")
    to_the_step(keys, "check")
    expect(page.locator("#answers")).to_contain_text("A longer break.")
    follow(keys, "#send")
    page.wait_for_url("**/talk?end=a")
    keys.round_the_page()
    follow(keys, "#talk .button")
    expect(page.locator("#summary")).to_be_focused()
    follow(keys, "#summary a")
    expect(page.locator("#asks-0")).to_be_focused()
    keys.round_the_groups("#talk")
    keys.tab_to("#child")
    page.keyboard.type("Robin, 8B")
    keys.tab_to("#when")
    page.keyboard.type("At lunch")
    follow(keys, "#talk .button")
    page.wait_for_url("**/thanks?talked")
