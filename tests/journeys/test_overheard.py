"""Whoever holds the line learns nothing: with script on, every form goes sealed, and its length tells next to nothing.

One browser, one line, and one service with all that young people can send: answers in private and in linked mode, an answer
that must not wait, typed words, and the last page. What went over the line is searched for every key, option and word, inside
the seals and around them; and the lengths of each kind of form fall into few buckets, however much was answered or typed.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from contextlib import nullcontext
from urllib.parse import parse_qs, unquote_plus

import pytest
from playwright.sync_api import BrowserContext, Page

from questionnaires.instrument import Instrument
from tests.journeys.conftest import Place
from tests.journeys.pupil import Pupil
from tests.proof.poor_line import PoorLine
from tests.survey.casework import TELLING

pytestmark = [pytest.mark.proof, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]
STEP, TAG = 512, 65 + 16
FILLED = (0, 3, 99)
"""How many questions each of them answers."""
TYPED = ("quorl-17", "zebedee-4471 " * 12, "ombra-3318 quill-9023 " * 40)
"""What each of them types, short and long."""
BUCKETS = {"/answer": 4, "/alert": 2, "/words": 3, "/talk": 1}
"""Into how many lengths the seals of each kind of form may fall."""
ENVELOPE = {"ticket", "submission", "sealed", "waited", "who-reads", "sealed-words", "end", "slip", "bound-to"}
SEALS = ("sealed", "sealed-words", "sealed-slip")


def answered(page: Page, instrument: Instrument, filled: int, typed: str = "") -> None:
    """From the first question to the check: so many answers, and what there is to type."""
    pupil, left = Pupil(page), filled
    while (key := pupil.at()) != "check":
        options = page.locator(f"#q-{key} .opt")
        if key in TELLING:
            with page.expect_response("**/alert") if key == "place_to_stay" else nullcontext():
                pupil.choose(key, TELLING[key])
        elif typed and instrument.item(key).kind == "text":
            page.fill(f"#i-{key}", typed)
        elif left and options.count():
            options.last.click()
            left -= 1
        pupil.next()


def answer_linked(page: Page, place: Place, code: str, filled: int) -> None:
    """Somebody whose worker sees the answers."""
    Pupil(page).join(code)
    page.click("#start")
    answered(page, place.service.instrument, filled)
    Pupil(page).send()


def answer_privately(page: Page, place: Place, filled: int, typed: str) -> None:
    """A pupil who types words and asks to talk."""
    pupil = Pupil(page)
    pupil.join(place.room.code)
    pupil.start()
    answered(page, place.room.instrument, filled, typed)
    page.click("#send")
    page.wait_for_url("**/talk?end=a")
    for field in ("#child", "#person", "#when"):
        page.fill(field, typed[:60])
    page.get_by_label("Yes, about me").check()
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_url("**/thanks?talked")


def seals(form: dict[str, list[str]]) -> list[bytes]:
    """What was sealed in a form, one for each who may open it."""
    said = "~".join(value for name in SEALS for value in form.get(name, []))
    parts = [one.rpartition(".")[2] for one in said.split("~") if one]
    return [base64.urlsafe_b64decode(one + "=" * (-len(one) % 4)) for one in parts]


def test_nothing_that_is_sent_can_be_read_and_lengths_tell_little(
    context_of: Callable[..., BrowserContext], place: Place
) -> None:
    with PoorLine(place.port) as line:
        page = context_of(base_url=line.url).new_page()
        for filled, typed in zip(FILLED, TYPED, strict=True):
            answer_linked(page, place, place.begin_case(), filled)
            answer_privately(page, place, filled, typed)
    assert (len(place.service.alerts()), len(place.service.rows())) == (len(FILLED), 2 * len(FILLED))
    sent = [(path, parse_qs(body.decode())) for path, body in line.posted if path in BUCKETS]
    assert {name for _, form in sent for name in form} <= ENVELOPE | set(SEALS)
    lengths: dict[str, set[tuple[int, ...]]] = {path: set() for path in BUCKETS}
    for path, form in sent:
        lengths[path].add(tuple(sorted(len(one) for one in seals(form))))
    for path, found in lengths.items():
        count = sum(path == one for one, _ in sent)
        print(f"\n{path}: {count} forms in {len(found)} lengths: {sorted(found)}")
        assert count >= len(FILLED) and 1 <= len(found) <= BUCKETS[path]
        assert {(length - TAG) % STEP for one in found for length in one} == {0}
    bodies = "\n".join(unquote_plus(body.decode()) for _, body in line.posted)
    inside = "".join(raw.decode("latin-1") for _, form in sent for raw in seals(form))
    whole = unquote_plus(line.overheard.decode("latin-1")) + inside
    assert "ticket=" in bodies and place.room.code in bodies, "the search finds what is there"
    assert [word for typed in TYPED for word in typed.split() if word in whole] == []
    assert [one for one in keys(place) if re.search(rf"(?<![\w-]){one}(?![\w-])", bodies + inside)] == []


def keys(place: Place) -> set[str]:
    """The names of all questions and of all answers."""
    items = [*place.service.instrument.items_in("t1"), *place.room.instrument.items_in("after")]
    return {item.key for item in items} | {option.key for item in items for option in item.options}
