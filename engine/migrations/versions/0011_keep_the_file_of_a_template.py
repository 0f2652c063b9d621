"""Keep the file that a template was read from."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Keep the file that a template was read from."""
    with op.batch_alter_table("template_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("original", sa.LargeBinary(), nullable=True))
