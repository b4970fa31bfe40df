"""Tickets of which others took the place are kept, so that answers given under them still arrive."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "replaced_tickets",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("opening_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.CheckConstraint("length(id) = 32", name=op.f("ck_replaced_tickets_id_is_whole")),
        sa.ForeignKeyConstraint(["opening_id"], ["openings.id"], name=op.f("fk_replaced_tickets_opening_id_openings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replaced_tickets")),
    )
    op.create_index(op.f("ix_replaced_tickets_opening_id"), "replaced_tickets", ["opening_id"])
