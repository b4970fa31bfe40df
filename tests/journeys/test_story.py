"""The whole story: from an administrator's empty list to the chart that a commissioner reads, on the service as it runs.

Every page that staff meet on the way passes the gate as it is met, and the main ones once more at the end, four times as large.
"""

from __future__ import annotations

import csv
import io
import re
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import BrowserContext, Page, Response, expect
from sqlalchemy import select

from questionnaires.files import load_library
from survey.clock import now, today
from survey.models import Account, Entry, Grant, Opening, Organisation, Programme, Sitting, Ticket
from survey.models import Response as Row
from survey.pairing import new_cards, shown
from survey.signing_in import password_hash
from tests.journeys import gate
from tests.journeys.conftest import Watch
from tests.journeys.pupil import Pupil
from tests.live import Live

PASSWORD = "four-dull-words-together"
SCHOOLS = ("Northfield School", "Southmead Academy", "Eastway College", "Westhill School")
PUPILS = 44
SECONDS_FOR_THE_WORKER = 90_000
FOUR_TIMES: dict[str, Any] = {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4}


@dataclass
class Staff:
    """Somebody who signs in, and looks twice at every page."""

    page: Page
    live: Live
    email: str
    seen: dict[str, list[str]] = field(default_factory=dict)
    last: Response | None = None

    def __post_init__(self) -> None:
        self.page.on("response", self._keep)

    def _keep(self, response: Response) -> None:
        """The document as it was sent; asking again for it would change the page's anti-forgery pair."""
        if response.request.is_navigation_request() and not 300 <= response.status < 400:
            self.last = response

    def sign_in(self) -> None:
        """Through the form, a wrong password first."""
        self.page.goto("/staff/")
        self.look("sign in")
        self.page.fill("#email", self.email)
        self.page.fill("#password", "not the password")
        self.page.click("main .button")
        expect(self.page.locator("#summary")).to_be_visible()
        self.look("sign in, refused")
        expect(self.page.locator("#email")).to_have_value(self.email)
        self.page.fill("#password", PASSWORD)
        self.page.click("main .button")
        self.page.wait_for_url("**/staff/")
        self.look("home")

    def look(self, state: str) -> None:
        """The page passes the gate."""
        found = gate.faults(self.page)
        if self.last is not None:
            found += gate.markup_faults(self.last.text())
        if found:
            self.seen[state] = found

    def press(self, name: str) -> None:
        """Press a button or follow a link that says this."""
        either = self.page.locator("main").get_by_role("button", name=name, exact=True)
        (
            either if either.count() else self.page.locator("main").get_by_role("link", name=name, exact=True)
        ).first.click()
        self.page.wait_for_load_state()


@dataclass
class Story:
    """What has happened so far."""

    live: Live
    organisation_id: int
    people: dict[str, Staff]
    programme_id: int = 0


@pytest.fixture
def story(live: Live, context_of: Callable[..., BrowserContext], watch: Watch) -> Iterator[Story]:
    """An organisation with three people who can sign in."""
    watch.expect(r"the server responded with a status of 4\d\d")
    name = f"Riverside Council {secrets.token_hex(2)}"
    people = {}
    with live.database.writing() as session:
        organisation = Organisation(name=name)
        session.add(organisation)
        session.flush()
        for role in ("administrator", "facilitator", "commissioner"):
            email = f"{role}.{secrets.token_hex(3)}@example.org"
            account = Account(email=email, name=role.capitalize(), password_hash=password_hash(PASSWORD))
            session.add(account)
            session.flush()
            session.add(
                Grant(
                    account_id=account.id,
                    role=role,
                    organisation_id=organisation.id,
                    starts_at=now(),
                    reason="the story",
                )
            )
            page = context_of(viewport={"width": 1280, "height": 800}, accept_downloads=True).new_page()
            people[role] = Staff(page, live, email)
        told = Story(live, organisation.id, people)
    for one in people.values():
        one.sign_in()
    yield told
    assert {role: one.seen for role, one in people.items() if one.seen} == {}


