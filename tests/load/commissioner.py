"""What a release costs to make and what its page costs to read, over a tour of a real size and over a million responses."""

from __future__ import annotations

import secrets
import statistics
import time
import urllib.request
from collections.abc import Iterator
from datetime import timedelta

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.codebook import NUMBER_ABSENCES, Codebook
from questionnaires.files import load_library
from survey.clock import now, today
from survey.database import sqlite_module
from survey.models import (
    Account,
    Entry,
    Grant,
    Opening,
    Organisation,
    Participation,
    Programme,
    ProgrammeWave,
    Setting,
    Sitting,
)
from survey.pairing import new_code
from survey.publishing import publish
from survey.releases.cuts import occasions, places
from survey.releases.making import Waves
from survey.releases.measures import measured
from survey.releases.reading import read_answers
from survey.releases.work import make_release
from survey.signing_in import sign_in
from tests.live import Live
from tests.load.figures import Figure, show

SCHOOLS = 130
ROUNDS = 40


def measure(live: Live) -> None:
    """Print all of it."""
    cookie = _commissioner(live)
    for responses in (13_825, 1_000_000):
        programme_id = _tour(live, responses)
        tabulating = _tabulate(live, programme_id, responses)
        started = time.perf_counter()
        release = make_release(live.database, live.keys, programme_id, "final")
        making = time.perf_counter() - started
        times = _page(live, programme_id, cookie)
        show(
            f"A programme of {responses:,} stored responses of 12 items at {SCHOOLS} schools",
            [
                Figure("reading and tabulating: all items, all pairs, by school", tabulating, "s", 2.0),
                Figure("making the release with its charts, in the worker", making, "s"),
                Figure("the snapshot", len(release.snapshot) / 1024, "KB"),
                Figure("commissioner's page p50", 1000 * statistics.median(times), "ms", 50.0),
                Figure("commissioner's page p95", 1000 * sorted(times)[int(0.95 * len(times))], "ms"),
            ],
        )


def _commissioner(live: Live) -> str:
    """Somebody who may read the programmes' reports, signed in."""
    with live.database.writing() as session:
        organisation = Organisation(name="Council of the figures")
        account = Account(email="figures@example.org", name="Figures", password_hash="-")
        session.add_all([organisation, account])
        session.flush()
        session.add(
            Grant(
                account_id=account.id,
                role="commissioner",
                organisation_id=organisation.id,
                starts_at=now() - timedelta(days=1),
                reason="figures",
            )
        )
        return sign_in(session, account)


def _tour(live: Live, responses: int) -> int:
    """A closed programme of so many responses, half before and half after, 80 in 100 with a card."""
    with live.database.writing() as session:
        organisation = session.scalars(select(Organisation).where(Organisation.name == "Council of the figures")).one()
        instrument = load_library("staying_safe")
        version = publish(session, instrument)
        programme = Programme(
            organisation_id=organisation.id,
            key=f"figures-{responses}",
            name=f"A tour of {responses:,} responses",
            origin="simulated",
            status="closed",
        )
        session.add(programme)
        session.flush()
        for position, wave in enumerate(instrument.waves):
            session.add(
                ProgrammeWave(programme_id=programme.id, wave=wave, position=position, instrument_version_id=version.id)
            )
        on_roll = responses // (2 * SCHOOLS) + 20
        openings: dict[str, list[int]] = {wave: [] for wave in instrument.waves}
        for number in range(SCHOOLS):
            found = _school(programme, organisation.id, number, on_roll, session, version.id)
            for wave, opening_id in found.items():
                openings[wave].append(opening_id)
        programme_id = programme.id
    _fill(live, programme_id, Codebook.of(instrument), openings, responses)
    return programme_id


