"""The stop switch: what stands still, why, and who agreed to go on."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pauses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("setting_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("started_by", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_because", sa.String(length=300), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(programme_id IS NULL) <> (setting_id IS NULL)", name=op.f("ck_pauses_a_programme_or_a_setting")
        ),
        sa.CheckConstraint("(asked_by IS NULL) = (asked_because IS NULL)", name=op.f("ck_pauses_who_asks_says_why")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_pauses_who_ended_is_known")),
        sa.CheckConstraint(
            "ended_by IS NULL OR (asked_by IS NOT NULL AND asked_by <> ended_by)",
            name=op.f("ck_pauses_two_people_reopen"),
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_pauses_programme_id")),
        sa.ForeignKeyConstraint(["setting_id"], ["settings.id"], name=op.f("fk_pauses_setting_id")),
        sa.ForeignKeyConstraint(["started_by"], ["accounts.id"], name=op.f("fk_pauses_started_by")),
        sa.ForeignKeyConstraint(["asked_by"], ["accounts.id"], name=op.f("fk_pauses_asked_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["accounts.id"], name=op.f("fk_pauses_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pauses")),
    )
    for name in ("programme", "setting"):
        op.create_index(
            f"one_pause_a_{name}",
            "pauses",
            [f"{name}_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
