"""Alembic's way in. Run by ``bot.storage.migrate`` with a connection already in a transaction.

Revisions are numbered and go forward only; the way back is the backup taken before. The whole
chain runs in the caller's one transaction, so an upgrade that is killed leaves nothing behind.
Revisions that alter a table do it with ``op.batch_alter_table``: SQLite can only rebuild one.
"""

from __future__ import annotations

from alembic import context

from bot.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
