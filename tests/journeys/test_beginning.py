"""What the first page settles: that somebody is helping, and, where a questionnaire asks for it, how to get away at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from questionnaires.files import load_library
from questionnaires.instrument import LEFT_BLANK, NOT_ASKED
from tests.journeys import gate
from tests.journeys.conftest import Watch
from tests.journeys.pupil import Pupil
from tests.journeys.until import until
from tests.live import Grounds, Live

pytestmark = pytest.mark.back_cache
HELPED = "[name=helped]"


@pytest.fixture(scope="session")
def careful(live: Live) -> Grounds:
    """The secondary questionnaire with an interruption, of which the first question is sensitive."""
    instrument = load_library("staying_safe")
    page, *others = instrument.pages
    first, *items = page.items
    pages = (replace(page, items=(replace(first, sensitive=True), *items)), *others)
    return Grounds(live, replace(instrument, key="careful", pages=pages, interruption=True, published=True), "careful")


def private(grounds: Grounds) -> set[str]:
    return {item.key for item in grounds.instrument.items_in("before") if item.sensitive}


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_who_is_being_helped_meets_no_sensitive_question(
    context_of: Callable[..., BrowserContext], careful: Grounds, script: bool
) -> None:
    room = careful.room("shared", "before")
    page = context_of(java_script_enabled=script).new_page()
    pupil = Pupil(page, script=script)
    pupil.join(room.code)
    first = room.instrument.items_in("before")[0]
    if script:  # an answer that was given before the helper came goes too
        page.click("#start")
        page.get_by_role("link", name="Stay").click()
        pupil.next()
        pupil.choose(first.key, first.options[0].key)
        for _ in range(3):
            pupil.back()
    else:
        pupil.choose(first.key, first.options[0].key)
    page.get_by_label("Someone is helping me").check()
    seen = set()
    if script:
        page.click("#start")
        page.get_by_role("link", name="Stay").click()
        pupil.next()
        assert page.locator(".count:visible").inner_text().startswith("Question 1 of ")
        while (at := pupil.at()) != "check":
            seen.add(at)
            pupil.next()
        assert page.locator("#answers dt").count() == len(seen) + 1, "the card and the questions that were asked"
    else:
        seen = {item.key for item in room.instrument.items_in("before") if page.locator(f"#q-{item.key}").is_visible()}
    assert seen and not seen & private(careful)
    pupil.send()
    ((head, answers),) = room.stored()
    assert head.helped
    assert {answers[key] for key in private(careful)} == {NOT_ASKED}
    assert {answers[key] for key in seen} == {LEFT_BLANK}
    if script:
        page.get_by_role("link", name="Next person").click()
        page.wait_for_url("**/answer")
        expect(page.locator(HELPED)).not_to_be_checked()


def test_start_passes_over_a_first_question_that_is_not_asked(page: Page, careful: Grounds) -> None:
    pupil = Pupil(page)
    pupil.join(careful.room("own", "before").code)
    page.locator(HELPED).check()
    pupil.start()
    assert pupil.at() == careful.instrument.items_in("before")[1].key


def test_the_way_out_is_read_before_the_first_question(page: Page, careful: Grounds, dull: str) -> None:
    room = careful.room("own", "before")
    pupil = Pupil(page)
    pupil.join(room.code)
    page.click("#start")
    assert (pupil.at(), pupil.focused()) == ("way-out", "way-out")
    gate.assert_passes(page, "way out")
    expect(page.locator("#next")).to_be_hidden()
    stay, leave = (page.get_by_role("link", name=name, exact=True) for name in ("Stay", "Leave now"))
    assert [box and round(box["width"]) for box in (stay.bounding_box(), leave.bounding_box())] == [
        round(stay.bounding_box()["width"])  # type: ignore[index]
    ] * 2
    stay.click()
    assert pupil.at() == room.instrument.items_in("before")[0].key
    pupil.back()
    leave.click()
    page.wait_for_url(dull)
    page.go_back(wait_until="load")
    assert page.locator("#answer").count() == 0
    assert room.rows() == []


def test_the_way_out_works_without_script(
    context_of: Callable[..., BrowserContext], careful: Grounds, dull: str
) -> None:
    page = context_of(java_script_enabled=False).new_page()
    pupil = Pupil(page, script=False)
    pupil.join(careful.room("own", "before").code)
    page.click("#start")
    expect(page.locator("#way-out")).to_be_in_viewport()
    page.get_by_role("link", name="Leave now").click()
    page.wait_for_url(dull)


@pytest.mark.parametrize("way", ["in the middle", "Leave now"])
def test_leaving_without_a_network_shows_something_dull_and_back_and_reload_nothing(
    context_of: Callable[..., BrowserContext], careful: Grounds, watch: Watch, way: str
) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    context = context_of()
    page = context.new_page()
    pupil = Pupil(page)
    pupil.join(careful.room("own", "before").code)
    until(
        page,
        "async () => (await navigator.serviceWorker.ready).active?.state === 'activated' && !!(await caches.match('/quiet'))",
    )
    context.set_offline(True)
    page.click("#start")
    if way == "Leave now":
        page.get_by_role("link", name="Leave now").click()
    else:
        page.get_by_role("link", name="Stay").click()
        item = careful.instrument.items_in("before")[0]
        pupil.choose(item.key, item.options[0].key)
        page.click("#leave-link")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    for _ in range(3):
        page.go_back(wait_until="load")
        if not page.url.startswith("http"):
            break
        assert page.locator("input:checked").count() == 0
        assert page.locator("#answer").count() == 0, "an own phone keeps no questions"
