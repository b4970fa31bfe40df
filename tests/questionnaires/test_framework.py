"""The framework: its shape, every fault it can have, and what may never fill a cell of a scorecard."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from questionnaires.faults import InstrumentFaults
from questionnaires.files import library, load_library
from questionnaires.framework import STRANDS, Framework, timing, unmapped
from questionnaires.framework_files import frameworks, load_framework, read_framework
from questionnaires.keyfiles import keys, load_key
from questionnaires.published import Published
from questionnaires.scorecard import Feed, admit

TINY = """\
key: tiny
version: 1
title: A title
basis: Made for a test.
domains:
  - key: knowing
    code: D1
    scope: individual
    strands: [prevent]
    title: Knowing
    aliases: [risk-taking]
    outcomes:
      - key: knows
        title: Knows more
        indicators:
          - key: knows_signs
            title: Knows signs
            level: person
            direction: higher
            unit: percentage_points
            smallest: 5
            timings: [same_day, lasting]
            cells: [knowledge, help]
            measures:
              - {key: answers, kind: item, rater: young_person, rows: response}
              - {key: worker, kind: rating, rater: practitioner, rows: child}
  - key: place
    code: C1
    scope: contextual
    strands: [identify]
    title: Place
    outcomes:
      - key: safer
        title: Safer
        indicators:
          - key: incidents
            title: Incidents
            level: place
            direction: either
            unit: per_28_days
            smallest: 0.5
            timings: [weeks_later]
            cells: [events]
            measures:
              - {key: records, kind: count, rater: records, rows: place}
