"""Out at any moment, and nothing left behind: no answer in the page, the stores, the caches or the Back button.

The back-forward cache is on. Traces are looked for by what was answered: the words of the ticked answers are everywhere
in an empty questionnaire too, so the marks are a number that was typed, a card's code, and which inputs are ticked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from survey.pairing import new_cards
from tests.journeys.conftest import Watch
from tests.journeys.pupil import Pupil
from tests.journeys.test_offline import ready
from tests.journeys.until import until
from tests.live import Grounds, Live, Room

pytestmark = pytest.mark.back_cache
TYPED = "47"
LEAVING = re.compile("/leave")

# Everything that a page of this site can be made to say about who was here.
TRACES = """async () => {
  const found = {
    ticked: document.querySelectorAll('input:checked').length,
    typed: [...document.querySelectorAll('input[type=text], .sign')].map(i => i.value).filter(Boolean),
    text: document.body.innerText,
    local: {...localStorage},
    session: {...sessionStorage},
    cookie: document.cookie,
    state: JSON.stringify(history.state),
    databases: (await indexedDB.databases()).map(d => d.name),
    waiting: await new Promise((resolve) => {
      const opening = indexedDB.open('heard', 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore('waiting', {keyPath: 'submission'});
      opening.onsuccess = () => {
        const all = opening.result.transaction('waiting').objectStore('waiting').getAll();
        all.onsuccess = () => { opening.result.close(); resolve(all.result); };
      };
    }),
    kept: [],
  };
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) found.kept.push([request.url, await (await cache.match(request)).text()]);
  }
  return found;
}"""


def assert_no_traces(page: Page, card: str) -> None:
    """Nothing on this page, or kept for this site, tells what the last person answered."""
    found = page.evaluate(TRACES)
    assert found["ticked"] == 0
    assert found["typed"] == []
    assert (found["local"], found["session"], found["waiting"]) == ({}, {}, [])
    assert set(found["databases"]) <= {"heard"}
    assert found["cookie"] == "", "no script may read the cookie"
    said = json.dumps(found)
    for mark in (card, f"{TYPED} stops"):
        assert mark not in said


def answered(page: Page, room: Room, card: str, *, script: bool) -> Pupil:
    """Somebody who has answered everything and is about to send."""
    pupil = Pupil(page, script=script)
    pupil.join(room.code)
    pupil.start(card)
    answers = {"travelled": "bus", "bus_full": "full", "packed": ("lunch", "coat"), "liked": "good", "stops": TYPED}
    if script:
        pupil.walk(answers)
    else:
        for key in ("travelled", "bus_full", "liked"):
            pupil.choose(key, str(answers[key]))
        pupil.type("stops", TYPED)
    return pupil


def test_this_browser_brings_back_pages_as_they_were(page: Page, dull: str) -> None:
    """Without this the tests of Back would hold of themselves."""
    page.goto(dull)
    page.evaluate("window.left = 47")
    page.goto(f"{dull}?next")
    page.evaluate("history.back()")
    page.wait_for_url(dull, wait_until="commit")
    until(page, "() => window.left === 47")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_back_after_sending_shows_no_answers(
    context_of: Callable[..., BrowserContext], outings: Grounds, script: bool
) -> None:
    room, (card,) = outings.room("shared", "before"), new_cards(1)
    context = context_of(java_script_enabled=script)
    page = context.new_page()
    answered(page, room, card, script=script).send()
    for _ in range(5):
        page.go_back(wait_until="load")
        if not page.url.startswith("http"):
            break  # back at the empty page that the browser opened with
        expect(page.locator("html")).to_be_visible()
        assert page.locator("input:checked").count() == 0, f"ticks came back at {page.url}"
        assert not [field for field in page.locator(".sign, input[type=text]").all() if field.input_value() == card]
        if script:
            assert_no_traces(page, card)
        assert card not in page.content()
    assert len(room.rows()) == 1


@pytest.mark.parametrize("where", ["in the middle", "at the check"])
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_leaving_ends_the_visit_and_back_shows_nothing(
    context_of: Callable[..., BrowserContext], outings: Grounds, dull: str, script: bool, where: str
) -> None:
    room, (card,) = outings.room("shared", "before"), new_cards(1)
    context = context_of(java_script_enabled=script)
    page = context.new_page()
    pupil = answered(page, room, card, script=script)
    if script and where == "in the middle":
        pupil.back()
    page.click("#leave-link")
    page.wait_for_url(dull)
    assert page.title() == "Weather"
    assert [cookie for cookie in context.cookies() if cookie["name"].endswith("heard")] == []
    for _ in range(5):
        page.go_back(wait_until="load")
        if not page.url.startswith("http"):
            break
        assert page.locator("input:checked").count() == 0
        assert page.locator("#answer").count() == 0, "without a visit there is no questionnaire to come back to"
        assert card not in page.content()
        if script:
            assert_no_traces(page, card)
    assert room.rows() == [], "leaving sends nothing"


def visits(context: BrowserContext) -> list[str]:
    """The visits that the browser would still show the questions of."""
    return [str(cookie.get("value")) for cookie in context.cookies() if str(cookie.get("name")).endswith("heard")]


def assert_back_shows_nothing(page: Page, steps: int = 5) -> None:
    """No questionnaire, one step back, when that page is asked for again, and all the way back to the first page."""
    for step in (page.go_back, page.reload, *[page.go_back] * (steps - 2)):
        step(wait_until="load")
        if not page.url.startswith("http"):
            break
        expect(page.locator("h1").first).to_be_visible()
        assert page.locator("#answer, input:checked").count() == 0, page.url


@pytest.mark.parametrize("line", [pytest.param("hangs", marks=pytest.mark.proof), "dead"])
def test_back_shows_nothing_after_leaving_on_a_bad_line(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch, line: str
) -> None:
    """The browser never comes to the end of the way out: the worker hides the questions, and ends the visit when it can."""
    watch.expect("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    room, (card,) = outings.room("shared", "before"), new_cards(1)
    context = context_of()
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    pupil = Pupil(page)
    pupil.join(room.code)
    ready(page)
    pupil.start(card)
    pupil.choose("travelled", "bus")
    hanging: list[Route] = []
    if line == "dead":
        context.set_offline(True)
    else:
        context.route(LEAVING, lambda route: hanging.append(route))
    page.click("#leave-link")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    assert visits(context)
    assert_back_shows_nothing(page)
    assert visits(context), "nothing that was shown came of the end of the visit"
    context.set_offline(False)
    context.unroute(LEAVING)
    assert len(hanging) >= (line == "hangs")
    page.goto("/answer")
    expect(page.locator("#answer")).to_have_count(0)
    until(page, "async () => (await (await caches.match('/left')).text()) === 'over'")
    assert visits(context) == []
    page.goto("/answer")
    expect(page.locator("#code")).to_be_visible()
    pupil.join(room.code)
    assert pupil.at() == "intro", "by the code somebody comes in at once"
    assert room.rows() == []


MARK = "async () => (await (await caches.match('/left'))?.text()) ?? ''"


def left_on_a_line_that_hangs(context: BrowserContext, page: Page, room: Room) -> list[Route]:
    """Somebody has gone out, and nothing that ends their visit is answered; returns what is asked for that."""
    page.on("dialog", lambda dialog: dialog.accept())
    pupil = Pupil(page)
    pupil.join(room.code)
    ready(page)
    pupil.start()
    hanging: list[Route] = []
    context.route(LEAVING, lambda route: hanging.append(route))
    page.click("#leave-link")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    return hanging


@pytest.mark.proof
def test_what_comes_late_of_the_way_out_does_not_end_the_visit_of_whoever_came_next(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    """Its first step, too, which the browser itself has asked for and gave up."""
    watch.expect("ERR_FAILED")
    room = outings.room("shared", "before")
    context = context_of()
    page = context.new_page()
    hanging = left_on_a_line_that_hangs(context, page, room)
    Pupil(page).join(room.code)
    begun = visits(context)
    assert page.evaluate(MARK) == ""
    assert hanging[0].request.url.endswith("/leave")
    for late in hanging:
        late.fulfill(status=303, headers={"Location": "/quiet", "Set-Cookie": "heard=..00000000; Path=/; HttpOnly"})
    page.goto("/answer")
    assert Pupil(page).at() == "intro"
    assert visits(context) == begun


@pytest.mark.proof
def test_what_was_still_asked_for_does_not_bring_the_visit_back(
    context_of: Callable[..., BrowserContext], outings: Grounds, dull: str, watch: Watch
) -> None:
    """The questions in another language, or for the next person, come with the visit: on a slow line after the way out."""
    room = outings.room("shared", "before")
    context = context_of()
    page = context.new_page()
    Pupil(page).join(room.code)
    ready(page)
    hanging: list[Route] = []
    context.route("**/answer?next", lambda route: hanging.append(route))
    page.focus("#leave-link")
    with context.expect_event("request", lambda asked: asked.url.endswith("?next")):
        page.evaluate("setTimeout(() => location.assign('/answer?next'))")
    page.keyboard.press("Enter")
    expect(page).to_have_url(dull)
    cookie = f"heard={room.tickets['before', 'en']}..00000000; Path=/; HttpOnly"
    hanging[0].fulfill(status=303, headers={"Location": "/answer", "Set-Cookie": cookie})
    page.goto("/answer")
    expect(page.locator("#code")).to_be_visible()
    assert visits(context) == []


@pytest.mark.proof
def test_a_code_that_leads_nowhere_leaves_the_last_visit_to_be_ended(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    watch.expect("ERR_FAILED", "status of 404")
    room = outings.room("shared", "before")
    context = context_of()
    page = context.new_page()
    left_on_a_line_that_hangs(context, page, room)
    page.goto("/")
    page.fill("#code", "22222222")
    page.click("#join .button")
    expect(page.locator("#code-error")).to_be_visible()
    assert page.evaluate(MARK) == "owed"
    page.goto("/answer")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    context.unroute(LEAVING)
    page.goto("/answer")
    expect(page.locator("#code")).to_be_visible()
    assert (visits(context), page.evaluate(MARK)) == ([], "over")


@pytest.mark.proof
def test_another_site_that_leads_to_the_way_out_ends_nobodys_visit(
    context_of: Callable[..., BrowserContext], outings: Grounds, live: Live, dull: str
) -> None:
    room = outings.room("shared", "before")
    context = context_of()
    page = context.new_page()
    Pupil(page).join(room.code)
    ready(page)
    begun = visits(context)
    elsewhere = context.new_page()
    elsewhere.goto(live.url.replace("127.0.0.1", "localhost"))
    elsewhere.evaluate("(address) => location.assign(address)", f"{live.url}/leave")
    expect(elsewhere).to_have_url(dull)
    assert (visits(context), page.evaluate(MARK)) == (begun, "")
    page.goto("/answer")
    assert Pupil(page).at() == "intro"
    page.click("#leave-link")
    expect(page).to_have_url(dull)
    assert visits(context) == []


def test_without_a_network_the_first_page_is_the_next_persons_and_going_back_to_it_is_not(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    room = outings.room("shared", "before")
    context = context_of()
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    pupil = Pupil(page)
    pupil.join(room.code)
    ready(page)
    pupil.start()
    context.set_offline(True)
    page.click("#leave-link")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    page.goto("/answer")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    page.goto("/")
    assert pupil.at() == "right-one"
    page.goto("/answer")
    assert pupil.at() == "right-one", "whoever came next is not sent away"
    page.get_by_role("link", name="Yes, it is right").click()
    page.click("#decline button")
    page.wait_for_url("**/activity")
    assert pupil.at() == "intro", "and has all that is kept"
    context.set_offline(False)
    page.goto("/thanks")
    assert visits(context), "nothing of theirs is taken away while they are here"
    page.goto("/answer")
    expect(page.locator("#code")).to_be_visible()
    assert (visits(context), page.evaluate(MARK)) == ([], ""), (
        "with a network the visit that was left ends, and shows nothing"
    )


def test_nothing_is_kept_on_the_device_while_answering(page: Page, outings: Grounds) -> None:
    pupil = Pupil(page)
    pupil.join(outings.room("own", "before").code)
    pupil.start()
    pupil.walk({"travelled": "bus", "stops": TYPED})
    found = page.evaluate(TRACES)
    assert (found["local"], found["session"], found["waiting"]) == ({}, {}, [])
    assert not [url for url, _ in found["kept"] if url.endswith("/answer")], (
        "an own phone keeps no trace of the questions"
    )
    assert "bus" not in found["state"]
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    assert pupil.at() == "intro"
    assert page.locator("input:checked").count() == 0, "a reload begins anew, whatever the browser would fill in"


def test_the_next_person_gets_an_empty_questionnaire(page: Page, outings: Grounds) -> None:
    room, (card,) = outings.room("shared", "before"), new_cards(1)
    answered(page, room, card, script=True).send()
    page.get_by_role("link", name="Next person").click()
    page.wait_for_url("**/answer")
    assert Pupil(page).at() == "intro"
    assert_no_traces(page, card)


def test_addresses_and_titles_tell_nothing(page: Page, outings: Grounds) -> None:
    """What stays in a browser's history is neutral."""
    room, (card,) = outings.room("shared", "before"), new_cards(1)
    seen: set[tuple[str, str]] = set()
    page.on("framenavigated", lambda _frame: seen.add((page.url, page.title())))
    answered(page, room, card, script=True).send()
    seen.add((page.url, page.title()))
    for url, title in seen:
        assert room.code not in url
        assert card not in url
        for word in ("abuse", "exploit", "cse", "safe", "sex", "grooming", "day out"):
            assert word not in (url + title).lower()