def _school(
    programme: Programme, organisation_id: int, number: int, on_roll: int, session: Session, version_id: int
) -> dict[str, int]:
    """A school with one sitting whose two waves were opened and closed."""
    setting = Setting(organisation_id=organisation_id, name=f"{programme.key} school {number}", kind="secondary")
    session.add(setting)
    session.flush()
    session.add(Participation(programme_id=programme.id, setting_id=setting.id, on_roll=on_roll))
    session.flush()
    sitting = Sitting(
        programme_id=programme.id,
        setting_id=setting.id,
        mode="private",
        held_on=today() - timedelta(days=7),
        year_groups="Years 7 to 9",
        present=on_roll,
        play_started_at=now(),
    )
    session.add(sitting)
    session.flush()
    entry = Entry(sitting_id=sitting.id, programme_id=programme.id, mode="private", code=new_code())
    session.add(entry)
    session.flush()
    found = {}
    for wave in ("before", "after"):
        opening = Opening(
            entry_id=entry.id,
            programme_id=programme.id,
            mode="private",
            wave=wave,
            instrument_version_id=version_id,
            opened_at=now(),
            closed_at=now(),
        )
        session.add(opening)
        session.flush()
        found[wave] = opening.id
    return found


def _codes(draw: np.random.Generator, book: Codebook, wave: str, people: int) -> np.ndarray:
    """Random permitted answers, one in twenty left blank."""
    table = np.zeros((people, book.row_length), dtype=np.uint8)
    for column in book.columns:
        assert not set(column.absences) & set(NUMBER_ABSENCES), "this questionnaire asks for no numbers"
        possible = sorted(column.labels)
        table[:, column.offset] = draw.choice(possible, people)
        if column.item is None:
            table[:, column.offset] = possible[0]
        elif wave not in column.item.waves:
            table[:, column.offset] = 255
        else:
            table[draw.random(people) < 0.05, column.offset] = 254
    return table


def _fill(live: Live, programme_id: int, book: Codebook, openings: dict[str, list[int]], responses: int) -> None:
    """Rows in no order, written at once: this is what is measured against, not what is measured."""
    draw, people = np.random.default_rng(3), responses // 2
    schools = draw.integers(0, SCHOOLS, people)
    cards = [secrets.token_bytes(16) if kept else None for kept in draw.random(people) < 0.8]

    def rows() -> Iterator[tuple[object, ...]]:
        for wave, ids in openings.items():
            table, order = _codes(draw, book, wave, people), draw.permutation(people)
            for person in order.tolist():
                yield (
                    secrets.token_bytes(16),
                    ids[schools[person]],
                    programme_id,
                    wave,
                    "private",
                    table[person].tobytes(),
                    cards[person],
                )

    connection = sqlite_module().connect(str(live.database.url.database), isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(
        "INSERT INTO responses (id, opening_id, programme_id, wave, mode, codes, pair_key, is_second, is_late) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0)",
        rows(),
    )
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _tabulate(live: Live, programme_id: int, responses: int) -> float:
    """The best of three, as a machine that is shared is never quicker than it is."""
    best = float("inf")
    with live.database.reading() as session:
        programme = session.get_one(Programme, programme_id)
        where = places(occasions(session, programme))
        waves = Waves.of([wave.wave for wave in programme.waves])
        for _ in range(3):
            started = time.perf_counter()
            reading = read_answers(session, programme_id, where)
            found = measured(reading, waves, {})
            best = min(best, time.perf_counter() - started)
        assert sum(wave.size for wave in reading.waves.values()) == 2 * (responses // 2)
        assert len(found) >= 9
    return best


def _page(live: Live, programme_id: int, cookie: str) -> list[float]:
    times = []
    request = urllib.request.Request(  # noqa: S310
        f"{live.url}/staff/programmes/{programme_id}/report", headers={"Cookie": f"heard_staff={cookie}"}
    )
    for _ in range(ROUNDS):
        started = time.perf_counter()
        with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310
            body = reply.read()
        times.append(time.perf_counter() - started)
    assert b'class="report"' in body
    return times[5:]
