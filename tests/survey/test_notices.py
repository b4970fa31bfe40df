"""The page about us: linked from everywhere, filled in by each organisation, and claiming only what is done."""

from __future__ import annotations

import ast
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from questionnaires.codebook import HEAD
from questionnaires.wording import PROMISES
from survey import cookies
from survey.accounts import KNOWN_SECONDS, LANGUAGE_SECONDS
from survey.answering.places import OWN_DEVICE_SECONDS
from survey.assets import STATIC
from survey.bounds import KEPT_AFTER_CLOSING
from survey.database import Database
from survey.joining import Visit
from survey.models import Case, Notice, Opening, Organisation, Response
from survey.notices import COOKIES, KEPT_UNHEARD_DAYS, UNREAD, UNTRIED
from survey.readers import UNLOCKED_FOR
from survey.signing_in import IDLE
from tests.survey.casework import made_case, make_service

FILLED = {
    "controller": "North Council",
    "contact": "answers@north.example, 01632 960001",
    "officer": "The data protection officer, dpo@north.example",
    "basis": "public_task",
    "kept_for": "Until two years after the tour",
    "complaints": "Write to complaints@north.example; you hear from us within 30 days.",
    "accessibility": "Our hall has no hearing loop; ask for the quiet room.",
    "language": "cy",
}


def test_every_page_leads_to_it(client: FlaskClient, tour) -> None:
    tour.open("before")
    client.post("/join", data={"code": tour.code})
    for path in ("/", "/answer", "/help", "/thanks", "/activity", "/staff/sign-in"):
        assert 'href="/about"' in client.get(path).text, path
    assert "Your school is not shown your answers" in client.get("/about").text


def test_it_names_the_organisation_whose_questions_are_open(client: FlaskClient, staff, tour) -> None:
    browser = staff.client("administrator", organisation_id=tour.organisation_id)
    address = f"/staff/notices/{tour.organisation_id}/"
    assert "Not written yet" in browser.get("/staff/notices/").text
    assert staff.post(browser, address, **FILLED).status_code == 303
    with tour.database.writing() as session:  # somebody else's, so that there is a doubt
        other = Organisation(name="South Council")
        session.add(other)
        session.flush()
        session.add(Notice(organisation_id=other.id, **{**FILLED, "controller": "South Council"}))
    alone = client.get("/about").text
    assert FILLED["contact"] not in alone, "nobody knows whose it would be"
    led = re.findall(r'<a href="(/about/\d+)" lang="cy" dir="ltr">(\w+ Council)</a>', alone)
    assert [name for _, name in led] == ["North Council", "South Council"]
    for address, name in led:
        page = client.get(address).text
        assert f'<dd lang="cy" dir="ltr">{name}</dd>' in page and FILLED["complaints"] in page
    assert ">South Council</a>" in client.get("/about/999").text, "an address that leads to none lets them choose"
    tour.open("before")
    client.post("/join", data={"code": tour.code})
    page = client.get("/about").text
    assert "North Council" in page
    assert "article 6(1)(e)" in page
    assert "South Council" not in page
    assert ">South Council</dd>" in client.get(led[1][0]).text, "an address that says whose it is goes before the visit"
    assert page.count('lang="cy" dir="ltr"') == 6, "each of its sentences says in which language it is"
    assert '<p lang="cy" dir="ltr">Our hall has no hearing loop' in page


def test_it_is_read_in_the_language_of_the_page_or_else_in_the_first_one(app: Flask, staff, tour) -> None:
    """Welsh first, Arabic beside it: an Arabic page reads Arabic, an English one the Welsh, each marked as what it is."""
    browser = staff.client("administrator", organisation_id=tour.organisation_id)
    address = f"/staff/notices/{tour.organisation_id}/"
    assert browser.get(f"{address}ar").status_code == 404, "first comes the first one"
    staff.post(browser, address, **FILLED)
    arabic = {name: f"{name} بالعربية" for name in FILLED if name not in ("basis", "language")}
    assert 'dir="rtl" id="contact" lang="ar"' in browser.get(f"{address}ar").text
    assert FILLED["complaints"] in browser.get(f"{address}ar").text, "what the first one says stands beside each field"
    refused = staff.post(browser, f"{address}ar", **{**arabic, "officer": " "})
    assert refused.status_code == 422 and arabic["complaints"] in refused.text
    assert staff.post(browser, f"{address}ar", **arabic).status_code == 303
    for language, words, marked in (
        ("ar", arabic["kept_for"], 'lang="ar" dir="rtl"'),
        ("en", FILLED["kept_for"], "cy"),
    ):
        page = seen_in(app, tour, language)
        assert words in page and page.count(marked) >= 5, language
        assert "6(1)" in page, "the lawful basis is the same in every language"
    clash = staff.post(browser, address, **{**FILLED, "language": "ar"})
    assert clash.status_code == 422 and "There is a text in this language already" in clash.text
    assert browser.get(f"{address}cy").status_code == browser.get(f"{address}xx").status_code == 404
    stranger = staff.client("administrator", programme_id=tour.programme_id)
    assert stranger.get(f"{address}ar").status_code == 404
    assert staff.post(browser, f"{address}ar", act="remove").status_code == 303
    assert FILLED["kept_for"] in seen_in(app, tour, "ar")