@pytest.mark.proof
def test_from_poster_to_chart(story: Story, context_of: Callable[..., BrowserContext], tmp_path: Path) -> None:
    make_programme(story)
    sitting_id = make_sitting(story)
    others = [sitting_at(story, school) for school in SCHOOLS[1:]]
    cards = {one: new_cards(PUPILS) for one in (sitting_id, *others)}
    facilitator = story.people["facilitator"]
    show = f"/staff/sittings/{sitting_id}/"
    facilitator.page.goto(show)
    facilitator.press("Open the before questions")
    facilitator.look("before open")
    code = facilitator.page.locator(".code").first.inner_text().strip()
    answer_in_browser(context_of, code, cards[sitting_id][0])
    everybody(story, "before", cards, skip={sitting_id: 1})
    facilitator.page.goto(show)
    expect(facilitator.page.locator(".count-big")).to_contain_text("about 40")  # of 44: counts move in fives
    facilitator.press("Close the before questions")
    facilitator.look("before closed")
    facilitator.press("The play or lesson starts now")
    facilitator.look("playing")
    facilitator.press("Open the after questions")
    facilitator.look("after open")
    answer_in_browser(context_of, code, cards[sitting_id][0])
    everybody(story, "after", cards, skip={sitting_id: 1})
    facilitator.press("Close the after questions")
    facilitator.look("close after?")
    facilitator.press("Close and finish the session")
    facilitator.look("finished")
    assert_every_pupil_is_paired(story, sitting_id)
    close_programme(story)
    read_report(story, tmp_path)
    looks_when_large(story, context_of, sitting_id)


def make_programme(story: Story) -> None:
    """The administrator's part, an error included."""
    administrator = story.people["administrator"]
    page = administrator.page
    page.goto("/staff/programmes/new")
    administrator.look("new programme")
    page.click("main .button")
    administrator.look("new programme, refused")
    page.fill("#name", "The autumn tour")
    if page.locator("select#organisation").count():  # with one organisation there is nothing to choose
        page.select_option("#organisation", str(story.organisation_id))
    for name, value in (("questionnaire", "staying_safe"), ("design", "paired"), ("timing", "straight_after")):
        page.check(f'input[name="{name}"][value="{value}"]')
    page.click("main .button")
    page.wait_for_url(re.compile(r"/staff/programmes/\d+/$"))
    story.programme_id = int(page.url.rstrip("/").rpartition("/")[2])
    administrator.look("programme, draft")
    administrator.press("Add schools")
    administrator.look("schools")
    page.fill("#lines", "\n".join(f"{school}, secondary, 60" for school in SCHOOLS) + "\nNowhere, secondary, many")
    administrator.press("Add these schools")
    expect(page.locator("#summary")).to_be_visible()
    administrator.look("schools, refused")
    page.fill("#lines", "\n".join(f"{school}, secondary, 60" for school in SCHOOLS))
    administrator.press("Add these schools")
    page.goto(f"/staff/programmes/{story.programme_id}/")
    administrator.press("Open the programme")
    administrator.look("programme, open")


def make_sitting(story: Story) -> int:
    """The facilitator's part before anybody comes: a session, its poster and its cards."""
    facilitator = story.people["facilitator"]
    page = facilitator.page
    page.goto("/staff/sittings/new")
    page.goto(f"/staff/sittings/new/{story.programme_id}")
    facilitator.look("new session")
    page.click("main .button")
    facilitator.look("new session, refused")
    page.select_option("#setting", label=SCHOOLS[0])
    page.fill("#year_groups", "Year 8")
    page.fill("#held_on", today().isoformat())
    page.check('input[name="devices"][value="shared"]')
    for name, count in (("present", PUPILS), ("absent", 3), ("opted_out", 1)):
        page.fill(f"#{name}", str(count))
    page.click("main .button")
    page.wait_for_url(re.compile(r"/staff/sittings/\d+/$"))
    sitting_id = int(page.url.rstrip("/").rpartition("/")[2])
    facilitator.look("session, ready")
    for sheet in ("cards", "poster", "wall", "script"):
        page.goto(f"/staff/sittings/{sitting_id}/{sheet}")
        facilitator.look(sheet)
        if sheet == "cards":
            assert page.locator(".slips li").count() >= PUPILS
        if sheet == "poster":
            assert page.locator(".poster svg, .poster img").count() >= 1
    return sitting_id


