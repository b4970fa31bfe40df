"""A reader's key that took the place of another one waits until a colleague has confirmed it; those in use stay in use. A planted
note has the language of words that its reader could be sent, and the moment at which it comes."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reader_keys", sa.Column("is_confirmed", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("planted_notes", sa.Column("language", sa.String(12), server_default="en", nullable=False))
    op.add_column("planted_notes", sa.Column("comes_at", sa.DateTime(timezone=True), nullable=True))
