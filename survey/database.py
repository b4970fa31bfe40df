"""The store's front door: safe settings or no start, one short write at a time, readers that cannot write.

SQLite loses committed writes in some builds and settings, silently; so every connection sets and proves its settings
and an unsafe one is refused. Writers queue on a thread lock and a file lock before BEGIN IMMEDIATE, because SQLite's own
waiting is unfair and its tail long. PostgreSQL needs none of that: there a writer is a plain transaction.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session

PATIENCE = 5.0
"""Seconds a writer waits for its turn before the page says that we are busy."""

NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "fuse.sshfs", "fuse.glusterfs"}
)

WITH_AN_ORDER = ("responses", "receipts", "remarks", "envelopes", "talk_slips", "talk_envelopes")
"""The tables of what young people gave: the place of a row tells when it came, and an old version what it said."""

SETTINGS = (
    "synchronous=FULL",
    f"busy_timeout={int(PATIENCE * 1000)}",
    "foreign_keys=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
    "temp_store=MEMORY",
)


class UnsafeDatabase(Exception):
    """The database could lose an answer that was acknowledged; the message says what to change."""


class DatabaseBusy(Exception):
    """Another writer kept its turn too long: nothing was written, try again."""


def is_safe_in_wal(version: tuple[int, ...]) -> bool:
    """Whether this SQLite has the fix of the WAL-reset fault (3.51.3, and 3.50.7 and 3.44.6 in their lines)."""
    line = version[:2]
    return version >= (3, 51, 3) or (line == (3, 50) and version[2] >= 7) or (line == (3, 44) and version[2] >= 6)


def sqlite_module() -> ModuleType:
    """The safest SQLite at hand: pysqlite3 where its wheel exists, else Python's own."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        return sqlite3
    return dbapi2  # type: ignore[no-any-return]


