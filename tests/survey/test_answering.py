"""A young person's way through, and every way it can go wrong."""

from __future__ import annotations

import secrets
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from questionnaires.answers import parse
from questionnaires.codebook import Codebook
from questionnaires.files import load_library
from survey import cookies, database
from survey.models import Decline, Entry, Held, Opening, Receipt, Ticket
from survey.pairing import new_cards, new_code, shown
from survey.publishing import publish

FORM = "application/x-www-form-urlencoded"


def choices(tour, wave="before"):
    """An answer to every question of a wave that takes one of several."""
    return {item.key: item.options[0].key for item in tour.instrument.items_in(wave) if item.kind in ("one", "faces")}


def send(client: FlaskClient, body: bytes, path: str = "/answer", content_type: str = FORM):
    return client.post(path, data=body, content_type=content_type)


def count(tour, table) -> int:
    with tour.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("spoil", [str, str.lower, shown, lambda code: f" {code[:3]} {code[3:]} "])
def test_a_code_is_taken_however_it_is_typed(client: FlaskClient, tour, spoil) -> None:
    tour.open("before")
    reply = client.post("/join", data={"code": spoil(tour.code)})
    assert (reply.status_code, reply.location) == (303, "/answer?joined")
    assert client.get(reply.location).location == "/answer"
    page = client.get("/answer").text
    assert tour.tickets["before"] in page
    assert all(f'name="{item.key}"' in page for item in tour.instrument.items_in("before"))


