"""What respondents feel and what they cost: whole journeys, a hall that sends at once, and the weight of the page."""

from __future__ import annotations

import asyncio
import re
import secrets

from questionnaires.files import load_library
from tests.live import Grounds, Live, Room
from tests.load.client import Browser, Times, closed_loop, hall
from tests.load.figures import Figure, cpu_seconds, peak_memory, show

WARM_UP = 60


def answers_of(room: Room) -> dict[str, str]:
    """An answer to each closed question before the play."""
    return {item.key: item.options[0].key for item in room.instrument.items_in("before") if item.options}


def measure(live: Live) -> None:
    """Print all of it."""
    grounds = Grounds(live, load_library("staying_safe"), "load")
    asyncio.run(closed_loop(live.port, _open(grounds).code, {}, at_once=8, journeys=WARM_UP))
    for at_once, journeys in ((1, 400), (30, 2000)):
        _journeys(live, _open(grounds), at_once, journeys)
    _hall(live, _open(grounds))
    _weight(live, _open(grounds))


def _open(grounds: Grounds) -> Room:
    return grounds.room("shared", "before")


def _journeys(live: Live, room: Room, at_once: int, journeys: int) -> None:
    assert live.process is not None
    before = cpu_seconds(live.process.pid)
    times = asyncio.run(closed_loop(live.port, room.code, answers_of(room), at_once=at_once, journeys=journeys))
    cpu = cpu_seconds(live.process.pid) - before
    stored, done = len(room.rows()), journeys - len(times.errors)
    bar_rate, bar_p95 = (150.0, 250.0) if at_once == 30 else (float("nan"), float("nan"))
    show(
        f"Complete journeys (join, open, submit, thanks), {at_once} at once, {journeys} in all",
        [
            Figure("stored, of those thanked", stored - done, "off", 0),
            Figure("errors", len(times.errors), "", 0),
            Figure("server's processor time a journey", 1000 * cpu / max(1, done), "ms", 8.0),
            Figure("journeys a second", done / times.seconds, "/s", bar_rate, "higher"),
            Figure("submit p50", 1000 * times.percentile("submit", 0.50), "ms"),
            Figure("submit p95", 1000 * times.percentile("submit", 0.95), "ms", bar_p95),
            Figure("submit p99", 1000 * times.percentile("submit", 0.99), "ms"),
            Figure("open (the question page) p95", 1000 * times.percentile("open", 0.95), "ms"),
            Figure("whole journey p95", 1000 * times.percentile("journey", 0.95), "ms"),
            Figure("largest process", peak_memory(live.process.pid), "MiB", 200.0),
        ],
    )
    _say(times)


def _hall(live: Live, room: Room, people: int = 300, within: float = 10.0) -> None:
    ticket = room.tickets["before", "en"]
    for title, seconds in (("within 10 seconds", within), ("all at the same moment", 0.0)):
        before = len(room.rows())
        bodies = [room.body(submission=secrets.token_hex(16), **answers_of(room)) for _ in range(people)]
        assert ticket.encode() in bodies[0]
        times = asyncio.run(hall(live.port, bodies, within=seconds))
        show(
            f"{people} respondents behind one address send {title}",
            [
                Figure("errors and refusals", len(times.errors), "", 0),
                Figure("not stored", people - (len(room.rows()) - before), "", 0),
                Figure("last one done after", times.seconds, "s", within + 2 if seconds else 3.0),
                Figure("submit p95", 1000 * times.percentile("submit", 0.95), "ms"),
                Figure("submit p99", 1000 * times.percentile("submit", 0.99), "ms", 2000.0),
            ],
        )
        _say(times)


def _weight(live: Live, room: Room) -> None:
    async def fetch() -> tuple[int, int, list[str]]:
        browser = Browser(live.port, compressed=True)
        await browser.ask("POST", "/join", f"code={room.code}".encode())
        page = await browser.ask("GET", "/answer")
        browser.compressed = False
        html = (await browser.ask("GET", "/answer")).body.decode()
        browser.compressed = True
        # `use` files are fetched when a face is there to be drawn; the icon never holds the page up.
        linked = re.findall(r'<script[^>]*src="([^"]+)"|<use href="([^"#]+)', html)
        others = sorted({script or drawing for script, drawing in linked})
        sizes = [len((await browser.ask("GET", path.replace("&amp;", "&"))).body) for path in others]
        browser.close()
        return len(page.body), sum(sizes), others

    page, more, others = asyncio.run(fetch())
    show(
        "The question page over the wire, compressed",
        [
            Figure("page with its stylesheet", page / 1024, "KB", 14.0),
            Figure("with script and drawings", (page + more) / 1024, "KB", 25.0),
            Figure(
                "requests before it is ready (page and " + ", ".join(o.partition("?")[0] for o in others) + ")",
                1 + len(others),
                "",
                3,
            ),
        ],
    )


def _say(times: Times) -> None:
    for error in sorted(set(times.errors))[:5]:
        print(f"    {error}")
