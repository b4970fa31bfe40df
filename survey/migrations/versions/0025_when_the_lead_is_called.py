"""From when on an alert is for whoever leads safeguarding too; those that were there before stay open to them."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.Column("lead_at", sa.DateTime(timezone=True), server_default="2026-01-01 00:00:00", nullable=False)
    op.add_column("alerts", moment)
    op.execute("UPDATE alerts SET lead_at = raised_at")
