"""The list of what came: new, opened, decided. Planted notes stand among the new ones and cannot be told from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import g, render_template
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from survey import outbox
from survey.access import staff
from survey.clock import now
from survey.decisions import decision_name
from survey.duty import ROLE
from survey.escalation import unread_until
from survey.installation import database
from survey.languages import catalogues, gettext
from survey.models import PlantedNote, Programme, ReaderKey, Setting
from survey.reading_room.colleagues import colleagues
from survey.reading_room.key_pages import UnlockForm
from survey.reading_room.places import Unlocked, blueprint, my_key, visible_remarks
from survey.wave_words import wave_words

SEEN_EVERY = timedelta(minutes=10)
OWN_STAYS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list."""

    id: str
    state: str
    programme: str
    setting: str
    wave: str
    language: str
    is_overdue: bool
    can_open: bool
    decision: str


@blueprint.get("/")
@staff(ROLE)
def index() -> str:
    """What waits for this reader, what they opened, and what was decided."""
    with database().reading() as session:
        mine = my_key(session)
        lines, others = _lines(session, mine), colleagues(session)
    _came(mine)
    groups = [(state, title, [one for one in lines if one.state == state]) for state, title in _titles()]
    return render_template("reading_room/index.html", mine=mine, form=UnlockForm(), groups=groups, colleagues=others)


def _came(mine: Unlocked | None) -> None:
    """Remember that the reader was here, and that they have seen what waits."""
    with database().writing() as session:
        for kind in ("remark_waiting", "duty_given"):
            outbox.settle_for(session, kind, g.account.id, only_due=True)  # that of a note may lie ahead
        outbox.settle_for(session, "key_replaced", g.account.id, subjects=_of_others(session, mine))
        if mine is not None and mine.key.seen_at < now() - SEEN_EVERY:
            session.get_one(ReaderKey, mine.key.id).seen_at = now()


def _of_others(session: Session, mine: Unlocked | None) -> list[str]:
    """The letters on new keys that a look at this page settles. Not the one on one's own key, for a day: whoever made it in
    somebody's name would look here before it has gone."""
    found = outbox.waiting_for(session, "key_replaced", g.account.id)
    if mine is None or mine.key.made_at < now() - OWN_STAYS:
        return found
    return [one for one in found if one != f"key {mine.key.id}"]


def _titles() -> Sequence[tuple[str, str]]:
    return (("new", gettext("New")), ("opened", gettext("Opened, to be decided")), ("decided", gettext("Decided")))


def _lines(session: Session, mine: Unlocked | None) -> list[Line]:
    moment = now()
    lines = [
        Line(
            remark.id.hex(),
            remark.state,
            programme.name,
            setting.name,
            wave_words(remark.wave),
            _language(remark.language),
            is_overdue=remark.state == "new" and remark.due_at is not None and remark.due_at <= moment,
            can_open=can_open,
            decision=decision_name(remark.decision),
        )
        for remark, programme, setting, can_open in visible_remarks(session)
    ]
    return sorted(lines + _planted(session, mine), key=lambda line: (not line.is_overdue, line.id))


def _planted(session: Session, mine: Unlocked | None) -> list[Line]:
    if mine is None:
        return []
    moment = now()
    notes = session.execute(
        select(PlantedNote, Programme, Setting)
        .join(Programme, PlantedNote.programme_id == Programme.id)
        .join(Setting, PlantedNote.setting_id == Setting.id)
        .where(PlantedNote.key_id == mine.key.id, PlantedNote.opened_at.is_(None))
        .where(or_(PlantedNote.comes_at.is_(None), PlantedNote.comes_at <= moment))
    )
    return [
        Line(
            note.id.hex(),
            "new",
            programme.name,
            setting.name,
            wave_words(note.wave),
            _language(note.language),
            is_overdue=note.comes_at is not None and unread_until(note.comes_at) <= moment,
            can_open=True,
            decision="",
        )
        for note, programme, setting in notes
    ]


def _language(code: str) -> str:
    known = catalogues().get(code)
    return known.name if known is not None else code
