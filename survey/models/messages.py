"""What must still be told to staff: rows written with what they tell of, so that no message can be lost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from survey.models.base import Base


class Message(Base):
    """Somebody has to be told something: to one account, or to whoever then holds a role for a programme.

    `subject` names a thing by its id; a message never holds an answer or a word of a child. `settled_at`: it needs nobody
    any more. `try_at` is when it may be tried next, and lies ahead while somebody tries. Of messages on what children wrote no
    moment is kept but half hours.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("(account_id IS NULL) <> (role IS NULL)", name="to_an_account_or_a_role"),
        CheckConstraint("(role IS NULL) = (programme_id IS NULL)", name="a_role_is_for_a_programme"),
        Index("ix_outbox_waiting", "sent_at", "settled_at", "try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    role: Mapped[str | None] = mapped_column(String(30))
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programmes.id"))
    subject: Mapped[str] = mapped_column(String(100), index=True)
    due_at: Mapped[datetime]
    try_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
