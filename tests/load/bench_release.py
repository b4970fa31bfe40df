"""A full release from the store: reading, counting, measuring, the gate with its audit, the ledger. Time and peak memory.

The store is filled in one process and released from in another, so that the peak is the release's own. Printed, never
asserted: for a million responses, and for the pupils of a published tour.
"""

from __future__ import annotations

import resource
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from sqlalchemy import insert

from survey.clock import today
from survey.database import Database
from survey.models import Programme, Response
from survey.releases.making import programme_release
from survey.schema import migrate
from tests.load.figures import Figure
from tests.load.large import ABOUT, answers, large
from tests.survey.released import Released

PATTERNS = 60  # different pupils; the rest answer as one of them
KIB_A_MIB = 1024  # getrusage counts KiB on Linux


def fill(path: str, schools: int, responses: int, questions: int) -> None:
    """A closed programme: so many schools, half of the responses before and half after, nine of ten paired."""
    database = Database(f"sqlite:///{path}")
    migrate(database)
    instrument = large(questions)
    tour = Released(database, status="closed", breakdowns=ABOUT, instrument=instrument)
    pupils = responses // (2 * schools)
    rows = [
        (wave, tour.row(0, wave, answers(instrument, wave, n))) for n in range(PATTERNS) for wave in ("before", "after")
    ]
    for _ in range(schools):
        sitting = tour.school(0, present=pupils)
        keys = [secrets.token_bytes(16) for _ in range(pupils)]
        with database.writing() as session:
            for wave in ("before", "after"):
                opening, some = tour.opening(session, sitting, wave), [row for of, row in rows if of == wave]
                session.execute(
                    insert(Response),
                    [
                        some[n % PATTERNS]
                        | {
                            "id": secrets.token_bytes(16),
                            "opening_id": opening,
                            "pair_key": keys[n] if n % 10 else None,
                        }
                        for n in range(pupils)
                    ],
                )


def release(path: str) -> None:
    """Make the final release of the only programme, and print how long it took and the peak of this process."""
    database = Database(f"sqlite:///{path}")
    start = perf_counter()
    with database.reading() as session:
        programme = session.query(Programme).one()
        draft = programme_release(session, programme, "final", today())
    took = perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_A_MIB
    told = f"release of {len(draft.snapshot.items)} questions with {len(draft.snapshot.about)} breakdowns, audited"
    print(Figure(told, took, "s", 20))
    print(Figure("  peak memory of that process", peak, "MiB", 1024), flush=True)


def main() -> None:
    """Fill and release, twice."""
    with tempfile.TemporaryDirectory(prefix="heard-release-") as folder:
        for schools, responses, questions in ((130, 1_000_000, 12), (131, 2 * 13_825, 40)):
            print(f"  {responses:,} responses to {questions} questions, {schools} schools, two waves", flush=True)
            path = str(Path(folder) / f"{responses}.sqlite3")
            for step in ("fill", "release"):
                subprocess.run(
                    [
                        sys.executable,
                        "-m",
                        "tests.load.bench_release",
                        step,
                        path,
                        *map(str, (schools, responses, questions)),
                    ],
                    check=True,
                )


if __name__ == "__main__":
    if sys.argv[1:2] == ["fill"]:
        fill(sys.argv[2], *map(int, sys.argv[3:6]))
    elif sys.argv[1:2] == ["release"]:
        release(sys.argv[2])
    else:
        main()
