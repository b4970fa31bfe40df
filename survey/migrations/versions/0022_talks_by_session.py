"""Messages on last pages name the session. Those that wait for a programme come again for each of its sessions that waits, since
whichever of them was meant, the others were silenced; slips that were opened and not seen to show on their page as before."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "INSERT INTO outbox (kind, account_id, subject, due_at, try_at, attempts)"
        " SELECT m.kind, m.account_id, 'talks ' || s.programme_id || ' ' || s.setting_id || ' ' || s.held_on,"
        " m.due_at, m.due_at, 0"
        " FROM outbox m JOIN (SELECT DISTINCT programme_id, setting_id, held_on FROM talk_slips"
        " WHERE state IN ('sealed', 'new')) s ON m.subject = 'talks ' || s.programme_id"
        " WHERE m.settled_at IS NULL AND m.kind IN ('talk_waiting', 'talk_overdue')"
    )
    op.execute(
        "DELETE FROM outbox WHERE kind IN ('talk_waiting', 'talk_overdue') AND subject LIKE 'talks %'"
        " AND subject NOT LIKE 'talks % %'"
    )
