"""What is not answers, in a browser on a poor line: typed words, the last page, "No thanks", and an answer that tells at once.

Script sends some of it again by itself, and asks for another press where a person has to decide. Whatever the line does, each
arrives once, and each journey ends in thanks. The service runs in this process and has a connection for each request, so that
what is cut is a share of the requests.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from playwright.sync_api import BrowserContext, Error, Locator, Page, expect

from survey.talks import NOTHING, Asked
from tests.journeys.conftest import Place, Watch
from tests.journeys.pupil import Pupil
from tests.journeys.test_offline import WAITING
from tests.journeys.test_poor_line import CALM, until_there
from tests.journeys.test_words import to_the_check
from tests.journeys.until import until
from tests.proof.poor_line import THIRD_GENERATION, PoorLine, Weather
from tests.survey.casework import TELLING
from tests.survey.desk import said_to, slips_for

pytestmark = [pytest.mark.proof, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]
PUPILS, CUT_EVERY = 3, 7
ROUNDS, STEP = 150, 400


@pytest.fixture
def line(place: Place, watch: Watch) -> Iterator[PoorLine]:
    """The line to the service; what browsers say of it is expected."""
    watch.expect("net::ERR", "Failed to load resource", "Failed to load module script", "Failed to fetch")
    with PoorLine(place.port) as made:
        yield made


@pytest.fixture
def page(context_of: Callable[..., BrowserContext], line: PoorLine) -> Page:
    """A shared tablet on it, whose person agrees to whatever the browser asks."""
    made = context_of(base_url=line.url).new_page()
    made.on("dialog", lambda dialog: dialog.accept())
    return made


def is_lost(page: Page) -> bool:
    """Whether what stands there is no page of ours, or the one that stands in for it without a network."""
    dull = page.get_by_role("heading", name="No connection")
    return page.url.startswith("chrome-error") or dull.is_visible()


def press_on(page: Page, button: Locator, there: Locator) -> None:
    """Press as long as the page has it to press, and load again what did not come, until that is there."""
    for _ in range(ROUNDS):
        with suppress(Error):
            if there.is_visible():
                return
            if is_lost(page):
                page.reload()
            elif button.is_visible():
                button.click(timeout=1000)
        page.wait_for_timeout(STEP)
    raise AssertionError(f"it never got through: {page.content()}")


def thanks(page: Page) -> Locator:
    """What each journey ends with."""
    return page.get_by_role("heading", name="Thank you")


def last_page(page: Page) -> Locator:
    """The last page, whole."""
    return page.get_by_role("button", name="Send", exact=True)


def begin(page: Page, words: str) -> None:
    """Open the questions and go to the check, with words in their box."""
    page.goto("/answer?next")
    pupil = Pupil(page)
    pupil.start()
    while (at := pupil.at()) != "your_words":
        assert at != "check", "the copy that is kept for when there is no network has no box"
        page.click("#next")
    page.fill("#i-your_words", words)
    to_the_check(pupil)


def tell(page: Page, n: int) -> None:
    """Answers with words, then somebody to talk with."""
    until_there(lambda: begin(page, f"words {n}"))
    press_on(page, page.locator("#send"), last_page(page))
    page.get_by_label("Yes, about me").check()
    page.fill("#child", f"child {n}")
    press_on(page, last_page(page), thanks(page))


def refuse(page: Page, *, seals: bool = True) -> None:
    """Choose "No thanks", do something ordinary, and send the same last page."""
    until_there(lambda: (page.goto("/answer?next"), expect(page.locator("#decline button")).to_be_visible()))
    if not seals:
        page.evaluate("document.querySelector('#answer').removeAttribute('data-seal')")
    press_on(page, page.locator("#decline button"), page.locator("#intro:not(:has(#decline)) #start"))
    until_there(lambda: do_something_ordinary(page))
    press_on(page, page.locator("#send"), last_page(page).or_(page.locator(".kept")))
    if last_page(page).is_visible():
        page.get_by_label("No thanks").check()
        press_on(page, last_page(page), thanks(page))
    else:
        expect(thanks(page)).to_be_visible()


def do_something_ordinary(page: Page) -> None:
    """From the beginning to the check of the ordinary questions."""
    if is_lost(page) or page.locator("#send").is_visible():  # without its script it is one long page
        page.reload()
    pupil = Pupil(page)
    if pupil.at() == "intro":
        pupil.start()
    pupil.walk({})


def be_told(page: Page, place: Place) -> None:
    """An answer of which the worker is told at once, and then its form."""
    code, pupil = place.begin_case(), Pupil(page)
    until_there(lambda: pupil.join(code))
    until_there(lambda: go_to_what_tells(page))
    before = len(place.service.alerts())
    pupil.choose("place_to_stay", TELLING["place_to_stay"])
    for _ in range(ROUNDS):
        if len(place.service.alerts()) > before:
            break
        page.wait_for_timeout(STEP)
    to_the_check(pupil)
    press_on(page, page.locator("#send"), thanks(page))


def go_to_what_tells(page: Page) -> None:
    """Open the questions and go as far as the one that tells."""
    page.goto("/answer")
    pupil = Pupil(page)
    pupil.start()
    while (at := pupil.at()) != "place_to_stay":
        assert at != "check"
        if at in TELLING:
            pupil.choose(at, TELLING[at])
        page.click("#next")


def assert_once(place: Place, told: int, refused: int, cases: int) -> None:
    """So much is there, each of it once."""
    numbers = range(told)
    assert Counter(said_to(place.reader, place.room)) == Counter(f"words {n}" for n in numbers)
    slips = slips_for(place.reader, place.room)
    assert slips - Counter({NOTHING: slips[NOTHING]}) == Counter(Asked("self", f"child {n}") for n in numbers)
    assert slips[NOTHING] <= refused, "who was thanked on the page itself was led to no last page"
    assert (len(place.room.rows("after")), place.room.declines("after")) == (told, refused)
    alerts = Counter(alert.case_id for alert in place.service.alerts())
    forms = Counter(row.case_id for row in place.service.rows() if row.case_id is not None)
    assert alerts == forms and (len(alerts), set(alerts.values())) == (cases, {1})


def test_each_of_them_crosses_a_third_generation_line(place: Place, line: PoorLine, page: Page) -> None:
    Pupil(page).join(place.room.code)
    line.weather = replace(THIRD_GENERATION, cut_every=CUT_EVERY)
    for n in range(PUPILS):
        tell(page, n)
        refuse(page)
    line.weather = replace(CALM)
    until(page, f"async () => !(await ({WAITING})()).length")
    line.weather = replace(THIRD_GENERATION, cut_every=CUT_EVERY)
    for _ in range(PUPILS):
        be_told(page, place)
    assert line.stalls > 10 and line.cuts > 5
    assert_once(place, PUPILS, PUPILS, PUPILS)


def test_each_of_them_may_lose_its_reply(place: Place, line: PoorLine, page: Page) -> None:
    Pupil(page).join(place.room.code)
    begin(page, "words 0")
    line.weather = Weather(loses_reply_to="/words")
    press_on(page, page.locator("#send"), last_page(page))
    page.get_by_label("Yes, about me").check()
    page.fill("#child", "child 0")
    line.weather = Weather(loses_reply_to="/talk")
    press_on(page, last_page(page), thanks(page))
    assert line.lost_replies == 2
    line.weather = Weather(loses_reply_to="/answer")
    refuse(page)
    line.weather = Weather(loses_reply_to="/decline")
    refuse(page, seals=False)
    assert line.lost_replies == 4
    line.weather = Weather(loses_reply_to="/alert")
    be_told(page, place)
    assert line.lost_replies == 5
    assert_once(place, 1, 2, 1)
