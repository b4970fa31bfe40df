"""What a young person's first load weighs and how long it takes, in a real Chromium over its own debugging protocol.

All of it is measured of every questionnaire that we ship, a line each; that takes some twenty minutes. A largest paint is the
median of five cold visits, and says what it was. A tap has two figures, the slowest of a whole journey each: our script alone,
and all that it costs until the next paint, so that work which is put off until the frame is seen there; 200 ms of that is what
browsers' makers call good. Every questionnaire is walked through once, and those with the slowest taps five times, of which
the median counts.

The slow line is Lighthouse's slow 4G as its browser throttling has it (562.5 ms a request stand for a round trip of 150 ms
with its connection; 90% of 1.6 Mbit/s and of 750 kbit/s) on a processor four times slower; the slowest has 2 s and 400 kbit/s.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import NamedTuple

from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from questionnaires.files import library, load_library
from tests.live import Grounds, Live, Room
from tests.load.browsing import SETTLED, Line, visit, walk
from tests.load.figures import Figure, alone, show

TIMES = 5
SLOWEST_TAPS = 2
"""So many questionnaires, by either figure of a tap, are walked through again."""
POOR_PHONE = Line(slower=6)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    "--no-first-run",
)


class Paint(NamedTuple):
    """A largest contentful paint: milliseconds, and the element that it was."""

    time: float
    what: str


class Taps(NamedTuple):
    """A whole journey: its slowest tap in our script and until the next paint, in milliseconds; its layout shift."""

    script: float
    paint: float
    shift: float


LINES = {
    "slow 4G, processor x4": (Line(delay=562.5, down=0.9 * 1_600_000 / 8, up=0.9 * 750_000 / 8, slower=4), 1500.0),
    "400 kbit/s, 2 s": (Line(delay=2000, down=400_000 / 8, up=400_000 / 8), 3000.0),
}
"""The weak lines, and within how many milliseconds the largest paint has to come."""
BARS = Taps(50, 200, 0)


def measure(live: Live) -> None:
    """Print all of it, or that there is no Chromium."""
    whole = shutil.which("chromium") or shutil.which("chromium-browser")
    if whole is None:
        print("\nNo Chromium here: the figures of the pages are left out")
        return
    # Without a screen the whole browser tells some paints of a tap only with the next one; the light one tells each.
    light = shutil.which("chromium-headless-shell") or whole
    asked = [load_library(key) for key in sorted(library()) if key != "ordinary_activity"]
    rooms = [Grounds(live, one, f"page_{one.key}").room("shared", one.waves[0]) for one in asked]
    with sync_playwright() as playwright:
        with _browser(playwright, whole) as browser:
            heaviest_first = _weights(live, browser, rooms)
            with alone():
                _paints(live, browser, heaviest_first)
        with _browser(playwright, light) as browser, alone():
            _taps(live, browser, heaviest_first)


@contextmanager
def _browser(playwright: Playwright, path: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
    yield browser
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


def _paints(live: Live, browser: Browser, rooms: list[Room]) -> None:
    """Print the largest paint of each questionnaire on each weak line, then the slowest of them all."""
    print(
        f"\nLargest contentful paint, each the median of {TIMES} cold visits, in ms; the heaviest questionnaire first"
    )
    _print_row("", *LINES, "what it was")
    _print_row("bar, at most", *(f"{bar:,.0f}" for _, bar in LINES.values()))
    found: dict[str, dict[str, Paint]] = {name: {} for name in LINES}
    for room in rooms:
        key = room.instrument.key
        for name, (line, _) in LINES.items():
            found[name][key] = _largest(live, browser, room, line)
        here = [found[name][key] for name in LINES]
        _print_row(key, *(f"{paint.time:,.0f}" for paint in here), ", ".join(sorted({paint.what for paint in here})))
    slowest = {name: max(paints, key=lambda key: paints[key].time) for name, paints in found.items()}
    show(
        f"The slowest largest paint of {len(rooms)} questionnaires, median of {TIMES}",
        [Figure(f"{name} ({key})", found[name][key].time, "ms", LINES[name][1]) for name, key in slowest.items()],
    )


def _largest(live: Live, browser: Browser, room: Room, line: Line) -> Paint:
    """The median largest paint; a larger one may follow when script has run."""
    seen: list[Paint] = []
    for _ in range(TIMES):
        with _phone(live, browser) as context:
            came = visit(context, room.code, line)
            came.page.wait_for_timeout(SETTLED)
            observed = came.observed()
            seen.append(Paint(float(observed["largest"]), str(observed["what"])))
    return sorted(seen)[TIMES // 2]


def _taps(live: Live, browser: Browser, rooms: list[Room]) -> None:
    """Print the slowest taps of a journey through each questionnaire, then the worst of them all."""
    print(
        "\nA journey through each questionnaire, processor 6 times slower: its slowest tap in ms, and its layout shift"
    )
    _print_row("", "the tap's script", "to the next paint", "layout shift")
    _print_row("bar, at most", *(f"{bar:g}" for bar in BARS))
    walked: dict[str, list[Taps]] = {}
    for room in rooms:
        walked[room.instrument.key] = [_journey(live, browser, room)]
        _print_row(room.instrument.key, *(f"{one:,.4g}" for one in walked[room.instrument.key][0]))
    again = {
        key
        for which in ("script", "paint")
        for key in sorted(walked, key=lambda key: -getattr(walked[key][0], which))[:SLOWEST_TAPS]
    }
    for room in rooms:
        if room.instrument.key in again:
            walked[room.instrument.key] += (_journey(live, browser, room) for _ in range(TIMES - 1))
    script, of_script = max((median(one.script for one in taps), key) for key, taps in walked.items())
    paint, of_paint = max((median(one.paint for one in taps), key) for key, taps in walked.items())
    shifts = [one.shift for taps in walked.values() for one in taps]
    show(
        f"The worst of {len(rooms)} questionnaires, where {len(again)} are the median of {TIMES} journeys",
        [
            Figure(f"slowest tap's script ({of_script})", script, "ms", BARS.script),
            Figure(f"slowest tap to the next paint ({of_paint})", paint, "ms", BARS.paint),
            Figure(f"layout shift, most of {len(shifts)} journeys", max(shifts), "", BARS.shift),
        ],
    )


def _journey(live: Live, browser: Browser, room: Room) -> Taps:
    with _phone(live, browser) as context:
        came = visit(context, room.code, POOR_PHONE)
        came.page.wait_for_timeout(SETTLED)
        walk(came.page, pause=100)
        seen = came.observed()
        came.page.click("#send")
        came.page.wait_for_url("**/thanks", timeout=60_000)
        came.page.wait_for_timeout(SETTLED)
        shift = sum(seen["shifts"]) + sum(came.observed()["shifts"])
    script, paint = (max((tap[which] for tap in seen["taps"]), default=0.0) for which in (2, 1))
    return Taps(script, paint, shift)


def _print_row(name: str, *cells: str) -> None:
    first, second, *rest = cells
    print(f"  {name:<26}{first:>24}{second:>24}", *(f"  {cell:>14}" for cell in rest), sep="", flush=True)
