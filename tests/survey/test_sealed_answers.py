"""Answers that waited on a device: what is sealed there opens here and nowhere else, is stored once, and never lost."""

from __future__ import annotations

import base64
import re
import secrets
from datetime import timedelta
from urllib.parse import parse_qs, urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from survey import cookies
from survey.clock import now
from survey.database import Database
from survey.joining import Visit
from survey.models import Held, Receipt, SealingKey, Sitting, Ticket
from survey.responses import CONTENT_TYPE, Submission, place_of, read_submission
from survey.sealed_answers import KeyDestroyed, destroy_keys, make_key, open_sealed, public_key
from survey.sealing import Keys, SealBroken
from survey.sittings.acts import perform
from survey.sittings.stages import Act
from tests.seals import seal


class Device:
    """A device as the service sees it: it seals for one place what a pupil answered."""

    def __init__(self, tour, keys: Keys, wave: str = "before") -> None:
        with tour.database.writing() as session:
            make_key(session, keys, tour.sitting_id)
        self.look(tour.database, tour.tickets[wave])

    @classmethod
    def at(cls, database: Database, ticket: str) -> Device:
        """One with a page of this ticket."""
        made = cls.__new__(cls)
        made.look(database, ticket)
        return made

    def look(self, database: Database, ticket: str) -> None:
        self.place = place_of(database, ticket)
        self.key = public_key(database, self.place)

    def seal(self, body: bytes, info: str | None = None) -> str:
        key_id, point, bound_to = self.key.split(".", 2)
        return seal(f"{key_id}.{point}.{info or bound_to}", body)

    def form(self, body: bytes, *, waited: bool = True, info: str | None = None) -> dict[str, str]:
        inner = parse_qs(body.decode())
        outer = {"ticket": inner["ticket"][0], "submission": inner["submission"][0], "sealed": self.seal(body, info)}
        return outer | ({"waited": "1"} if waited else {})


def as_sent(form: dict[str, str]) -> Submission:
    return read_submission(CONTENT_TYPE, urlencode(form).encode())


@pytest.fixture
def device(tour, keys: Keys) -> Device:
    tour.open("before")
    return Device(tour, keys)


def held(tour) -> int:
    with tour.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Held)) or 0


def test_what_was_sealed_is_stored_as_if_it_had_been_sent_openly(client: FlaskClient, tour, device: Device) -> None:
    item = next(item for item in tour.instrument.items_in("before") if item.kind == "one")
    submission = secrets.token_hex(16)
    body = tour.body(submission=submission, **{item.key: item.options[0].key})
    reply = client.post("/answer", data=device.form(body))
    assert (reply.status_code, reply.text) == (200, f"Heard keeps {submission}")
    assert client.post("/answer", data=body, content_type="application/x-www-form-urlencoded").status_code == 303
    assert len(tour.responses()) == 1, "the same form, sealed and open, is one submission"
    assert client.post("/answer", data=device.form(body)).status_code == 200
    assert (len(tour.responses()), held(tour)) == (1, 0)


def test_other_answers_under_a_used_id_are_kept_aside(client: FlaskClient, tour, device: Device) -> None:
    submission = secrets.token_hex(16)
    items = [item for item in tour.instrument.items_in("before") if item.kind == "one"]
    first, second = (tour.body(submission=submission, **{item.key: item.options[0].key}) for item in items[:2])
    client.post("/answer", data=device.form(first))
    reply = client.post("/answer", data=device.form(second))
    assert (reply.status_code, reply.text) == (409, f"Heard keeps {submission}")
    assert (len(tour.responses()), held(tour)) == (1, 1)


@pytest.mark.parametrize("declined", [{}, {"declined": "yes"}], ids=["answers", "no thanks"])
def test_a_receipt_for_what_waited_brings_no_earlier_visit_back(
    client: FlaskClient, tour, device: Device, declined: dict[str, str]
) -> None:
    """It may come late, when somebody else has typed a code: the browser keeps the visit of whoever is there."""
    client.post("/join", data={"code": tour.code})
    for waited in (True, False):
        submission = secrets.token_hex(16)
        reply = client.post("/answer", data=device.form(tour.body(submission=submission, **declined), waited=waited))
        assert reply.text == f"Heard keeps {submission}"
        assert ("Set-Cookie" in reply.headers) is not waited


def test_what_waited_and_cannot_be_read_is_kept_and_receipted(client: FlaskClient, tour, device: Device) -> None:
    item = tour.instrument.items_in("before")[0]
    wrong = tour.body(**{item.key: "no-such-option"})
    strange = device.form(tour.body(), info="heard-answer-1/other/before/key")
    for form in (device.form(wrong), strange, device.form(tour.body()) | {"sealed": "AAAA"}):
        for _ in range(2):  # sending again keeps nothing twice
            reply = client.post("/answer", data=form)
            assert (reply.status_code, reply.text) == (409, f"Heard keeps {form['submission']}")
    assert (len(tour.responses()), held(tour)) == (0, 3)


def test_a_wrong_card_that_waited_costs_the_answers_nothing_but_their_pair(
    client: FlaskClient, tour, device: Device
) -> None:
    item = next(item for item in tour.instrument.items_in("before") if item.kind == "one")
    body = tour.body(card="7N4QK2Z", **{item.key: item.options[0].key})
    assert client.post("/answer", data=device.form(body, waited=False)).status_code == 422, "there it can be put right"
    for _ in range(2):
        assert client.post("/answer", data=device.form(body)).status_code == 200
    (row,) = tour.responses()
    assert (held(tour), row.pair_key, row.is_second) == (0, None, False)


