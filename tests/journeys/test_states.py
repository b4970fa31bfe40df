"""Every state of a young person's pages in every look and language, and by keyboard alone: the whole product.

`make proof` walks all of it; `make test` walks the states that no other test of the gate meets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from survey import cookies
from survey.clock import now
from survey.models import Account, Grant
from survey.signing_in import sign_in
from tests.journeys import gate
from tests.journeys.conftest import Watch
from tests.journeys.keys import Keys
from tests.journeys.pupil import Pupil
from tests.live import Grounds, Live, Room

NO_CARD = "ABCDEFG"
EXPECTED = r"status of 4\d\d|ERR_INTERNET_DISCONNECTED|net::"
LONE = ("/about", "/quiet", "/help", "/help/card", "/activity", "/finished", "/thanks", "/nowhere")


def enter(context: BrowserContext, live: Live, room: Room, language: str, wave: str = "before") -> Page:
    """A page that has the questionnaire before it."""
    value = f"{room.tickets[wave, language]}..00000000"
    context.add_cookies([{"name": "heard", "value": value, "url": live.url}])
    page = context.new_page()
    page.goto("/answer")
    return page


def walked(page: Page, look: str = "") -> Iterator[str]:
    """Lead a page from the introduction to the thanks; stops at each state, and says its name.

    A choice on the way is only a choice: it sends nothing and leads nowhere. No two steps have the same title.
    """
    pupil = Pupil(page)
    sent: list[str] = []
    titles: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    if look:
        page.get_by_role("link", name=look).click()
    yield "introduction"
    page.click("#start")
    for _ in range(40):
        if (at := pupil.at()) == "check":
            break
        titles.append(page.title())
        yield at
        if page.locator(f"#q-{at} .opt").count():
            page.locator(f"#q-{at} .opt").first.click()
            assert (pupil.at(), sent) == (at, [])
            yield f"{at}, answered"
        pupil.next()
        if at == "card":
            pupil.slip(NO_CARD)
    assert len({*titles, page.title()}) == len(titles) + 1, titles
    yield "check"
    page.click("#send")
    page.wait_for_selector("#summary")
    yield "check with errors"
    page.click("#summary a")
    yield "card with an error"
    page.fill("#i-card", "")
    page.click("#help-link")
    yield "help among the steps"
    pupil.back()
    pupil.next()
    pupil.send()
    yield "thanks"


def lone(page: Page, room: Room, language: str) -> Iterator[str]:
    """The pages beside the questionnaire, and the questionnaire that is closed."""
    for path in LONE:
        page.goto(f"{path}?lang={language}")
        yield path
    page.goto(f"/?lang={language}")
    yield "home"
    page.fill("#code", "zzz")
    page.click("#join .button")
    yield "home with an error"
    room.close()
    page.fill("#code", room.code)
    page.click("#join .button")
    page.wait_for_load_state()
    yield "closed"


def judge(
    page: Page, states: Iterator[str], looks: Iterable[str] = (), language: str = "en"
) -> tuple[dict[str, list[str]], int]:
    """The faults of each state, as it is or in each of these looks, and how many states there were: all in this language."""
    found: dict[str, list[str]] = {}
    count = 0
    documents = gate.Documents(page)
    for state in states:
        count += 1
        gate.assert_speaks(page, language, state)
        if faults := documents.faults():
            found[f"{state}, as it was sent"] = faults
        for look in looks or ("",):
            if look:
                gate.wear(page, look)
            if faults := gate.faults(page):
                found[f"{state} {look}"] = faults
        if looks:
            gate.wear(page, "phone")
            gate.assert_survives_text_spacing(page)
            gate.assert_survives_large_system_text(page)
    return found, count


def test_what_stands_beside_the_questions_passes(
    context_of: Callable[..., BrowserContext], watch: Watch, live: Live, outings: Grounds
) -> None:
    watch.expect(EXPECTED)
    room = outings.room("own", "before")
    page = enter(context_of(), live, room, "en")
    assert judge(page, lone(page, room, "en")) == ({}, len(LONE) + 3)


def test_answers_that_wait_on_the_device_pass(
    context_of: Callable[..., BrowserContext], watch: Watch, live: Live, outings: Grounds
) -> None:
    watch.expect(EXPECTED)
    context = context_of()
    page = enter(context, live, outings.room("shared", "before"), "en")
    pupil = Pupil(page)
    pupil.start("")
    pupil.walk({})
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    page.click("#send")
    expect(page.locator(".kept h1")).to_be_focused()
    gate.assert_passes(page, "kept")
    gate.assert_survives_text_spacing(page)


def test_what_is_black_on_white_stays_so_in_the_dark(
    context_of: Callable[..., BrowserContext], live: Live, outings: Grounds
) -> None:
    """Papers and the code on the wall keep their own ground, so that their hints and links keep their own colours."""
    room = outings.room("shared", "before")
    with live.database.writing() as session:
        account = Account(email="papers@example.org", name="Papers", password_hash="-")
        session.add(account)
        session.flush()
        for_all = {"programme_id": outings.programme_id, "starts_at": now(), "reason": "test"}
        session.add(Grant(account_id=account.id, role="facilitator", **for_all))
        token = sign_in(session, account)
    context = context_of(color_scheme="dark")
    context.add_cookies([{"name": cookies.STAFF, "value": token, "url": live.url}])
    page = context.new_page()
    found = {}
    for path in (
        "/help/card",
        *(f"/staff/sittings/{room.sitting_id}/{paper}" for paper in ("talk-slips", "poster", "wall")),
    ):
        page.goto(path)
        found[path] = gate.faults(page)
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.proof
@pytest.mark.parametrize("size", ["each look", "400 per cent"])
@pytest.mark.parametrize("language", ["en", "ar", "easy read"])
def test_every_state_in_every_look(
    context_of: Callable[..., BrowserContext],
    watch: Watch,
    outings: Grounds,
    days_out: Grounds,
    confirmed_tours: Grounds,
    language: str,
    size: str,
) -> None:
    watch.expect(EXPECTED)
    easy = language == "easy read"
    tongue = "en" if easy else language
    grounds = {"en": outings, "ar": confirmed_tours, "easy read": days_out}[language]
    room = grounds.room("shared")
    room.open("before", tongue)
    looks = gate.LOOKS if size == "each look" else ()
    context = context_of(base_url=grounds.live.url, **({} if looks else gate.LARGE))
    page = enter(context, grounds.live, room, tongue)
    found, states = judge(page, walked(page, "Pictures" if easy else ""), looks, tongue)
    more, others = judge(page, lone(page, room, tongue), looks, tongue)
    print(f"{language}, {size}: {states + others} states in {len(looks) or 1} looks")
    assert found | more == {}


def answered(page: Page) -> Iterator[str]:
    """From the first question to the check, with something in each; stops before and after."""
    pupil = Pupil(page)
    pupil.start("")
    while (at := pupil.at()) != "check":
        yield at
        if at == "stops":
            pupil.type("stops", "9")
        elif at == "order":
            page.locator("#q-order .moves button:enabled").first.click()
        elif page.locator(f"#q-{at} .opt").count():
            page.locator(f"#q-{at} .opt").first.click()
        yield f"{at}, answered"
        pupil.next()
    yield "check"


@pytest.mark.proof
def test_english_questions_on_an_arabic_page_are_marked_wherever_they_go(
    context_of: Callable[..., BrowserContext], watch: Watch, confirmed: Live, half_arabic: Grounds
) -> None:
    """Beside the question that depends on an answer, in what is said of a thing that was moved, and at the check."""
    room = half_arabic.room("own")
    room.open("before", "ar")
    page = enter(context_of(base_url=confirmed.url), confirmed, room, "ar")
    found, _ = judge(page, answered(page), language="ar")
    assert found == {}


def by_keyboard(page: Page) -> tuple[list[str], Keys]:
    """From Start to the check by keyboard: round each page by Tab, round each group of radios by the arrows."""
    keys, pupil = Keys(page), Pupil(page)
    pupil.start("")
    seen = []
    while (at := pupil.at()) != "check":
        seen.append(at)
        keys.round_the_page()
        keys.round_the_groups(f"#q-{at}")
        if at == "order":
            keys.tab_to(f"#q-{at} .moves button:enabled")
            keys.enter()
            assert page.evaluate("document.activeElement.closest('.ranks') !== null"), "the focus went with the thing"
        keys.tab_to("#next")
        keys.enter()
    return seen, keys


@pytest.mark.proof
def test_every_kind_by_keyboard(context_of: Callable[..., BrowserContext], days_out: Grounds) -> None:
    """Round each page by Tab, round each group of radios by the arrows, and an order made with the buttons."""
    page = context_of().new_page()
    Pupil(page).join(days_out.room("own", "before").code)
    seen, keys = by_keyboard(page)
    assert len(seen) > 5 and keys.stops > 60


@pytest.mark.proof
@pytest.mark.parametrize("language", ["ar", "easy read"])
def test_the_whole_way_by_keyboard_in_other_words(
    context_of: Callable[..., BrowserContext], live: Live, days_out: Grounds, tours: Grounds, language: str
) -> None:
    """From right to left, and with pictures."""
    easy = language == "easy read"
    room = (days_out if easy else tours).room("own")
    room.open("before", "en" if easy else "ar")
    page = enter(context_of(), live, room, "en" if easy else "ar")
    if easy:
        page.get_by_role("link", name="Pictures").click()
    seen, keys = by_keyboard(page)
    keys.round_the_page()
    keys.tab_to("#send")
    keys.enter()
    page.wait_for_url("**/thanks")
    assert len(seen) > 5 and keys.stops > 60


def test_the_idle_dialog_by_keyboard(context_of: Callable[..., BrowserContext], outings: Grounds) -> None:
    """It takes the focus, holds it, and Escape means "I'm still here": nothing is lost and the focus goes back."""
    page = context_of(service_workers="block").new_page()
    page.clock.install()
    keys, pupil = Keys(page), Pupil(page)
    pupil.join(outings.room("shared", "before").code)
    pupil.start("")
    pupil.choose("travelled", "bus")
    keys.tab_to("#next")
    page.clock.run_for(181_000)
    expect(page.get_by_role("button", name="I’m still here")).to_be_focused()
    gate.assert_passes(page, "idle dialog")
    for key in ("Tab", "Shift+Tab"):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('#idle')")
    page.keyboard.press("Escape")
    expect(page.locator("#idle")).to_be_hidden()
    expect(page.locator("#next")).to_be_focused()
    assert pupil.option("travelled", "bus").is_checked()
    page.clock.run_for(100_000)
    assert pupil.at() == "travelled", "the count began anew"
