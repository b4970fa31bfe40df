"""A service to try linked mode on: one programme whose questionnaire tells the worker, its people, and their cases."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from urllib.parse import urlencode

from flask.testing import FlaskClient
from sqlalchemy import select

from questionnaires.files import load_library
from questionnaires.instrument import Instrument
from survey import cookies
from survey.clock import PLACE
from survey.database import Database
from survey.models import Account, Alert, Case, Entry, Message, Opening, Response, Ticket
from survey.signing_in import sign_in
from tests.ground import OnGround, make_account, make_programme

QUESTIONNAIRE = "support_to_25"
TELLING = {"screen_seen": "alone", "place_to_stay": "have_no_place"}
QUIET = {"screen_seen": "alone", "place_to_stay": "have_place"}
MONDAY_TEN = datetime(2026, 11, 23, 10, 0, tzinfo=PLACE)


@dataclass
class Service(OnGround):
    """The programme and who works in it: `worker`, `deputy`, `other` (a worker of other cases), `lead`, `facilitator`."""

    people: dict[str, int] = field(default_factory=dict)

    def sign_in(self, app: object, who: str) -> FlaskClient:
        """A browser of one of them."""
        with self.database.writing() as session:
            token = sign_in(session, session.get_one(Account, self.people[who]))
        browser: FlaskClient = app.test_client()  # type: ignore[attr-defined]
        browser.set_cookie(cookies.STAFF, token)
        return browser

    def case(self) -> Case:
        """The only case."""
        with self.database.reading() as session:
            return session.scalars(select(Case)).one()

    def case_code(self) -> str:
        """The code that opens the only case."""
        with self.database.reading() as session:
            return session.scalars(select(Entry.code)).one()

    def alerts(self) -> list[Alert]:
        """Every alert."""
        with self.database.reading() as session:
            return list(session.scalars(select(Alert).order_by(Alert.id)))

    def messages(self) -> list[Message]:
        """Everything in the outbox."""
        with self.database.reading() as session:
            return list(session.scalars(select(Message).order_by(Message.id)))

    def rows(self) -> list[Response]:
        """Every stored form."""
        with self.database.reading() as session:
            return list(session.scalars(select(Response)))

    def ticket(self) -> str:
        """The ticket of the opening that is open."""
        with self.database.reading() as session:
            open_now = select(Ticket.id).join(Opening, Ticket.opening_id == Opening.id)
            return session.scalars(open_now.where(Opening.closed_at.is_(None), Ticket.language == "en")).one()

    def body(self, ticket: str, submission: str | None = None, **answers: str) -> bytes:
        """The bytes that a browser would send."""
        return urlencode({"ticket": ticket, "submission": submission or secrets.token_hex(16), **answers}).encode()


@cache
def _questionnaire(key: str) -> Instrument:
    return load_library(key)


def make_service(database: Database, questionnaire: str = QUESTIONNAIRE) -> Service:
    """A programme of linked mode, open, with its people."""
    instrument = _questionnaire(questionnaire)
    with database.writing() as session:
        ground = make_programme(
            session,
            instrument,
            "support",
            name="Support",
            mode="linked",
            design="repeated",
            setting=("The House", "service"),
            on_roll=29,
        )
        service = Service(database, instrument, ground)
        for name, role in ROLES.items():
            account = make_account(session, name, f"{name.title()} Person", role=role, programme_id=ground.programme_id)
            service.people[name] = account.id
    return service


ROLES = {
    "worker": "worker",
    "deputy": "worker",
    "other": "worker",
    "lead": "safeguarding_reader",
    "facilitator": "facilitator",
    "administrator": "administrator",
}


def made_case(service: Service, staff: object, worker: FlaskClient, reference: str = "B58-117") -> int:
    """A case of the worker, made on the pages."""
    fields = {
        "place": f"{service.programme_id}-{service.setting_id}",
        "reference": reference,
        "deputy": str(service.people["deputy"]),
    }
    reply = staff.post(worker, "/staff/cases/new", **fields)  # type: ignore[attr-defined]
    assert reply.status_code == 303, reply.get_data(as_text=True)
    found = re.search(r"/cases/(\d+)/", reply.headers["Location"])
    assert found
    return int(found[1])
