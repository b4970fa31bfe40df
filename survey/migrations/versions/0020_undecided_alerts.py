"""Whoever leads safeguarding is called unless somebody decided, opened or not: the messages that wait are named so, and those
that an opening had settled wait again where nobody has decided since."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE outbox SET kind = 'alert_undecided' WHERE kind = 'alert_unopened'")
    op.execute(
        "UPDATE outbox SET settled_at = NULL WHERE kind = 'alert_undecided' AND sent_at IS NULL"
        " AND subject IN (SELECT 'alert ' || id FROM alerts WHERE state = 'opened')"
    )
