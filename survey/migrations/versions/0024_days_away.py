"""Days on which somebody on duty is away."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("duties", sa.Column("away", sa.JSON(), server_default="[]", nullable=False))
