"""A young person whose worker sees the answers, in a browser: what must not wait goes at once, and is tried until it is there."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import update
from werkzeug.serving import make_server

from survey.answering import linked
from survey.clock import now
from survey.models import Case
from tests.conftest import Staff
from tests.journeys.test_offline import waiting
from tests.journeys.test_traces import BACK, FIELDS, KEPT, history_of
from tests.journeys.until import LONGEST
from tests.survey.casework import Service, made_case, make_service


@dataclass
class Room:
    """A case whose first questions are open."""

    url: str
    service: Service
    code: str
    case_id: int

    def alerts(self) -> int:
        """How many alerts there are."""
        return len(self.service.alerts())

    def told(self, count: int) -> None:
        """Wait until there are so many, though the page that told is gone."""
        last = time.monotonic() + LONGEST
        while self.alerts() != count:
            assert time.monotonic() < last, f"{self.alerts()} alerts, not {count}"
            time.sleep(0.05)

    def withdrawn(self, moment: datetime | None) -> None:
        """The answers of the case are taken out; with None, they never were."""
        with self.service.database.writing() as session:
            session.execute(update(Case).values(withdrawn_at=moment, closed_at=moment))


@pytest.fixture
def room(app: Flask, staff: Staff, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """The service in this process, where somebody is on duty at any hour."""
    monkeypatch.setattr(linked, "is_on_duty", lambda *_: True)
    service = make_service(staff.database)
    worker = service.sign_in(app, "worker")
    case_id = made_case(service, staff, worker)
    staff.post(worker, f"/staff/cases/{case_id}/start/t1", where="code")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Room(f"http://127.0.0.1:{server.server_port}", service, service.case_code(), case_id)
    server.shutdown()
    server.server_close()


def choose(page: Page, key: str, value: str) -> None:
    page.locator(f'#q-{key} label:has(input[value="{value}"])').click()


def notice(page: Page, when: str) -> Locator:
    """What the page says of an alert, whatever step it shows: `untold` or `gone`."""
    return page.get_by_role("alert").locator(f"[data-when={when}]")


def begin(page: Page, room: Room) -> None:
    """Come in by the code, as far as the question that tells."""
    page.goto("/")
    page.fill("#code", room.code)
    page.click("#join .button")
    page.wait_for_url("**/answer")
    walk_to_the_question(page)


def walk_to_the_question(page: Page) -> None:
    """From the first page to the question that tells."""
    page.click("#start")
    choose(page, "screen_seen", "alone")
    while not page.locator("#q-place_to_stay").is_visible():
        page.click("#next")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_must_not_wait_goes_at_once(browser: Browser, room: Room) -> None:
    context = browser.new_context(base_url=room.url, service_workers="block")
    page = context.new_page()
    begin(page, room)
    untold = notice(page, "untold")
    with page.expect_request("**/alert") as sent:  # walking past the answer tells nobody: only the last one is sent
        choose(page, "place_to_stay", "have_no_place")
        choose(page, "place_to_stay", "have_place")
    assert set(parse_qs(sent.value.post_data or "")) == {"ticket", "submission", "sealed"}, (
        "and nobody on the way reads it"
    )
    sent.value.response()
    assert room.alerts() == 0
    context.route("**/alert", lambda route: route.abort())
    choose(page, "place_to_stay", "have_no_place")
    page.click("#next")  # it is seen on whatever step there is by then
    expect(untold).to_be_visible(timeout=20_000)
    assert page.locator("#q-place_to_stay").is_hidden()
    page.click("#help-link")
    expect(page.locator("main > section.step:last-child")).to_be_visible()
    assert untold.is_visible()
    page.click("#back")
    assert room.alerts() == 0
    context.unroute("**/alert")
    expect(untold).to_be_hidden(timeout=20_000)
    assert room.alerts() == 1
    while not page.locator("#check").is_visible():
        page.click("#next")
    context.route("**/answer", lambda route: route.abort())
    page.click("#send")
    expect(page.locator(".kept")).to_contain_text("Your worker does not see them yet.")
    assert "have_no_place" not in str(waiting(page)) and len(waiting(page)) == 1
    context.unroute("**/answer")
    page.wait_for_url("**/thanks")  # by itself, as soon as the network is there
    assert waiting(page) == []
    assert (room.alerts(), len(room.service.rows()), len(room.service.messages())) == (1, 1, 3)
    context.close()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_seal_stands_before_an_alert(browser: Browser, room: Room) -> None:
    """Where the device cannot seal, where its seal is not opened, and where sealing hangs, the answer goes as it stands."""
    for n, hindrance in enumerate(("no key", "not opened", "hangs"), start=1):
        context = browser.new_context(base_url=room.url, service_workers="block")
        page = context.new_page()
        begin(page, room)
        if hindrance == "no key":
            page.evaluate("document.querySelector('#answer').removeAttribute('data-seal')")
        elif hindrance == "not opened":
            page.evaluate(
                "(form) => form.dataset.seal = form.dataset.seal.replace('/t1/', '/t2/')",
                page.query_selector("#answer"),
            )
        else:
            page.evaluate("() => { crypto.subtle.generateKey = () => new Promise(() => null); }")
        with page.expect_response(lambda reply: reply.url.endswith("/alert") and reply.ok, timeout=20_000) as reply:
            choose(page, "place_to_stay", "have_no_place")
        assert "have_no_place" in (reply.value.request.post_data or ""), hindrance
        assert room.alerts() == n, hindrance
        context.close()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_at_once_is_true_before_it_is_said(browser: Browser, room: Room) -> None:
    """What sends the answer comes late: until then the page promises Send alone, and what was chosen meanwhile is told."""
    context = browser.new_context(base_url=room.url, service_workers="block")
    context.route("**/alert.js?*", lambda route: route.abort())
    page = context.new_page()
    with page.expect_event("requestfailed", lambda request: "alert.js" in request.url):
        begin(page, room)
    hint = page.locator("#a-place_to_stay")
    choose(page, "place_to_stay", "have_no_place")
    assert "Press Send" in hint.inner_text()
    context.unroute("**/alert.js?*")
    room.told(1)
    assert "Press Send" not in hint.inner_text() and "Worker Person or Deputy Person sees" in hint.inner_text()
    context.close()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nobody_is_said_to_be_told_once_the_answers_were_taken_out(browser: Browser, room: Room) -> None:
    context = browser.new_context(base_url=room.url, service_workers="block")
    page = context.new_page()
    begin(page, room)
    room.withdrawn(now())
    choose(page, "place_to_stay", "have_no_place")
    expect(notice(page, "gone")).to_contain_text("Nobody is told of what you choose here now.")
    expect(notice(page, "gone").get_by_text("use Get help or call 999")).to_be_visible()
    expect(page.locator("#a-place_to_stay")).to_be_empty()
    with page.expect_response("**/alert"):
        choose(page, "place_to_stay", "have_place")  # of which nobody would have been told
    page.click("#next")
    expect(notice(page, "gone")).to_be_visible()
    assert (room.alerts(), notice(page, "untold").is_visible()) == (0, False)
    context.close()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_arrow_keys_pass_is_told_to_nobody_and_what_they_chose_is(browser: Browser, room: Room) -> None:
    """Who hears the answers read has each of them chosen on the way: it counts when they press Space, go on, or rest."""
    context = browser.new_context(base_url=room.url, service_workers="block")
    page, sent = context.new_page(), []
    page.on("request", lambda request: sent.append(request) if request.url.endswith("/alert") else None)
    page.clock.install()
    begin(page, room)
    keys = page.keyboard

    def tells(alerts: int, *presses: str, wait: int = 0) -> None:
        count = len(sent)
        with page.expect_response("**/alert", timeout=15_000):
            for key in presses:
                keys.press(key)
            page.clock.run_for(wait)
        assert (len(sent), room.alerts()) == (count + 1, alerts), presses

    page.locator("#i-place_to_stay").focus()  # the answer that all is well
    keys.press("ArrowDown")
    assert page.locator("#q-place_to_stay :checked").get_attribute("value") == "have_no_place"
    page.clock.run_for(10_000)
    tells(0, "ArrowUp", "Tab")
    keys.press("Shift+Tab")
    tells(1, "ArrowDown", "Space", wait=1_100)
    keys.press("ArrowUp")
    tells(1, "ArrowDown", wait=30_100)
    tells(1, "ArrowUp", "Enter")
    expect(page.locator("#q-place_to_stay")).to_be_hidden()
    page.click("#back")
    page.locator("#q-place_to_stay :checked").focus()
    keys.press("ArrowDown")
    with page.expect_response("**/alert", timeout=15_000):  # another tab, or the screen went dark
        page.evaluate("Object.defineProperty(document, 'hidden', {value: true})")
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    context.close()


@pytest.mark.proof
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_answer_on_its_way_still_goes_when_the_page_is_left(browser: Browser, room: Room) -> None:
    """As the page says before the first question: thrown away with the others is only what nobody is told of."""
    for n, tried in enumerate((False, True), start=1):
        context = browser.new_context(base_url=room.url, service_workers="block")
        page = context.new_page()
        begin(page, room)
        context.route("**/alert", lambda route: route.abort())
        page.locator("#i-place_to_stay").focus()
        page.keyboard.press("ArrowDown")
        if tried:
            page.keyboard.press("Space")
            expect(notice(page, "untold")).to_be_visible(timeout=20_000)
        context.unroute("**/alert")
        page.evaluate("document.querySelector('#leave-link').click()")  # nothing but the page's end is left to send it
        room.told(n)
        context.close()
    assert room.service.rows() == []


def assert_nothing_is_left(page: Page, submission: str) -> None:
    """Neither here, nor at five steps back: nothing is ticked, nothing says that anybody was to be told."""
    for _ in range(BACK):
        if not page.url.startswith("http"):
            return
        kept = page.content() + str(page.evaluate(FIELDS)) + history_of(page) + json.dumps(page.context.cookies())
        assert submission not in kept + json.dumps(page.evaluate(KEPT)), page.url
        assert page.locator("input:checked, #told > :visible").count() == 0, page.url
        page.go_back(wait_until="load")
        expect(page.locator("html")).to_be_visible()


@pytest.mark.proof
@pytest.mark.back_cache
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("ending", ["sent", "left", "wiped"])
def test_nothing_is_left_of_who_was_told_of(
    browser: Browser, app: Flask, staff: Staff, room: Room, ending: str
) -> None:
    """After Send, after the way out, and after a shared device's idle wipe, which shows nobody what has still to be told."""
    context = browser.new_context(base_url=room.url, service_workers="block")
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    if ending == "wiped":
        staff.post(room.service.sign_in(app, "worker"), f"/staff/cases/{room.case_id}/start/t1", where="here")
        context.add_cookies([{"name": "heard", "value": f"{room.service.ticket()}..00000000", "url": room.url}])
        context.route("**/alert", lambda route: route.abort())
        page.clock.install()
        page.goto("/answer")
        walk_to_the_question(page)
    else:
        begin(page, room)
    submission = page.locator("#answer [name=submission]").input_value()
    choose(page, "place_to_stay", "have_no_place")
    if ending == "sent":
        while not page.locator("#check").is_visible():
            page.click("#next")
        page.click("#send")
        page.wait_for_url("**/thanks")
    elif ending == "left":
        page.click("#leave-link")
        page.wait_for_url(lambda url: not url.endswith("/answer"))
    else:
        expect(notice(page, "untold")).to_be_visible(timeout=20_000)
        page.clock.run_for(181_000)
        page.clock.run_for(21_000)
        expect(page.locator("#start")).to_be_visible()
        page.clock.run_for(40_000)  # it is tried again, and not shown to whoever is there now
        assert (room.alerts(), notice(page, "untold").is_visible()) == (0, False)
        context.unroute("**/alert")
        page.clock.run_for(40_000)
        page.clock.resume()
    room.told(1)
    assert_nothing_is_left(page, submission)
    context.close()
