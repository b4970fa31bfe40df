"""Linked mode: a case is its worker's alone, its answers come by a code that works once, and they can be taken out again."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from questionnaires.codebook import Codebook
from questionnaires.wording import PROMISES
from survey import alerts, cookies, jobs, outbox
from survey.answering import linked
from survey.clock import PLACE, end_of_day, now
from survey.database import Database
from survey.joining import Visit
from survey.models import (
    Account,
    AuditEntry,
    Base,
    Case,
    Decline,
    Grant,
    Held,
    Job,
    Moment,
    Opening,
    Programme,
    Receipt,
    Response,
)
from survey.releases.ledger import ReleaseRefused
from survey.releases.work import make_release
from survey.responses import CONTENT_TYPE, _place
from tests.survey.casework import MONDAY_TEN, QUIET, TELLING, Service, made_case, make_service
from tests.survey.test_sealed_answers import Device


@pytest.fixture
def service(database: Database) -> Service:
    return make_service(database)


@pytest.fixture(autouse=True)
def on_duty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody is on duty, whatever the hour at which the tests run."""
    monkeypatch.setattr(linked, "is_on_duty", lambda *_: True)


def send(browser: FlaskClient, body: bytes, path: str = "/answer"):
    return browser.post(path, data=body, content_type=CONTENT_TYPE)


def shown_code(page: str) -> str:
    return re.search(r'<p class="code"[^>]*>([^<]+)</p>', page)[1]


def test_from_the_first_step_to_the_answers(app: Flask, staff, service: Service) -> None:
    worker = service.sign_in(app, "worker")
    case_id = made_case(service, staff, worker)
    assert staff.post(worker, f"/staff/cases/{case_id}/start/t1", where="code").status_code == 303
    code = shown_code(worker.get(f"/staff/cases/{case_id}/").get_data(as_text=True))
    young = app.test_client()
    assert young.post("/join", data={"code": code}).headers["Location"] == "/answer?joined"
    page = young.get("/answer").get_data(as_text=True)
    assert "Who sees your answers: Worker Person, and Deputy Person" in page
    assert "we cannot take your answers out" not in page
    ticket = service.ticket()
    assert send(young, service.body(ticket, **QUIET)).headers["Location"] == "/thanks"
    assert "Your worker can see them now" in young.get("/thanks").get_data(as_text=True)
    for end in ("/thanks", "/finished"):
        assert "added up" not in young.get(end).get_data(as_text=True)
    assert [(row.mode, row.wave, row.is_second) for row in service.rows()] == [("linked", "t1", False)]
    for who in ("worker", "deputy"):
        seen = service.sign_in(app, who).get(f"/staff/cases/{case_id}/").get_data(as_text=True)
        assert "Do you have a safe place to stay this week?" in seen
    assert app.test_client().post("/join", data={"code": code}).status_code == 409, "the code works once"
    assert app.test_client().get("/answer").status_code == 303


@pytest.mark.parametrize(
    ("questionnaire", "respondent"), [("one_to_one_worker", "practitioner"), ("support_carer", "parent")]
)
def test_a_worker_or_a_parent_tells_of_a_case_and_is_kept_apart(
    app: Flask, staff, database: Database, questionnaire: str, respondent: str
) -> None:
    service = make_service(database, questionnaire)
    worker = service.sign_in(app, "worker")
    case_id = made_case(service, staff, worker)
    assert staff.post(worker, f"/staff/cases/{case_id}/start/t1", where="code").status_code == 303
    code = shown_code(worker.get(f"/staff/cases/{case_id}/").get_data(as_text=True))
    browser = app.test_client()
    assert browser.post("/join", data={"code": code}).headers["Location"] == "/answer?joined"
    assert "Who sees your answers: Worker Person" in browser.get("/answer").get_data(as_text=True)
    assert send(browser, service.body(service.ticket())).headers["Location"] == "/thanks"
    (row,) = service.rows()
    assert Codebook.of(service.instrument).decode(row.codes)[0].respondent == respondent


