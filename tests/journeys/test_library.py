"""Every questionnaire of the library, answered by a browser from the code to the thanks: in every language that it ships,
down every path that its conditions open, with the gate on each page. Long, so it belongs to the proof."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import product

import pytest
from playwright.sync_api import BrowserContext, Page

from questionnaires.files import library, load_library
from questionnaires.instrument import NOT_ASKED, Instrument, Item
from tests.journeys import gate
from tests.journeys.pupil import Pupil
from tests.live import Grounds, Live, Room

pytestmark = pytest.mark.proof
MOST_WALKS = 8


def answer(page: Page, pupil: Pupil, item: Item, opening: str | None) -> None:
    """Answer as a finger would: what opens a later question, else the first that there is."""
    match item.answering:
        case "one" | "several":
            pupil.choose(item.key, opening or item.options[0].key)
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
    pupil.start()
    while (key := pupil.at()) != "check":
        found[key] = look(key)
        answer(page, pupil, room.instrument.item(key), openings.get(key))
        pupil.next()
    found["check"] = look("check")
    pupil.send()
    return found


@dataclass
class Walks:
    """Everybody who walks through one questionnaire; a page is looked at once in each language."""

    instrument: Instrument
    grounds: Grounds
    context_of: Callable[..., BrowserContext]
    url: str
    looked: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def down(self, wave: str, language: str, answers: dict[str, str]) -> set[str]:
        """One walk with these answers on the way: which questions it met."""
        room = self.grounds.room("own")
        room.open(wave, language)
        page = self.context_of().new_page()
        found = walk(page, room, wave, language, answers, self.url, self.looked[language])
        assert {step: faults for step, faults in found.items() if faults} == {}, (wave, language)
        ((_, stored),) = room.stored(wave)
        met = set(found) - {"first", "check"}
        columns = {one for one in met if self.instrument.item(one).answering != "nothing"}
        assert {one for one, said in stored.items() if said != NOT_ASKED} == columns
        page.context.close()
        return met


@pytest.mark.parametrize("key", sorted(library()))
def test_every_questionnaire_is_answered_down_every_path(
    context_of: Callable[..., BrowserContext], live: Live, key: str
) -> None:
    """Linked ones belong to a worker's case, which has no page of its own here: their pages are walked all the same."""
    instrument = load_library(key)
    instrument = replace(instrument, mode="private", key=f"{key}_walked", published=True)
    walks = Walks(instrument, Grounds(live, instrument, f"{key}_walked"), context_of, live.url)
    for wave, language in product(instrument.waves, (one.code for one in instrument.languages)):
        asked = {item.key for item in instrument.items_in(wave) if item.kind != "text"}
        seen: set[str] = set()
        for _ in range(MOST_WALKS):
            seen |= walks.down(wave, language, opening_options(instrument, wave, seen))
            if seen == asked:
                break
        assert seen == asked, asked - seen
        # Where nobody asks further is the same in every language: one walk tells.
        if (closing := closing_options(instrument, wave)) and language == instrument.languages[0].code:
            hanging = {item.key for item in instrument.items_in(wave) if item.condition is not None}
            met = walks.down(wave, language, closing)
            assert met == asked - hanging, "who gives another answer is asked none of what hangs on it"
