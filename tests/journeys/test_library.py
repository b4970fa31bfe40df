"""Every questionnaire of the library, answered by a browser from the code to the thanks: in every language that it ships,
down every path that its conditions open, with the gate on each page. Private ones stand on the service as it runs; linked
ones on a case, with the promise, the note on who is told and the alert that belong to them. Long, so it belongs to the proof."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count, product
from typing import Protocol

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from questionnaires.files import library, load_library
from questionnaires.instrument import NOT_ASKED, Instrument, Item
from survey.answering import linked
from survey.clock import now
from survey.database import Database
from survey.models import Alert, Case
from survey.sealing import Keys
from tests.ground import OnGround, make_account, make_programme, make_sitting
from tests.journeys import gate
from tests.journeys.pupil import Pupil
from tests.live import Grounds, Live, Room
from tests.survey.desk import with_readers

pytestmark = pytest.mark.proof
MOST_WALKS = 8
BY_MODE = {mode: [key for key in library() if load_library(key).mode == mode] for mode in ("private", "linked")}
WORKER, DEPUTY = "Wanda Worker", "Dilip Deputy"


class Rooms(Protocol):
    """Whatever has a new room for each walk."""

    def room(self, devices: str) -> Room: ...


class Cases(OnGround):
    """A service whose worker sees the answers; every room is a case of its own."""

    def __init__(self, database: Database, keys: Keys, instrument: Instrument) -> None:
        with database.writing() as session:
            ground = make_programme(session, instrument, "support", mode="linked", design="repeated", on_roll=29)
            task = {"role": "worker", "programme_id": ground.programme_id}
            self.people = [make_account(session, name[:5], name, **task).id for name in (WORKER, DEPUTY)]
        super().__init__(database, instrument, ground)
        self.keys, self.numbers = keys, count(1)

    def room(self, devices: str) -> Room:
        """A new case with its way in."""
        with self.database.writing() as session:
            entry = make_sitting(session, self.ground, devices=devices, present=1, year_groups="")
            case = {"reference": f"W-{next(self.numbers)}", "opened_at": now(), "sitting_id": entry.sitting_id}
            worker, deputy = self.people
            session.add(Case(programme_id=self.programme_id, worker_id=worker, deputy_id=deputy, **case))
            return Room(self.database, self.instrument, self.ground, self.keys, entry.sitting_id, entry.id, entry.code)


@pytest.fixture
def case_url(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The service in this process, where somebody is on duty at any hour."""
    monkeypatch.setattr(linked, "is_on_duty", lambda *_: True)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def answer(page: Page, pupil: Pupil, item: Item, opening: str | None) -> None:
    """Answer as a finger would: what opens a later question, else the first that there is."""
    match item.answering:
        case "one" | "several":
            chosen = opening or item.options[0].key
            if not item.option(chosen).alert:
                pupil.choose(item.key, chosen)
                return
            expect(page.locator(f"#q-{item.key}")).to_contain_text(WORKER)  # who is told, beside the answer that tells
            with page.expect_response(lambda reply: reply.url.endswith("/alert")) as told:
                pupil.choose(item.key, chosen)
            assert told.value.ok, item.key
        case "number":
            pupil.type(item.key, str(item.minimum))
        case "order":
            page.locator(f"#q-{item.key} [data-keep]").click()
        case "parts":
            for part in item.parts:
                page.locator(f'label:has(input[name="{item.key}.{part.key}"])').first.click()


def opening_options(instrument: Instrument, wave: str, seen: set[str]) -> dict[str, str]:
    """For each item on whose answer a question hangs that nobody has seen yet: an answer that leads to it."""
    found: dict[str, str] = {}
    for item in reversed(instrument.items_in(wave)):
        if item.condition is not None and (item.key not in seen or item.key in found):
            found[item.condition.item] = item.condition.options[0]
    return found


def closing_options(instrument: Instrument, wave: str) -> dict[str, str]:
    """For each item on whose answer questions hang: an answer that leads to none of them, as "someone can see" does."""
    leads: dict[str, set[str]] = {}
    for item in instrument.items_in(wave):
        if item.condition is not None:
            leads.setdefault(item.condition.item, set()).update(item.condition.options)
    return {
        key: next(option.key for option in instrument.item(key).options if option.key not in options)
        for key, options in leads.items()
    }


