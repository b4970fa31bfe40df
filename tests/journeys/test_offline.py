"""No network: answering goes on, what is sent waits sealed on the device, and arrives once; others' sets outlive a leaver."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from playwright.sync_api import BrowserContext, Page, Route, expect

from survey.clock import now
from survey.models import Account, Grant, Sitting
from survey.signing_in import password_hash
from tests.journeys.conftest import Watch
from tests.journeys.pupil import Pupil
from tests.journeys.until import until
from tests.live import Grounds

WAITING = """() => new Promise((resolve) => {
  const opening = indexedDB.open('heard', 1);
  opening.onsuccess = () => {
    const all = opening.result.transaction('waiting').objectStore('waiting').getAll();
    all.onsuccess = () => { opening.result.close(); resolve(all.result); };
  };
})"""
CANARIES = ("bus", "full", "lunch", "coat", "good", "travelled", "stops")
STEP = 512
SLIP = "Would you like someone to talk with you? Everybody can ask for the paper slip."
"""What takes the place of the last page, the same for everybody, whether they answered or rather did not."""
PASSWORD = "a long enough password for tests"


def answers(number: int = 47) -> dict[str, Any]:
    return {"travelled": "bus", "bus_full": "full", "packed": ("lunch", "coat"), "liked": "good", "stops": str(number)}


def waiting(page: Page) -> list[dict[str, Any]]:
    return list(page.evaluate(WAITING))


def ready(page: Page) -> None:
    """Wait until the service worker runs and has kept the blank questions."""
    until(
        page,
        "async () => (await navigator.serviceWorker.ready).active?.state === 'activated' && !!(await caches.match('/answer'))",
    )


def test_what_is_sent_is_sealed_and_says_nothing_on_the_way(
    context_of: Callable[..., BrowserContext], outings: Grounds
) -> None:
    room = outings.room("shared", "before")
    page = context_of().new_page()
    bodies: list[str] = []
    page.on("request", lambda sent: sent.url.endswith("/answer") and bodies.append(sent.post_data or ""))
    for number in (47, 3):
        pupil = Pupil(page)
        pupil.join(room.code)
        pupil.start()
        pupil.walk(answers(number))
        pupil.send()
    sent = [parse_qs(body) for body in bodies if body]
    assert len(sent) == 2
    assert {name for form in sent for name in form} == {"ticket", "submission", "sealed"}
    raw = [base64.urlsafe_b64decode(form["sealed"][0].partition(".")[2]) for form in sent]
    assert {(len(one) - 65 - 16) % STEP for one in raw} == {0}
    assert not [mark for mark in CANARIES for one in raw if mark.encode() in one]
    assert sorted(given["stops"] for _, given in room.stored()) == [3, 47], "and all of it arrived"
    assert waiting(page) == []


def test_five_wait_the_sixth_leaves_five_arrive(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    room = outings.room("shared", "before")
    context = context_of()
    page = context.new_page()
    pupil = Pupil(page)
    pupil.join(room.code)
    ready(page)
    context.set_offline(True)
    for number in range(1, 6):
        pupil.start()
        pupil.walk(answers(number))
        page.click("#send")
        expect(page.get_by_role("heading", name="Your answers are safe on this device")).to_be_focused()
        assert page.locator("input:checked").count() == 0
        expect(page.locator(".kept")).to_contain_text(SLIP)
        assert page.locator("#answers").inner_text() == ""
        page.get_by_role("button", name="Next person").click()
        assert pupil.at() == "intro"
    kept = waiting(page)
    assert len({one["submission"] for one in kept}) == 5
    assert not [mark for mark in CANARIES if mark in str([{**one, "sealed": ""} for one in kept])]
    pupil.start()
    pupil.choose("travelled", "bus")
    page.click("#leave-link")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    page.goto("/")  # the next person: the worker shows the questions that it kept
    assert pupil.at() == "right-one"
    assert page.locator("input:checked").count() == 0
    expect(page.locator("#waiting-here")).to_contain_text("5")
    assert room.rows() == []
    context.set_offline(False)
    expect(page.locator("#waiting-here")).to_be_hidden()
    assert sorted(given["stops"] for _, given in room.stored()) == [1, 2, 3, 4, 5]
    assert waiting(page) == []


HAS_ORDINARY = "async () => !!(await caches.match('/activity'))"


def test_no_thanks_needs_no_network_and_looks_the_same_on_the_way(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    """Who would rather not gets the ordinary questions without a network too; it is counted later, once, sealed till then."""
    watch.expect("ERR_INTERNET_DISCONNECTED")
    room = outings.room("shared", "before")
    context = context_of()
    page = context.new_page()
    bodies: list[str] = []
    page.on("request", lambda sent: sent.method == "POST" and bodies.append(f"{sent.url} {sent.post_data}"))
    pupil = Pupil(page)
    pupil.join(room.code)
    ready(page)
    until(page, HAS_ORDINARY)
    context.set_offline(True)
    page.click("#decline button")
    page.wait_for_url("**/activity")
    assert page.locator("#decline").count() == 0
    pupil.start()
    pupil.walk({})
    page.click("#send")
    expect(page.get_by_role("heading", name="Thank you")).to_be_focused()
    expect(page.locator(".kept")).to_contain_text(SLIP)
    page.get_by_role("button", name="Next person").click()
    page.wait_for_url("**/answer")
    assert pupil.at() == "right-one" and page.locator("#decline").count() == 1
    (kept,) = waiting(page)
    assert set(kept) == {"ticket", "submission", "sealed", "since"}
    context.set_offline(False)
    expect(page.locator("#waiting-here")).to_be_hidden()
    until(page, f"async () => !(await ({WAITING})()).length")
    assert (room.rows(), room.declines()) == ([], 1)
    assert not [sent for sent in bodies if "declined" in sent or "/decline" in sent]


OF_ANOTHER_DAY = """async () => {
  const kept = await caches.open('heard-1');
  const found = await kept.match('/help');
  const headers = new Headers(found.headers);
  headers.set('Date', new Date(Date.now() - 13 * 3600 * 1000).toUTCString());
  await kept.put('/help', new Response(await found.text(), { headers }));
}"""
HAS_HELP = "async () => !!(await caches.match('/help')) && !!(await caches.match('/help/card'))"


def test_help_and_the_way_out_need_no_network(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    """From every page, without a network and on a line that hangs; help is that of this visit."""
    watch.expect("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    room = outings.room("shared", "before")
    with room.database.writing() as session:
        session.get_one(Sitting, room.sitting_id).safe_person = "Ms Jones"
    context = context_of()
    page = context.new_page()
    page.goto("/")  # the worker starts here, and knows of no visit yet
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    until(page, HAS_HELP)
    Pupil(page).join(room.code)
    until(page, "async () => (await (await caches.match('/help'))?.text())?.includes('Ms Jones')")
    for start in ("/thanks", "/"):
        context.set_offline(False)
        page.goto(start)
        context.set_offline(True)
        page.click("#help-link")
        expect(page.get_by_role("heading", name="Childline")).to_be_visible()
        expect(page.get_by_text("Here today: Ms Jones")).to_be_visible()
    page.goto("/help/card")
    expect(page.get_by_role("heading", name="Useful numbers")).to_be_visible()
    page.evaluate(OF_ANOTHER_DAY)
    page.goto("/help")
    expect(page.get_by_role("heading", name="Childline")).to_be_visible()
    expect(page.get_by_text("An adult you trust can help too")).to_be_visible()
    expect(page.get_by_text("Ms Jones")).to_have_count(0)  # she was there on that day, perhaps in another school
    context.set_offline(False)
    hanging: list[Route] = []
    context.route(re.compile("/(help|leave)$"), lambda route: hanging.append(route))  # no reply ever comes
    page.goto("/thanks")
    page.click("#help-link")
    expect(page.get_by_role("heading", name="Childline")).to_be_visible()
    page.click("#leave-link")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    assert {route.request.url.rpartition("/")[2] for route in hanging} == {"help", "leave"}


def test_a_captive_portal_is_not_taken_for_a_receipt(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    room = outings.room("shared", "before")
    page = context_of(service_workers="block").new_page()
    pupil = Pupil(page)
    pupil.join(room.code)
    pupil.start()
    pupil.walk(answers())

    def portal(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(status=200, body="<h1>Welcome to the school network. Please sign in.</h1>")
        else:
            route.continue_()

    page.route("**/answer", portal)
    page.click("#send")
    expect(page.locator(".kept")).to_be_visible()
    assert len(waiting(page)) == 1
    page.goto("/")
    expect(page.locator("#waiting-here")).to_contain_text("1")
    assert room.rows() == []
    page.unroute("**/answer")
    page.get_by_role("button", name="Send them now").click()
    expect(page.locator("#waiting-here")).to_be_hidden()
    assert len(room.rows()) == 1


def _stand_in(route: Route, *, status: int) -> None:
    route.fulfill(status=status, body="<h1>Sign in</h1>")


def test_no_page_of_the_network_is_taken_for_ours_where_nothing_can_be_sealed(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    """Sent openly, answers stay on the page whatever stands in between says."""
    watch.expect("Failed to load resource", "reply: 511")
    room = outings.room("shared", "before")
    page = context_of(service_workers="block").new_page()
    pupil = Pupil(page)
    pupil.join(room.code)
    page.evaluate("document.querySelector('#answer').removeAttribute('data-seal')")
    pupil.start()
    pupil.walk(answers())
    for status in (200, 403, 511):
        page.route("**/answer", partial(_stand_in, status=status), times=1)
        page.click("#send")
        expect(page.locator("#status")).to_contain_text("We could not send your answers.")
        assert pupil.at() == "check"
        assert page.locator("input:checked").count() == 5
        page.evaluate("document.querySelector('#status').textContent = ''")
    assert room.rows() == []
    pupil.send()
    assert len(room.rows()) == 1


def test_the_sign_in_page_of_a_network_is_not_kept_as_one_of_ours(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    room = outings.room("shared", "before")
    context = context_of()
    page = context.new_page()
    portal = {"status": 200, "content_type": "text/html", "body": "<h1>Sign in</h1>"}
    context.route("**/answer?kept", lambda route: route.fulfill(**portal))
    context.route("**/quiet", lambda route: route.fulfill(**portal), times=1)
    pupil = Pupil(page)
    pupil.join(room.code)
    page.wait_for_timeout(500)
    context.unroute("**/answer?kept")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    ready(page)
    context.route("**/static/drawings.svg*", lambda route: route.fulfill(**portal))
    page.evaluate("fetch('/static/drawings.svg?v=1')")
    texts = page.evaluate(
        "async () => { const kept = await caches.open('heard-1');"
        " return Promise.all((await kept.keys()).map(async (one) => (await kept.match(one)).text())); }"
    )
    assert len(texts) >= 2
    assert not [text for text in texts if "Sign in</h1>" in text]


def test_a_receipt_that_is_lost_costs_no_second_row(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    watch.expect("ERR_FAILED")
    room = outings.room("shared", "before")
    page = context_of(service_workers="block").new_page()
    pupil = Pupil(page)
    pupil.join(room.code)
    pupil.start()
    pupil.walk(answers())

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch()  # the server has stored it and says so: nobody hears it
            route.abort()
        else:
            route.continue_()

    page.route("**/answer", lose)
    page.click("#send")
    expect(page.locator(".kept")).to_be_visible()
    assert len(room.rows()) == 1
    page.unroute("**/answer")
    page.goto("/")  # whoever comes to this device next lets it send what waits
    expect(page.locator("#waiting-here")).to_be_hidden()
    until(page, f"async () => !(await ({WAITING})()).length")
    assert len(room.rows()) == 1


def test_whoever_walks_away_is_asked_and_then_forgotten(
    context_of: Callable[..., BrowserContext], outings: Grounds
) -> None:
    room = outings.room("shared", "before")
    page = context_of(service_workers="block").new_page()
    page.clock.install()
    pupil = Pupil(page)
    pupil.join(room.code)
    pupil.start()
    pupil.choose("travelled", "bus")
    page.clock.run_for(181_000)
    question = page.get_by_role("dialog", name="Are you still there?")
    expect(question).to_be_visible()
    for _ in range(3):  # without limit
        question.get_by_role("button", name="I’m still here").click()
        expect(question).to_be_hidden()
        page.clock.run_for(60_000)
        assert page.locator("input:checked").count() == 1
        page.clock.run_for(121_000)
        expect(question).to_be_visible()
    page.clock.run_for(21_000)
    expect(question).to_be_hidden()
    assert pupil.at() == "intro"
    assert page.locator("input:checked").count() == 0
    assert room.rows() == []


def test_the_adult_sees_what_waits_and_can_throw_it_away(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    watch.expect("ERR_FAILED")
    room = outings.room("shared", "before")
    with outings.live.database.writing() as session:
        account = Account(email="adult@example.org", name="Adult", password_hash=password_hash(PASSWORD))
        session.add(account)
        session.flush()
        programme = {"programme_id": outings.programme_id, "starts_at": now(), "reason": "test"}
        session.add(Grant(account_id=account.id, role="facilitator", **programme))
    page = context_of(service_workers="block").new_page()
    page.route("**/answer", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    pupil = Pupil(page)
    pupil.join(room.code)
    pupil.start()
    pupil.walk(answers())
    page.click("#send")
    expect(page.locator(".kept")).to_be_visible()
    page.goto("/staff/sittings/device")
    page.fill("[name=email]", "adult@example.org")
    page.fill("[name=password]", PASSWORD)
    page.click("main .button")
    expect(page.locator("#state")).to_have_text("Sets of answers that wait on this device: 1")
    page.get_by_role("button", name="Throw them away").click()
    expect(page.get_by_role("button", name="Yes, throw all of them away")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_have_text("Nothing waits on this device.")
    assert waiting(page) == []
    assert room.rows() == []
