"""Who answered is kept with each answer: a professional's is never counted as a young person's."""

from __future__ import annotations

import secrets
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from questionnaires.codebook import Codebook
from questionnaires.files import library, load_library
from survey.database import Database
from survey.models import Opening, Programme, Response, Sitting, Ticket
from survey.pairing import new_pairing_key
from survey.releases.cuts import occasions
from survey.sealing import Keys
from survey.sittings.acts import Act, perform
from tests.ground import make_programme, make_sitting

OTHERS = [
    key
    for key in sorted(library())
    if (load_library(key).mode, load_library(key).respondent == "young_person") == ("private", False)
]
FORM = "application/x-www-form-urlencoded"


def session_of(database: Database, keys: Keys, key: str) -> tuple[int, int, str]:
    """A session with a questionnaire of the library, its first wave open: programme, opening and the code to join with."""
    instrument = load_library(key)
    with database.writing() as session:
        ground = make_programme(
            session,
            instrument,
            "told",
            design="paired" if len(instrument.waves) > 1 else "after_only",
            pairing_key=new_pairing_key(keys),
            setting=("Northfield", "service"),
        )
        entry = make_sitting(session, ground)
        sitting = session.get_one(Sitting, entry.sitting_id)
        session.expire(sitting)
        perform(session, keys, None, sitting, Act.OPEN_BEFORE if "before" in instrument.waves else Act.OPEN_AFTER)
        opening_id = session.scalars(select(Opening.id).where(Opening.programme_id == ground.programme_id)).one()
        return ground.programme_id, opening_id, entry.code


@pytest.mark.parametrize("key", OTHERS)
def test_whoever_is_asked_is_who_is_said_to_have_answered(
    client: FlaskClient, database: Database, keys: Keys, key: str
) -> None:
    programme_id, opening_id, code = session_of(database, keys, key)
    with database.reading() as session:
        ticket = session.scalars(
            select(Ticket.id).where(Ticket.opening_id == opening_id, Ticket.language == "en")
        ).one()
    assert client.post("/join", data={"code": code}).status_code == 303
    page = client.get("/answer").text
    instrument = load_library(key)
    assert ('name="helped"' in page) == (instrument.respondent not in ("professional", "practitioner"))
    sent = client.post(
        "/answer", data=urlencode({"ticket": ticket, "submission": secrets.token_hex(16)}), content_type=FORM
    )
    assert sent.status_code == 303
    with database.reading() as session:
        row = session.scalars(select(Response)).one()
        assert Codebook.of(instrument).decode(row.codes)[0].respondent == instrument.respondent
        (occasion,) = occasions(session, session.get_one(Programme, programme_id))
        assert [one.id for one in occasion.openings] == [opening_id], "and a release would see it"


def test_there_are_such_questionnaires() -> None:
    assert {load_library(key).respondent for key in OTHERS} >= {"professional", "practitioner", "adult", "survivor"}