def sitting_at(story: Story, school: str) -> int:
    """A session at another school, by the same form without looking at it."""
    page = story.people["facilitator"].page
    page.goto(f"/staff/sittings/new/{story.programme_id}")
    page.select_option("#setting", label=school)
    page.fill("#year_groups", "Year 8")
    page.fill("#held_on", today().isoformat())
    page.check('input[name="devices"][value="shared"]')
    for name, count in (("present", PUPILS), ("absent", 0), ("opted_out", 0)):
        page.fill(f"#{name}", str(count))
    page.click("main .button")
    page.wait_for_url(re.compile(r"/staff/sittings/\d+/$"))
    return int(page.url.rstrip("/").rpartition("/")[2])


def answer_in_browser(context_of: Callable[..., BrowserContext], code: str, card: str) -> None:
    """One pupil with a card, step by step."""
    pupil = Pupil(context_of().new_page())
    pupil.join(code)
    pupil.start(shown(card))
    pupil.walk({"year_group": "year_8", "know_who": "know", "sign_hide": "warning"})
    pupil.send()


def everybody(story: Story, wave: str, cards: dict[int, list[str]], skip: dict[int, int]) -> None:
    """All the others, by the same form that a browser without script sends; their sessions are led through on the way."""
    page = story.people["facilitator"].page
    first, *others = cards
    for sitting_id in others:
        page.goto(f"/staff/sittings/{sitting_id}/")
        for act in (
            ("Open the before questions",)
            if wave == "before"
            else ("The play or lesson starts now", "Open the after questions")
        ):
            story.people["facilitator"].press(act)
    bodies = [
        body
        for sitting_id, drawn in cards.items()
        for body in bodies_of(story, sitting_id, wave, drawn[skip.get(sitting_id, 0) :])
    ]
    with ThreadPoolExecutor(8) as pupils:
        assert set(pupils.map(lambda body: send(story.live, body), bodies)) == {200}
    for sitting_id in others:
        page.goto(f"/staff/sittings/{sitting_id}/")
        if wave == "before":
            story.people["facilitator"].press("Close the before questions")
        else:
            story.people["facilitator"].press("Close the after questions")
            story.people["facilitator"].press("Close and finish the session")
    page.goto(f"/staff/sittings/{first}/")


def bodies_of(story: Story, sitting_id: int, wave: str, drawn: list[str]) -> Iterator[bytes]:
    """What the pupils of a session send: half know whom to tell before, three quarters after."""
    with story.live.database.reading() as session:
        ticket = session.scalars(
            select(Ticket.id)
            .join(Opening, Ticket.opening_id == Opening.id)
            .join(Entry, Opening.entry_id == Entry.id)
            .where(Entry.sitting_id == sitting_id, Opening.wave == wave, Ticket.language == "en")
        ).one()
    items = load_library("staying_safe").items_in(wave)
    for n, card in enumerate(drawn):
        better = n % 4 < (3 if wave == "after" else 2)
        answers = {item.key: item.options[0 if better else -1].key for item in items if item.options and not item.about}
        yield urlencode({"ticket": ticket, "submission": secrets.token_hex(16), "card": card, **answers}).encode()


def send(live: Live, body: bytes) -> int:
    """Send one form and follow to the thanks."""
    request = Request(f"{live.url}/answer", body, {"Content-Type": "application/x-www-form-urlencoded"})  # noqa: S310
    with urlopen(request, timeout=30) as reply:  # noqa: S310
        return int(reply.status)


