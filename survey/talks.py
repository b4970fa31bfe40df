"""Asking for somebody to talk with: the same sealed slip from everybody, so that asking singles nobody out (CARE B5).

"No thanks" takes the very same way: as many envelopes, of one size, the same statements, the same letters to readers. So
neither the store, nor a size, nor a time tells who asked; only a reader's key does. Nothing on a slip leads to answers. With
script it comes sealed already; its id is a keyed hash of a random one that the page carries, so that what is sent again after
a lost reply is kept once.

A "No thanks" with nothing beside it goes as soon as it is sorted. One with words in its lines is kept and read as any other:
who cannot be seen to ask may write it there.

Readers are told once for each session, deputies and leads when its slips still wait after two working hours: what lies at one
school silences nothing at another. A slip that was opened has a clock of its own, until somebody says what they did.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey import outbox
from survey.database import Database
from survey.duty import Desk, living_keys
from survey.envelopes import PADDING, WordsRefused, open_with, read_envelopes, seal_to, whole
from survey.escalation import Kinds, Line, Waits, tell_next, tell_readers, undecided_until, unread_until
from survey.intake import count_in
from survey.models import DUTY_TASKS, Account, Duty, ReaderKey, Sitting, TalkEnvelope, TalkSlip
from survey.remarks import desk_here
from survey.responses import Place
from survey.sealing import Keys, SealBroken

ASKS = ("none", "self", "else", "know")
"""No thanks; about me; worried about somebody else; just want to ask something."""
LONGEST = 200
SIZE = 4096
"""Bytes of every slip before it is sealed; the longest that can be typed fits."""
AROUND = 65 + 16
"""What sealing adds: a point of the curve and a tag."""
AT_ONCE = 50
"""So many slips are sorted in one transaction: writing them down takes a small part of what a child's Send waits."""
UNSORTED = Kinds("talk_overdue", "talk_without_lead")
WAITING = ("sealed", "new")
NOT_SEEN_TO = Kinds("talk_not_seen_to", "talk_without_lead")
KINDS = (UNSORTED, NOT_SEEN_TO)


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands on a slip."""

    asks: str
    name: str = ""
    who: str = ""
    when: str = ""

    @property
    def says_nothing(self) -> bool:
        """Whether it asks for nobody and holds not a word: then no reader has to look."""
        return self.asks == "none" and not (self.name + self.who + self.when).strip()


NOTHING = Asked("none")


def talk_is_offered(database: Database, place: Place, moment: datetime) -> bool:
    """Whether the last page is there: only while somebody named reads for this school, now."""
    desk = desk_here(database, place, moment)
    return desk is not None and desk.is_read_now


def names_of(session: Session, desk: Desk) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who reads the slips: those outside the school, and those at it; nobody is named to a child who does not work when
    somebody reads."""
    outside = {one.key_id: one.is_outside for one in desk.recipients if one.is_at_work}
    found = session.execute(
        select(ReaderKey.id, Account.name)
        .join(Account, ReaderKey.account_id == Account.id)
        .where(ReaderKey.id.in_(list(outside)))
        .order_by(Account.name)
    ).all()
    return (
        tuple(name for key_id, name in found if outside[key_id]),
        tuple(name for key_id, name in found if not outside[key_id]),
    )


def bound_here(database: Database, place: Place) -> str:
    """What a browser binds the envelopes of a slip to, but for the reader's key that follows."""
    with database.reading() as session:
        return _bound_to(_empty_slip(session, place, b""), "")


def _empty_slip(session: Session, place: Place, slip_id: bytes) -> TalkSlip:
    held_on = session.get_one(Sitting, place.sitting_id).held_on
    return TalkSlip(
        id=slip_id,
        programme_id=place.programme_id,
        setting_id=place.setting_id,
        held_on=held_on,
        language=place.language,
    )


def seal_slip(database: Database, place: Place, desk: Desk, asked: Asked, chosen: str) -> dict[str, bytes]:
    """A slip that came openly: readers who were not chosen get one that says nothing."""
    meant = {one.key_id for one in desk.of(chosen)}
    bound_to = bound_here(database, place)
    return {
        one.key_id: seal_to(one.public_key, bound_to + one.key_id, _plain(asked if one.key_id in meant else NOTHING))
        for one in desk.recipients
    }


def read_slip(database: Database, place: Place, sealed: str, moment: datetime) -> dict[str, bytes]:
    """The envelopes of a slip that a browser has sealed.

    Raises
    ------
    WordsRefused
        When they are not of the one size, or not for two readers who are on duty here, one of them outside the school.
    """
    envelopes = read_envelopes(sealed)
    with database.reading() as session:
        known = living_keys(session, place.programme_id, place.setting_id, moment)
    kept = {key_id: one for key_id, one in envelopes.items() if key_id in known and len(one) == SIZE + AROUND}
    if len(kept) < max(2, len(envelopes)) or not any(known[key_id] for key_id in kept):
        raise WordsRefused("readers")
    return kept


