"""Every proof starts services of its own, which it may kill."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from questionnaires.files import read
from tests.live import SERVE, Grounds, Live, Room

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
