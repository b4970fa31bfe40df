"""The whole way by keyboard alone: every stop is seen, none is hidden, and nothing needs a pointer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from questionnaires.instrument import LEFT_BLANK
from tests.journeys.keys import Keys
from tests.journeys.pupil import Pupil
from tests.live import Grounds


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
    keys, pupil = Keys(page), Pupil(page)
    page.goto("/")
    keys.tab_to("#code")
    page.keyboard.type(room.shown)
    keys.enter()
    page.wait_for_url("**/answer")
    keys.tab_to("#start")
    keys.enter()
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
