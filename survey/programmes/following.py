"""The follow-up of a programme: the same schools asked once more, weeks later, in a programme of their own.

Pupils do not keep their cards, so nobody's answers can be paired with those of the day itself; a programme of its own
has its own sessions, ledger and reports, and none of its figures can be taken for a change (CARE E1, E4).
"""

from __future__ import annotations

from flask import abort, g, redirect, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Reply

from questionnaires.instrument import Instrument
from survey import audit
from survey.access import organisations_of, reached_programme, staff
from survey.installation import database, keys
from survey.languages import gettext
from survey.models import Participation, Programme, ProgrammeWave
from survey.programmes.forms import KEPT_AS, declared_design
from survey.programmes.places import ROLE, blueprint, free_key
from survey.publishing import instrument_of
from survey.waves import FOLLOW_UP

LONGEST = 200


def may_follow_up(programme: Programme, instrument: Instrument) -> bool:
    """Whether its questionnaire has questions for weeks later that this programme does not ask itself."""
    has_begun = programme.status != "draft" and programme.origin != "published"
    asks = FOLLOW_UP in instrument.waves and programme.mode == "private" and declared_design(programme) != FOLLOW_UP
    return has_begun and asks and programme.organisation_id in organisations_of(ROLE)


@blueprint.post("/<int:programme_id>/follow-up")
@staff(ROLE)
def follow_up(programme_id: int) -> Reply:
    """Make the follow-up of a programme, as a draft with the same questionnaire and the schools that were asked."""
    with database().writing() as session:
        programme = reached_programme(session, programme_id, ROLE)
        version = programme.waves[0].instrument_version if programme.waves else abort(409)
        if not may_follow_up(programme, instrument_of(version)):
            abort(409)
        name = gettext("%(programme)s: weeks later", programme=programme.name)[:LONGEST]
        later = Programme(
            organisation_id=programme.organisation_id,
            key=free_key(session, name),
            name=name,
            mode=programme.mode,
            design=KEPT_AS[FOLLOW_UP],
            timing="weeks_later",
            breakdowns=list(programme.breakdowns),
        )
        session.add(later)
        session.flush()
        session.add(ProgrammeWave(programme_id=later.id, wave=FOLLOW_UP, position=0, instrument_version_id=version.id))
        _take_schools(session, programme.id, later.id)
        audit.record(
            session, keys(), g.account.id, "programme.made", f"programme {later.id}", f"follow-up of {programme.id}"
        )
    return redirect(url_for("programmes.show", programme_id=later.id), 303)


def _take_schools(session: Session, programme_id: int, later_id: int) -> None:
    asked = select(Participation).where(Participation.programme_id == programme_id, Participation.in_sample)
    for school in session.scalars(asked).all():
        session.add(Participation(programme_id=later_id, setting_id=school.setting_id, on_roll=school.on_roll))