"""
SPOILED = [
    ("missing_field", "version: 1\n", "", "key: tiny"),
    ("unknown_field", "    code: D1", "    code: D1\n    colour: red", "colour"),
    ("not_a_number", "smallest: 0.5", "smallest: half", "half"),
    ("bad_key", "key: knowing", "key: Knowing", "Knowing"),
    ("bad_version", "version: 1", "version: 0", "version"),
    ("repeated", "key: incidents", "key: knows_signs", "knows_signs"),
    ("repeated", "key: place\n", "key: knowing\n", "knowing"),
    ("repeated", "key: worker", "key: answers", "practitioner"),
    ("not_a_choice", "scope: contextual", "scope: local", "local"),
    ("not_a_choice", "strands: [identify]", "strands: [punish]", "punish"),
    ("not_a_choice", "level: place", "level: street", "street"),
    ("not_a_choice", "direction: either", "direction: up", "up"),
    ("not_a_choice", "unit: per_28_days", "unit: per_month", "per_month"),
    ("not_a_choice", "cells: [events]", "cells: [rumours]", "rumours"),
    ("not_a_choice", "timings: [weeks_later]", "timings: [soon]", "soon"),
    ("not_a_choice", "kind: count", "kind: guess", "guess"),
    ("not_a_choice", "rater: records", "rater: neighbour", "neighbour"),
    ("not_a_choice", "rows: place", "rows: street", "street"),
    ("no_indicators", "key: knows_signs", "key: knows_signs", ""),
    ("no_timing", "timings: [weeks_later]", "timings: []", "timings: []"),
    ("same_day_knowledge", "cells: [knowledge, help]", "cells: [help]", "timings: [same_day, lasting]"),
    ("smallest_change", "            smallest: 0.5\n", "", "key: incidents"),
    ("smallest_change", "smallest: 5", "smallest: 0", "smallest: 0"),
    ("smallest_change", "unit: percentage_points", "unit: reliable_change", "smallest: 5"),
    ("no_measure", "              - {key: records, kind: count, rater: records, rows: place}\n", "", "measures:"),
    ("scale_without_key", "kind: rating, rater", "kind: scale, rater", "kind: scale"),
    ("scale_without_key", "rows: child}", "rows: child, scale: sdq_self.total}", "sdq_self"),
    ("blames_child", "title: Knows more", "title: Fewer risky choices", "risky"),
    ("blames_child", "title: Knowing", "title: Putting themselves at risk", "themselves"),
    ("child_rows", "rows: place}", "rows: child}", "rows: child}"),
    ("child_rows", "rows: place}", "rows: response}", "rows: response}"),
    ("wrong_rows", "rows: place}", "rows: system}", "rows: system}"),
    ("raters_mixed", "rater: practitioner", "rater: [practitioner, parent]", "parent"),
]


def spoiled(code: str, old: str, new: str) -> str:
    return TINY[: TINY.index("domains:")] + "domains: []\n" if code == "no_indicators" else TINY.replace(old, new, 1)


@pytest.mark.parametrize(("code", "old", "new", "within"), SPOILED)
def test_each_fault_is_found_alone_and_in_its_line(code: str, old: str, new: str, within: str) -> None:
    text = spoiled(code, old, new)
    with pytest.raises(InstrumentFaults) as found:
        read_framework(text.encode(), "tiny.yaml")
    assert {fault.code for fault in found.value.faults} == {code}, str(found.value)
    fault = found.value.faults[-1]
    assert within in text.splitlines()[fault.line - 1]
    assert fault.file == "tiny.yaml" and fault.wrong and fault.mend


def test_all_faults_are_reported_at_once_each_with_its_line() -> None:
    text = TINY.replace("smallest: 0.5", "smallest: half").replace("rows: place", "rows: child")
    text = text.replace("strands: [prevent]", "strands: [punish]").replace("Knows more", "Less risk-taking")
    with pytest.raises(InstrumentFaults) as found:
        read_framework(text.encode(), "tiny.yaml")
    faults = found.value.faults
    assert {one.code for one in faults} == {"not_a_number", "child_rows", "not_a_choice", "blames_child"}
    assert [one.line for one in faults] == sorted(one.line for one in faults)
    assert str(faults[0]).startswith("tiny.yaml:9: not_a_choice: 'punish' is not a strand: write prevent, identify")


def test_every_code_is_tried_here(codes_of: Callable[..., set[str]]) -> None:
    tried = {case[0] for case in SPOILED} | set(REFUSED) | {"unknown_indicator"}
    assert codes_of("framework", "framework_files", "scorecard") <= tried


@pytest.fixture(scope="module")
def cse() -> Framework:
    return load_framework("cse")


def test_the_framework_we_ship_has_the_shape_that_was_agreed(cse: Framework) -> None:
    assert list(frameworks()) == ["cse"]
    scopes = [domain.scope for domain in cse.domains]
    assert (scopes.count("individual"), scopes.count("contextual"), scopes.count("system")) == (14, 5, 4)
    assert [domain.code for domain in cse.domains] == [
        *(f"D{n}" for n in range(1, 15)), *(f"C{n}" for n in range(1, 6)), *(f"S{n}" for n in range(1, 5))
    ]  # fmt: skip
    assert [domain.strands for domain in cse.domains[-4:]] == [(strand,) for strand in STRANDS]
    assert all(domain.strands for domain in cse.domains)


def test_it_does_not_claim_to_be_another_framework(cse: Framework) -> None:
    assert "Stafford" not in cse.title["en"] and "Bedford" not in cse.title["en"]
    assert "It is not the Stoke-on-Trent and Staffordshire CSE Outcome Framework" in cse.basis["en"]


@pytest.mark.parametrize(
    ("phrase", "code"),
    [
        ("Reductions in risk-taking behaviour", "D1"),
        ("missing episodes", "D2"),
        ("harm to self", "D3"),
        ("improvement in emotional health", "D4"),
        ("resilience", "D5"),
        ("D13", "D13"),
        ("online spaces", "C4"),
    ],
)
def test_the_phrases_of_others_lead_to_our_domains(cse: Framework, phrase: str, code: str) -> None:
    domain = cse.called(phrase)
    assert domain is not None and domain.code == code
    assert cse.called("marks in mathematics") is None


def test_places_and_groups_are_never_fed_by_a_childs_rows(cse: Framework) -> None:
    contextual = [one for one in cse.indicators if cse.domain_of(one.key).scope == "contextual"]
    assert {one.level for one in contextual} == {"group", "place"}
    assert not {measure.rows for one in contextual for measure in one.measures} & {"child", "response"}


@pytest.mark.parametrize(
    "key", ["missing_episodes", "unwanted_contact_online", "contact_of_concern", "self_harm_told", "incidents"]
)
def test_what_is_noticed_and_told_has_no_good_direction(cse: Framework, key: str) -> None:
    assert cse.indicator(key).direction == "either"


def test_every_indicator_of_the_library_is_in_the_framework(cse: Framework) -> None:
    used = []
    for key in library():
        for item in load_library(key).items:
            if item.measure is not None and item.measure.indicator is not None:
                indicator = cse.indicator(item.measure.indicator)
                used.append(indicator.key)
                assert item.measure.family in indicator.cells, (key, item.key)
                assert item.measure.direction == indicator.direction, (key, item.key)
                assert indicator.unit == "percentage_points"
                # What is asked of people may feed a place or a group, never what only records can know.
                assert "item" in [measure.kind for measure in indicator.measures], (key, item.key)
    assert len(set(used)) >= 10 and unmapped(cse, used) == ()
    (fault,) = unmapped(cse, ["knows_sings"])
    assert (fault.code, fault.mend) == ("unknown_indicator", "did you mean knows_signs?")


def test_every_scale_it_names_is_a_published_one_that_points_the_same_way(cse: Framework) -> None:
    published: dict[str, Published] = {key: load_key(key) for key in keys()}
    named = [(one, measure) for one in cse.indicators for measure in one.measures if measure.scale]
    assert len(named) >= 15
    for indicator, measure in named:
        key, _, scale = str(measure.scale).partition(".")
        assert published[key].scale(scale).direction == indicator.direction, measure.scale
        assert published[key].respondent == measure.rater, measure.scale


def test_unknown_keys_are_key_errors(cse: Framework) -> None:
    for search in (cse.indicator, cse.domain_of, cse.indicator("knows_signs").measure, load_framework):
        with pytest.raises(KeyError):
            search("nowhere")


@pytest.mark.parametrize(
    ("days", "word"),
    [(0, "same_day"), (1, "within_week"), (7, "within_week"), (8, "weeks_later"), (41, "weeks_later"), (42, "lasting")],
)
def test_lasting_needs_six_weeks(days: int, word: str) -> None:
    assert timing(days) == word


def test_answers_from_before_the_programme_have_no_timing_after_it() -> None:
    with pytest.raises(ValueError, match="-1 days"):
        timing(-1)


SIGNS = {
    "indicator": "knows_signs",
    "measure": "answers",
    "rater": "young_person",
    "rows": "response",
    "keys": ("school",),
}
PLACE = {
    "indicator": "incidents",
    "measure": "records",
    "rater": "records",
    "rows": "place",
    "keys": ("place", "month"),
}
REFUSED: dict[str, list[dict[str, object]]] = {
    "child_rows": [
        PLACE | {"rows": "child", "cell": "events", "days": 20},
        PLACE | {"rows": "response", "cell": "events", "days": 20},
        PLACE | {"keys": ("place", "pair_key"), "cell": "events", "days": 20},
        PLACE | {"keys": ("case_id",), "cell": "events", "days": 20},
    ],
    "wrong_rows": [PLACE | {"rows": "service", "cell": "events", "days": 20}],
    "unknown_measure": [SIGNS | {"measure": "elsewhere", "cell": "knowledge", "days": 0}],
    "raters_mixed": [SIGNS | {"rater": "practitioner", "cell": "knowledge", "days": 0}],
    "wrong_cell": [SIGNS | {"cell": "enjoyment", "days": 50}],
    "wrong_timing": [SIGNS | {"cell": "knowledge", "days": 3}],
    "same_day_knowledge": [SIGNS | {"cell": "help", "days": 0}],
    "remembered_before": [SIGNS | {"cell": "knowledge", "days": 0, "remembered": True}],
}


@pytest.mark.parametrize(("code", "feed"), [(code, feed) for code, feeds in REFUSED.items() for feed in feeds])
def test_a_cell_refuses_what_does_not_belong(code: str, feed: dict[str, object]) -> None:
    tiny = read_framework(TINY.encode())
    with pytest.raises(InstrumentFaults) as found:
        admit(tiny, Feed(**feed))  # type: ignore[arg-type]
    assert [fault.code for fault in found.value.faults] == [code]


def test_a_cell_takes_what_belongs_and_keeps_people_apart() -> None:
    tiny = read_framework(TINY.encode())
    own = admit(tiny, Feed(**SIGNS, cell="knowledge", days=0))  # type: ignore[arg-type]
    lasting = admit(tiny, Feed(**SIGNS, cell="help", days=42))  # type: ignore[arg-type]
    worker = admit(tiny, Feed("knows_signs", "worker", "practitioner", "child", ("case",), "knowledge", 0))
    assert len({own, lasting, worker}) == 3
    assert (own.timing, lasting.timing, own.marks_improvement) == ("same_day", "lasting", True)
    incidents = admit(tiny, Feed(**PLACE, cell="events", days=20))  # type: ignore[arg-type]
    assert not incidents.marks_improvement
    assert tiny.indicator("incidents").smallest == Fraction(1, 2)


def test_all_reasons_against_a_figure_are_given_at_once() -> None:
    tiny = read_framework(TINY.encode())
    with pytest.raises(InstrumentFaults) as found:
        admit(tiny, Feed("incidents", "answers", "young_person", "child", ("pair_key",), "help", 0, remembered=True))
    assert len(found.value.faults) == 6
    with pytest.raises(InstrumentFaults, match="did you mean incidents"):
        admit(tiny, Feed("incident", "records", "records", "place", ("place",), "events", 20))
