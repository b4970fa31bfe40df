"""Signing in: one page for known and unknown, new tokens, ends that hold, failures counted; and no staff form without proof."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from babel.support import NullTranslations
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from survey import accounts, cookies, languages, signing_in
from survey.access import SAFE, rule_of
from survey.budgets import is_spent, spend
from survey.clock import now
from survey.database import Database
from survey.languages import Catalogue
from survey.models import Account, AuditEntry, Budget, Organisation, SignIn
from survey.signing_in import ABSOLUTE, IDLE, password_hash
from tests.conftest import Staff

PASSWORD = "four quiet brown kettles"


@pytest.fixture(scope="module", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords of tests are stretched little, so that they are quick; the service's own cost is looked at before."""
    assert (signing_in._hasher.memory_cost, signing_in._hasher.time_cost) >= (64 * 1024, 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signing_in, "_hasher", PasswordHasher(time_cost=1, memory_cost=64))
        signing_in._nobody.cache_clear()
        yield
    signing_in._nobody.cache_clear()


@pytest.fixture(scope="module")
def hashed() -> str:
    return password_hash(PASSWORD)


@pytest.fixture
def account(database: Database, hashed: str) -> int:
    with database.writing() as session:
        account = Account(email="ann@school.example", name="Ann", password_hash=hashed)
        session.add(account)
        session.flush()
        return account.id


def sign_in(
    browser: FlaskClient, password: str = PASSWORD, email: str = "Ann@School.example ", **more: str
) -> TestResponse:
    """Open the page and send it, as a browser does."""
    page = browser.get("/staff/sign-in").text
    found = re.search(r'name="csrf_token" value="(\w+)"', page)
    proof = found[1] if found else "none"
    return browser.post("/staff/sign-in", data={"email": email, "password": password, "csrf_token": proof, **more})


def token(browser: FlaskClient) -> str:
    cookie = browser.get_cookie(cookies.STAFF)
    return cookie.value if cookie else ""


def test_somebody_signs_in_and_out_and_both_are_on_record(
    database: Database, client: FlaskClient, account: int
) -> None:
    reply = sign_in(client)
    assert (reply.status_code, reply.location) == (303, "/staff/")
    cookie = next(value for value in reply.headers.getlist("Set-Cookie") if value.startswith("heard_staff="))
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie
    home = client.get("/staff/")
    assert home.status_code == 200 and "Ann" in home.text and home.headers["Cache-Control"] == "no-store"
    proof = re.search(r'name="csrf_token" value="(\w+)"', home.text)
    assert proof and client.post("/staff/sign-out", data={"csrf_token": proof[1]}).location == "/staff/sign-in"
    assert client.get("/staff/").location.startswith("/staff/sign-in")
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignIn)) == 0
        acts = [
            (entry.action, entry.account_id) for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.n))
        ]
    assert acts == [("account.signed_in", account), ("account.signed_out", account)]


def test_a_token_from_before_the_sign_in_is_never_taken_over(
    client: FlaskClient, account: int, database: Database
) -> None:
    client.set_cookie(cookies.STAFF, "f" * 64)
    sign_in(client)
    first = token(client)
    assert first != "f" * 64
    thief = client.application.test_client()
    thief.set_cookie(cookies.STAFF, "f" * 64)
    assert thief.get("/staff/").status_code == 303
    # Signing in again ends the sign-in that was there, and begins another.
    page = client.application.test_client().get("/staff/sign-in")
    proof = re.search(r'name="csrf_token" value="(\w+)"', page.text)
    form_cookie = next(value for value in page.headers.getlist("Set-Cookie") if value.startswith(accounts.FORM_COOKIE))
    client.set_cookie(accounts.FORM_COOKIE, form_cookie.partition("=")[2].partition(";")[0])
    assert proof
    client.post("/staff/sign-in", data={"email": "ann@school.example", "password": PASSWORD, "csrf_token": proof[1]})
    assert token(client) != first
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignIn)) == 1


@pytest.mark.parametrize(("column", "age"), [("seen_at", IDLE), ("started_at", ABSOLUTE)])
def test_a_sign_in_ends_when_idle_and_in_any_case_after_hours(
    database: Database, client: FlaskClient, account: int, column: str, age: timedelta
) -> None:
    sign_in(client)
    for extra, status in ((timedelta(seconds=-30), 200), (timedelta(seconds=30), 303)):
        with database.writing() as session:
            row = session.scalars(select(SignIn)).one()
            setattr(row, column, now() - age - extra)
        assert client.get("/staff/").status_code == status