def file_system_of(path: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """The kind of file system that holds `path`; empty where the system does not say."""
    if not mounts.exists():
        return ""
    best, kind = "", ""
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        fields = line.split()
        if len(fields) > 2 and len(fields[1]) > len(best) and path.resolve().is_relative_to(fields[1]):
            best, kind = fields[1], fields[2]
    return kind


class WriteLock:
    """One writer at a time on one machine: threads queue here, processes on a file opened after the fork."""

    def __init__(self, path: Path, patience: float = PATIENCE) -> None:
        self._path, self._patience = path, patience
        self._thread = threading.Lock()
        self._file: tuple[int, int] | None = None

    def acquire(self) -> None:
        """Wait for the turn; raises `DatabaseBusy` when patience runs out."""
        deadline = time.monotonic() + self._patience
        if not self._thread.acquire(timeout=self._patience):
            raise DatabaseBusy
        pause = 0.0005
        while not self._try_file():
            if time.monotonic() > deadline:
                self._thread.release()
                raise DatabaseBusy
            time.sleep(pause)
            pause = min(pause * 1.5, 0.01)

    def release(self) -> None:
        """Let the next writer in."""
        fcntl.flock(self._descriptor(), fcntl.LOCK_UN)
        self._thread.release()

    def _try_file(self) -> bool:
        try:
            fcntl.flock(self._descriptor(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _descriptor(self) -> int:
        # A descriptor inherited over a fork would share its lock with the parent: each process opens its own.
        if self._file is None or self._file[0] != os.getpid():
            self._file = (os.getpid(), os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        return self._file[1]


class Database:
    """Sessions to read with and sessions to write with; the two never mix."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = make_url(url)
        if self.is_sqlite:
            self.writer, self.reader = _sqlite_engines(url, pool_size)
        else:
            self.writer = create_engine(url, pool_size=pool_size, pool_pre_ping=True)
            event.listen(self.writer, "connect", _guard_postgresql)
            self.reader = self.writer.execution_options(postgresql_readonly=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether the store is the embedded one."""
        return self.url.get_backend_name() == "sqlite"

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that can only read."""
        with Session(self.reader, expire_on_commit=False) as session:
            yield session

    @contextlib.contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose one transaction is committed on leaving, or rolled back by any exception."""
        with Session(self.writer, expire_on_commit=False) as session:
            yield session
            session.commit()

    def forget_order(self) -> None:
        """Let the store's files go of rows that were deleted: SQLite's log holds them in the order in which they came, and
        PostgreSQL keeps old versions. What is in use just now stays until the next time."""
        if self.is_sqlite:
            with contextlib.closing(self.writer.raw_connection()) as raw:
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        with self.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"VACUUM {', '.join(WITH_AN_ORDER)}")

    def dispose(self) -> None:
        """Close every connection (before a fork, at the end of a test)."""
        self.writer.dispose()
        self.reader.dispose()


def _guard_postgresql(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('synchronous_commit'), current_setting('fsync')")
        commit, flush = cursor.fetchone()
        cursor.execute("SET lock_timeout = '5s'")
    connection.commit()
    if commit == "off" or flush == "off":
        raise UnsafeDatabase(
            f"PostgreSQL runs with synchronous_commit={commit}, fsync={flush}: set both to on, or answers can be lost."
        )


def _sqlite_engines(url: str, pool_size: int) -> tuple[Engine, Engine]:
    module = sqlite_module()
    path = Path(make_url(url).database or "")
    if not path.name or path.name == ":memory:":
        raise UnsafeDatabase("Heard keeps its answers in a file: give sqlite:///FILE.")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if (kind := file_system_of(path)) in NETWORK_FILE_SYSTEMS:
        raise UnsafeDatabase(f"{path} lies on a network file system ({kind}): move it to a local disk.")
    mode = "wal" if is_safe_in_wal(module.sqlite_version_info) else "delete"
    lock = WriteLock(path.with_name(path.name + ".lock"))
    writer = create_engine(url, module=module, pool_size=pool_size, max_overflow=pool_size)
    reader = create_engine(url, module=module, pool_size=pool_size, max_overflow=pool_size)
    event.listen(writer, "connect", lambda connection, _record: _prepare_sqlite(connection, mode, reads_only=False))
    event.listen(reader, "connect", lambda connection, _record: _prepare_sqlite(connection, mode, reads_only=True))
    event.listen(writer, "begin", lambda connection: _begin_writing(connection, lock))
    event.listen(writer, "checkin", lambda _connection, record: _end_writing(record.info, lock))
    event.listen(reader, "begin", lambda connection: connection.exec_driver_sql("BEGIN DEFERRED"))
    return writer, reader


def _begin_writing(connection: Connection, lock: WriteLock) -> None:
    if not connection.info.get("has_turn"):
        lock.acquire()
        connection.info["has_turn"] = True
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _end_writing(info: dict[str, Any], lock: WriteLock) -> None:
    if info.pop("has_turn", False):
        lock.release()


def _prepare_sqlite(connection: Any, mode: str, *, reads_only: bool) -> None:
    """Set every setting, then read back the ones an answer's safety hangs on."""
    connection.isolation_level = None  # the driver's own BEGIN would come too late and be a plain one
    connection.execute(f"PRAGMA journal_mode={mode}")
    for setting in SETTINGS:
        connection.execute(f"PRAGMA {setting}")
    prove_settings(connection)
    if reads_only:
        connection.execute("PRAGMA query_only=ON")


def prove_settings(connection: Any) -> None:
    """Raise `UnsafeDatabase` unless this SQLite connection keeps what it acknowledges."""

    def value(name: str) -> Any:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]

    version = tuple(int(part) for part in connection.execute("SELECT sqlite_version()").fetchone()[0].split("."))
    mode, synchronous = value("journal_mode"), value("synchronous")
    if mode == "wal" and not is_safe_in_wal(version):
        raise UnsafeDatabase(
            f"SQLite {'.'.join(map(str, version))} can lose committed answers in WAL mode: install pysqlite3 0.6.1 or newer."
        )
    if mode not in ("wal", "delete"):
        raise UnsafeDatabase(f"The journal mode is {mode}: use wal or delete, or a power cut can lose answers.")
    if synchronous != 2:
        raise UnsafeDatabase(
            f"synchronous is {synchronous}, not 2 (FULL): a power cut could lose acknowledged answers."
        )
    if not value("foreign_keys") or not value("secure_delete"):
        raise UnsafeDatabase("foreign_keys and secure_delete must be on: the privacy rules are constraints.")