def test_the_first_page_offers_confirmed_languages_by_their_own_names(
    client: FlaskClient, tour, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 'aria-label="Languages"' not in client.get("/").text, "with drafts only there is nothing to choose"
    monkeypatch.setattr("survey.languages.is_open_to_children", lambda code: code in ("en", "cy", "ar"))
    page = client.get("/").text
    assert '<a href="/?lang=cy" lang="cy" dir="ltr" hreflang="cy">Cymraeg</a>' in page
    assert '<a href="/?lang=ar" lang="ar" dir="rtl" hreflang="ar">' in page
    welsh = client.get("/?lang=cy").text
    assert '<html lang="cy"' in welsh
    assert 'action="/join?lang=cy"' in welsh
    assert 'href="/help?lang=cy"' in welsh and 'href="/about?lang=cy"' in welsh, "nothing else knows it yet"
    assert 'href="/help/card?lang=cy"' in client.get("/help?lang=cy").text
    assert 'href="/help"' in client.get("/help").text
    tour.open("before")
    with tour.database.writing() as session:
        opening = session.scalars(select(Opening)).one()
        session.add(Ticket(id="c" * 32, opening_id=opening.id, language="cy"))
    client.post("/join?lang=cy", data={"code": tour.code})
    assert "c" * 32 in client.get("/answer").text, "the questions come in the language that was chosen first"


def test_an_unknown_code_comes_back_as_it_was_typed(client: FlaskClient, tour) -> None:
    reply = client.post("/join", data={"code": "7n4q-k2wd"})
    assert reply.status_code == 404
    assert "7n4q-k2wd" in reply.text
    assert "don’t know this code" in reply.text


def test_a_code_that_is_not_open_says_whom_to_ask(client: FlaskClient, tour) -> None:
    for act in (lambda: None, lambda: tour.open("before"), lambda: tour.close("before")):
        act()
        if not tour.tickets or act is not None:
            reply = client.post("/join", data={"code": tour.code})
    assert reply.status_code == 409
    assert "not open right now" in reply.text


def test_each_field_recognises_the_others_code(client: FlaskClient, tour) -> None:
    (card,) = new_cards(1)
    tour.open("before")
    at_the_start = client.post("/join", data={"code": shown(card)})
    assert at_the_start.status_code == 400
    assert "code of your card" in at_the_start.text
    assert f'name="card" value="{card}"' in at_the_start.text
    at_the_card = send(client, tour.body(card=tour.code))
    assert at_the_card.status_code == 422
    assert "code from the board" in at_the_card.text


def test_what_is_sent_is_what_is_stored(client: FlaskClient, tour) -> None:
    tour.open("before")
    answers = choices(tour)
    reply = send(client, tour.body(**answers))
    assert (reply.status_code, reply.location) == (303, "/thanks")
    (row,) = tour.responses()
    head, stored = Codebook.of(tour.instrument).decode(row.codes)
    assert {key: stored[key] for key in answers} == answers
    assert (head.language, head.mode, head.respondent) == ("en", "shared", "young_person")
    assert row.pair_key is None
    assert "Your answers have arrived" in client.get("/thanks").text


def test_nothing_is_ever_required(client: FlaskClient, tour) -> None:
    tour.open("before")
    assert send(client, tour.body()).status_code == 303
    assert len(tour.responses()) == 1


def test_the_same_submission_is_stored_once_and_thanked_again(client: FlaskClient, tour) -> None:
    tour.open("before")
    body = tour.body(**choices(tour))
    replies = {send(client, body).status_code for _ in range(4)}
    assert replies == {303}
    assert len(tour.responses()) == 1


def test_other_content_under_a_used_submission_is_kept_aside(client: FlaskClient, tour, keys) -> None:
    tour.open("before")
    submission = secrets.token_hex(16)
    answers = choices(tour)
    send(client, tour.body(submission=submission, **answers))
    other = tour.body(submission=submission)
    for _ in range(2):
        reply = send(client, other)
        assert (reply.status_code, reply.location) == (303, "/thanks?twice")
        assert "We have kept these too" in client.get(reply.location).text
    assert len(tour.responses()) == 1
    with tour.database.reading() as session:
        held = session.scalars(select(Held)).one()
        assert keys.open("held", held.body, str(held.opening_id).encode()) == other
    assert send(client, tour.body(submission=submission, **answers)).status_code == 303, "the first stays thanked"


def test_a_wrong_answer_comes_back_with_all_the_others(client: FlaskClient, tour) -> None:
    tour.open("before")
    answers = choices(tour)
    wrong, *rest = answers
    reply = send(client, tour.body(**{**answers, wrong: "not-an-option"}))
    assert reply.status_code == 422
    assert "There is a problem" in reply.text
    assert f'href="#i-{wrong}"' in reply.text
    assert "<title>Error:" in reply.text
    assert reply.text.count(" checked") == len(rest)
    assert tour.responses() == []


def test_fields_that_nobody_asked_for_are_refused_and_the_answers_stay(client: FlaskClient, tour) -> None:
    tour.open("before")
    answers = choices(tour)
    reply = send(client, tour.body(**answers, is_admin="1"))
    assert reply.status_code == 422
    assert reply.text.count(" checked") == len(answers)
    assert tour.responses() == []


DAMAGED = {
    "empty": b"",
    "no envelope": b"enjoyed=yes",
    "ten megabytes": b"a=" + b"x" * 10_000_000,
    "broken UTF-8": b"ticket=%ff&submission=%ff",
    "raw bytes": b"ticket=\xff\xfe",
    "lone surrogate": b"ticket=%ED%A0%80",
    "many fields": b"&".join(b"a%d=1" % n for n in range(5000)),
    "long": b"ticket=" + b"0" * 60_000,
}


@pytest.mark.parametrize("body", DAMAGED.values(), ids=DAMAGED.keys())
@pytest.mark.parametrize("path", ["/answer", "/decline"])
def test_damaged_bodies_are_refused_and_nothing_is_stored(client: FlaskClient, tour, body: bytes, path: str) -> None:
    tour.open("before")
    reply = send(client, body, path)
    assert reply.status_code in (400, 413)
    assert "Get help" in reply.text
    assert tour.responses() == []


@pytest.mark.parametrize("suffix", [b"&q=%00", b"&%00=1", b"&ticket=" + b"0" * 32, b"&q=%ED%A0%80"])
def test_a_damaged_end_spoils_a_good_body(client: FlaskClient, tour, suffix: bytes) -> None:
    tour.open("before")
    assert send(client, tour.body() + suffix).status_code == 400
    assert tour.responses() == []


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""])
def test_only_forms_are_taken(client: FlaskClient, tour, kind: str) -> None:
    tour.open("before")
    assert send(client, tour.body(), content_type=kind).status_code == 400


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    tail=st.dictionaries(st.text(max_size=8), st.lists(st.text(max_size=12), max_size=3), max_size=6),
    raw=st.binary(max_size=40),
)
def test_no_body_breaks_the_service(client: FlaskClient, tour, tail, raw) -> None:
    if "before" not in tour.tickets:
        tour.open("before")
    pairs = urlencode(
        {name: [value for value in values] for name, values in tail.items()}, doseq=True, errors="ignore"
    ).encode()
    before = len(tour.responses())
    reply = send(client, tour.body() + b"&" + pairs + raw)
    assert reply.status_code < 500
    assert len(tour.responses()) - before == (1 if reply.status_code == 303 else 0)


