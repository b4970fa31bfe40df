"""Paper as a person without a mouse meets it: a batch of two sheets, typed twice, settled and stored; and without script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from questionnaires.digits import slots_in
from survey import cookies
from survey.clock import now
from survey.models import Account, Grant
from survey.pairing import new_cards
from survey.signing_in import sign_in
from tests.journeys import gate
from tests.journeys.conftest import Watch
from tests.journeys.until import until
from tests.live import Grounds, Live


@pytest.fixture
def token(live: Live, days_out: Grounds) -> str:
    """Somebody who runs sessions there."""
    with live.database.writing() as session:
        account = Account(email=f"typist{now().timestamp()}@example.org", name="Typist", password_hash="-")
        session.add(account)
        session.flush()
        grant = {"organisation_id": days_out.organisation_id, "starts_at": now() - timedelta(days=1), "reason": "test"}
        session.add(Grant(account_id=account.id, role="facilitator", **grant))
        return sign_in(session, account)


def desk(context: BrowserContext, live: Live, token: str) -> Page:
    context.add_cookies([{"name": cookies.STAFF, "value": token, "url": live.url}])
    return context.new_page()


def passes(page: Page, state: str, *widths: int) -> None:
    """The page as it is, on a phone or as wide as was asked for."""
    for width in widths or (390,):
        page.set_viewport_size({"width": width, "height": 900})
        assert gate.faults(page) == [], f"{state} at {width}"


def tab_to(page: Page, selector: str) -> None:
    """By the Tab key alone."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"the Tab key does not reach {selector}")


def go(page: Page) -> None:
    """Enter where it leads to another page."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def type_sheet(page: Page, typed: dict[str, str]) -> None:
    """Numbers and Enter, from the first field to the button; where a number can be nothing else the page jumps by itself."""
    # The first field takes the focus a moment after the page stands.
    until(page, "() => document.activeElement.tagName === 'INPUT'")
    while page.evaluate("document.activeElement.tagName") == "INPUT":
        name = str(page.evaluate("document.activeElement.name"))
        page.keyboard.type(typed.get(name, ""))
        if page.evaluate("document.activeElement.name") == name:
            page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "keep"
    go(page)


def test_a_batch_by_keyboard_alone(
    context_of: Callable[..., BrowserContext], live: Live, token: str, days_out: Grounds, watch: Watch
) -> None:
    watch.expect("status of 422")
    room = days_out.room("paper", "after")
    page = desk(context_of(), live, token)
    page.goto(f"/staff/paper/{room.sitting_id}/")
    passes(page, "the sheets of a session")
    tab_to(page, "#sheets")
    page.keyboard.type("2")
    go(page)
    expect(page.locator("h1")).to_have_text("Sheet 1 of 2")
    passes(page, "typing", 1280, 390)
    gate.assert_survives_text_spacing(page)
    slots = slots_in(room.instrument, "after")
    answers = {slot.field: next(iter(slot.marks), "7") for slot in slots}
    answers |= {"order.food": "2", "order.friends": "1", "order.weather": "3", "order": ""}
    card, other = new_cards(2)
    type_sheet(page, {**answers, "card": card[:6] + ("2" if card[6] != "2" else "3")})
    expect(page.locator("#summary")).to_contain_text("not the code of a card")
    passes(page, "a wrong card")
    expect(page.locator("#i-card")).to_be_focused()
    type_sheet(page, {"card": card})  # everything else is still there
    type_sheet(page, {**answers, "card": other})
    expect(page.locator("main h2").first).to_have_text("Type every sheet a second time")
    passes(page, "the batch, typed once")
    tab_to(page, "main .button")
    go(page)
    type_sheet(page, {**answers, "card": card, "easy": "2"})
    type_sheet(page, {**answers, "card": other})
    _settle(page, "easy")
    stored = room.stored("after")
    assert sorted(str(one["easy"]) for _, one in stored) == ["hard", "very_hard"]
    assert {head.mode for head, _ in stored} == {"paper"}
    assert {one["order"] for _, one in stored} == {("friends", "food", "weather")}


def _settle(page: Page, field: str) -> None:
    tab_to(page, "main .button")
    go(page)
    expect(page.locator("h1")).to_have_text("Compare the two turns")
    passes(page, "comparing")
    tab_to(page, f"[name='d1.{field}']")
    page.keyboard.press("ArrowDown")  # what was read the second time
    tab_to(page, "main .button")
    go(page)
    expect(page.locator(".notice.good")).to_contain_text("are stored")
    passes(page, "stored")


def test_without_script_enter_goes_on_and_keeps_nothing_by_itself(
    context_of: Callable[..., BrowserContext], live: Live, token: str, days_out: Grounds
) -> None:
    room = days_out.room("shared", "after")
    page = desk(context_of(java_script_enabled=False), live, token)
    page.goto(f"/staff/paper/{room.sitting_id}/")
    page.fill("#sheets", "1")
    go(page)
    fields = ["no-thanks", "card", *(slot.field for slot in slots_in(room.instrument, "after"))]
    page.fill(f"[name='{fields[2]}']", "1")
    go(page)
    expect(page.locator("h1")).to_have_text("Sheet 1 of 1")
    expect(page.locator(f"[name='{fields[2]}']")).to_have_value("1")
    expect(page.locator("input:focus")).to_have_attribute("name", fields[3])


def test_the_sheet_on_a_screen_passes_too(
    context_of: Callable[..., BrowserContext], live: Live, token: str, days_out: Grounds
) -> None:
    room = days_out.room("paper")
    page = desk(context_of(), live, token)
    for address in ("after/en", "before/en", "after/en?size=a3"):
        reply = page.goto(f"/staff/paper/{room.sitting_id}/sheet/{address}")
        assert reply is not None and gate.markup_faults(reply.text()) == []
        assert gate.faults(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
