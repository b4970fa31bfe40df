"""An organisation's own notice in more than one language."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_translations",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("controller", sa.String(length=300), nullable=False),
        sa.Column("contact", sa.String(length=300), nullable=False),
        sa.Column("officer", sa.String(length=300), nullable=False),
        sa.Column("kept_for", sa.String(length=300), nullable=False),
        sa.Column("complaints", sa.String(length=600), nullable=False),
        sa.Column("accessibility", sa.String(length=600), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["notices.organisation_id"], name=op.f("fk_notice_translations_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "language", name=op.f("pk_notice_translations")),
    )
