"""Sheets of paper while they are typed in."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paper_batches",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("is_settled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("length(id) = 32", name=op.f("ck_paper_batches_id_is_whole")),
        sa.CheckConstraint("number > 0 AND sheets > 0", name=op.f("ck_paper_batches_counts_are_counts")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_paper_batches_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_batches")),
    )
    op.create_index(op.f("ix_paper_batches_ticket_id"), "paper_batches", ["ticket_id"])
    op.create_table(
        "paper_sheets",
        sa.Column("batch_id", sa.String(length=32), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("typed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("turn IN (0, 1, 2)", name=op.f("ck_paper_sheets_turn_is_known")),
        sa.ForeignKeyConstraint(["batch_id"], ["paper_batches.id"], name=op.f("fk_paper_sheets_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", "turn", "place", name=op.f("pk_paper_sheets")),
    )
