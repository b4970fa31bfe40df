"""What a young person's first load weighs and how long it takes, in a real Chromium over its own debugging protocol.

Weights are of every questionnaire that we ship; times are of the three heaviest, the median of five cold visits, and each
largest paint says what it was. A tap has two figures: our script alone, and all that it costs until the next paint, so that
work which is put off until the frame is seen there; 200 ms of that is what browsers' makers call good. The slow
line is Lighthouse's slow 4G as its browser throttling has it (562.5 ms a request stand for a round trip of 150 ms with its
connection; 90% of 1.6 Mbit/s and of 750 kbit/s) on a processor four times slower; the slowest has 2 s and 400 kbit/s.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from questionnaires.files import library, load_library
from tests.live import Grounds, Live, Room
from tests.load.browsing import SETTLED, Line, visit, walk
from tests.load.figures import Figure, show

TIMES = 5
HEAVIEST = 3
SLOW_4G = Line(delay=562.5, down=0.9 * 1_600_000 / 8, up=0.9 * 750_000 / 8, slower=4)
SLOWEST = Line(delay=2000, down=400_000 / 8, up=400_000 / 8)
POOR_PHONE = Line(slower=6)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    "--no-first-run",
)


def measure(live: Live) -> None:
    """Print all of it, or that there is no Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        print("\nNo Chromium here: the figures of the pages are left out")
        return
    asked = [load_library(key) for key in sorted(library()) if key != "ordinary_activity"]
    rooms = [Grounds(live, one, f"page_{one.key}").room("shared", one.waves[0]) for one in asked]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            for room in _weights(live, browser, rooms)[:HEAVIEST]:
                _times(live, browser, room)
        finally:
            browser.close()


@contextmanager
def _phone(live: Live, browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=live.url, viewport={"width": 390, "height": 780}, device_scale_factor=2)
    yield context
    context.close()


def _weights(live: Live, browser: Browser, rooms: list[Room]) -> list[Room]:
    """Print the weights of all first loads; the rooms again, the heaviest first."""
    found: list[tuple[int, int, int, int, Room]] = []
    for room in rooms:
        with _phone(live, browser) as context:
            came = visit(context, room.code)
            requests, weight = came.first_load()
            came.page.wait_for_timeout(SETTLED)
            html = came.fetched.bytes[came.fetched.order[0]]
            found.append((weight, html, requests, came.fetched.total(), room))
    found.sort(key=lambda one: -one[0])
    heaviest = found[0]
    show(
        f"The first load of {len(found)} questionnaires, over the wire with headers (heaviest: {heaviest[4].instrument.key})",
        [
            Figure("page with its stylesheet, heaviest", max(one[1] for one in found) / 1024, "KB", 14.0),
            Figure("page with its stylesheet, lightest", min(one[1] for one in found) / 1024, "KB"),
            Figure("with script and drawings, heaviest", heaviest[0] / 1024, "KB", 25.0),
            Figure("with script and drawings, lightest", found[-1][0] / 1024, "KB"),
            Figure("requests of the first load, most", max(one[2] for one in found), "", 3),
            Figure("with all that comes later for offline, heaviest", max(one[3] for one in found) / 1024, "KB"),
        ],
    )
    return [one[4] for one in found]


def _times(live: Live, browser: Browser, room: Room) -> None:
    shifts, slow_taps, handled = _journeys(live, browser, room)
    show(
        f"{room.instrument.key}: median of {TIMES} cold visits",
        [
            _largest(live, browser, room, "no throttling", Line()),
            _largest(live, browser, room, "slow 4G, processor 4 times slower", SLOW_4G, 1500),
            _largest(live, browser, room, "400 kbit/s, 2 s", SLOWEST, 3000),
            Figure("slowest tap's script, processor 6 times slower", handled, "ms", 50),
            Figure("slowest tap to the next paint, 6 times slower", slow_taps, "ms", 200),
            Figure("layout shift over the whole journey", shifts, "", 0),
        ],
    )


def _largest(live: Live, browser: Browser, room: Room, name: str, line: Line, bar: float = math.nan) -> Figure:
    """The median time of the largest paint, and what it was; a larger one may follow when script has run."""
    times: list[tuple[float, str]] = []
    for _ in range(TIMES):
        with _phone(live, browser) as context:
            came = visit(context, room.code, line)
            came.page.wait_for_timeout(SETTLED)
            seen = came.observed()
            times.append((float(seen["largest"]), str(seen["what"])))
    largest, what = sorted(times)[TIMES // 2]
    return Figure(f"largest paint ({what}), {name}", largest, "ms", bar)


def _journeys(live: Live, browser: Browser, room: Room) -> tuple[float, float, float]:
    """The worst shift of all journeys; the median of each journey's slowest tap: to the next paint, and in our script."""
    shifts, paints, scripts = [], [], []
    for _ in range(TIMES):
        with _phone(live, browser) as context:
            came = visit(context, room.code, POOR_PHONE)
            came.page.wait_for_timeout(SETTLED)
            walk(came.page, pause=100)
            seen = came.observed()
            paints.append(max((tap[1] for tap in seen["taps"]), default=0.0))
            scripts.append(max((tap[2] for tap in seen["taps"]), default=0.0))
            came.page.click("#send")
            came.page.wait_for_url("**/thanks", timeout=60_000)
            came.page.wait_for_timeout(SETTLED)
            shifts.append(sum(seen["shifts"]) + sum(came.observed()["shifts"]))
    return max(shifts), median(paints), median(scripts)
