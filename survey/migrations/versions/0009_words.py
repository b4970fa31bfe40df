"""What young people wrote, sealed to its readers; readers' keys and duties; planted notes."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _keys()
    _duties()
    _remarks()


def _keys() -> None:
    op.create_table(
        "reader_keys",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("by_passphrase", sa.LargeBinary(), nullable=False),
        sa.Column("by_recovery", sa.LargeBinary(), nullable=False),
        sa.Column("by_browser", sa.LargeBinary(), nullable=True),
        sa.Column("unlocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_reader_keys_id_is_whole")),
        sa.CheckConstraint("length(public_key) = 65", name=op.f("ck_reader_keys_public_key_is_a_point")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_reader_keys_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reader_keys")),
    )
    op.create_index(op.f("ix_reader_keys_account_id"), "reader_keys", ["account_id"], unique=False)
    op.create_index(
        "one_key_in_use",
        "reader_keys",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "planted_notes",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("setting_id", sa.Integer(), nullable=False),
        sa.Column("wave", sa.String(length=30), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("planted_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_planted_notes_id_is_whole")),
        sa.ForeignKeyConstraint(["key_id"], ["reader_keys.id"], name=op.f("fk_planted_notes_key_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_planted_notes_programme_id")),
        sa.ForeignKeyConstraint(["setting_id"], ["settings.id"], name=op.f("fk_planted_notes_setting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planted_notes")),
        sa.UniqueConstraint("key_id", "planted_on", name=op.f("uq_planted_notes_key_id_planted_on")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_planted_notes_key_id"), "planted_notes", ["key_id"], unique=False)


def _duties() -> None:
    op.create_table(
        "duties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("setting_id", sa.Integer(), nullable=True),
        sa.Column("is_outside", sa.Boolean(), nullable=False),
        sa.Column("task", sa.String(length=10), nullable=False),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=False),
        sa.Column("ends", sa.String(length=5), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.CheckConstraint("task IN ('reader', 'deputy', 'lead')", name=op.f("ck_duties_task_is_known")),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_duties_days_run_forward")),
        sa.CheckConstraint(
            "is_outside OR setting_id IS NOT NULL", name=op.f("ck_duties_who_is_inside_is_inside_one_setting")
        ),
        sa.CheckConstraint("starts < ends", name=op.f("ck_duties_hours_run_forward")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_duties_account_id")),
        sa.ForeignKeyConstraint(
            ["programme_id", "setting_id"],
            ["participations.programme_id", "participations.setting_id"],
            name=op.f("fk_duties_programme_id_setting_id"),
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_duties_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duties")),
    )
    op.create_index(op.f("ix_duties_account_id"), "duties", ["account_id"], unique=False)
    op.create_index(op.f("ix_duties_programme_id"), "duties", ["programme_id"], unique=False)


def _remarks() -> None:
    op.create_table(
        "remarks",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("setting_id", sa.Integer(), nullable=False),
        sa.Column("wave", sa.String(length=30), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("chosen", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(length=20), nullable=True),
        sa.Column("handed_to", sa.String(length=200), nullable=True),
        sa.Column("handed_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=100), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(decision = 'handed_on') = (handed_to IS NOT NULL) OR decision IS NULL",
            name=op.f("ck_remarks_handed_to_whom"),
        ),
        sa.CheckConstraint(
            "(mode = 'linked') = (case_id IS NOT NULL)", name=op.f("ck_remarks_only_linked_remarks_belong_to_a_case")
        ),
        sa.CheckConstraint("(state = 'decided') = (decision IS NOT NULL)", name=op.f("ck_remarks_decided_says_what")),
        sa.CheckConstraint("(state = 'new') = (opened_by IS NULL)", name=op.f("ck_remarks_who_opened_is_known")),
        sa.CheckConstraint("chosen IN ('school', 'outside')", name=op.f("ck_remarks_chosen_is_known")),
        sa.CheckConstraint("decision IN ('no_concern', 'handed_on')", name=op.f("ck_remarks_decision_is_known")),
        sa.CheckConstraint("state IN ('new', 'opened', 'decided')", name=op.f("ck_remarks_state_is_known")),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_remarks_id_is_whole")),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name=op.f("fk_remarks_decided_by")),
        sa.ForeignKeyConstraint(["opened_by"], ["accounts.id"], name=op.f("fk_remarks_opened_by")),
        sa.ForeignKeyConstraint(
            ["programme_id", "mode"], ["programmes.id", "programmes.mode"], name=op.f("fk_remarks_programme_id_mode")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "setting_id"],
            ["participations.programme_id", "participations.setting_id"],
            name=op.f("fk_remarks_programme_id_setting_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remarks")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_remarks_programme_id"), "remarks", ["programme_id"], unique=False)
    op.create_table(
        "envelopes",
        sa.Column("remark_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["reader_keys.id"], name=op.f("fk_envelopes_key_id")),
        sa.ForeignKeyConstraint(["remark_id"], ["remarks.id"], name=op.f("fk_envelopes_remark_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("remark_id", "key_id", name=op.f("pk_envelopes")),
        sqlite_with_rowid=False,
    )