def seen_in(app: Flask, tour, language: str) -> str:
    """The page about us, for somebody who answers in this language."""
    wave = "before" if language == "ar" else "after"
    ticket = tour.tickets.get(wave) or tour.open(wave, language)
    browser = app.test_client()
    browser.set_cookie(cookies.RESPONDENT, Visit(ticket).value())
    return browser.get("/about").text


@pytest.mark.parametrize("missing", sorted(set(FILLED) - {"basis", "language", "accessibility"}))
def test_what_is_missing_is_asked_for_and_nothing_typed_is_lost(staff, tour, missing: str) -> None:
    browser = staff.client("administrator", organisation_id=tour.organisation_id)
    reply = staff.post(browser, f"/staff/notices/{tour.organisation_id}/", **{**FILLED, missing: " "})
    assert reply.status_code == 422
    assert all(words in reply.text for name, words in FILLED.items() if name not in (missing, "basis", "language"))
    with tour.database.reading() as session:
        assert session.scalar(select(Notice)) is None


def test_others_do_not_write_it(staff, tour) -> None:
    with tour.database.writing() as session:
        other = Organisation(name="South Council")
        session.add(other)
        session.flush()
        elsewhere = other.id
    browser = staff.client("administrator", organisation_id=elsewhere)
    assert browser.get(f"/staff/notices/{tour.organisation_id}/").status_code == 404
    only_one = staff.client("administrator", programme_id=tour.programme_id)
    assert only_one.get(f"/staff/notices/{tour.organisation_id}/").status_code == 404


def test_words_are_data(staff, tour, client: FlaskClient) -> None:
    browser = staff.client("administrator", organisation_id=tour.organisation_id)
    staff.post(browser, f"/staff/notices/{tour.organisation_id}/", **{**FILLED, "controller": "<b>{{ 7*7 }}</b>"})
    page = client.get("/about").text
    assert "&lt;b&gt;{{ 7*7 }}&lt;/b&gt;" in page


NOT_IN_LINKED = ("We do not know which answers are yours", "Your school is not shown", "keyed code", "names, network")
NOT_IN_PRIVATE = ("Your worker knows which answers are yours", "Some answers raise an alert", "take a young person’s")
WORDS_AND_SLIPS = {
    "private": ("a trained adult reads it", "have to tell people", "duty to report", "name and class"),
    "linked": ("no box for your own words", "no last page to ask", "no box for typed words"),
}


def told(page: str, mode: str) -> None:
    """What a page about us says in one mode, and nothing that this mode does not keep."""
    promises, main = PROMISES[mode], page.partition("<main")[2]
    assert promises.search(main) is None, promises.search(main)
    absent = NOT_IN_LINKED if mode == "linked" else NOT_IN_PRIVATE
    assert [words for words in absent if words in page] == []
    assert [words for words in WORDS_AND_SLIPS[mode] if words not in page] == []
    lines = re.findall(r"<li>(.*?)</li>", main, re.DOTALL)
    kept = " ".join(line for line in lines if line.startswith("Kept"))
    held = IN_A_ROW | WITH_A_ROW[mode] | (OF_A_CASE if mode == "linked" else {})
    assert [name for name, words in held.items() if words not in kept] == [], "it leaves out what is kept"
    refused = " ".join(line for line in lines if line.startswith("Not kept"))
    assert refused and not re.search(r"kind of device|language|version|helped|the time of answers", refused)


def test_where_no_name_is_asked_it_tells_of_typed_words_and_of_the_last_page(client: FlaskClient, tour) -> None:
    tour.open("before")
    client.post("/join", data={"code": tour.code})
    told(client.get("/about").text, "private")


def test_where_a_worker_sees_the_answers_it_says_so(app: Flask, database: Database, staff) -> None:
    service = make_service(database)
    worker = service.sign_in(app, "worker")
    case_id = made_case(service, staff, worker)
    staff.post(worker, f"/staff/cases/{case_id}/start/t1", where="code")
    young = app.test_client()
    young.post("/join", data={"code": service.case_code()})
    page = young.get("/about").text
    told(page, "linked")
    assert "or to take them out" in page


def test_without_a_visit_both_stand_under_headings_of_their_own(client: FlaskClient) -> None:
    page = client.get("/about").text
    assert all(words in page for mode in WORDS_AND_SLIPS.values() for words in mode)
    assert "If you answer for a worker who helps you</h3>" in page


