"""What each organisation tells those whose answers it keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("controller", sa.String(length=300), nullable=False),
        sa.Column("contact", sa.String(length=300), nullable=False),
        sa.Column("officer", sa.String(length=300), nullable=False),
        sa.Column("basis", sa.String(length=30), nullable=False),
        sa.Column("kept_for", sa.String(length=300), nullable=False),
        sa.Column("complaints", sa.String(length=600), nullable=False),
        sa.CheckConstraint(
            "basis IN ('public_task', 'legitimate_interests', 'recognised_legitimate_interests')",
            name=op.f("ck_notices_basis_is_known"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_notices_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_notices")),
    )
