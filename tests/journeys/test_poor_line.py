"""A browser on a poor line: whatever is slow, cut, lost, gone or stood in for, each set of answers arrives once.

The line is a proxy of our own between the browser and the real service. A proof, because its slowness is real.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Error, Page, expect

from questionnaires.files import read
from tests.journeys.conftest import Watch
from tests.journeys.pupil import Pupil
from tests.journeys.test_offline import ready, waiting
from tests.live import Grounds, Live, Room
from tests.proof.poor_line import THIRD_GENERATION, PoorLine, Weather

pytestmark = pytest.mark.proof
COUNTING = Path(__file__).parent.parent / "proof" / "counting.yaml"
LOST, PUPILS = 25, 12
CALM = Weather()


@pytest.fixture(scope="module")
def counting(live: Live) -> Grounds:
    """A programme whose answers tell every set from every other."""
    return Grounds(live, read(COUNTING), "counted")


@pytest.fixture
def line(live: Live, watch: Watch) -> Iterator[PoorLine]:
    """The line to the service; what browsers say of it is expected."""
    watch.expect("net::ERR", "Failed to load resource", "Failed to load module script", "reply: 511")
    with PoorLine(live.port) as made:
        yield made


def until_there(act: Callable[[], object], times: int = 20) -> None:
    """Do something again until the line lets it through, as a person does."""
    for _ in range(times):
        try:
            act()
        except (Error, AssertionError):
            continue
        return
    raise AssertionError("it never got through")


def count(page: Page, number: int) -> None:
    """From the first screen to the check."""
    pupil = Pupil(page)
    pupil.start()
    pupil.walk({"counted": str(number)})


def eager(page: Page) -> None:
    """The network says that it is back, or somebody presses "Send them now": what waits is sent."""
    page.evaluate("() => dispatchEvent(new Event('online'))")


def numbers(room: Room) -> list[int]:
    """What arrived."""
    return sorted(int(str(given["counted"])) for _, given in room.stored())


def ended(page: Page) -> None:
    """Wait until the answers are thanked or kept, whichever the line allows; what is kept goes when it can."""
    page.wait_for_function("() => location.pathname === '/thanks' || document.querySelector('.kept')")


def press_send(page: Page) -> None:
    """Press Send, as long as the page asks for it, and wait for its end."""
    if page.locator("#send").is_visible():
        page.click("#send")
    ended(page)


def empty(page: Page) -> None:
    """Send until nothing waits on the device."""
    for _ in range(30):
        if not waiting(page):
            return
        eager(page)
        page.wait_for_timeout(500)
    raise AssertionError(f"{len(waiting(page))} sets still wait")


def test_a_third_generation_line_with_losses_and_cuts(
    context_of: Callable[..., BrowserContext], counting: Grounds, line: PoorLine
) -> None:
    room = counting.room("shared", "before")
    page = context_of(base_url=line.url).new_page()
    line.weather = replace(THIRD_GENERATION, cut_every=4)
    # A browser keeps its connections: every fourth of them is about one request in twenty.
    until_there(lambda: Pupil(page).join(room.code))
    page.on("dialog", lambda dialog: dialog.accept())  # a page whose script never came is opened anew
    for number in range(PUPILS):
        until_there(lambda number=number: (page.goto("/answer"), count(page, number)))  # type: ignore[misc]
        until_there(lambda: press_send(page))
    line.weather = CALM
    page.goto("/thanks")
    empty(page)
    assert numbers(room) == list(range(PUPILS))
    assert line.stalls > 10 and line.cuts > 0


def test_a_receipt_that_is_lost_again_and_again_costs_no_second_row(
    context_of: Callable[..., BrowserContext], counting: Grounds, line: PoorLine
) -> None:
    room = counting.room("shared", "before")
    page = context_of(base_url=line.url, service_workers="block").new_page()
    Pupil(page).join(room.code)
    for number in range(LOST):
        count(page, number)
        line.weather = Weather(loses_reply_to="/answer")
        page.click("#send")
        ended(page)
        empty(page)
        page.goto("/answer")
    assert line.lost_replies == LOST
    assert numbers(room) == list(range(LOST))


def test_the_line_goes_down_in_the_middle_and_comes_back(
    context_of: Callable[..., BrowserContext], counting: Grounds, line: PoorLine
) -> None:
    room = counting.room("shared", "before")
    page = context_of(base_url=line.url).new_page()
    Pupil(page).join(room.code)
    ready(page)
    pupil = Pupil(page)
    pupil.start()
    line.weather = Weather(is_down=True)
    pupil.walk({"counted": "1"})
    page.click("#send")
    expect(page.locator(".kept")).to_be_visible()
    page.get_by_role("button", name="Next person").click()
    count(page, 2)
    page.click("#send")
    expect(page.locator(".kept")).to_be_visible()
    page.goto("/answer")  # and a page that is opened anew comes from the device
    count(page, 3)
    page.click("#send")
    expect(page.locator(".kept")).to_be_visible()
    assert (len(waiting(page)), numbers(room)) == (3, [])
    line.weather = CALM
    empty(page)
    assert numbers(room) == [1, 2, 3]


def test_a_captive_portal_keeps_what_it_stands_in_front_of(
    context_of: Callable[..., BrowserContext], counting: Grounds, line: PoorLine
) -> None:
    room = counting.room("shared", "before")
    page = context_of(base_url=line.url).new_page()
    Pupil(page).join(room.code)
    ready(page)
    for number, portal in enumerate(("200", "302", "511")):
        stood_in = line.stood_in
        line.weather = Weather(portal=portal)
        count(page, number)
        page.click("#send")
        expect(page.locator(".kept")).to_be_visible()
        with page.expect_response("**/answer"):
            eager(page)
        assert len(waiting(page)) == number + 1, f"a portal that answers {portal} gives no receipt"
        assert line.stood_in > stood_in
        page.get_by_role("button", name="Next person").click()
    assert numbers(room) == []
    line.weather = CALM
    empty(page)
    assert numbers(room) == [0, 1, 2]
