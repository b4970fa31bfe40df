"""The papers of a session: a letter home, a poster, pair cards to draw, slips, and one page for the adult who runs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import abort, render_template, request
from markupsafe import Markup

from questionnaires.instrument import PRIMARY_AGE
from survey.access import staff
from survey.clock import today
from survey.installation import database
from survey.languages import SOURCE, catalogue, direction, gettext, speaking
from survey.models import Programme, Sitting
from survey.openings import open_languages
from survey.pairing import shown
from survey.posters import card_count, cards, qr, spoken_address
from survey.publishing import instrument_of
from survey.remarks import box_promise, boxes
from survey.sittings.places import ROLES, blueprint, entry_of
from survey.sittings.stages import BEFORE
from survey.waves import has_cards, is_follow_up, reached_sitting, waves_of

OPT_OUT = timedelta(days=7)
"""How long before a session parents are asked to say no, if they wish to."""
GROWN = 18


@dataclass(frozen=True, slots=True)
class Slip:
    """The words of a paper slip, the same as on the last page of a screen."""

    asks: str
    answers: tuple[str, ...]
    lines: tuple[str, ...]
    folds: str

    @classmethod
    def here(cls) -> Slip:
        """The slip in the language that is spoken."""
        return cls(
            gettext("Would you like someone to talk with you?"),
            (
                gettext("No thanks"),
                gettext("Yes, about me"),
                gettext("Yes, I’m worried about someone else"),
                gettext("I just want to ask something"),
            ),
            (
                f"{gettext('Your name and class')}:",
                gettext("Who would you like to talk with?"),
                gettext("When is it safe to find you?"),
            ),
            gettext("Everybody folds this and hands it in."),
        )


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
    """The last page on paper: a slip that everybody hands in, in a language in which children are asked there."""
    with database().reading() as session:
        sitting = reached_sitting(session, sitting_id)
        spoken = _spoken(session.get_one(Programme, sitting.programme_id))
    language = _wanted(spoken)
    with speaking(language):  # theirs, whatever staff read
        slip = Slip.here()
    return render_template(
        "sittings/talk_slips.html",
        sitting=sitting,
        count=card_count(sitting.present),
        slip=slip,
        language=language,
        direction=direction(language),
        languages=[catalogue(code) for code in spoken],
    )


@blueprint.get("/<int:sitting_id>/letter")
@staff(*ROLES)
def letter(sitting_id: int) -> str:
    """What goes home before: what is asked, who sees it, and the day until which a parent can say no (CARE A3)."""
    with database().reading() as session:
        sitting = reached_sitting(session, sitting_id)
        programme = session.get_one(Programme, sitting.programme_id)
        if not has_letter(sitting):
            abort(404)
        spoken = _spoken(programme)
        language = _wanted(spoken)
        waves = waves_of(programme, sitting)
        last_day = sitting.held_on - OPT_OUT
        with speaking(language):  # theirs, whatever staff read
            page = render_template(
                "sittings/_letter.html",
                sitting=sitting,
                programme=programme.name,
                organisation=programme.organisation,
                twice=len(waves) > 1,
                promise=_promise_of(programme),
                has_cards=has_cards(sitting),
                last_day=last_day if last_day >= today() else None,
                address=spoken_address(),
            )
    return render_template(
        "sittings/letter.html",
        sitting=sitting,
        page=Markup(page),  # noqa: S704  (made by the template above, which escapes)
        language=language,
        direction=direction(language),
        languages=[catalogue(code) for code in spoken],
    )


def has_letter(sitting: Sitting) -> bool:
    """Whether a letter goes to parents: where children are asked in a group. Of a service that sees a young person alone no
    letter may tell anybody at home."""
    instrument = instrument_of(sitting.programme.waves[0].instrument_version)
    is_group = instrument.sitting == "group"
    return is_group and instrument.respondent == "young_person" and instrument.ages[0] < GROWN


def _promise_of(programme: Programme) -> str:
    """What is said of boxes where one of the questionnaires has one."""
    for wave in programme.waves:
        instrument = instrument_of(wave.instrument_version)
        if boxes(instrument, wave.wave):
            return box_promise(young=instrument.ages[1] <= PRIMARY_AGE)
    return ""


def _spoken(programme: Programme) -> list[str]:
    """The languages in which children are asked there."""
    found = (code for wave in programme.waves for code in open_languages(wave.instrument_version))
    return list(dict.fromkeys(found)) or [SOURCE]


def _wanted(spoken: list[str]) -> str:
    language = request.args.get("language", spoken[0])
    if language not in spoken:
        abort(404)
    return language


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
            has_letter=has_letter(sitting),
            promise=_promise_of(programme),
            card_count=card_count(sitting.present),
            code=shown(entry_of(sitting).code),
            address=spoken_address(),
        )
