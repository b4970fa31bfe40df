"""An answer that must not wait: its alert stands or falls with it, is raised once, calls the right people and is decided."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from survey import alerts, cookies, outbox
from survey.answering import linked
from survey.clock import now, today
from survey.database import Database
from survey.models import Account, Alert, AuditEntry, Grant, Message, Organisation
from survey.responses import CONTENT_TYPE
from survey.sealed_answers import destroy_keys
from survey.working_hours import working_hours_after
from tests.smtp import MailServer
from tests.survey.casework import QUIET, TELLING, Service, made_case, make_service
from tests.survey.test_sealed_answers import Device


@pytest.fixture
def service(database: Database) -> Service:
    return make_service(database)


@pytest.fixture
def worker(app: Flask, staff, service: Service, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """The worker's browser, with a case whose first questions are open."""
    monkeypatch.setattr(linked, "is_on_duty", lambda *_: True)
    browser = service.sign_in(app, "worker")
    staff.post(browser, f"/staff/cases/{made_case(service, staff, browser)}/start/t1", where="code")
    return browser


def send(app: Flask, body: bytes, path: str = "/answer"):
    return app.test_client().post(path, data=body, content_type=CONTENT_TYPE)


def called(messages: list[Message]) -> list[tuple[str, str]]:
    """Who is to be told of what, without the times."""
    return [(one.kind, one.role or str(one.account_id)) for one in messages]


def test_an_answer_calls_worker_and_deputy_now_and_the_lead_after_a_working_hour(
    app: Flask, service: Service, worker: FlaskClient
) -> None:
    before = now()
    assert send(app, service.body(service.ticket(), **TELLING)).status_code == 303
    [alert] = service.alerts()
    assert (alert.item_key, alert.option_code, alert.state) == ("place_to_stay", 2, "new")
    messages = service.messages()
    assert called(messages) == [
        ("alert_new", str(service.people["worker"])),
        ("alert_new", str(service.people["deputy"])),
        ("alert_undecided", "safeguarding_reader"),
    ]
    assert {one.subject for one in messages} == {f"alert {alert.id}"}
    assert messages[2].due_at >= working_hours_after(before, 1)
    assert all(one.due_at <= now() for one in messages[:2])


def test_other_answers_call_nobody(app: Flask, service: Service, worker: FlaskClient) -> None:
    for answers in (QUIET, {}, {**TELLING, "screen_seen": "seen"}):
        assert send(app, service.body(service.ticket(), **answers), "/alert").status_code == 200
    assert send(app, service.body(service.ticket(), **QUIET)).status_code == 303
    assert (service.alerts(), service.messages()) == ([], [])


def test_a_low_number_of_how_safe_things_are_calls_somebody(app: Flask, service: Service, worker: FlaskClient) -> None:
    """ "0: someone is likely to hurt you" waits for no review: when it is chosen, and when it comes with the form."""
    ticket, submission = service.ticket(), secrets.token_hex(16)
    young = app.test_client()
    young.post("/join", data={"code": service.case_code()})
    page = young.get("/answer").get_data(as_text=True)
    for step in ("step_3", "step_10"):
        send(app, service.body(ticket, submission, **QUIET, safety_steps=step), "/alert")
    assert service.alerts() == []
    assert send(app, service.body(ticket, submission, **QUIET, safety_steps="step_0"), "/alert").status_code == 200
    assert send(app, service.body(ticket, submission, **QUIET, safety_steps="step_2")).status_code == 303
    assert [(one.item_key, one.option_code) for one in service.alerts()] == [("safety_steps", 0), ("safety_steps", 2)]
    assert len(service.messages()) == 6
    assert re.search(r'id="q-safety_steps"[^>]* data-tells', page), "its page sends it when it is chosen"


