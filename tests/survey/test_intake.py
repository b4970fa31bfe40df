"""How much of what is typed is taken from one opening: not for ever, not without end, and never behind a lying receipt."""

from __future__ import annotations

import secrets
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from survey import intake
from survey.answering import talking
from survey.bounds import KEPT_AFTER_CLOSING
from survey.clock import now
from survey.models import Budget, Opening, Remark, Response, Sitting, TalkSlip
from tests.survey.conftest import Tour
from tests.survey.desk import TUESDAY, OnDuty, put_on_duty, quick_locks
from tests.survey.test_reading_room import ALL_DAY
from tests.survey.test_words import FORM, asking, readers, sealed_by_browser, send

__all__ = ["asking", "quick_locks", "readers"]

Readers = tuple[OnDuty, OnDuty]
NOT_SENT = "What you typed was not sent"


def counted(tour: Tour, model: type) -> int:
    with tour.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def closed(tour: Tour, since: timedelta) -> None:
    with tour.database.writing() as session:
        session.execute(update(Opening).values(closed_at=TUESDAY - since))


def few(tour: Tour, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two an hour from each opening, since one is present."""
    monkeypatch.setattr(intake, "FEWEST", 1)
    monkeypatch.setattr(intake, "A_HEAD", 2)
    with tour.database.writing() as session:
        session.execute(update(Sitting).values(present=1))


def sealed(client: FlaskClient, asking: Tour, readers: Readers, submission: str = "") -> tuple[int, str]:
    """Words as script sends them."""
    body = {"ticket": asking.tickets["after"], "submission": submission or secrets.token_hex(16)}
    body["sealed-words"] = sealed_by_browser(asking, readers, secrets.token_hex(4))
    reply = client.post("/words", data=urlencode(body), content_type=FORM)
    return reply.status_code, reply.text.rpartition(" ")[0]


def test_a_page_of_long_ago_sends_no_words(client: FlaskClient, asking: Tour, readers: Readers) -> None:
    """As long as answers that waited are taken, words are; after that the page says that they were not sent."""
    closed(asking, KEPT_AFTER_CLOSING - timedelta(minutes=1))
    assert sealed(client, asking, readers) == (200, "Heard keeps")
    closed(asking, KEPT_AFTER_CLOSING + timedelta(minutes=1))
    assert sealed(client, asking, readers) == (422, "Heard asks again")
    reply = send(client, asking, your_words="made up")
    assert reply.status_code == 422 and NOT_SENT in reply.text and "made up" in reply.text
    assert (counted(asking, Remark), counted(asking, Response)) == (1, 0)


def test_one_opening_sends_only_so_many_words_an_hour(
    client: FlaskClient, asking: Tour, readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    few(asking, monkeypatch)
    again = secrets.token_hex(16)
    for _ in range(3):
        assert send(client, asking, again, your_words="the same").status_code == 303, "sent again it is the same"
    assert sealed(client, asking, readers) == (200, "Heard keeps")
    assert sealed(client, asking, readers) == (422, "Heard asks again")
    reply = send(client, asking, year_group="year_9", your_words="one more")
    assert reply.status_code == 422 and NOT_SENT in reply.text and "one more" in reply.text
    assert send(client, asking, year_group="year_9").status_code == 303, "answers are always taken"
    assert counted(asking, Remark) == 2
    monkeypatch.setattr("survey.answering.wording.now", lambda: TUESDAY + timedelta(hours=1))
    assert sealed(client, asking, readers) == (200, "Heard keeps"), "another hour"


@pytest.mark.usefixtures("readers")
def test_the_count_tells_neither_when_nor_where(client: FlaskClient, asking: Tour) -> None:
    send(client, asking, your_words="x")
    with asking.database.reading() as session:
        budgets = session.scalars(select(Budget).where(Budget.name.startswith("intake"))).all()
    assert len(budgets) == 2, "the words, and the answers"
    for budget in budgets:
        began = budget.window_start
        assert (began.hour, began.minute, began.second, began.microsecond) == (0, 0, 0, 0)
        assert len(budget.name) == len("intake ") + 64, "a keyed hash"


def test_last_pages_have_an_end_too(client: FlaskClient, tour: Tour, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talking, "now", lambda: now().replace(hour=12))
    for task in ("reader", "deputy"):
        put_on_duty(tour.database, tour.programme_id, task, moment=now(), **ALL_DAY)
    tour.open("after")
    client.post("/join", data={"code": tour.code})
    few(tour, monkeypatch)
    form = {"ticket": tour.tickets["after"], "end": "a", "asks": "none", "child": "", "person": "", "when": ""}
    assert [client.post("/talk", data=form).status_code for _ in range(3)] == [303, 303, 503]
    assert "This was not sent" in client.post("/talk", data=form).text
    assert counted(tour, TalkSlip) == 2
