"""A poor network loses nothing and doubles nothing: each journey ends in a receipt, each receipt has one row or one held body.

Every second set comes sealed, as devices send it, and some of these say nothing to the service: sealed for another key or
another wave, or with an answer to no question of this version. These are put aside.
"""

from __future__ import annotations

import asyncio
import http.client
import secrets
import socket
import socketserver
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.parse import urlencode

from tests.live import Live, Room
from tests.load.client import Browser
from tests.proof.conftest import assert_one_each, ledger_of, numbers
from tests.proof.ledger import FORM, UNREADABLE, Ledger, Sent, compare
from tests.proof.poor_line import A_WHILE, CHUNK, THIRD_GENERATION, PoorLine, Weather

Made = Callable[..., tuple[Live, Room]]
PUPILS, AT_ONCE = 200, 40
HALL, WITHIN = 300, 10.0
ASIDE_EVERY = 20
MOST_TRIES = 40


class Reply(NamedTuple):
    """What came back at last, and how often it was asked for."""

    status: int = 0
    leads: str = ""
    said: str = ""
    cookie: str = ""
    tries: int = 1


def once(port: int, method: str, path: str, body: bytes = b"", cookie: str = "") -> Reply | None:
    """Ask; None when no reply came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, {"Content-Type": FORM, "Cookie": cookie})
        reply = connection.getresponse()
        said = reply.read().decode()
        given = (reply.headers.get("Set-Cookie") or "").partition(";")[0]
        return Reply(reply.status, reply.headers.get("Location") or "", said, given or cookie)
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def again(port: int, method: str, path: str, body: bytes = b"", cookie: str = "") -> Reply:
    """Ask until there is a reply, as a person presses again; who is asked to come again does."""
    for tries in range(1, MOST_TRIES):
        reply = once(port, method, path, body, cookie)
        if reply is not None and reply.status != 503:
            return reply._replace(tries=tries)
    return Reply(tries=MOST_TRIES)


def kind_of(n: int) -> str:
    """Every second set is sealed, and of these every tenth cannot be read."""
    if n % ASIDE_EVERY == 1:
        return UNREADABLE[n % len(UNREADABLE)]
    return ("open", "sealed")[n % 2]


def journey(line: PoorLine, ledger: Ledger, code: str, kind: str) -> int:
    """Join, open, send until there is a receipt, thanks: how many tries the whole took."""
    joined = again(line.port, "POST", "/join", urlencode({"code": code}).encode())
    opened = again(line.port, "GET", "/answer", cookie=joined.cookie)
    assert (joined.status, opened.status) == (303, 200)
    sent, tries = ledger.new(kind), 1
    while ledger.send(line.port, sent, patience=30) not in (200, 303, 409):
        tries += 1
        assert tries < MOST_TRIES
    assert sent.number in ledger.acknowledged or sent.number in ledger.put_aside
    thanked = again(line.port, "GET", "/thanks", cookie=joined.cookie)
    assert thanked.status == 200
    return joined.tries + opened.tries + tries + thanked.tries


def test_a_slow_line_with_losses_and_cuts_ends_every_journey_in_a_receipt(service: Made) -> None:
    live, room = service()
    ledger = ledger_of(room)
    with PoorLine(live.port, THIRD_GENERATION) as line, ThreadPoolExecutor(AT_ONCE) as pupils:
        tries = list(pupils.map(lambda n: journey(line, ledger, room.shown, kind_of(n)), range(PUPILS)))
    assert len(tries) == len(ledger.acknowledged) + len(ledger.put_aside) == PUPILS
    assert len(ledger.put_aside) == PUPILS // ASIDE_EVERY
    assert max(tries) > 4, "somebody had to press again"
    assert line.cuts >= 20 and line.stalls >= 50, "and the line was as poor as it says"
    assert_one_each(live, room, ledger)


async def device(port: int, room: Room, ledger: Ledger, sent: Sent, *, mistypes: bool) -> bool:
    """One device's whole journey; True when it ends in a receipt for its own answers."""
    for _ in range(MOST_TRIES):
        browser = Browser(port, compressed=True)
        try:
            if mistypes:
                assert (await browser.ask("POST", "/join", b"code=WWWWWWWW")).status in (404, 429)
            joined = await browser.ask("POST", "/join", f"code={room.code}".encode())
            opened = await browser.ask("GET", "/answer")
            assert (joined.status, opened.status) == (303, 200), "a right code passes, whoever mistyped before"
            reply = await browser.ask("POST", "/answer", sent.form())
            if ledger.hear(sent, reply.status, leads := reply.headers.get("location"), reply.body):
                return not leads or (await browser.ask("GET", leads)).status == 200
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            browser.close()
        await asyncio.sleep(0.2)
    return False


def test_300_devices_behind_one_address_within_ten_seconds(service: Made) -> None:
    live, room = service()
    ledger = ledger_of(room)
    hall = [ledger.new(kind_of(n)) for n in range(HALL)]

    async def come(sent: Sent, port: int) -> bool:
        await asyncio.sleep(WITHIN * secrets.randbelow(1000) / 1000)
        return await device(port, room, ledger, sent, mistypes=sent.number % 10 == 0)

    async def everybody(port: int) -> list[bool]:
        return await asyncio.gather(*(come(sent, port) for sent in hall))

    # A thread of its own: a browser of another test may hold this one's event loop.
    with PoorLine(live.port, Weather(delay=0.05, cut_every=20)) as line, ThreadPoolExecutor(1) as thread:
        ended = thread.submit(lambda: asyncio.run(everybody(line.port))).result()
    assert ended == [True] * HALL
    assert len(ledger.put_aside) == HALL // ASIDE_EVERY
    assert_one_each(live, room, ledger)


def test_a_service_that_thanks_twice_for_two_rows_would_be_caught(service: Made) -> None:
    """The measure itself: a sending again under a new id, as a page without receipts would do it, fails it."""
    live, room = service()
    ledger = ledger_of(room)
    sent = ledger.new()
    assert ledger.send(live.port, sent) == 303
    twice = sent.body.replace(sent.submission.encode(), secrets.token_hex(16).encode())
    assert ledger.send(live.port, Sent("", sent.number, twice)) == 303
    assert compare(ledger, numbers(room))["doubled"] == 1


class _Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        while data := self.request.recv(CHUNK):
            self.request.sendall(data)


def test_what_the_line_loses_is_late_by_what_a_sender_waits_and_nothing_overtakes_it() -> None:
    """The line itself: a round trip to meet and one for each word and its answer; for each loss a round trip and a while more."""
    weather, words = Weather(delay=0.02, loss=0.2), [secrets.token_bytes(CHUNK) for _ in range(10)]
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with PoorLine(server.server_address[1], weather) as line:
            began = time.monotonic()
            with socket.create_connection(("127.0.0.1", line.port)) as talking:
                for word in words:
                    talking.sendall(word)
                    assert received(talking, len(word)) == word
                took = time.monotonic() - began
                assert line.stalls > 0
                assert took >= weather.delay * (len(words) + 1) + line.stalls * (weather.delay + A_WHILE)
                talking.sendall(b"".join(words))
                assert received(talking, CHUNK * len(words)) == b"".join(words)
        server.shutdown()


def received(talking: socket.socket, size: int) -> bytes:
    """So many bytes, when they have come."""
    found = b""
    while len(found) < size:
        found += talking.recv(2**16)
    return found
