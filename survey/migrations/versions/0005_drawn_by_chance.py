"""What was drawn by chance: the one wave that a sitting answers, and the schools of a sample."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sittings", sa.Column("only_wave", sa.String(length=30), nullable=True))
    op.add_column("participations", sa.Column("in_sample", sa.Boolean(), nullable=False, server_default=sa.true()))