def test_it_says_how_long_answers_really_wait(client: FlaskClient) -> None:
    script = (STATIC / "device.js").read_text("utf-8")
    assert f"KEPT_UNHEARD = {KEPT_UNHEARD_DAYS} * 24 * 3600 * 1000" in script
    page = client.get("/about").text
    assert f"destroyed {KEPT_AFTER_CLOSING.days} days after the session’s last questions have closed" in page
    assert f"after {KEPT_UNHEARD_DAYS} days" in page


IN_A_ROW = {
    "language": "the language",
    "version": "which version of the words",
    "mode": "a device of one’s own, a shared one or paper",
    "helped": "whether somebody helped",
    "respondent": "which other kind of person answered",
}
WITH_A_ROW = {
    "private": {
        "opening_id": "the session it belongs to",
        "codes": "the ticks of each questionnaire as one row",
        "pair_key": "a keyed code by which before and after are put side by side",
        "is_second": "second with the same card or device",
        "is_late": "whether the row came late",
    },
    "linked": {
        "case_id": "under the reference that the service gave the case",
        "codes": "Kept: the answers",
        "is_second": "once more for the same questions",
        "is_late": "whether they came late",
    },
}
OF_A_CASE = {
    "reference": "the reference that the service gave",
    "worker_id": "with its worker",
    "deputy_id": "and deputy",
    "opened_at": "when it was opened",
    "closed_at": "closed or",
    "withdrawn_at": "its answers taken out",
    "opening.opened_at": "when questions were opened",
    "opening.closed_at": "the day on which they were answered",
}
TELLS_NOTHING = {"id", "programme_id", "wave", "mode", "sitting_id", "entry_id", "instrument_version_id"}
"""Columns that say only which programme, questions or row it is."""


def test_every_column_of_a_row_and_of_a_case_is_told_of() -> None:
    """Who adds a column says so here and, by `told`, on the page."""
    assert set(IN_A_ROW) == set(HEAD)
    columns = {column.name for column in Response.__table__.columns}
    assert set().union(*WITH_A_ROW.values()) == columns - TELLS_NOTHING
    case = {column.name for column in Case.__table__.columns}
    opening = {column.name for column in Opening.__table__.columns}
    assert set(OF_A_CASE) == (case - TELLS_NOTHING) | {f"opening.{name}" for name in opening - TELLS_NOTHING}


def cookies_set() -> set[str]:
    """The name of every cookie that any of our modules puts, whatever its constant is called."""
    sources = {path: ast.parse(path.read_text("utf-8")) for path in STATIC.parent.rglob("*.py")}
    named: dict[str, str] = {}
    put: set[str] = set()
    for tree in sources.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                value = node.value.value
                if isinstance(value, str) and value.startswith("heard"):
                    named |= {target.id: value for target in node.targets if isinstance(target, ast.Name)}
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr != "set_cookie" or ast.unparse(node.func.value) == "reply"
                if node.func.attr == "put" and ast.unparse(node.func.value) == "cookies":
                    put.add(ast.unparse(node.args[1]).rpartition(".")[2])
    return {named[constant] for constant in put}


def test_it_names_every_cookie(client: FlaskClient) -> None:
    assert cookies_set() == {name for name, _ in COOKIES}
    assert (timedelta(minutes=15), timedelta(minutes=30)) == (UNLOCKED_FOR, IDLE), "as the page says"
    assert (KNOWN_SECONDS, LANGUAGE_SECONDS) == (90 * 86400, 365 * 86400)
    assert OWN_DEVICE_SECONDS == 12 * 3600


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_cookies_are_named_as_browsers_know_them(client: FlaskClient, tour, scheme: str) -> None:
    """On https every one has a prefix: who looks into the browser has to find the very names that the page says."""
    tour.open("before")
    ours = f"{scheme}://localhost"
    told = set(re.findall(r'<dt><b><bdi dir="ltr">([\w-]+)</bdi>', client.get("/about", base_url=ours).text))
    put = (client.post("/join", data={"code": tour.code}, base_url=ours), client.get("/staff/sign-in", base_url=ours))
    names = {reply.headers["Set-Cookie"].partition("=")[0] for reply in put}
    assert names < told and len(names) == 2
    prefix = "__Host-" if scheme == "https" else ""
    assert told == {f"{prefix}{name}" for name in cookies_set()}


def test_the_accessibility_statement_says_what_is_known(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def listed() -> list[str]:
        return re.findall(r"<li>([^<]*)</li>", client.get("/about").text.partition("not good enough yet")[2])

    assert listed() == [*UNTRIED, UNREAD], "no draft has been read by anybody who speaks the language"
    monkeypatch.setattr("survey.notices.is_open_to_children", lambda _: True)
    assert listed() == list(UNTRIED)