def test_a_case_is_nobody_elses(app: Flask, staff, service: Service) -> None:
    worker = service.sign_in(app, "worker")
    case_id = made_case(service, staff, worker)
    for who in ("other", "lead", "facilitator", "administrator"):
        browser = service.sign_in(app, who)
        assert browser.get(f"/staff/cases/{case_id}/").status_code == 404, who
        assert browser.get(f"/staff/cases/{case_id}/withdraw").status_code == 404, who
        assert staff.post(browser, f"/staff/cases/{case_id}/start/t1", where="code").status_code == 404, who
        assert staff.post(browser, f"/staff/cases/{case_id}/end").status_code == 404, who
    for who in ("facilitator", "administrator"):
        browser = service.sign_in(app, who)
        sitting_id = service.case().sitting_id
        assert browser.get(f"/staff/sittings/{sitting_id}/").status_code == 404
        assert "The House" not in browser.get("/staff/sittings/").get_data(as_text=True)
        assert browser.get(f"/staff/sittings/new/{service.programme_id}").status_code == 409
    with service.database.writing() as session:
        session.execute(update(Grant).where(Grant.account_id == service.people["deputy"]).values(ends_at=now()))
    assert service.sign_in(app, "deputy").get(f"/staff/cases/{case_id}/").status_code == 404, "the role has ended"


def test_on_the_workers_device_the_worker_is_signed_out_first(app: Flask, staff, service: Service) -> None:
    worker = service.sign_in(app, "worker")
    case_id = made_case(service, staff, worker)
    reply = staff.post(worker, f"/staff/cases/{case_id}/start/t1", where="here")
    assert (reply.status_code, reply.headers["Location"]) == (303, "/answer?joined")
    assert worker.get_cookie(cookies.STAFF) is None
    page = worker.get("/answer?joined", follow_redirects=True)
    assert "Can anyone else see your screen" in page.get_data(as_text=True)
    assert page.headers["X-Shared-Device"] == "over", "a case's questions are never kept for the next person"
    assert "data-seal" in page.get_data(as_text=True), "its answers leave the page sealed, and wait so"
    kept = page.get_data(as_text=True).partition('<template id="kept">')[2].partition("</template>")[0]
    assert "hand the device back" in kept and "Next person" not in kept and "does not see them yet" in kept
    assert worker.get(f"/staff/cases/{case_id}/").status_code == 303


def test_begun_by_code_and_then_here_it_clears_itself_for_the_worker(app: Flask, staff, service: Service) -> None:
    """The same opening, on another device: the page that was made for the own phone is not the worker's."""
    worker, young = service.sign_in(app, "worker"), app.test_client()
    case_id = made_case(service, staff, worker)
    staff.post(worker, f"/staff/cases/{case_id}/start/t1", where="code")
    young.post("/join", data={"code": service.case_code()})
    assert 'id="idle"' not in young.get("/answer").get_data(as_text=True)
    staff.post(worker, f"/staff/cases/{case_id}/start/t1", where="here")
    page = worker.get("/answer").get_data(as_text=True)
    assert 'id="idle"' in page and '<body class="young quiet">' in page


def test_each_start_makes_a_new_code_and_ends_the_old_tickets(app: Flask, staff, service: Service) -> None:
    worker = service.sign_in(app, "worker")
    case_id = made_case(service, staff, worker)
    codes, tickets = set(), set()
    for _ in range(3):
        staff.post(worker, f"/staff/cases/{case_id}/start/t1", where="code")
        codes.add(shown_code(worker.get(f"/staff/cases/{case_id}/").get_data(as_text=True)))
        tickets.add(service.ticket())
    assert (len(codes), len(tickets)) == (3, 3)
    send(app.test_client(), service.body(service.ticket(), **QUIET))
    assert staff.post(worker, f"/staff/cases/{case_id}/start/t1", where="code").status_code == 409, "it was answered"
    assert staff.post(worker, f"/staff/cases/{case_id}/start/t9", where="code").status_code == 404
    assert staff.post(worker, f"/staff/cases/{case_id}/start/t2", where="code").status_code == 303
    assert staff.post(worker, f"/staff/cases/{case_id}/stop").status_code == 303
    with service.database.reading() as session:
        assert session.scalars(select(Opening.id).where(Opening.closed_at.is_(None))).all() == []


