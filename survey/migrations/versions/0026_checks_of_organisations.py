"""Each organisation checks the help numbers itself. What one checked for all is kept where there is only one."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    store = op.get_bind()
    organisations = store.execute(sa.text("SELECT id FROM organisations")).scalars().all()
    checks = store.execute(sa.text("SELECT key, checked_on, checked_by, owner FROM helpline_checks")).mappings().all()
    op.drop_table("helpline_checks")
    op.create_table(
        "helpline_checks",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("checked_by", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_helpline_checks_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "key", name=op.f("pk_helpline_checks")),
    )
    for check in checks if len(organisations) == 1 else ():
        store.execute(
            sa.text("INSERT INTO helpline_checks VALUES (:organisation, :key, :checked_on, :checked_by, :owner)"),
            {"organisation": organisations[0], **check},
        )
