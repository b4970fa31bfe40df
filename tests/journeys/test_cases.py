"""A young person whose worker sees the answers, in a browser: what must not wait goes at once, and is tried until it is there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from survey.answering import linked
from tests.conftest import Staff
from tests.journeys.test_offline import waiting
from tests.survey.casework import Service, made_case, make_service


@dataclass
class Room:
    """A case whose first questions are open."""

    url: str
    service: Service
    code: str

    def alerts(self) -> int:
        """How many alerts there are."""
        return len(self.service.alerts())


@pytest.fixture
def room(app: Flask, staff: Staff, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """The service in this process, where somebody is on duty at any hour."""
    monkeypatch.setattr(linked, "is_on_duty", lambda *_: True)
    service = make_service(staff.database)
    worker = service.sign_in(app, "worker")
    staff.post(worker, f"/staff/cases/{made_case(service, staff, worker)}/start/t1", where="code")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Room(f"http://127.0.0.1:{server.server_port}", service, service.case_code())
    server.shutdown()
    server.server_close()


def choose(page: Page, key: str, value: str) -> None:
    page.locator(f'#q-{key} label:has(input[value="{value}"])').click()


def begin(page: Page, room: Room) -> None:
    """As far as the question that tells."""
    page.goto("/")
    page.fill("#code", room.code)
    page.click("#join .button")
    page.wait_for_url("**/answer")
    page.click("#start")
    choose(page, "screen_seen", "alone")
    while not page.locator("#q-place_to_stay").is_visible():
        page.click("#next")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_must_not_wait_goes_at_once(browser: Browser, room: Room) -> None:
    context = browser.new_context(base_url=room.url, service_workers="block")
    page = context.new_page()
    begin(page, room)
    untold = page.locator("#q-place_to_stay [data-untold]")
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
    expect(untold).to_be_visible(timeout=20_000)
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