def test_told_at_once_and_not_again_with_the_form(app: Flask, service: Service, worker: FlaskClient) -> None:
    ticket, submission = service.ticket(), secrets.token_hex(16)
    for _ in range(3):
        reply = send(app, service.body(ticket, submission, **TELLING), "/alert")
        assert reply.get_data(as_text=True) == f"Heard tells {submission}"
    assert (len(service.alerts()), len(service.messages()), service.rows()) == (1, 3, [])
    assert send(app, service.body(ticket, submission, **TELLING)).status_code == 303
    assert (len(service.alerts()), len(service.messages()), len(service.rows())) == (1, 3, 1)


def test_the_same_answer_again_and_again_joins_what_waits(
    app: Flask, staff, service: Service, worker: FlaskClient
) -> None:
    """Whoever has the code cannot bury one alert under others; another answer, or one after somebody looked, is its own."""
    ticket = service.ticket()
    for _ in range(alerts.MOST_UNSEEN + 3):
        submission = secrets.token_hex(16)
        reply = send(app, service.body(ticket, submission, **TELLING), "/alert")
        assert reply.get_data(as_text=True) == f"Heard tells {submission}"
    assert (len(service.alerts()), len(service.messages())) == (alerts.MOST_UNSEEN, 3 * alerts.MOST_UNSEEN)
    first = service.alerts()[0]
    assert staff.post(worker, f"/staff/cases/alerts/{first.id}/open").status_code == 303
    assert send(app, service.body(ticket, **TELLING)).status_code == 303
    assert len(service.alerts()) == alerts.MOST_UNSEEN + 1


def test_who_thinks_again_has_still_been_heard(app: Flask, service: Service, worker: FlaskClient) -> None:
    ticket, submission = service.ticket(), secrets.token_hex(16)
    send(app, service.body(ticket, submission, **TELLING), "/alert")
    assert send(app, service.body(ticket, submission, **QUIET)).status_code == 303
    assert [alert.state for alert in service.alerts()] == ["new"]


def test_it_hangs_on_no_finished_form(app: Flask, service: Service, worker: FlaskClient) -> None:
    ticket, submission = service.ticket(), secrets.token_hex(16)
    given_back = send(app, service.body(ticket, submission, **TELLING, no_such_question="1"))
    assert (given_back.status_code, service.rows(), len(service.alerts())) == (422, [], 1)
    assert send(app, service.body(ticket, submission, **QUIET)).status_code == 303
    held = send(app, service.body(ticket, submission, **TELLING))
    assert (held.location, len(service.alerts())) == ("/thanks?twice", 1), "the same submission, told once"
    assert send(app, service.body(ticket, **QUIET)).status_code == 303


def test_other_content_under_a_used_submission_still_calls(app: Flask, service: Service, worker: FlaskClient) -> None:
    ticket, submission = service.ticket(), secrets.token_hex(16)
    assert send(app, service.body(ticket, submission, **QUIET)).status_code == 303
    assert send(app, service.body(ticket, submission, **TELLING)).location == "/thanks?twice"
    assert len(service.alerts()) == 1