def keep_slip(
    database: Database,
    keys: Keys,
    place: Place,
    sent_as: str,
    envelopes: Mapping[str, bytes],
    content: bytes,
    moment: datetime,
) -> None:
    """Keep one slip, whatever stands on it, once: sent again under the same id with the same content it is the same slip.

    Raises
    ------
    WordsRefused
        When it comes too late, or too many have come.
    """
    slip_id = keys.mac("talk slip", sent_as.encode(), content)[:16]
    try:
        with database.writing() as session:
            if session.get(TalkSlip, slip_id) is None:
                count_in(session, keys, place, "last page", moment)
                _keep(session, place, slip_id, envelopes, moment)
    except IntegrityError:
        with database.reading() as session:
            if session.get(TalkSlip, slip_id) is None:
                raise  # not the same slip, twice at once: nobody has kept this one


def _keep(session: Session, place: Place, slip_id: bytes, envelopes: Mapping[str, bytes], moment: datetime) -> None:
    slip = _empty_slip(session, place, slip_id)
    session.add(slip)
    session.flush()
    session.add_all(TalkEnvelope(slip_id=slip_id, key_id=key_id, sealed=sealed) for key_id, sealed in envelopes.items())
    _tell(session, slip, list(envelopes), moment)


def _plain(asked: Asked) -> bytes:
    plain = json.dumps(asdict(asked), ensure_ascii=False).encode()
    return plain + PADDING * (SIZE - len(plain))


def _bound_to(slip: TalkSlip, key_id: str) -> str:
    return f"heard-talk-1/{slip.programme_id}/{slip.setting_id}/{slip.held_on}/{slip.language}/{key_id}"


def _tell(session: Session, slip: TalkSlip, key_ids: Sequence[str], moment: datetime) -> None:
    """Tell readers once a session that slips wait, and those who come next when they still do after two working hours: again
    for those that come after a letter has gone, one letter for all that come before."""
    subject, what = _subject_of_session(slip), _waits(slip, key_ids)
    tell_readers(session, "talk_waiting", subject, what, moment, tasks=DUTY_TASKS)
    tell_next(session, UNSORTED, subject, what, unread_until(moment))


def _waits(slip: TalkSlip, key_ids: Collection[str]) -> Waits:
    """A sealed slip as it waits: whom the child chose only a key can tell, so nobody at the school comes next in line."""
    return Waits(slip.programme_id, slip.setting_id, key_ids, at_school=False)


def _subject_of_session(slip: TalkSlip) -> str:
    """What messages on sealed slips name: the session, in which everybody sends one."""
    return f"talks {slip.programme_id} {slip.setting_id} {slip.held_on}"


def await_help(session: Session, slip: TalkSlip, moment: datetime) -> None:
    """Somebody has opened a slip. When nobody says within 2 more working hours what they did, those who come next and whoever
    opened it are told."""
    _settle_overdue(session, slip)
    due, subject = undecided_until(moment), f"talk {slip.id.hex()}"
    tell_next(session, NOT_SEEN_TO, subject, _waits(slip, _keys_of(session, slip)), due, opened_by=slip.opened_by)


def line_of(session: Session, subject: str) -> Line | None:
    """Who comes next for the slips that letters on a subject tell of; None where none of them wait any more."""
    match subject.split():
        case ["talks", programme_id, setting_id, held_on]:
            of_session = _of_session(int(programme_id), int(setting_id), date.fromisoformat(held_on))
            waiting = session.scalars(select(TalkSlip).where(*of_session, TalkSlip.state.in_(WAITING))).all()
            key_ids = {key_id for slip in waiting for key_id in _keys_of(session, slip)}
            return Line(UNSORTED, _waits(waiting[0], key_ids)) if waiting else None
        case ["talk", slip_id]:
            slip = session.get(TalkSlip, bytes.fromhex(slip_id))
            if slip is not None and slip.state == "opened":
                return Line(NOT_SEEN_TO, _waits(slip, _keys_of(session, slip)), slip.opened_by)
    return None


def _keys_of(session: Session, slip: TalkSlip) -> Sequence[str]:
    return session.scalars(select(TalkEnvelope.key_id).where(TalkEnvelope.slip_id == slip.id)).all()


def help_was_given(session: Session, slip: TalkSlip) -> None:
    """Somebody has seen to a slip: nobody is told of it any more."""
    outbox.forget_subject(session, f"talk {slip.id.hex()}")


