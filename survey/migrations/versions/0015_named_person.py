"""Who keeps children safe at a sitting, and where to find them."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sittings", sa.Column("safe_person", sa.String(length=200), server_default="", nullable=False))