@pytest.mark.parametrize("broken", ["_tell", "raise_alerts"])
def test_answer_alert_and_messages_stand_or_fall_together(
    app: Flask, service: Service, worker: FlaskClient, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    from survey import responses

    def fail(*_: object) -> None:
        raise RuntimeError("the disk is on fire")

    with monkeypatch.context() as while_broken:
        if broken == "_tell":
            while_broken.setattr(alerts, "_tell", fail)
        else:
            while_broken.setattr(responses, "raise_alerts", fail)
        ticket, submission = service.ticket(), secrets.token_hex(16)
        assert send(app, service.body(ticket, submission, **TELLING)).status_code == 500
        assert (service.rows(), service.alerts(), service.messages()) == ([], [], [])
    assert send(app, service.body(ticket, submission, **TELLING)).status_code == 303
    assert (len(service.rows()), len(service.alerts()), len(service.messages())) == (1, 1, 3)


def test_an_alert_comes_sealed_and_its_form_too(app: Flask, service: Service, worker: FlaskClient) -> None:
    ticket, submission = service.ticket(), secrets.token_hex(16)
    device = Device.at(service.database, ticket)
    early = device.form(service.body(ticket, submission, **TELLING), waited=False)
    for _ in range(2):
        assert send(app, urlencode(early).encode(), "/alert").text == f"Heard tells {submission}"
    assert (len(service.alerts()), len(service.messages())) == (1, 3)
    whole = device.form(service.body(ticket, submission, **TELLING))
    assert send(app, urlencode(whole).encode()).text == f"Heard keeps {submission}"
    assert (len(service.alerts()), len(service.messages()), len(service.rows())) == (1, 3, 1)


def test_no_seal_stands_before_an_alert(app: Flask, service: Service, worker: FlaskClient) -> None:
    """What cannot be opened is asked for openly; what waited and cannot be counted still calls."""
    ticket, submission = service.ticket(), secrets.token_hex(16)
    device = Device.at(service.database, ticket)
    form = device.form(service.body(ticket, submission, **TELLING))
    for spoiled in (form | {"sealed": "AAAA"}, form | {"submission": "0" * 32}, form | {"sealed": form["sealed"][:-9]}):
        reply = send(app, urlencode(spoiled).encode(), "/alert")
        assert (reply.status_code, reply.text) == (422, f"Heard asks again {spoiled['submission']}")
    destroy_keys(service.database, now() + timedelta(days=99))
    assert send(app, urlencode(form).encode(), "/alert").status_code == 200, "not while the wave is open"
    odd = service.body(ticket, secrets.token_hex(16), **TELLING, no_such_question="1")
    assert send(app, urlencode(device.form(odd)).encode()).status_code == 409, "kept aside"
    assert (len(service.alerts()), service.rows()) == (2, [])


def test_what_waits_of_a_case_dies_with_it(app: Flask, staff, service: Service, worker: FlaskClient) -> None:
    ticket = service.ticket()
    form = Device.at(service.database, ticket).form(service.body(ticket, **TELLING))
    case = service.case().id
    assert staff.post(worker, f"/staff/cases/{case}/withdraw").status_code == 303
    reply = send(app, urlencode(form).encode())
    assert (reply.status_code, reply.text) == (410, f"Heard cannot open {form['submission']}")
    assert send(app, urlencode(form).encode(), "/alert").status_code in (400, 422)
    assert (service.alerts(), service.rows()) == ([], [])


def test_only_a_case_can_tell(app: Flask, tour) -> None:
    tour.open("before")
    assert send(app, tour.body("before"), "/alert").status_code == 400
    body = f"ticket={'0' * 32}&submission={'1' * 32}".encode()
    assert send(app, body, "/alert").status_code == 400


def test_an_alert_is_opened_and_decided_and_each_act_is_written_down(
    app: Flask, staff, service: Service, worker: FlaskClient
) -> None:
    send(app, service.body(service.ticket(), **TELLING))
    [alert] = service.alerts()
    page = f"/staff/cases/alerts/{alert.id}/"
    assert "Look at this now" in worker.get("/staff/cases/").get_data(as_text=True)
    assert "safe place to stay" not in worker.get(page).get_data(as_text=True), "nobody reads it without taking it up"
    assert service.alerts()[0].state == "new", "looking changes nothing"
    assert staff.post(worker, f"{page}decide", decision="no_concern").status_code == 409
    assert staff.post(worker, f"{page}open").status_code == 303
    assert "safe place to stay" in worker.get(page).get_data(as_text=True)
    deputy = service.sign_in(app, "deputy")
    staff.post(deputy, f"{page}open")
    assert service.alerts()[0].opened_by == service.people["worker"], "who opened it first stays"
    empty = {"handed_to": "", "handed_on": "", "reference": ""}
    for missing in (empty, {**empty, "decision": "handed_on"}, {"decision": "handed_on", "handed_to": "Jo Green"}):
        assert staff.post(worker, f"{page}decide", **missing).status_code == 422
    handed = {"decision": "handed_on", "handed_to": "Jo Green", "handed_on": today().isoformat(), "reference": "X1"}
    assert staff.post(worker, f"{page}decide", **handed).status_code == 303
    assert "Jo Green" in worker.get(page).get_data(as_text=True)
    assert staff.post(worker, f"{page}decide", decision="no_concern").status_code == 409
    with service.database.reading() as session:
        acts = session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("alert."))).all()
    assert acts == ["alert.opened", "alert.decided"]
    assert "This needs you now" not in worker.get("/staff/").get_data(as_text=True)


