"""Counts from records with what was released of them, and the changes agreed as worth having before a programme opens."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _programme(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f(f"fk_{table}_programme_id"))


def upgrade() -> None:
    op.create_table(
        "agreed_changes",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=60), nullable=False),
        sa.Column("smallest", sa.Integer(), nullable=False),
        sa.Column("agreed_with", sa.String(length=200), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.CheckConstraint("smallest BETWEEN 1 AND 50", name=op.f("ck_agreed_changes_smallest_is_a_change")),
        _programme("agreed_changes"),
        sa.PrimaryKeyConstraint("programme_id", "indicator", name=op.f("pk_agreed_changes")),
    )
    op.create_table(
        "observations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("exposure", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("is_released", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "count >= 0 AND exposure >= 0 AND people > 0", name=op.f("ck_observations_counts_are_counts")
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_observations_a_period_runs_forward")),
        _programme("observations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observations")),
        sa.UniqueConstraint(
            "programme_id",
            "indicator",
            "place",
            "first_day",
            name=op.f("uq_observations_programme_id_indicator_place_first_day"),
        ),
    )
    op.create_index(op.f("ix_observations_programme_id"), "observations", ["programme_id"])
    op.create_table(
        "record_releases",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        _programme("record_releases"),
        sa.PrimaryKeyConstraint("programme_id", "made_on", name=op.f("pk_record_releases")),
    )