def test_late_answers_are_kept_and_marked(client: FlaskClient, tour) -> None:
    tour.open("before")
    body = tour.body(**choices(tour))
    tour.close("before")
    assert send(client, body).status_code == 303
    assert [row.is_late for row in tour.responses()] == [True]
    assert client.get("/answer").status_code in (303, 409)


def test_one_card_joins_two_waves_and_no_more(client: FlaskClient, tour) -> None:
    card, other = new_cards(2)
    for wave in ("before", "after"):
        tour.open(wave)
        send(client, tour.body(wave, card=shown(card).lower()))
    send(client, tour.body("after", card=card))
    send(client, tour.body("after", card=other))
    (before,) = tour.responses("before")
    after = tour.responses("after")
    assert before.pair_key is not None
    assert sorted((row.pair_key == before.pair_key, row.is_second) for row in after) == [
        (False, False),
        (False, True),
        (True, False),
    ]
    assert card.encode() not in before.pair_key


def test_own_devices_pair_themselves_until_the_last_answer(client: FlaskClient, tour) -> None:
    with tour.database.writing() as session:
        from survey.models import Sitting

        session.get_one(Sitting, tour.sitting_id).devices = "own"
    for wave in ("before", "after"):
        tour.open(wave)
        client.post("/join", data={"code": tour.code})
        assert "Type the code from your card" not in client.get("/answer").text
        send(client, tour.body(wave))
        tour.close(wave)
    (before,), (after,) = tour.responses("before"), tour.responses("after")
    assert before.pair_key is not None
    assert before.pair_key == after.pair_key
    cookie = client.get_cookie(cookies.RESPONDENT)
    assert cookie is not None
    assert cookie.value.split(".")[1] == "", "the device's token dies with the after answer"


def test_the_cookie_changes_with_every_send(client: FlaskClient, tour) -> None:
    tour.open("before")
    client.post("/join", data={"code": tour.code})
    seen = set()
    for body in (tour.body(), tour.body(), b"ticket=broken", tour.body(is_admin="1")):
        send(client, body)
        cookie = client.get_cookie(cookies.RESPONDENT)
        seen.add(cookie.value if cookie else None)
    assert len(seen) >= 3
    assert None not in seen


def test_no_thanks_is_counted_once_and_leads_somewhere_ordinary(client: FlaskClient, tour) -> None:
    tour.open("before")
    client.post("/join", data={"code": tour.code})
    body = tour.body()
    for _ in range(2):
        reply = send(client, body, "/decline")
        assert (reply.status_code, reply.location) == (303, "/activity")
    assert count(tour, Decline) == 1
    page = client.get("/activity")
    assert page.status_code == 200
    assert 'action="/activity"' in page.text
    ended = client.post("/activity", data={"anything": "x"})
    assert ended.location == "/finished"
    assert "have arrived" not in client.get("/finished").text
    assert tour.responses() == []


def test_changing_ones_mind_after_no_thanks_is_fine(client: FlaskClient, tour) -> None:
    tour.open("before")
    body = tour.body()
    send(client, body, "/decline")
    assert send(client, body).status_code == 303
    assert len(tour.responses()) == 1


