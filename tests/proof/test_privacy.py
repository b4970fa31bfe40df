"""Nothing stored leads back to a child: what was sent around the answers is nowhere, and rows do not tell who came when."""

from __future__ import annotations

import http.client
import random
import secrets
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import text

from questionnaires.codebook import Codebook
from survey.joining import Visit, join_with
from survey.pairing import SITTING_ALPHABET, new_cards, shown
from tests.live import Live, Room
from tests.proof.conftest import numbers
from tests.proof.ledger import FORM, Ledger

Made = Callable[..., tuple[Live, Room]]
ARRIVALS = 1000
GUESSES = 100_000


def everything_written(live: Live) -> dict[Path, bytes]:
    """Every file that the service wrote: store, journal, logs, what it said."""
    return {path: path.read_bytes() for path in live.folder.rglob("*") if path.is_file()}


def test_no_mark_of_a_respondent_is_in_any_file(service: Made) -> None:
    live, room = service()
    (card,) = new_cards(1)
    agent, address, referrer = (f"mark{secrets.token_hex(6)}" for _ in range(3))
    device = secrets.token_hex(16)
    submission, number = secrets.token_hex(16), 31_337
    headers = {
        "User-Agent": agent,
        "X-Forwarded-For": address,
        "Forwarded": f"for={address}",
        "Referer": f"http://{referrer}/",
        "Accept-Language": f"x-{agent}",
        "Cookie": f"heard={room.tickets['before', 'en']}.{device}.00000000; other={agent}",
        "Content-Type": FORM,
    }
    answers = {
        "ticket": room.tickets["before", "en"],
        "submission": submission,
        "card": shown(card),
        "counted": str(number),
    }
    wrong_code, stray = "WWWWWWWW", f"stray{secrets.token_hex(4)}"
    requests = [
        ("GET", "/", b"", None),
        ("POST", "/join", urlencode({"code": room.code}).encode(), 303),
        ("POST", "/join", urlencode({"code": wrong_code}).encode(), 404),
        ("GET", "/answer", b"", 200),
        ("POST", "/answer", urlencode({**answers, stray: "1"}).encode(), 422),
        ("POST", "/answer", urlencode({**answers, "counted": stray}).encode(), 422),
        ("POST", "/answer", urlencode(answers).encode(), 303),
        ("POST", "/answer", b"ticket=%ff" + stray.encode(), 400),
        ("GET", f"/nowhere/{stray}", b"", 404),
        ("BREW", f"/{stray}", b"", None),
        ("GET", "/leave", b"", 303),
    ]
    for method, path, body, expected in requests:
        connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=20)
        connection.request(method, path, body, headers)
        reply = connection.getresponse()
        reply.read()
        connection.close()
        assert expected in (None, reply.status), (method, path, reply.status)
    assert numbers(room) == [number]
    live.stop()
    marks = [
        agent,
        address,
        referrer,
        device,
        submission,
        card,
        shown(card),
        str(number),
        stray,
        wrong_code,
        "127.0.0.1 ",
    ]
    found = [
        (path.name, mark)
        for path, data in everything_written(live).items()
        for mark in marks
        if mark.encode() in data or (len(mark) == 32 and bytes.fromhex(mark) in data)
    ]
    assert found == []
    codes = room.rows()[0].codes
    assert any(codes in data for data in everything_written(live).values()), "the search finds what is there"


def test_rows_lie_in_no_order_of_arrival(service: Made) -> None:
    live, room = service()
    ledger = Ledger(room.tickets["before", "en"], "counted")
    for _ in range(ARRIVALS):
        assert ledger.send(live.port, ledger.new()) == 303
    counts = live.counts()
    assert (counts["responses"], counts["receipts"]) == (ARRIVALS, ARRIVALS)
    book = Codebook.of(room.instrument)
    with live.database.reading() as session:
        columns = {row[1] for row in session.execute(text("PRAGMA table_info(responses)"))}
        scanned = [row.codes for row in session.execute(text("SELECT * FROM responses"))]
    order = [int(str(book.decode(codes)[1]["counted"])) for codes in scanned]
    assert 0.40 <= rising(order) <= 0.60
    near = sum(1 for one, two in pairwise(order) if abs(one - two) == 1)
    assert near <= 10, "neighbours in the table did not come one after the other"
    assert not columns & {"created", "created_at", "at", "time", "date", "rowid", "position"}


def rising(order: list[int]) -> float:
    """The share of neighbours that came in the order in which they lie."""
    return sum(1 for one, two in pairwise(order) if two > one) / (len(order) - 1)


def test_rowids_would_be_caught() -> None:
    """The measure itself: rows in order of arrival fail it."""
    assert rising(list(range(ARRIVALS))) > 0.60


def test_guessing_codes_finds_nothing_and_right_codes_still_pass(service: Made) -> None:
    live, room = service()
    draw = random.Random(11)
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=20)
    statuses: dict[int, int] = {}
    tried = 0
    while tried < GUESSES // 50:  # over the wire; the rest as the store is asked, below
        guess = "".join(draw.choice(SITTING_ALPHABET) for _ in range(8))
        connection.request("POST", "/join", urlencode({"code": guess}), {"Content-Type": FORM})
        reply = connection.getresponse()
        reply.read()
        statuses[reply.status] = statuses.get(reply.status, 0) + 1
        tried += 1
    assert set(statuses) <= {404, 429}
    assert statuses.get(429, 0) > 0, "a budget holds"
    connection.request("POST", "/join", urlencode({"code": room.shown}), {"Content-Type": FORM})
    reply = connection.getresponse()
    reply.read()
    connection.close()
    assert (reply.status, reply.headers["Location"]) == (303, "/answer?joined"), (
        "a right code passes, whatever was spent"
    )


def test_codes_beside_the_right_one_and_a_hundred_thousand_others_open_nothing(service: Made) -> None:
    live, room = service(start=False)
    right, draw = room.code, random.Random(12)
    near = {right[:at] + sign + right[at + 1 :] for at in range(len(right)) for sign in SITTING_ALPHABET} - {right}
    parts = {right[:length] for length in range(len(right))} | {
        right[1:] + right[0],
        right + right[0],
        "%" * len(right),
    }
    far = {"".join(draw.choice(SITTING_ALPHABET) for _ in right) for _ in range(GUESSES)} - {right}
    assert join_with(live.database, right, Visit()) is not None
    assert [one for one in (*near, *parts, *far) if join_with(live.database, one, Visit())] == []
