"""Pin the plan rules."""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0032"
down_revision = "0029"

CHOSEN = """
UPDATE plan_rules SET decision_key = (
    SELECT decision_definition.key FROM decision_definition
    WHERE decision_definition.decision_id = plan_rules.trigger
    ORDER BY decision_definition.version DESC LIMIT 1
)
"""
"""What rows of before go by so far, the latest version of their table, is what they keep."""


def upgrade() -> None:
    """Pin the plan rules."""
    with op.batch_alter_table("plan_rules", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("decision_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_plan_rules_decision_key"), "decision_definition", ["decision_key"], ["key"]
        )
    with op.batch_alter_table("plan_transfer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lapsed_at", engine.db.Instant(timezone=True), nullable=True))
    op.execute(sa.text(CHOSEN))
