"""A tiny questionnaire that is sound, to be spoiled in one place at a time."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

import questionnaires
from questionnaires.files import read
from questionnaires.instrument import Instrument

TINY = """\
key: tiny
version: 1
title: A title
ages: [11, 16]
mode: private
respondent: young_person
waves: [before, after]
intro: [One., Two., Three., Four.]
pages:
  - key: first
    title: Page one
    items:
      - key: known
        kind: one
        text: Do you know it?
        absences: [dont_know]
        options:
          - {key: good, code: 1, label: Good}
          - {key: bad, code: 2, label: Bad, negative: true}
        measure:
          agreed: [good]
          dont_know: not_yet
          family: knowledge
          direction: higher
          statement: knew it
      - key: ways
        kind: several
        text: Which ways?
        absences: [rather_not]
        options:
          - {key: left, code: 1, label: Left}
          - {key: right, code: 2, label: Right}
          - {key: neither, code: 3, label: Neither, exclusive: true}
  - key: second
    items:
      - key: number_of
        kind: number
        text: How many?
        unit: times
        absences: [dont_know, rather_not]
        minimum: 0
        maximum: 300
      - key: feeling
        kind: faces
        text: How was it?
        waves: [after]
        ordered: true
        condition: {item: known, options: [good]}
        options:
          - {key: low, code: 1, label: Not much}
          - {key: middle, code: 2, label: It was okay}
          - {key: high, code: 3, label: A lot}
scales:
  - key: score
    items: [feeling]
    points: {low: 0, middle: 1, high: 2}
    reversed: [feeling]
    minimum_answered: 1
"""

TINY_CY = """\
key: tiny
version: 1
language: cy
name: Cymraeg
direction: ltr
checked:
title: Teitl
intro: [Un., Dau., Tri., Pedwar.]
pages: {first: Tudalen un}
items:
  known:
    text: Wyt ti’n gwybod?
    options: {good: Da, bad: Drwg}
    statement: yn gwybod
  ways:
    text: Pa ffyrdd?
    options: {left: Chwith, right: De, neither: Dim un}
  number_of: {text: Sawl un?, unit: gwaith}
  feeling:
    text: Sut oedd hi?
    options: {low: Dim llawer, middle: Iawn, high: Llawer}
"""


EVERY_KIND = """\
key: kindly
version: 1
title: A title
ages: [13, 16]
mode: linked
sitting: one_to_one
respondent: young_person
waves: [before, after]
intro: [One., Two., Three., Four.]
pages:
  - key: first
    items:
      - {key: read_this, kind: statement, text: Read this., picture: phone}
      - key: ease
        kind: scale
        text: How was it?
        absences: [dont_know]
        options:
          - {key: low, code: 1, label: Low}
          - {key: middle, code: 2, label: Middle}
          - {key: high, code: 3, label: High, alert: true}
        versions:
          plain: {text: How?, labels: {low: Less}}
          easy_read: {text: Now?, picture: home}
          audio: {sound: ease.opus}
      - {key: warm, kind: steps, text: How warm?, low: Cold, high: Hot, absences: [rather_not]}
      - key: light
        kind: traffic
        text: Which light?
        options:
          - {key: go, code: 1, label: Go}
          - {key: wait, code: 2, label: Wait}
          - {key: halt, code: 3, label: Stop}
      - key: boxes
        kind: sort
        text: Where does it go?
        absences: [dont_know]
        options:
          - {key: in, code: 1, label: In}
          - {key: out, code: 2, label: Out}
        parts:
          - key: cup
            text: A cup
            measure: {agreed: [in], dont_know: not_yet, family: knowledge, direction: higher, statement: knew the cup}
          - {key: hat, text: A hat}
      - key: order
        kind: rank
        text: Which comes first?
        absences: [rather_not]
        options:
          - {key: sea, code: 1, label: Sea}
          - {key: sky, code: 2, label: Sky}
          - {key: sun, code: 3, label: Sun}
      - key: go_to
        kind: support
        text: Who would you go to?
        options:
          - {key: aunt, code: 1, label: An aunt}
          - {key: friend, code: 2, label: A friend}
          - {key: nobody, code: 3, label: Nobody, exclusive: true}
      - key: aims
        kind: goals
        text: How near are you?
        low: Not at all
        high: There
        parts:
          - {key: goal_1, text: My first goal}
      - {key: more, kind: text, text: What else?, size: long}
  - key: second
    items:
      - key: once
        kind: number
        text: How many?
        waves: [before]
        minimum: 0
        maximum: 9
      - {key: again, kind: number, text: How many?, waves: [after], minimum: 0, maximum: 9, same_as: once}
  - key: third
    items:
      - key: was
        kind: one
        text: How was it then?
        waves: [after]
        then_test: true
        options:
          - {key: fine, code: 1, label: Fine}
          - {key: odd, code: 2, label: Odd}
        measure: {agreed: [fine], dont_know: apart, family: opinion, direction: higher, statement: were fine}
"""


@pytest.fixture(scope="session")
def kindly_file() -> str:
    return EVERY_KIND


@pytest.fixture(scope="session")
def kindly() -> Instrument:
    return read(EVERY_KIND.encode(), "kindly.yaml")


@pytest.fixture(scope="session")
def tiny() -> Instrument:
    return read(TINY.encode(), "tiny.yaml", {"tiny.cy.yaml": TINY_CY.encode()})


@pytest.fixture(scope="session")
def tiny_file() -> str:
    return TINY


@pytest.fixture(scope="session")
def tiny_welsh_file() -> str:
    return TINY_CY


@pytest.fixture(scope="session")
def codes_of() -> Callable[..., set[str]]:
    """The codes of all faults that the named modules can make: each must be tried by some test."""
    at = {"fault": 1, "note": 2, "Fault": 2, "_refusal": 2, "_refuse": 1}

    def codes(*modules: str) -> set[str]:
        found: set[str] = set()
        for module in modules:
            for node in ast.walk(ast.parse((Path(questionnaires.__file__).parent / f"{module}.py").read_text())):
                if isinstance(node, ast.Call):
                    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                    argument = node.args[at[name]] if name in at and len(node.args) > at[name] else None
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        found.add(argument.value)
        return found

    return codes
