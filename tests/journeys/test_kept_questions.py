"""The empty questions that a shared device keeps: for the next person, of this session and day, and nobody waits for them."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.journeys.conftest import Watch
from tests.journeys.pupil import Pupil
from tests.journeys.test_offline import ready
from tests.journeys.until import until
from tests.live import Grounds
from tests.survey.desk import OnDuty

AGED = """async (hours) => {
  const kept = await caches.open('heard-1');
  const found = await kept.match('/answer');
  const headers = new Headers(found.headers);
  headers.set('Date', new Date(Date.now() - hours * 3600 * 1000).toUTCString());
  await kept.put('/answer', new Response(await found.text(), { headers }));
}"""
BOTH = "async () => !!(await caches.match('/answer')) && !!(await caches.match('/activity'))"
NEITHER = "async () => !(await caches.match('/answer')) && !(await caches.match('/activity'))"


def no_connection(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()


def test_neither_yesterdays_questions_nor_those_that_are_over_are_given_to_anybody(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED", "status of 409")
    room = outings.room("shared", "before")
    context = context_of()
    page = context.new_page()
    pupil = Pupil(page)
    pupil.join(room.code)
    ready(page)
    until(page, BOTH)
    context.set_offline(True)
    page.evaluate(AGED, 11)
    assert page.locator("#right-one").count() == 0, "whoever has a network is at the right questions"
    page.goto("/")
    assert pupil.at() == "right-one", "it may be another class, or another time"
    assert page.title() == "Questions – Heard" and not page.locator("#decline").is_visible(), (
        "nor is it declined for them"
    )
    for said in (f"The code of this session is: {room.shown}", "before the play", "since "):
        expect(page.locator("#right-one")).to_contain_text(said)
    expect(page.locator("#next")).to_be_hidden()
    page.get_by_role("link", name="Yes, it is right").click()
    assert (pupil.at(), pupil.focused(), page.title()) == ("intro", "intro", "Questions – Heard")
    page.click("#start")
    assert pupil.at() == "card"
    page.go_back()
    page.go_back()
    assert pupil.at() == "right-one"
    page.get_by_role("link", name="Yes, it is right").click()
    page.click("#start")
    pupil.walk({})
    assert page.locator("#answers > div").count() == page.locator("[id^='q-']:not(#q-bus_full)").count(), (
        "only questions are answered"
    )
    page.evaluate(AGED, 13)
    no_connection(page, "/answer")
    until(page, NEITHER)
    context.set_offline(False)
    page.goto("/answer")
    assert pupil.at() == "intro"
    until(page, BOTH)
    room.close()
    page.reload()
    expect(page.locator(".error")).to_contain_text("These questions are closed now")
    until(page, NEITHER)
    context.set_offline(True)
    no_connection(page, "/answer")


def test_the_next_person_does_not_wait_for_the_copy_that_is_kept(
    context_of: Callable[..., BrowserContext], wishes: tuple[Grounds, OnDuty, OnDuty, OnDuty], watch: Watch
) -> None:
    """With boxes the copy is another page: it may hang, or be lost, and the page that came is shown all the same."""
    watch.expect("ERR_FAILED")
    room = wishes[0].room("shared", "after")
    context = context_of()
    page = context.new_page()
    pupil = Pupil(page)
    pupil.join(room.code)
    ready(page)
    hanging: list[Route] = []
    context.route("**/answer?kept", lambda route: hanging.append(route))
    page.goto("/answer")
    assert pupil.at() == "intro" and page.locator("textarea").count() > 0
    context.unroute("**/answer?kept")
    context.route("**/answer?kept", lambda route: route.abort())
    page.goto("/answer")
    assert pupil.at() == "intro" and page.locator("textarea").count() > 0
    assert hanging
