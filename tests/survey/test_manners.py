"""How answers were given: pairs that were answered in two ways are left out and counted; words and help make groups."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from flask import Flask

from analysis.results import Breakdown, Moves, Share
from questionnaires.codebook import Head
from survey.database import Database
from survey.exports import values
from survey.grounds import how_we_know
from survey.manners import HELPED, VERSION
from survey.releases.snapshot import Snapshot, write
from survey.sections import grouped
from tests.survey.released import Heads, Released, english

SCHOOLS, PUPILS, ODD = 4, 60, 15


def otherwise(change: dict[str, object]) -> Heads:
    """The first pupils of each school answer in another way afterwards."""

    def heads(wave: str, pupil: int) -> Head:
        return replace(Head("en"), **change) if wave == "after" and pupil < ODD else Head("en")  # type: ignore[arg-type]

    return heads


def released(database: Database, heads: Heads, **more: object) -> Snapshot:
    """The final release of four schools, everybody with a card."""
    tour = Released(database, **more)  # type: ignore[arg-type]
    for _ in range(SCHOOLS):
        tour.school(PUPILS, heads=heads)
    tour.close()
    return tour.draft("final").snapshot


@pytest.mark.parametrize(
    "change", [{"language": "cy"}, {"version": "easy_read"}, {"mode": "paper"}, {"helped": True}], ids=str
)
def test_a_pair_that_was_answered_in_two_ways_is_left_out_and_counted(
    database: Database, change: dict[str, object]
) -> None:
    snapshot = released(database, otherwise(change))
    counts = {key: snapshot.response.count(key) for key in ("before", "after", "paired", "unlike")}
    assert counts == {"before": 240, "after": 240, "paired": SCHOOLS * (PUPILS - ODD), "unlike": SCHOOLS * ODD}
    row = snapshot.item("know_who").row
    assert isinstance(row.moves, Moves) and row.moves.base == SCHOOLS * (PUPILS - ODD)
    assert isinstance(row.after, Share) and row.after.base == 240  # everybody still counts in the headline
    assert any("whether somebody helped: 60." in sentence for sentence in how_we_know(snapshot))


def test_another_device_with_the_same_screen_is_the_same_way(database: Database) -> None:
    snapshot = released(database, otherwise({"mode": "shared"}))
    assert snapshot.response.count("paired") == SCHOOLS * PUPILS
    assert any("somebody helped: fewer than 10." in sentence for sentence in how_we_know(snapshot))


def helping(few: int) -> Heads:
    """The first pupils of each school are helped, both times."""

    def heads(_wave: str, pupil: int) -> Head:
        return Head("en", helped=pupil < few)

    return heads


def test_nobody_and_a_handful_look_the_same(database: Database) -> None:
    """Ten cards are lost in each school, so that a handful who are left out stand alone nowhere."""
    told = []
    for few in (0, 2):
        tour = Released(database, breakdowns=(VERSION, HELPED))
        for _ in range(SCHOOLS):
            tour.school(PUPILS, paired=50, heads=helping(few))
        tour.close()
        told.append(json.loads(write(tour.draft("final").snapshot)[0]))
    assert told[0] == told[1] and told[0]["groups_hidden"]


def test_words_and_help_are_groups_of_the_final_release(database: Database) -> None:
    def heads(_wave: str, pupil: int) -> Head:
        return Head("en", version=("easy_read", "standard", "plain")[pupil % 3], helped=pupil % 2 == 0)

    snapshot = released(database, heads, breakdowns=(VERSION, HELPED))
    row = snapshot.item("know_who").row
    found = {one.name: dict(one.groups) for one in row.breakdowns if isinstance(one, Breakdown)}
    assert set(found[HELPED]) == {"no", "yes"} and set(found[VERSION]) == {"standard", "plain", "easy_read"}
    helped, read = found[HELPED]["yes"].before, found[VERSION]["easy_read"].before
    assert isinstance(helped, Share) and (helped.base, helped.percent) == (120, 50)  # 0 of 4 and not 2 of 4
    assert isinstance(read, Share) and read.base == 80
    assert snapshot.about[HELPED]["yes"]["en"] == "somebody helped" and snapshot.about[VERSION][""]["en"]
    assert {HELPED, VERSION} <= {value for column, value, _ in values() if column == "breakdown"}
    interim = Released(database, breakdowns=(VERSION, HELPED))
    for _ in range(SCHOOLS):
        interim.school(PUPILS, heads=heads)
    assert not interim.draft().snapshot.item("know_who").row.breakdowns  # once, at closing


def test_a_handful_in_a_group_hides_the_groups(database: Database) -> None:
    snapshot = released(database, lambda _wave, pupil: Head("en", helped=pupil == 0), breakdowns=(HELPED,))
    row = snapshot.item("know_who").row
    assert not any(isinstance(one, Breakdown) for one in row.breakdowns) and snapshot.groups_hidden
    assert "somebody helped" not in json.dumps(json.loads(write(snapshot)[0])["items"])


def test_who_answered_in_one_way_is_paired_as_ever(database: Database) -> None:
    snapshot = released(database, english)
    assert snapshot.response.count("paired") == SCHOOLS * PUPILS


def test_how_answers_were_given_stands_last_and_folded(app: Flask, database: Database) -> None:
    def heads(_wave: str, pupil: int) -> Head:
        return Head("en", helped=pupil % 2 == 0)

    snapshot = released(database, heads, breakdowns=("year_group", HELPED))
    with app.test_request_context("/"):
        found = grouped(snapshot, ())
    assert [(one.title, one.is_manner) for one in found] == [
        ("Which school year are you in?", False),
        ("Whether somebody helped them to answer", True),
    ]
