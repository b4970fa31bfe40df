"""What somebody typed: taken out of the form before anything is stored, sealed to its readers, kept apart from all codes.

With script the words come sealed already and on their own; without it they are sealed here, in the request that brought
them. Either way the store holds envelopes only, and a remark that carries programme, setting, wave and language. Its key is
a keyed hash of the submission's id and the words, so that sending again keeps nothing twice and changed words are kept too;
nobody can compute it from what is stored. While a remark is unread it says when somebody else has to look, in half hours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from questionnaires.instrument import Instrument, Item, text
from survey import outbox
from survey.database import Database
from survey.duty import Desk, desk_of, living_keys
from survey.envelopes import WordsRefused, filled, open_with, seal_to, whole
from survey.escalation import Kinds, Line, Waits, tell_next, tell_readers, undecided_until, unread_until
from survey.intake import count_in
from survey.languages import gettext
from survey.models import Envelope, Remark
from survey.pauses import stands_still
from survey.responses import Place, Submission
from survey.sealing import Keys, SealBroken

UNREAD = Kinds("remark_overdue", "remark_without_lead")
UNDECIDED = Kinds("remark_undecided", "remark_without_lead")
KINDS = (UNREAD, UNDECIDED)


class Said(NamedTuple):
    """What was typed into one box: the question as it was asked, the words, and whether they may be printed."""

    asked: str
    said: str
    may_print: str = ""


def boxes(instrument: Instrument, wave: str) -> tuple[Item, ...]:
    """The items of a wave that ask for words."""
    return tuple(item for page in instrument.pages for item in page.items if item.kind == "text" and wave in item.waves)


def box_promise(*, young: bool) -> str:
    """What everybody is told before a questionnaire with a box, on the screen and aloud (CARE A1)."""
    if young:
        return gettext("If you write that a child is being hurt, a grown-up reads it and must try to help.")
    return gettext(
        "What you type is different: a trained adult reads it. If it says someone is being hurt, they have to tell people "
        "whose job is to keep children safe, and may try to find out who needs help. If you want help yourself, don’t wait "
        "for us: use Get help."
    )


def desk_here(database: Database, place: Place, moment: datetime, *, arriving: bool = False) -> Desk | None:
    """Who reads what is typed at a place now; None where no box is served.

    `arriving`: for what was typed while the box was there and is sent only now. Neither the last hour of duty nor a stop
    switch that was pressed meanwhile keeps it from its readers.
    """
    if place.mode != "private":
        return None
    if not arriving and stands_still(database, place.programme_id, place.setting_id):
        return None
    with database.reading() as session:
        return desk_of(session, place.programme_id, place.setting_id, place.language, moment, last_hour_too=arriving)


def typed_words(instrument: Instrument, place: Place, fields: Mapping[str, Sequence[str]]) -> tuple[Said, ...]:
    """Everything that was typed into boxes, whether they were asked for or not: no word of a child is dropped."""
    found = []
    for item in boxes(instrument, place.wave):
        said = "\n".join(fields.get(item.key, ())).strip()
        if said:
            found.append(
                Said(text(item.text, place.language)[0], said, next(iter(fields.get(f"{item.key}.print", ())), ""))
            )
    return tuple(found)


def without_words(instrument: Instrument, place: Place, submission: Submission) -> Submission:
    """The same form without a word of what was typed, so that nothing of it can lie beside codes, hashed or kept aside."""
    names = {name for item in boxes(instrument, place.wave) for name in (item.key, f"{item.key}.print")}
    if not names & submission.fields.keys():
        return submission
    pairs = parse_qsl(submission.body.decode("ascii"), keep_blank_values=True)
    body = urlencode([pair for pair in pairs if pair[0] not in names]).encode()
    fields = {name: values for name, values in submission.fields.items() if name not in names}
    return replace(submission, fields=fields, body=body)


def bound_to(place_of_words: Place | Remark, key_id: str) -> str:
    """What an envelope is bound to: it opens nowhere else."""
    one = place_of_words
    return f"heard-words-1/{one.programme_id}/{one.setting_id}/{one.wave}/{one.language}/{key_id}"


def seal_words(desk: Desk, chosen: str, place: Place, words: Sequence[Said]) -> dict[str, bytes]:
    """Seal words to everybody who may read them: key id -> envelope, all of the same length."""
    plain = json.dumps([one._asdict() for one in words], ensure_ascii=False).encode()
    return {one.key_id: seal_to(one.public_key, bound_to(place, one.key_id), filled(plain)) for one in desk.of(chosen)}


def open_words(remark: Remark, key_id: str, private: bytes, sealed: bytes) -> tuple[Said, ...]:
    """The words of an envelope; raises `SealBroken` for one that was not sealed for this place or holds no words."""
    plain = open_with(private, bound_to(remark, key_id), sealed)
    try:
        return tuple(
            Said(whole(one["asked"])[:1000], whole(one["said"]), whole(one.get("may_print", ""))[:10])
            for one in json.loads(plain)
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as fault:
        raise SealBroken("words") from fault


def keep_words(
    database: Database,
    keys: Keys,
    place: Place,
    submission_id: str,
    chosen: str,
    envelopes: Mapping[str, bytes],
    content: bytes,
    moment: datetime,
) -> None:
    """Keep sealed words, once; `content` is what makes the same words the same.

    Raises
    ------
    WordsRefused
        When they are not sealed to two readers of this place, one of them outside the school; or come too late, or too many.
    """
    remark_id = keys.mac("remark", submission_id.encode(), content)[:16]
    try:
        with database.writing() as session:
            if session.get(Remark, remark_id) is None:
                count_in(session, keys, place, "words", moment)
                _keep(session, place, remark_id, chosen, envelopes, moment)
    except IntegrityError:
        with database.reading() as session:
            if session.get(Remark, remark_id) is None:
                raise  # not the same words, twice at once: nobody has kept these


def _keep(
    session: Session, place: Place, remark_id: bytes, chosen: str, envelopes: Mapping[str, bytes], moment: datetime
) -> None:
    known = living_keys(session, place.programme_id, place.setting_id, moment)
    kept = {
        key_id: envelope
        for key_id, envelope in envelopes.items()
        if key_id in known and (known[key_id] or chosen == "school")
    }
    if len(kept) < 2 or not any(known[key_id] for key_id in kept):
        raise WordsRefused("readers")
    remark = Remark(
        id=remark_id,
        programme_id=place.programme_id,
        setting_id=place.setting_id,
        wave=place.wave,
        language=place.language,
        mode=place.mode,
        chosen=chosen,
        due_at=unread_until(moment),
    )
    session.add(remark)
    session.flush()
    session.add_all(Envelope(remark_id=remark_id, key_id=key_id, sealed=sealed) for key_id, sealed in kept.items())
    _tell(session, remark, set(kept), moment)


def _tell(session: Session, remark: Remark, key_ids: set[str], moment: datetime) -> None:
    """Tell readers now, and those who come next when it stays unread, in the same transaction. No letter names the remark."""
    what = _waits(remark, key_ids)
    tell_readers(session, "remark_waiting", _programme_subject(remark), what, moment, tasks=("reader",))
    tell_next(session, UNREAD, _unread_subject(remark), what, unread_until(moment))


def await_decision(session: Session, remark: Remark, moment: datetime) -> None:
    """Somebody has opened a remark: its clock of unread words ends, and that of words without a decision begins."""
    # Letters on unread words named the remark once; one that was written then must not outlive the upgrade.
    outbox.forget_subject(session, subject_of(remark), kinds=UNREAD)
    _leave_unread(session, remark, moment)
    due, what = undecided_until(moment), _waits(remark, _keys_of(session, remark))
    tell_next(session, UNDECIDED, subject_of(remark), what, due, opened_by=remark.opened_by)


def _waits(remark: Remark, key_ids: set[str]) -> Waits:
    return Waits(remark.programme_id, remark.setting_id, key_ids, remark.chosen == "school")


def line_of(session: Session, subject: str) -> Line | None:
    """Who comes next for the words that letters on a subject tell of; None where none of them wait any more."""
    match subject.split():
        case ["remarks", programme_id, setting_id, chosen]:
            here = (Remark.programme_id == int(programme_id), Remark.setting_id == int(setting_id))
            unread = select(Remark.id).where(*here, Remark.chosen == chosen, Remark.state == "new")
            sealed_to = set(session.scalars(select(Envelope.key_id).where(Envelope.remark_id.in_(unread))))
            what = Waits(int(programme_id), int(setting_id), sealed_to, chosen == "school")
            return Line(UNREAD, what) if sealed_to else None
        case ["remark", remark_id]:
            remark = session.get(Remark, bytes.fromhex(remark_id))
            if remark is not None and remark.state == "opened":
                return Line(UNDECIDED, _waits(remark, _keys_of(session, remark)), remark.opened_by)
    return None


def _keys_of(session: Session, remark: Remark) -> set[str]:
    return set(session.scalars(select(Envelope.key_id).where(Envelope.remark_id == remark.id)))


def _leave_unread(session: Session, remark: Remark, moment: datetime) -> None:
    """One unread remark less: letters on those of its place and chosen reader go with the last of them, and otherwise wait
    until the next one is overdue."""
    alike = (Remark.programme_id == remark.programme_id, Remark.setting_id == remark.setting_id)
    unread = (*alike, Remark.chosen == remark.chosen, Remark.state == "new")
    next_due = session.scalar(select(func.min(Remark.due_at)).where(*unread))
    if next_due is None:
        outbox.forget_subject(session, _unread_subject(remark))
        anywhere = select(Remark.id).where(Remark.programme_id == remark.programme_id, Remark.state == "new").limit(1)
        if session.scalar(anywhere) is None:
            outbox.forget_subject(session, _programme_subject(remark))
    elif next_due > moment:  # whoever was told of words that are overdue knows of these
        outbox.put_off(session, _unread_subject(remark), next_due)


def _programme_subject(remark: Remark) -> str:
    """What the letter of the moment names: one for all that come before its reader does."""
    return f"programme {remark.programme_id}"


def _unread_subject(remark: Remark) -> str:
    """What letters on unread words name: the place and who was to read them, so that each has one reason for each person."""
    return f"remarks {remark.programme_id} {remark.setting_id} {remark.chosen}"


def subject_of(remark: Remark) -> str:
    """A remark as messages and the record of acts name it."""
    return f"remark {remark.id.hex()}"
