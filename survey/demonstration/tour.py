"""The simulated tour as real rows of the store, and its release: what a commissioner sees of a finished programme."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
from sqlalchemy import insert
from sqlalchemy.orm import Session

from questionnaires.files import load_library
from survey.clock import PLACE, UTC, today
from survey.database import Database
from survey.demonstration.records import store_records
from survey.demonstration.simulation import WAVES, Tour, read_truth, simulate
from survey.models import Decline, Entry, Opening, Participation, Programme, ProgrammeWave, Response, Setting, Sitting
from survey.pairing import new_code
from survey.publishing import codebook_of, publish
from survey.sealing import Keys

DAYS_AGO = 60
HOURS = {"before": (time(9, 30), time(9, 45)), "after": (time(10, 50), time(11, 5))}


def load_tour(database: Database, keys: Keys, organisation_id: int) -> None:
    """Store the tour, make its final release, and the own pages of its first schools."""
    from survey.releases.records import release_records
    from survey.releases.work import make_release, page  # drawing needs Matplotlib, which only this part waits for

    truth = read_truth()
    with database.writing() as session:
        programme_id, sittings = store_tour(session, organisation_id, truth)
        store_records(session, programme_id, truth)
    make_release(database, keys, programme_id, "final")
    release_records(database, keys, {"programme": programme_id})
    for sitting in sittings[:2]:
        page(database, keys, {"sitting": sitting})


def store_tour(session: Session, organisation_id: int, truth: dict[str, Any]) -> tuple[int, list[int]]:
    """The tour's programme, schools, sittings and answers; gives the programme and its sittings."""
    instrument = load_library(truth["questionnaire"])
    version = publish(session, instrument)
    tour = simulate(truth, codebook_of(version), truth["seed"])
    programme = Programme(
        organisation_id=organisation_id, key=truth["key"], name=truth["name"], origin="simulated", mode="private",
        design="paired", timing="straight_after", status="closed", breakdowns=["year_group"],
    )  # fmt: skip
    session.add(programme)
    session.flush()
    for position, wave in enumerate(WAVES):
        session.add(
            ProgrammeWave(programme_id=programme.id, wave=wave, position=position, instrument_version_id=version.id)
        )
    sittings = [_school(session, programme, number, int(size)) for number, size in enumerate(tour.sizes.tolist())]
    openings = {wave: [_opening(session, sitting, wave, version.id) for sitting in sittings] for wave in WAVES}
    session.flush()
    rows = list(_responses(tour, openings))
    secrets.SystemRandom().shuffle(rows)
    session.execute(insert(Response), rows)
    _decline(session, tour, openings["after"], truth["declined"])
    return programme.id, [sitting.id for sitting in sittings]


def _school(session: Session, programme: Programme, number: int, size: int) -> Sitting:
    """A school, its part in the tour and its one sitting."""
    setting = Setting(
        organisation_id=programme.organisation_id, name=f"Simulated school {number + 1}", kind="secondary"
    )
    session.add(setting)
    session.flush()
    absent, opted_out = size * 6 // 100, size // 70
    session.add(Participation(programme_id=programme.id, setting_id=setting.id, on_roll=size + absent + opted_out))
    session.flush()
    sitting = Sitting(
        programme_id=programme.id, setting_id=setting.id, mode="private", held_on=_day(number), year_groups="Years 7 to 9",
        place="Hall", present=size, absent=absent, opted_out=opted_out, play_started_at=_moment(_day(number), time(9, 50)),
    )  # fmt: skip
    session.add(sitting)
    session.flush()
    return sitting


def _day(number: int) -> date:
    """Two schools a day, on weekdays."""
    day = today() - timedelta(days=DAYS_AGO)
    day -= timedelta(days=day.weekday())
    weeks, rest = divmod(number // 2, 5)
    return day + timedelta(days=7 * weeks + rest)


def _moment(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=PLACE).astimezone(UTC)


def _opening(session: Session, sitting: Sitting, wave: str, version_id: int) -> Opening:
    entry = next(iter(sitting.entries), None)
    if entry is None:
        entry = Entry(sitting_id=sitting.id, programme_id=sitting.programme_id, mode="private", code=new_code())
        sitting.entries.append(entry)
        session.flush()
    opened, closed = (_moment(sitting.held_on, hour) for hour in HOURS[wave])
    opening = Opening(
        entry_id=entry.id, programme_id=sitting.programme_id, mode="private", wave=wave,
        instrument_version_id=version_id, opened_at=opened, closed_at=closed,
    )  # fmt: skip
    session.add(opening)
    return opening


def _responses(tour: Tour, openings: dict[str, list[Opening]]) -> Iterator[dict[str, Any]]:
    keys = [secrets.token_bytes(16) for _ in tour.keeps_card]
    for wave, answered in tour.waves.items():
        for row, school, pupil in zip(answered.rows, answered.schools.tolist(), answered.pupils.tolist(), strict=True):
            opening = openings[wave][school]
            yield {
                "id": secrets.token_bytes(16),
                "opening_id": opening.id,
                "programme_id": opening.programme_id,
                "wave": wave,
                "mode": "private",
                "codes": row.tobytes(),
                "pair_key": keys[pupil] if tour.keeps_card[pupil] else None,
                "is_second": False,
                "is_late": False,
            }


def _decline(session: Session, tour: Tour, openings: list[Opening], percent: float) -> None:
    count = np.round(tour.sizes * percent / 100).astype(int).tolist()
    for opening, n in zip(openings, count, strict=True):
        session.add_all(Decline(id=secrets.token_bytes(16), opening_id=opening.id) for _ in range(n))
