"""A bank holiday is nobody's day of duty unless the duty says so."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("duties", sa.Column("on_bank_holidays", sa.Boolean(), server_default=sa.false(), nullable=False))
