"""What a screen reader is told of each page, kept as text: a change of role, name, description or state is seen in the diff.

The trees stand in `trees/WORDS.txt`; every look is told the very same. After a change that is meant, renew them with
`RENEW_TREES=1 .venv/bin/pytest tests/journeys/test_trees.py` and read the diff as a user of a screen reader would hear it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys import gate
from tests.journeys.conftest import Watch
from tests.journeys.hearing import told
from tests.journeys.pupil import Pupil
from tests.live import Grounds, Live, Room

TREES = Path(__file__).parent / "trees"
NO_CARD = "ABCDEFG"


@pytest.fixture
def grounds(told_in: str, request: pytest.FixtureRequest) -> Grounds:
    """A programme that is asked in these words; in Arabic where a speaker has confirmed it, so that no page is English."""
    names = {"en": "outings", "ar": "confirmed_tours", "easy read": "days_out"}
    found: Grounds = request.getfixturevalue(names[told_in])
    return found


@pytest.fixture
def room(told_in: str, grounds: Grounds) -> Room:
    """A session in which these words are spoken."""
    found = grounds.room("shared")
    found.open("before", _tongue(told_in))
    return found


def _tongue(told_in: str) -> str:
    return "ar" if told_in == "ar" else "en"


def walked(page: Page, live: Live, room: Room, told_in: str) -> Iterator[str]:
    """Lead a page from the code to the thanks, past what can be put wrong; stops at each state, and says its name."""
    pupil, language = Pupil(page), _tongue(told_in)
    page.goto(f"/?lang={language}#{NO_CARD}")
    expect(page.locator("#code")).to_be_focused()
    yield "home with a card"
    page.fill("#code", "zzz")
    page.click("#join .button")
    yield "home with an error"
    cookie = f"{room.tickets['before', language]}..00000000"
    page.context.add_cookies([{"name": "heard", "value": cookie, "url": live.url}])
    page.goto("/answer")
    if told_in == "easy read":
        with page.expect_navigation():
            page.get_by_role("link", name="Pictures").click()
    yield "introduction"
    pupil.start()
    pupil.slip(NO_CARD)
    while (at := pupil.at()) != "check":
        if at == "order":
            expect(page.locator("#q-order .moves").first).to_be_visible()  # its script comes after the first load
        yield at
        yield from _put_wrong(page, pupil, at)
        pupil.next()
    yield "check"
    page.click("#send")
    page.wait_for_selector("#summary")
    yield "check with errors"
    page.click("#summary a")
    yield "card with an error"
    page.fill("#i-card", "")
    pupil.next()
    pupil.send()
    yield "thanks"


def _put_wrong(page: Page, pupil: Pupil, at: str) -> Iterator[str]:
    """What a question says of itself once something was done there."""
    if at == "travelled":
        pupil.choose("travelled", "bus")
    elif at == "stops":
        pupil.type("stops", "lots")
        pupil.next()
        yield "stops with an error"
        pupil.type("stops", "")
    elif at == "order":
        page.locator("#q-order .moves button:enabled").first.click()
        yield "order, moved"


def kept(told_in: str) -> Path:
    return TREES / f"{told_in.replace(' ', '_')}.txt"


@pytest.mark.parametrize(
    "told_in", ["en", pytest.param("ar", marks=pytest.mark.proof), pytest.param("easy read", marks=pytest.mark.proof)]
)
def test_what_a_screen_reader_is_told(
    context_of: Callable[..., BrowserContext], watch: Watch, grounds: Grounds, room: Room, told_in: str
) -> None:
    watch.expect(r"status of 4\d\d")
    page = context_of(base_url=grounds.live.url, service_workers="block").new_page()
    heard = "\n".join(f"{_head(state, page)}{told(page)}\n" for state in walked(page, grounds.live, room, told_in))
    if os.environ.get("RENEW_TREES"):
        kept(told_in).write_text(heard, encoding="utf-8")
    assert heard == kept(told_in).read_text(encoding="utf-8"), "read the diff; if it is meant, see the top of this file"


def _head(state: str, page: Page) -> str:
    return f"== {state}: {page.title()}\n"


@pytest.mark.proof
@pytest.mark.parametrize("size", ["each look", "400 per cent"])
@pytest.mark.parametrize("told_in", ["en", "ar", "easy read"])
def test_every_look_is_told_the_same(
    context_of: Callable[..., BrowserContext], watch: Watch, grounds: Grounds, room: Room, told_in: str, size: str
) -> None:
    """In the dark, in forced colours, in text of 200% and on 320 by 256 pixels at a scale of four: nothing comes or goes."""
    watch.expect(r"status of 4\d\d")
    page = context_of(
        base_url=grounds.live.url, service_workers="block", **(gate.LARGE if size == "400 per cent" else {})
    ).new_page()
    usual = kept(told_in).read_text(encoding="utf-8").removesuffix("\n").split("\n\n")
    for state, expected in zip(walked(page, grounds.live, room, told_in), usual, strict=True):
        for look, heard in heard_in(page, size):
            assert f"{_head(state, page)}{heard}" == expected, look


def heard_in(page: Page, size: str) -> Iterator[tuple[str, str]]:
    """What is told of a state in each look of this size; afterwards it looks as it did."""
    if size == "400 per cent":
        yield size, told(page)
        return
    for look in ("dark", "forced colours"):
        gate.wear(page, look)
        yield look, told(page)
    gate.wear(page, "phone")
    with gate.restyled(page, gate.DOUBLED_TEXT):
        yield "text of 200%", told(page)
