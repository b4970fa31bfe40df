"""A page that stood there before somebody begins on it, or while they answer: what it says of readers holds, or goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import delete

from questionnaires.files import load_library
from survey.clock import UTC, now
from survey.models import Pause
from tests.journeys.conftest import Watch, with_readers
from tests.journeys.pupil import Pupil
from tests.journeys.test_words import CANARY, to_the_box, to_the_check
from tests.live import Grounds, Live, Room
from tests.survey.desk import OnDuty, take_off

QUESTION = "What should your school do"


@pytest.fixture
def standing(live: Live) -> tuple[Grounds, OnDuty]:
    """A programme of its own that asks for words, and one of its two readers."""
    grounds = Grounds(live, load_library("picture_views"), "standing")
    return grounds, with_readers(grounds)[0]


def stand(page: Page, room: Room) -> Pupil:
    """The questions, which nobody has begun for six minutes."""
    pupil = Pupil(page)
    pupil.join(room.code)
    page.clock.set_system_time(datetime.fromtimestamp(page.evaluate("Date.now()") / 1000 + 360, UTC))
    return pupil


def stop(room: Room, by: OnDuty) -> None:
    with room.database.writing() as session:
        session.add(Pause(setting_id=room.setting_id, reason="a test", started_by=by.account_id, started_at=now()))


def has_box(pupil: Pupil) -> bool:
    """Whether the words are asked for on the way to the check."""
    keys = []
    while (key := pupil.at()) != "check":
        keys.append(key)
        pupil.next()
    return "your_words" in keys


def test_who_begins_on_it_gets_what_holds_now(
    context_of: Callable[..., BrowserContext], standing: tuple[Grounds, OnDuty], watch: Watch
) -> None:
    """Readers that are there still, a line that is cut, a stop switch, a reader who has gone."""
    watch.expect("ERR_FAILED", "status of 409")
    grounds, reader = standing
    room = grounds.room("shared", "after")
    page = context_of(service_workers="block").new_page()
    page.clock.install()
    with page.expect_response("**/answer?look=*"):
        stand(page, room).start()
    assert has_box(Pupil(page))
    page.route("**/answer?look=*", lambda route: route.abort())
    pupil = stand(page, room)
    pupil.start()
    assert not has_box(pupil), "nobody knows whether somebody reads"
    page.unroute("**/answer?look=*")
    stand(page, room)
    stop(room, reader)
    page.click("#start")
    expect(page.get_by_role("heading", name="The questions are paused")).to_be_visible()
    with grounds.database.writing() as session:
        session.execute(delete(Pause))
    pupil = stand(page, room)
    take_off(grounds.database, reader, "duty over", now())
    with page.expect_navigation(url="**/answer"):
        page.click("#start")
    assert pupil.at() == "intro"
    pupil.start()
    assert not has_box(pupil)


def test_an_empty_box_goes_when_its_time_is_over_and_nothing_that_was_typed(
    context_of: Callable[..., BrowserContext], wishes
) -> None:
    """Beside what was typed stands from then on what is true; on the check too, for whoever does not look back."""
    grounds, *_ = wishes
    page = context_of(service_workers="block").new_page()
    page.clock.install()
    pupil = Pupil(page)
    to_the_box(pupil, grounds.room("own", "after"))
    today, later = page.get_by_text("Somebody reads today."), page.get_by_text("Childline 0800 1111 is open any time.")
    expect(today).to_be_visible()
    expect(later).to_be_hidden()
    page.fill("#i-your_words", CANARY)
    page.clock.set_system_time(now() + timedelta(days=22))
    to_the_check(pupil)
    row = page.locator("#answers div", has=page.get_by_text(QUESTION)).first
    expect(row).to_contain_text(CANARY)
    expect(row).to_contain_text("Childline 0800 1111")
    row.get_by_role("button").click()
    expect(page.locator("#n-your_words")).to_contain_text("Childline 0800 1111", use_inner_text=True)
    expect(today).to_be_hidden()
    page.fill("#i-your_words", "")
    pupil.next()
    expect(page.locator("#answers")).not_to_contain_text(QUESTION)
