"""`make bench`: every figure of time and memory that we promise, with its bar. Never a test: machines differ."""

from __future__ import annotations

import os
import platform
import tempfile
from pathlib import Path

from tests.live import Live
from tests.load import bench_analysis, bench_release, bench_tables, commissioner, covering, pages, respondents
from tests.load.figures import alone


def main() -> None:
    """Measure all parts on this machine."""
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite, client on the same machine")
    with tempfile.TemporaryDirectory(prefix="heard-load-") as folder:
        live = Live(Path(folder))
        live.start()
        try:
            for part in (respondents, commissioner):
                with alone():
                    part.measure(live)
            pages.measure(live)
        finally:
            live.close()
    for title, main_of in (
        ("The tables alone, in memory", bench_tables.main),
        ("Measures, the gate with its audit, a chart", bench_analysis.main),
        ("A full release from the store", bench_release.main),
        ("How often 95% intervals hold the true change", covering.main),
    ):
        print(f"\n{title}")
        with alone():
            main_of()


if __name__ == "__main__":
    main()
