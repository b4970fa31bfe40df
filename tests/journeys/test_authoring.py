"""Writing a questionnaire, as a person without a mouse does it: from the library to a programme that can use it.

Two people take part; the second publishes. A sign-in that ends on the way loses nothing. Every page passes the gate.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import delete, select

from survey import cookies
from survey.clock import now
from survey.models import Account, Grant, Organisation, SignIn
from survey.signing_in import sign_in
from tests.journeys import gate
from tests.journeys.conftest import Watch
from tests.live import Live

HOME = "/staff/questionnaires/"
WIDTHS = (390, 1280)


def _people(live: Live) -> tuple[str, str]:
    """Two administrators of one organisation; returns the cookies of their sign-ins."""
    with live.database.writing() as session:
        place = Organisation(name="Council of authors")
        session.add(place)
        session.flush()
        tokens = []
        for n in (1, 2):
            account = Account(email=f"author{n}@example.org", name=f"Author {n}", password_hash="-")
            session.add(account)
            session.flush()
            grant = {"organisation_id": place.id, "starts_at": now() - timedelta(days=1), "reason": "test"}
            session.add(Grant(account_id=account.id, role="administrator", **grant))
            tokens.append(sign_in(session, account))
    return tokens[0], tokens[1]


def _signed_in(context: BrowserContext, live: Live, token: str) -> Page:
    context.add_cookies([{"name": cookies.STAFF, "value": token, "url": live.url}])
    return context.new_page()


def _new_sign_in(context: BrowserContext, live: Live) -> None:
    """The sign-in ends, and the same person signs in again, as in another tab."""
    with live.database.writing() as session:
        account = session.scalars(select(Account).where(Account.email == "author1@example.org")).one()
        token = sign_in(session, account)
    context.add_cookies([{"name": cookies.STAFF, "value": token, "url": live.url}])


@pytest.mark.proof
def test_a_questionnaire_is_written_and_published(
    context_of: Callable[..., BrowserContext], live: Live, watch: Watch
) -> None:
    watch.expect(r"status of 40[39]", r"allow-scripts")
    first_token, second_token = _people(live)
    context = context_of(viewport={"width": 1280, "height": 900})
    page = _signed_in(context, live, first_token)

    page.goto(HOME)
    gate.assert_passes(page)
    page.get_by_role("link", name="Make a questionnaire").press("Enter")
    gate.assert_passes(page)
    page.get_by_role("radio", name="People, phones and getting help").press("Space")
    page.get_by_role("button", name="Make my draft").press("Enter")
    expect(page.get_by_role("heading", name="Propose it")).to_be_visible()
    gate.assert_passes(page)

    page.get_by_role("link", name="Someone asks a friend").press("Enter")
    question = page.get_by_label("The question", exact=True).first  # the same words have other versions below
    question.fill("Did you never keep yourself safe, and not tell anybody?")
    expect(page.locator("#saving")).to_have_text("Everything is saved.")
    expect(page.locator("#remarks")).to_contain_text("To mend: the words 'keep yourself safe'")
    expect(page.locator("#remarks")).to_contain_text("Look again:")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        gate.assert_passes(page, str(width))
    page.get_by_role("button", name="Add an answer").press("Enter")
    page.get_by_label("Answer 3", exact=True).fill("It depends")
    expect(page.locator("#saving")).to_have_text("Everything is saved.")

    _choose_another_kind(page)
    _lose_the_sign_in(page, live)
    question.fill("A friend asks before they share a photo of you. What do you think of this?")
    expect(page.locator("#saving")).to_contain_text("You are signed out")
    expect(page.get_by_role("link", name="Sign in (opens a new page)")).to_be_visible()
    gate.assert_passes(page, "signed out")
    _new_sign_in(context, live)
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator("#saving")).to_have_text("Everything is saved.")
    page.get_by_role("button", name="Up It depends").press("Enter")
    expect(page.get_by_label("Answer 2", exact=True)).to_have_value("It depends")
    expect(question).to_have_value("A friend asks before they share a photo of you. What do you think of this?")
    expect(page.locator("#remarks")).not_to_contain_text("To mend")

    _look_around(page)
    draft = page.url.partition("look")[0]
    page.goto(draft)
    page.get_by_role("link", name="Propose to publish").press("Enter")
    gate.assert_passes(page)
    page.get_by_role("button", name="Propose it").press("Enter")
    expect(page.get_by_text("Ask another administrator")).to_be_visible()
    expect(page.get_by_role("button", name="Publish it")).to_have_count(0)

    other = _signed_in(context_of(viewport={"width": 390, "height": 800}), live, second_token)
    other.goto(draft)
    gate.assert_passes(other)
    other.get_by_role("button", name="Publish it").press("Enter")
    expect(other.get_by_text("Published: staying_safe_2 1")).to_be_visible()
    gate.assert_passes(other)
    other.goto("/staff/programmes/new")
    expect(other.get_by_text("staying_safe_2 1")).to_be_visible()


def _lose_the_sign_in(page: Page, live: Live) -> None:
    with live.database.writing() as session:
        account = session.scalars(select(Account).where(Account.email == "author1@example.org")).one()
        session.execute(delete(SignIn).where(SignIn.account_id == account.id))


def _choose_another_kind(page: Page) -> None:
    """By arrow keys: nothing happens on the way through the list, only when the button says so; and back again."""
    kind, here = page.get_by_label("How it is answered"), page.url
    for key, chosen in (("ArrowDown", "faces"), ("ArrowUp", "one")):
        kind.focus()
        page.keyboard.press(key)
        page.keyboard.press(key)
        expect(page.locator("#saving")).to_contain_text("press “Change” beside it")
        assert page.url == here and kind.evaluate("e => e.value") == chosen
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**#f-kind")
        expect(kind).to_be_focused()
        expect(kind).to_have_value(chosen)
        here = page.url
    expect(page.get_by_label("Answer 3", exact=True)).to_have_value("It depends")


def _look_around(page: Page) -> None:
    """The previews hold the very page; the other pages of a draft pass the gate."""
    page.get_by_role("link", name="See it as they do").press("Enter")
    for name in ("a tablet", "right to left", "paper", "a phone"):
        page.get_by_role("link", name=name, exact=True).press("Enter")
        expect(page.get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "true")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="People, phones and getting help")).to_be_visible()
    assert frame.locator("html").evaluate("e => e.clientWidth") <= 390
    # What is in the frame is looked at by itself: its landmarks would be compared with those around it.
    assert [one for one in gate.faults(page) if "frame-tested" not in one] == []
    draft = page.url.partition("look")[0]
    page.goto(f"{draft}preview")
    gate.assert_passes(page)
    for name in ("about", "compare", "languages", "text"):
        page.goto(f"{draft}{name}")
        gate.assert_passes(page)
    page.goto(f"{draft}look")
