"""What a first load weighs: one round trip for the page, 25 KB and 3 requests with script and faces, nothing from elsewhere.

Bytes are the server's own replies, for each questionnaire that we ship; requests, fonts and shifts are a real browser's,
for those that ask for the most. Times are no test's business: `make bench` prints them.
"""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext

from questionnaires.files import library, load_library
from tests.journeys.conftest import Watch
from tests.live import Grounds, Live, Room
from tests.load.browsing import SETTLED, visit, walk

ONE_ROUND_TRIP, FIRST_LOAD, MOST_REQUESTS = 14 * 1024, 25 * 1024, 3
DRAWN = re.compile(r'<script[^>]*src="([^"]+)"|<use href="([^"#]+)')
LARGE = ("my_days", "picture_views")
"""One with faces and one with a list to put in order, which has a script of its own."""


@pytest.fixture(scope="module")
def rooms(live: Live) -> Iterator[dict[str, Room]]:
    """A shared tablet's session for each questionnaire that young people and adults are asked."""
    asked = [load_library(key) for key in sorted(library()) if key != "ordinary_activity"]
    yield {one.key: Grounds(live, one, f"weight_{one.key}").room("shared", one.waves[0]) for one in asked}


def fetch(live: Live, path: str, cookie: str, *, compressed: bool = True) -> bytes:
    """A reply's body as it comes over the wire."""
    headers = {"Cookie": cookie} | ({"Accept-Encoding": "gzip"} if compressed else {})
    request = urllib.request.Request(live.url + path, headers=headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=20) as reply:  # noqa: S310
        return bytes(reply.read())


def test_every_questionnaire_comes_in_one_round_trip_and_25_kilobytes(live: Live, rooms: dict[str, Room]) -> None:
    weights = {}
    for key, room in rooms.items():
        cookie = f"heard={room.tickets[room.instrument.waves[0], 'en']}..00000000"
        page = fetch(live, "/answer", cookie)
        html = fetch(live, "/answer", cookie, compressed=False).decode()
        linked = {(script or drawing).replace("&amp;", "&") for script, drawing in DRAWN.findall(html)}
        assert not [address for address in linked if not address.startswith("/static/")], "nothing from elsewhere"
        assert "<link rel=stylesheet" not in html and "@font-face" not in html
        weights[key] = (len(page), len(page) + sum(len(fetch(live, one, cookie)) for one in linked), 1 + len(linked))
    assert {key: one for key, one in weights.items() if one[0] > ONE_ROUND_TRIP} == {}
    assert {key: one for key, one in weights.items() if one[1] > FIRST_LOAD} == {}
    assert {key: one for key, one in weights.items() if one[2] > MOST_REQUESTS} == {}


@pytest.mark.parametrize("key", LARGE)
def test_a_browser_asks_three_times_and_nothing_ever_moves(
    context_of: Callable[..., BrowserContext], live: Live, rooms: dict[str, Room], watch: Watch, key: str
) -> None:
    came = visit(context_of(), rooms[key].code)
    requests, weight = came.first_load()
    assert requests <= MOST_REQUESTS, came.fetched.addresses()
    assert weight <= FIRST_LOAD, "with headers too"
    came.page.wait_for_timeout(SETTLED)
    assert came.observed()["shifts"] == []
    walk(came.page)
    assert came.observed()["shifts"] == []
    came.page.click("#send")
    came.page.wait_for_url("**/thanks")
    assert came.observed()["shifts"] == []
    assert not [one for one in came.fetched.addresses() if not one.startswith(live.url)], "nothing from elsewhere"
    assert {kind for _, kind in came.fetched.what.values()} & {"Font", "Stylesheet", "Media"} == set()
