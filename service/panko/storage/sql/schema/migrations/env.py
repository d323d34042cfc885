"""What Alembic runs for each upgrade: on the connection that `panko.storage.sql.schema.migrate` hands over."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
