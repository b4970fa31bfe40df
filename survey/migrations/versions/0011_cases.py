"""Linked mode: cases, the alerts that answers raise, and when an account was last there."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
SITTING = "sitting_id_programme_id_mode"
CASE_OF_A_RESPONSE = "fk_responses_case_id_programme_id"


def _account(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["accounts.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.add_column("accounts", sa.Column("seen_at", MOMENT, nullable=True))
    _make_cases()
    _make_alerts()
    if op.get_bind().dialect.name == "sqlite":
        _bind_responses_by_rebuilding()
    else:
        op.create_foreign_key(
            op.f(CASE_OF_A_RESPONSE), "responses", "cases", ["case_id", "programme_id"], ["id", "programme_id"]
        )
    of_a_case = sa.text("case_id IS NOT NULL")
    op.create_index(
        "ix_responses_case_id", "responses", ["case_id"], sqlite_where=of_a_case, postgresql_where=of_a_case
    )


def _make_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.CheckConstraint("mode = 'linked'", name=op.f("ck_cases_cases_are_linked")),
        sa.CheckConstraint("worker_id <> deputy_id", name=op.f("ck_cases_a_deputy_is_somebody_else")),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR closed_at IS NOT NULL", name=op.f("ck_cases_what_is_withdrawn_is_closed")
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id", "programme_id", "mode"],
            ["sittings.id", "sittings.programme_id", "sittings.mode"],
            name=op.f(f"fk_cases_{SITTING}"),
        ),
        _account("cases", "worker_id"),
        _account("cases", "deputy_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("id", "programme_id", name=op.f("uq_cases_id_programme_id")),
        sa.UniqueConstraint("sitting_id", name=op.f("uq_cases_sitting_id")),
        sa.UniqueConstraint("programme_id", "reference", name=op.f("uq_cases_programme_id_reference")),
    )
    op.create_index(op.f("ix_cases_worker_id"), "cases", ["worker_id"])
    op.create_index(op.f("ix_cases_deputy_id"), "cases", ["deputy_id"])


def _make_alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("opening_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.LargeBinary(length=16), nullable=False),
        sa.Column("item_key", sa.String(length=60), nullable=False),
        sa.Column("option_code", sa.Integer(), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("opened_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decision", sa.String(length=20), nullable=True),
        sa.Column("handed_to", sa.String(length=200), nullable=True),
        sa.Column("handed_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=100), nullable=True),
        sa.CheckConstraint("length(mark) = 16", name=op.f("ck_alerts_mark_is_whole")),
        sa.CheckConstraint("state IN ('new', 'opened', 'decided')", name=op.f("ck_alerts_state_is_known")),
        sa.CheckConstraint("decision IN ('no_concern', 'handed_on')", name=op.f("ck_alerts_decision_is_known")),
        sa.CheckConstraint("(state = 'new') = (opened_by IS NULL)", name=op.f("ck_alerts_who_opened_is_known")),
        sa.CheckConstraint(
            "(opened_by IS NULL) = (opened_at IS NULL)", name=op.f("ck_alerts_when_it_was_opened_is_known")
        ),
        sa.CheckConstraint("(state = 'decided') = (decision IS NOT NULL)", name=op.f("ck_alerts_decided_says_what")),
        sa.CheckConstraint("(decided_by IS NULL) = (decision IS NULL)", name=op.f("ck_alerts_who_decided_is_known")),
        sa.CheckConstraint(
            "(decision = 'handed_on') = (handed_to IS NOT NULL) OR decision IS NULL",
            name=op.f("ck_alerts_handed_to_whom"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_alerts_case_id")),
        sa.ForeignKeyConstraint(["opening_id"], ["openings.id"], name=op.f("fk_alerts_opening_id")),
        _account("alerts", "opened_by"),
        _account("alerts", "decided_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint(
            "opening_id", "mark", "item_key", "option_code", name=op.f("uq_alerts_opening_id_mark_item_key_option_code")
        ),
    )
    op.create_index(op.f("ix_alerts_case_id"), "alerts", ["case_id"])


def _bind_responses_by_rebuilding() -> None:
    """SQLite cannot add a foreign key to a table that is there: its rows move to one that has it, in the same transaction."""
    op.execute("ALTER TABLE responses RENAME TO responses_before")
    op.execute("DROP INDEX ix_responses_opening_id")
    op.execute(
        """
        CREATE TABLE responses (
            id BLOB NOT NULL,
            opening_id INTEGER NOT NULL,
            programme_id INTEGER NOT NULL,
            wave VARCHAR(30) NOT NULL,
            mode VARCHAR(20) NOT NULL,
            codes BLOB NOT NULL,
            pair_key BLOB,
            case_id INTEGER,
            is_second BOOLEAN NOT NULL,
            is_late BOOLEAN NOT NULL,
            CONSTRAINT pk_responses PRIMARY KEY (id),
            CONSTRAINT fk_responses_opening_id_programme_id_wave_mode FOREIGN KEY(opening_id, programme_id, wave, mode)
                REFERENCES openings (id, programme_id, wave, mode),
            CONSTRAINT fk_responses_case_id_programme_id FOREIGN KEY(case_id, programme_id)
                REFERENCES cases (id, programme_id),
            CONSTRAINT uq_responses_programme_id_wave_pair_key UNIQUE (programme_id, wave, pair_key),
            CONSTRAINT ck_responses_only_linked_rows_belong_to_a_case
                CHECK ((mode = 'linked') = (case_id IS NOT NULL)),
            CONSTRAINT ck_responses_id_is_whole CHECK (length(id) = 16),
            CONSTRAINT ck_responses_pair_key_is_a_hash CHECK (pair_key IS NULL OR length(pair_key) = 16)
        ) WITHOUT ROWID
        """
    )
    op.execute("INSERT INTO responses SELECT * FROM responses_before")
    op.execute("DROP TABLE responses_before")
    op.create_index("ix_responses_opening_id", "responses", ["opening_id"])
