"""Keys and background work."""

import sqlalchemy as sa
from alembic import op

from engine.migrations import procrastinate_schema

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the counter that lends processes their numbers, and procrastinate's tables where it carries the chores."""
    key_node = op.create_table("key_node", sa.Column("last", sa.Integer(), nullable=False, primary_key=True))
    op.bulk_insert(key_node, [{"last": 0}])
    if op.get_bind().dialect.name == "postgresql":
        for statements in procrastinate_schema.between("", "03.04.00_50"):
            op.get_bind().execution_options(no_parameters=True).exec_driver_sql(statements)
