"""Messages to staff go at least once, to the right people, and say nothing of what they are about."""

from __future__ import annotations

import datetime as dt
import itertools
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from survey import mail, operations, outbox
from survey.clock import now
from survey.config import Config, ConfigFault, read_config
from survey.database import Database, DatabaseBusy
from survey.mail import Letter, Line, MailServerAway, mail_line
from survey.models import Account, Grant, Job, Message, Organisation
from tests.smtp import MailServer

SENDER = "heard@service.example"


@pytest.fixture
def server() -> Iterator[MailServer]:
    made = MailServer().start()
    yield made
    made.stop()


@pytest.fixture
def config(app: Flask, server: MailServer) -> Config:
    config: Config = app.extensions["config"]
    return replace(config, mail_server=server.url, mail_from=SENDER, address="https://heard.example")


def account(database: Database, email: str, role: str | None = None, **place: int) -> int:
    with database.writing() as session:
        made = Account(email=email, name=email, password_hash="-")
        session.add(made)
        session.flush()
        if role:
            session.add(Grant(account_id=made.id, role=role, starts_at=now(), reason="test", **place))
        return made.id


def add(database: Database, **fields: object) -> None:
    with database.writing() as session:
        outbox.add(session, "remark_waiting", "remark 1", **fields)


def messages(database: Database) -> list[Message]:
    with database.reading() as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    monkeypatch.setattr(outbox, "now", lambda: now() + by)


def test_a_message_goes_once_and_says_nothing(database: Database, config: Config, server: MailServer) -> None:
    add(database, account_id=account(database, "reader@example.org"))
    assert (outbox.deliver(database, config), outbox.deliver(database, config)) == (1, 0)
    [letter] = server.taken
    assert (letter["To"], letter["From"]) == ("reader@example.org", SENDER)
    body = letter.get_content()
    assert "https://heard.example/staff/" in body
    assert not any(word in str(letter).lower() for word in ("remark", "alert", "young", "answer", "school", "case"))


def test_a_message_stands_or_falls_with_its_act(database: Database, config: Config) -> None:
    reader = account(database, "reader@example.org")
    with pytest.raises(ZeroDivisionError), database.writing() as session:
        outbox.add(session, "remark_waiting", "remark 1", account_id=reader)
        1 / 0  # noqa: B018
    with pytest.raises(KeyError), database.writing() as session:
        outbox.add(session, "no_such_kind", "remark 1", account_id=reader)
    assert messages(database) == []


