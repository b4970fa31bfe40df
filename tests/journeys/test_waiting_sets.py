"""What a page says of answers that had to wait is true of these very answers, whatever becomes of others on the device."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs

from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlalchemy import update

from survey.models import SealingKey
from tests.journeys.conftest import Watch
from tests.journeys.pupil import Pupil
from tests.journeys.test_answering import NOTHING_KEPT
from tests.journeys.test_offline import answers, waiting
from tests.journeys.until import until
from tests.live import Grounds, Room

SAFE = "Your answers are safe on this device"
FLUSHED = """() => new Promise((resolve) => {
  document.addEventListener('sent', () => resolve(), {once: true});
  dispatchEvent(new Event('online'));
})"""
SEALED = {"ticket", "submission", "sealed"}
SEALS, CLEARS = "**/static/device.js*", "**/static/idle.js*"
CLOCK = "(when) => { const at = Date.parse(when); Date.now = () => at; }"
DISK = """
navigator.storage.persist = async () => { window.asked = true; return false; };
window.modes = [];
const open = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (...how) { modes.push(how[2]?.durability); return open.apply(this, how); };
"""
READS = "IDBObjectStore.prototype.getAll"


class Line:
    """The way to the service: nothing passes but the answers that are let through."""

    def __init__(self, page: Page) -> None:
        self.lets: list[str] = []
        self.bodies: list[dict[str, list[str]]] = []
        page.route("**/answer", self._pass)

    def _pass(self, route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        body = parse_qs(route.request.post_data or "")
        self.bodies.append(body)
        return route.continue_() if {*self.lets} & {"all", *body["submission"]} else route.abort()


def leave_one(page: Page, number: int) -> str:
    """Answer to the end, on a line that lets nothing through; the mark of what waits."""
    pupil = Pupil(page)
    pupil.start()
    pupil.walk(answers(number))
    mark = page.input_value("#answer [name=submission]")
    page.click("#send")
    expect(page.get_by_role("heading", name=SAFE)).to_be_focused()
    return mark


def forget_key(room: Room) -> None:
    """As when an adult wipes what waits, or 14 days have gone by."""
    with room.database.writing() as session:
        session.execute(update(SealingKey).where(SealingKey.sitting_id == room.sitting_id).values(private_key=None))


def test_only_what_arrived_is_said_to_have_arrived(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    watch.expect("ERR_FAILED")
    room = outings.room("shared", "before")
    page = context_of(service_workers="block").new_page()
    line = Line(page)
    Pupil(page).join(room.code)
    first = leave_one(page, 1)
    page.get_by_role("button", name="Next person").click()
    leave_one(page, 2)
    line.lets = [first]
    page.evaluate(FLUSHED)
    assert [given["stops"] for _, given in room.stored()] == [1]
    expect(page.locator(".kept")).to_contain_text(SAFE)
    assert len(waiting(page)) == 1, "hers still waits"
    page.evaluate(f"() => {{ window.reads = {READS}; {READS} = () => {{ throw new Error('no'); }}; }}")
    page.evaluate(FLUSHED)
    expect(page.locator(".kept")).to_contain_text(SAFE)  # what cannot be read has not arrived
    page.evaluate(f"() => {{ {READS} = window.reads; }}")
    line.lets = ["all"]
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_url("**/thanks")
    assert sorted(given["stops"] for _, given in room.stored()) == [1, 2]


def test_help_leads_back_to_the_word_that_answers_are_safe(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    """On an own phone nobody comes next: Back leads to no empty questions, and what arrives meanwhile takes no helpline away."""
    watch.expect("ERR_FAILED")
    room = outings.room("own", "before")
    page = context_of(service_workers="block").new_page()
    line = Line(page)
    Pupil(page).join(room.code)
    leave_one(page, 1)
    safe, helpline = page.get_by_role("heading", name=SAFE), page.get_by_role("heading", name="Childline")
    page.click("#help-link")
    expect(helpline).to_be_visible()
    expect(safe).to_be_hidden()
    page.go_back()
    expect(safe).to_be_focused()
    page.go_back()
    page.wait_for_timeout(200)
    expect(safe).to_be_visible()
    expect(page.locator("#intro, form .step").locator("visible=true")).to_have_count(0)
    page.click("#help-link")
    line.lets = ["all"]
    page.evaluate(FLUSHED)
    assert [given["stops"] for _, given in room.stored()] == [1]
    page.wait_for_timeout(200)
    expect(helpline).to_be_visible()
    page.click("#back")
    page.wait_for_url("**/thanks")


def test_what_nobody_can_open_any_more_is_said_to_be_lost(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    watch.expect("ERR_FAILED", "status of 410")
    room = outings.room("shared", "before")
    page = context_of(service_workers="block").new_page()
    line = Line(page)
    Pupil(page).join(room.code)
    leave_one(page, 1)
    forget_key(room)
    line.lets = ["all"]
    page.evaluate("dispatchEvent(new Event('online'))")
    lost = page.get_by_role("heading", name="These answers could not be taken")
    expect(lost).to_be_focused()
    assert page.locator(".kept").count() == 1 and page.url.endswith("/answer")
    assert (waiting(page), room.rows()) == ([], [])
    assert page.title() == "Questions – Heard"
    page.get_by_role("button", name="Next person").click()
    page.click("#decline button")  # and what the last one left does not stand in the next one's way
    page.wait_for_url("**/activity")
    assert (room.rows(), room.declines()) == ([], 1)


def test_what_seals_is_asked_for_again_and_nobody_sends_openly_meanwhile(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    """Its modules are lost on the way: the page asks again until they have come, and clears itself from then on."""
    watch.expect("ERR_FAILED")
    room = outings.room("shared", "before")
    page = context_of(service_workers="block").new_page()
    page.clock.install()
    line = Line(page)
    line.lets = ["all"]
    for module in (SEALS, CLEARS):
        page.route(module, lambda route: route.abort())
    pupil = Pupil(page)
    pupil.join(room.code)
    pupil.start()
    pupil.walk(answers(3))
    page.click("#send")
    expect(page.locator("#status")).to_contain_text("still on this page")
    assert line.bodies == []
    for module in (SEALS, CLEARS):
        page.unroute(module)
    with page.expect_response(SEALS) as sealing, page.expect_response(CLEARS) as clearing:
        page.clock.run_for(61_000)
    for came in (sealing, clearing):
        assert came.value.url.endswith("&again"), "under another address: the first may be remembered as lost"
    until(page, "() => import(document.querySelector('#idle').dataset.watch).then(() => true)")
    page.clock.run_for(181_000)
    page.get_by_role("dialog", name="Are you still there?").get_by_role("button", name="I’m still here").click()
    pupil.send()
    assert [set(body) for body in line.bodies] == [SEALED]
    assert [given["stops"] for _, given in room.stored()] == [3]


def test_no_thanks_is_never_lost_on_a_slow_line(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    """Where what seals does not come in time, it goes at once; where nothing can be kept, it is waited for."""
    watch.expect("ERR_FAILED")
    room = outings.room("shared", "before")
    page = context_of(service_workers="block").new_page()
    hanging: list[Route] = []
    page.route(SEALS, lambda route: hanging.append(route))
    Pupil(page).join(room.code)
    page.click("#decline button")
    page.wait_for_url("**/activity")
    assert len(hanging) > 0 and room.declines() == 1
    page.unroute_all()
    page.add_init_script(NOTHING_KEPT)
    Line(page)
    page.goto("/answer")
    until(page, "() => import(document.documentElement.dataset.device).then(() => true)")
    page.click("#decline button")
    page.wait_for_url("**/activity")
    assert room.declines() == 2


def test_a_wrong_clock_costs_nobody_their_answers(
    context_of: Callable[..., BrowserContext], outings: Grounds, watch: Watch
) -> None:
    """What looks old is first marked; only a week after that it goes, and a mark that lies ahead is none."""
    watch.expect("ERR_FAILED")
    room = outings.room("shared", "before")
    page = context_of(service_workers="block").new_page()
    line = Line(page)
    page.add_init_script(DISK)
    Pupil(page).join(room.code)
    page.evaluate(CLOCK, "1970-01-01")
    leave_one(page, 1)
    assert page.evaluate("window.asked") is None, "some browsers would put a question of their own to a child"
    assert set(page.evaluate("modes")) == {"strict"}, "what is said to be kept is on the disk"
    marks = []
    for when in ("2026-11-01", "2026-11-07", "2026-10-01", "2099-01-01"):  # right, right, put back, far ahead
        page.evaluate(CLOCK, when)
        page.evaluate(FLUSHED)
        marks += [one.get("late") for one in waiting(page)]
    day = 24 * 3600 * 1000
    assert [mark and (mark - marks[0]) / day for mark in marks[:3]] == [0, 0, -31]
    assert len(marks) == 3, "a week after the mark it goes"
    page.evaluate(CLOCK, "2026-11-01")
    page.get_by_role("button", name="Next person").click()
    leave_one(page, 2)
    for when in ("2099-01-01", "2026-11-02"):
        page.evaluate(CLOCK, when)
        page.evaluate(FLUSHED)
    assert [one.get("late") for one in waiting(page)] == [None]
    line.lets = ["all"]
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_url("**/thanks")
    assert [given["stops"] for _, given in room.stored()] == [2]
