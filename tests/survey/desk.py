"""A desk to try things on: two readers outside the school and one inside, with keys that were proved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from survey import readers
from survey.clock import PLACE
from survey.database import Database
from survey.models import Account, Duty, Grant, ReaderKey
from survey.readers import make_reader_key
from tests.ground import make_account


@pytest.fixture(autouse=True)
def quick_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys in tests are locked with little memory, so that they are quick."""
    monkeypatch.setattr(readers, "MEMORY_KIB", 64)


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
