"""Every page of the whole application, with the demonstration's data, has clean markup; and each rule of that judgement
can fail.

The pages are found as people find them: by following links from the first page and from the staff's first page. What no
link leads to without an act (a draft, a case, a remark) is shown by the tests of those journeys, where the same judgement
stands over every page that a test is shown (tests/conftest.py, `judged`); the list here names them, so that a new route is
on one side or the other.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from survey import cookies
from survey.app import create_app
from survey.clock import now
from survey.database import Database
from survey.demonstration import load
from survey.models import Account, Grant, Organisation
from survey.schema import migrate
from survey.sealing import Keys
from survey.signing_in import sign_in
from tests.conftest import KEY, settings
from tests.markup import Page, markup_faults

ROLES = ("administrator", "facilitator", "commissioner", "analyst", "worker", "safeguarding_reader")
IN_ARABIC = tuple(
    f"{path}?lang=ar"
    for path in ("/", "/help", "/help/card", "/about", "/activity", "/finished", "/quiet", "/thanks", "/nowhere")
)
FIRST = (
    "/",
    "/help",
    "/help/card",
    "/about",
    "/activity",
    "/finished",
    "/quiet",
    "/thanks",
    "/nowhere",
    *IN_ARABIC,
    "/staff/sign-in",
    "/staff/",
)
MOST_OF_A_ROUTE = 3
NO_PAGE = {
    "static",
    "answering.leave",
    "answering.recording",
    "answering.service_worker",
    "authoring.recorded",
    "operations.healthz",
    "operations.readyz",
    "reporting.chart",
}
AFTER_AN_ACT = {
    "answering": {"talk"},
    "authoring": {
        "about", "brought_in", "compare", "download", "draft", "item", "languages", "look_at_draft", "preview_draft",
        "propose", "recordings_of_draft", "text", "throw_away", "words_out",
    },
    "cases": {"show", "withdraw", "alert", "make"},
    "notices": {"translate"},
    "paper": {"batch", "check", "sheet_typed", "throw_away"},
    "programmes": {"aside", "edit"},
    "reading_room": {"show", "record", "record_file", "recover", "show_talk", "away"},
    "reporting": {"report", "release", "school", "withdraw"},
    "sittings": {"wipe"},
}  # fmt: skip


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, str, str]]:
    """The service with all demonstration data, the cookie of somebody who may do everything, and an open code.

    Arabic counts as confirmed there, so that its pages are seen.
    """
    folder = tmp_path_factory.mktemp("demonstration")
    database = Database(f"sqlite:///{folder}/heard.sqlite3")
    migrate(database)
    loaded = load(database, Keys(KEY))
    with database.writing() as session:
        account = Account(email="all@example.org", name="All Roles", password_hash="-")
        session.add(account)
        session.flush()
        for organisation in session.scalars(select(Organisation)).all():
            for role in ROLES:
                grant = Grant(account_id=account.id, role=role, organisation_id=organisation.id, reason="test")
                grant.starts_at = now() - timedelta(days=1)
                session.add(grant)
        token = sign_in(session, account)
    config = settings(folder, str(database.url))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("survey.languages.is_open_to_children", lambda code: code in ("en", "ar"))
        yield create_app(config, database), token, loaded.codes[0][0]
    database.dispose()


def followed(app: Flask, token: str, code: str) -> tuple[dict[str, list[str]], set[str], int]:
    """Every page that links lead to: its faults, the routes met, and how many pages there were."""
    browser = app.test_client()
    browser.set_cookie(cookies.STAFF, token)
    browser.post("/join", data={"code": code})
    routes, waiting = app.url_map.bind("localhost"), deque([*FIRST, "/answer"])
    seen: set[str] = set()
    count: Counter[str] = Counter()
    found: dict[str, list[str]] = {}
    while waiting:
        path = waiting.popleft().partition("#")[0]
        try:
            endpoint, _ = routes.match(path.partition("?")[0], "GET")
        except HTTPException:
            endpoint = "none"
        if path in seen or endpoint in NO_PAGE or count[endpoint] == MOST_OF_A_ROUTE:
            continue
        seen.add(path)
        count[endpoint] += 1
        reply = browser.get(path)
        assert reply.status_code < 500, path
        if reply.status_code in (302, 303):
            waiting.append(str(reply.headers["Location"]).removeprefix("http://localhost"))
        elif reply.mimetype == "text/html":
            found[path] = markup_faults(reply.text)
            if path in IN_ARABIC and '<html lang="ar" dir="rtl"' not in reply.text:
                found[path].append("not in Arabic")
            links = (element.get("href") or "" for element in Page(reply.text).each("a"))
            waiting.extend(link for link in links if link.startswith("/"))
    return found, set(count), len(found)


@pytest.mark.proof
def test_every_page_has_clean_markup(demonstration: tuple[Flask, str, str]) -> None:
    app = demonstration[0]
    found, met, pages = followed(*demonstration)
    print(f"markup judged on {pages} pages of {len(met)} routes")
    assert {path: faults for path, faults in found.items() if faults} == {}
    elsewhere = {f"{journey}.{name}" for journey, names in AFTER_AN_ACT.items() for name in names}
    asked = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert asked - met - NO_PAGE - elsewhere == set(), "pages that nothing looks at"
    assert pages > 60


GOOD = """<!doctype html><html lang="en" dir="ltr"><head><meta charset="utf-8"><title>Questions – Heard</title>
<meta name="viewport" content="width=device-width"></head><body class="young"><main><h1>A day</h1>
<form autocomplete="off"><fieldset><legend><h2 id="t">How was it?</h2></legend><label><input type="radio" name="q" value="1">
<span>Good</span></label><label><input type="radio" name="q" value="2"><span>Bad</span></label></fieldset>
<p class="error" id="e">Type a number.</p><input id="n" aria-labelledby="t" aria-describedby="e"><button>Next</button></form>
<table><caption>Days</caption><tr><th scope="col">Day</th></tr></table><p role="status" id="s"></p></main></body></html>"""
BROKEN = {
    "unclosed": ("</legend>", ""),
    "no lang": (' lang="en"', ""),
    "no dir": (' dir="ltr"', ""),
    "no title": ("Questions – Heard", " – Heard"),
    "two ids": ('id="n"', 'id="t"'),
    "a pointer to nothing": ('aria-describedby="e"', 'aria-describedby="e z"'),
    "a label for nothing": ("<button>", '<label for="zz">Yes</label><button>'),
    "a button in a link": ("<button>Next</button>", '<a href="/x"><button>Next</button></a>'),
    "a skipped heading": ("h2", "h4"),
    "two h1": ("h2", "h1"),
    "no label": ('aria-labelledby="t" ', ""),
    "no fieldset": ("fieldset", "div"),
    "inline script": ("<main>", "<main><script>go()</script>"),
    "a handler": ("<button>", '<button onclick="go()">'),
    "a style attribute": ("<button>", '<button style="color:red">'),
    "an empty link": ("<button>", '<a href="/x"></a><button>'),
    "an empty button": ("Next", ""),
    "autocomplete that is none": ('id="n"', 'id="n" autocomplete="nickname-of-pet"'),
    "a device that remembers": (' autocomplete="off"', ""),
    "aria-hidden on a button": ("<button>", '<button aria-hidden="true">'),
    "a label that differs": ("<button>", '<button aria-label="Forward">'),
    "positive tabindex": ("<button>", '<button tabindex="3">'),
    "a role for a real element": ("<button>Next</button>", '<div role="button">Next</div>'),
    "no header cells": ("th", "td"),
    "no caption": ("<caption>Days</caption>", ""),
    "an error alone": (' aria-describedby="e"', ""),
    "a silent status": (' role="status"', ""),
    "zoom off": ("width=device-width", "width=device-width, user-scalable=no"),
    "refresh": ("<title>", '<meta http-equiv="refresh" content="60"><title>'),
    "a lang that is none": ("<span>Good", '<span lang="polish">Good'),
    "a picture without words": ("<button>", '<img src="/x.png"><button>'),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_each_rule_can_fail(broken: str) -> None:
    assert markup_faults(GOOD) == []
    assert markup_faults(GOOD.replace(*BROKEN[broken])) != []