def test_a_busy_store_gives_the_answers_back(app: Flask, client: FlaskClient, tour, monkeypatch) -> None:
    tour.open("before")
    answers = choices(tour)

    def busy(*_: object, **__: object) -> None:
        raise database.DatabaseBusy

    monkeypatch.setattr("survey.answering.taking.store", busy)
    body = tour.body(**answers)
    reply = send(client, body)
    assert reply.status_code == 503
    assert reply.headers["Retry-After"]
    assert reply.text.count(" checked") == len(answers)
    monkeypatch.undo()
    assert send(client, body).status_code == 303
    assert len(tour.responses()) == 1


def test_leaving_clears_only_what_a_person_asked_to_clear(client: FlaskClient, tour) -> None:
    tour.open("before")
    client.post("/join", data={"code": tour.code})
    embedded = client.get("/leave", headers={"Sec-Fetch-Mode": "no-cors"})
    assert "Clear-Site-Data" not in embedded.headers
    assert client.get_cookie(cookies.RESPONDENT) is not None
    reply = client.get("/leave")
    assert (reply.status_code, reply.location) == (303, "https://weather.example/")
    assert reply.headers["Clear-Site-Data"] == '"cache", "cookies"'
    assert reply.headers["Cache-Control"] == "no-store"
    assert client.get_cookie(cookies.RESPONDENT) is None
    assert "Clear-Site-Data" not in client.get("/thanks").headers


@pytest.mark.parametrize("path", ["/", "/answer", "/thanks", "/finished", "/help", "/activity", "/nowhere"])
def test_help_and_exit_are_on_every_page(client: FlaskClient, tour, path: str) -> None:
    tour.open("before")
    client.post("/join", data={"code": tour.code})
    page = client.get(path)
    assert 'href="/help"' in page.text
    assert 'href="/leave"' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.text.index('href="/help"') < page.text.index("<main")


def test_no_cookie_is_needed_to_store_an_answer(app: Flask, tour) -> None:
    tour.open("before")
    assert send(app.test_client(use_cookies=False), tour.body()).status_code == 303
    assert len(tour.responses()) == 1


def test_receipts_cannot_be_joined_to_rows(client: FlaskClient, tour) -> None:
    tour.open("before")
    submission = secrets.token_hex(16)
    send(client, tour.body(submission=submission, **choices(tour)))
    (row,) = tour.responses()
    with tour.database.reading() as session:
        receipt = session.scalars(select(Receipt)).one()
    shared = {receipt.id_mac[:16], receipt.body_mac[:16], bytes.fromhex(submission)} & {row.id, row.pair_key}
    assert not shared
    assert bytes.fromhex(submission) not in (receipt.id_mac, receipt.body_mac)


def test_the_answers_go_through_the_leaf_that_defines_them(tour) -> None:
    """The view stores what `parse` says, so the leaf's own tests are tests of the service."""
    answers = choices(tour)
    parsed = parse(tour.instrument, "before", {key: [value] for key, value in answers.items()})
    assert {key: parsed.answers[key] for key in answers} == answers


def test_another_site_cannot_answer_in_a_childs_name(client: FlaskClient, tour) -> None:
    tour.open("before")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        reply = client.post("/answer", data=tour.body(), content_type=FORM, headers=headers)
        assert reply.status_code == 403
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "null"}, {"Origin": "http://localhost"}, {}):
        assert client.post("/answer", data=tour.body(), content_type=FORM, headers=headers).status_code == 303


def test_children_under_12_get_help_in_words_that_do_not_frighten(client: FlaskClient, tour) -> None:
    frightening = ("suicide", "nude", "sexual")
    tour.open("before")
    client.post("/join", data={"code": tour.code})
    assert all(word in client.get("/help").text for word in frightening)
    with tour.database.writing() as session:
        version = publish(session, load_library("online_play"))
        entry = Entry(sitting_id=tour.sitting_id, programme_id=tour.programme_id, mode="private", code=new_code())
        session.add(entry)
        session.flush()
        ground = tour.ground._replace(version_id=version.id)
    young = replace(tour, entry_id=entry.id, code=entry.code, ground=ground, tickets={})
    young.open("before")
    client.post("/join", data={"code": young.code})
    for path in ("/help", "/answer", "/thanks", "/finished"):
        page = client.get(path).text
        assert "0800 1111" in page
        assert not any(word in page for word in frightening), path
