"""Extend plans."""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Extend plans."""
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.add_column(sa.Column("extended_at", engine.db.Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("extended_by", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("extension_reason", sa.String(), nullable=True))
