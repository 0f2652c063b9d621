"""Run the migrations on the connection that was handed over: Alembic loads this file for every command."""

from alembic import context

from engine.db import Base
from engine.migrations import OPTIONS

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, transactional_ddl=True, **OPTIONS
)
with context.begin_transaction():
    context.run_migrations()
