"""A poor line between pupils and the service: late, narrow, with stalls for what was lost, with cuts, or with a portal on it.

It passes bytes at the level of TCP, where a lost packet is not a gap but a pause until it was sent again. It can also stand
in for the service, as a network does that wants a sign-in first, or hang up after the service has answered.
"""

from __future__ import annotations

import asyncio
import random
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Self

CHUNK = 1460
PORTALS = {
    "200": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 23\r\nConnection: close\r\n\r\n"
    b"<h1>Please sign in</h1>",
    "302": b"HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    "511": b"HTTP/1.1 511 Network Authentication Required\r\nContent-Type: text/html\r\nContent-Length: 23\r\n"
    b"Connection: close\r\n\r\n<h1>Please sign in</h1>",
}


@dataclass
class Weather:
    """How poor the line is: seconds, bytes a second, the share of packets that stall, and which connections are cut."""

    delay: float = 0.0
    down: float = 0.0
    up: float = 0.0
    loss: float = 0.0
    stall: float = 0.3
    cut_every: int = 0
    portal: str = ""
    is_down: bool = False
    loses_receipts: bool = False
    """The reply to the next POST of answers is lost once the service has given it; then the next one passes."""


class PoorLine:
    """Stands before the service on a port of its own; its weather may change at any moment."""

    def __init__(self, target: int, weather: Weather | None = None, seed: int = 5) -> None:
        self.target, self.port, self.weather = target, 0, weather or Weather()
        self.connections = self.cuts = self.stalls = self.lost_receipts = self.stood_in = 0
        self._heard: list[bytearray] = []
        self._draw = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def overheard(self) -> bytes:
        """All that pupils sent over it, as a filter or whoever holds the line could keep it: a connection after the other."""
        return b"".join(self._heard)

    @property
    def posted(self) -> list[tuple[str, bytes]]:
        """Every form that went over it whole: where to, and its body."""
        return [one for connection in self._heard for one in _forms(bytes(connection))]

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
        left = self._budget(weather)
        self._heard.append(heard := bytearray())
        upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", self.target)
        answered = [False]  # whether the bytes that came last from the pupil were a sending of answers
        ways = [
            asyncio.create_task(self._pump(reader, upstream_writer, lambda: self.weather.up, left, answered, heard)),
            asyncio.create_task(self._pump(upstream_reader, writer, lambda: self.weather.down, left, answered)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            upstream_writer.close()

    def _budget(self, weather: Weather) -> list[int]:
        """How many bytes a connection may pass: all, or few where it is its turn to be cut."""
        is_cut = weather.cut_every and self.connections % weather.cut_every == 0
        return [self._draw.randrange(1, 4000) if is_cut else 2**60]

    async def _pump(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        rate: Callable[[], float],
        left: list[int],
        answered: list[bool],
        heard: bytearray | None = None,
    ) -> None:
        """One way of a connection; what pupils send is `heard`, what comes back is not."""
        while data := await source.read(CHUNK):
            weather = self.weather
            if weather.is_down or weather.portal:  # what stands from before is gone too
                return
            if heard is not None:
                heard += data
                answered[0] = data.startswith(b"POST /answer ") or (answered[0] and b" HTTP/1.1\r\n" not in data)
            elif weather.loses_receipts and answered[0]:
                weather.loses_receipts = False
                self.lost_receipts += 1
                return
            left[0] -= len(data)
            if left[0] < 0:
                self.cuts += 1
                return
            pause = weather.delay / 2 + (len(data) / rate() if rate() else 0.0)
            if weather.loss and self._draw.random() < weather.loss:
                self.stalls += 1
                pause += weather.stall
            await asyncio.sleep(pause)
            sink.write(data)
            await sink.drain()


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
