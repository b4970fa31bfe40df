"""From stored rows to matrices, and from rows in order to rows without."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import insert, select, update

from questionnaires.codebook import Codebook, Head
from questionnaires.files import load_library, read
from questionnaires.instrument import DONT_KNOW, LEFT_BLANK
from survey.bounds import KEPT_AFTER_CLOSING
from survey.chores import WORK
from survey.clock import now, today
from survey.database import Database
from survey.models import Opening, Programme, Receipt, Release, Response, Sitting
from survey.releases.cuts import Occasion, groups, occasions, places, ready, together
from survey.releases.ledger import ReleaseRefused
from survey.releases.making import school_page
from survey.releases.measures import Waves, measured
from survey.releases.order import forget_receipts, shuffle
from survey.releases.reading import agreed_codes, matrix, measured_items, pairs, read_answers
from survey.sealing import Keys
from tests.survey.released import Released, usual


def lines(*rows: bytes) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Rows of codes as a release reads them."""
    return np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(len(rows), -1)


def test_rows_become_a_matrix_with_school_and_pairs(database: Database) -> None:
    tour = Released(database)
    for pupils in (12, 15):
        tour.school(pupils, paired=10)
    with database.reading() as session:
        found = places(occasions(session, session.get_one(Programme, tour.id)))
        reading = read_answers(session, tour.id, found)
    before, after = reading.waves["before"], reading.waves["after"]
    assert before.size == after.size == 27
    assert np.bincount(before.schools).tolist() == [12, 15]
    first, second = pairs(before, after)
    assert len(first) == 20 and (before.schools[first] == after.schools[second]).all()
    years = (reading.column("before", "year_group")[first], reading.column("after", "year_group")[second])
    assert (years[0] == years[1]).all()
    assert (reading.column("before", "enjoyed") == 255).all()


def test_openings_that_are_not_asked_for_stay_out(database: Database) -> None:
    tour = Released(database)
    tour.school(12)
    tour.school(15)
    with database.reading() as session:
        found = places(occasions(session, session.get_one(Programme, tour.id))[1:])
        assert read_answers(session, tour.id, found).waves["before"].size == 15
        assert read_answers(session, tour.id, {}).waves == {}


def test_versions_are_joined_where_the_options_are_equal_and_only_there() -> None:
    old = load_library("staying_safe")
    item = old.item("know_who")
    other = replace(item, options=(replace(item.options[0], code=9), item.options[1]))
    pages = tuple(
        replace(page, items=tuple(other if one.key == "know_who" else one for one in page.items)) for page in old.pages
    )
    new = replace(old, version=2, pages=pages)
    items = measured_items([Codebook.of(old), Codebook.of(new)])
    assert next(one for one in items if one.key == "know_who").options[0].code == 9
    row = Codebook.of(old).encode(usual("before", 1), Head(language="en"))
    codes = dict(zip([one.key for one in items], matrix(lines(row), Codebook.of(old), items)[0].tolist(), strict=True))
    assert codes["know_who"] == 255 and codes["stand_by"] == 2  # another meaning: as if not asked


def test_a_thing_said_of_oneself_in_one_wave_holds_in_the_other_by_pair(database: Database) -> None:
    tour = Released(database)

    def only_before(wave: str, pupil: int) -> dict[str, Any]:
        answers = dict(usual(wave, pupil))
        return answers if wave == "before" else {key: one for key, one in answers.items() if key != "year_group"}

    tour.school(30, answers=only_before, paired=20)
    with database.writing() as session:
        session.execute(update(Response).where(Response.wave == "after").values(pair_key=Response.pair_key))
        found = places(occasions(session, session.get_one(Programme, tour.id)))
        cut = groups(read_answers(session, tour.id, found), ("year_group",))["year_group"]
    assert sum(int(cut[group]["before"].sum()) for group in cut) == 30
    assert sum(int(cut[group]["after"].sum()) for group in cut) == 20


def test_a_several_item_is_agreed_by_any_agreed_option() -> None:
    instrument = load_library("staying_safe")
    upset = instrument.item("upset")
    know = instrument.item("know_who").measure
    assert know is not None
    several = replace(
        upset, sensitive=False, measure=replace(know, agreed=("upsetting", "hard"), family="opinion", dont_know="apart")
    )
    codebook = Codebook.of(instrument)
    rows = [
        codebook.encode({"upset": answer}, Head(language="en"))
        for answer in (("upsetting",), ("upsetting", "hard"), ("nothing",), "rather_not")
    ]
    assert matrix(lines(*rows), codebook, [several])[:, 0].tolist() == [1, 1, 0, 252]


BOTH = ("before", "after")