def assert_every_pupil_is_paired(story: Story, sitting_id: int) -> None:
    """Each card joined its two sheets."""
    with story.live.database.reading() as session:
        rows = session.execute(
            select(Row.wave, Row.pair_key)
            .join(Opening, Row.opening_id == Opening.id)
            .join(Entry, Opening.entry_id == Entry.id)
            .where(Entry.sitting_id == sitting_id)
        ).all()
    keys = {wave: {key for each, key in rows if each == wave} for wave in ("before", "after")}
    assert len(rows) == 2 * PUPILS
    assert keys["before"] == keys["after"]
    assert len(keys["before"]) == PUPILS


def close_programme(story: Story) -> None:
    """The administrator closes; the key dies."""
    administrator = story.people["administrator"]
    administrator.page.goto(f"/staff/programmes/{story.programme_id}/")
    administrator.press("Close the programme")
    administrator.look("close programme?")
    administrator.press("Close the programme for good")
    administrator.look("programme, closed")
    with story.live.database.reading() as session:
        programme = session.get_one(Programme, story.programme_id)
        assert (programme.status, programme.pairing_key) == ("closed", None)
        assert session.scalars(select(Sitting).where(Sitting.programme_id == story.programme_id)).all()


def read_report(story: Story, folder: Path) -> None:
    """The commissioner waits for the worker, reads, and takes the table along."""
    commissioner = story.people["commissioner"]
    page = commissioner.page
    address = f"/staff/programmes/{story.programme_id}/report"
    page.goto(address)
    commissioner.look("report, not yet")
    deadline = SECONDS_FOR_THE_WORKER
    while not page.locator(".report .figures").count() and deadline > 0:
        page.wait_for_timeout(1000)
        deadline -= 1000
        page.goto(address)
    expect(page.locator("h1")).to_contain_text("The autumn tour")
    commissioner.look("report")
    text = page.locator(".report").inner_text()
    assert re.search(r"\d+ in (every )?100|\d+ in 100", text), "the headline counts people"
    for closed in page.locator(".report details > summary").all():
        closed.click()
    commissioner.look("report, everything open")
    drawings = page.locator(".chart img")
    assert drawings.count() >= 1
    for drawing in drawings.all():
        drawing.scroll_into_view_if_needed()
        assert drawing.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100, (
            "the chart is really drawn"
        )
        assert len(drawing.get_attribute("alt") or "") > 20
    assert page.locator(".report table").count() >= drawings.count(), "each chart has its table"
    with page.expect_download() as download:
        page.get_by_role("link", name="The table (CSV)").click()
    target = folder / "table.csv"
    download.value.save_as(target)
    rows = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8-sig"))))
    assert rows
    page.goto("/staff/reports")
    commissioner.look("reports")
    page.get_by_role("link", name="Scorecard").click()
    expect(page.locator("h1")).to_have_text("Scorecard")
    commissioner.look("scorecard")


def looks_when_large(story: Story, context_of: Callable[..., BrowserContext], sitting_id: int) -> None:
    """The main pages once more, four times as large; how each looks in the dark is held over every page elsewhere."""
    pages = {
        "administrator": [
            f"/staff/programmes/{story.programme_id}/",
            "/staff/programmes/new",
            "/staff/questionnaires/",
        ],
        "facilitator": ["/staff/", f"/staff/sittings/{sitting_id}/", "/staff/sittings/"],
        "commissioner": [f"/staff/programmes/{story.programme_id}/report"],
    }
    for role, addresses in pages.items():
        context = context_of(**FOUR_TIMES, storage_state=story.people[role].page.context.storage_state())
        page = context.new_page()
        for address in addresses:
            page.goto(address)
            if faults := gate.faults(page):
                story.people[role].seen[f"{address}, four times as large"] = faults
        context.close()
