"""Tell who could not complete a task."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Tell who could not complete a task."""
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.add_column(sa.Column("task_key", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("username", sa.String(), nullable=True))
