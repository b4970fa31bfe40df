"""Respondents for the load figures: a plain HTTP client that costs little itself, so that the server is what is measured."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"
TICKET = re.compile(rb'name="ticket" value="([0-9a-f]{32})"')


class Refused(Exception):
    """A reply that no respondent should have got."""


@dataclass
class Reply:
    """One reply, as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes


class Browser:
    """One respondent's connection: keeps it open, keeps the cookie."""

    def __init__(self, port: int, *, compressed: bool = False) -> None:
        self.port, self.cookie, self.compressed = port, "", compressed
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, method: str, path: str, body: bytes = b"") -> Reply:
        """Send a request and read the whole reply."""
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Sec-Fetch-Site: same-origin"]
        if self.compressed:
            lines.append("Accept-Encoding: gzip")
        if self.cookie:
            lines.append(f"Cookie: {self.cookie}")
        if method == "POST":
            lines += [f"Content-Type: {FORM}", f"Content-Length: {len(body)}"]
        self._writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        await self._writer.drain()
        reply = await self._read()
        if (given := reply.headers.get("set-cookie")) is not None:
            self.cookie = given.partition(";")[0]
        if reply.headers.get("connection", "").lower() == "close":
            self.close()
        return reply

    async def _read(self) -> Reply:
        assert self._reader is not None
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.split(": ", 1) for line in head[1:] if line)
        headers = {name.lower(): value for name, value in pairs}
        body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        return Reply(int(head[0].split()[1]), headers, body)

    def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None


@dataclass
class Times:
    """How long each kind of step took, in seconds."""

    steps: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, step: str, seconds: float) -> None:
        """Note one step."""
        self.steps.setdefault(step, []).append(seconds)

    def percentile(self, step: str, share: float) -> float:
        """A percentile of a step, in seconds."""
        values = sorted(self.steps[step])
        return values[min(len(values) - 1, int(share * len(values)))]


async def journey(port: int, code: str, answers: dict[str, str], times: Times) -> None:
    """Join, open, submit, thanks: as a browser does it, without its pauses."""
    browser = Browser(port, compressed=True)
    started = time.perf_counter()
    try:
        await _step(browser, times, "join", "POST", "/join", 303, urlencode({"code": code}).encode())
        page = await _step(browser, times, "open", "GET", "/answer", 200)
        # The page is compressed as for any browser; the ticket also stands in the cookie, which costs the client less to read.
        del page
        ticket = browser.cookie.partition("=")[2][:32]
        body = urlencode({"ticket": ticket, "submission": secrets.token_hex(16), **answers}).encode()
        await _step(browser, times, "submit", "POST", "/answer", 303, body)
        await _step(browser, times, "thanks", "GET", "/thanks", 200)
        times.add("journey", time.perf_counter() - started)
    except (Refused, OSError, asyncio.IncompleteReadError) as fault:
        times.errors.append(repr(fault))
    finally:
        browser.close()


async def _step(
    browser: Browser, times: Times, step: str, method: str, path: str, expected: int, body: bytes = b""
) -> Reply:
    started = time.perf_counter()
    reply = await browser.ask(method, path, body)
    times.add(step, time.perf_counter() - started)
    if reply.status != expected:
        raise Refused(f"{method} {path}: {reply.status}")
    return reply


async def closed_loop(port: int, code: str, answers: dict[str, str], *, at_once: int, journeys: int) -> Times:
    """So many respondents at once, each beginning when another has ended."""
    times = Times()
    left = iter(range(journeys))

    async def respondent() -> None:
        for _ in left:
            await journey(port, code, answers, times)

    started = time.perf_counter()
    await asyncio.gather(*(respondent() for _ in range(at_once)))
    times.seconds = time.perf_counter() - started
    return times


async def hall(port: int, bodies: Sequence[bytes], *, within: float) -> Times:
    """Everybody in a hall presses Send within some seconds; the last one's end counts."""
    times = Times()
    started = time.perf_counter()

    async def respondent(body: bytes, pause: float) -> None:
        await asyncio.sleep(pause)
        browser = Browser(port)
        try:
            await _step(browser, times, "submit", "POST", "/answer", 303, body)
            await _step(browser, times, "thanks", "GET", "/thanks", 200)
        except (Refused, OSError, asyncio.IncompleteReadError) as fault:
            times.errors.append(repr(fault))
        finally:
            browser.close()

    pauses = [within * n / max(1, len(bodies)) for n in range(len(bodies))]
    await asyncio.gather(*(respondent(body, pause) for body, pause in zip(bodies, pauses, strict=True)))
    times.seconds = time.perf_counter() - started
    return times
