"""The master of a service that runs: it alone starts what runs beside the pages, and misses what died."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from survey import serving
from survey.app import create_app
from survey.languages import catalogues
from tests.conftest import settings
from tests.live import Live

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    service = Live(tmp_path_factory.mktemp("served"))
    service.start()
    yield service
    service.close()


def test_a_courier_that_died_is_started_anew_while_what_makes_the_pages_is_too(live: Live) -> None:
    first = live.courier()
    assert first is not None
    os.kill(first, signal.SIGKILL)
    for pid in live.pages():
        os.kill(pid, signal.SIGKILL)
    assert not await_end(first)
    assert live.courier() is not None


def test_the_master_has_no_second_thread(live: Live) -> None:
    """What is forked while another thread starts the courier would hold that thread for good: no courier ever again."""
    assert live.process is not None
    threads = Path(f"/proc/{live.process.pid}/task")
    assert len(list(threads.iterdir())) == 1


def test_catalogues_are_read_once_before_the_processes_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of the requests that come first and at once would read them all: a class would wait while a process starts anew."""
    config = settings(tmp_path, f"sqlite:///{tmp_path}/heard.sqlite3")
    begun_with: list[int] = []

    class Watched(serving.Master):
        def run(self) -> None:
            begun_with.append(catalogues.cache_info().currsize)

    monkeypatch.setattr(serving, "Master", Watched)
    catalogues.cache_clear()
    serving.serve(config)
    assert begun_with == [1]
    catalogues.cache_clear()
    create_app(config)
    assert catalogues.cache_info().currsize == 1


def test_a_stopped_service_leaves_nothing_behind(live: Live) -> None:
    left = [live.courier() or 0, *live.pages()]
    live.stop()
    assert not await_end(*left)


def await_end(*pids: int) -> list[int]:
    """Wait until these processes are gone; returns the ones that stay."""
    deadline = time.monotonic() + 10
    while (there := [pid for pid in pids if Path(f"/proc/{pid}").exists()]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return there