def test_what_was_begun_before_a_new_start_still_arrives(app: Flask, staff, service: Service, database) -> None:
    """A phone without a network has sealed the answers, and the worker starts the same questions once more meanwhile."""
    worker = service.sign_in(app, "worker")
    case_id = made_case(service, staff, worker)
    staff.post(worker, f"/staff/cases/{case_id}/start/t1", where="code")
    old, submission = service.ticket(), secrets.token_hex(16)
    young = app.test_client()
    young.set_cookie(cookies.RESPONDENT, Visit(old).value())
    assert "data-seal" in young.get("/answer").text
    sealed = Device.at(database, old).form(service.body(old, submission, **TELLING))
    staff.post(worker, f"/staff/cases/{case_id}/start/t1", where="code")
    staff.post(worker, f"/staff/cases/{case_id}/start/t1", where="code")
    _place.cache_clear()  # another process of the service, that has never heard of the old ticket
    assert young.get("/answer").status_code == 409, "who came by the old code is shown nothing"
    assert young.get("/answer?lang=en").status_code == 409
    for _ in range(2):
        reply = young.post("/answer", data=sealed)
        assert (reply.status_code, reply.text) == (200, f"Heard keeps {submission}")
    assert [(row.wave, row.is_second) for row in service.rows()] == [("t1", False)]
    assert len(service.alerts()) == 1
    assert send(app.test_client(), service.body(old, **TELLING), "/alert").status_code == 200
    assert send(app.test_client(), service.body(old, **TELLING)).status_code == 303
    assert (len(service.rows()), len(service.alerts())) == (2, 3)
    unreadable = Device.at(database, old).form(service.body(old, screen_seen="nowhere"))
    assert young.post("/answer", data=unreadable).status_code == 409, "and is put aside, not dropped"


def test_what_comes_twice_or_late_is_kept_and_marked(app: Flask, staff, service: Service) -> None:
    worker = service.sign_in(app, "worker")
    case_id = made_case(service, staff, worker)
    staff.post(worker, f"/staff/cases/{case_id}/start/t1", where="code")
    ticket, same = service.ticket(), secrets.token_hex(16)
    for _ in range(2):
        assert send(app.test_client(), service.body(ticket, same, **QUIET)).status_code == 303
    assert send(app.test_client(), service.body(ticket, **TELLING)).status_code == 303
    assert sorted((row.is_second, row.is_late) for row in service.rows()) == [(False, False), (True, True)]
    assert "sent a second time" in worker.get(f"/staff/cases/{case_id}/").get_data(as_text=True)


@pytest.mark.parametrize(
    ("reference", "said"),
    [("Mia Brown", "never a name"), ("", "Give a reference"), ("B58-117", "is a case with this reference")],
)
def test_a_reference_is_no_name_and_one_of_its_kind(app, staff, service: Service, reference: str, said: str) -> None:
    worker = service.sign_in(app, "worker")
    made_case(service, staff, worker)
    fields = {"place": f"{service.programme_id}-{service.setting_id}", "deputy": str(service.people["deputy"])}
    reply = staff.post(worker, "/staff/cases/new", reference=reference, **fields)
    assert reply.status_code == 422
    assert said in reply.get_data(as_text=True)


def test_a_deputy_is_another_worker(app: Flask, staff, service: Service) -> None:
    worker = service.sign_in(app, "worker")
    for who in ("worker", "facilitator", "lead"):
        fields = {
            "place": f"{service.programme_id}-{service.setting_id}",
            "reference": "B58-1",
            "deputy": str(service.people[who]),
        }
        assert staff.post(worker, "/staff/cases/new", **fields).status_code == 422


