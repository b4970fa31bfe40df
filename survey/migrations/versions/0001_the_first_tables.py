"""The first tables, and the triggers that keep what must never change."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=300), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email", name=op.f("uq_accounts_email")),
    )
    op.create_table(
        "budgets",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spent", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_budgets")),
    )
    op.create_table(
        "instrument_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_instrument_versions_hash_is_whole")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_versions")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_instrument_versions_key_version")),
        sa.UniqueConstraint("sha256", name=op.f("uq_instrument_versions_sha256")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("run_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(length=300), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_jobs_state_is_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index(op.f("ix_jobs_state"), "jobs", ["state"], unique=False)
    op.create_table(
        "organisations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("name", name=op.f("uq_organisations_name")),
    )
    op.create_table(
        "audit",
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("mac", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_audit_account_id")),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_audit")),
    )
    op.create_table(
        "programmes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("design", sa.String(length=20), nullable=False),
        sa.Column("timing", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("release_dates", sa.JSON(), nullable=False),
        sa.Column("breakdowns", sa.JSON(), nullable=False),
        sa.Column("pairing_key", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "design IN ('after_only', 'split', 'paired', 'waiting', 'repeated')",
            name=op.f("ck_programmes_design_is_known"),
        ),
        sa.CheckConstraint("mode IN ('private', 'linked')", name=op.f("ck_programmes_mode_is_known")),
        sa.CheckConstraint(
            "origin IN ('collected', 'simulated', 'published')", name=op.f("ck_programmes_origin_is_known")
        ),
        sa.CheckConstraint(
            "status <> 'closed' OR pairing_key IS NULL", name=op.f("ck_programmes_pairing_key_dies_at_closing")
        ),
        sa.CheckConstraint("status IN ('draft', 'open', 'closed')", name=op.f("ck_programmes_status_is_known")),
        sa.CheckConstraint(
            "timing IN ('straight_after', 'within_a_week', 'weeks_later')", name=op.f("ck_programmes_timing_is_known")
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_programmes_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programmes")),
        sa.UniqueConstraint("id", "mode", name=op.f("uq_programmes_id_mode")),
        sa.UniqueConstraint("key", name=op.f("uq_programmes_key")),
    )
    op.create_table(
        "settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_settings_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settings")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_settings_organisation_id_name")),
    )
    op.create_table(
        "sign_ins",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_sign_ins_account_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_ins")),
    )
    op.create_index(op.f("ix_sign_ins_account_id"), "sign_ins", ["account_id"], unique=False)
    op.create_table(
        "grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "role IN ('facilitator', 'worker', 'safeguarding_reader', 'analyst', 'commissioner', 'administrator')",
            name=op.f("ck_grants_role_is_known"),
        ),
        sa.CheckConstraint(
            "(organisation_id IS NULL) <> (programme_id IS NULL)", name=op.f("ck_grants_organisation_or_programme")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_grants_account_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_grants_organisation_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_grants_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    op.create_index(op.f("ix_grants_account_id"), "grants", ["account_id"], unique=False)
    op.create_table(
        "participations",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("setting_id", sa.Integer(), nullable=False),
        sa.Column("arm", sa.String(length=20), nullable=False),
        sa.Column("on_roll", sa.Integer(), nullable=False),
        sa.CheckConstraint("on_roll >= 0", name=op.f("ck_participations_on_roll_is_a_count")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_participations_programme_id")),
        sa.ForeignKeyConstraint(["setting_id"], ["settings.id"], name=op.f("fk_participations_setting_id")),
        sa.PrimaryKeyConstraint("programme_id", "setting_id", name=op.f("pk_participations")),
    )
    op.create_table(
        "programme_waves",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("wave", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("instrument_version_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument_version_id"], ["instrument_versions.id"], name=op.f("fk_programme_waves_instrument_version_id")
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_programme_waves_programme_id")),
        sa.PrimaryKeyConstraint("programme_id", "wave", name=op.f("pk_programme_waves")),
    )
    op.create_table(
        "releases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("setting_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("snapshot", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("ledger", sa.String(), nullable=False),
        sa.Column("withdrawn_because", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "(kind = 'school') = (setting_id IS NOT NULL)", name=op.f("ck_releases_a_school_page_is_of_a_school")
        ),
        sa.CheckConstraint(
            "kind IN ('interim', 'final', 'school', 'published')", name=op.f("ck_releases_kind_is_known")
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_releases_programme_id")),
        sa.ForeignKeyConstraint(["setting_id"], ["settings.id"], name=op.f("fk_releases_setting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        sa.UniqueConstraint("programme_id", "number", name=op.f("uq_releases_programme_id_number")),
    )
    op.create_table(
        "charts",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("svg", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_charts_release_id")),
        sa.PrimaryKeyConstraint("release_id", "name", "language", name=op.f("pk_charts")),
    )
    op.create_table(
        "sittings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("setting_id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("year_groups", sa.String(length=100), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("absent", sa.Integer(), nullable=False),
        sa.Column("opted_out", sa.Integer(), nullable=False),
        sa.Column("devices", sa.String(length=20), nullable=False),
        sa.Column("play_started_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("devices IN ('own', 'shared', 'paper')", name=op.f("ck_sittings_devices_is_known")),
        sa.CheckConstraint(
            "present >= 0 AND absent >= 0 AND opted_out >= 0", name=op.f("ck_sittings_counts_are_counts")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "mode"], ["programmes.id", "programmes.mode"], name=op.f("fk_sittings_programme_id_mode")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "setting_id"],
            ["participations.programme_id", "participations.setting_id"],
            name=op.f("fk_sittings_programme_id_setting_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sittings")),
        sa.UniqueConstraint("id", "programme_id", "mode", name=op.f("uq_sittings_id_programme_id_mode")),
    )
    op.create_table(
        "entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("respondent", sa.String(length=30), nullable=False),
        sa.CheckConstraint("length(code) = 8", name=op.f("ck_entries_code_has_8_signs")),
        sa.ForeignKeyConstraint(
            ["sitting_id", "programme_id", "mode"],
            ["sittings.id", "sittings.programme_id", "sittings.mode"],
            name=op.f("fk_entries_sitting_id_programme_id_mode"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("code", name=op.f("uq_entries_code")),
        sa.UniqueConstraint("id", "programme_id", "mode", name=op.f("uq_entries_id_programme_id_mode")),
    )
    op.create_index(op.f("ix_entries_sitting_id"), "entries", ["sitting_id"], unique=False)
    op.create_table(
        "released_sittings",
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_released_sittings_release_id")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_released_sittings_sitting_id")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_released_sittings")),
    )
    op.create_index(op.f("ix_released_sittings_release_id"), "released_sittings", ["release_id"], unique=False)
    op.create_table(
        "openings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("wave", sa.String(length=30), nullable=False),
        sa.Column("instrument_version_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id", "programme_id", "mode"],
            ["entries.id", "entries.programme_id", "entries.mode"],
            name=op.f("fk_openings_entry_id_programme_id_mode"),
        ),
        sa.ForeignKeyConstraint(
            ["instrument_version_id"], ["instrument_versions.id"], name=op.f("fk_openings_instrument_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_openings")),
        sa.UniqueConstraint("entry_id", "wave", name=op.f("uq_openings_entry_id_wave")),
        sa.UniqueConstraint("id", "programme_id", "wave", "mode", name=op.f("uq_openings_id_programme_id_wave_mode")),
    )
    op.create_table(
        "declines",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("opening_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_declines_id_is_whole")),
        sa.ForeignKeyConstraint(["opening_id"], ["openings.id"], name=op.f("fk_declines_opening_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declines")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_declines_opening_id"), "declines", ["opening_id"], unique=False)
    op.create_table(
        "held",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("opening_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_held_id_is_whole")),
        sa.ForeignKeyConstraint(["opening_id"], ["openings.id"], name=op.f("fk_held_opening_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_held_opening_id"), "held", ["opening_id"], unique=False)
    op.create_table(
        "receipts",
        sa.Column("id_mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("body_mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("opening_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.CheckConstraint("outcome IN ('stored', 'held', 'declined')", name=op.f("ck_receipts_outcome_is_known")),
        sa.CheckConstraint("length(id_mac) = 32 AND length(body_mac) = 32", name=op.f("ck_receipts_macs_are_whole")),
        sa.ForeignKeyConstraint(["opening_id"], ["openings.id"], name=op.f("fk_receipts_opening_id")),
        sa.PrimaryKeyConstraint("id_mac", "body_mac", name=op.f("pk_receipts")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_receipts_opening_id"), "receipts", ["opening_id"], unique=False)
    op.create_index(
        "one_row_a_submission",
        "receipts",
        ["id_mac"],
        unique=True,
        sqlite_where=sa.text("outcome <> 'held'"),
        postgresql_where=sa.text("outcome <> 'held'"),
    )
    op.create_table(
        "responses",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("opening_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("wave", sa.String(length=30), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("codes", sa.LargeBinary(), nullable=False),
        sa.Column("pair_key", sa.LargeBinary(length=16), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("is_second", sa.Boolean(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(mode = 'linked') = (case_id IS NOT NULL)", name=op.f("ck_responses_only_linked_rows_belong_to_a_case")
        ),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_responses_id_is_whole")),
        sa.CheckConstraint("pair_key IS NULL OR length(pair_key) = 16", name=op.f("ck_responses_pair_key_is_a_hash")),
        sa.ForeignKeyConstraint(
            ["opening_id", "programme_id", "wave", "mode"],
            ["openings.id", "openings.programme_id", "openings.wave", "openings.mode"],
            name=op.f("fk_responses_opening_id_programme_id_wave_mode"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responses")),
        sa.UniqueConstraint("programme_id", "wave", "pair_key", name=op.f("uq_responses_programme_id_wave_pair_key")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_responses_opening_id"), "responses", ["opening_id"], unique=False)
    op.create_table(
        "tickets",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("opening_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.CheckConstraint("length(id) = 32", name=op.f("ck_tickets_id_is_whole")),
        sa.ForeignKeyConstraint(["opening_id"], ["openings.id"], name=op.f("fk_tickets_opening_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("opening_id", "language", name=op.f("uq_tickets_opening_id_language")),
    )
    _refuse_changes()


FROZEN = {
    "audit": ("UPDATE", "DELETE"),
    "instrument_versions": ("UPDATE", "DELETE"),
    "releases": ("DELETE",),
    "released_sittings": ("UPDATE", "DELETE"),
}
FROZEN_COLUMNS = ("programme_id", "setting_id", "number", "kind", "made_on", "snapshot", "sha256", "ledger")


def _refuse_changes() -> None:
    """Make the engine itself refuse what no code of ours does either."""
    if op.get_bind().dialect.name == "sqlite":
        for table, acts in FROZEN.items():
            for act in acts:
                _sqlite_trigger(table, act, act)
        _sqlite_trigger("releases", "UPDATE", f"UPDATE OF {', '.join(FROZEN_COLUMNS)}")
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% never changes', TG_TABLE_NAME; END $$"
    )
    for table, acts in FROZEN.items():
        _postgresql_trigger(table, " OR ".join(acts), "frozen")
    _postgresql_trigger("releases", f"UPDATE OF {', '.join(FROZEN_COLUMNS)}", "kept")


def _sqlite_trigger(table: str, name: str, event: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_refuses_{name.lower()} BEFORE {event} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} never changes'); END"
    )


def _postgresql_trigger(table: str, events: str, name: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_{name} BEFORE {events} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
