"""What must still be told to staff, kept until it has been told.

A message is a row written in the transaction of what it tells of: either both are there or neither is, whatever dies in
between. It names its subject by id and says nothing else; the letter that goes out says only that something needs somebody.
It goes at least once: tried again, later each time, until the mail server has taken it; a process that dies between the
server's yes and our note sends a second copy under the same Message-ID. A message to a role becomes one to each person who
holds the role when it falls due. Messages show on the staff's own first page too, with or without a mail server.

A letter on what children wrote goes out within seconds of it, so the moment at which it went would tell when a child wrote:
it is kept in half hours, and the row goes when whoever was told has come.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, false, func, insert, or_, select, update
from sqlalchemy.orm import Session

from survey.clock import now
from survey.config import Config
from survey.database import Database
from survey.languages import N_, SOURCE, gettext, speaking
from survey.mail import Letter, Line, MailRefused, mail_line
from survey.models import Account, Grant, Message, Programme
from survey.working_hours import blurred

FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=10)
OVERDUE = timedelta(minutes=10)
"""So long after it fell due, a message that has not gone is a fault that the log tells."""
LATE = timedelta(minutes=2)
"""So long after it fell due, staff are told on their first page that a letter has not gone."""
KEPT = timedelta(days=30)

SHOWN: Mapping[str, tuple[str, str]] = {
    "remark_waiting": (N_("Words that somebody wrote are waiting to be read."), "/staff/reading/"),
    "remark_overdue": (N_("Words that somebody wrote have been waiting too long."), "/staff/reading/"),
    "remark_without_lead": (
        N_(
            "Words that somebody wrote have been waiting too long, and no safeguarding lead is on duty. Put one on duty."
        ),
        "/staff/programmes/",
    ),
    "remark_undecided": (
        N_("Words were opened, and nobody has said yet what is done about them."),
        "/staff/reading/",
    ),
    "duty_given": (
        N_("Somebody was put on duty to read what young people write. See who it is."),
        "/staff/reading/#readers",
    ),
    "key_replaced": (
        N_(
            "Somebody who reads made a new key in place of their old one. See who it is, and ask them whether it was they."
        ),
        "/staff/reading/#readers",
    ),
    "alert_new": (N_("A young person gave an answer that you must look at now."), "/staff/cases/"),
    "alert_undecided": (
        N_("An answer must be looked at now, and nobody has written down yet what was done."),
        "/staff/cases/",
    ),
    "alert_no_concern": (
        N_("Somebody looked at an answer and decided that there is no concern. Look again."),
        "/staff/cases/",
    ),
    "talk_waiting": (N_("Last pages of a session are waiting to be sorted."), "/staff/reading/talks"),
    "talk_overdue": (N_("Last pages of a session have been waiting too long."), "/staff/reading/talks"),
    "talk_not_seen_to": (
        N_("Somebody asked for someone to talk with, and nobody has said yet what was done."),
        "/staff/reading/talks",
    ),
    "talk_without_lead": (
        N_("Last pages have been waiting too long, and no safeguarding lead is on duty. Put one on duty."),
        "/staff/programmes/",
    ),
    "pause_changed": (N_("Something was stopped, or somebody asks to go on."), "/staff/stop/"),
}
"""Every kind of message: what the staff's first page says of it, and where it leads."""
UNCOUNTED = frozenset(
    {"remark_overdue", "remark_without_lead", "talk_waiting", "talk_overdue", "talk_not_seen_to", "talk_without_lead"}
)
"""Said without a number: one letter stands for all that wait, and how many ask for somebody to talk with is counted nowhere
(CARE B5)."""

ON_WORDS = tuple(kind for kind in SHOWN if kind.startswith(("remark_", "talk_")))
"""Messages on what children wrote, of which no moment is kept but half hours."""

log = logging.getLogger("heard.outbox")
_MESSAGES = cast(Table, Message.__table__)


def add(
    where: Session | Connection,
    kind: str,
    subject: str,
    *,
    account_id: int | None = None,
    role: str | None = None,
    programme_id: int | None = None,
    due_at: datetime | None = None,
) -> None:
    """Write a message in the transaction of what it tells of.

    Parameters
    ----------
    where : the session or connection that writes what is told of
    kind : one of `SHOWN`
    subject : what it is about, by id, such as `alert 12`; never an answer or a word of a child
    account_id : whom to tell; or `role` and `programme_id`: whoever then holds the role for the programme
    due_at : not before; left out, at once
    """
    if kind not in SHOWN:
        raise KeyError(kind)
    due = due_at or now()
    values = {"kind": kind, "subject": subject, "account_id": account_id, "role": role, "programme_id": programme_id}
    where.execute(insert(_MESSAGES), {**values, "due_at": due, "try_at": due, "attempts": 0})


