"""A desk to try things on: two readers outside the school and one inside, with keys that were proved, and what each can open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import readers
from survey.clock import PLACE, now
from survey.database import Database
from survey.models import Account, Duty, Envelope, Grant, ReaderKey, Remark, TalkEnvelope, TalkSlip
from survey.readers import make_reader_key, unlock
from survey.remarks import open_words
from survey.talks import Asked, open_slip
from tests.ground import OnGround, make_account


@contextmanager
def quickly() -> Iterator[None]:
    """Keys in tests are locked with little memory, so that they are quick."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readers, "MEMORY_KIB", 64)
        yield


@pytest.fixture(autouse=True)
def quick_locks() -> Iterator[None]:
    """For a whole test."""
    with quickly():
        yield


TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=PLACE)
PASSPHRASE = "four quiet herons standing"


@dataclass(frozen=True)
class OnDuty:
    """One reader: account, key and duty by their numbers."""

    account_id: int
    key_id: str
    duty_id: int


def put_on_duty(
    database: Database,
    programme_id: int,
    task: str,
    *,
    setting_id: int | None = None,
    is_outside: bool = True,
    moment: datetime = TUESDAY,
    **duty: object,
) -> OnDuty:
    """Give somebody the role, a proved key and a duty from Monday to Friday, 9 to 4."""
    with database.writing() as session:
        account = _account(session, programme_id, moment)
        key = make_reader_key(session, account.id, PASSPHRASE, moment - timedelta(days=2)).key
        key.proved_at = moment - timedelta(days=1)
        fields = {
            "weekdays": "12345",
            "starts": "09:00",
            "ends": "16:00",
            "first_day": date(2026, 1, 1),
            "last_day": date(2027, 12, 31),
            "languages": ["en"],
        }
        row = Duty(
            account_id=account.id,
            programme_id=programme_id,
            setting_id=setting_id,
            is_outside=is_outside,
            task=task,
            **(fields | duty),
        )
        session.add(row)
        session.flush()
        return OnDuty(account.id, key.id, row.id)


def _account(session: Session, programme_id: int, moment: datetime) -> Account:
    n = session.query(Account).count() + 1
    return make_account(
        session,
        f"reader{n}",
        f"Reader {n}",
        role="safeguarding_reader",
        programme_id=programme_id,
        starts_at=moment - timedelta(days=400),
    )


def with_readers(ground: OnGround, *languages: str) -> tuple[OnDuty, OnDuty, OnDuty]:
    """Two readers outside the school and one in it, of these languages (else English), never in their last hour, whose keys
    no running service opens: they are locked quickly."""
    moment, everything = now(), (ground.database, ground.programme_id)
    hours = {"weekdays": "1234567", "on_bank_holidays": True, "starts": "00:00", "ends": "23:59", "moment": moment}
    hours["languages"] = [*(languages or ("en",))]
    with quickly():
        return (
            put_on_duty(*everything, "reader", **hours),
            put_on_duty(*everything, "deputy", **hours),
            put_on_duty(*everything, "reader", setting_id=ground.setting_id, is_outside=False, **hours),
        )


def said_to(reader: OnDuty, ground: OnGround) -> list[str]:
    """What this reader can open of the words that came from a programme."""
    with ground.database.reading() as session:
        private = _key_of(session, reader)
        found = session.execute(
            select(Remark, Envelope)
            .join(Envelope, Envelope.remark_id == Remark.id)
            .where(Envelope.key_id == reader.key_id, Remark.programme_id == ground.programme_id)
        ).all()
        return [
            one.said
            for remark, envelope in found
            for one in open_words(remark, reader.key_id, private, envelope.sealed)
        ]


def slips_for(reader: OnDuty, ground: OnGround) -> Counter[Asked]:
    """What stands on the slips of a programme for this reader."""
    with ground.database.reading() as session:
        private = _key_of(session, reader)
        found = session.execute(
            select(TalkSlip, TalkEnvelope)
            .join(TalkEnvelope)
            .where(TalkEnvelope.key_id == reader.key_id, TalkSlip.programme_id == ground.programme_id)
        ).all()
        return Counter(open_slip(slip, envelope, private) for slip, envelope in found)


def _key_of(session: Session, reader: OnDuty) -> bytes:
    with quickly():
        return unlock(session.get_one(ReaderKey, reader.key_id), PASSPHRASE)


def change(database: Database, reader: OnDuty, **fields: object) -> None:
    """Change something about a reader's key."""
    with database.writing() as session:
        key = session.get_one(ReaderKey, reader.key_id)
        for name, value in fields.items():
            setattr(key, name, value)


ENDINGS = ("duty over", "duty to come", "key ended", "role ended", "account closed")


def take_off(database: Database, reader: OnDuty, ending: str, moment: datetime = TUESDAY) -> None:
    """Nobody reads with this key any more, for one of the reasons that there are."""
    day = moment.astimezone(PLACE).date()
    with database.writing() as session:
        duty = session.get_one(Duty, reader.duty_id)
        match ending:
            case "duty over":
                duty.first_day = duty.last_day = day - timedelta(days=1)
            case "duty to come":
                duty.first_day = duty.last_day = day + timedelta(days=1)
            case "key ended":
                session.get_one(ReaderKey, reader.key_id).ended_at = moment
            case "role ended":
                session.query(Grant).filter(Grant.account_id == reader.account_id).update({"ends_at": moment})
            case "account closed":
                session.get_one(Account, reader.account_id).is_active = False
