"""Every proof starts services of its own, which it may kill."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from sqlalchemy import select

from questionnaires.files import read
from survey.models import Held
from survey.responses import place_of
from survey.sealed_answers import public_key
from tests.live import SERVE, Grounds, Live, Room
from tests.proof.ledger import Ledger, compare

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder is `make proof`'s."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.proof)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Callable[..., tuple[Live, Room]]]:
    """Makes a service with an open sitting that counts; whatever is left of it at the end is killed."""
    made: list[Live] = []

    def make(*, launcher: tuple[str, ...] = SERVE, start: bool = True) -> tuple[Live, Room]:
        live = Live(tmp_path / f"service{len(made)}", launcher=launcher)
        made.append(live)
        room = Grounds(live, read(HERE / "counting.yaml"), "counting").room("shared", "before")
        if start:
            live.start()
        return live, room

    yield make
    for live in made:
        live.kill()
        live.database.dispose()


def numbers(room: Room) -> list[int]:
    """What was stored, as the numbers that were sent."""
    return [int(str(answers["counted"])) for _, answers in room.stored()]


def put_aside(room: Room) -> list[str]:
    """What was put aside, as the submissions under which it came."""
    with room.database.reading() as session:
        rows = session.scalars(select(Held).where(Held.opening_id == room.openings["before"])).all()
    bodies = [room.keys.open("held", row.body, str(row.opening_id).encode()) for row in rows]
    return [parse_qs(body.decode())["submission"][0] for body in bodies]


def ledger_of(room: Room) -> Ledger:
    """A ledger for one sitting, which can seal for it."""
    ticket = room.tickets["before", "en"]
    place = place_of(room.database, ticket)
    assert place is not None
    return Ledger(ticket, "counted", public_key(room.database, place) or "")


def assert_one_each(live: Live, room: Room, ledger: Ledger) -> None:
    """Every receipt has exactly one row or one record that was put aside, and there is nothing else."""
    stored = numbers(room)
    assert compare(ledger, stored) == {"lost": 0, "doubled": 0, "altered": 0}
    assert sorted(stored) == sorted(ledger.acknowledged)
    assert sorted(put_aside(room)) == sorted(sent.submission for sent in ledger.put_aside.values())
    counts = live.counts()
    found = counts["receipts"], counts["responses"], counts["held"]
    assert found == (len(stored) + len(ledger.put_aside), len(stored), len(ledger.put_aside))
