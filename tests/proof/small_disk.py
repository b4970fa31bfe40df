"""`heard serve` on a disk that is full: SQLite may not grow beyond the number of pages that a file in its folder names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

LIMIT = Path("limit")


@event.listens_for(Engine, "begin")
def shrink(connection: Any) -> None:
    """Ask before every transaction, so that space given back is noticed without a restart."""
    connection.exec_driver_sql(f"PRAGMA max_page_count={int(LIMIT.read_text())}")


if __name__ == "__main__":
    from survey.commands import main

    main()
