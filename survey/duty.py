"""Whether a box for words is served, and to whose keys its words are sealed (CARE B1, B3).

A reader and a deputy outside the school must both hold the role, have opened their reading page within 7 days and have proved
their key within a month (and a colleague has confirmed one that took the place of another); then there is a desk. None in the
last hour before the day's last of them goes home, and none where no day of theirs is left; a bank holiday is nobody's day
unless their duty says so. Outside their hours the box is served with the time at which somebody reads again. A safeguarding
adult at the school may be chosen where one is at work there when what comes is read first; those outside can always read it
as well.

Who is on duty at a place is asked in one way (`on_duty`), and when somebody of them works in another (`next_at_work`): by days
of the week, hours, bank holidays and days away. Days away count wherever somebody is written to or promised: whoever is away
gets no letter, and no child is told that they read. They do not count for a key: what is sealed to it can be opened by who
comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from survey.bank_holidays import is_bank_holiday
from survey.clock import PLACE
from survey.models import SAFEGUARDING_READER, Duty, Grant, Programme, ReaderKey
from survey.readers import PROOF_HOLDS, SEEN_HOLDS

ROLE = SAFEGUARDING_READER
READ = ("reader", "deputy")
"""The tasks of those who read what comes; a lead is told, and need not read."""
LAST_HOUR = timedelta(hours=1)
MIDNIGHT = timedelta(minutes=1)
"""From 23:59 to 00:00: the last minute of a day has no end of its own."""
LOOKED_AHEAD = 21
"""Days within which somebody must read again; beyond them nobody waits for an answer."""

# Asked for every page with a box and before every last page, so the statements are made once: to make them takes longer than
# to run them.
_ITS_ORGANISATION = select(Programme.organisation_id).where(Programme.id == bindparam("programme_id")).scalar_subquery()
_HOLDING = Grant.held_within(ROLE, bindparam("programme_id"), _ITS_ORGANISATION, bindparam("moment"))
_ON_DUTY = (
    select(Duty)
    .where(Duty.in_force(bindparam("day"), bindparam("programme_id"), bindparam("setting_id")))
    .where(Duty.account_id.in_(_HOLDING))
    .order_by(Duty.id)
)
_READY_KEYS = select(ReaderKey).where(
    ReaderKey.account_id.in_(bindparam("accounts", expanding=True)),
    ReaderKey.account_id.in_(_HOLDING),
    ReaderKey.ended_at.is_(None),
    ReaderKey.is_confirmed,
    ReaderKey.seen_at > bindparam("seen_after"),
    ReaderKey.proved_at > bindparam("proved_after"),
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads here: the duty, and the key in use, if both role and proofs hold now."""

    duty: Duty
    key: ReaderKey | None

    @property
    def is_ready(self) -> bool:
        """Whether words may be sealed to this reader."""
        return self.key is not None


@dataclass(frozen=True, slots=True)
class Recipient:
    """A key to which words are sealed, whether its reader works outside the school, and whether they are at work when words
    typed now are read first."""

    key_id: str
    public_key: bytes
    is_outside: bool
    is_at_work: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """Who reads what is typed here: recipients, whether one of those outside is at work now, and when one is next; where one is
    now, until when, and when the next one comes after that."""

    recipients: tuple[Recipient, ...]
    is_read_now: bool
    next_at: datetime
    ends_at: datetime | None = None
    after_that: datetime | None = None

    @property
    def offered_until(self) -> datetime:
        """Until when whoever got the page now may be shown an empty box: the last hour, or the next change."""
        return self.next_at if self.ends_at is None else self.ends_at - LAST_HOUR

    @property
    def has_school(self) -> bool:
        """Whether somebody at the school may be chosen: only who is at work there when the page says that somebody reads."""
        return any(not one.is_outside and one.is_at_work for one in self.recipients)

    def of(self, chosen: str) -> tuple[Recipient, ...]:
        """To whom words for a reader at school, or for one outside it, are sealed: two at least, one of them outside."""
        return tuple(one for one in self.recipients if one.is_outside or chosen == "school")


def on_duty(session: Session, programme_id: int, setting_id: int, moment: datetime) -> list[Duty]:
    """The duties at a place on the day of a moment, of people who then hold the role; also of who is away that day, whose key
    still opens what is sealed to it."""
    asked = {"programme_id": programme_id, "setting_id": setting_id, "moment": moment}
    return list(session.scalars(_ON_DUTY, {**asked, "day": moment.astimezone(PLACE).date()}))


def is_away(duty: Duty, day: date) -> bool:
    """Whether somebody said that they are away on a day."""
    return day.isoformat() in duty.away


def next_at_work(duty: Duty, moment: datetime) -> datetime | None:
    """When somebody works on a duty next: the moment itself while they do, None where it is not within some weeks."""
    stretch = next_stretch(duty, moment)
    return stretch[0] if stretch is not None else None


def next_stretch(duty: Duty, moment: datetime) -> tuple[datetime, datetime] | None:
    """From when to when somebody works on a duty next, from a moment on."""
    hours = _hours([duty], moment)
    return (max(hours[0][0], moment), hours[0][1]) if hours else None


def insiders(duties: Iterable[Duty]) -> set[int]:
    """Those who work at the school; whatever other duty they have, they are no outsiders there."""
    return {one.account_id for one in duties if not one.is_outside}


