"""A phone that is turned on its side in the middle of the questions, and back: nothing is lost, and nothing is out of reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from tests.journeys import gate
from tests.journeys.keys import STOP
from tests.journeys.pupil import Pupil
from tests.journeys.test_words import to_the_box
from tests.live import Grounds

UPRIGHT: ViewportSize = {"width": 390, "height": 844}
ON_ITS_SIDE: ViewportSize = {"width": 844, "height": 390}
PHONE = {"viewport": UPRIGHT, "is_mobile": True, "has_touch": True, "device_scale_factor": 3}
"""As a phone is: turning it changes its orientation, not only its width."""
HELD = """() => {
  const focused = document.activeElement;
  const within = (e) => [e.selectionStart ?? null, e.selectionEnd ?? null];
  return {
    step: [...document.querySelectorAll('.step')].filter((step) => !step.hidden).map((step) => step.id),
    title: document.title,
    depth: history.state.depth,
    answers: [...new FormData(document.querySelector('#answer'))],
    looks: [...document.querySelectorAll('.ease option[id]')].filter((one) => one.selected).map((one) => one.id),
    panel: document.querySelector('.ease details').open,
    focused: [...document.querySelectorAll('*')].indexOf(focused),
    caret: focused.matches('[type=text], textarea') && within(focused),
    errors: [...document.querySelectorAll('.error')].map((error) => error.textContent),
  };
}"""
"""All that somebody would miss."""


LOOKED = "() => new Promise((later) => setTimeout(later, 150))"
"""Longer, in the page's own time, than the page takes to see where somebody is."""


def turn(page: Page, size: ViewportSize) -> None:
    """Turn the phone after a while; the page is told of it, and has drawn itself anew."""
    page.evaluate(LOOKED)
    page.set_viewport_size(size)
    lies = size["width"] > size["height"]
    page.wait_for_function("lies => matchMedia('(orientation: landscape)').matches === lies", arg=lies)
    assert page.evaluate("screen.orientation.type") == ("landscape-primary" if lies else "portrait-primary")
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")


def turn_over_and_back(page: Page) -> None:
    """Turn the phone on its side and back: each time the same is held, the focus is in sight, and all can be reached."""
    held: dict[str, Any] = page.evaluate(HELD)
    for size in (ON_ITS_SIDE, UPRIGHT):
        turn(page, size)
        assert page.evaluate(HELD) == held
        stop = page.evaluate(STOP)
        assert stop is None or (stop["inside"] and stop["onTop"]), f"out of sight or covered: {stop['what']}"
        assert gate.probe_faults(page) == []
        assert page.evaluate(gate.CLIPPED) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        place = page.evaluate("scrollY")
        for way in page.locator("#next:visible, #back:visible, #help-link, #leave-link, #send:visible").all():
            way.click(trial=True)  # it can be brought into sight, and nothing lies over it
        page.evaluate("place => scrollTo(0, place)", place)


@pytest.mark.proof
def test_turning_a_phone_among_the_questions_loses_nothing(
    context_of: Callable[..., BrowserContext], outings: Grounds
) -> None:
    room = outings.room("shared", "before")
    page = context_of(**PHONE).new_page()
    pupil = Pupil(page)
    pupil.join(room.code)
    page.tap(".ease summary")
    page.select_option("#size", index=1)
    turn_over_and_back(page)
    page.tap("#start")
    page.locator("#i-card").press_sequentially("7N4Q")
    turn_over_and_back(page)
    page.fill("#i-card", "")
    while (at := pupil.at()) != "check":
        if at == "stops":
            pupil.type("stops", "lots")
            pupil.next()
            expect(page.locator("#e-stops")).to_be_visible()
            turn_over_and_back(page)
            pupil.type("stops", "12")
        elif at != "card":
            page.locator(f"#q-{at} .opt input").first.tap()
        turn_over_and_back(page)
        pupil.next()
    turn_over_and_back(page)
    pupil.send()
    ((_, answers),) = room.stored()
    assert answers == {"travelled": "bus", "bus_full": "full", "packed": ("lunch",), "stops": 12, "liked": "bad"}


@pytest.mark.proof
def test_turning_a_phone_among_typed_words_loses_nothing(context_of: Callable[..., BrowserContext], wishes) -> None:
    """The note says who reads it, a reader is chosen, and the caret stands within the words."""
    page = context_of(**PHONE).new_page()
    to_the_box(Pupil(page), wishes[0].room("shared", "after"))
    expect(page.locator("#n-your_words")).to_be_visible()
    page.get_by_label("A safeguarding adult at my school").check()
    turn_over_and_back(page)
    page.locator("#i-your_words").press_sequentially("The play was fine.")
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    turn_over_and_back(page)


@pytest.mark.parametrize("size", [UPRIGHT, pytest.param(ON_ITS_SIDE, marks=pytest.mark.proof)])
def test_what_was_just_ticked_stays_in_sight(
    context_of: Callable[..., BrowserContext], days_out: Grounds, size: ViewportSize
) -> None:
    """Far down a long question, where the browser alone would keep the top of the page."""
    page = context_of(**{**PHONE, "viewport": size}).new_page()
    pupil = Pupil(page)
    pupil.join(days_out.room("own", "before").code)
    pupil.start()
    for key in ("dry", "pack"):
        while pupil.at() != key:
            pupil.next()
        page.locator(f"#q-{key} .opt input").last.tap()
        for turned in (ON_ITS_SIDE, UPRIGHT, ON_ITS_SIDE):
            turn(page, turned)
            stop = page.evaluate(STOP)
            assert stop["inside"] and stop["onTop"], (key, turned, stop["what"])


@pytest.mark.proof
def test_who_has_read_on_finds_the_same_words(context_of: Callable[..., BrowserContext], days_out: Grounds) -> None:
    """The focus is on the heading of a long page in large words; what is looked at is further down."""
    page = context_of(**PHONE).new_page()
    pupil = Pupil(page)
    pupil.join(days_out.room("own", "before").code)
    page.tap(".ease summary")
    page.select_option("#size", index=2)
    pupil.start()
    pupil.walk({})
    rows = page.locator("#answers > div")
    for row in (rows.nth(3), rows.last):
        row.evaluate("row => row.scrollIntoView({ block: 'center' })")
        for size in (ON_ITS_SIDE, UPRIGHT):
            turn(page, size)
            expect(row).to_be_in_viewport(ratio=0.5)
            expect(page.locator("#check-title")).to_be_focused()
            expect(page.locator("#check-title")).not_to_be_in_viewport()
