"""Serving: gunicorn with threads, and the worker beside it.

Young people's requests leave no line in any log, not even a malformed one: the access log holds staff pages only, and the
server's own complaint about a bad request goes without the address it came from.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import MutableMapping
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from survey.app import create_app
from survey.config import Config
from survey.database import Database
from survey.schema import migrate

WORKERS = 2
THREADS = 8
SECONDS_TO_FINISH = 20
STAFF = "/staff"


class StaffLog(Logger):
    """An access log of staff pages only; no addresses anywhere."""

    def access(self, resp: Any, req: Any, environ: MutableMapping[str, Any], request_time: Any) -> None:
        if environ.get("PATH_INFO", "").startswith(STAFF):
            super().access(resp, req, environ, request_time)

    def warning(self, msg: object, *args: object, **kwargs: Any) -> None:
        if not str(msg).startswith("Invalid request"):
            super().warning(msg, *args, **kwargs)
        else:
            super().warning("a request could not be read")


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
            "worker_class": "gthread",
            "graceful_timeout": SECONDS_TO_FINISH,
            "keepalive": 5,
            "backlog": 2048,
            "limit_request_line": 2048,
            "limit_request_fields": 60,
            "logger_class": StaffLog,
            "accesslog": str(self.settings.var / "staff-access.log"),
            "access_log_format": '%(t)s "%(m)s %(U)s" %(s)s %(M)sms',
            "control_socket_disable": True,
            "loglevel": "warning",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return create_app(self.settings)


def serve(config: Config) -> None:
    """Bring the store up to date, start the worker, and serve until told to stop."""
    database = Database(config.database_url)
    migrate(database)
    database.dispose()
    keeper = WorkerKeeper()
    keeper.start()
    try:
        Service(config).run()
    finally:
        keeper.stop()


class WorkerKeeper:
    """Keeps one `heard work` running, and starts it anew when it dies."""

    def __init__(self, pause: float = 5.0) -> None:
        self._pause, self._stopping, self._owner = pause, threading.Event(), os.getpid()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        threading.Thread(target=self._keep, daemon=True).start()

    def stop(self) -> None:
        if os.getpid() != self._owner:
            return  # gunicorn's forked workers leave through the same door: what they were born beside is not theirs
        self._stopping.set()
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=SECONDS_TO_FINISH)

    def _keep(self) -> None:
        while not self._stopping.is_set():
            self._process = subprocess.Popen([sys.executable, "-m", "survey.commands", "work"])
            self._process.wait()
            time.sleep(self._pause)
