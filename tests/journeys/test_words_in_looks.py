"""The box for words, the last page and the card of help in every look: what other walks of the gate never meet, because it
needs readers on duty."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from questionnaires.files import load_library
from tests.journeys import gate
from tests.journeys.conftest import Watch, in_arabic
from tests.journeys.pupil import Pupil
from tests.journeys.test_offline import ready
from tests.journeys.test_states import enter, judge
from tests.journeys.test_words import to_the_check
from tests.live import Grounds, Live
from tests.survey.desk import OnDuty, with_readers

EXPECTED = r"status of 4\d\d|ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to fetch|net::"


def walked(page: Page) -> Iterator[str]:
    """From the box to the thanks: what is typed cannot be sent at first, and then it can."""
    pupil = Pupil(page)
    pupil.start()
    while pupil.at() != "your_words":
        pupil.next()
    ready(page)
    yield "box"
    page.check("[name=who-reads][value=school]")
    page.fill("#i-your_words", "304")
    yield "box with words"
    to_the_check(pupil)
    lines = page.locator("#answers dd").filter(has_text="304").locator("div").all_inner_texts()
    assert "304" in [line.strip() for line in lines], "what was typed, and nothing of what stands beside it"
    page.route("**/words", lambda route: route.abort())
    page.click("#send")
    expect(page.locator("#unsent")).to_be_focused()
    yield "words not sent"
    page.unroute("**/words")
    page.click("#unsent .pair button:first-child")
    page.wait_for_url("**/talk?end=a")
    yield "talk"
    page.click("#talk .button")
    expect(page.locator("#summary")).to_be_focused()
    yield "talk with an error"
    page.check("#asks-0")
    page.route("**/talk", arrived_and_reply_lost, times=1)
    page.click("#talk .button")
    expect(page.locator("#unsure")).to_be_focused()
    yield "talk, nobody knows whether it arrived"
    page.click("#talk .button")
    page.wait_for_url("**/thanks?talked")
    yield "thanks"
    page.goto("/help/card")
    yield "card of help"


def arrived_and_reply_lost(route: Route) -> None:
    """It reaches the service; whoever sent it is not told."""
    route.fetch(max_redirects=0)
    route.abort()


@pytest.fixture(scope="module")
def wishes_in(wishes: tuple[Grounds, OnDuty, OnDuty, OnDuty], confirmed: Live) -> dict[str, Grounds]:
    """The programme that asks for words, by language; somebody reads each."""
    arabic = Grounds(confirmed, in_arabic(load_library("picture_views")), "wishes")
    with_readers(arabic, "en", "ar")
    return {"en": wishes[0], "ar": arabic}


@pytest.mark.proof
@pytest.mark.parametrize(("language", "size"), [("en", "each look"), ("en", "400 per cent"), ("ar", "each look")])
def test_words_and_the_last_page_in_every_look(
    context_of: Callable[..., BrowserContext], watch: Watch, wishes_in: dict[str, Grounds], language: str, size: str
) -> None:
    watch.expect(EXPECTED)
    grounds = wishes_in[language]
    room = grounds.room("shared")
    room.open("after", language)
    looks = gate.LOOKS if size == "each look" else ()
    context = context_of(base_url=grounds.live.url, **({} if looks else gate.LARGE))
    page = enter(context, grounds.live, room, language, "after")
    found, states = judge(page, walked(page), looks, language)
    print(f"{language}, {size}: {states} states in {len(looks) or 1} looks")
    assert found == {}
