"""The last page in a real browser: sealed there to its readers at one size, kept once, and gone when a child walks away."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from survey.talks import NOTHING, Asked
from tests.journeys.conftest import Watch
from tests.journeys.pupil import Pupil
from tests.live import Grounds, Room
from tests.survey.desk import OnDuty, slips_for

pytestmark = pytest.mark.back_cache
CANARY = "canary-7741 Zebedee Quill مرحبا"
FIELDS = "() => [...document.querySelectorAll('input')].map((one) => one.value).join(' ')"
NOT_SECURE = """() => {
  Object.defineProperty(window, 'isSecureContext', {value: false});
  Object.defineProperty(Crypto.prototype, 'subtle', {value: undefined});
}"""


def come(page: Page, room: Room) -> None:
    Pupil(page).join(room.code)
    page.goto("/talk?end=a")


def press(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()


def test_it_is_sealed_in_the_browser_and_kept_once_when_a_reply_is_lost(
    context_of: Callable[..., BrowserContext],
    wishes: tuple[Grounds, OnDuty, OnDuty, OnDuty],
    watch: Watch,
    dull: str,
) -> None:
    watch.expect("ERR_FAILED", "Failed to fetch", "reply: 511", "status of 511")
    grounds, reader, deputy, inside = wishes
    room = grounds.room("own", "after")
    page = context_of(service_workers="block").new_page()
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.post_data or "") if one.method == "POST" else None)
    come(page, room)
    before = {one: slips_for(one, room) for one in (reader, deputy, inside)}
    sent.clear()
    page.fill("#child", CANARY)
    press(page)
    expect(page.locator("#summary")).to_be_focused()
    assert sent == [], "what is missing is said without sending what was typed"
    page.get_by_label("Yes, about me").check()

    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    page.route("**/talk", lose, times=1)
    press(page)
    expect(page.locator("#unsure")).to_be_focused()
    expect(page.locator("#unsent")).to_be_hidden()
    assert slips_for(reader, room) - before[reader] == {Asked("self", CANARY): 1}, "it had arrived"
    page.route("**/talk", lambda route: route.fulfill(status=511, body="<h1>Sign in</h1>"), times=1)
    press(page)
    expect(page.locator("#unsure")).to_be_focused()
    assert page.locator("#child").input_value() == CANARY
    press(page)
    page.wait_for_url("**/thanks?talked")
    page.goto("/talk?end=a")
    page.get_by_label("No thanks").check()
    press(page)
    page.wait_for_url("**/thanks?talked")
    assert len({len(body) for body in sent}) == 1 and len(sent) == 4
    assert set(parse_qs(sent[0])) == {"ticket", "end", "slip", "bound-to", "sealed-slip"}
    asked = [slips_for(one, room) - before[one] for one in (reader, deputy, inside)]
    assert asked == [{Asked("self", CANARY): 1, NOTHING: 1}] * 2 + [{NOTHING: 2}], "the school was not chosen"
    held: list[Route] = []
    for path in ("talk", "leave"):
        page.route(f"**/{path}", lambda route: held.append(route))
    page.goto("/talk?end=a")
    page.get_by_label("No thanks").check()
    press(page)
    expect(page.locator("#child")).to_be_disabled()
    page.wait_for_timeout(300)
    page.evaluate("document.querySelector('#leave-link').click()")
    with page.expect_response("**/talk"):
        held[0].continue_()
    page.wait_for_timeout(300)
    held[1].continue_()
    page.wait_for_url(dull)  # and not the thanks that came meanwhile


def test_help_takes_nothing_away_and_only_reload_and_closing_ask(
    context_of: Callable[..., BrowserContext], wishes: tuple[Grounds, OnDuty, OnDuty, OnDuty], dull: str
) -> None:
    grounds, reader, *_ = wishes
    room = grounds.room("own", "after")
    page = context_of(service_workers="block").new_page()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    come(page, room)
    before = slips_for(reader, room)
    page.fill("#child", CANARY)
    page.get_by_label("Yes, about me").check()
    helpline, typed = page.get_by_role("heading", name="Childline"), page.locator("#child")
    for way in (lambda: page.click("#back"), page.go_back):
        page.click("#help-link")
        expect(page.get_by_role("heading", name="Get help", exact=True)).to_be_focused()
        expect(helpline).to_be_visible()
        expect(typed).to_be_hidden()
        way()
        expect(page.get_by_role("heading", name="One last page")).to_be_focused()
        expect(typed).to_have_value(CANARY)
        expect(helpline).to_be_hidden()
    with page.expect_event("dialog"):
        page.evaluate("() => location.reload()")
    expect(typed).to_have_value(CANARY)
    held: list[Route] = []
    page.route("**/talk", lambda route: held.append(route))
    with page.expect_request("**/talk"):
        press(page)
    page.click("#help-link")
    with page.expect_response("**/talk"):
        held[0].continue_()
    page.wait_for_timeout(300)
    expect(helpline).to_be_visible()
    page.unroute_all()
    page.click("#back")
    page.wait_for_url("**/thanks?talked")
    assert slips_for(reader, room) - before == {Asked("self", CANARY): 1}
    page.goto("/talk?end=a")
    page.get_by_label("Yes, about me").check()
    page.click("#leave-link")
    page.wait_for_url(dull)
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("secure", [True, False], ids=["https", "http"])
def test_who_walks_away_leaves_nothing_on_it(
    context_of: Callable[..., BrowserContext],
    wishes: tuple[Grounds, OnDuty, OnDuty, OnDuty],
    *,
    secure: bool,
) -> None:
    grounds, reader, *_ = wishes
    page = context_of(service_workers="block").new_page()
    page.clock.install()
    if not secure:
        page.add_init_script(f"({NOT_SECURE})()")
    room = grounds.room("shared", "after")
    come(page, room)
    page.fill("#child", CANARY)
    page.clock.run_for(181_000)
    page.get_by_role("button", name="I’m still here").click()
    assert page.locator("#child").input_value() == CANARY
    page.clock.run_for(181_000)
    expect(page.get_by_role("dialog", name="Are you still there?")).to_be_visible()
    with page.expect_navigation(url="**/answer"):
        page.clock.run_for(21_000)
    for _ in range(2):
        assert CANARY not in page.evaluate(FIELDS) + page.content()
        page.go_back()
    page.goto("/talk?end=a")
    before = slips_for(reader, room)
    page.fill("#child", CANARY)
    page.get_by_label("Yes, about me").check()
    press(page)
    page.wait_for_url("**/thanks?talked")
    assert slips_for(reader, room) - before == {Asked("self", CANARY): 1}, "sealed here or by the service"
    page.go_back()
    assert CANARY not in page.evaluate(FIELDS) + page.content()
