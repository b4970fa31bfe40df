"""Where Alembic meets the store: it migrates the very connection it is given, in one transaction."""

from alembic import context

from survey.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=False,
    render_as_batch=False,
)
with context.begin_transaction():
    context.run_migrations()
