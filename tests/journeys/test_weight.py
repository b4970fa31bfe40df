"""What a first load weighs: one round trip for the page, 25 KB and 3 requests with script and faces, nothing from elsewhere.

Bytes are the server's own replies, for each questionnaire that we ship, in each wave and each version of its words; requests,
fonts and shifts are a real browser's, for those that ask for the most. Times are no test's business: `make bench` prints them.
"""

from __future__ import annotations

import gzip
import re
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from typing import ClassVar

import pytest
from playwright.sync_api import BrowserContext, Route

from questionnaires.files import library, load_library
from questionnaires.looks import versions_of
from tests.journeys.conftest import Watch, in_arabic
from tests.journeys.pupil import Pupil
from tests.live import Grounds, Live, Room
from tests.load.browsing import OBSERVED, SETTLED, visit, walk
from tests.survey.desk import with_readers

ONE_ROUND_TRIP, FIRST_LOAD, MOST_REQUESTS = 14 * 1024, 25 * 1024, 3
DRAWN = re.compile(r'<script[^>]*src="([^"]+)"|<use href="([^"#]+)')
LARGE = (("my_days", ""), ("my_days", "easy_read"), ("picture_views", ""))
"""One with faces, the same with pictures, and one with a list to put in order, which has a script of its own."""
MOVED = """new PerformanceObserver((list) => list.getEntries().forEach((one) => { if (!one.hadRecentInput) moved(one.value); }))
  .observe({type: 'layout-shift', buffered: true})"""


@pytest.fixture(scope="module")
def rooms(live: Live) -> Iterator[dict[str, Room]]:
    """A shared tablet's session for each questionnaire that young people and adults are asked."""
    asked = [load_library(key) for key in sorted(library()) if key != "ordinary_activity"]
    yield {one.key: Grounds(live, one, f"weight_{one.key}").room("shared", one.waves[0]) for one in asked}


def fetch(live: Live, path: str, cookie: str) -> bytes:
    """A reply's body as it comes over the wire."""
    request = urllib.request.Request(live.url + path, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=20) as reply:  # noqa: S310
        return bytes(reply.read())


@cache
def brought(live: Live, address: str) -> int:
    """The bytes of a file beside the page; it is the same for every page."""
    return len(fetch(live, address, ""))


def weigh(live: Live, path: str, cookie: str) -> tuple[int, int, int]:
    """The bytes of a page, those with all that it brings along, and the number of requests."""
    page = fetch(live, path, cookie)
    html = gzip.decompress(page).decode()
    linked = {(script or drawing).replace("&amp;", "&") for script, drawing in DRAWN.findall(html)}
    assert not [address for address in linked if not address.startswith("/static/")], "nothing from elsewhere"
    assert "<link rel=stylesheet" not in html and "@font-face" not in html
    return len(page), len(page) + sum(brought(live, one) for one in linked), 1 + len(linked)


def test_every_questionnaire_comes_in_one_round_trip_and_25_kilobytes(live: Live, rooms: dict[str, Room]) -> None:
    weights = {}
    for key, room in rooms.items():
        first, *others = room.instrument.waves
        for wave in (first, *others):
            ticket = room.tickets[first, "en"] if wave == first else room.open(wave)
            for look in versions_of(room.instrument):
                weights[key, wave, look] = weigh(live, f"/answer?look={look}", f"heard={ticket}..00000000")
        for wave in others:
            room.close(wave)
    assert {key: one for key, one in weights.items() if one[0] > ONE_ROUND_TRIP} == {}
    assert {key: one for key, one in weights.items() if one[1] > FIRST_LOAD} == {}
    assert {key: one for key, one in weights.items() if one[2] > MOST_REQUESTS} == {}


@pytest.mark.proof
def test_a_box_and_another_language_weigh_no_more(live: Live) -> None:
    """With three readers on duty, their keys and what is said of them; and in each language that we have."""
    asked = {key: load_library(key) for key in ("staying_safe", "online_play")}
    asked["a box"] = in_arabic(replace(load_library("picture_views"), key="boxed"))
    weights = {}
    for key, instrument in asked.items():
        grounds = Grounds(live, instrument, f"spoken_{key.replace(' ', '_')}")
        codes, wave = [language.code for language in instrument.languages], instrument.waves[-1]
        if key == "a box":
            with_readers(grounds, *codes)
        room = grounds.room("shared")
        room.open(wave, *codes)
        for code, look in product(codes, versions_of(instrument)):
            path, cookie = f"/answer?look={look}", f"heard={room.tickets[wave, code]}..00000000"
            weights[key, code, look] = weigh(live, path, cookie)
            html = gzip.decompress(fetch(live, path, cookie)).decode()
            assert f'<html lang="{code}"' in html and ("data-readers=" in html) == (key == "a box"), (key, code)
    print("\n".join(f"{' '.join(one)}: {page} bytes, {whole} in all" for one, (page, whole, _) in weights.items()))
    most = (ONE_ROUND_TRIP, FIRST_LOAD, MOST_REQUESTS)
    assert {key: one for key, one in weights.items() if any(a > b for a, b in zip(one, most, strict=True))} == {}


@pytest.mark.parametrize(("key", "look"), LARGE)
def test_a_browser_asks_three_times_and_nothing_ever_moves(
    context_of: Callable[..., BrowserContext], live: Live, rooms: dict[str, Room], watch: Watch, key: str, look: str
) -> None:
    came = visit(context_of(), rooms[key].code, look=look)
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


class _Slow(BaseHTTPRequestHandler):
    """A page whose reply stops for a while within "Leave this page", as a poor line or a busy processor cuts it."""

    page: ClassVar[bytes] = b""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/" else 204)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        if self.path == "/":
            end = self.page.index(b">", self.page.index(b'<a id="leave-link"')) + 1
            self.wfile.write(self.page[:end])
            self.wfile.flush()
            time.sleep(0.5)
            self.wfile.write(self.page[end:])

    def log_message(self, *_arguments: object) -> None:
        return


def test_half_a_page_does_not_move_when_the_rest_comes(
    context_of: Callable[..., BrowserContext], live: Live, watch: Watch
) -> None:
    watch.expect("Failed to load module script")
    with urllib.request.urlopen(f"{live.url}/thanks", timeout=30) as reply:  # noqa: S310
        _Slow.page = reply.read()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Slow)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = context_of().new_page()
    page.add_init_script(f"({OBSERVED})()")
    page.goto(f"http://127.0.0.1:{server.server_port}/")
    page.wait_for_timeout(SETTLED)
    server.shutdown()
    server.server_close()
    assert page.evaluate("() => observed.shifts") == []


def test_nothing_moves_while_the_answers_are_on_their_way(
    context_of: Callable[..., BrowserContext], outings: Grounds
) -> None:
    """The check is emptied before the next page is there; what moves more than half a second after a tap moves by itself."""
    page = context_of(service_workers="block").new_page()
    moved: list[float] = []
    page.expose_function("moved", lambda value: moved.append(value))
    page.add_init_script(MOVED)
    pupil = Pupil(page)
    pupil.join(outings.room("shared", "before").code)
    pupil.start()
    pupil.walk({"travelled": "bus", "packed": ("lunch", "coat"), "stops": "3"})

    def slowly(route: Route) -> None:
        time.sleep(0.7)
        route.continue_()

    page.route("**/answer", slowly)
    page.route("**/thanks", slowly)
    pupil.send()
    page.wait_for_timeout(SETTLED)
    assert moved == []
