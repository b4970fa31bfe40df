"""What was tried against the service, and must not work again."""

from __future__ import annotations

import contextlib
import http.client
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from survey import costly, signing_in
from survey.database import Database
from survey.models import Held, Opening, Receipt, Response
from survey.releases.order import shuffle
from survey.sealing import Keys
from survey.serving import SECONDS_TO_SEND
from tests.conftest import Staff
from tests.live import Live
from tests.survey.conftest import Tour

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BEYOND = 10**30
HOST = "127.0.0.1"


@pytest.mark.parametrize(
    "path",
    [
        "/staff/programmes/{n}/report",
        "/staff/programmes/{p}/releases/{n}",
        "/staff/programmes/{p}/releases/{n}/table.csv",
        "/staff/programmes/{p}/releases/{n}/codebook.csv",
        "/staff/programmes/{p}/releases/{n}/charts/x.en.svg",
        "/staff/programmes/{p}/schools/{n}",
        "/staff/questionnaires/{n}/preview/before",
        "/staff/sittings/{n}/",
    ],
)
def test_numbers_that_no_store_holds_are_not_found(path: str, tour: Tour, staff: Staff) -> None:
    browser = staff.client("administrator", organisation_id=tour.organisation_id)
    assert browser.get(path.format(n=BEYOND, p=tour.programme_id)).status_code == 404
    assert browser.get(path.format(n=2**31, p=tour.programme_id)).status_code == 404


def test_an_empty_wish_for_a_language_does_not_change_the_page_that_others_get(
    app: Flask, tour: Tour, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The blank page is kept for everybody: made in the wrong language once, it would stay so."""
    monkeypatch.setattr("survey.languages.is_open_to_children", lambda _code: True)
    tour.open("before", language="cy")
    first, second = (joined(app, tour) for _ in range(2))
    first.get("/answer?lang=")
    page = second.get("/answer").get_data(as_text=True)
    assert '<html lang="cy"' in page


def joined(app: Flask, tour: Tour) -> FlaskClient:
    browser = app.test_client()
    browser.set_cookie("heard", f"{tour.tickets['before']}..00000000")
    return browser


def test_another_site_cannot_sign_anybody_out_by_the_way_out(client: FlaskClient) -> None:
    page = {"Sec-Fetch-Mode": "navigate"}
    assert "Clear-Site-Data" not in client.get("/leave?out", headers={**page, "Sec-Fetch-Site": "cross-site"}).headers
    for site in ("same-origin", "none"):
        assert "Clear-Site-Data" in client.get("/leave?out", headers={**page, "Sec-Fetch-Site": site}).headers
    for site, clears in (("same-site", False), ("same-origin", True)):  # the step that our worker takes for somebody
        reply = client.get("/leave?out", headers={"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": site})
        assert ("Clear-Site-Data" in reply.headers) == clears, site


def test_only_our_own_worker_ends_a_visit_later_and_signs_nobody_else_out(client: FlaskClient) -> None:
    client.set_cookie("heard", f"{'a' * 32}..00000000")
    for site in ("cross-site", "same-site"):
        client.get("/leave?later", headers={"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Site": site})
        assert client.get_cookie("heard") is not None, site
    reply = client.get("/leave?later", headers={"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"})
    assert (reply.status_code, client.get_cookie("heard")) == (204, None)
    assert "cookies" not in reply.headers["Clear-Site-Data"], "an adult may be signed in there by now"


def test_a_crowd_that_signs_in_does_not_take_every_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing takes most of a second: whoever sends wrong passwords all at once would keep young people waiting."""
    going = threading.Event()

    class Slow:
        def hash(self, _password: str) -> str:
            going.wait(10)
            return "-"

    monkeypatch.setattr(signing_in, "_hasher", Slow())

    def attempt() -> str:
        try:
            return signing_in.password_hash("x")
        except costly.SigningInBusy:
            return "busy"

    with ThreadPoolExecutor(8) as pool:
        tries = [pool.submit(attempt) for _ in range(8)]
        time.sleep(0.3)
        refused = sum(one.done() for one in tries)
        going.set()
        assert refused == 4
        assert sorted(one.result() for one in tries) == ["-"] * 4 + ["busy"] * 4
    assert signing_in.password_hash("x") == "-"


def send_at_once(app: Flask, bodies: list[bytes]) -> list[int]:
    """Send all of them at the same moment; their statuses."""
    gate = threading.Barrier(len(bodies))

    def one(body: bytes) -> int:
        browser = app.test_client()
        gate.wait()
        return int(browser.post("/answer", data=body, headers=FORM).status_code)

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(one, bodies))


