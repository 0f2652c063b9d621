"""Start processes by times, signals and conditions."""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Start processes by times, signals and conditions."""
    op.create_table(
        "start_condition",
        sa.Column("process_id", sa.String(), nullable=False),
        sa.Column("element_id", sa.String(), nullable=False),
        sa.Column("definition_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_key"], ["process_definition.key"], name=op.f("fk_start_condition_definition_key")
        ),
        sa.PrimaryKeyConstraint("process_id", "element_id", name=op.f("pk_start_condition")),
    )
    op.create_table(
        "start_signal",
        sa.Column("process_id", sa.String(), nullable=False),
        sa.Column("element_id", sa.String(), nullable=False),
        sa.Column("definition_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("signal_name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_key"], ["process_definition.key"], name=op.f("fk_start_signal_definition_key")
        ),
        sa.PrimaryKeyConstraint("process_id", "element_id", name=op.f("pk_start_signal")),
    )
    with op.batch_alter_table("start_signal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_start_signal_signal_name"), ["signal_name"], unique=False)

    op.create_table(
        "start_timer",
        sa.Column("process_id", sa.String(), nullable=False),
        sa.Column("element_id", sa.String(), nullable=False),
        sa.Column("definition_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("due_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("schedule", sa.JSON(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["definition_key"], ["process_definition.key"], name=op.f("fk_start_timer_definition_key")
        ),
        sa.PrimaryKeyConstraint("process_id", "element_id", name=op.f("pk_start_timer")),
    )
    with op.batch_alter_table("start_timer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_start_timer_due_at"), ["due_at"], unique=False)

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("conversation_key", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("correlation_key", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("conversation_key", sa.BigInteger(), nullable=True))
        batch_op.create_index(batch_op.f("ix_process_instance_correlation_key"), ["correlation_key"], unique=False)
