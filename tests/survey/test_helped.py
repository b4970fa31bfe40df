"""Somebody helps to read or to answer: it is recorded, and nothing is asked that whoever helps should not see (CARE C3)."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from questionnaires.codebook import Codebook
from questionnaires.instrument import LEFT_BLANK, NOT_ASKED
from survey.models import Entry, InstrumentVersion
from survey.publishing import publish

FORM = "application/x-www-form-urlencoded"
TICK = 'name="helped" value="yes"'


def stored(tour):
    return [Codebook.of(tour.instrument).decode(row.codes) for row in tour.responses()]


def sensitive(tour) -> list[str]:
    found = [item.key for item in tour.instrument.items_in("before") if item.sensitive]
    assert found
    return found


@pytest.mark.parametrize("helped", ["yes", "", "no"])
def test_it_is_recorded_and_sensitive_answers_are_never_kept(client: FlaskClient, tour, helped: str) -> None:
    tour.open("before")
    (key, *_), is_helped = sensitive(tour), helped == "yes"
    answer = tour.instrument.item(key).options[0].key
    reply = client.post("/answer", data=tour.body(helped=helped, **{key: answer}), content_type=FORM)
    assert reply.status_code == 303
    ((head, answers),) = stored(tour)
    assert head.helped is is_helped
    assert answers[key] == (NOT_ASKED if is_helped else (answer,))
    others = [item.key for item in tour.instrument.items_in("before") if not item.sensitive and not item.condition]
    assert {answers[other] for other in others if tour.instrument.item(other).answering != "nothing"} == {LEFT_BLANK}


def test_a_form_that_is_given_back_still_says_it(client: FlaskClient, tour) -> None:
    tour.open("before")
    page = client.post("/answer", data=tour.body(helped="yes", stray="1"), content_type=FORM).text
    assert re.search(rf"{TICK}[^>]* checked", page)
    client.post("/join", data={"code": tour.code})
    page = client.get("/answer").text
    assert TICK in page and not re.search(rf"{TICK}[^>]* checked", page), "nothing is ticked for anybody"
    assert page.count(" data-own") == len(sensitive(tour))


def test_professionals_are_not_asked_whether_they_are_helped(client: FlaskClient, tour) -> None:
    with tour.database.writing() as session:
        session.get_one(Entry, tour.entry_id).respondent = "professional"
    tour.open("before")
    client.post("/join", data={"code": tour.code})
    assert TICK not in client.get("/answer").text


def test_the_way_out_comes_first_only_where_the_questionnaire_says_so(client: FlaskClient, tour) -> None:
    """And then at every desk: also for those who would rather not answer."""
    tour.open("before")
    client.post("/join", data={"code": tour.code})
    for path in ("/answer", "/activity"):
        assert 'id="way-out"' not in client.get(path).text
    careful = replace(tour.instrument, version=99, interruption=True)
    with tour.database.writing() as session:
        version: InstrumentVersion = publish(session, careful)
        session.flush()
        version_id = version.id
    other = replace(tour, ground=tour.ground._replace(version_id=version_id), tickets={})
    other.open("after")
    client.set_cookie("heard", f"{other.tickets['after']}..00000000")
    for path in ("/answer", "/activity"):
        page = client.get(path).text
        assert 'id="start" href="#way-out"' in page
        assert page.index('id="intro"') < page.index('id="way-out"') < page.index('id="q-card"')
        assert '<a class="button second" href="#q-card">' in page


def test_at_the_next_desk_there_are_as_many_screens(client: FlaskClient, tour) -> None:
    tour.open("before")
    client.post("/join", data={"code": tour.code})
    steps = [len(re.findall(r'class="step', client.get(path).text)) for path in ("/answer", "/activity")]
    assert steps[0] == steps[1] > 5