def occasion(
    number: int, present: int, day: int, setting: int = 1, waves: tuple[str, ...] = BOTH, closed: bool = True
) -> Occasion:
    """A sitting without a store, where everybody present answered."""
    moment = now() if closed else None
    openings = [Opening(id=number * 10 + n, wave=wave, closed_at=moment) for n, wave in enumerate(waves)]
    sitting = Sitting(id=number, present=present, setting_id=setting, held_on=today() + timedelta(days=day))
    return Occasion(sitting, tuple(openings), {one.id: present for one in openings})


def test_a_small_sitting_joins_its_settings_nearest_one() -> None:
    found = [occasion(1, 9, 0), occasion(2, 30, 5), occasion(3, 30, -2), occasion(4, 3, 0, setting=2)]
    assert together(found) == {1: 3, 2: 2, 3: 3, 4: 4}
    assert together([occasion(1, 10, 0), occasion(2, 30, 5)]) == {1: 1, 2: 2}  # ten present are enough
    assert together([occasion(1, 4, 0, waves=("before",)), occasion(2, 30, 0, waves=("after",))])[1] == 1


def test_a_sitting_whose_rows_have_moved_away_takes_in_no_handful() -> None:
    emptied = replace(occasion(2, 30, 1), answers={20: 0, 21: 0})
    assert emptied.is_small
    assert together([occasion(1, 3, 0), emptied, occasion(3, 30, 9)]) == {1: 3, 2: 3, 3: 3}


def test_small_ones_of_a_setting_are_together_and_nobody_waits_for_one_that_is_open() -> None:
    found = [occasion(1, 1, 0), occasion(2, 1, 1), occasion(3, 1, 30), occasion(4, 1, 31), occasion(5, 1, 0, setting=2)]
    found.append(occasion(6, 1, 2, closed=False))
    assert together(found) == {1: 1, 2: 1, 3: 1, 4: 1, 5: 5, 6: 6}
    assert [one.sitting.id for one in ready(found, "after", closing=False)] == [1, 2, 3, 4, 5]


def test_what_goes_together_waits_together() -> None:
    found = [occasion(1, 9, 0), occasion(2, 30, 1, closed=False), occasion(3, 30, 1, setting=2)]
    assert [one.sitting.id for one in ready(found, "after", closing=False)] == [3]
    assert [one.sitting.id for one in ready([occasion(1, 30, 0, waves=("before",))], "after", closing=False)] == []
    assert len(ready([occasion(1, 30, 0, waves=("before",))], "after", closing=True)) == 1


def rows_of(database: Database, wave: str) -> list[tuple[bytes, int, bytes, bytes | None]]:
    with database.reading() as session:
        query = select(Response.id, Response.opening_id, Response.codes, Response.pair_key).where(Response.wave == wave)
        return [tuple(row) for row in session.execute(query)]  # type: ignore[misc]


def test_a_closed_wave_is_written_anew_under_new_keys(database: Database, keys: Keys) -> None:
    tour = Released(database)
    sitting = tour.school(25)
    old = rows_of(database, "before")
    with database.writing() as session:
        opening = tour.opening(session, sitting, "before")
        macs = [
            {"id_mac": bytes([n]) * 32, "body_mac": bytes(32), "opening_id": opening, "outcome": "stored"}
            for n in range(9)
        ]
        session.execute(insert(Receipt), macs)
    shuffle(database, keys, {"opening": opening})
    new = rows_of(database, "before")
    assert not {row[0] for row in old} & {row[0] for row in new}
    assert sorted(row[1:] for row in old) == sorted(row[1:] for row in new)
    with database.reading() as session:
        assert len(session.scalars(select(Receipt)).all()) == 9


def test_an_open_wave_is_left_alone(database: Database, keys: Keys) -> None:
    tour = Released(database)
    sitting = tour.school(12, closed=False)
    old = rows_of(database, "before")
    with database.reading() as session:
        opening = tour.opening(session, sitting, "before")
    shuffle(database, keys, {"opening": opening})
    assert sorted(old) == sorted(rows_of(database, "before"))


def test_rows_of_a_handful_move_to_the_nearest_sitting(database: Database, keys: Keys) -> None:
    tour = Released(database)
    large = tour.school(30)
    small = tour.school(4, setting_id=tour.setting_of(large))
    with database.reading() as session:
        home, opening = tour.opening(session, large, "before"), tour.opening(session, small, "before")
    shuffle(database, keys, {"opening": home})
    assert {row[1] for row in rows_of(database, "before")} == {home}
    assert {row[1] for row in rows_of(database, "after")} != {home} and opening != home
    assert len(rows_of(database, "before")) == 34


def test_receipts_are_forgotten_after_fourteen_days(database: Database) -> None:
    tour = Released(database)
    old, young = tour.school(3), tour.school(3)
    with database.writing() as session:
        for n, sitting in enumerate((old, young)):
            opening = tour.opening(session, sitting, "after")
            session.add(Receipt(id_mac=bytes([n]) * 32, body_mac=bytes(32), opening_id=opening, outcome="stored"))
        opened = session.get_one(Opening, tour.opening(session, old, "after"))
        opened.closed_at = now() - KEPT_AFTER_CLOSING - timedelta(minutes=1)
        kept = tour.opening(session, young, "after")
    forget_receipts(database)
    with database.reading() as session:
        assert list(session.scalars(select(Receipt.opening_id))) == [kept]