def settle(session: Session, subject: str) -> None:
    """Nobody needs the messages on a subject any more."""
    matching = (Message.subject == subject, Message.settled_at.is_(None))
    session.execute(update(Message).where(*matching).values(settled_at=now()))


def waiting_for(session: Session, kind: str, account_id: int) -> list[str]:
    """The subjects of one person's messages of a kind that they have not come for yet."""
    own = (Message.kind == kind, Message.account_id == account_id, Message.settled_at.is_(None))
    return list(session.scalars(select(Message.subject).where(*own).distinct()))


def settle_for(
    session: Session, kind: str, account_id: int, *, subjects: Sequence[str] | None = None, only_due: bool = False
) -> None:
    """One person needs none of their messages of a kind any more, or none on some subjects, or none that are due by now. Those on
    what children wrote are deleted."""
    matching = [Message.kind == kind, Message.account_id == account_id, Message.settled_at.is_(None)]
    matching += [Message.due_at <= now()] if only_due else []
    matching += [Message.subject.in_(subjects)] if subjects is not None else []
    if kind in ON_WORDS:
        session.execute(delete(Message).where(*matching))
    else:
        session.execute(update(Message).where(*matching).values(settled_at=now()))


def waits_for(session: Session, kind: str, subject: str, account_id: int | None, *, is_unsent: bool = False) -> bool:
    """Whether the same was said to somebody (or to a role) already and they have not come yet; or, if only that counts, is
    still to go out."""
    same = [Message.kind == kind, Message.subject == subject, Message.account_id == account_id]
    same += [Message.sent_at.is_(None)] if is_unsent else []
    return session.scalar(select(Message.id).where(*same, Message.settled_at.is_(None)).limit(1)) is not None


def forget_subject(session: Session, subject: str, *, kinds: Sequence[str] = ()) -> None:
    """Delete the messages on a subject, or those of some kinds: nothing of when it came stays."""
    matching = [Message.subject == subject, *([Message.kind.in_(kinds)] if kinds else [])]
    session.execute(delete(Message).where(*matching))