def walk(
    page: Page, room: Room, wave: str, language: str, openings: dict[str, str], url: str, looked: set[str]
) -> dict[str, list[str]]:
    """From the first page to the thanks; what the gate finds on each step that it has not looked at in this language.

    In a language that came second, axe looks at all steps of a wave at once: what a single one does to the page it has told.
    """
    is_first = language == room.instrument.languages[0].code

    def look(step: str) -> list[str]:
        found = [] if step in looked else gate.faults(page, axe=is_first or step == "check")
        if step == "first" and not is_first and (whole := f"all of {wave}") not in looked:
            found += gate.axe_faults_of_all_steps(page)
            looked.add(whole)
        looked.add(step)
        return found

    page.context.add_cookies([{"name": "heard", "value": f"{room.tickets[wave, language]}..00000000", "url": url}])
    page.goto("/answer")
    pupil, found = Pupil(page), {"first": look("first")}
    if room.instrument.mode == "linked":
        expect(page.locator("main")).to_contain_text(WORKER)
        expect(page.locator("main")).to_contain_text(DEPUTY)
    pupil.start()
    while (key := pupil.at()) != "check":
        found[key] = look(key)
        answer(page, pupil, room.instrument.item(key), openings.get(key))
        pupil.next()
    found["check"] = look("check")
    page.click("#send")
    page.wait_for_url(re.compile(r"/(?:thanks|talk\?end=a)$"))
    if "/talk" in page.url:  # where somebody reads, everybody is asked whether they want to talk
        found["talk"] = look("talk")
        page.click("label:has(#asks-0)")
        page.click("#talk .button")
        page.wait_for_url("**/thanks**")
    return found


@dataclass
class Walks:
    """Everybody who walks through one questionnaire; a page is looked at once in each language."""

    instrument: Instrument
    grounds: Rooms
    context_of: Callable[..., BrowserContext]
    url: str
    looked: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def down(self, wave: str, language: str, answers: dict[str, str]) -> set[str]:
        """One walk with these answers on the way: which questions it met."""
        room = self.grounds.room("own")
        room.open(wave, language)
        page = self.context_of(base_url=self.url).new_page()
        found = walk(page, room, wave, language, answers, self.url, self.looked[language])
        assert {step: faults for step, faults in found.items() if faults} == {}, (wave, language)
        ((_, stored),) = room.stored(wave)
        met = set(found) - {"first", "check", "talk"}
        columns = {one for one in met if self.instrument.item(one).answering != "nothing"}
        assert {one for one, said in stored.items() if said != NOT_ASKED} == columns
        assert alerts_of(room, wave) == alerting(self.instrument, met, answers)
        page.context.close()
        return met


def alerts_of(room: Room, wave: str) -> set[tuple[str, int]]:
    """Which answers somebody was told of."""
    with room.database.reading() as session:
        kept = session.scalars(select(Alert).where(Alert.opening_id == room.openings[wave]))
        return {(one.item_key, one.option_code) for one in kept}


def alerting(instrument: Instrument, met: set[str], answers: dict[str, str]) -> set[tuple[str, int]]:
    """Which of the answers of a walk somebody has to be told of."""
    found = set()
    for item in map(instrument.item, met):
        if item.answering in ("one", "several"):
            option = item.option(answers.get(item.key, item.options[0].key))
            found |= {(item.key, option.code)} if option.alert else set()
    return found


def walked(key: str) -> Instrument:
    """The questionnaire as it is, under a key that no other test publishes."""
    return replace(load_library(key), key=f"{key}_walked", published=True)


def down_every_path(walks: Walks) -> None:
    """Until each question was met, in every wave and language; then past all that hang on an answer."""
    instrument = walks.instrument
    for wave, language in product(instrument.waves, (one.code for one in instrument.languages)):
        read = language == instrument.languages[0].code  # the readers on duty read English: elsewhere there is no box
        asked = {item.key for item in instrument.items_in(wave) if read or item.kind != "text"}
        seen: set[str] = set()
        for _ in range(MOST_WALKS):
            seen |= walks.down(wave, language, opening_options(instrument, wave, seen))
            if seen == asked:
                break
        assert seen == asked, asked - seen
        # Where nobody asks further is the same in every language: one walk tells.
        if (closing := closing_options(instrument, wave)) and read:
            hanging = {item.key for item in instrument.items_in(wave) if item.condition is not None}
            met = walks.down(wave, language, closing)
            assert met == asked - hanging, "who gives another answer is asked none of what hangs on it"


@pytest.mark.parametrize("key", BY_MODE["private"])
def test_every_private_questionnaire_is_answered_down_every_path(
    context_of: Callable[..., BrowserContext], live: Live, key: str
) -> None:
    instrument = walked(key)
    grounds = Grounds(live, instrument, f"{key}_walked")
    if any(item.kind == "text" for item in instrument.items):
        with_readers(grounds)  # or the box would not be there (CARE B1)
    down_every_path(Walks(instrument, grounds, context_of, live.url))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("key", BY_MODE["linked"])
def test_every_linked_questionnaire_is_answered_down_every_path(
    context_of: Callable[..., BrowserContext], app: Flask, case_url: str, key: str
) -> None:
    instrument = walked(key)
    cases = Cases(app.extensions["database"], app.extensions["keys"], instrument)
    down_every_path(Walks(instrument, cases, context_of, case_url))
    assert not any(option.alert for item in instrument.items for option in item.options) or alerts_in(cases) > 1


def alerts_in(cases: Cases) -> int:
    with cases.database.reading() as session:
        return len(session.scalars(select(Alert.id)).all())
