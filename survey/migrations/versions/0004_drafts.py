"""Questionnaires while they are written, and which organisation published which version with which two people."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("base", sa.String(), nullable=True),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.CheckConstraint("state IN ('brought_in', 'draft', 'proposed')", name=op.f("ck_drafts_state_is_known")),
        sa.CheckConstraint(
            "(state = 'proposed') = (proposed_by IS NOT NULL)", name=op.f("ck_drafts_a_proposal_is_somebodys")
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_drafts_organisation_id")),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_drafts_made_by")),
        sa.ForeignKeyConstraint(["changed_by"], ["accounts.id"], name=op.f("fk_drafts_changed_by")),
        sa.ForeignKeyConstraint(["proposed_by"], ["accounts.id"], name=op.f("fk_drafts_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    op.create_index(op.f("ix_drafts_organisation_id"), "drafts", ["organisation_id"])
    op.create_table(
        "publications",
        sa.Column("instrument_version_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("agreed_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("proposed_by <> agreed_by", name=op.f("ck_publications_two_people")),
        sa.ForeignKeyConstraint(
            ["instrument_version_id"], ["instrument_versions.id"], name=op.f("fk_publications_instrument_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_publications_organisation_id")
        ),
        sa.ForeignKeyConstraint(["proposed_by"], ["accounts.id"], name=op.f("fk_publications_proposed_by")),
        sa.ForeignKeyConstraint(["agreed_by"], ["accounts.id"], name=op.f("fk_publications_agreed_by")),
        sa.PrimaryKeyConstraint("instrument_version_id", name=op.f("pk_publications")),
    )
    op.create_index(op.f("ix_publications_organisation_id"), "publications", ["organisation_id"])
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER publications_refuses_{act.lower()} BEFORE {act} ON publications "
                "BEGIN SELECT RAISE(ABORT, 'publications never changes'); END"
            )
    else:
        op.execute(
            "CREATE TRIGGER publications_frozen BEFORE UPDATE OR DELETE ON publications "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