def count(database: Database, model: Any) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_the_same_submission_at_once_is_one_row(app: Flask, tour: Tour) -> None:
    tour.open("before")
    body = tour.body(know_who="know")
    assert send_at_once(app, [body] * 8) == [303] * 8
    assert count(tour.database, Response) == 1


def test_different_answers_under_one_submission_at_once_are_one_row_and_the_rest_kept(app: Flask, tour: Tour) -> None:
    tour.open("before")
    submission = secrets.token_hex(16)
    bodies = [tour.body(submission=submission, year_group=year) for year in ("year_7", "year_8", "year_9")] * 2
    statuses = send_at_once(app, bodies)
    assert set(statuses) <= {303, 409}
    assert count(tour.database, Response) == 1
    assert count(tour.database, Held) == 2
    assert count(tour.database, Receipt) == 3


def test_the_same_card_at_once_loses_no_answer_and_pairs_one(app: Flask, tour: Tour) -> None:
    tour.open("before")
    card = "0000000"
    assert send_at_once(app, [tour.body(card=card) for _ in range(8)]) == [303] * 8
    rows = tour.responses()
    assert len(rows) == 8
    assert sum(row.pair_key is not None for row in rows) == 1
    assert sum(row.is_second for row in rows) == 7


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The service as it really runs."""
    service = Live(tmp_path_factory.mktemp("attacked"))
    service.start()
    yield service
    service.close()


def told(live: Live, data: bytes) -> bytes:
    """What the service says to these very bytes."""
    with socket.create_connection((HOST, live.port), timeout=10) as connection:
        connection.sendall(data)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def seconds_to_home(live: Live) -> float:
    started = time.monotonic()
    with contextlib.closing(http.client.HTTPConnection(HOST, live.port, timeout=60)) as connection:
        connection.request("GET", "/")
        reply = connection.getresponse()
        assert (reply.status, reply.read()[:2]) == (200, b"<!")
    return time.monotonic() - started


def test_connections_on_which_nothing_comes_hold_nobody_up(live: Live) -> None:
    """Browsers open some ahead of need: a class of them held every thread for 20 seconds once."""
    idle = [socket.create_connection((HOST, live.port)) for _ in range(60)]
    try:
        assert seconds_to_home(live) < 10
    finally:
        for one in idle:
            one.close()


@pytest.mark.proof  # it waits until they are
def test_requests_that_never_end_are_ended(live: Live) -> None:
    slow = [socket.create_connection((HOST, live.port)) for _ in range(40)]
    try:
        for one in slow:
            one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX: ")
        assert seconds_to_home(live) < 3 * SECONDS_TO_SEND
    finally:
        for one in slow:
            one.close()


PIECES = (
    b"POST /answer HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)


@pytest.mark.parametrize("body", [b"-5\r\nabcde\r\n0\r\n\r\n", b"5\r\nabc", b"zz\r\n", b"5;" + b"a" * 9000 + b"\r\n"])
def test_a_damaged_body_in_pieces_is_the_senders_fault(live: Live, body: bytes) -> None:
    with socket.create_connection((HOST, live.port), timeout=30) as connection:
        connection.sendall(PIECES + body)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100).startswith(b"HTTP/1.1 4")


def test_two_requests_cannot_hide_in_one(live: Live) -> None:
    hidden = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    head = b"POST /answer HTTP/1.1\r\nHost: x\r\n"
    for lengths in (
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Content-Length: 4\r\nContent-Length: 0\r\n\r\nabcd",
    ):
        said = told(live, head + lengths + hidden)
        assert said.startswith(b"HTTP/1.1 400")
        assert b"ok\n" not in said


def test_no_address_forges_a_line_in_the_log(live: Live) -> None:
    told(live, b"GET /staff/%0aFORGED HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    told(live, b"GET /staff/sign-in HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    lines = (live.config.var / "staff-access.log").read_text().splitlines()
    assert any("/staff/?FORGED" in line for line in lines)
    assert all(line.startswith("[") for line in lines)
    assert "Traceback" not in live.said.read_text()


def test_closing_and_shuffling_while_answers_arrive_loses_none(app: Flask, tour: Tour, keys: Keys) -> None:
    tour.open("before")
    with tour.database.reading() as session:
        opening = session.scalar(select(Opening.id))
    closer = threading.Thread(target=lambda: (tour.close("before"), shuffle(tour.database, keys, {"opening": opening})))
    bodies = [tour.body(know_who="know") for _ in range(12)]
    closer.start()
    statuses = send_at_once(app, bodies)
    closer.join()
    assert statuses == [303] * 12
    assert count(tour.database, Response) == count(tour.database, Receipt) == 12
    assert send_at_once(app, bodies) == [303] * 12  # sent again: thanked again
    assert count(tour.database, Response) == 12
