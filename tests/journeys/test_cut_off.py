"""What stands on a page without a network, and where somebody has walked away, passes the gate in every look and from right to
left: whose questions a kept copy holds, answers that wait here, answers that nobody can open any more, and what asks whether
somebody is still there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys import gate
from tests.journeys.conftest import Watch
from tests.journeys.pupil import Pupil
from tests.journeys.test_offline import ready
from tests.journeys.test_states import enter, judge
from tests.journeys.test_waiting_sets import forget_key
from tests.journeys.test_words import to_the_check
from tests.live import Grounds, Room

pytestmark = pytest.mark.proof
EXPECTED = r"ERR_INTERNET_DISCONNECTED|status of 410|net::"
LOST = "document.querySelector('#refused').content.querySelector('h1').textContent"


def cut_off(page: Page, room: Room) -> Iterator[str]:
    """From a kept copy, without a network, to answers that come when nobody can open them."""
    pupil = Pupil(page)
    ready(page)
    page.context.set_offline(True)
    page.goto("/answer")
    assert pupil.at() == "right-one"
    yield "whose questions these are"
    pupil.start()
    to_the_check(pupil)
    page.click("#send")
    expect(page.locator(".kept h1")).to_be_focused()
    yield "kept"
    forget_key(room)
    lost = page.evaluate(LOST)
    page.context.set_offline(False)
    expect(page.locator(".kept h1")).to_have_text(lost)
    yield "nobody can open them"


def left_alone(page: Page) -> Iterator[str]:
    """Somebody has walked away in the middle."""
    page.clock.install()
    page.goto("/answer")
    page.wait_for_load_state("networkidle")
    page.click("#start")
    page.clock.run_for(181_000)
    expect(page.locator("#idle button").first).to_be_focused()
    yield "is somebody there?"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_is_shown_without_a_network_passes_in_every_look(
    context_of: Callable[..., BrowserContext], watch: Watch, outings: Grounds, confirmed_tours: Grounds, language: str
) -> None:
    watch.expect(EXPECTED)
    grounds = {"en": outings, "ar": confirmed_tours}[language]
    room = grounds.room("shared")
    room.open("before", language)
    context = context_of(base_url=grounds.live.url)
    page = enter(context, grounds.live, room, language)
    found, states = judge(page, cut_off(page, room), gate.LOOKS, language)
    more, others = judge(left := context.new_page(), left_alone(left), gate.LOOKS, language)
    print(f"{language}: {states + others} states in {len(gate.LOOKS)} looks")
    assert found | more == {}
