"""What few children ever meet passes the gate in every look as well: questions that are paused, a form that is given back,
answers that came twice, those that were taken out, the way out that is read first, the ordinary questions of who would rather
not, and a worker who is told.

Other walks never come here, because each of these needs something to have gone another way.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from questionnaires.files import load_library
from survey.clock import now
from survey.models import Account, Pause, Ticket
from tests.journeys import gate
from tests.journeys.conftest import Watch
from tests.journeys.pupil import Pupil
from tests.journeys.test_cases import Room as CaseRoom
from tests.journeys.test_cases import choose, notice, room
from tests.journeys.test_states import NO_CARD, enter, judge
from tests.live import Grounds, Live, Room

__all__ = ["room"]

pytestmark = pytest.mark.proof
EXPECTED = r"status of 4\d\d|ERR_FAILED|Failed to fetch|net::"
SIZES: dict[str, tuple[str, ...]] = {"each look": tuple(gate.LOOKS), "phone": ("phone",), "400 per cent": ()}
"""In which looks each state is seen, on its way past; with none, on a small page that is enlarged."""
SEEN = [("en", "each look"), ("en", "400 per cent"), *product(("ar", "easy read"), ("phone", "400 per cent"))]
POST = """([action, fields]) => {
  const form = Object.assign(document.createElement('form'), { method: 'post', action });
  const hidden = ([name, value]) => Object.assign(document.createElement('input'), { type: 'hidden', name, value });
  form.append(...fields.map(hidden));
  document.body.append(form);
  form.submit();
}"""


@pytest.fixture(scope="module")
def seldom(confirmed: Live) -> Grounds:
    """A primary school's questionnaire, with pictures and in Arabic, that begins with the way out."""
    instrument = replace(load_library("online_play"), key="seldom", interruption=True, published=True)
    return Grounds(confirmed, instrument, "seldom")


def send(page: Page, path: str, body: bytes) -> None:
    """Send a form as a browser without script does, and see what comes."""
    with page.expect_navigation(wait_until="load"):
        page.evaluate(POST, [path, parse_qsl(body.decode())])


def stopped(grounds: Grounds) -> Pause:
    """Somebody stops everything here."""
    with grounds.live.database.writing() as session:
        account = Account(email=f"{secrets.token_hex(4)}@example.org", name="Lead", password_hash="-")
        session.add(account)
        session.flush()
        pause = Pause(programme_id=grounds.programme_id, reason="test", started_by=account.id, started_at=now())
        session.add(pause)
        session.flush()
        session.expunge(pause)
    return pause


def refused(page: Page, one: Room, wave: dict[str, str]) -> Iterator[str]:
    """A form with every kind of fault, as it is given back, and its first fault; then answers that came twice."""
    asked, other = one.instrument.items_in("before")[:2]
    body = one.body(card=NO_CARD, **wave, **{asked.key: "nothing-that-is-offered", other.key: other.options[0].key})
    send(page, "/answer", body)
    expect(page.locator("#summary")).to_be_focused()
    yield "given back"
    page.locator("#summary a").last.click()
    expect(page.locator(f"#q-{asked.key} .error")).to_be_visible()
    yield "a question with an error"
    send(page, "/answer", one.body(stray="1", **wave))
    expect(page.locator("#waiting")).to_be_focused()
    yield "out of date"
    submission = secrets.token_hex(16)
    for option in other.options[:2]:
        send(page, "/answer", one.body(submission=submission, **{other.key: option.key}))
    expect(page.locator("h1")).to_be_visible()
    yield "came twice"


def declined(page: Page) -> Iterator[str]:
    """From the first page to the way out, and by way of the ordinary questions to their end."""
    pupil = Pupil(page)
    page.click("#start")
    expect(page.locator("#way-out")).to_be_visible()
    yield "way out"
    page.click("#back")
    page.click("#decline button")
    page.wait_for_url("**/activity")
    yield "ordinary questions"
    pupil.start("")
    pupil.walk({})
    page.click("#send")
    page.wait_for_url("**/finished")
    yield "their end"