def test_answers_are_taken_out_and_stay_out(app: Flask, staff, service: Service) -> None:
    worker = service.sign_in(app, "worker")
    case_id = made_case(service, staff, worker)
    staff.post(worker, f"/staff/cases/{case_id}/start/t1", where="code")
    ticket, submission = service.ticket(), secrets.token_hex(16)
    body = service.body(ticket, submission, **QUIET)
    assert send(app.test_client(), body).status_code == 303
    assert worker.get(f"/staff/cases/{case_id}/withdraw").status_code == 200
    assert staff.post(worker, f"/staff/cases/{case_id}/withdraw").status_code == 303
    assert service.rows() == []
    _place.cache_clear()
    for again in (body, service.body(ticket, **TELLING)):
        reply = send(app.test_client(), again)
        assert reply.status_code == 410
        assert "taken out" in reply.get_data(as_text=True)
    assert send(app.test_client(), service.body(ticket, **TELLING), "/alert").status_code == 410
    assert send(app.test_client(), service.body(ticket), "/decline").status_code == 410
    waited = {"ticket": ticket, "submission": secrets.token_hex(16), "sealed": "unreadable", "waited": "1"}
    assert app.test_client().post("/answer", data=waited).status_code == 410
    assert (service.rows(), service.alerts()) == ([], [])
    with service.database.reading() as session:
        for kept in (Receipt, Held, Decline):
            assert session.scalars(select(kept)).all() == []
        actions = session.scalars(select(AuditEntry.action)).all()
    assert "case.withdrawn" in actions
    assert staff.post(worker, f"/staff/cases/{case_id}/start/t2", where="code").status_code == 409
    assert staff.post(worker, f"/staff/cases/{case_id}/withdraw").status_code == 409


def test_nothing_is_taken_out_while_an_alert_waits(app: Flask, staff, service: Service) -> None:
    worker = service.sign_in(app, "worker")
    case_id = made_case(service, staff, worker)
    staff.post(worker, f"/staff/cases/{case_id}/start/t1", where="code")
    send(app.test_client(), service.body(service.ticket(), **TELLING))
    assert staff.post(worker, f"/staff/cases/{case_id}/withdraw").status_code == 409
    [alert] = service.alerts()
    staff.post(worker, f"/staff/cases/alerts/{alert.id}/open")
    decided = {"decision": "no_concern", "handed_to": "", "handed_on": "", "reference": "X1"}
    assert staff.post(worker, f"/staff/cases/alerts/{alert.id}/decide", **decided).status_code == 303
    assert staff.post(worker, f"/staff/cases/{case_id}/withdraw").status_code == 303
    assert service.rows() == []
    [kept] = service.alerts()  # the safeguarding record stays
    assert (kept.decision, kept.reference) == ("no_concern", None)


def test_a_linked_programme_is_made_opened_and_closed_and_releases_nothing(app: Flask, staff, service: Service) -> None:
    administrator = staff.client("administrator", organisation_id=service.organisation_id)
    fields = {
        "name": "Base 58",
        "organisation": str(service.organisation_id),
        "questionnaire": "one_to_one",
        "timing": "straight_after",
        "release_dates": "",
    }
    choices = administrator.get("/staff/programmes/new").get_data(as_text=True)
    assert 'value="one_to_one_worker"' in choices and 'value="support_carer"' in choices
    refused = staff.post(administrator, "/staff/programmes/new", **fields, design="paired")
    assert refused.status_code == 422
    fields_private = {**fields, "questionnaire": "staying_safe"}
    assert staff.post(administrator, "/staff/programmes/new", **fields_private, design="repeated").status_code == 422
    made = staff.post(administrator, "/staff/programmes/new", **fields, design="repeated")
    assert made.status_code == 303
    with service.database.reading() as session:
        programme = session.scalars(select(Programme).where(Programme.name == "Base 58")).one()
        assert (programme.mode, [one.wave for one in programme.waves]) == ("linked", ["t1", "t2", "t3", "t4"])
    page = administrator.get(f"/staff/programmes/{service.programme_id}/").get_data(as_text=True)
    assert "Give workers their role" in page
    assert "Make a session" not in page
    assert administrator.get(f"/staff/programmes/{service.programme_id}/close").status_code == 200
    assert staff.post(administrator, f"/staff/programmes/{service.programme_id}/close").status_code == 303
    with service.database.reading() as session:
        assert session.scalars(select(Job.kind).where(Job.kind.in_(("release", "school_page", "shuffle")))).all() == []
    with pytest.raises(ReleaseRefused, match="not released"):
        make_release(service.database, app.extensions["keys"], service.programme_id, "final")