def test_a_closed_account_is_out_at_its_next_request(database: Database, client: FlaskClient, account: int) -> None:
    sign_in(client)
    with database.writing() as session:
        session.get_one(Account, account).is_active = False
    assert client.get("/staff/").status_code == 303
    assert sign_in(client.application.test_client()).status_code == 422


def test_known_and_unknown_addresses_get_the_same_page(client: FlaskClient, account: int) -> None:
    replies = [sign_in(client, "wrong password", email) for email in ("ann@school.example", "bob@school.example")]
    texts = [re.sub(r'value="[^"]*"', "", reply.text) for reply in replies]
    assert texts[0] == texts[1] and replies[0].status_code == replies[1].status_code == 422
    assert 'value="ann@school.example"' in replies[0].text
    assert "wrong password" not in replies[0].text


def test_failures_are_counted_for_known_and_unknown_alike_and_then_even_the_right_password_waits(
    database: Database, app: Flask, account: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "MOST_FAILURES", 3)
    for email in ("ann@school.example", "bob@school.example"):
        statuses = [sign_in(app.test_client(), "wrong", email).status_code for _ in range(5)]
        assert statuses == [422, 422, 422, 429, 429]
    assert sign_in(app.test_client()).status_code == 429
    with database.writing() as session:
        for row in session.scalars(select(Budget)):
            row.window_start = now() - accounts.WINDOW
    assert sign_in(app.test_client()).status_code == 303


def test_nobody_can_lock_a_colleague_out_of_a_browser_that_is_known(
    app: Flask, account: int, monkeypatch: pytest.MonkeyPatch, staff: Staff
) -> None:
    monkeypatch.setattr(accounts, "MOST_FAILURES", 2)
    monkeypatch.setattr(accounts, "MOST_FAILURES_OVERALL", 4)
    own = app.test_client()
    sign_in(own)
    staff.post(own, "/staff/sign-out")
    for n in range(6):
        sign_in(app.test_client(), "wrong", f"ann{n % 2 or ''}@school.example")
    assert sign_in(app.test_client()).status_code == 429
    assert sign_in(own).status_code == 303
    staff.post(own, "/staff/sign-out")
    assert [sign_in(own, "wrong").status_code for _ in range(3)] == [422, 422, 429]


def test_a_spent_budget_writes_nothing_more(database: Database) -> None:
    window = timedelta(minutes=15)
    with database.writing() as session:
        assert [spend(session, "codes", 3, window) for _ in range(5)] == [True, True, True, False, False]
        assert is_spent(session, "codes", 3, window) and not is_spent(session, "other", 3, window)
    with database.writing() as session:
        assert session.get_one(Budget, "codes").spent == 3
        session.get_one(Budget, "codes").window_start = now() - timedelta(days=2)
    with database.writing() as session:
        assert spend(session, "new", 3, window)
        session.expire_all()
        assert session.get(Budget, "codes") is None
        assert spend(session, "codes", 3, window)


@pytest.mark.parametrize("proof", ["", "0" * 64, "é"])
def test_the_sign_in_form_needs_its_own_proof(client: FlaskClient, account: int, proof: str) -> None:
    client.get("/staff/sign-in")
    reply = client.post(
        "/staff/sign-in", data={"email": "ann@school.example", "password": PASSWORD, "csrf_token": proof}
    )
    assert reply.status_code == 400 and not token(client)
    assert 'value="ann@school.example"' in reply.text


@pytest.mark.parametrize(
    ("wanted", "location"),
    [
        ("/staff/sittings/3/", "/staff/sittings/3/"),
        ("//evil.example/staff/", "/staff/"),
        ("https://evil.example/staff/", "/staff/"),
        ("/staff/\\evil.example", "/staff/"),
        ("/staff/../leave", "/staff/"),
        ("/leave", "/staff/"),
        ("/staff/x\r\nSet-Cookie: a=b", "/staff/"),
    ],
)
def test_signing_in_leads_only_to_our_own_staff_pages(
    client: FlaskClient, account: int, wanted: str, location: str
) -> None:
    assert sign_in(client, next=wanted).location == location


def test_paths_asked_for_before_signing_in_come_back_after(client: FlaskClient, account: int) -> None:
    sent = client.get("/staff/password").location
    page = client.get(sent).text
    assert 'name="next" value="/staff/password"' in page
    assert 'autocomplete="username"' in page and 'autocomplete="current-password"' in page and "onpaste" not in page


