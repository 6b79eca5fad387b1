"""Runs migrations on the engine that `pipelines.catalogue` hands over."""

from alembic import context

from pipelines.database import begin_writing
from pipelines.schema import metadata

engine = context.config.attributes["engine"]
with engine.connect() as connection, begin_writing(connection):
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
