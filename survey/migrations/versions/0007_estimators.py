"""How a programme's change is worked out, fixed when it opens; those that are open already declared none."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("programmes", sa.Column("estimator", sa.String(length=60), nullable=True))
