"""A sitting that is opened again after its key has died gets another one: many keys a sitting, one of them living."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

LIVING = sa.text("private_key IS NOT NULL")


def upgrade() -> None:
    checks = (  # SQLite makes the table anew, and these would not come along by themselves
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_sealing_keys_id_is_whole")),
        sa.CheckConstraint("length(public_key) = 65", name=op.f("ck_sealing_keys_public_key_is_a_point")),
    )
    with op.batch_alter_table("sealing_keys", table_args=checks) as table:
        table.drop_constraint(op.f("uq_sealing_keys_sitting_id"), type_="unique")
    op.create_index(op.f("ix_sealing_keys_sitting_id"), "sealing_keys", ["sitting_id"])
    op.create_index(
        "one_living_key", "sealing_keys", ["sitting_id"], unique=True, sqlite_where=LIVING, postgresql_where=LIVING
    )
