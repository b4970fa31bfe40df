"""Asking for somebody to talk with: the same sealed slip from everybody, so that asking singles nobody out (CARE B5).

"No thanks" takes the very same way: as many envelopes, of one size, the same statements, the same letters to readers. So
neither the store, nor a size, nor a time tells who asked; only a reader's key does. Nothing on a slip leads to answers. With
script it comes sealed already; its id is a keyed hash of a random one that the page carries, so that what is sent again after
a lost reply is kept once.

Readers are told once for each session, deputies and leads when its slips still wait after two working hours: what lies at one
school silences nothing at another. A slip that was opened has a clock of its own, until somebody says what they did.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey import outbox
from survey.clock import PLACE
from survey.database import Database
from survey.duty import ROLE, Desk
from survey.models import Account, Duty, ReaderKey, Sitting, TalkEnvelope, TalkSlip
from survey.readers import open_with, seal_to
from survey.remarks import (
    HOURS_UNDECIDED,
    HOURS_UNREAD,
    PADDING,
    WordsRefused,
    desk_here,
    living_keys,
    read_envelopes,
    whole,
)
from survey.responses import Place
from survey.sealing import Keys, SealBroken
from survey.working_hours import STEP, blurred, working_hours_after

ASKS = ("none", "self", "else", "know")
"""No thanks; about me; worried about somebody else; just want to ask something."""
LONGEST = 200
SIZE = 4096
"""Bytes of every slip before it is sealed; the longest that can be typed fits."""
AROUND = 65 + 16
"""What sealing adds: a point of the curve and a tag."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands on a slip."""

    asks: str
    name: str = ""
    who: str = ""
    when: str = ""


NOTHING = Asked("none")


def talk_is_offered(database: Database, place: Place, moment: datetime) -> bool:
    """Whether the last page is there: only while somebody named reads for this school, now."""
    desk = desk_here(database, place, moment)
    return desk is not None and desk.is_read_now


def names_of(session: Session, desk: Desk) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who reads the slips: those outside the school, and those at it."""
    outside = {one.key_id: one.is_outside for one in desk.recipients}
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
        known = living_keys(session, place, moment)
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
    """Keep one slip, whatever stands on it, once: sent again under the same id with the same content it is the same slip."""
    slip_id = keys.mac("talk slip", sent_as.encode(), content)[:16]
    try:
        with database.writing() as session:
            if session.get(TalkSlip, slip_id) is None:
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
    """Tell readers once a session that slips wait, and deputies and leads when they still do after two working hours: again for
    those that come after a letter has gone, one letter for all that come before."""
    subject = _subject_of_session(slip)
    holding = set(outbox.holders(session, ROLE, slip.programme_id, moment))
    readers = set(session.scalars(select(ReaderKey.account_id).where(ReaderKey.id.in_(key_ids)))) & holding
    for account_id in sorted(readers):
        if not outbox.waits_for(session, "talk_waiting", subject, account_id):
            outbox.add(session, "talk_waiting", subject, account_id=account_id, due_at=blurred(moment) - STEP)
    overdue_at = blurred(working_hours_after(moment, HOURS_UNREAD))
    for account_id in sorted(_who_comes_next(session, slip, holding, moment)):
        if not outbox.waits_for(session, "talk_overdue", subject, account_id, is_unsent=True):
            outbox.add(session, "talk_overdue", subject, account_id=account_id, due_at=overdue_at)


def _who_comes_next(session: Session, slip: TalkSlip, holding: set[int], moment: datetime) -> set[int]:
    """The deputies and leads outside the school who are on duty for it these days, among those who hold the role."""
    day = moment.astimezone(PLACE).date()
    on_duty = select(Duty.account_id).where(
        Duty.programme_id == slip.programme_id,
        or_(Duty.setting_id.is_(None), Duty.setting_id == slip.setting_id),
        Duty.is_outside,
        Duty.task != "reader",
        Duty.first_day <= day,
        Duty.last_day >= day,
    )
    return set(session.scalars(on_duty)) & holding


def _subject_of_session(slip: TalkSlip) -> str:
    """What messages on sealed slips name: the session, in which everybody sends one."""
    return f"talks {slip.programme_id} {slip.setting_id} {slip.held_on}"


def await_help(session: Session, slip: TalkSlip, moment: datetime) -> None:
    """Somebody has opened a slip. When nobody says within 2 more working hours what they did, deputies, leads and whoever opened
    it are told."""
    _settle_overdue(session, slip)
    holding = set(outbox.holders(session, ROLE, slip.programme_id, moment))
    people = _who_comes_next(session, slip, holding, moment) | {one for one in (slip.opened_by,) if one is not None}
    due = working_hours_after(moment, HOURS_UNDECIDED)
    for account_id in sorted(people):
        outbox.add(session, "talk_not_seen_to", f"talk {slip.id.hex()}", account_id=account_id, due_at=due)


def help_was_given(session: Session, slip: TalkSlip) -> None:
    """Somebody has seen to a slip: nobody is told of it any more, and nothing says when it was opened."""
    outbox.forget_subject(session, f"talk {slip.id.hex()}")


def open_slip(slip: TalkSlip, envelope: TalkEnvelope, private: bytes) -> Asked:
    """What stands on a slip; raises `SealBroken`."""
    plain = open_with(private, _bound_to(slip, envelope.key_id), envelope.sealed).rstrip(PADDING)
    try:
        said = json.loads(plain)
        asks, *lines = (whole(said[field])[:LONGEST] for field in ("asks", "name", "who", "when"))
    except (ValueError, TypeError, KeyError, RecursionError) as fault:
        raise SealBroken("slip") from fault
    if asks not in ASKS:
        raise SealBroken("slip")  # a browser seals what it likes
    return Asked(asks, *lines)


def sort_slips(session: Session, key: ReaderKey, private: bytes) -> None:
    """Take out what asks a reader for nothing, and mark the rest as new. A slip that asks nobody for anything is gone."""
    found = session.execute(
        select(TalkSlip, TalkEnvelope)
        .join(TalkEnvelope, TalkEnvelope.slip_id == TalkSlip.id)
        .where(TalkEnvelope.key_id == key.id, TalkEnvelope.is_sorted.is_(False))
    ).all()
    for slip, envelope in found:
        try:
            asks = open_slip(slip, envelope, private).asks
        except SealBroken:  # damaged: a person looks at it
            asks = "know"
        if asks != "none":
            envelope.is_sorted = True
            slip.state = "new" if slip.state == "sealed" else slip.state
            continue
        is_final = _is_outside(session, key, slip)  # those outside always get what was chosen: nobody else has to look
        gone = select(TalkEnvelope).where(TalkEnvelope.slip_id == slip.id)
        for one in session.scalars(gone if is_final else gone.where(TalkEnvelope.key_id == key.id)):
            session.delete(one)
        session.flush()
        if session.scalar(select(TalkEnvelope.key_id).where(TalkEnvelope.slip_id == slip.id).limit(1)) is None:
            session.delete(slip)
    outbox.settle_for(session, "talk_waiting", key.account_id)
    for slip in {_subject_of_session(slip): slip for slip, _ in found}.values():
        _settle_overdue(session, slip)


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
    of_session = (
        TalkSlip.programme_id == slip.programme_id,
        TalkSlip.setting_id == slip.setting_id,
        TalkSlip.held_on == slip.held_on,
    )
    waiting = select(TalkSlip.id).where(*of_session, TalkSlip.state.in_(("sealed", "new")))
    if session.scalar(waiting.limit(1)) is None:
        outbox.settle(session, _subject_of_session(slip), kind="talk_overdue")
