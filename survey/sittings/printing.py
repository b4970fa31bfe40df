"""The papers of a session: a poster, pair cards to draw, and one page for the adult who runs it."""

from __future__ import annotations

from flask import abort, render_template

from survey.access import staff
from survey.models import Programme
from survey.pairing import shown
from survey.posters import card_count, cards, qr, spoken_address
from survey.publishing import instrument_of
from survey.sittings.places import ROLES, blueprint, database, entry_of
from survey.sittings.stages import BEFORE
from survey.waves import has_cards, is_follow_up, reached_sitting, waves_of


@blueprint.get("/<int:sitting_id>/poster")
@staff(*ROLES)
def poster(sitting_id: int) -> str:
    """The address, the code in large letters and a QR that brings both."""
    with database().reading() as session:
        sitting = reached_sitting(session, sitting_id)
    code = entry_of(sitting).code
    return render_template(
        "sittings/poster.html", sitting=sitting, code=shown(code), drawing=qr(code), address=spoken_address()
    )


@blueprint.get("/<int:sitting_id>/cards")
@staff(*ROLES)
def pair_cards(sitting_id: int) -> str:
    """Cards for pupils to draw: new each time, kept nowhere."""
    with database().reading() as session:
        sitting = reached_sitting(session, sitting_id)
    if not has_cards(sitting):
        abort(404)
    return render_template("sittings/cards.html", sitting=sitting, cards=cards(sitting.present))


@blueprint.get("/<int:sitting_id>/talk-slips")
@staff(*ROLES)
def talk_slips(sitting_id: int) -> str:
    """The last page on paper: a slip that everybody hands in."""
    with database().reading() as session:
        sitting = reached_sitting(session, sitting_id)
    return render_template("sittings/talk_slips.html", sitting=sitting, count=card_count(sitting.present))


@blueprint.get("/<int:sitting_id>/script")
@staff(*ROLES)
def script(sitting_id: int) -> str:
    """What to do and what to read aloud, on one page."""
    with database().reading() as session:
        sitting = reached_sitting(session, sitting_id)
        programme = session.get_one(Programme, sitting.programme_id)
        instrument = instrument_of(programme.waves[0].instrument_version)
        return render_template(
            "sittings/script.html",
            sitting=sitting,
            instrument=instrument,
            has_before=BEFORE in waves_of(programme, sitting),
            later=is_follow_up(waves_of(programme, sitting)),
            has_after=waves_of(programme, sitting) != (BEFORE,),
            has_cards=has_cards(sitting),
            card_count=card_count(sitting.present),
            code=shown(entry_of(sitting).code),
            address=spoken_address(),
        )