def test_nothing_typed_about_an_alert_is_lost(app: Flask, staff, service: Service, worker: FlaskClient) -> None:
    """Not by a sign-in that ended meanwhile, and not by a colleague who was quicker."""
    send(app, service.body(service.ticket(), **TELLING))
    page = f"/staff/cases/alerts/{service.alerts()[0].id}/"
    staff.post(worker, f"{page}open")
    handed = {"decision": "handed_on", "handed_to": "Jo Green", "handed_on": today().isoformat(), "reference": "X-77"}
    worker.delete_cookie(cookies.STAFF)
    away = worker.post(f"{page}decide", data=handed)
    assert away.status_code == 307, "what was typed travels to the sign-in page"
    assert "X-77" in worker.post(away.location, data=handed).text
    again = service.sign_in(app, "worker")
    shown = again.post(f"{page}decide", data={**handed, "csrf_token": "of the sign-in before"})
    assert (shown.status_code, service.alerts()[0].state) == (422, "opened"), "shown once more, and nothing done"
    assert "Jo Green" in shown.text and "X-77" in shown.text
    assert staff.post(service.sign_in(app, "deputy"), f"{page}decide", decision="no_concern").status_code == 303
    second = staff.post(again, f"{page}decide", **handed)
    assert second.status_code == 409
    for words in ("Yours was not written down", "decided before you", "Jo Green", "X-77", "there is no concern"):
        assert words in second.text
    assert service.alerts()[0].decision == "no_concern"


def test_whose_alert_it_is(app: Flask, staff, service: Service, worker: FlaskClient) -> None:
    send(app, service.body(service.ticket(), **TELLING))
    page = f"/staff/cases/alerts/{service.alerts()[0].id}/"
    for who, status in (("worker", 200), ("deputy", 200), ("lead", 404), ("other", 404), ("administrator", 404)):
        assert service.sign_in(app, who).get(page).status_code == status, who
    for who in ("other", "facilitator", "administrator", "lead"):
        assert staff.post(service.sign_in(app, who), f"{page}open").status_code == 404, who
    lead = service.sign_in(app, "lead")
    assert "B58-117" not in lead.get("/staff/cases/").text, "the first working hour is the worker's and the deputy's"
    change(service, lead_at=now())
    assert "B58-117" in lead.get("/staff/cases/").get_data(as_text=True)
    assert staff.post(lead, f"{page}open").status_code == 303
    assert "safe place to stay" in lead.get(page).get_data(as_text=True)


def change(service: Service, **fields: object) -> None:
    """Change something about the only alert."""
    with service.database.writing() as session:
        session.execute(update(Alert).values(**fields))


def leave(service: Service, *people: str) -> None:
    """So long ago they were here last."""
    with service.database.writing() as session:
        away = update(Account).where(Account.id.in_([service.people[who] for who in people]))
        session.execute(away.values(seen_at=now() - alerts.SEEN_HOLDS - timedelta(minutes=1)))


