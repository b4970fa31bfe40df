"""Who checked which helpline and when; the language of a notice, and what an organisation adds on accessibility."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "helpline_checks",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("checked_by", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_helpline_checks")),
    )
    op.add_column("notices", sa.Column("language", sa.String(length=12), server_default="en", nullable=False))
    op.add_column("notices", sa.Column("accessibility", sa.String(length=600), server_default="", nullable=False))