def test_what_is_still_on_a_page_is_put_right_there(client: FlaskClient, tour, device: Device) -> None:
    item = tour.instrument.items_in("before")[0]
    wrong = tour.body(**{item.key: "no-such-option"})
    assert client.post("/answer", data=device.form(wrong, waited=False)).status_code == 422
    assert (len(tour.responses()), held(tour)) == (0, 0)


def test_an_envelope_does_not_carry_somebody_elses_form(client: FlaskClient, tour, device: Device) -> None:
    form = device.form(tour.body()) | {"submission": secrets.token_hex(16)}
    assert client.post("/answer", data=form).status_code == 409
    assert (len(tour.responses()), held(tour)) == (0, 1)


def test_a_seal_is_bound_to_its_wave(tour, keys: Keys, device: Device) -> None:
    tour.open("after")
    after = place_of(tour.database, tour.tickets["after"])
    with pytest.raises(SealBroken):
        open_sealed(tour.database, keys, after, as_sent(device.form(tour.body())))
    assert (
        open_sealed(tour.database, keys, device.place, as_sent(device.form(tour.body()))).ticket
        == tour.tickets["before"]
    )


def test_lengths_fall_in_steps(tour, device: Device) -> None:
    items = [item for item in tour.instrument.items_in("before") if item.kind == "one"]
    bodies = [tour.body(**{item.key: item.options[-1].key for item in items[:n]}) for n in range(len(items))]
    assert len({len(body) for body in bodies}) == len(bodies)
    assert len({len(device.seal(body)) for body in bodies}) <= 3


def test_the_private_key_dies_two_weeks_after_the_last_wave(
    client: FlaskClient, tour, keys: Keys, device: Device
) -> None:
    form = device.form(tour.body())
    tour.close("before")
    tour.open("after")
    destroy_keys(tour.database, now() + timedelta(days=30))
    assert public_key(tour.database, device.place) is not None, "a wave is still open"
    tour.close("after")
    destroy_keys(tour.database, now() + timedelta(days=13))
    assert client.post("/answer", data=form).status_code == 200, "late, but the key lives"
    destroy_keys(tour.database, now() + timedelta(days=15))
    with tour.database.reading() as session:
        assert session.scalars(select(SealingKey.private_key)).all() == [None]
        assert session.scalar(select(func.count()).select_from(Receipt)) == 1
    assert public_key(tour.database, device.place) is None
    with pytest.raises(KeyDestroyed):
        open_sealed(tour.database, keys, device.place, as_sent(form))
    assert client.post("/answer", data=form).status_code == 410, "and the device is told"


def test_a_wave_that_comes_three_weeks_later_has_a_key(client: FlaskClient, tour, keys: Keys, device: Device) -> None:
    early = device.form(tour.body())
    tour.close("before")
    destroy_keys(tour.database, now() + timedelta(days=20))
    assert client.post("/answer", data=early).status_code == 410, "it waited too long"
    tour.open("after")
    later = Device(tour, keys, "after")
    body = tour.body("after")
    assert client.post("/answer", data=later.form(body)).text.startswith("Heard keeps")
    assert (len(tour.responses("after")), held(tour)) == (1, 0)
    reply = client.post("/answer", data=early)
    assert (reply.status_code, held(tour)) == (410, 0), "what nobody can open is not taken for damaged"


def test_a_wave_opened_again_after_its_key_died_has_another(client: FlaskClient, tour, keys: Keys) -> None:
    def do(act: Act) -> None:
        with tour.database.writing() as session:
            perform(session, keys, None, session.get_one(Sitting, tour.sitting_id), act)

    def key_on_the_page() -> str:
        client.set_cookie(cookies.RESPONDENT, Visit(ticket).value())
        return re.search(r'data-seal="([^"]+)"', client.get("/answer").text)[1]

    do(Act.OPEN_BEFORE)
    with tour.database.reading() as session:
        ticket = session.scalars(select(Ticket.id).where(Ticket.language == "en")).one()
    place = place_of(tour.database, ticket)
    first = key_on_the_page()
    do(Act.CLOSE_BEFORE)
    destroy_keys(tour.database, now() + timedelta(days=15))
    assert public_key(tour.database, place) is None
    do(Act.OPEN_BEFORE)
    assert key_on_the_page() == public_key(tour.database, place) != first
    do(Act.CLOSE_BEFORE)
    do(Act.OPEN_BEFORE)
    assert key_on_the_page() == public_key(tour.database, place), "one that lives is kept"


def test_the_key_in_the_store_is_wrapped(tour, keys: Keys, device: Device) -> None:
    with tour.database.reading() as session:
        key = session.scalars(select(SealingKey)).one()
    assert b"prime256v1" not in key.private_key
    assert keys.open("sitting key", key.private_key, key.id.encode()).startswith(
        b"0"
    )  # a DER sequence, only when unwrapped
    with pytest.raises(SealBroken):
        keys.open("sitting key", key.private_key, b"another key")


def test_a_device_lets_go_of_answers_whose_way_in_is_gone(client: FlaskClient, tour, device: Device) -> None:
    form = device.form(tour.body()) | {"ticket": "0" * 32}
    reply = client.post("/answer", data=form)
    assert (reply.status_code, reply.text) == (410, f"Heard cannot open {form['submission']}")
    assert held(tour) == 0


def test_garbage_of_any_length_breaks_nothing(client: FlaskClient, tour, device: Device) -> None:
    for sealed in ("A", "=", "ä", "A" * 87, "A" * 60_000, base64.b64encode(secrets.token_bytes(600)).decode()):
        form = urlencode({"ticket": tour.tickets["before"], "submission": secrets.token_hex(16), "sealed": sealed})
        reply = client.post("/answer", data=form, content_type="application/x-www-form-urlencoded")
        assert reply.status_code in (413, 422), sealed[:10]
