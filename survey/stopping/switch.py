"""One page: what stands still, and the switch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flask import g, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.wrappers import Response as Reply
from wtforms import RadioField, TextAreaField, ValidationError

from survey import audit, outbox
from survey.access import staff
from survey.clock import now
from survey.forms import Longest, Needed, StaffForm
from survey.installation import database, keys
from survey.languages import N_, gettext
from survey.models import Participation, Pause, Programme, Setting
from survey.pauses import name_of
from survey.stopping.places import ROLES, blueprint, my_pause, my_pauses, my_programmes, my_schools


class StopForm(StaffForm):
    """What to stop, and why. The reason is for colleagues: children never read it."""

    what = RadioField(N_("What do you stop?"), validate_choice=False)
    reason = TextAreaField(
        N_("Why?"),
        [Needed(N_("Say in a few words why.")), Longest(300)],
        description=N_("A few words for your colleagues, without names. Children never see them."),
    )

    def validate_what(self, field: RadioField) -> None:
        """One of those that may be stopped."""
        if field.data not in [choice[0] for choice in field.choices or ()]:
            raise ValidationError(gettext("Choose what to stop."))


class GoOnForm(StaffForm):
    """Why it may go on."""

    reason = TextAreaField(
        N_("Why can it go on?"),
        [Needed(N_("Say in a few words why.")), Longest(300)],
        description=N_("What was done, in a few words and without names."),
    )


class Still(NamedTuple):
    """Something that stands still, as the page shows it."""

    pause: Pause
    name: str
    is_mine: bool
    form: GoOnForm


@blueprint.get("/")
@staff(*ROLES)
def index() -> str:
    """What stands still, and the switch."""
    with database().writing() as session:
        outbox.settle_for(session, "pause_changed", g.account.id)
    return _page()


def _page(form: StopForm | None = None, at: int = 0, refused: GoOnForm | None = None) -> str:
    with database().reading() as session:
        found = my_pauses(session)
        still = [_still(one, refused if one.id == at else None) for one in found]
        offered = form or _form(session)
    return render_template("stopping/index.html", still=still, form=offered, said=request.args.get("said", ""))


def _still(pause: Pause, refused: GoOnForm | None) -> Still:
    _ = (pause.starter.name, pause.asker.name if pause.asker else "")  # read while the session is here
    form = refused or GoOnForm(prefix=f"p{pause.id}-")
    return Still(pause, name_of(pause), pause.asked_by == g.account.id, form)


def _form(session: Session, given: ImmutableMultiDict[str, str] | None = None) -> StopForm:
    form = StopForm(given)
    still = my_pauses(session)
    schools, programmes = {one.setting_id for one in still}, {one.programme_id for one in still}
    form.what.choices = [
        *((f"school {one.id}", one.name) for one in my_schools(session) if one.id not in schools),
        *(
            (f"programme {one.id}", gettext("The whole programme %(name)s, everywhere", name=one.name))
            for one in my_programmes(session)
            if one.id not in programmes
        ),
    ]
    return form


@blueprint.post("/")
@staff(*ROLES, keeps_typed=True)
def stop_now() -> Reply | tuple[str, int]:
    """Stop one school or one programme at once."""
    with database().reading() as session:
        form = _form(session, request.form)
    if not form.validate() or g.only_shown:
        return _page(form), 422
    try:
        with database().writing() as session:
            _stop(session, form.what.data, form.reason.data or "")
    except IntegrityError:  # somebody else stopped it at the same moment: it stands still
        return redirect(url_for("stopping.index"), 303)
    return redirect(url_for("stopping.index", said="stopped"), 303)


def _stop(session: Session, what: str, reason: str) -> None:
    kind, _, number = what.partition(" ")
    pause = Pause(reason=reason, started_by=g.account.id, started_at=now())
    if kind == "school":
        pause.setting_id = session.get_one(Setting, int(number)).id
    else:
        pause.programme_id = session.get_one(Programme, int(number)).id
    session.add(pause)
    session.flush()
    audit.record(session, keys(), g.account.id, "pause.started", what, reason)
    _tell(session, pause)


def _tell(session: Session, pause: Pause) -> None:
    """Tell whoever runs or guards the programmes that this stops."""
    concerned: Sequence[int | None] = [pause.programme_id]
    if pause.setting_id is not None:
        concerned = session.scalars(
            select(Participation.programme_id)
            .join(Programme, Participation.programme_id == Programme.id)
            .where(Participation.setting_id == pause.setting_id, Programme.status != "closed")
        ).all()
    for programme_id in concerned:
        for role in ROLES:
            outbox.add(session, "pause_changed", f"pause {pause.id}", role=role, programme_id=programme_id)


@blueprint.post("/<int:pause_id>/go-on")
@staff(*ROLES, keeps_typed=True)
def go_on(pause_id: int) -> Reply | tuple[str, int]:
    """Ask to go on; or agree, when somebody else has asked."""
    form = GoOnForm(request.form, prefix=f"p{pause_id}-")
    with database().writing() as session:
        pause = my_pause(session, pause_id)
        if pause.asked_by == g.account.id:  # nobody agrees with themselves
            return redirect(url_for("stopping.index", said="wait"), 303)
        if form.validate() and not g.only_shown:
            return redirect(url_for("stopping.index", said=_agree(session, pause, form.reason.data or "")), 303)
    return _page(at=pause_id, refused=form), 422


def _agree(session: Session, pause: Pause, reason: str) -> str:
    """The first of two asks, the second ends it."""
    subject = f"pause {pause.id}"
    outbox.settle(session, subject)
    if pause.asked_by is None:
        pause.asked_by, pause.asked_because = g.account.id, reason
        audit.record(session, keys(), g.account.id, "pause.asked_to_end", subject, reason)
        _tell(session, pause)
        return "asked"
    pause.ended_by, pause.ended_at = g.account.id, now()
    audit.record(session, keys(), g.account.id, "pause.ended", subject, reason)
    return "ended"


@blueprint.post("/<int:pause_id>/keep")
@staff(*ROLES)
def keep_still(pause_id: int) -> Reply:
    """Say no to going on, or take one's own asking back: it stands still, and two people are needed again."""
    with database().writing() as session:
        pause = my_pause(session, pause_id)
        if pause.asked_by is not None:
            pause.asked_by = pause.asked_because = None
            outbox.settle(session, f"pause {pause.id}")
            audit.record(session, keys(), g.account.id, "pause.kept", f"pause {pause.id}")
    return redirect(url_for("stopping.index", said="kept"), 303)
