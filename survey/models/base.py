"""What every table is built on: the naming of constraints, moments in UTC, and columns that hold one of some words."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import JSON, CheckConstraint, ColumnElement, DateTime, LargeBinary, MetaData, String, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute

from survey.clock import UTC

_T = TypeVar("_T")
Asked: TypeAlias = _T | ColumnElement[_T] | InstrumentedAttribute[_T]
"""What a condition asks for: a value, or what stands for one in the statement (a parameter, another table's column)."""


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """A constraint that a column holds one of these words."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})", name=f"{column}_is_known")


class Moment(TypeDecorator[datetime]):
    """A point in time in UTC, on both engines (SQLite forgets the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone: use survey.clock.now().")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class Base(DeclarativeBase):
    """Tables with constraint names that migrations can rely on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Moment, dict[str, Any]: JSON, list[str]: JSON, bytes: LargeBinary, str: String}
