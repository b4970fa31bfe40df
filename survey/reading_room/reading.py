"""One remark: opened by a person, read, decided, and put on record word for word. Each look stands in the record of acts."""

from __future__ import annotations

from flask import Response, abort, g, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Reply

from survey import audit, outbox, pdf
from survey.access import staff
from survey.clock import PLACE, now, today
from survey.decisions import DecisionForm, decision_name, write_decision
from survey.duty import ROLE
from survey.installation import database, keys
from survey.languages import gettext
from survey.models import Account, AuditEntry, Envelope, PlantedNote, Programme, Remark, Setting
from survey.planting import prove
from survey.reading_room.places import Unlocked, blueprint, my_key, planted_note, seen_remark
from survey.remarks import Said, await_decision, open_words, subject_of
from survey.retention import MONTHS
from survey.sealing import SealBroken
from survey.wave_words import wave_words


@blueprint.post("/<remark_id>/open")
@staff(ROLE)
def open_remark(remark_id: str) -> Reply | str:
    """Open what was written: from now on somebody has read it, and it waits for a decision."""
    with database().reading() as session:
        mine = my_key(session)
        note = planted_note(session, remark_id)
    if mine is None or mine.private is None:
        return redirect(url_for("reading_room.index"), 303)
    if note is not None:
        return _open_planted(note, mine)
    with database().writing() as session:
        remark, *_, can_open = seen_remark(session, remark_id)
        if not can_open:
            abort(404)
        session.refresh(remark, with_for_update=True)
        if _words(session, remark, mine) is None:  # nobody has read it: the clock goes on for the others
            audit.record(session, keys(), g.account.id, "remark.did_not_open", subject_of(remark))
            return render_template("reading_room/planted.html", proved=None)
        if remark.state == "new":
            remark.state, remark.opened_by, remark.due_at = "opened", g.account.id, None
            await_decision(session, remark, now())
            audit.record(session, keys(), g.account.id, "remark.opened", subject_of(remark))
    return redirect(url_for("reading_room.show", remark_id=remark_id), 303)


def _open_planted(note: PlantedNote, mine: Unlocked) -> str:
    try:
        with database().writing() as session:
            key = session.get_one(type(mine.key), mine.key.id)
            prove(session.get_one(PlantedNote, note.id), key, mine.private or b"", now())
            audit.record(session, keys(), g.account.id, "reader_key.proved", f"key {key.id}")
    except SealBroken:
        return render_template("reading_room/planted.html", proved=False)
    return render_template("reading_room/planted.html", proved=True)


def _words(session: Session, remark: Remark, mine: Unlocked | None) -> tuple[Said, ...] | None:
    """What was written; None while the key is locked, or when the envelope does not open."""
    envelope = session.get(Envelope, (remark.id, mine.key.id)) if mine is not None else None
    if mine is None or mine.private is None or envelope is None:
        return None
    try:
        return open_words(remark, mine.key.id, mine.private, envelope.sealed)
    except SealBroken:
        return None


@blueprint.get("/<remark_id>/")
@staff(ROLE)
def show(remark_id: str) -> Reply | str:
    """What was written, and what was done about it."""
    return _page(remark_id, "reading_room/show.html", "remark.read")


@blueprint.get("/<remark_id>/record")
@staff(ROLE)
def record(remark_id: str) -> Reply | str:
    """The same word for word, to be printed and kept in a safeguarding record."""
    return _page(remark_id, "reading_room/record.html", "remark.put_on_record")


@blueprint.get("/<remark_id>/record.pdf")
@staff(ROLE)
def record_file(remark_id: str) -> Reply:
    """The same as a file."""
    page = _page(remark_id, "reading_room/record.html", "remark.put_on_record")
    if not isinstance(page, str):
        return page
    if not pdf.available():
        abort(404)
    reply = Response(pdf.made(page), mimetype="application/pdf")
    reply.headers["Content-Disposition"] = f'attachment; filename="record-{remark_id[:8]}.pdf"'
    return reply


def _page(remark_id: str, template: str, act: str, form: DecisionForm | None = None) -> Reply | str:
    with database().reading() as session:
        mine = my_key(session)
        remark, programme, setting, _ = seen_remark(session, remark_id)
        words = _words(session, remark, mine)
        names = {one: _name(session, one) for one in (remark.opened_by, remark.decided_by)}
        opened_on = session.scalar(
            select(AuditEntry.at).where(AuditEntry.action == "remark.opened", AuditEntry.subject == subject_of(remark))
        )
    locked = mine is None or mine.private is None
    if remark.state == "new" or (locked and form is None):  # opening is an act of its own
        return redirect(url_for("reading_room.index"), 303)
    if words is not None:
        with database().writing() as session:
            audit.record(session, keys(), g.account.id, act, subject_of(remark))
    return render_template(
        template,
        remark=remark,
        remark_id=remark_id,
        words=words,
        locked=locked,
        form=form or DecisionForm(None, remark),
        names=names,
        opened_on=opened_on.astimezone(PLACE).date() if opened_on is not None else None,
        decision=decision_name(remark.decision),
        made_on=today(),
        has_pdf=pdf.available(),
        months=MONTHS,
        **_where(remark, programme, setting),
    )


def _where(remark: Remark, programme: Programme, setting: Setting) -> dict[str, str]:
    chosen = (
        gettext("a safeguarding adult at the school, and those outside it")
        if remark.chosen == "school"
        else gettext("only somebody who does not work at the school")
    )
    return {
        "programme": programme.name,
        "setting": setting.name,
        "wave": wave_words(remark.wave),
        "chosen": chosen,
    }


def _name(session: Session, account_id: int | None) -> str:
    return session.get_one(Account, account_id).name if account_id is not None else ""


@blueprint.post("/<remark_id>/")
@staff(ROLE, keeps_typed=True)
def decide(remark_id: str) -> Reply | str | tuple[Reply | str, int]:
    """Say what was done about it. A later decision takes the place of an earlier one; both stay in the record of acts."""
    with database().writing() as session:
        remark, *_, can_open = seen_remark(session, remark_id)
        if remark.state == "new" or not can_open:
            abort(404)
        form = DecisionForm(request.form, remark)
        if form.validate() and not g.only_shown:
            _decide(session, remark, form)
            return redirect(url_for("reading_room.index"), 303)
    return _page(remark_id, "reading_room/show.html", "remark.read", form), 422


def _decide(session: Session, remark: Remark, form: DecisionForm) -> None:
    write_decision(remark, form, g.account.id)
    outbox.forget_subject(session, subject_of(remark))
    audit.record(session, keys(), g.account.id, f"remark.{remark.decision}", subject_of(remark))
