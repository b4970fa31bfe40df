"""The store keeps what it acknowledges, or does not start; one writer at a time; readers cannot write."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from survey import database as store
from survey.database import (
    Database,
    DatabaseBusy,
    UnsafeDatabase,
    WriteLock,
    file_system_of,
    is_safe_in_wal,
    prove_settings,
)
from survey.models import Organisation


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
    ],
)
def test_which_sqlite_may_use_wal(version: tuple[int, ...], safe: bool) -> None:
    assert is_safe_in_wal(version) is safe


class Pretending:
    """A connection that pretends to have other settings."""

    def __init__(self, **answers: object) -> None:
        self.answers = {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "secure_delete": 1,
            "version": "3.53.4",
            **answers,
        }

    def execute(self, statement: str) -> Pretending:
        self.asked = "version" if "sqlite_version" in statement else statement.removeprefix("PRAGMA ")
        return self

    def fetchone(self) -> tuple[object]:
        return (self.answers[self.asked],)


@pytest.mark.parametrize(
    "weak",
    [
        {"synchronous": 1},
        {"synchronous": 0},
        {"journal_mode": "memory"},
        {"journal_mode": "off"},
        {"version": "3.40.1"},
        {"foreign_keys": 0},
        {"secure_delete": 0},
    ],
)
def test_weak_settings_are_refused(weak: dict[str, object]) -> None:
    prove_settings(Pretending())
    with pytest.raises(UnsafeDatabase):
        prove_settings(Pretending(**weak))


def test_an_old_sqlite_falls_back_to_the_rollback_journal() -> None:
    prove_settings(Pretending(version="3.40.1", journal_mode="delete"))


def test_network_file_systems_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"disk / ext4 rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\n")
    assert file_system_of(tmp_path / "heard.sqlite3", mounts) == "nfs4"
    monkeypatch.setattr(store, "file_system_of", lambda _path: "nfs4")
    with pytest.raises(UnsafeDatabase, match="network"):
        Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")


def test_memory_is_refused() -> None:
    with pytest.raises(UnsafeDatabase):
        Database("sqlite:///:memory:")


def test_every_connection_has_the_settings(database: Database) -> None:
    if not database.is_sqlite:
        return
    for engine in (database.writer, database.reader):
        with engine.connect() as connection:
            values = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "secure_delete")
            }
            assert values == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}


def test_readers_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError), database.reading() as session:
        session.execute(text("INSERT INTO organisations (name) VALUES ('x')"))


def test_a_fault_rolls_everything_back_and_the_next_writer_gets_its_turn(database: Database) -> None:
    with pytest.raises(RuntimeError), database.writing() as session:
        session.add(Organisation(name="half"))
        session.flush()
        raise RuntimeError
    with database.writing() as session:
        assert session.scalar(text("SELECT count(*) FROM organisations")) == 0


def test_many_writers_at_once_all_get_their_turn(database: Database) -> None:
    faults: list[BaseException] = []

    def write(n: int) -> None:
        try:
            for k in range(10):
                with database.writing() as session:
                    session.scalar(
                        text("SELECT count(*) FROM organisations")
                    )  # read first: the classic way to deadlock
                    session.add(Organisation(name=f"{n}-{k}"))
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM organisations")) == 80


def test_a_turn_that_does_not_come_is_said_in_time(tmp_path: Path) -> None:
    first, second = WriteLock(tmp_path / "lock"), WriteLock(tmp_path / "lock", patience=0.1)
    first.acquire()
    begun = time.monotonic()
    with pytest.raises(DatabaseBusy):
        second.acquire()
    assert time.monotonic() - begun < 2
    first.release()
    second.acquire()
    second.release()


def test_a_thread_waits_for_its_turn_too(tmp_path: Path) -> None:
    lock = WriteLock(tmp_path / "lock", patience=0.1)
    lock.acquire()
    waited: list[str] = []

    def wait() -> None:
        try:
            lock.acquire()
        except DatabaseBusy:
            waited.append("busy")

    thread = threading.Thread(target=wait)
    thread.start()
    thread.join()
    lock.release()
    assert waited == ["busy"]


def test_deleted_answers_leave_no_trace_in_the_file(database: Database) -> None:
    if not database.is_sqlite:
        return
    marker = "find-me-if-you-can"
    with database.writing() as session:
        session.add(Organisation(name=marker))
    with database.writing() as session:
        session.execute(text("DELETE FROM organisations"))
    with database.writer.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    for path in Path(str(database.url.database)).parent.iterdir():
        assert marker.encode() not in path.read_bytes()


LAZY = """
import sys
import survey.app
from sqlalchemy.sql.expression import FromClause
from sqlalchemy import Table
shared = [(name, key, one) for name, module in sys.modules.items() if name.startswith("survey")
          for key, one in vars(module).items() if isinstance(one, FromClause) and not isinstance(one, Table)]
print(len(shared), [f"{name}.{key}" for name, key, one in shared if "c" not in vars(one)])
"""


def test_what_the_first_requests_share_is_made_before_them() -> None:
    """The columns of a query within a query are made when they are first asked for: two threads that both make them have two
    kinds, and the loser's request fails. In a fresh process those are the first two children."""
    ran = subprocess.run([sys.executable, "-c", LAZY], capture_output=True, text=True, cwd=Path(__file__).parents[2])
    count, _, lazy = ran.stdout.strip().partition(" ")
    assert int(count) > 1, ran.stderr
    assert lazy == "[]"