def put_off(session: Session, subject: str, due_at: datetime) -> None:
    """What the messages on a subject tell of is due only later: each of those who were told is told then, once."""
    earlier = select(Message).where(Message.subject == subject, Message.due_at < due_at)
    for message in session.scalars(earlier.with_for_update()).all():  # the courier may be noting that one has gone
        is_sent = message.sent_at is not None
        if is_sent and (
            message.role is not None  # its holders have messages of their own
            or waits_for(session, message.kind, subject, message.account_id, is_unsent=True)
        ):
            session.delete(message)
        else:
            message.due_at = message.try_at = due_at
            message.sent_at, message.attempts = None, 0


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that waits for somebody, as a page says it."""

    words: str
    href: str
    count: int


def needs_of(session: Session, account_id: int, grants: Sequence[Grant]) -> tuple[Need, ...]:
    """What waits for a person: their own messages, and those to a role that they hold and that nobody was told of yet."""
    held = or_(false(), *(and_(Message.role == grant.role, _covers(grant)) for grant in grants))
    found = session.execute(
        select(Message.kind, Message.subject)
        .where(
            Message.settled_at.is_(None),
            Message.due_at <= now(),
            or_(Message.account_id == account_id, and_(Message.sent_at.is_(None), held)),
        )
        .distinct()
    ).all()
    kinds = [row.kind for row in found]
    return tuple(
        Need(gettext(words), href, 1 if kind in UNCOUNTED else kinds.count(kind))
        for kind, (words, href) in SHOWN.items()
        if kind in kinds
    )


def _covers(grant: Grant) -> ColumnElement[bool]:
    if grant.programme_id is not None:
        return Message.programme_id == grant.programme_id
    of_organisation = select(Programme.id).where(Programme.organisation_id == grant.organisation_id)
    return Message.programme_id.in_(of_organisation)


def is_overdue(session: Session) -> bool:
    """Whether a message should have gone out long ago."""
    late = select(Message.id).where(*_open(), Message.due_at < now() - OVERDUE)
    return session.scalar(late.limit(1)) is not None


def mail_trouble(session: Session, account_id: int) -> Literal["", "all", "own"]:
    """Whether letters that are due do not go out: to nobody since one fell due, or only those to this person."""
    letters = (Message.account_id.is_not(None), Account.is_active)
    late = select(func.max(Message.due_at)).join(Account, Message.account_id == Account.id)
    late = late.where(*_open(), *letters, Message.due_at < now() - LATE)
    newest = session.scalar(late)
    if newest is None:
        return ""
    # The half hour of a letter on words may end after a fault began: until then only those whom it hits are told here.
    gone_since = select(Message.id).where(Message.account_id.is_not(None), Message.sent_at > newest)
    if session.scalar(gone_since.limit(1)) is None:
        return "all"
    return "own" if session.scalar(late.where(Account.id == account_id)) is not None else ""


def forget(session: Session) -> None:
    """Drop messages that were sent or settled long ago."""
    latest = now() - KEPT
    session.execute(delete(Message).where(or_(Message.settled_at < latest, Message.sent_at < latest)))


def _open() -> tuple[ColumnElement[bool], ...]:
    return Message.sent_at.is_(None), Message.settled_at.is_(None)


def deliver(database: Database, config: Config) -> int:
    """Send what is due, once through; returns how many letters the server took.

    Raises
    ------
    survey.mail.MailServerAway
        When the server cannot be reached: everything that is due stays due.
    """
    _expand(database)
    if not config.mail_server or not _is_due(database):
        return 0
    sent = 0
    with mail_line(config.mail_server, config.mail_from) as line:
        while (claimed := _claim(database)) is not None:
            sent += _send(database, line, config.address, claimed)
    return sent


def _is_due(database: Database) -> bool:
    with database.reading() as session:  # an idle worker must not take the writers' turn
        due = select(Message.id).where(*_open(), Message.account_id.is_not(None), Message.try_at <= now())
        return session.scalar(due.limit(1)) is not None


def _expand(database: Database) -> None:
    """Turn each due message to a role into one to each person who holds it; with nobody there it waits and stays overdue."""
    moment = now()
    due = select(Message.id).where(*_open(), Message.role.is_not(None), Message.try_at <= moment)
    with database.reading() as session:
        waiting = list(session.scalars(due))
    for message_id in waiting:
        with database.writing() as session:
            message = session.scalar(due.where(Message.id == message_id).with_for_update(skip_locked=True))
            if message is None:
                continue
            row = session.get_one(Message, message_id)
            people = holders(session, row.role or "", row.programme_id or 0, moment)
            for account_id in people:
                add(session, row.kind, row.subject, account_id=account_id, due_at=row.due_at)
            row.attempts += 1
            row.try_at = moment + _pause(row.attempts)
            row.sent_at = _kept_moment(row.kind, moment) if people else None


def holders(session: Session, role: str, programme_id: int, moment: datetime) -> list[int]:
    """The accounts that hold a role for a programme at a moment."""
    holding = Grant.held(role, session.get_one(Programme, programme_id), moment)
    return sorted(set(session.scalars(holding)))


def _kept_moment(kind: str, moment: datetime) -> datetime:
    """When something happened to a message, as it may be kept."""
    return blurred(moment) if kind in ON_WORDS else moment


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is being sent: as it was when it was taken, for it may be put off or deleted meanwhile."""

    id: int
    kind: str
    due_at: datetime
    email: str

    @property
    def mark(self) -> str:
        """What a second copy has in common with the first."""
        return f"heard-{self.id}-{self.due_at:%Y%m%d%H%M%S}"


def _claim(database: Database) -> Claimed | None:
    """Take the next due message, so that nobody else tries it meanwhile; it comes back by itself if we die."""
    moment = now()
    due = (
        select(Message, Account.email)
        .join(Account, Message.account_id == Account.id)
        .where(*_open(), Message.try_at <= moment, Account.is_active)
        .order_by(Message.try_at, Message.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=Message)
    )
    with database.writing() as session:
        found = session.execute(due).one_or_none()
        if found is None:
            return None
        message, email = found
        message.attempts += 1
        message.try_at = moment + _pause(message.attempts)
        return Claimed(message.id, message.kind, message.due_at, email)


def _pause(attempts: int) -> timedelta:
    return min(FIRST_PAUSE * (1 << min(attempts, 20)), LONGEST_PAUSE)


def _send(database: Database, line: Line, address: str, claimed: Claimed) -> int:
    try:
        line.send(letter(claimed.email, address, claimed.mark))
    except MailRefused as refused:
        log.warning("message %s was refused: %s", claimed.id, refused)
        return 0
    # Whoever it is for may have come meanwhile, and the row be gone; or it was put off, and stands for a letter yet to go.
    as_it_was = (Message.id == claimed.id, Message.due_at == claimed.due_at)
    with database.writing() as session:
        sent = update(Message).where(*as_it_was)
        session.execute(sent.values(sent_at=_kept_moment(claimed.kind, now()), try_at=claimed.due_at))
    return 1


def letter(email: str, address: str, mark: str) -> Letter:
    """What goes out: nothing of what it is about, and nobody's name; mail is read by others."""
    with speaking(SOURCE):
        said = gettext("Something needs you in Heard. Please sign in now and look.")
        link = f"\n\n{address}/staff/\n" if address else "\n"
        return Letter(email, gettext("Something needs you in Heard"), said + link, mark)
