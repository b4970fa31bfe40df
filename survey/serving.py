"""Serving: gunicorn with threads, and the worker beside it.

A thread is given to a request, never to a connection on which nothing comes: browsers open some ahead of need, a class of
them thirty at once, and whoever sends slowly on purpose would stop the service with a few dozen.

Young people's requests leave no line in any log, not even a malformed one: the access log holds staff pages only, and the
server's own complaint about a bad request goes without the address it came from.
"""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, MutableMapping
from functools import partial
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger, SafeAtoms
from gunicorn.http.errors import ParseException
from gunicorn.workers.gthread import TConn, ThreadWorker
from werkzeug.exceptions import BadRequest

from survey.app import create_app
from survey.config import Config
from survey.database import Database
from survey.languages import catalogues
from survey.schema import migrate
from survey.troubles import describe, show_refusal

log = logging.getLogger("heard.serving")
WORKERS = 2
THREADS = 8
SECONDS_TO_FINISH = 20
SECONDS_TO_SEND = 15.0
"""How long a request may take to arrive whole; the answers of a child on a poor line are a few hundred bytes."""
STAFF = "/staff"
WORK = "survey.commands"
"""The module that does the work behind the pages."""


class OneLine(SafeAtoms):
    """What a log line is made of: nothing that was asked for can begin a line of its own."""

    def __init__(self, atoms: Mapping[str, Any]) -> None:
        super().__init__(
            {name: _printable(value) if isinstance(value, str) else value for name, value in atoms.items()}
        )


def _printable(words: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in words)


class StaffLog(Logger):
    """An access log of staff pages only; no addresses anywhere."""

    atoms_wrapper_class = OneLine

    def access(self, resp: Any, req: Any, environ: MutableMapping[str, Any], request_time: Any) -> None:
        if environ.get("PATH_INFO", "").startswith(STAFF):
            super().access(resp, req, environ, request_time)

    def warning(self, msg: object, *args: object, **kwargs: Any) -> None:
        if not str(msg).startswith("Invalid request"):
            super().warning(msg, *args, **kwargs)
        else:
            super().warning("a request could not be read")


class PatientWorker(ThreadWorker):
    """Waits for the first byte of a request without a thread, and for the last one no longer than `SECONDS_TO_SEND`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._handling: dict[TConn, float] = {}

    def enqueue_req(self, conn: TConn) -> None:
        """Give a connection to a thread once something has come on it."""
        if conn.initialized or conn.data_ready:
            self._handling[conn] = time.monotonic() + SECONDS_TO_SEND
            super().enqueue_req(conn)
            return
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + SECONDS_TO_SEND
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """The thread is free again."""
        self._handling.pop(conn, None)
        super().finish_request(conn, fs)

    def murder_pending(self) -> None:
        """Also end what has not arrived in time; a request that is here whole is answered all the same."""
        super().murder_pending()
        moment = time.monotonic()
        for conn in [conn for conn, latest in self._handling.items() if latest < moment]:
            self._handling[conn] = moment + SECONDS_TO_SEND
            with contextlib.suppress(OSError):  # gone already
                conn.sock.shutdown(socket.SHUT_RD)


class Service(BaseApplication):
    """The service under gunicorn; each worker builds its own app after the fork."""

    def __init__(self, config: Config) -> None:
        self.settings = config
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": f"{self.settings.host}:{self.settings.port}",
            "workers": WORKERS,
            "threads": THREADS,
            "worker_class": PatientWorker,
            "graceful_timeout": SECONDS_TO_FINISH,
            "keepalive": 5,
            "backlog": 2048,
            "limit_request_line": 2048,
            "limit_request_fields": 60,
            "forwarder_headers": "",
            "logger_class": StaffLog,
            "accesslog": str(self.settings.var / "staff-access.log"),
            "access_log_format": '%(t)s "%(m)s %(U)s" %(s)s %(M)sms',
            "control_socket_disable": True,
            "loglevel": "warning",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        app = create_app(self.settings)
        # A body in pieces is read while a page is made: one that cannot be read is the sender's fault, not ours.
        app.register_error_handler(ParseException, lambda _fault: show_refusal(BadRequest()))
        return app


def serve(config: Config) -> None:
    """Bring the store up to date, start the worker, and serve until told to stop."""
    database = Database(config.database_url)
    migrate(database)
    database.dispose()
    catalogues()  # once, before the processes are made that all need them: whichever is started anew is there at once
    keeper = WorkerKeeper()
    try:
        Master(Service(config), keeper).run()
    finally:
        keeper.stop()


class WorkerKeeper:
    """Keeps one `heard work` running, and starts it anew when it dies."""

    def __init__(self, pause: float = 5.0) -> None:
        self._pause, self._earliest, self._owner = pause, 0.0, os.getpid()
        self._process: subprocess.Popen[bytes] | None = None

    def look(self) -> None:
        """Start the worker if none runs; one that dies as soon as it starts is not started again before the pause is over."""
        if (self._process is not None and self._process.poll() is None) or time.monotonic() < self._earliest:
            return
        self._earliest = time.monotonic() + self._pause
        try:
            self._process = subprocess.Popen([sys.executable, "-m", WORK, "work"])  # noqa: S603
        except OSError as fault:  # a machine that is out of processes for a moment must not end the keeping
            log.error("the worker could not be started: %s", describe(fault))

    def stop(self) -> None:
        if os.getpid() != self._owner:
            return  # gunicorn's forked workers leave through the same door: what they were born beside is not theirs
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=SECONDS_TO_FINISH)


class Master(Arbiter):
    """gunicorn's own master, which looks after the worker too, every second.

    From its one thread: were the worker started by another, a process forked at that moment would hold the pipe on which
    that thread waits for the start, for good, and a worker that died later would not be missed.
    """

    def __init__(self, app: Service, keeper: WorkerKeeper) -> None:
        super().__init__(app)
        self._keeper = keeper

    def manage_workers(self) -> None:
        """Also keep the worker."""
        super().manage_workers()
        self._keeper.look()
