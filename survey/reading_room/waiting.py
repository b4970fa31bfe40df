"""The list of what came: new, opened, decided. Planted notes stand among the new ones and cannot be told from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import g, render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import outbox
from survey.access import staff
from survey.clock import now
from survey.decisions import decision_name
from survey.duty import ROLE
from survey.installation import database
from survey.languages import catalogues, gettext
from survey.models import PlantedNote, Programme, ReaderKey, Setting
from survey.reading_room.colleagues import colleagues
from survey.reading_room.key_pages import UnlockForm
from survey.reading_room.places import Unlocked, blueprint, my_key, visible_remarks
from survey.wave_words import wave_words

SEEN_EVERY = timedelta(minutes=10)


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
            outbox.settle_for(session, kind, g.account.id)
        if mine is not None and mine.key.seen_at < now() - SEEN_EVERY:
            session.get_one(ReaderKey, mine.key.id).seen_at = now()


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
    notes = session.execute(
        select(PlantedNote, Programme, Setting)
        .join(Programme, PlantedNote.programme_id == Programme.id)
        .join(Setting, PlantedNote.setting_id == Setting.id)
        .where(PlantedNote.key_id == mine.key.id, PlantedNote.opened_at.is_(None))
    )
    return [
        Line(
            note.id.hex(),
            "new",
            programme.name,
            setting.name,
            wave_words(note.wave),
            _language("en"),
            is_overdue=False,
            can_open=True,
            decision="",
        )
        for note, programme, setting in notes
    ]


def _language(code: str) -> str:
    known = catalogues().get(code)
    return known.name if known is not None else code
