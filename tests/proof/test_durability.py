"""Once acknowledged, an answer is safe: whatever is killed, full, locked or cut, and however often it is sent again."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from survey.database import sqlite_module
from tests.live import Live, Room
from tests.proof.conftest import assert_one_each, ledger_of, numbers
from tests.proof.cutting import CuttingProxy
from tests.proof.ledger import UNREADABLE, Crowd, Ledger, Sent, compare

CYCLES = 20
LOST_REPLIES, ASIDE_EVERY = 1000, 20
WARM = 40
SABOTAGED = ("-m", "tests.proof.sabotaged", "serve")
Made = Callable[..., tuple[Live, Room]]


def killing(live: Live, ledger: Ledger, cycles: int) -> None:
    """Kill the whole process group under a crowd that sends, and start it again."""
    draw = random.Random(7)
    for _ in range(cycles):
        before, deadline = len(ledger.acknowledged), time.monotonic() + 10
        crowd = Crowd(ledger, live.port)
        while len(ledger.acknowledged) < before + WARM and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(draw.uniform(0.0, 0.5))
        live.kill()
        crowd.stop()
        live.start()


def assert_sound(live: Live) -> None:
    """The file itself is whole."""
    connection = sqlite_module().connect(str(live.database.url.database))
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_killing_everything_loses_nothing(service: Made) -> None:
    live, room = service()
    ledger = ledger_of(room)
    killing(live, ledger, CYCLES)
    assert len(ledger.acknowledged) > WARM * CYCLES // 2
    assert compare(ledger, numbers(room)) == {"lost": 0, "doubled": 0, "altered": 0}
    unanswered = [sent for number, sent in ledger.attempted.items() if number not in ledger.acknowledged]
    assert unanswered, "somebody was cut off, or nothing was tried"
    for sent in unanswered:
        assert ledger.send(live.port, sent) == 303, "sending again after a cut is thanked"
    stored = numbers(room)
    assert compare(ledger, stored) == {"lost": 0, "doubled": 0, "altered": 0}
    assert sorted(stored) == sorted(ledger.attempted)
    assert_sound(live)


def test_a_service_that_thanks_before_it_commits_is_caught(service: Made) -> None:
    live, room = service(launcher=SABOTAGED)
    ledger = ledger_of(room)
    killing(live, ledger, 3)
    assert compare(ledger, numbers(room))["lost"] > 0


def fill(live: Live, pages_left: int) -> Callable[[], None]:
    """A small disk: the database may grow by so many pages. Returns what gives the space back."""
    # SQLite keeps this limit per connection, so the service reads it from the folder it starts in.
    limit = Path(live.folder) / "limit"
    connection = sqlite_module().connect(str(live.database.url.database))
    used = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.close()
    limit.write_text(str(used + pages_left))
    return lambda: limit.write_text(str(2**30))


def test_a_full_disk_refuses_kindly_and_keeps_what_it_has(service: Made) -> None:
    live, room = service(launcher=("-m", "tests.proof.small_disk", "serve"), start=False)
    give_back = fill(live, 12)
    live.start()
    ledger = ledger_of(room)
    with ThreadPoolExecutor(8) as pupils:
        statuses = set(pupils.map(lambda _: ledger.send(live.port, ledger.new()), range(1500)))
    assert statuses == {303, 503}
    assert set(ledger.retry_after) == {"5"}
    assert compare(ledger, numbers(room)) == {"lost": 0, "doubled": 0, "altered": 0}
    give_back()
    refused = [sent for number, sent in ledger.attempted.items() if number not in ledger.acknowledged]
    for sent in refused:
        assert ledger.send(live.port, sent) == 303, "with space again it takes them, without a restart"
    assert sorted(numbers(room)) == sorted(ledger.attempted)
    assert_sound(live)


@pytest.mark.parametrize(("seconds", "expected"), [(3.0, {303}), (30.0, {503})])
def test_a_locked_store_waits_a_little_and_then_says_so(service: Made, seconds: float, expected: set[int]) -> None:
    live, room = service()
    ledger = ledger_of(room)
    assert ledger.send(live.port, ledger.new()) == 303
    holder = sqlite_module().connect(str(live.database.url.database), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    waiting = threading.Event()
    statuses: list[int] = []

    def pupil() -> None:
        waiting.set()
        statuses.append(ledger.send(live.port, ledger.new()))

    pupils = [threading.Thread(target=pupil) for _ in range(4)]
    started = time.monotonic()
    for one in pupils:
        one.start()
    waiting.wait()
    if expected == {303}:
        time.sleep(seconds)
        holder.execute("ROLLBACK")
    for one in pupils:
        one.join()
    assert time.monotonic() - started < 20
    assert set(statuses) == expected
    if expected == {503}:
        assert set(ledger.retry_after) == {"5"}
        holder.execute("ROLLBACK")
    holder.close()
    for sent in list(ledger.attempted.values()):
        assert ledger.send(live.port, sent) == 303
    assert sorted(numbers(room)) == sorted(ledger.attempted)


def test_a_reply_that_is_lost_after_the_commit_costs_nothing(service: Made) -> None:
    """Every second one comes sealed, as devices send it and send it again; some of these the service cannot read."""
    live, room = service()
    ledger = ledger_of(room)
    kinds = [("open", "sealed")[n % 2] for n in range(LOST_REPLIES)]
    for n in range(1, LOST_REPLIES, ASIDE_EVERY):
        kinds[n] = UNREADABLE[n % len(UNREADABLE)]
    sets = [ledger.new(kind) for kind in kinds]

    def press(port: int, sent: Sent) -> int:
        while (status := ledger.send(port, sent)) == 503:  # a busy moment, and nothing was taken
            pass
        return status

    with CuttingProxy(live.port) as proxy, ThreadPoolExecutor(8) as pupils:
        lost = list(pupils.map(lambda sent: press(proxy.port, sent), sets))
    assert set(lost) == {0}, "no receipt got through"
    assert proxy.answered == LOST_REPLIES, "but the service had given each"
    with ThreadPoolExecutor(8) as pupils:
        again = Counter(pupils.map(lambda sent: press(live.port, sent), sets))
    aside = LOST_REPLIES // ASIDE_EVERY
    assert again == {303: LOST_REPLIES // 2, 200: LOST_REPLIES // 2 - aside, 409: aside}
    assert_one_each(live, room, ledger)


def test_double_taps_and_two_tabs_store_each_set_once(service: Made) -> None:
    live, room = service()
    ledger = ledger_of(room)
    sets = [ledger.new() for _ in range(60)]
    with ThreadPoolExecutor(16) as pupils:
        statuses = set(pupils.map(lambda sent: ledger.send(live.port, sent), sets * 20))
    assert statuses == {303}
    assert sorted(numbers(room)) == sorted(ledger.attempted)


def test_stopping_is_quick_and_loses_nothing(service: Made) -> None:
    live, room = service()
    ledger = ledger_of(room)
    crowd = Crowd(ledger, live.port)
    time.sleep(1.0)
    started = time.monotonic()
    live.stop()
    crowd.stop()
    assert time.monotonic() - started < 15
    assert compare(ledger, numbers(room)) == {"lost": 0, "doubled": 0, "altered": 0}
    assert "Traceback" not in (live.folder / "said.log").read_text()
