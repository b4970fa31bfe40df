"""Slips on which a child may ask somebody to talk with them, sealed to readers."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "talk_slips",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("setting_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("seen_by", sa.Integer(), nullable=True),
        sa.Column("seen_on", sa.Date(), nullable=True),
        sa.Column("done", sa.String(length=300), nullable=True),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_talk_slips_id_is_whole")),
        sa.CheckConstraint(
            "state IN ('sealed', 'new', 'opened', 'seen_to')", name=op.f("ck_talk_slips_state_is_known")
        ),
        sa.CheckConstraint(
            "(state IN ('sealed', 'new')) = (opened_by IS NULL)", name=op.f("ck_talk_slips_who_opened_is_known")
        ),
        sa.CheckConstraint(
            "(state = 'seen_to') = (seen_by IS NOT NULL)", name=op.f("ck_talk_slips_who_saw_to_it_is_known")
        ),
        sa.CheckConstraint(
            "(seen_by IS NULL) = (seen_on IS NULL)", name=op.f("ck_talk_slips_when_it_was_seen_to_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "setting_id"],
            ["participations.programme_id", "participations.setting_id"],
            name=op.f("fk_talk_slips_programme_id_setting_id"),
        ),
        sa.ForeignKeyConstraint(["opened_by"], ["accounts.id"], name=op.f("fk_talk_slips_opened_by")),
        sa.ForeignKeyConstraint(["seen_by"], ["accounts.id"], name=op.f("fk_talk_slips_seen_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_slips")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_talk_slips_programme_id"), "talk_slips", ["programme_id"])
    op.create_table(
        "talk_envelopes",
        sa.Column("slip_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("is_sorted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["slip_id"], ["talk_slips.id"], name=op.f("fk_talk_envelopes_slip_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["key_id"], ["reader_keys.id"], name=op.f("fk_talk_envelopes_key_id")),
        sa.PrimaryKeyConstraint("slip_id", "key_id", name=op.f("pk_talk_envelopes")),
        sqlite_with_rowid=False,
    )
