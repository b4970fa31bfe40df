"""A real browser on the real service.

One Chromium and one service serve a whole session; each test has contexts (browser profiles) of its own and rooms of its
own. Whatever a page complains about (an error on the console, a breach of the content security policy, a request that
failed, a reply of 500 and above) fails the test that caused it, unless the test said before that it expects it.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from questionnaires.files import load_library, read
from questionnaires.instrument import STEP_OPTIONS, Instrument, Item, Language, Part
from questionnaires.instrument import Page as QuestionPage
from survey.answering import linked
from survey.models import Case, Entry
from tests.conftest import Staff
from tests.journeys.gate import note_listeners
from tests.live import Grounds, Live, Room
from tests.survey.casework import Service, made_case, make_service
from tests.survey.desk import OnDuty, with_readers

HERE = Path(__file__).parent
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # The test run may have little shared memory.
    "--disable-dev-shm-usage",
)
NO_CHROMIUM = "No Chromium here: install Debian's `chromium`, or name one in HEARD_CHROMIUM, to run the browser tests."
MOST_MILLISECONDS = 15_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever needs the browser carries its mark."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


def chromium() -> str | None:
    """The system's Chromium, whole: with windows and with pages that Back brings back as they were left."""
    named = os.environ.get("HEARD_CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[[str | None], Browser]]:
    """Starts a browser by its path; without one the test is skipped."""
    with sync_playwright() as playwright:
        launched: list[Browser] = []

        def start(path: str | None) -> Browser:
            if path is None:
                pytest.skip(NO_CHROMIUM)
            cache = ["--disable-back-forward-cache"]
            launched.append(
                playwright.chromium.launch(executable_path=path, args=list(FLAGS), ignore_default_args=cache)
            )
            return launched[-1]

        yield start
        for browser in launched:
            browser.close()


@pytest.fixture(scope="session")
def whole_browser(launch: Callable[[str | None], Browser]) -> Browser:
    """Chromium with the back-forward cache on, as people have it."""
    return launch(chromium())


@pytest.fixture(scope="session")
def light_browser(launch: Callable[[str | None], Browser]) -> Browser:
    """The same engine without windows and without that cache, for two thirds of the time; Chromium itself where it is not."""
    return launch(shutil.which("chromium-headless-shell") or chromium())


@pytest.fixture
def browser(request: pytest.FixtureRequest) -> Browser:
    """The light one, but where a test is about what Back brings."""
    back = request.node.get_closest_marker("back_cache")
    found: Browser = request.getfixturevalue("whole_browser" if back else "light_browser")
    return found


class _Dull(BaseHTTPRequestHandler):
    """The weather: what 'Leave this page' leads to."""

    def do_GET(self) -> None:
        body = b"<!doctype html><html lang=en><title>Weather</title><link rel=icon href=data:,><h1>Rain later</h1>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        return


@pytest.fixture(scope="session")
def dull() -> Iterator[str]:
    """A dull page on another site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Dull)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/weather"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory, dull: str) -> Iterator[Live]:
    """The service, once for all journeys."""
    service = Live(tmp_path_factory.mktemp("live"), exit_url=dull)
    service.start()
    yield service
    service.close()


@pytest.fixture(scope="session")
def confirmed(tmp_path_factory: pytest.TempPathFactory, dull: str) -> Iterator[Live]:
    """The service as it is once a speaker has confirmed every catalogue, so that its pages can be looked at in each."""
    service = Live(tmp_path_factory.mktemp("confirmed"), exit_url=dull, launcher=("-m", "tests.confirmed", "serve"))
    service.start()
    yield service
    service.close()


@pytest.fixture(scope="session")
def confirmed_tours(confirmed: Live) -> Grounds:
    """The programme with the secondary questionnaire, there."""
    return Grounds(confirmed, load_library("staying_safe"), "tours")


def in_arabic(instrument: Instrument) -> Instrument:
    """A questionnaire that is offered in Arabic before anything of it is translated: its own sentences are English there."""
    arabic = Language("ar", "العربية", "rtl", checked="for a test")
    return replace(instrument, languages=(*instrument.languages, arabic), published=True)


@pytest.fixture(scope="session")
def half_arabic(confirmed: Live) -> Grounds:
    """A programme with a question of every kind, none of which is translated."""
    kinds, everything = read(HERE / "kinds.yaml"), read(HERE / "everything.yaml")
    pages = (*(replace(page, key=f"first_{page.key}") for page in everything.pages), *kinds.pages)
    return Grounds(confirmed, in_arabic(replace(kinds, pages=pages)), "half_arabic")


@pytest.fixture(scope="session")
def tours(live: Live) -> Grounds:
    """A programme with the secondary questionnaire."""
    return Grounds(live, load_library("staying_safe"), "tours")


@pytest.fixture(scope="session")
def outings(live: Live) -> Grounds:
    """A programme with one question of every kind, one of them conditional."""
    return Grounds(live, read(HERE / "everything.yaml"), "outings")


@pytest.fixture(scope="session")
def days_out(live: Live) -> Grounds:
    """A programme with one question of each further kind. Goals belong to a worker's case, which has no page yet: here
    they stand among the others, past the rules, so that their page is looked at too."""
    instrument = read(HERE / "kinds.yaml")
    low, high = {"en": "Not at all"}, {"en": "All the way"}
    parts = (Part("goal_1", {"en": "My first goal"}), Part("goal_2", {"en": "My second goal"}))
    aims = Item("aims", "goals", {"en": "How near are you to each goal?"}, options=STEP_OPTIONS, parts=parts)
    aims = replace(aims, low=low, high=high, waves=instrument.waves, ordered=True, absences=("rather_not",))
    page = QuestionPage("aims", None, (aims,))
    return Grounds(live, replace(instrument, pages=(*instrument.pages, page), published=True), "days_out")


class Watch:
    """Collects what a browser complains about."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self.expected: list[str] = []

    def expect(self, *patterns: str) -> None:
        """These complaints belong to the test."""
        self.expected += patterns

    def over(self, context: BrowserContext) -> None:
        """Listen to all pages of a context."""
        context.on("console", lambda message: message.type == "error" and self._note(f"console: {message.text}"))
        context.on("weberror", lambda error: self._note(f"script: {error.error}"))
        context.on("requestfailed", self._failed)
        context.on("response", self._replied)

    def _failed(self, request: Request) -> None:
        # A navigation that replaces another one aborts it; nothing was lost.
        if request.failure != "net::ERR_ABORTED":
            self._note(f"request: {request.method} {request.url}: {request.failure}")

    def _replied(self, response: Response) -> None:
        if response.status >= 500:
            self._note(f"reply: {response.status} {response.url}")

    def _note(self, complaint: str) -> None:
        self.complaints.append(complaint)

    def unexpected(self) -> list[str]:
        """What nobody announced."""
        return [one for one in self.complaints if not any(re.search(pattern, one) for pattern in self.expected)]


@pytest.fixture
def watch() -> Iterator[Watch]:
    """What the browser of this test complains about."""
    watching = Watch()
    yield watching
    assert watching.unexpected() == []


@pytest.fixture
def context_of(browser: Browser, live: Live, watch: Watch) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser profiles: a phone by default; keywords are Playwright's."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        given = {"viewport": {"width": 390, "height": 780}, "base_url": live.url, "locale": "en-GB", **options}
        context = browser.new_context(**given)
        context.set_default_timeout(MOST_MILLISECONDS)
        note_listeners(context)
        watch.over(context)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def page(context_of: Callable[..., BrowserContext]) -> Page:
    """A phone with script."""
    return context_of().new_page()


@pytest.fixture(scope="session")
def wishes(live: Live) -> tuple[Grounds, OnDuty, OnDuty, OnDuty]:
    """A programme that asks for words, with two readers outside the school and one in it, never in their last hour."""
    grounds = Grounds(live, load_library("picture_views"), "wishes")
    return grounds, *with_readers(grounds)


@dataclass
class Place:
    """A service in this process with all that young people can send: cases whose worker sees the answers, and a session that
    asks for words and has readers."""

    port: int
    service: Service
    room: Room
    reader: OnDuty
    staff: Staff
    worker: FlaskClient
    cases: Iterator[int] = field(default_factory=count)

    def begin_case(self) -> str:
        """A new case whose first questions are open; its code."""
        case_id = made_case(self.service, self.staff, self.worker, f"B58-{next(self.cases)}")
        self.staff.post(self.worker, f"/staff/cases/{case_id}/start/t1", where="code")
        with self.service.database.reading() as session:
            sitting_id = session.get_one(Case, case_id).sitting_id
            return session.scalars(select(Entry.code).where(Entry.sitting_id == sitting_id)).one()


@pytest.fixture
def place(app: Flask, staff: Staff, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Somebody is on duty at any hour, and there are readers."""
    monkeypatch.setattr(linked, "is_on_duty", lambda *_: True)
    service = make_service(staff.database)
    where = SimpleNamespace(database=staff.database, keys=app.extensions["keys"])
    grounds = Grounds(where, load_library("picture_views"), "wishes")  # type: ignore[arg-type]
    reader, *_ = with_readers(grounds)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    worker = service.sign_in(app, "worker")
    yield Place(server.server_port, service, grounds.room("shared", "after"), reader, staff, worker)
    server.shutdown()
    server.server_close()
