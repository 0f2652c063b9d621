"""Time the cycles."""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0019"
down_revision = "0018"

ADDED = {"calendar_version": ("country", "weekend", "quiet"), "cycle": ("deadlines", "grace")}
"""The columns that rows of before need a value for, which new rows bring themselves."""


def upgrade() -> None:
    """Time the cycles."""
    op.create_table(
        "escalation",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("task_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("escalated_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("lifted_at", engine.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_escalation_person_key")),
        sa.ForeignKeyConstraint(["task_key"], ["user_task.key"], name=op.f("fk_escalation_task_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_escalation")),
    )
    with op.batch_alter_table("escalation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_escalation_person_key"), ["person_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_escalation_task_key"), ["task_key"], unique=False)

    op.create_table(
        "extension",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("task_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("before", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("after", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("reopened_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("extended_by", sa.String(), nullable=False),
        sa.Column("extended_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["reopened_key"], ["user_task.key"], name=op.f("fk_extension_reopened_key")),
        sa.ForeignKeyConstraint(["task_key"], ["user_task.key"], name=op.f("fk_extension_task_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_extension")),
    )
    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_extension_task_key"), ["task_key"], unique=False)

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("calendar", sa.String(), nullable=True))

    with op.batch_alter_table("calendar_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("country", sa.String(), nullable=False, server_default="CN"))
        batch_op.add_column(sa.Column("weekend", sa.JSON(), nullable=False, server_default="[5, 6]"))
        batch_op.add_column(sa.Column("quiet", sa.JSON(), nullable=False, server_default="[]"))

    with op.batch_alter_table("cycle", schema=None) as batch_op:
        batch_op.add_column(sa.Column("close_of_business", sa.Time(), nullable=True))
        batch_op.add_column(sa.Column("deadlines", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("grace", sa.JSON(), nullable=False, server_default="{}"))

    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held_until", engine.db.Instant(timezone=True), nullable=True))

    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cut_off", sa.Time(), nullable=True))
    for table, columns in ADDED.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.alter_column(column, server_default=None)
