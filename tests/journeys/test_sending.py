"""What a press of Send may meet: a refusal and then a cut line, a second thought, a walk away, a browser of long ago.

What is thanked for is what stood on the page at the press, nothing is thrown away that was not taken, and what was begun for
one person does nothing any more to the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from survey.clock import now
from tests.journeys.conftest import Watch
from tests.journeys.pupil import Pupil
from tests.journeys.test_answering import NOTHING_KEPT
from tests.journeys.test_offline import answers, waiting
from tests.journeys.test_shared import HIDE
from tests.journeys.until import until
from tests.live import Grounds

OF_2020 = "delete Element.prototype.replaceChildren; delete AbortSignal.timeout;"
NEVER_OPENS = "IDBFactory.prototype.open = () => ({});"
SAFE = "Your answers are safe on this device"


class Posts:
    """The answers that a page sends: held back here until a test lets them go, when it says so."""

    def __init__(self, page: Page, path: str = "answer") -> None:
        self.held: list[Route] = []
        self.holds = False
        self.cut_after: int | None = None
        self.seen: list[Request] = []
        page.route(f"**/{path}", self._pass)

    def _pass(self, route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        self.seen.append(route.request)
        if self.holds:
            return self.held.append(route)
        return route.abort() if self.cut_after is not None and len(self.seen) > self.cut_after else route.continue_()

    def wait(self, page: Page) -> Route:
        """The one that is held back."""
        for _ in range(200):
            if self.held:
                return self.held.pop()
            page.wait_for_timeout(50)
        raise AssertionError("nothing was sent")


def at_the_check(page: Page, number: int) -> Pupil:
    pupil = Pupil(page)
    pupil.start()
    pupil.walk(answers(number))
    return pupil


def live_on(page: Page, said: Callable[[], bool], step: int = 500) -> None:
    """Let the page's time pass, more slowly than what it waits for really takes."""
    for _ in range(100):
        if said():
            return
        page.clock.run_for(step)
        page.wait_for_timeout(150)
    raise AssertionError("never")


