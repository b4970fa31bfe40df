"""A poor line between pupils and the service: late, narrow, with waits for what was lost, with cuts, or with a portal on it.

It passes bytes at the level of TCP, where a lost packet is not a gap but a pause until it was sent again, in which all that
comes after it waits too. Its sender takes it for lost when nothing was heard for a round trip and a good while more, and waits
twice as long each time that it is lost again. (A sender that learns of a loss by what arrived after it waits for a round trip
only: where packets follow each other this line is a little poorer than a real one.) It can also stand in for the service, as a
network does that wants a sign-in first, or hang up after the service has answered.
"""

from __future__ import annotations

import asyncio
import random
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Self

CHUNK = 1460
SHORTEST = 300
"""No request and no reply of ours has fewer bytes."""
A_WHILE, AT_FIRST = 0.2, 1.0
"""Seconds that a sender waits, beyond a round trip, before it takes a packet for lost (the least on Linux); and all that it waits
for a connection's first one, when it does not know yet how long a round trip takes (RFC 6298)."""
ASKED = re.compile(rb"([A-Z]+) (\S+) HTTP/1\.1\r\n")
PORTALS = {
    "200": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 23\r\nConnection: close\r\n\r\n"
    b"<h1>Please sign in</h1>",
    "302": b"HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    "511": b"HTTP/1.1 511 Network Authentication Required\r\nContent-Type: text/html\r\nContent-Length: 23\r\n"
    b"Connection: close\r\n\r\n<h1>Please sign in</h1>",
}


@dataclass
class Weather:
    """How poor the line is. `delay`: seconds there and back; `down`, `up`: bytes a second; `loss`: the share of packets that are
    lost; `cut_every`: which connections are cut; `loses_reply_to`: the reply to the next POST to this path is lost once the
    service has given it, then the next one passes."""

    delay: float = 0.0
    down: float = 0.0
    up: float = 0.0
    loss: float = 0.0
    cut_every: int = 0
    portal: str = ""
    is_down: bool = False
    loses_reply_to: str = ""


THIRD_GENERATION = Weather(delay=0.3, down=1_600_000 / 8, up=750_000 / 8, loss=0.05, cut_every=20)
"""The usual figures for a mobile line of the third generation, on which every twentieth packet is lost."""


@dataclass
class _Connection:
    """What the two ways of a connection share: how many bytes may still come back and go up, what pupils sent, and to which path
    they posted last."""

    left: list[int]
    is_cut: bool = False
    heard: bytearray = field(default_factory=bytearray)
    posted_to: str = ""

    def hear(self, data: bytes) -> None:
        """Note what a pupil sends."""
        self.heard += data
        if asked := ASKED.match(data):
            self.posted_to = asked[2].decode() if asked[1] == b"POST" else ""


class _Flight:
    """What is on its way in one direction: it arrives late, and in its order."""

    def __init__(self, arrive: Callable[[bytes], None]) -> None:
        self._arrive = arrive
        self._packets: deque[bytes] = deque()
        self._room = self._there = 0.0

    def send(self, packet: bytes, fills: float, late: float) -> None:
        """It fills the line for some seconds, and is there so much later, unless one before it is not there yet."""
        loop = asyncio.get_running_loop()
        self._room = max(self._room, loop.time()) + fills
        self._there = max(self._there, self._room + late)
        self._packets.append(packet)
        loop.call_at(self._there, lambda: self._arrive(self._packets.popleft()))

    async def landed(self) -> None:
        """Wait until all of it is there."""
        await asyncio.sleep(max(0.0, self._there - asyncio.get_running_loop().time()))


class PoorLine:
    """Stands before the service on a port of its own; its weather may change at any moment."""

    def __init__(self, target: int, weather: Weather | None = None, seed: int = 5) -> None:
        self.target, self.port, self.weather = target, 0, weather or Weather()
        self.connections = self.cuts = self.stalls = self.lost_replies = self.stood_in = 0
        self._connections: list[_Connection] = []
        self._draw = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def overheard(self) -> bytes:
        """All that pupils sent over it, as a filter or whoever holds the line could keep it: a connection after the other."""
        return b"".join(one.heard for one in self._connections)

    @property
    def posted(self) -> list[tuple[str, bytes]]:
        """Every form that went over it whole: where to, and its body."""
        return [form for one in self._connections for form in _forms(bytes(one.heard))]

    @property
    def url(self) -> str:
        """Where pupils find the service."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _serve(self) -> None:
        self._done = asyncio.Event()
        server = await asyncio.start_server(self._take, "127.0.0.1", 0, backlog=512)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._done.wait()
        server.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._pass(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):  # hung up, or the line is taken down
            pass
        finally:
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        weather = self.weather
        if weather.is_down:
            return
        if weather.portal:
            await reader.readuntil(b"\r\n\r\n")
            self.stood_in += 1
            writer.write(PORTALS[weather.portal])
            await writer.drain()
            return
        self._connections.append(shared := _Connection(self._budget(weather)))
        await asyncio.sleep(weather.delay + self._resent(weather, AT_FIRST))  # each side says that it is there
        upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", self.target)
        ways = [
            asyncio.create_task(self._pump(reader, upstream_writer, shared, is_up=True)),
            asyncio.create_task(self._pump(upstream_reader, writer, shared, is_up=False)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            upstream_writer.close()

    def _budget(self, weather: Weather) -> list[int]:
        """How many bytes may come back and go up: all, or, where it is its turn to be cut, very few on one of the two ways: it is
        cut before the service has heard, or before the pupil has."""
        left = [2**60, 2**60]
        if weather.cut_every and self.connections % weather.cut_every == 0:
            left[self._draw.randrange(2)] = self._draw.randrange(SHORTEST)
        return left

    def _resent(self, weather: Weather, wait: float) -> float:
        """How much later a packet comes because it was lost: not at all, or by all the waits before it was sent once more."""
        lost = 0
        while self._draw.random() < weather.loss:
            lost += 1
        self.stalls += lost
        return wait * (2**lost - 1)

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, shared: _Connection, *, is_up: bool
    ) -> None:
        """One way of a connection; what pupils send is heard, what comes back is not."""

        def arrive(packet: bytes) -> None:
            if shared.is_cut or sink.is_closing():
                return
            shared.left[is_up] -= len(packet)
            if shared.left[is_up] < 0:
                shared.is_cut = True
                self.cuts += 1
                sink.transport.abort()
            else:
                sink.write(packet)

        flight = _Flight(arrive)
        while data := await source.read(CHUNK):
            weather = self.weather
            if weather.is_down or weather.portal:  # what stands from before is gone too
                return
            if is_up:
                shared.hear(data)
            elif weather.loses_reply_to and weather.loses_reply_to == shared.posted_to:
                weather.loses_reply_to = ""
                self.lost_replies += 1
                return
            rate = weather.up if is_up else weather.down
            late = weather.delay / 2 + self._resent(weather, weather.delay + A_WHILE)
            flight.send(data, len(data) / rate if rate else 0.0, late)
        await flight.landed()


def _forms(sent: bytes) -> Iterator[tuple[str, bytes]]:
    """The forms among the requests of one connection, in their order."""
    while (end := sent.find(b"\r\n\r\n")) >= 0:
        head, sent = sent[:end], sent[end + 4 :]
        verb, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
        size = int(length[1]) if length else 0
        if verb == "POST" and len(sent) >= size:
            yield path, sent[:size]
        sent = sent[size:]
