"""What a newcomer finds is true: printed figures as printed, the tour's truth within its intervals, open codes that work."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from sqlalchemy import func, select

from analysis.results import Change, Share
from questionnaires.files import load_library
from survey.database import Database
from survey.demonstration import Demonstration, load
from survey.demonstration.simulation import read_truth, true_share
from survey.models import Programme, Release, Response
from survey.releases import store
from survey.releases.snapshot import Snapshot
from survey.sealing import Keys


@pytest.fixture
def loaded(database: Database, keys: Keys) -> Demonstration:
    start = time.perf_counter()
    found = load(database, keys)
    print(f"demonstration data in {time.perf_counter() - start:.1f} s")
    return found


def snapshot_of(database: Database, key: str) -> Snapshot:
    with database.reading() as session:
        query = select(Release).join(Programme).where(Programme.key == key, Release.setting_id.is_(None))
        return store.opened(session, session.scalars(query).one()).snapshot


def page(staff: Any, loaded: Demonstration, database: Database, key: str) -> str:
    with database.reading() as session:
        programme = session.scalars(select(Programme).where(Programme.key == key)).one()
    browser = staff.client("commissioner", organisation_id=programme.organisation_id)
    text = browser.get(f"/staff/programmes/{programme.id}/report").get_data(as_text=True)
    return re.sub(r"\s+", " ", text)


def test_the_demonstration_is_whole(loaded: Demonstration, database: Database, client: Any, staff: Any) -> None:
    assert len(loaded.codes) == 3 and len(loaded.organisation_ids) == 2
    for code, _ in loaded.codes:
        assert client.post("/join", data={"code": code}).status_code == 303
        assert client.get("/answer").status_code == 200
    tour_is_within_its_intervals(database)
    published_figures_are_never_rounded_and_carry_their_source(database)
    chelseas_choice_is_told_honestly(page(staff, loaded, database, "chelseas_choice_2016"))
    dreamkeepers_are_told_honestly(page(staff, loaded, database, "dreamkeepers_2016"))
    tour = page(staff, loaded, database, "demo_tour")
    for words in (
        "simulated",
        "No child gave these answers",
        "We had no comparison group",
        "Some groups are too small to show.",
    ):
        assert words in tour, words


def tour_is_within_its_intervals(database: Database) -> None:
    truth, instrument, snapshot = read_truth(), load_library("staying_safe"), snapshot_of(database, "demo_tour")
    held, items = 0, 0
    for item in snapshot.items:
        change = item.row.change
        if isinstance(change, Change) and change.low is not None and change.high is not None:
            measured = instrument.item(item.key)
            effect = 100 * (true_share(truth, measured, "after") - true_share(truth, measured, "before"))
            items += 1
            held += change.low <= effect <= change.high
    assert items == 12 and held >= 11
    assert snapshot.response.schools == 40 and abs((snapshot.response.count("saw_it") or 0) - 3900) <= 40
    with database.reading() as session:
        assert 7000 < (session.scalar(select(func.count()).select_from(Response)) or 0) < 7600
        assert session.scalars(select(Programme.pairing_key).where(Programme.key == "demo_tour")).one() is None


def chelseas_choice_is_told_honestly(words: str) -> None:
    for expected in (
        "published figures",
        "Of about 8,900 who saw it, 763 answered: 9 in every 100.",
        "95 in 100 of those who answered said they enjoyed the play",
        "67 in 100 of those who answered said they would now do something differently",
        "Among everybody who saw it (about 8,900), the share could be anything from about 6% to about 97%.",
        "Nobody was asked before, so these figures cannot show a change.",
        "Enjoying a play is not yet a result of it",
    ):
        assert expected in words, expected
    assert "More pupils" not in words


def dreamkeepers_are_told_honestly(words: str) -> None:
    for expected in (
        "published figures",
        "Of 13,825 who saw it, 646 answered: 5 in every 100.",
        "131",
        "97% of 646 can be 624 to 629 answers",
        "91% of 646 can be 585 to 591 answers",
        "It does not: nobody was asked before",
        "from about 5% to about 99.9%",
    ):
        assert expected in words, expected


def published_figures_are_never_rounded_and_carry_their_source(database: Database) -> None:
    snapshot = snapshot_of(database, "dreamkeepers_2016")
    assert [key for key, _ in snapshot.response.counts] == ["saw_it", "after"]
    assert snapshot.response.count("after") == 646
    for item in snapshot.items:
        assert isinstance(item.row.after, Share) and item.row.after.base == 646
        assert item.row.origin.startswith("published(Staffordshire") and item.row.change is None
