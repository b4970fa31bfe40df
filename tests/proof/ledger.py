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

FORM = "application/x-www-form-urlencoded"


@dataclass
class Sent:
    """One set of answers: under which submission, with which number in it, and what became of it."""

    submission: str
    number: int
    body: bytes


@dataclass
class Ledger:
    """Bodies by the number that each one carries; a number is used once, so a row can be traced to its sender."""

    ticket: str
    field: str
    acknowledged: dict[int, Sent] = field(default_factory=dict)
    attempted: dict[int, Sent] = field(default_factory=dict)
    refused: Counter[int] = field(default_factory=Counter)
    retry_after: Counter[str | None] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _next: int = 0

    def new(self) -> Sent:
        """A new set of answers."""
        with self._lock:
            number, self._next = self._next, self._next + 1
        submission = secrets.token_hex(16)
        answers = {"ticket": self.ticket, "submission": submission, self.field: str(number)}
        sent = Sent(submission, number, urlencode(answers).encode())
        self.attempted[number] = sent
        return sent

    def send(self, port: int, sent: Sent, *, patience: float = 60.0) -> int:
        """Send it once; 0 when no reply came."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
        try:
            connection.request("POST", "/answer", sent.body, {"Content-Type": FORM})
            reply = connection.getresponse()
            reply.read()
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()
        with self._lock:
            if (reply.status, reply.headers.get("Location")) == (303, "/thanks"):
                self.acknowledged[sent.number] = sent
            else:
                self.refused[reply.status] += 1
                self.retry_after[reply.headers.get("Retry-After")] += 1
        return reply.status


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
