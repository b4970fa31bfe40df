"""The keys to which answers are sealed on the devices of a sitting, so that a lost tablet holds nothing readable."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from survey.models.base import Base

LIVING = "private_key IS NOT NULL"


class SealingKey(Base):
    """A sitting's pair of keys: the public one goes to its devices, the private one is wrapped here until it dies.

    A sitting that is opened once more after that gets another pair; it has one living private key at most."""

    __tablename__ = "sealing_keys"
    __table_args__ = (
        CheckConstraint("length(id) = 16", name="id_is_whole"),
        CheckConstraint("length(public_key) = 65", name="public_key_is_a_point"),
        Index("one_living_key", "sitting_id", unique=True, sqlite_where=text(LIVING), postgresql_where=text(LIVING)),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings.id"), index=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    private_key: Mapped[bytes | None] = mapped_column(LargeBinary)