def test_the_promise_of_linked_mode_holds_no_banned_word(app: Flask, staff, service: Service) -> None:
    worker = service.sign_in(app, "worker")
    case_id = made_case(service, staff, worker)
    staff.post(worker, f"/staff/cases/{case_id}/start/t1", where="here")
    for path in ("/answer", "/thanks"):
        text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", worker.get(path).get_data(as_text=True), flags=re.DOTALL)
        assert not PROMISES["linked"].search(text), PROMISES["linked"].search(text)


def test_the_store_itself_binds_answers_to_a_case_of_their_programme(app: Flask, staff, service: Service) -> None:
    worker = service.sign_in(app, "worker")
    case_id = made_case(service, staff, worker)
    staff.post(worker, f"/staff/cases/{case_id}/start/t1", where="code")
    with service.database.reading() as session:
        opening = session.scalars(select(Opening)).one()
    row = {
        "opening_id": opening.id,
        "programme_id": service.programme_id,
        "wave": "t1",
        "mode": "linked",
        "codes": b"\0",
    }
    for case in (None, case_id + 1):
        with pytest.raises(IntegrityError), service.database.writing() as session:
            session.add(Response(id=secrets.token_bytes(16), case_id=case, **row))
    with service.database.writing() as session:
        session.add(Response(id=secrets.token_bytes(16), case_id=case_id, **row))


def test_duty_is_working_hours_and_somebody_seen_within_a_day(app: Flask, staff, service: Service) -> None:
    worker = service.sign_in(app, "worker")
    case_id = made_case(service, staff, worker)

    def duty(
        worker_seen: timedelta | None,
        deputy_seen: timedelta | None,
        moment=MONDAY_TEN,
        seen_within: timedelta = alerts.SEEN_HOLDS,
    ) -> bool:
        with service.database.writing() as session:
            for who, seen in (("worker", worker_seen), ("deputy", deputy_seen)):
                session.get_one(Account, service.people[who]).seen_at = moment - seen if seen is not None else None
            session.flush()
            return alerts.is_on_duty(session, session.get_one(Case, case_id), moment, seen_within)

    hour, days = timedelta(hours=1), timedelta(days=3)
    assert duty(hour, None) and duty(None, hour) and duty(days, hour)
    assert not duty(None, None) and not duty(days, days)
    for closed in (timedelta(hours=-1, minutes=-1), timedelta(hours=7), timedelta(days=5)):
        assert not duty(hour, hour, MONDAY_TEN + closed)
    assert not duty(hour, hour, datetime(2026, 12, 28, 10, tzinfo=PLACE)), "a bank holiday"
    assert duty(hour / 2, None, seen_within=alerts.SEEN_WITHOUT_MAIL)
    assert not duty(2 * hour, 2 * hour, seen_within=alerts.SEEN_WITHOUT_MAIL)


