"""The keys to which answers are sealed on the devices of a sitting, so that a lost tablet holds nothing readable."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from survey.models.base import Base


class SealingKey(Base):
    """A sitting's pair of keys: the public one goes to its devices, the private one is wrapped here until it dies."""

    __tablename__ = "sealing_keys"
    __table_args__ = (
        CheckConstraint("length(id) = 16", name="id_is_whole"),
        CheckConstraint("length(public_key) = 65", name="public_key_is_a_point"),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings.id"), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    private_key: Mapped[bytes | None] = mapped_column(LargeBinary)
