"""How much of what is ticked is taken from one opening: never less than a hall sends, not for ever, and not without end."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from survey import bounds
from survey.bounds import KEPT_AFTER_CLOSING
from survey.clock import now
from survey.models import Decline, Held, Opening, Receipt, Response
from survey.releases.order import forget_receipts
from survey.sealed_answers import destroy_keys
from survey.sealing import Keys
from tests.survey.conftest import Tour
from tests.survey.test_sealed_answers import Device

FORM = "application/x-www-form-urlencoded"


def counted(tour: Tour, model: type) -> int:
    with tour.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def send(client: FlaskClient, body: bytes, path: str = "/answer"):
    return client.post(path, data=body, content_type=FORM)


def closed(tour: Tour, since: timedelta) -> None:
    with tour.database.writing() as session:
        session.execute(update(Opening).values(closed_at=now() - since))


def test_one_opening_sends_only_so_many_answers_an_hour(
    client: FlaskClient, tour: Tour, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bounds.MOST_ANSWERS >= 5000, "no school is that large"
    tour.open("before")
    device = Device(tour, keys)
    monkeypatch.setattr(bounds, "MOST_ANSWERS", 2)
    first = tour.body()
    for _ in range(4):
        assert send(client, first).status_code == 303, "sent again it is the same"
    assert send(client, tour.body(), "/decline").location == "/activity"
    item = tour.instrument.items_in("before")[1]
    refused = send(client, tour.body(**{item.key: item.options[0].key}))
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert "could not save your answers just now" in refused.text and " checked" in refused.text
    assert send(client, tour.body(), "/decline").status_code == 503
    sealed = client.post("/answer", data=device.form(tour.body()))
    assert (sealed.status_code, sealed.headers["Retry-After"]) == (503, "5"), "a device keeps it and comes again"
    assert send(client, first).status_code == 303, "what was taken is thanked whatever came after it"
    assert (counted(tour, Response), counted(tour, Decline)) == (1, 1)
    monkeypatch.setattr(bounds, "now", lambda: now() + timedelta(hours=1))
    assert send(client, tour.body()).status_code == 303, "another hour"


@pytest.mark.parametrize("bound", ["MOST_HELD", "MOST_HELD_AN_HOUR"])
def test_what_is_kept_whole_has_a_bound_of_its_own(
    client: FlaskClient, tour: Tour, keys: Keys, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    tour.open("before")
    device = Device(tour, keys)
    monkeypatch.setattr(bounds, bound, 2)
    submission = secrets.token_hex(16)
    assert send(client, tour.body(submission=submission)).status_code == 303
    item = tour.instrument.items_in("before")[1]
    other = [tour.body(submission=submission, **{item.key: one.key}) for one in item.options[:2]]
    assert (send(client, other[0]).status_code, counted(tour, Held)) == (303, 1)
    unread = device.form(tour.body()) | {"sealed": "AAAA"}
    assert client.post("/answer", data=unread).status_code == 409
    assert client.post("/answer", data=unread).status_code == 409, "the same again is no more"
    assert client.post("/answer", data=device.form(tour.body()) | {"sealed": "AAAA"}).status_code == 503
    assert send(client, other[1]).status_code == 503
    assert counted(tour, Held) == 2
    assert send(client, tour.body()).status_code == 303, "answers that can be read are taken all the same"


def test_what_was_closed_long_ago_takes_nothing_openly(client: FlaskClient, tour: Tour, keys: Keys) -> None:
    """Its receipts are gone: the same could have come before, and would count twice."""
    tour.open("before")
    body = tour.body()
    assert send(client, body).status_code == 303
    closed(tour, KEPT_AFTER_CLOSING - timedelta(minutes=1))
    assert send(client, tour.body()).status_code == 303, "late, and taken"
    closed(tour, KEPT_AFTER_CLOSING + timedelta(minutes=1))
    forget_receipts(tour.database)
    assert counted(tour, Receipt) == 0
    for _ in range(2):
        refused = send(client, body)
        assert refused.status_code == 410
        assert "closed more than two weeks ago" in refused.text and "Get help" in refused.text
    assert send(client, tour.body(), "/decline").location == "/activity"
    assert (counted(tour, Response), counted(tour, Decline)) == (2, 0)


def test_what_waits_sealed_is_known_again_as_long_as_it_can_be_opened(
    client: FlaskClient, tour: Tour, keys: Keys
) -> None:
    """A device whose reply was lost comes again with the next wave, weeks later: it is one set of answers."""
    tour.open("before")
    device = Device(tour, keys)
    form = device.form(tour.body())
    assert client.post("/answer", data=form).status_code == 200
    closed(tour, KEPT_AFTER_CLOSING + timedelta(days=20))
    tour.open("after")
    forget_receipts(tour.database)
    assert client.post("/answer", data=form).status_code == 200
    assert counted(tour, Response) == 1
    closed(tour, KEPT_AFTER_CLOSING + timedelta(days=1))
    destroy_keys(tour.database, now())
    forget_receipts(tour.database)
    assert (client.post("/answer", data=form).status_code, counted(tour, Receipt)) == (410, 0)
    assert counted(tour, Response) == 1
