"""Lead plans."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

ADDED = {"plan": "opening", "plan_transfer": "reason"}
"""The columns that rows of before need a value for, which new rows bring themselves."""


def upgrade() -> None:
    """Lead plans."""
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("superior_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("opening", sa.String(), nullable=False, server_default=""))
        batch_op.create_foreign_key(batch_op.f("fk_plan_superior_key"), "person", ["superior_key"], ["key"])
    with op.batch_alter_table("plan_transfer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reason", sa.String(), nullable=False, server_default=""))
    for table, column in ADDED.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(column, server_default=None)