def test_a_password_is_changed_only_with_the_old_one_and_other_browsers_are_out(
    app: Flask, staff: Staff, account: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = app.test_client(), app.test_client()
    for browser in (here, there):
        sign_in(browser)
    old = token(here)

    def change(current: str, new: str) -> TestResponse:
        reply = staff.post(here, "/staff/password", current=current, new=new)
        assert isinstance(reply, TestResponse)
        return reply

    assert "at least 12 characters" in change(PASSWORD, "short").text
    assert "easy to guess" in change(PASSWORD, "ann is my name indeed").text
    wrong = change("not it at all", "seven tall green ladders")
    assert wrong.status_code == 422 and "not the password that you use now" in wrong.text
    assert change(PASSWORD, "seven tall green ladders").status_code == 303
    assert token(here) != old and here.get("/staff/").status_code == 200
    assert there.get("/staff/").status_code == 303
    assert sign_in(app.test_client()).status_code == 422
    assert sign_in(app.test_client(), "seven tall green ladders").status_code == 303
    monkeypatch.setattr(signing_in, "MOST_FAILURES", 1)
    assert "Wait 15 minutes" in change("wrong again then", "eight tall green ladders").text


def test_staff_pages_stay_in_the_language_that_was_chosen(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    both = {code: Catalogue(code, "", NullTranslations()) for code in ("en", "cy")}
    for module in (languages, accounts):
        monkeypatch.setattr(module, "catalogues", lambda: both)
    assert '<html lang="en"' in client.get("/staff/sign-in").text
    assert '<html lang="cy"' in client.get("/staff/sign-in?lang=cy").text
    assert '<html lang="cy"' in client.get("/staff/sign-in").text
    assert '<html lang="en"' in client.get("/staff/sign-in?lang=en").text
    assert '<html lang="en"' in client.get("/staff/sign-in?lang=xx").text
    assert '<html lang="en"' in client.get("/").text


def test_every_page_of_home_leads_somewhere(staff: Staff) -> None:
    for role in ("facilitator", "commissioner", "analyst", "administrator", "worker"):
        page = staff.client(role, programme_id=None, organisation_id=_organisation(staff)).get("/staff/")
        assert page.status_code == 200
        assert ("Nothing is open to you" in page.text) is (role == "facilitator")


def _organisation(staff: Staff) -> int:
    with staff.database.writing() as session:
        found = session.scalar(select(Organisation))
        if found is None:
            found = Organisation(name="North Council")
            session.add(found)
            session.flush()
        return found.id


def unsafe_routes(app: Flask) -> list[tuple[str, str]]:
    """Every route of staff that changes something, with numbers for its gaps."""
    found = []
    for rule in app.url_map.iter_rules():
        guard = rule_of(app, rule.endpoint)
        if not rule.rule.startswith("/staff") and (guard is None or guard.audience != "staff"):
            continue
        path = re.sub(r"<int:\w+>", "1", rule.rule)
        path = re.sub(r"<[^>]+>", "open_before", path)
        found += [(method, path) for method in sorted((rule.methods or set()) - SAFE)]
    return found


def test_every_unsafe_staff_route_refuses_a_form_without_the_token(app: Flask, staff: Staff) -> None:
    routes = unsafe_routes(app)
    assert len(routes) >= 15
    organisation = _organisation(staff)
    browsers = [
        staff.client(role, organisation_id=organisation)
        for role in ("administrator", "facilitator", "commissioner", "analyst", "safeguarding_reader", "worker")
    ]
    for method, path in routes:
        # A page on which people write for long shows what was typed once more instead of refusing it (its own tests).
        shown_again = re.fullmatch(
            r"/staff/questionnaires/(new|drafts/\d+/(about|text|questions/\d+/\d+|languages/\w+))|/staff/reading/(talks/)?open_before/"
            r"|/staff/stop/(\d+/go-on)?|/staff/cases/alerts/\d+/decide",
            path,
        )
        replies = {browser: browser.open(path, method=method).status_code for browser in browsers}
        allowed = [browser for browser, status in replies.items() if status != 404]
        forged = [{"csrf_token": "0" * 64}, {"csrf_token": "é"}]
        tried = {browser.open(path, method=method, data=data).status_code for browser in allowed for data in forged}
        statuses = {*replies.values(), *tried}
        assert statuses <= ({400, 404, 409, 422} if shown_again else {400, 404}), (method, path, statuses)
        assert 400 in statuses or shown_again, (method, path, statuses)
