"""Recordings of questions, in the store itself, and the published versions that name them."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recordings",
        sa.Column("name", sa.String(length=44), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_recordings")),
    )
    op.create_table(
        "version_recordings",
        sa.Column("instrument_version_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=44), nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument_version_id"],
            ["instrument_versions.id"],
            name=op.f("fk_version_recordings_instrument_version_id"),
        ),
        sa.ForeignKeyConstraint(["name"], ["recordings.name"], name=op.f("fk_version_recordings_name")),
        sa.PrimaryKeyConstraint("instrument_version_id", "name", name=op.f("pk_version_recordings")),
    )
    op.create_index(op.f("ix_version_recordings_name"), "version_recordings", ["name"])
