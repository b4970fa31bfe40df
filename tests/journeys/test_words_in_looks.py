"""The box for words, the last page and the card of help in every look: what other walks of the gate never meet, because it
needs readers on duty."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys import gate
from tests.journeys.conftest import Watch
from tests.journeys.keys import Keys
from tests.journeys.pupil import Pupil
from tests.journeys.test_offline import ready
from tests.journeys.test_states import judge
from tests.journeys.test_words import to_the_box, to_the_check
from tests.live import Room

EXPECTED = r"status of 4\d\d|ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to fetch|net::"


def walked(page: Page, room: Room) -> Iterator[str]:
    """From the box to the thanks: what is typed cannot be sent at first, and then it can."""
    pupil = Pupil(page)
    to_the_box(pupil, room)
    ready(page)
    yield "box"
    page.get_by_label("A safeguarding adult at my school").check()
    page.fill("#i-your_words", "something")
    yield "box with words"
    to_the_check(pupil)
    page.route("**/words", lambda route: route.abort())
    page.click("#send")
    expect(page.locator("#unsent")).to_be_focused()
    yield "words not sent"
    page.unroute("**/words")
    page.get_by_role("button", name="Try again").click()
    page.wait_for_url("**/talk?end=a")
    yield "talk"
    page.get_by_role("button", name="Send").click()
    page.wait_for_load_state()
    yield "talk with an error"
    page.get_by_label("No thanks").check()
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/thanks?talked")
    yield "thanks"
    page.goto("/help/card")
    yield "card of help"


@pytest.mark.proof
@pytest.mark.parametrize("size", ["each look", "400 per cent"])
def test_words_and_the_last_page_in_every_look(
    context_of: Callable[..., BrowserContext], watch: Watch, wishes, size: str
) -> None:
    watch.expect(EXPECTED)
    room = wishes[0].room("shared", "after")
    looks = gate.LOOKS if size == "each look" else ()
    page = context_of(**({} if looks else gate.LARGE)).new_page()
    found, states = judge(page, walked(page, room), looks)
    print(f"{size}: {states} states in {len(looks) or 1} looks")
    assert found == {}


@pytest.mark.proof
def test_the_last_page_by_keyboard(context_of: Callable[..., BrowserContext], watch: Watch, wishes) -> None:
    """Typed, chosen and sent without a pointer, each stop seen."""
    watch.expect(EXPECTED)
    page = context_of().new_page()
    keys, pupil = Keys(page), Pupil(page)
    to_the_box(pupil, wishes[0].room("shared", "after"))
    to_the_check(pupil)
    page.click("#send")
    page.wait_for_url("**/talk?end=a")
    keys.round_the_page()
    keys.tab_to("main [type=radio]")
    page.keyboard.press("Space")
    keys.arrows()
    gate.assert_passes(page, "talk, by keyboard")
    page.get_by_label("No thanks").focus()
    page.keyboard.press("Space")
    keys.tab_to("main button.button")
    keys.enter()
    page.wait_for_url("**/thanks?talked")