def living_keys(session: Session, programme_id: int, setting_id: int, moment: datetime) -> dict[str, bool]:
    """The keys in use of everybody on duty here these days, proved or not: key id -> whether its reader works outside the
    school. A page that was left open may know keys that nobody opens any more. Whoever is away will open what came."""
    duties = on_duty(session, programme_id, setting_id, moment)
    inside = insiders(duties)
    found = session.execute(
        select(ReaderKey.id, ReaderKey.account_id).where(
            ReaderKey.ended_at.is_(None), ReaderKey.account_id.in_({one.account_id for one in duties})
        )
    )
    return {key_id: account_id not in inside for key_id, account_id in found}


def readers_of(session: Session, programme: Programme, moment: datetime) -> list[Reader]:
    """Everybody with a duty for a programme that is not over, ready or not, begun or still to come."""
    lasting = (Duty.programme_id == programme.id, Duty.last_day >= moment.astimezone(PLACE).date())
    duties = session.scalars(select(Duty).where(*lasting).order_by(Duty.id)).all()
    return _with_keys(session, programme.id, duties, moment)


def programmes_of(session: Session, account_id: int, moment: datetime) -> list[Programme]:
    """The programmes for which somebody has a duty that is not over."""
    lasting = (Duty.account_id == account_id, Duty.last_day >= moment.astimezone(PLACE).date())
    theirs = select(Duty.programme_id).where(*lasting)
    return list(session.scalars(select(Programme).where(Programme.id.in_(theirs)).order_by(Programme.id)))


def can_confirm(session: Session, account_id: int, moment: datetime) -> set[int]:
    """Who could say that somebody made their key themself: those who read for one of their programmes, with keys that are
    proved."""
    colleagues = [
        one for item in programmes_of(session, account_id, moment) for one in readers_of(session, item, moment)
    ]
    return {one.duty.account_id for one in colleagues if one.is_ready} - {account_id}


def _with_keys(session: Session, programme_id: int, duties: Sequence[Duty], moment: datetime) -> list[Reader]:
    keys = _ready_keys(session, programme_id, {duty.account_id for duty in duties}, moment)
    return [Reader(duty, keys.get(duty.account_id)) for duty in duties]


def _ready_keys(session: Session, programme_id: int, accounts: Iterable[int], moment: datetime) -> dict[int, ReaderKey]:
    """The keys of those who hold the role here, came within a week and proved their key within a month, and who made it."""
    proved = {"seen_after": moment - SEEN_HOLDS, "proved_after": moment - PROOF_HOLDS}
    asked = {"programme_id": programme_id, "moment": moment, "accounts": list(accounts)}
    found = session.scalars(_READY_KEYS, {**asked, **proved})
    return {key.account_id: key for key in found}


def desk_of(
    session: Session,
    programme_id: int,
    setting_id: int,
    language: str,
    moment: datetime,
    *,
    last_hour_too: bool = False,
) -> Desk | None:
    """The desk at which words typed here and now are read; None where no box may be served.

    `last_hour_too`: also in the last hour of the day's duty, in which no box is shown and what was typed before still arrives.
    """
    duties = on_duty(session, programme_id, setting_id, moment)
    if not duties:
        return None
    readers = _with_keys(session, programme_id, duties, moment)
    ready = [one for one in readers if one.is_ready and language in one.duty.languages]
    inside = insiders(duties)
    outside = [one for one in ready if one.duty.account_id not in inside]
    if not {"reader", "deputy"} <= {one.duty.task for one in outside}:
        return None
    reading = [one.duty for one in outside if one.duty.task in READ]
    if len({duty.account_id for duty in reading}) < 2:
        return None  # a deputy is somebody else
    hours = _hours(reading, moment)
    if not hours or (not last_hour_too and _is_last_hour(hours, moment)):
        return None
    ends_at = max((end for start, end in hours if start <= moment < end), default=None)
    next_at = moment if ends_at else min(start for start, _ in hours if start > moment)
    after_that = min((max(start, ends_at) for start, end in hours if end > ends_at), default=None) if ends_at else None
    here = {one.duty.account_id for one in ready if next_at_work(one.duty, next_at) == next_at}
    keys = {
        one.key.id: Recipient(
            one.key.id, one.key.public_key, one.duty.account_id not in inside, one.duty.account_id in here
        )
        for one in ready
        if one.key
    }
    recipients = tuple(keys[key_id] for key_id in sorted(keys))
    return Desk(recipients, ends_at is not None, next_at, ends_at, after_that)


def _hours(duties: Sequence[Duty], moment: datetime) -> list[tuple[datetime, datetime]]:
    """The stretches of time from now on in which one of these duties is on; who reads to the end of a day and from the
    beginning of the next does not go home between."""
    today = moment.astimezone(PLACE).date()
    found: list[tuple[datetime, datetime]] = []
    for duty in duties:
        own: list[tuple[datetime, datetime]] = []
        for day in (today + timedelta(days=n) for n in range(LOOKED_AHEAD)):
            if _is_on(duty, day):
                start, end = _at(day, duty.starts), _at(day, duty.ends)
                own = [*own[:-1], (own[-1][0], end)] if own and start - own[-1][1] <= MIDNIGHT else [*own, (start, end)]
        found += [(start, end) for start, end in own if end > moment]
    return sorted(found)


def _is_on(duty: Duty, day: date) -> bool:
    """Whether somebody reads on a day."""
    is_theirs = str(day.isoweekday()) in duty.weekdays and duty.first_day <= day <= duty.last_day
    return is_theirs and not is_away(duty, day) and (duty.on_bank_holidays or not is_bank_holiday(day))


def _at(day: date, hour: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(hour), tzinfo=PLACE)


def _is_last_hour(hours: Sequence[tuple[datetime, datetime]], moment: datetime) -> bool:
    """Whether everybody who reads now goes home within the hour."""
    reading = [end for start, end in hours if start <= moment < end]
    return bool(reading) and all(end - moment <= LAST_HOUR for end in reading)
