"""Questionnaires as large as a bench wants them: so many measured questions, and four by which groups are told apart."""

from __future__ import annotations

from collections.abc import Mapping

from questionnaires.codebook import Answer
from questionnaires.files import read
from questionnaires.instrument import Instrument

ABOUT = ("year_group", "gender", "area", "language_at_home")
GROUPS = 4
OPTIONS = ("first", "second", "third", "fourth", "fifth")

HEAD = """\
key: large
version: 1
title: A large questionnaire
ages: [11, 16]
mode: private
sitting: one_to_one
respondent: young_person
waves: [before, after]
intro:
  - These questions are for measuring our own speed. No child answers them.
  - We do not ask your name, and your school is not shown your answers. Your ticks are added up with other people’s.
  - You may skip any question, and you may stop at any time.
  - "If you want help, use Get help, which is on every page. Childline is free on 0800 1111. In danger, call 999."
pages:
  - key: all
    items:
"""
ABOUT_ITEM = """\
      - key: {key}
        kind: one
        about: true
        text: Which group are you in?
        absences: [rather_not]
        options:
"""
MEASURED_ITEM = """\
      - key: {key}
        kind: one
        ordered: true
        text: How much do you agree?
        absences: [dont_know]
        measure:
          agreed: [fourth, fifth]
          dont_know: not_yet
          family: knowledge
          direction: higher
          smallest: 5
          statement: agreed with it
        options:
"""


def large(questions: int) -> Instrument:
    """A questionnaire with so many measured questions of five options, and four breakdowns of four groups."""
    text = HEAD
    for key in ABOUT:
        text += ABOUT_ITEM.format(key=key)
        text += "".join(f"          - {{key: g{n}, code: {n}, label: Group {n}}}\n" for n in range(1, GROUPS + 1))
    for number in range(questions):
        text += MEASURED_ITEM.format(key=f"q{number}")
        text += "".join(
            f"          - {{key: {one}, code: {n}, label: {one}}}\n" for n, one in enumerate(OPTIONS, start=1)
        )
    return read(text.encode())


def answers(instrument: Instrument, wave: str, pupil: int) -> Mapping[str, Answer]:
    """What one of the bench's pupils answers: the groups spread, the answers rise a little afterwards."""
    given: dict[str, Answer] = {key: f"g{1 + (pupil // (number + 1)) % GROUPS}" for number, key in enumerate(ABOUT)}
    for number, item in enumerate(instrument.items[len(ABOUT) :]):
        place = (pupil * 7 + number * 3) % 5
        given[item.key] = OPTIONS[min(4, place + (1 if wave == "after" and (pupil + number) % 3 == 0 else 0))]
    return given
