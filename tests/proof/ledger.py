"""An outside ledger of what the service acknowledged, and pupils who send without pause. Shares no code with the service."""

from __future__ import annotations

import http.client
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.seals import seal

FORM = "application/x-www-form-urlencoded"
UNREADABLE = ("no such question", "another key", "another wave")
"""Why a set that has lain on a device may say nothing to the service when it comes."""


@dataclass
class Sent:
    """One set of answers: under which submission, with which number in it, and the form as it was filled in or sealed.
    `tries`: how often it was sent; what is sealed says from the second time on that it waited."""

    submission: str
    number: int
    body: bytes
    is_sealed: bool = False
    tries: int = 0

    def form(self) -> bytes:
        """What goes over the line now."""
        self.tries += 1
        return self.body + (b"&waited=1" if self.is_sealed and self.tries > 1 else b"")


@dataclass
class Ledger:
    """Bodies by the number that each one carries; a number is used once, so a row can be traced to its sender. `key`: what the
    page gives a device to seal with. What has a receipt was either `acknowledged` or `put_aside`."""

    ticket: str
    field: str
    key: str = ""
    acknowledged: dict[int, Sent] = field(default_factory=dict)
    put_aside: dict[int, Sent] = field(default_factory=dict)
    attempted: dict[int, Sent] = field(default_factory=dict)
    refused: Counter[int] = field(default_factory=Counter)
    retry_after: Counter[str | None] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _next: int = 0

    def new(self, kind: str = "open") -> Sent:
        """A new set of answers: "open" as a browser without script sends it, "sealed" as a device does, or `UNREADABLE`."""
        with self._lock:
            number, self._next = self._next, self._next + 1
        envelope = {"ticket": self.ticket, "submission": secrets.token_hex(16)}
        stray = {"no_such_question": "1"} if kind == "no such question" else {}
        body = urlencode({**envelope, self.field: str(number), **stray}).encode()
        if kind != "open":
            body = urlencode({**envelope, "sealed": seal(self._key_for(kind), body)}).encode()
        sent = Sent(envelope["submission"], number, body, kind != "open", int(kind in UNREADABLE))
        self.attempted[number] = sent
        return sent

    def _key_for(self, kind: str) -> str:
        own = self.key.partition(".")[0]
        changed = {"another key": (own, secrets.token_hex(8)), "another wave": ("/before/", "/after/")}
        return self.key.replace(*changed.get(kind, ("", "")))

    def send(self, port: int, sent: Sent, *, patience: float = 60.0) -> int:
        """Send it once; 0 when no reply came."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
        try:
            connection.request("POST", "/answer", sent.form(), {"Content-Type": FORM})
            reply = connection.getresponse()
            said = reply.read()
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()
        if not self.hear(sent, reply.status, reply.headers.get("Location"), said):
            with self._lock:
                self.refused[reply.status] += 1
                self.retry_after[reply.headers.get("Retry-After")] += 1
        return reply.status

    def hear(self, sent: Sent, status: int, leads: str | None, said: bytes) -> bool:
        """Note a receipt; False when a reply is none."""
        names_it = said == f"Heard keeps {sent.submission}".encode()
        with self._lock:
            if (status, leads) == (303, "/thanks") or (status == 200 and names_it):
                self.acknowledged[sent.number] = sent
                return True
            if status == 409 and names_it:
                self.put_aside[sent.number] = sent
                return True
        return False


class Crowd:
    """Threads that send until told to stop."""

    def __init__(self, ledger: Ledger, port: int, people: int = 8) -> None:
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(ledger, port)) for _ in range(people)]
        for thread in self._threads:
            thread.start()

    def _send(self, ledger: Ledger, port: int) -> None:
        while not self._stop.is_set():
            if ledger.send(port, ledger.new()) != 303:
                time.sleep(0.005)

    def stop(self) -> None:
        """Wait until the last one has had an answer or none."""
        self._stop.set()
        for thread in self._threads:
            thread.join()


def compare(ledger: Ledger, stored: Iterable[int]) -> dict[str, int]:
    """What was lost, doubled or altered: every acknowledged number once, no number that nobody sent."""
    counts = Counter(stored)
    return {
        "lost": sum(1 for number in ledger.acknowledged if counts[number] == 0),
        "doubled": sum(1 for count in counts.values() if count > 1),
        "altered": sum(1 for number in counts if number not in ledger.attempted),
    }