def test_what_is_refused_stays_on_the_page_though_the_line_is_cut_just_then(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    watch.expect(r"status of 4\d\d", "ERR_FAILED")
    room = outings.room("shared", "before")
    page = context_of(service_workers="block").new_page()
    pupil, posts = Pupil(page), Posts(page)
    pupil.join(room.code)
    at_the_check(page, 47)
    pupil.slip("ABCDEFG")
    posts.cut_after = 2  # sealed, which asks for the open form, and openly; nothing after these
    page.click("#send")
    expect(page.locator("#summary")).to_be_focused()
    assert (pupil.at(), page.locator("input:checked").count(), page.input_value("#i-stops")) == ("check", 5, "47")
    assert page.title().startswith("Error:") and len(posts.seen) == 2
    page.click("#summary a")
    expect(page.locator("#i-card")).to_be_focused()
    expect(page.locator("#i-card")).to_have_accessible_description(re.compile("not the code of a card"))
    page.fill("#i-card", "")
    expect(page.locator("#summary, .error")).to_have_count(0)
    pupil.next()
    assert pupil.at() == "check"
    page.click("#send")
    expect(page.get_by_role("heading", name=SAFE)).to_be_focused()
    posts.cut_after = None
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_url("**/thanks")
    assert [given["stops"] for _, given in room.stored()] == [47]
    used = str(posts.seen[0].post_data).partition("submission=")[2][:32]
    page.get_by_role("link", name="Next person").click()
    page.wait_for_url("**/answer")
    at_the_check(page, 3)
    page.evaluate(
        "(used) => { const form = document.querySelector('#answer');"
        " form.removeAttribute('data-seal'); form.querySelector('[name=submission]').value = used; }",
        used,
    )
    page.click("#send")
    expect(page.get_by_role("heading", name="We have kept these too")).to_be_focused()
    assert (page.locator("input:checked").count(), page.locator("#answers").inner_text()) == (0, "")
    page.get_by_role("link", name="Next person").click()
    page.wait_for_url("**/answer")
    assert pupil.at() == "intro" and len(room.rows()) == 1


def test_other_answers_after_a_receipt_that_was_lost_are_said_to_be_kept_too(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    """Where nothing can wait on the device the page still stands there, and somebody thinks again before they send again."""
    watch.expect("ERR_FAILED", "status of 409")
    room = outings.room("own", "before")
    page = context_of(service_workers="block").new_page()
    page.add_init_script(NOTHING_KEPT)
    pupil = Pupil(page)
    pupil.join(room.code)
    at_the_check(page, 47)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/answer", lose, times=1)
    page.click("#send")
    expect(page.locator("#status")).to_contain_text("We could not send your answers")
    page.get_by_role("button", name="Change").first.click()
    pupil.choose("travelled", "foot")
    pupil.next()
    assert pupil.at() == "check"
    page.click("#send")
    page.wait_for_url("**/thanks?twice")
    expect(page.get_by_role("heading", level=1)).to_have_text("We have kept these too")
    assert [given["stops"] for _, given in room.stored()] == [47]


def test_what_is_thanked_for_is_what_stood_there_at_the_press(
    context_of: Callable[..., BrowserContext], outings: Grounds, dull: str
) -> None:
    """Meanwhile nothing can be changed, help is there, and whoever leaves has left, whatever is said then of the answers."""
    room = outings.room("shared", "before")
    page = context_of(service_workers="block").new_page()
    pupil, posts = Pupil(page), Posts(page)
    pupil.join(room.code)
    posts.holds = True
    at_the_check(page, 1)
    page.click("#send")
    sent = posts.wait(page)
    page.evaluate("history.back()")
    page.wait_for_timeout(300)
    assert pupil.at() == "check"
    expect(page.locator("#back")).to_be_disabled()
    page.get_by_role("button", name="Change").first.click()
    assert pupil.at() == "check"
    page.click("#help-link")
    expect(page.get_by_role("heading", name="Childline")).to_be_visible()
    page.go_back()
    assert pupil.at() == "check"
    expect(page.locator("#status")).to_have_text("Sending your answers.")
    page.click("#help-link")
    with page.expect_response("**/answer"):
        sent.continue_()
    page.wait_for_timeout(300)
    expect(page.get_by_role("heading", name="Childline")).to_be_visible()
    page.click("#back")
    page.wait_for_url("**/thanks")
    assert [given["stops"] for _, given in room.stored()] == [1]
    page.get_by_role("link", name="Next person").click()
    page.wait_for_url("**/answer")
    at_the_check(page, 2)
    page.click("#send")
    sent = posts.wait(page)
    ways_out: list[Route] = []
    page.route("**/leave", lambda route: ways_out.append(route))
    page.evaluate("document.querySelector('#leave-link').click()")
    with page.expect_response("**/answer"):
        sent.continue_()
    page.wait_for_timeout(500)
    assert len(ways_out) == 1 and page.url.endswith("/answer")
    ways_out[0].continue_()
    page.wait_for_url(dull)


def test_nothing_that_hangs_reaches_the_next_person(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    """A line and a disk that never answer, in a browser of 2020: the answers stay on the page, and go when they can. Somebody
    else's page is not touched by what was begun before."""
    room = outings.room("shared", "before")
    page = context_of(service_workers="block").new_page()
    page.add_init_script(OF_2020 + NEVER_OPENS)
    page.clock.install()
    pupil, posts = Pupil(page), Posts(page)
    pupil.join(room.code)
    at_the_check(page, 1)
    expect(page.locator("#answers")).to_contain_text("By bus")
    posts.holds = True
    page.click("#send")
    live_on(page, lambda: "still on this page" in page.locator("#status").inner_text(), step=5_000)
    assert (pupil.at(), page.locator("input:checked").count()) == ("check", 5)
    posts.holds = False
    page.click("#send")
    live_on(page, lambda: page.url.endswith("/thanks"))
    assert [given["stops"] for _, given in room.stored()] == [1]
    page.get_by_role("link", name="Next person").click()
    page.wait_for_url("**/answer")
    posts.holds = True
    posts.held.clear()
    at_the_check(page, 2)
    page.click("#send")
    live_on(page, lambda: bool(posts.held))
    sent = posts.wait(page)
    page.evaluate(HIDE, True)
    page.clock.set_system_time(now() + timedelta(hours=1))
    page.evaluate(HIDE, False)
    until(page, "() => !document.querySelector('#intro').hidden")
    pupil.start()
    pupil.choose("travelled", "foot")
    with page.expect_response("**/answer"):
        sent.continue_()
    for _ in range(10):  # the receipt is heard, and the disk does not answer
        page.clock.run_for(500)
        page.wait_for_timeout(50)
    assert pupil.at() == "travelled" and pupil.option("travelled", "foot").is_checked()
    assert page.locator(".kept").count() == 0


TOO_LONG = "0" * 80_000 + "5"
TAKES = "([field, value]) => { document.querySelector(`#answer ${field}`).value = value; }"


def test_what_is_too_long_or_cannot_be_read_says_so_and_is_lost_nowhere(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    """To wait would not help. Sealed, what is refused stays on the device as well, until it is put right."""
    watch.expect(r"status of 4(13|00)")
    room = outings.room("shared", "before")
    page = context_of(service_workers="block").new_page()
    pupil, status = Pupil(page), page.locator("#status")
    pupil.join(room.code)
    at_the_check(page, 5)
    key, ticket = page.get_attribute("#answer", "data-seal"), page.input_value("#answer [name=ticket]")
    page.evaluate("document.querySelector('#answer').removeAttribute('data-seal')")
    page.evaluate(TAKES, ["[name=ticket]", "f" * 32])
    page.click("#send")
    expect(status).to_have_text(re.compile("were not taken. They are still on this page. Ask the adult"))
    page.evaluate(TAKES, ["[name=ticket]", ticket])
    for waits in (0, 1):
        page.evaluate(TAKES, ["#i-stops", TOO_LONG])
        page.click("#send")
        expect(status).to_have_text(re.compile("too long to send. It is still on this page"))
        assert (pupil.at(), page.input_value("#i-stops"), len(waiting(page))) == ("check", TOO_LONG, waits)
        page.evaluate(TAKES, ["#i-stops", "5"])
        page.evaluate("(key) => document.querySelector('#answer').setAttribute('data-seal', key)", key)
        page.evaluate("document.querySelector('#status').textContent = ''")
    assert room.rows() == []
    pupil.send()
    assert [given["stops"] for _, given in room.stored()] == [5] and waiting(page) == []


def test_the_way_out_leads_out_in_an_old_browser(
    context_of: Callable[..., BrowserContext], outings: Grounds, dull: str
) -> None:
    page = context_of(service_workers="block").new_page()
    page.add_init_script(OF_2020)
    Pupil(page).join(outings.room("shared", "before").code)
    at_the_check(page, 47)
    page.click("#leave-link")
    page.wait_for_url(dull)
