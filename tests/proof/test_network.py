"""A poor network loses nothing and doubles nothing: each journey ends in a receipt, each receipt has one row or one held body."""

from __future__ import annotations

import asyncio
import base64
import http.client
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from survey.responses import place_of
from survey.sealed_answers import public_key
from tests.live import Live, Room
from tests.load.client import Browser
from tests.proof.conftest import numbers
from tests.proof.ledger import FORM, Ledger, Sent, compare
from tests.proof.poor_line import PoorLine, Weather

Made = Callable[..., tuple[Live, Room]]
PUPILS, AT_ONCE = 200, 40
HALL, WITHIN = 300, 10.0
MOST_TRIES = 40
THIRD_GENERATION = Weather(
    delay=0.3, down=1_600_000 / 8, up=750_000 / 8, loss=0.05, stall=0.4, cut_every=20
)  # and Lighthouse's figures for its slow line


def again(port: int, method: str, path: str, body: bytes = b"", cookie: str = "") -> tuple[int, str, int]:
    """Ask until there is a reply, as a person presses again: its status, its cookie, and how often it took."""
    for tries in range(1, MOST_TRIES):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request(method, path, body, {"Content-Type": FORM, "Cookie": cookie})
            reply = connection.getresponse()
            reply.read()
            return reply.status, (reply.headers.get("Set-Cookie") or "").partition(";")[0], tries
        except (OSError, http.client.HTTPException):
            continue
        finally:
            connection.close()
    return 0, "", MOST_TRIES


def journey(line: PoorLine, ledger: Ledger, code: str) -> int:
    """Join, open, send until it is thanked, thanks: how many tries the whole took."""
    status, cookie, first = again(line.port, "POST", "/join", urlencode({"code": code}).encode())
    assert status == 303
    status, _, second = again(line.port, "GET", "/answer", cookie=cookie)
    assert status == 200
    sent, tries = ledger.new(), 1
    while ledger.send(line.port, sent, patience=30) != 303:
        tries += 1
        assert tries < MOST_TRIES
    status, _, last = again(line.port, "GET", "/thanks", cookie=cookie)
    assert status == 200
    return first + second + tries + last


def assert_one_each(live: Live, room: Room, ledger: Ledger) -> None:
    """Every receipt has exactly one row, and nothing was held."""
    assert compare(ledger, numbers(room)) == {"lost": 0, "doubled": 0, "altered": 0}
    counts = live.counts()
    assert counts["receipts"] == counts["responses"] + counts["held"] == len(ledger.acknowledged)
    assert counts["held"] == 0


def test_a_slow_line_with_losses_and_cuts_ends_every_journey_in_a_receipt(service: Made) -> None:
    live, room = service()
    ledger = Ledger(room.tickets["before", "en"], "counted")
    with PoorLine(live.port, THIRD_GENERATION) as line, ThreadPoolExecutor(AT_ONCE) as pupils:
        tries = list(pupils.map(lambda _: journey(line, ledger, room.shown), range(PUPILS)))
    assert len(tries) == len(ledger.acknowledged) == PUPILS
    assert max(tries) > 4, "somebody had to press again"
    assert line.cuts >= 20 and line.stalls >= 50, "and the line was as poor as it says"
    assert_one_each(live, room, ledger)


def sealed(room: Room, sent: Sent) -> bytes:
    """The same form as a device sends it that has sealed it."""
    place = place_of(room.database, room.tickets["before", "en"])
    assert place is not None
    key_id, point, info = (public_key(room.database, place) or "").split(".", 2)
    raw = base64.urlsafe_b64decode(point + "=" * (-len(point) % 4))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    padded = sent.body.ljust(-(-len(sent.body) // 512) * 512, b"\0")
    closed = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_128_GCM).encrypt(padded, key, info.encode())
    outer = {
        "ticket": place_ticket(room),
        "submission": sent.submission,
        "sealed": f"{key_id}.{base64.urlsafe_b64encode(closed).decode()}",
    }
    return urlencode({**outer, "waited": "1"}).encode()


def place_ticket(room: Room) -> str:
    """The ticket that everybody in the room has."""
    return room.tickets["before", "en"]


async def device(port: int, room: Room, sent: Sent, body: bytes, *, mistypes: bool) -> bool:
    """One device's whole journey; True when it ends in a receipt for its own answers."""
    for _ in range(MOST_TRIES):
        browser = Browser(port, compressed=True)
        try:
            if mistypes:
                assert (await browser.ask("POST", "/join", b"code=WWWWWWWW")).status in (404, 429)
            joined = await browser.ask("POST", "/join", f"code={room.code}".encode())
            opened = await browser.ask("GET", "/answer")
            assert (joined.status, opened.status) == (303, 200), "a right code passes, whoever mistyped before"
            reply = await browser.ask("POST", "/answer", body)
            if (reply.status, reply.headers.get("location")) == (303, "/thanks"):
                return (await browser.ask("GET", "/thanks")).status == 200
            if reply.body == f"Heard keeps {sent.submission}".encode():
                return True
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            browser.close()
        await asyncio.sleep(0.2)
    return False


def test_300_devices_behind_one_address_within_ten_seconds(service: Made) -> None:
    live, room = service()
    ledger = Ledger(place_ticket(room), "counted")
    hall = [ledger.new() for _ in range(HALL)]
    bodies = [sealed(room, sent) if sent.number % 2 else sent.body for sent in hall]

    async def come(sent: Sent, body: bytes, port: int) -> bool:
        await asyncio.sleep(WITHIN * secrets.randbelow(1000) / 1000)
        return await device(port, room, sent, body, mistypes=sent.number % 10 == 0)

    async def everybody(port: int) -> list[bool]:
        return await asyncio.gather(*(come(sent, body, port) for sent, body in zip(hall, bodies, strict=True)))

    # A thread of its own: a browser of another test may hold this one's event loop.
    with PoorLine(live.port, Weather(delay=0.05, cut_every=20)) as line, ThreadPoolExecutor(1) as thread:
        ended = thread.submit(lambda: asyncio.run(everybody(line.port))).result()
    assert ended == [True] * HALL
    ledger.acknowledged.update({sent.number: sent for sent in hall})
    assert sorted(numbers(room)) == list(range(HALL))
    assert_one_each(live, room, ledger)


def test_a_service_that_thanks_twice_for_two_rows_would_be_caught(service: Made) -> None:
    """The measure itself: a sending again under a new id, as a page without receipts would do it, fails it."""
    live, room = service()
    ledger = Ledger(place_ticket(room), "counted")
    sent = ledger.new()
    assert ledger.send(live.port, sent) == 303
    twice = sent.body.replace(sent.submission.encode(), secrets.token_hex(16).encode())
    assert ledger.send(live.port, Sent("", sent.number, twice)) == 303
    assert compare(ledger, numbers(room))["doubled"] == 1
