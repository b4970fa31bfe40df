"""The service as it really runs: `heard serve` in a process group of its own, on a free port, with its own folder.

The browser journeys, the proofs and the load figures all stand on this. `Live` starts, stops and kills; `Grounds` puts a
programme into its store; a `Room` is one sitting, whose rows can be read back as answers.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import func, select

from questionnaires.codebook import Answer, Codebook, Head
from questionnaires.instrument import Instrument
from survey.clock import now
from survey.config import Config, read_config
from survey.database import Database
from survey.models import Base, Decline, Opening, Response
from survey.pairing import new_pairing_key, shown
from survey.schema import migrate
from survey.sealed_answers import make_key
from survey.sealing import Keys
from tests.ground import OnGround, make_opening, make_programme, make_sitting

ROOT = Path(__file__).resolve().parent.parent
SERVE = ("-m", "survey.commands", "serve")
SECONDS_TO_START = 60.0


class NotStarted(Exception):
    """The service did not come up; the message holds what it said."""


def free_port() -> int:
    """A port that nobody uses just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Live:
    """One running installation."""

    def __init__(self, folder: Path, *, exit_url: str = "/static/icon.svg", launcher: Sequence[str] = SERVE) -> None:
        self.folder, self.launcher = folder, tuple(launcher)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.said = folder / "said.log"
        self.settings = {
            "HEARD_VAR": str(folder / "var"),
            "HEARD_EXIT_URL": exit_url,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
        }
        folder.mkdir(parents=True, exist_ok=True)
        self.config: Config = read_config(self.settings, make_key=True)
        self.database = Database(self.config.database_url)
        self.keys = Keys(self.config.key)
        migrate(self.database)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it can take answers."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("HEARD_")}
        with self.said.open("ab") as said:
            self.process = subprocess.Popen(
                [sys.executable, *self.launcher],
                env={**environ, **self.settings, "PYTHONPATH": str(ROOT)},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise NotStarted(self.said.read_text(errors="replace")[-3000:])
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as reply:  # noqa: S310
                return bool(reply.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def kill(self) -> None:
        """End the whole process group at once, as a power switch would; nothing gets to tidy up."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end, as an operator would."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            if how is signal.SIGKILL:
                os.killpg(self.process.pid, how)
            else:
                self.process.send_signal(how)
            self.process.wait(timeout=40)
        self.process = None

    def close(self) -> None:
        """Stop it and let go of the store."""
        self.stop()
        self.database.dispose()

    def courier(self) -> int | None:
        """The process that does the work behind the pages; one that was killed is started anew within seconds."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            for pid in self._children():
                if _works(pid):
                    return pid
            time.sleep(0.1)
        return None

    def pages(self) -> list[int]:
        """The processes that make the pages."""
        return [pid for pid in self._children() if not _works(pid)]

    def _children(self) -> list[int]:
        """The processes that the first one has started, in any of its threads."""
        assert self.process is not None
        lists = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(one) for children in lists for one in children.read_text().split()]

    def counts(self) -> dict[str, int]:
        """How many rows each table holds."""
        with self.database.reading() as session:
            return {
                table.name: session.scalar(select(func.count()).select_from(table)) or 0
                for table in Base.metadata.sorted_tables
            }


def _works(pid: int) -> bool:
    """Whether a process is the one that does the work behind the pages."""
    return b"work" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")


@dataclass
class Room(OnGround):
    """One sitting with its code, and the waves that were opened in it."""

    keys: Keys
    sitting_id: int
    entry_id: int
    code: str
    openings: dict[str, int] = field(default_factory=dict)
    tickets: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """The code as the poster shows it."""
        return shown(self.code)

    def open(self, wave: str = "before", *languages: str) -> str:
        """Open a wave; returns the ticket of its first language."""
        spoken = languages or ("en",)
        with self.database.writing() as session:
            self.openings[wave], tickets = make_opening(session, self.ground, self.entry_id, wave, *spoken)
            make_key(session, self.keys, self.sitting_id)
        self.tickets.update({(wave, language): ticket for language, ticket in zip(spoken, tickets, strict=True)})
        return tickets[0]

    def close(self, wave: str = "before") -> None:
        """Close a wave."""
        with self.database.writing() as session:
            session.get_one(Opening, self.openings[wave]).closed_at = now()

    def rows(self, wave: str = "before") -> list[Response]:
        """The stored rows of a wave."""
        with self.database.reading() as session:
            return list(session.scalars(select(Response).where(Response.opening_id == self.openings[wave])))

    def stored(self, wave: str = "before") -> list[tuple[Head, dict[str, Answer]]]:
        """The rows of a wave as answers."""
        book = Codebook.of(self.instrument)
        return [book.decode(row.codes) for row in self.rows(wave)]

    def declines(self, wave: str = "before") -> int:
        """How many chose "No thanks"."""
        with self.database.reading() as session:
            return session.scalar(select(func.count()).where(Decline.opening_id == self.openings[wave])) or 0

    def body(self, wave: str = "before", submission: str | None = None, **answers: str | list[str]) -> bytes:
        """The bytes that a browser would send."""
        ticket = next(value for (opened, _), value in self.tickets.items() if opened == wave)
        envelope = {"ticket": ticket, "submission": submission or secrets.token_hex(16)}
        return urlencode({**envelope, **answers}, doseq=True).encode()


class Grounds(OnGround):
    """A programme in a store, in which each test can have rooms of its own."""

    def __init__(self, live: Live, instrument: Instrument, key: str, *, simulated: bool = True) -> None:
        self.live, self.key = live, key
        with live.database.writing() as session:
            ground = make_programme(
                session,
                instrument,
                key,
                organisation=f"Council of {key}",
                name=f"The tour of {key}",
                origin="simulated" if simulated else "collected",
                pairing_key=new_pairing_key(live.keys),
            )
        super().__init__(live.database, instrument, ground)

    def room(self, devices: str = "shared", *waves: str) -> Room:
        """A new sitting; the named waves are opened."""
        with self.database.writing() as session:
            entry = make_sitting(session, self.ground, devices=devices)
            sitting_id, entry_id, code = entry.sitting_id, entry.id, entry.code
        room = Room(self.database, self.instrument, self.ground, self.live.keys, sitting_id, entry_id, code)
        for wave in waves:
            room.open(wave)
        return room
