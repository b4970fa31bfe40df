"""What is kept of letters on what children wrote tells no moment but half hours: those that nobody needs any more go, and of those
that were sent the half hour stays in which they fell due."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM outbox WHERE settled_at IS NOT NULL AND (kind LIKE 'remark%' OR kind LIKE 'talk%')")
    op.execute(
        "UPDATE outbox SET sent_at = due_at, try_at = due_at"
        " WHERE sent_at IS NOT NULL AND (kind LIKE 'remark%' OR kind LIKE 'talk%')"
    )