def test_where_worker_and_deputy_are_away_the_lead_is_called_at_once(
    app: Flask, staff, service: Service, worker: FlaskClient
) -> None:
    ticket = service.ticket()
    leave(service, "worker", "deputy")
    send(app, service.body(ticket, **TELLING))
    lead, page = service.sign_in(app, "lead"), f"/staff/cases/alerts/{service.alerts()[0].id}/"
    assert service.messages()[2].due_at <= now()
    assert "B58-117" in lead.get("/staff/cases/").text and staff.post(lead, f"{page}open").status_code == 303
    service.sign_in(app, "deputy")
    assert staff.post(lead, f"{page}decide", decision="no_concern").status_code == 303
    assert lead.get(page).status_code == 200
    assert len(service.messages()) == 3, "their own decision tells nobody"


@pytest.mark.parametrize("gone", ["seen long ago", "role ended"])
def test_who_comes_to_stand_alone_with_an_alert_may_open_it(
    app: Flask, service: Service, worker: FlaskClient, gone: str
) -> None:
    send(app, service.body(service.ticket(), **TELLING))
    lead, page = service.sign_in(app, "lead"), f"/staff/cases/alerts/{service.alerts()[0].id}/"
    assert lead.get(page).status_code == 404
    if gone == "seen long ago":
        leave(service, "worker", "deputy")
    else:
        with service.database.writing() as session:
            session.execute(update(Grant).where(Grant.role == "worker").values(ends_at=now()))
    assert lead.get(page).status_code == 200


def test_who_leads_elsewhere_reaches_no_alert_here(app: Flask, staff, service: Service, worker: FlaskClient) -> None:
    with service.database.writing() as session:
        elsewhere = Organisation(name="South Council")
        session.add(elsewhere)
        session.flush()
    send(app, service.body(service.ticket(), **TELLING))
    change(service, lead_at=now())
    page = f"/staff/cases/alerts/{service.alerts()[0].id}/"
    teacher = staff.client("safeguarding_reader", organisation_id=elsewhere.id)
    assert teacher.get(page).status_code == 404 and "B58-117" not in teacher.get("/staff/cases/").text


@pytest.mark.parametrize("decision", ["no_concern", "handed_on"])
def test_the_lead_looks_again_at_what_was_decided_as_no_concern(
    app: Flask, staff, service: Service, worker: FlaskClient, decision: str
) -> None:
    """Nobody keeps an alert from the lead by deciding quickly that there is nothing."""
    send(app, service.body(service.ticket(), **TELLING))
    lead, page = service.sign_in(app, "lead"), f"/staff/cases/alerts/{service.alerts()[0].id}/"
    staff.post(worker, f"{page}open")
    handed = {"handed_to": "Jo Green", "handed_on": today().isoformat()}
    assert staff.post(worker, f"{page}decide", decision=decision, **handed).status_code == 303
    told = [one for one in service.messages() if one.kind == "alert_no_concern"]
    with service.database.writing() as session:
        session.execute(update(Message).where(Message.kind == "alert_no_concern").values(due_at=now(), try_at=now()))
    outbox.deliver(service.database, app.extensions["config"])
    if decision == "handed_on":
        assert told == [] and lead.get(page).status_code == 404
        change(service, lead_at=now())
        assert lead.get(page).status_code == 404, "handed on before they were called"
        return
    assert [one.account_id for one in told] == [service.people["lead"]]
    assert "decided that there is no concern" in lead.get("/staff/").text
    listed = lead.get("/staff/cases/").text
    assert "look again?" in listed and page in listed and "safe place to stay" in lead.get(page).text
    assert "decided that there is no concern" not in lead.get("/staff/").text
    assert "look again?" not in worker.get("/staff/cases/").text


