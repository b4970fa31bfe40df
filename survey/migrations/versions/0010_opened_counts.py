"""How often the questions of an opening were given out."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opened_counts",
        sa.Column("opening_id", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["opening_id"], ["openings.id"], name=op.f("fk_opened_counts_opening_id")),
        sa.PrimaryKeyConstraint("opening_id", name=op.f("pk_opened_counts")),
    )
