"""No alert is lost: not when everything is killed between an answer and its alert, not when the mail server is away."""

from __future__ import annotations

import http.client
import os
import random
import secrets
import signal
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from questionnaires.codebook import Codebook
from survey import cookies, outbox, signing_in
from survey.clock import now
from survey.database import Database
from survey.models import Account, Alert, Case, Message, Response, Ticket
from survey.openings import open_wave
from tests.ground import make_sitting
from tests.live import SERVE, Live
from tests.proof import fast_clock, killed_between
from tests.proof.ledger import FORM
from tests.smtp import MailServer
from tests.survey.casework import TELLING, Service, make_service

KILLS, AT_RANDOM, OF_EVERYTHING, CASES, AGAIN = 100, 10, 5, 6, 100
TEN_MINUTES, ALERTS_AN_OUTAGE = timedelta(minutes=10), 4
SABOTAGED = ("-m", "tests.proof.sabotaged_alerts", "serve")
TOLD = ("worker@example.org", "deputy@example.org")
CALLED = Counter({"alert_new": 2, "alert_undecided": 1})


@dataclass
class Casework:
    """A running service with open cases, and what it acknowledged."""

    live: Live
    service: Service
    tickets: list[str]
    acknowledged: set[str] = field(default_factory=set)
    attempted: dict[str, bytes] = field(default_factory=dict)
    cut: int = 0
    tells: dict[bytes, bool] = field(default_factory=dict)
    """Whether a stored row tells, by its id: each is read once, however often the store is looked at."""

    def post(self, path: str, body: bytes) -> tuple[int, str]:
        """Send it once; (0, "") when no reply came."""
        connection = http.client.HTTPConnection("127.0.0.1", self.live.port, timeout=30)
        try:
            connection.request("POST", path, body, {"Content-Type": FORM})
            reply = connection.getresponse()
            return reply.status, reply.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()

    def send(self, submission: str, *, at_once: bool) -> bool:
        """An answer that tells: at once and then with its form, or with the form alone; whether a reply came."""
        self.take_up()
        body = self.attempted[submission]
        if at_once and self.post("/alert", body) == (200, f"Heard tells {submission}"):
            self.acknowledged.add(submission)
        status, _ = self.post("/answer", body)
        if status == 303:
            self.acknowledged.add(submission)
        self.cut += status == 0
        return status != 0

    def take_up(self) -> None:
        """The worker opens what waits: of one answer only a few alerts wait unopened at a time."""
        opened = {"state": "opened", "opened_by": self.service.people["worker"], "opened_at": now()}
        with self.live.database.writing() as session:
            session.execute(update(Alert).where(Alert.state == "new").values(**opened))

    def unaccompanied(self) -> int:
        """Stored answers that tell and have no alert, in one look at the store: rows and alerts are counted by opening, where
        nobody tells at once."""
        book = Codebook.of(self.service.instrument)
        with self.live.database.reading() as session:
            rows = session.execute(select(Response.id, Response.opening_id, Response.codes)).all()
            alerts = Counter(session.scalars(select(Alert.opening_id)))
        for row_id, _, codes in rows:
            if row_id not in self.tells:
                self.tells[row_id] = book.decode(codes)[1]["place_to_stay"] == "have_no_place"
        telling = Counter(opening_id for row_id, opening_id, _ in rows if self.tells[row_id])
        return sum(max(0, count - alerts[opening]) for opening, count in telling.items())

    def alerts(self) -> Counter[bytes]:
        """How many alerts each submission raised, by its mark."""
        with self.live.database.reading() as session:
            return Counter(session.scalars(select(Alert.mark)))

    def mark(self, submission: str) -> bytes:
        """The mark of a submission."""
        return self.live.keys.mac("alert", submission.encode())[:16]


def open_cases(database: Database, service: Service, count: int) -> list[str]:
    """So many cases with their first questions open; returns their tickets."""
    with database.writing() as session:
        return [_open_case(session, service, n) for n in range(count)]


def _open_case(session: Session, service: Service, n: int) -> str:
    entry = make_sitting(session, service.ground, devices="own", present=1, year_groups="")
    case = Case(
        programme_id=service.programme_id,
        sitting_id=entry.sitting_id,
        reference=f"P{n}",
        worker_id=service.people["worker"],
        deputy_id=service.people["deputy"],
        opened_at=now(),
    )
    session.add(case)
    opening = open_wave(session, entry, "t1")
    session.flush()
    return session.scalars(select(Ticket.id).where(Ticket.opening_id == opening.id, Ticket.language == "en")).one()


@pytest.fixture
def casework(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Casework]:
    """A service with open cases, not yet started."""
    live = Live(tmp_path / "service", launcher=getattr(request, "param", SERVE))
    service = make_service(live.database)
    yield Casework(live, service, open_cases(live.database, service, CASES))
    live.kill()
    live.database.dispose()