def open_slip(slip: TalkSlip, envelope: TalkEnvelope, private: bytes) -> Asked:
    """What stands on a slip; raises `SealBroken`."""
    plain = open_with(private, _bound_to(slip, envelope.key_id), envelope.sealed)
    try:
        said = json.loads(plain)
        asks, *lines = (whole(said[field])[:LONGEST] for field in ("asks", "name", "who", "when"))
    except (ValueError, TypeError, KeyError, RecursionError) as fault:
        raise SealBroken("slip") from fault
    if asks not in ASKS:
        raise SealBroken("slip")  # a browser seals what it likes
    return Asked(asks, *lines)


def sort_slips(database: Database, key: ReaderKey, private: bytes) -> None:
    """Take out what says nothing to a reader, and mark the rest as new. A slip that says nothing to anybody is gone.

    Opening takes about a millisecond for each, and a school sends hundreds: so it is done while nobody waits for a turn to
    write, and what came of it is written a few at a time, that a child's Send finds its turn in between.
    """
    with database.reading() as session:
        found = session.execute(
            select(TalkSlip, TalkEnvelope)
            .join(TalkEnvelope, TalkEnvelope.slip_id == TalkSlip.id)
            .where(*_unsorted(key))
            .order_by(TalkSlip.id)
        ).all()
    opened = [(slip.id, _says_something(slip, envelope, private)) for slip, envelope in found]
    for start in range(0, len(opened), AT_ONCE):
        with database.writing() as session:
            _sort(session, key, dict(opened[start : start + AT_ONCE]))
    with database.writing() as session:
        if session.scalar(select(TalkEnvelope.slip_id).where(*_unsorted(key)).limit(1)) is None:
            # Else one came meanwhile, and called nobody again.
            outbox.settle_for(session, "talk_waiting", key.account_id)
        for slip in {_subject_of_session(slip): slip for slip, _ in found}.values():
            _settle_overdue(session, slip)


def _unsorted(key: ReaderKey) -> tuple[ColumnElement[bool], ...]:
    return TalkEnvelope.key_id == key.id, TalkEnvelope.is_sorted.is_(False)


def _says_something(slip: TalkSlip, envelope: TalkEnvelope, private: bytes) -> bool:
    try:
        return not open_slip(slip, envelope, private).says_nothing
    except SealBroken:  # damaged: a person looks at it
        return True


def _sort(session: Session, key: ReaderKey, saying: Mapping[bytes, bool]) -> None:
    """Write down of some slips whether they say something to a reader."""
    here = select(TalkSlip).where(TalkSlip.id.in_(saying)).order_by(TalkSlip.id).with_for_update()
    for slip in session.scalars(here).all():  # locked: on PostgreSQL two readers may sort at once
        mine = session.get(TalkEnvelope, (slip.id, key.id))
        if mine is None:
            continue  # another reader found that it says nothing
        if saying[slip.id]:
            mine.is_sorted = True
            slip.state = "new" if slip.state == "sealed" else slip.state
            continue
        is_final = _is_outside(session, key, slip)  # those outside always get what was chosen: nobody else has to look
        gone = select(TalkEnvelope).where(TalkEnvelope.slip_id == slip.id)
        for one in session.scalars(gone if is_final else gone.where(TalkEnvelope.key_id == key.id)):
            session.delete(one)
        session.flush()
        if session.scalar(select(TalkEnvelope.key_id).where(TalkEnvelope.slip_id == slip.id).limit(1)) is None:
            session.delete(slip)


def _is_outside(session: Session, key: ReaderKey, slip: TalkSlip) -> bool:
    """Whether a reader works outside the school of a slip."""
    mine = select(Duty.id).where(Duty.account_id == key.account_id, Duty.programme_id == slip.programme_id)
    works_there = mine.where(Duty.setting_id == slip.setting_id, Duty.is_outside.is_(False))
    return (
        session.scalar(mine.where(Duty.is_outside).limit(1)) is not None
        and session.scalar(works_there.limit(1)) is None
    )


def _settle_overdue(session: Session, slip: TalkSlip) -> None:
    """Deputies and leads need nothing any more once no slip of a session is unsorted or unopened."""
    of_session = _of_session(slip.programme_id, slip.setting_id, slip.held_on)
    waiting = select(TalkSlip.id).where(*of_session, TalkSlip.state.in_(WAITING))
    if session.scalar(waiting.limit(1)) is None:
        outbox.forget_subject(session, _subject_of_session(slip), kinds=UNSORTED)


def _of_session(programme_id: int, setting_id: int, held_on: date) -> tuple[ColumnElement[bool], ...]:
    return (
        TalkSlip.programme_id == programme_id,
        TalkSlip.setting_id == setting_id,
        TalkSlip.held_on == held_on,
    )