def page_of(database: Database, sitting: int) -> Any:
    with database.reading() as session:
        return school_page(session, session.get_one(Sitting, sitting))


def test_a_school_page_shows_knowledge_help_and_enjoyment_of_thirty_and_more(database: Database) -> None:
    tour = Released(database)
    large, small = tour.school(30), tour.school(29)
    draft = page_of(database, large)
    assert {item.family for item in draft.snapshot.items} == {"knowledge", "help", "enjoyment"}
    assert {item.family for item in tour_items(database, tour)} > {"knowledge", "help", "enjoyment"}
    assert draft.snapshot.place.startswith("School") and draft.sittings == ()
    with pytest.raises(ReleaseRefused) as caught:
        page_of(database, small)
    assert caught.value.reason == "few_answers"


def tour_items(database: Database, tour: Released) -> Any:
    tour.school(40)
    return tour.draft().snapshot.items


def test_school_pages_stand_in_the_same_ledger_and_enter_no_sitting(database: Database, keys: Keys) -> None:
    tour = Released(database)
    sittings = [tour.school(40) for _ in range(3)]
    WORK["school_page"](database, keys, {"sitting": sittings[0]})
    WORK["school_page"](database, keys, {"sitting": sittings[0]})  # twice: nothing is added, so no second page
    with database.reading() as session:
        (page,) = session.scalars(select(Release)).all()
        assert (page.kind, page.number, page.setting_id) == ("school", 1, tour.setting_of(sittings[0]))
    assert tour.release().number == 2


def test_settings_without_a_page_stay_out_where_they_are_one_to_nine_people(database: Database, keys: Keys) -> None:
    tour = Released(database)
    sittings = [tour.school(40) for _ in range(3)]
    few = tour.school(6)
    for sitting in sittings:
        WORK["school_page"](database, keys, {"sitting": sitting})
    draft = tour.draft()
    assert draft.snapshot.response.schools == 3 and few not in draft.sittings
    tour.school(6)
    assert tour.draft().snapshot.response.schools == 5  # twelve together: nobody is given away


def test_a_page_that_would_give_the_others_away_is_refused(database: Database, keys: Keys) -> None:
    tour = Released(database)
    first, *_ = [tour.school(40) for _ in range(2)]
    tour.school(5)
    tour.school(40)
    tour.release()
    for sitting in range(first, first + 4):
        WORK["school_page"](database, keys, {"sitting": sitting})
    with database.reading() as session:
        pages = list(session.scalars(select(Release.setting_id).where(Release.setting_id.is_not(None))))
    assert len(pages) == 2  # the third would leave the five of the smallest school standing alone


def test_school_level_estimates_come_from_the_schools(database: Database) -> None:
    tour = Released(database)
    for n in range(6):
        tour.school(30 + 7 * n, answers=lambda wave, pupil, shift=n: usual(wave, pupil + shift))
    with database.reading() as session:
        found = places(occasions(session, session.get_one(Programme, tour.id)))
        reading = read_answers(session, tour.id, found)
    exact = {one.item.key: one.exact for one in measured(reading, Waves("before", "after"), {})}["know_who"]
    assert exact.change is not None and exact.change.interval is not None and exact.change.method == "cr2_satterthwaite"
    assert exact.before is not None and exact.after is not None and exact.change.value is not None
    expected = exact.after.agreed / exact.after.base - exact.before.agreed / exact.before.base
    assert abs(exact.change.value - expected) < 1e-12


def test_breakdowns_of_a_final_release_do_not_stand_in_the_way_of_a_page(database: Database, keys: Keys) -> None:
    tour = Released(database, breakdowns=("year_group",))

    def one_of_another_year(wave: str, pupil: int) -> dict[str, Any]:
        return dict(usual(wave, pupil)) | ({"year_group": "other"} if pupil == 0 else {})

    sittings = [tour.school(40, answers=one_of_another_year) for _ in range(4)]
    tour.close()
    tour.release("final")
    assert page_of(database, sittings[0]).kind == "school"


def test_what_is_sorted_is_read_part_by_part() -> None:
    book = Codebook.of(read(Path(__file__).parents[1] / "journeys" / "kinds.yaml"))
    (item,) = measured_items([book])
    assert item.key == "pack.coat" and agreed_codes(item) == {1}
    answers = [("take", "leave", LEFT_BLANK), ("leave", "take", "take"), (DONT_KNOW, "take", "take")]
    packed = lines(*(book.encode({"pack": answer}, Head("en")) for answer in answers), book.encode({}, Head("en")))
    assert matrix(packed, book, [item])[:, 0].tolist() == [1, 2, 253, 255]
