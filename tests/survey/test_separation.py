"""Who was harmed and who did harm never stand beside each other, and nobody's place is told of the harmed (CARE B7)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, select

from questionnaires.files import load_library
from questionnaires.instrument import Instrument
from survey.database import Database
from survey.models import Job, Participation, Programme, ProgrammeWave, Sitting
from survey.releases.arms import ARM
from survey.releases.ledger import ReleaseRefused
from survey.releases.making import school_page
from survey.sealing import Keys
from survey.sittings.acts import Act, perform
from tests.survey.released import Released, usual

HARMED, DID_HARM = "partner_voice", "change_programme"


def asked(
    database: Database, questionnaire: str, places: int = 3, pupils: int = 15, *, closed: bool = True
) -> Released:
    """A programme with this questionnaire, and at so many places so many people who answered."""
    instrument = load_library(questionnaire)
    made = Released(database, instrument=instrument)
    with database.writing() as session:
        programme = session.get_one(Programme, made.id)
        programme.name = f"About {questionnaire}"
        if instrument.waves == ("after",):
            programme.design = "after_only"
            session.execute(
                delete(ProgrammeWave).where(ProgrammeWave.programme_id == made.id, ProgrammeWave.wave == "before")
            )
    for _ in range(places):
        made.school(pupils, waves=instrument.waves, closed=closed, answers=lambda w, n: said(instrument, w, n))
    return made


def said(instrument: Instrument, wave: str, person: int) -> dict[str, str]:
    """The first or the second answer to every question of which one answer is chosen."""
    plain = (item for item in instrument.items_in(wave) if item.answering == "one" and item.condition is None)
    return {item.key: item.options[person % 2].key for item in plain if len(item.options) > 1}


def refused(programme: Released, kind: str) -> str:
    with pytest.raises(ReleaseRefused) as refusal:
        programme.draft(kind)
    return refusal.value.reason


def test_the_harmed_are_told_of_for_a_whole_area_only(database: Database) -> None:
    few, whole, others = asked(database, HARMED, 2), asked(database, HARMED, 3), asked(database, DID_HARM, 2)
    for programme in (few, whole, others):
        programme.close()
    assert refused(few, "final") == "area_only"
    assert whole.draft("final").snapshot.response.schools == 3
    assert others.draft("final").snapshot.response.schools == 2, "where nobody was harmed two places are one report"


def test_no_page_of_a_place_is_made_of_the_harmed(database: Database, keys: Keys, staff: Any) -> None:
    harmed, others = asked(database, HARMED, 1, 40), asked(database, DID_HARM, 1, 40)
    with database.reading() as session:
        sittings = {one.programme_id: one for one in session.scalars(select(Sitting))}
        with pytest.raises(ReleaseRefused) as refusal:
            school_page(session, sittings[harmed.id])
        assert refusal.value.reason == "area_only"
        assert school_page(session, sittings[others.id]).kind == "school"
    still = [asked(database, HARMED, 2, 40, closed=False), asked(database, DID_HARM, 2, 40, closed=False)]
    for programme in still:
        with database.writing() as session:
            first = session.scalars(select(Sitting).where(Sitting.programme_id == programme.id)).first()
            if "before" in load_library(DID_HARM).waves and programme.respondent == "adult":
                first.play_started_at = first.entries[0].openings[0].opened_at
                first.entries[0].openings[0].closed_at = first.entries[0].openings[0].opened_at
            perform(session, keys, None, first, Act.CLOSE_AFTER)
        administrator = staff.client("administrator", organisation_id=programme.organisation_id)
        assert staff.post(administrator, f"/staff/programmes/{programme.id}/close").status_code == 303
    with database.reading() as session:
        jobs = session.scalars(select(Job).where(Job.kind == "school_page")).all()
        asking = {session.get_one(Sitting, job.payload["sitting"]).programme_id for job in jobs}
    assert asking == {still[1].id}


def test_no_group_of_places_is_made_of_the_harmed(database: Database) -> None:
    """Schools that chance put first are a group of places, so the design that needs it says nothing of the harmed."""
    found = []
    for respondent in ("young_person", "survivor"):
        instrument = replace(load_library("staying_safe"), key=f"waiting_{respondent}", respondent=respondent)
        tour = Released(database, instrument=instrument)
        settings = [tour.setting_of(tour.school(40, answers=usual)) for _ in range(8)]
        with database.writing() as session:
            programme = session.get_one(Programme, tour.id)
            programme.design = "waiting"
            taking = select(Participation).where(Participation.programme_id == tour.id)
            for n, place in enumerate(session.scalars(taking)):
                place.arm = "first" if n < len(settings) // 2 else "later"
        tour.close()
        found.append({name.partition(":")[0] for name in tour.draft("final").groups} & {ARM})
    assert found == [{ARM}, set()]


@pytest.mark.parametrize("path", ["/staff/reports", "/staff/scorecard/"])
def test_the_two_never_stand_on_one_page(database: Database, staff: Any, path: str) -> None:
    harmed, others = asked(database, HARMED, 0), asked(database, DID_HARM, 0)
    alone = staff.client("commissioner", organisation_id=harmed.organisation_id)
    assert "About partner_voice" in alone.get(path).text, "where nobody who did harm is asked, nothing is held apart"
    assert "Other programmes" not in alone.get(path).text
    with database.writing() as session:
        session.get_one(Programme, harmed.id).organisation_id = others.organisation_id
    reader = staff.client("commissioner", organisation_id=others.organisation_id)
    for address, here, elsewhere in (
        (path, "change_programme", "partner_voice"),
        (f"{path}?apart=1", "partner_voice", "change_programme"),
    ):
        page = reader.get(address).text
        assert f"About {here}" in page and f"About {elsewhere}" not in page
        assert "Other programmes" in page
    assert reader.get(f"/staff/scorecard/?programme={harmed.id}").status_code == 404
    assert reader.get(f"/staff/scorecard/?apart=1&programme={harmed.id}").status_code == 200
    assert reader.get(f"/staff/scorecard/scorecard.csv?programme={harmed.id}").status_code == 404