def test_questions_that_tell_open_only_on_duty(
    app: Flask, staff, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = service.sign_in(app, "worker")
    case_id = made_case(service, staff, worker)
    staff.post(worker, f"/staff/cases/{case_id}/start/t1", where="code")
    code = shown_code(worker.get(f"/staff/cases/{case_id}/").get_data(as_text=True))
    young = app.test_client()
    young.post("/join", data={"code": code})
    page = young.get("/answer").get_data(as_text=True)
    assert "Worker Person or Deputy Person sees your answer when they next open Heard" in page
    assert "who leads on keeping people safe, may see it too" in page
    assert "at once" not in page, "nothing calls them: there is no mail server"
    assert "alert.js" in page
    app.extensions["config"] = replace(app.extensions["config"], mail_server="smtp://mail.example")
    on_duty = "Worker Person or Deputy Person is on duty (Monday to Friday, 9 to 5) and is told of your answer"
    assert f"{on_duty} at once" in young.get("/answer").get_data(as_text=True)
    with service.database.writing() as session:
        for who in ("worker", "deputy"):  # letters to both lie here for an hour
            late = now() - timedelta(hours=1)
            outbox.add(session, "pause_changed", "pause 1", account_id=service.people[who], due_at=late)
    assert "at once" not in young.get("/answer").get_data(as_text=True)
    monkeypatch.setattr(linked, "is_on_duty", lambda *_: False)
    refused = young.get("/answer")
    assert refused.status_code == 409
    assert "open when your worker is there" in refused.get_data(as_text=True)
    assert send(young, service.body(service.ticket(), **TELLING)).status_code == 303, "what was begun is always taken"
    assert len(service.alerts()) == 1


@pytest.mark.parametrize("mail_server", ["smtp://mail.example", None])
def test_at_once_is_said_by_the_script_that_tells_at_once(
    app: Flask, staff, service: Service, mail_server: str | None
) -> None:
    """Until it runs the page promises what Send does, where it is read and where a screen reader says it."""
    app.extensions["config"] = replace(app.extensions["config"], mail_server=mail_server)
    worker, young = service.sign_in(app, "worker"), app.test_client()
    staff.post(worker, f"/staff/cases/{made_case(service, staff, worker)}/start/t1", where="code")
    young.post("/join", data={"code": service.case_code()})
    page = young.get("/answer").get_data(as_text=True)
    asked = page.partition('id="q-place_to_stay"')[2].partition("</fieldset>")[0]
    assert 'aria-describedby="a-place_to_stay"' in asked and 'id="a-place_to_stay"' in asked
    shown = re.sub(r"<(\w+)[^>]* hidden>.*?</\1>", "", asked)
    assert "ress Send" in shown and "at once" not in shown
    assert "is told of your answer when you press Send, or sooner" in shown or mail_server is None
    assert ("hidden>Worker Person or Deputy Person is on duty" in asked) == (mail_server is not None)


def test_who_was_told_is_not_unsaid_by_no_thanks(app: Flask, staff, service: Service) -> None:
    """An answer was told when it was chosen; then they went back to the beginning, and would rather not."""
    worker, young = service.sign_in(app, "worker"), app.test_client()
    staff.post(worker, f"/staff/cases/{made_case(service, staff, worker)}/start/t1", where="code")
    young.post("/join", data={"code": service.case_code()})
    ticket = service.ticket()
    assert send(young, service.body(ticket, **TELLING), "/alert").status_code == 200
    assert send(young, service.body(ticket), "/decline").location == "/activity"
    end = send(young, service.body(ticket), "/activity").location
    assert "but what your worker was told stays told" in young.get(end).get_data(as_text=True)
    assert len(service.alerts()) == 1


def test_nothing_tells_the_hour_of_answers_that_raise_no_alert(app: Flask, staff, service: Service) -> None:
    """Whatever column holds a moment: none of them was written with the answers; the day is what is left of it."""
    worker = service.sign_in(app, "worker")
    case_id = made_case(service, staff, worker)
    staff.post(worker, f"/staff/cases/{case_id}/start/t1", where="code")
    body, began = service.body(service.ticket(), **QUIET), now()
    assert send(app.test_client(), body).status_code == 303
    ended = now()
    with service.database.reading() as session:
        told = [
            str(column)
            for table in Base.metadata.sorted_tables
            for column in table.columns
            if isinstance(column.type, Moment)
            for moment in session.scalars(select(column).where(column.is_not(None)))
            if began <= moment <= ended
        ]
        closed = session.scalars(select(Opening.closed_at)).one()
    assert told == []
    assert closed == end_of_day(), "the key that waits for late answers lives its full days from then"


def test_no_job_is_made_of_a_case(app: Flask, staff, service: Service) -> None:
    worker = service.sign_in(app, "worker")
    case_id = made_case(service, staff, worker)
    staff.post(worker, f"/staff/cases/{case_id}/start/t1", where="code")
    send(app.test_client(), service.body(service.ticket(), **QUIET))
    assert staff.post(worker, f"/staff/cases/{case_id}/end").status_code == 303
    with service.database.reading() as session:
        assert session.scalars(select(Job)).all() == []
    assert jobs.work(service.database, app.extensions["keys"], {}, once=True) == 0