@pytest.mark.parametrize("leads", ["the deputy too", "later", "nobody else"])
def test_what_is_told_of_no_concern_comes_to_an_end(
    app: Flask, staff, service: Service, worker: FlaskClient, leads: str
) -> None:
    """Nobody is told of their own decision while somebody else leads; what one is told goes from the first page
    when they come."""
    with service.database.writing() as session:
        reader = {
            "role": "safeguarding_reader",
            "starts_at": now(),
            "reason": "test",
            "programme_id": service.programme_id,
        }
        session.add(Grant(account_id=service.people["worker"], **reader))
        if leads == "the deputy too":
            session.add(Grant(account_id=service.people["deputy"], **reader))
    send(app, service.body(service.ticket(), **TELLING))
    if leads == "nobody else":
        with service.database.writing() as session:
            session.execute(update(Grant).where(Grant.account_id == service.people["lead"]).values(ends_at=now()))
    page = f"/staff/cases/alerts/{service.alerts()[0].id}/"
    staff.post(worker, f"{page}open")
    assert staff.post(worker, f"{page}decide", decision="no_concern").status_code == 303
    with service.database.writing() as session:
        session.execute(update(Message).where(Message.kind == "alert_no_concern").values(due_at=now(), try_at=now()))
    outbox.deliver(service.database, app.extensions["config"])
    long_ago = now() - timedelta(days=40)
    change(service, raised_at=long_ago, lead_at=long_ago, opened_at=long_ago, decided_at=long_ago)
    for who in ("worker", *(["deputy"] if leads == "the deputy too" else []), *(["lead"] if leads == "later" else [])):
        browser = service.sign_in(app, who)
        is_told = who != "worker" or leads == "nobody else"
        assert ("decided that there is no concern" in browser.get("/staff/").text) == is_told, who
        assert ("look again?" in browser.get("/staff/cases/").text) == (who != "worker"), who
        assert "decided that there is no concern" not in browser.get("/staff/").text, who


@pytest.mark.parametrize("done", ["nothing", "opened", "decided"])
def test_the_lead_is_called_unless_somebody_decided(
    app: Flask, staff, service: Service, worker: FlaskClient, monkeypatch: pytest.MonkeyPatch, done: str
) -> None:
    """Whoever only opens it, and may be the danger, silences nobody."""
    send(app, service.body(service.ticket(), **TELLING))
    page = f"/staff/cases/alerts/{service.alerts()[0].id}/"
    assert "whoever leads safeguarding is called as well" in worker.get(page).get_data(as_text=True)
    if done != "nothing":
        assert staff.post(worker, f"{page}open").status_code == 303
    if done == "decided":
        handed = {"decision": "handed_on", "handed_to": "Jo Green", "handed_on": today().isoformat()}
        assert staff.post(worker, f"{page}decide", **handed).status_code == 303
    server = MailServer().start()
    config = replace(app.extensions["config"], mail_server=server.url, mail_from="heard@service.example")
    try:
        assert outbox.deliver(service.database, config) == (0 if done == "decided" else 2)
        later = working_hours_after(now(), alerts.HOURS_UNDECIDED) + timedelta(minutes=1)
        monkeypatch.setattr(outbox, "now", lambda: later)
        outbox.deliver(service.database, config)
    finally:
        server.stop()
    told = [] if done == "decided" else ["deputy@example.org", "lead@example.org", "worker@example.org"]
    assert sorted(server.recipients) == told
    for letter in server.taken:
        assert not any(word in str(letter).lower() for word in ("b58", "place", "stay", "case", "person", "alert"))


@pytest.mark.parametrize("leads", ["nobody", "the worker and the deputy"])
def test_without_a_lead_no_question_that_tells_is_opened(
    app: Flask, staff, service: Service, worker: FlaskClient, leads: str
) -> None:
    case_id = service.case().id
    with service.database.writing() as session:
        for who in ("worker", "deputy") if leads != "nobody" else ():
            role = {"role": "safeguarding_reader", "programme_id": service.programme_id, "reason": "-"}
            session.add(Grant(account_id=service.people[who], starts_at=now() - timedelta(days=1), **role))
        session.execute(update(Grant).where(Grant.account_id == service.people["lead"]).values(ends_at=now()))
    assert staff.post(worker, f"/staff/cases/{case_id}/start/t1", where="code").status_code == 409
    staff.post(worker, f"/staff/cases/{case_id}/stop")
    assert "Nobody leads safeguarding here" in worker.get(f"/staff/cases/{case_id}/").get_data(as_text=True)