def made_for(context_of: Callable[..., BrowserContext], size: str, **options: object) -> BrowserContext:
    """A browser for these looks."""
    return context_of(**options, **({} if SIZES[size] else gate.LARGE))


@pytest.mark.parametrize(("words", "size"), SEEN)
def test_refusals_and_other_ways_in_every_look(
    context_of: Callable[..., BrowserContext], watch: Watch, seldom: Grounds, words: str, size: str
) -> None:
    watch.expect(EXPECTED)
    language, easy = ("ar" if words == "ar" else "en"), words == "easy read"
    one = seldom.room("shared")
    one.open("before", language)
    page = enter(made_for(context_of, size, base_url=seldom.live.url), seldom.live, one, language)

    def states() -> Iterator[str]:
        if easy:
            page.locator(".tongues a[href*=easy_read]").click()
            page.wait_for_url("**look=easy_read")
        yield from declined(page)
        yield from refused(page, one, {"look": "easy_read"} if easy else {})
        pause = stopped(seldom)
        page.goto("/answer")
        expect(page.locator(".lines").first).to_be_visible()
        yield "paused"
        with seldom.live.database.writing() as session:
            session.delete(session.merge(pause))

    found, count = judge(page, states(), SIZES[size], language)
    print(f"{words}, {size}: {count} states")
    assert found == {}


def told(page: Page, case: CaseRoom, language: str) -> Iterator[str]:
    """Where a worker sees the answers: what is said first, a question of which they are told, and what happens after."""
    page.goto("/answer")
    yield "introduction"
    page.click("#start")
    choose(page, "screen_seen", "alone")
    while not page.locator("#q-place_to_stay").is_visible():
        page.click("#next")
    yield "a question that tells"
    page.route("**/alert", lambda route: route.abort())
    choose(page, "place_to_stay", "have_no_place")
    expect(notice(page, "untold")).to_be_visible(timeout=20_000)
    yield "not told yet"
    page.unroute("**/alert")
    case.withdrawn(now())
    expect(notice(page, "gone")).to_be_visible(timeout=20_000)
    yield "nobody is told any more"
    case.withdrawn(None)
    while not page.locator("#check").is_visible():
        page.click("#next")
    ticket = page.locator("#answer [name=ticket]").input_value()
    page.route("**/answer", lambda route: route.abort())
    page.click("#send")
    expect(page.locator(".kept h1")).to_be_focused()
    yield "kept"
    if language != "en":
        return  # no answers come in a language that the questionnaire does not have
    page.unroute("**/answer")
    case.withdrawn(now())
    send(page, "/answer", case.service.body(ticket, screen_seen="alone"))
    expect(page.locator("#code-error")).to_be_visible()
    yield "taken out"
    case.withdrawn(None)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("language", "size"), [("en", "each look"), ("en", "400 per cent"), ("ar", "phone")])
def test_where_a_worker_sees_the_answers_in_every_look(
    context_of: Callable[..., BrowserContext], watch: Watch, room: CaseRoom, language: str, size: str
) -> None:
    """In Arabic the questions themselves are English: they are marked as such inside a page that runs the other way."""
    watch.expect(EXPECTED)
    ticket = room.service.ticket()
    if language == "ar":
        with room.service.database.writing() as session:
            opening_id = session.get_one(Ticket, ticket).opening_id
            ticket = secrets.token_hex(16)
            session.add(Ticket(id=ticket, opening_id=opening_id, language=language))
    context = made_for(context_of, size, base_url=room.url, service_workers="block")
    context.add_cookies([{"name": "heard", "value": f"{ticket}..00000000", "url": room.url}])
    found, count = judge(page := context.new_page(), told(page, room, language), SIZES[size], language)
    print(f"{language}, {size}: {count} states")
    assert found == {}