@contextmanager
def young_people(work: Casework, *, some_at_once: bool) -> Iterator[None]:
    """Young people who send without pause, each in a case of their own; every second one may tell at once."""
    is_over = threading.Event()

    def sends(n: int) -> None:
        while not is_over.is_set():
            submission = secrets.token_hex(16)
            work.attempted[submission] = work.service.body(work.tickets[n], submission, **TELLING)
            if not work.send(submission, at_once=some_at_once and bool(n % 2)):
                time.sleep(0.5)

    threads = [threading.Thread(target=sends, args=(n,)) for n in range(CASES)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def await_two_more(work: Casework) -> None:
    """Wait until two more answers were acknowledged, or none will be for now."""
    before, deadline = len(work.acknowledged), time.monotonic() + 15
    while len(work.acknowledged) < before + 2 and time.monotonic() < deadline:
        time.sleep(0.005)


def kill_one(live: Live, draw: random.Random) -> None:
    """End one of the processes that serve, at once; the one above starts another."""
    assert live.process is not None
    serving = list(live.pages())
    if serving:
        os.kill(draw.choice(serving), signal.SIGKILL)


def killing(work: Casework, kills: int, of_everything: int) -> int:
    """Kill at random moments while answers come; returns how many answers were ever seen without their alert."""
    draw, seen_alone = random.Random(11), 0
    with young_people(work, some_at_once=True):
        for n in range(kills):
            await_two_more(work)
            time.sleep(draw.uniform(0.0, 0.06))
            if n % (kills // of_everything) == 0:
                work.live.kill()
                seen_alone += work.unaccompanied()
                work.live.start()
            else:
                kill_one(work.live, draw)
                seen_alone += work.unaccompanied()
    return seen_alone


def killing_between(work: Casework, kills: int, points: Sequence[str] = killed_between.POINTS) -> int:
    """Kill whoever comes first to each point between an answer and its alert in turn, and return as `killing` does. Nobody
    tells at once here, so both are written in one transaction."""
    asked, seen_alone = work.live.folder / killed_between.ASKED, 0
    with young_people(work, some_at_once=False):
        for n in range(kills):
            await_two_more(work)
            asked.write_text(point := points[n % len(points)])
            deadline = time.monotonic() + 60
            while asked.exists():
                assert time.monotonic() < deadline, f"nobody came to where {point}"
                time.sleep(0.005)
            seen_alone += work.unaccompanied()
    return seen_alone


@pytest.mark.parametrize("casework", [killed_between.LAUNCHER], indirect=True)
def test_killing_between_an_answer_and_its_alert_loses_none(casework: Casework) -> None:
    casework.live.start()
    alone = killing_between(casework, KILLS) + killing(casework, AT_RANDOM, OF_EVERYTHING)
    found = casework.alerts()
    lost = [one for one in casework.acknowledged if found[casework.mark(one)] != 1]
    doubled = [mark for mark, count in found.items() if count > 1]
    strangers = set(found) - {casework.mark(one) for one in casework.attempted}
    with casework.live.database.reading() as session:
        subjects = {f"alert {one}" for one in session.scalars(select(Alert.id))}
        called: dict[str, Counter[str]] = {}
        for kind, subject in session.execute(select(Message.kind, Message.subject).where(Message.attempts == 0)):
            called.setdefault(subject, Counter())[kind] += 1
    print(
        f"\n{KILLS} kills between an answer and its alert, {KILLS // len(killed_between.POINTS)} at each of "
        f"{len(killed_between.POINTS)} points, and {AT_RANDOM} at random ({OF_EVERYTHING} of everything): "
        f"{len(casework.acknowledged)} answers acknowledged, "
        f"{casework.cut} cut off; alerts lost {len(lost)}, doubled {len(doubled)}, answers without alert {alone}"
    )
    assert (lost, doubled, strangers, alone) == ([], [], set(), 0)
    assert len(casework.acknowledged) > KILLS and casework.cut > 0
    assert called.keys() == subjects and all(one == CALLED for one in called.values())
    again = sorted(set(casework.attempted) - casework.acknowledged)[:AGAIN]
    for submission in again:  # who was cut off sends again
        casework.send(submission, at_once=False)
    found = casework.alerts()
    assert [found[casework.mark(one)] for one in again] == [1] * len(again)


@pytest.mark.parametrize("casework", [SABOTAGED], indirect=True)
def test_an_alert_in_a_second_transaction_is_caught(casework: Casework) -> None:
    casework.live.start()
    assert killing_between(casework, 3, points=["before the reply"]) > 0


@pytest.mark.parametrize("casework", [fast_clock.LAUNCHER], indirect=True)
def test_ten_minutes_without_mail_lose_no_alert(casework: Casework, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole service with its courier; its clock runs sixty times as fast, so that each outage lasts ten of its minutes."""
    live, server = casework.live, MailServer().start()
    began = time.time()
    (live.folder / fast_clock.BEGAN).write_text(str(began))
    live.settings |= {"HEARD_MAIL": server.url, "HEARD_MAIL_FROM": "heard@service.example"}
    monkeypatch.setattr(signing_in, "now", clock := fast_clock.fast_clock(began))
    live.start()
    for outage in ("refused", "silent", "later"):
        before, calls = len(casework.acknowledged), server.called
        begin_outage(server, outage)
        away_since = clock()
        while clock() < away_since + TEN_MINUTES:
            tell_and_send(casework, ALERTS_AN_OUTAGE)
            time.sleep(1)
        raised = len(casework.acknowledged) - before
        assert "Mail is not going out just now" in first_page(casework, "deputy")
        assert told(server) == {} and (outage == "refused" or server.called > calls), (
            "it was really away, and was tried"
        )
        end_outage(server)
        back, deadline = clock(), time.monotonic() + 120
        while min(told(server)[one] for one in TOLD) < raised and time.monotonic() < deadline:
            time.sleep(0.05)
        print(
            f"\nmail {outage} for ten minutes: {raised} alerts, {len(server.taken)} letters, the last "
            f"{(clock() - back) / timedelta(minutes=1):.0f} minutes after mail was back"
        )
        assert_told_once_each(casework, server, raised)
    server.stop()
    assert {len(casework.alerts()), sum(casework.alerts().values())} == {len(casework.acknowledged)}


def begin_outage(server: MailServer, outage: str) -> None:
    """Nobody takes a connection; or it is taken and nothing is said; or everybody is asked to come again later."""
    if outage == "refused":
        server.stop()
    else:
        server.mood = "silent" if outage == "silent" else "later"
    server.taken.clear()


def end_outage(server: MailServer) -> None:
    """Mail is back."""
    if server.mood == "well":
        server.start()
    server.mood = "well"


def tell_and_send(work: Casework, count: int) -> None:
    """Young people who give an answer that tells, every second one at once."""
    for n in range(count):
        submission = secrets.token_hex(16)
        ticket = work.tickets[n % len(work.tickets)]
        work.attempted[submission] = work.service.body(ticket, submission, **TELLING)
        assert work.send(submission, at_once=bool(n % 2))


def first_page(work: Casework, who: str) -> str:
    """What somebody sees when they sign in."""
    with work.live.database.writing() as session:
        token = signing_in.sign_in(session, session.get_one(Account, work.service.people[who]))
    asked = urllib.request.Request(f"{work.live.url}/staff/", headers={"Cookie": f"{cookies.STAFF}={token}"})  # noqa: S310
    with urllib.request.urlopen(asked, timeout=30) as reply:  # noqa: S310
        page: str = reply.read().decode()
    return page


def told(server: MailServer) -> Counter[str]:
    """How many letters worker and deputy have had; the lead has some too when an hour is over."""
    return Counter(one for one in server.recipients if one in TOLD)


def assert_told_once_each(work: Casework, server: MailServer, raised: int) -> None:
    """Each alert came to worker and deputy, once; nobody else but the lead, whose hour may be over, had a letter."""
    copies = Counter(str(letter["Message-ID"]) for letter in server.taken)
    assert told(server) == dict.fromkeys(TOLD, raised) and set(copies.values()) == {1}
    assert set(server.recipients) <= {*TOLD, "lead@example.org"}
    with work.live.database.reading() as session:
        waiting = select(Message.id).where(Message.kind == "alert_new", Message.sent_at.is_(None))
        assert session.scalar(waiting.limit(1)) is None


def raise_by_hand(casework: Casework) -> None:
    """Messages of one alert, without a page."""
    with casework.live.database.writing() as session:
        for who in ("worker", "deputy"):
            outbox.add(session, "alert_new", "alert 1", account_id=casework.service.people[who])


def test_killing_the_courier_sends_each_letter_at_least_once(casework: Casework) -> None:
    server = MailServer(seconds_a_letter=0.02).start()
    server.stop()
    live = casework.live
    live.settings |= {"HEARD_MAIL": server.url, "HEARD_MAIL_FROM": "heard@service.example"}
    live.start()
    for _ in range(100):
        raise_by_hand(casework)
    time.sleep(3)
    server.start()
    for part in (1, 2):  # each comes in the middle of the letters
        await_letters(server, 60 * part)
        pid = live.courier()
        assert pid is not None, (live.folder / "said.log").read_text()[-4000:]
        os.kill(pid, signal.SIGKILL)
    await_letters(server, 200)
    live.kill()
    server.stop()
    copies = Counter(str(letter["Message-ID"]) for letter in server.taken)
    print(
        f"\n2 kills of the courier: 200 letters due, {len(copies)} arrived, {sum(copies.values()) - len(copies)} twice"
    )
    assert len(copies) == 200, (live.folder / "said.log").read_text()
    assert sum(copies.values()) - len(copies) <= 2, "at most the one that was on its way at each kill"


def await_letters(server: MailServer, count: int) -> None:
    """Wait until so many different letters have arrived."""
    deadline = time.monotonic() + 180
    while len({letter["Message-ID"] for letter in list(server.taken)}) < count and time.monotonic() < deadline:
        time.sleep(0.02)