def test_nothing_goes_before_it_is_due_or_after_it_is_settled(
    database: Database, config: Config, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = account(database, "reader@example.org")
    add(database, account_id=reader, due_at=now() + timedelta(hours=1))
    assert outbox.deliver(database, config) == 0
    later(monkeypatch, timedelta(hours=1, seconds=1))
    with database.writing() as session:
        outbox.settle(session, "remark 1")
    assert outbox.deliver(database, config) == 0
    add(database, account_id=reader)
    assert outbox.deliver(database, config) == 1


def test_who_holds_the_role_when_it_falls_due_is_told(
    database: Database, config: Config, server: MailServer, tour, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, role="safeguarding_reader", programme_id=tour.programme_id)
    account(database, "other@example.org", "facilitator", organisation_id=tour.organisation_id)
    assert outbox.deliver(database, config) == 0, "nobody holds it yet: the message waits"
    account(database, "lead@example.org", "safeguarding_reader", organisation_id=tour.organisation_id)
    account(database, "second@example.org", "safeguarding_reader", programme_id=tour.programme_id)
    later(monkeypatch, outbox.LONGEST_PAUSE)
    assert outbox.deliver(database, config) == 2
    assert sorted(server.recipients) == ["lead@example.org", "second@example.org"]
    later(monkeypatch, timedelta(days=1))
    assert outbox.deliver(database, config) == 0


def test_a_refused_address_holds_nobody_else_up(
    database: Database, config: Config, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.refuses.add("gone@example.org")
    add(database, account_id=account(database, "gone@example.org"))
    add(database, account_id=account(database, "reader@example.org"))
    assert outbox.deliver(database, config) == 1
    pauses = []
    for _ in range(8):
        waiting = next(one for one in messages(database) if one.sent_at is None)
        pauses.append(waiting.try_at)
        monkeypatch.setattr(outbox, "now", lambda moment=waiting.try_at: moment)
        assert outbox.deliver(database, config) == 0
    gaps = [later - earlier for earlier, later in itertools.pairwise(pauses)]
    assert gaps == sorted(gaps) and gaps[0] < outbox.LONGEST_PAUSE == gaps[-1]
    server.refuses.clear()
    later(monkeypatch, timedelta(hours=3))
    assert outbox.deliver(database, config) == 1


def test_a_server_that_is_away_costs_no_message(database: Database, config: Config, server: MailServer) -> None:
    for n in range(3):
        add(database, account_id=account(database, f"reader{n}@example.org"))
    server.stop()
    with pytest.raises(MailServerAway):
        outbox.deliver(database, config)
    assert {one.attempts for one in messages(database)} == {0}
    server.start()
    assert outbox.deliver(database, config) == 3


def test_who_dies_after_the_servers_yes_sends_a_copy_that_can_be_known(
    database: Database, config: Config, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, account_id=account(database, "reader@example.org"))
    kept = outbox._send

    def die(_database: Database, line: Line, _address: str, claimed: outbox.Claimed) -> int:
        line.send(outbox.letter(claimed.email, "", claimed.mark))
        raise KeyboardInterrupt

    monkeypatch.setattr(outbox, "_send", die)
    with pytest.raises(KeyboardInterrupt):
        outbox.deliver(database, config)
    monkeypatch.setattr(outbox, "_send", kept)
    assert outbox.deliver(database, config) == 0, "nobody else tries it in the same moment"
    later(monkeypatch, timedelta(minutes=1))
    assert outbox.deliver(database, config) == 1
    first, second = server.taken
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.parametrize("meanwhile", ["put off", "deleted"])
def test_what_happens_to_a_message_while_it_is_sent_stands(
    database: Database, config: Config, server: MailServer, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    """Between the server's yes and our note somebody opens the words, or the last of them, that the letter told of."""
    add(database, account_id=account(database, "reader@example.org"))
    due = now() + timedelta(hours=1)

    noted = outbox._kept_moment

    def change(kind: str, moment: dt.datetime) -> dt.datetime:
        """In the last moment before it is noted: whatever was read of the row by then is stale."""
        with database.writing() as session:
            if meanwhile == "put off":
                outbox.put_off(session, "remark 1", due)
            else:
                outbox.forget_subject(session, "remark 1")
        return noted(kind, moment)

    monkeypatch.setattr(outbox, "_kept_moment", change)
    assert outbox.deliver(database, config) == 1
    monkeypatch.setattr(outbox, "_kept_moment", noted)
    left = [(one.due_at, one.try_at, one.sent_at) for one in messages(database)]
    assert left == ([(due, due, None)] if meanwhile == "put off" else [])
    later(monkeypatch, timedelta(hours=2))
    assert outbox.deliver(database, config) == len(left)


def test_staff_see_what_needs_them_without_any_mail(app: Flask, staff, tour) -> None:
    browser: FlaskClient = staff.client("safeguarding_reader", organisation_id=tour.organisation_id)
    with tour.database.writing() as session:
        elsewhere = Organisation(name="South Council")
        session.add(elsewhere)
        session.flush()
    other: FlaskClient = staff.client("safeguarding_reader", organisation_id=elsewhere.id)
    add(tour.database, role="safeguarding_reader", programme_id=tour.programme_id)

    def needed(who: FlaskClient) -> bool:
        return "This needs you now" in who.get("/staff/").get_data(as_text=True)

    assert needed(browser)
    assert not needed(other)
    outbox.deliver(tour.database, app.extensions["config"])  # no server is set: the message becomes one to each holder
    assert needed(browser)
    assert not needed(other)
    with tour.database.writing() as session:
        outbox.settle(session, "remark 1")
    assert not needed(browser)


def test_staff_are_told_that_mail_does_not_go_out(
    app: Flask, staff, tour, config: Config, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.extensions["config"] = replace(config, address="")  # by http, as this browser comes
    browser: FlaskClient = staff.client("facilitator", organisation_id=tour.organisation_id)
    with tour.database.reading() as session:
        own = session.scalars(select(Account.id)).one()

    def told() -> str:
        page = browser.get("/staff/").text
        return next((one for one in ("Mail is not going out", "Mail to you does not arrive") if one in page), "")

    server.stop()
    add(tour.database, account_id=account(tour.database, "reader@example.org"))
    assert told() == "", "it has only just fallen due"
    add(tour.database, account_id=own, due_at=now() - outbox.LATE - timedelta(seconds=1))
    assert told() == "Mail is not going out"
    server.refuses.add("person1@example.org")
    server.start()
    outbox.deliver(tour.database, config)
    assert server.recipients == ["reader@example.org"]
    assert told() == "Mail to you does not arrive", "others are told, so it is this address"
    server.refuses.clear()
    later(monkeypatch, timedelta(hours=1))
    outbox.deliver(tour.database, config)
    assert told() == ""
    app.extensions["config"] = replace(config, mail_server="")
    add(tour.database, account_id=own, due_at=now() - timedelta(hours=1))
    assert told() == "", "where no server is set, the page says that instead"


def test_readiness_warns_those_who_run_it_and_tells_strangers_nothing(
    app: Flask,
    client: FlaskClient,
    database: Database,
    config: Config,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(operations, "FRESH", 0.0)
    app.extensions.pop("readiness", None)

    def warned() -> str:
        caplog.clear()
        for _ in range(2):
            reply = client.get("/readyz")
            assert (reply.status_code, reply.text) == (200, "ready\n")
        assert len(caplog.messages) < 2, "once, not at every call"
        return "".join(caplog.messages)

    assert "HEARD_MAIL" in warned()
    app.extensions["config"] = config
    assert warned() == ""
    add(database, account_id=account(database, "reader@example.org"), due_at=now() - timedelta(minutes=11))
    assert "overdue" in warned()
    with database.writing() as session:
        session.execute(delete(Message))
        session.add(Job(kind="destroy_keys", state="failed", run_after=now()))
    assert "daily work was given up: destroy_keys" in warned()


def test_asking_whether_it_is_ready_takes_no_turn_from_answers(
    app: Flask, client: FlaskClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.extensions.pop("readiness", None)
    turns, writing = [], database.writing

    def counted():
        turns.append(1)
        return writing()

    monkeypatch.setattr(operations, "FRESH", 60.0)
    monkeypatch.setattr(database, "writing", counted)
    assert {client.get("/readyz").status_code for _ in range(20)} == {200}
    assert len(turns) == 1

    def busy():
        raise DatabaseBusy

    monkeypatch.setattr(operations, "FRESH", 0.0)
    app.extensions.pop("readiness", None)
    monkeypatch.setattr(database, "writing", busy)
    refused = client.get("/readyz")
    assert (refused.status_code, refused.text, refused.headers["Retry-After"]) == (503, "not ready\n", "5")
    app.extensions.pop("readiness", None)


def test_old_messages_are_forgotten_and_open_ones_never(
    database: Database, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = account(database, "reader@example.org")
    add(database, account_id=reader)
    outbox.deliver(database, config)
    add(database, account_id=reader)
    later(monkeypatch, outbox.KEPT + timedelta(days=1))
    with database.writing() as session:
        outbox.forget(session)
    assert [one.sent_at for one in messages(database)] == [None]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"HEARD_MAIL": "mail.example"}, "HEARD_MAIL is not"),
        ({"HEARD_MAIL": "smtp://user:hunter2@host:port", "HEARD_MAIL_FROM": "a@b"}, "HEARD_MAIL is not"),
        ({"HEARD_MAIL": "smtp://mail.example"}, "HEARD_MAIL_FROM"),
    ],
)
def test_settings_that_cannot_send_stop_the_start(tmp_path: Path, settings: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigFault, match=said) as fault:
        read_config({"HEARD_VAR": str(tmp_path), **settings}, make_key=True)
    assert "hunter2" not in str(fault.value)


def certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 with its key, in one file."""
    import ipaddress

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    moment = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    return path


def test_the_line_is_sealed_where_the_server_offers_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(path)
    monkeypatch.setattr(mail, "THIS_MACHINE", ())  # as if it were another machine
    letter = Letter("reader@example.org", "Something", "Sign in.", "heard-1")
    offers, open_one = MailServer(tls=tls).start(), MailServer().start()
    with_password = "smtp://me:secret@127.0.0.1:{}"
    try:
        with pytest.raises(MailServerAway), mail_line(with_password.format(offers.port), SENDER):
            pass  # a certificate that nobody vouches for
        with pytest.raises(MailServerAway), mail_line(with_password.format(open_one.port), SENDER):
            pass  # a password never goes over an open line
        assert not any(line.startswith("AUTH") for line in offers.lines + open_one.lines)
        trusting = ssl.create_default_context(cafile=str(path))
        monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
        with mail_line(with_password.format(offers.port), SENDER) as line:
            line.send(letter)
        with mail_line(open_one.url, SENDER) as line:
            line.send(letter)
    finally:
        offers.stop()
        open_one.stop()
    assert (len(offers.taken), offers.sealed, len(open_one.taken)) == (1, 1, 1)
