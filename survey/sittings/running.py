"""Running a session: one page that shows where it stands, the one next step, and how many have finished, in steps."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, g, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Reply

from survey.access import organisations_of, staff
from survey.installation import database, keys
from survey.languages import gettext
from survey.models import SMALL_SITTING, Participation, Sitting
from survey.opened import unfinished
from survey.pairing import shown
from survey.pauses import STOPPERS, notices_of, pauses_over
from survey.posters import spoken_address
from survey.sealed_answers import can_open
from survey.sittings.acts import OutOfOrder, current_stage, finished_count, perform
from survey.sittings.places import ROLES, blueprint, entry_of
from survey.sittings.printing import has_letter
from survey.sittings.stages import BEFORE, Act, Stage, shown_head_count, steps_of
from survey.waves import has_cards, is_follow_up, openings_of, reached_sitting, waves_of


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the open wave has come, as far as anybody may see."""

    wave: str
    about: int | None
    present: int
    unfinished: int


@blueprint.get("/<int:sitting_id>/")
@staff(*ROLES)
def show(sitting_id: int) -> str:
    """Where the session stands and what comes next."""
    return _page(sitting_id)


def _page(sitting_id: int, refusal: str | None = None) -> str:
    with database().reading() as session:
        sitting = reached_sitting(session, sitting_id)
        stage = current_stage(session, sitting)
        progress = _progress(session, sitting)
        school = session.get(Participation, (sitting.programme_id, sitting.setting_id))
        may_wait = can_open(session, sitting_id)
        pauses = notices_of(pauses_over(session, sitting.programme_id, sitting.setting_id))
        goes_home = has_letter(sitting)
    waves = waves_of(sitting.programme, sitting)
    has_before, later = BEFORE in waves, is_follow_up(waves)
    return render_template(
        "sittings/show.html",
        sitting=sitting,
        stage=stage.value,
        title=_title(stage, has_before=has_before, later=later),
        steps=[(_step_words(key, later=later), state) for key, state in steps_of(stage, waves)],
        progress=progress,
        may_wait=may_wait,
        code=shown(entry_of(sitting).code),
        has_before=has_before,
        later=later,
        drawn=sitting.only_wave,
        waits=school is not None and school.arm == "later",
        has_cards=has_cards(sitting),
        has_letter=goes_home,
        few=sitting.present < SMALL_SITTING,
        sees_page=sitting.setting.organisation_id in organisations_of(*ROLES),
        over_roll=school.on_roll if school and sitting.present > school.on_roll else None,
        refusal=refusal,
        pauses=pauses,
        may_stop=any(one.role in STOPPERS for one in g.grants),
        said=request.args.get("said", ""),
    )


def _progress(session: Session, sitting: Sitting) -> Progress | None:
    """The newest wave's head count, or None while nothing was opened."""
    openings = openings_of(session, sitting.id)
    newest = next((openings[wave] for wave in reversed(waves_of(sitting.programme, sitting)) if wave in openings), None)
    if newest is None:
        return None
    return Progress(
        newest.wave, shown_head_count(finished_count(session, newest)), sitting.present, unfinished(session, newest.id)
    )


def _title(stage: Stage, *, has_before: bool, later: bool) -> str:
    match stage:
        case Stage.WAITING:
            return gettext("This session is set up")
        case Stage.READY:
            return gettext("Open the before questions")
        case Stage.BEFORE_OPEN:
            return gettext("The before questions are open")
        case Stage.BEFORE_CLOSED:
            return gettext("The play or lesson is next")
        case Stage.PLAYING:
            if later:
                return gettext("Open the follow-up questions")
            return gettext("The play or lesson is on") if has_before else gettext("Open the after questions")
        case Stage.AFTER_OPEN:
            return gettext("The follow-up questions are open") if later else gettext("The after questions are open")
        case Stage.FINISHED:
            return gettext("This session is finished")
        case Stage.OVER:
            return gettext("This programme is closed")


def _step_words(key: str, *, later: bool) -> str:
    match key:
        case "set_up":
            return gettext("Session set up")
        case "before":
            return gettext("Before questions")
        case "play":
            return gettext("The play or lesson")
        case "after":
            return gettext("Follow-up questions") if later else gettext("After questions")
        case _:
            return gettext("Your school’s page")


@blueprint.post("/<int:sitting_id>/do/<act>")
@staff(*ROLES)
def do(sitting_id: int, act: str) -> Reply | tuple[str, int]:
    """Do one act; what is out of order changes nothing and is refused kindly."""
    if act not in {known.value for known in Act}:
        abort(404)
    with database().reading() as session:
        sitting = reached_sitting(session, sitting_id)
        later = is_follow_up(waves_of(sitting.programme, sitting))
    try:
        with database().writing() as session:
            perform(session, keys(), g.account.id, session.get_one(Sitting, sitting_id), Act(act))
    except OutOfOrder:
        return _page(sitting_id, _refusal(Act(act), later=later)), 409
    # What is said above the card also moves the next step's button from under a finger that presses twice.
    said = "started" if act == Act.START_PLAY.value else None
    return redirect(url_for("sittings.show", sitting_id=sitting_id, said=said), 303)


def _refusal(act: Act, *, later: bool) -> str:
    if later and act is not Act.CLOSE_AFTER:
        return gettext(
            "The follow-up questions could not be opened: they are open already, or this session is finished."
        )
    if later:
        return gettext("The follow-up questions could not be closed: they are not open.")
    match act:
        case Act.OPEN_BEFORE:
            return gettext(
                "The before questions could not be opened: they are open already, or the play or lesson has started."
            )
        case Act.CLOSE_BEFORE:
            return gettext("The before questions could not be closed: they are not open.")
        case Act.START_PLAY:
            return gettext("The play or lesson has been started already.")
        case Act.OPEN_AFTER:
            return gettext(
                "The after questions could not be opened: they are open already, or the play or lesson has not started."
            )
        case Act.CLOSE_AFTER:
            return gettext("The after questions could not be closed: they are not open.")


@blueprint.get("/<int:sitting_id>/finish")
@staff(*ROLES)
def finish(sitting_id: int) -> str | Reply:
    """Ask once more before the act that cannot be undone."""
    with database().reading() as session:
        sitting = reached_sitting(session, sitting_id)
        progress = _progress(session, sitting)
        if current_stage(session, sitting) is not Stage.AFTER_OPEN:
            return redirect(url_for("sittings.show", sitting_id=sitting_id), 303)
        later = is_follow_up(waves_of(sitting.programme, sitting))
    return render_template("sittings/finish.html", sitting=sitting, progress=progress, later=later)


@blueprint.get("/<int:sitting_id>/wall")
@staff(*ROLES)
def wall(sitting_id: int) -> str:
    """The code for the projector, readable from the back of a hall, and nothing else."""
    with database().reading() as session:
        sitting = reached_sitting(session, sitting_id)
    return render_template("sittings/wall.html", code=shown(entry_of(sitting).code), address=spoken_address())
