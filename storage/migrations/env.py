"""Alembic runs this file. The connection, already in a transaction, comes from `applying.apply`."""

from alembic import context
from sqlmodel import SQLModel

import storage.models  # noqa: F401  fills the metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=True,  # true of SQLite as well, once the driver begins nothing by itself
)
with context.begin_transaction():
    context.run_migrations()
