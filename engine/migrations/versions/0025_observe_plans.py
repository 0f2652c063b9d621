"""Observe plans."""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0025"
down_revision = "0024"

ADDED = {"plan": ("months", "gate", "minutes", "witness", "findings"), "plan_note": ("kind",)}
"""The columns that rows of before need a value for, which new rows bring themselves."""

GROUNDS = """
    INSERT INTO plan_ground (key, plan_key, rule, text, result_keys, given_at, void)
    SELECT key, key, '', grounds, '[]', proposed_at, false FROM plan
"""
"""What opened the plans of before: until now only people proposed."""

MENTORS = """
    INSERT INTO mentor_term (key, plan_key, person_key, valid_from, valid_until)
    SELECT key, key, mentor_key, starts_on, NULL FROM plan WHERE starts_on IS NOT NULL AND mentor_key IS NOT NULL
"""
"""Who mentors the plans of before, from the first day of their observation."""


def upgrade() -> None:
    """Observe plans."""
    op.create_table(
        "plan_rules",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("cycle_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=True),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("lookback", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle_key"], ["cycle.key"], name=op.f("fk_plan_rules_cycle_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_plan_rules")),
    )
    with op.batch_alter_table("plan_rules", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_rules_cycle_key"), ["cycle_key"], unique=False)

    op.create_table(
        "exit_review",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("plan_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("begun_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "begun",
                "checked",
                "stopped",
                "kept",
                "decided",
                "served",
                name="exitstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("checklist", sa.JSON(), nullable=False),
        sa.Column("checked_by", sa.String(), nullable=False),
        sa.Column("decider_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("union_told_on", sa.Date(), nullable=True),
        sa.Column("union_opinion", sa.String(), nullable=False),
        sa.Column("union_heard_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("served_on", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("in_lieu", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["decider_key"], ["person.key"], name=op.f("fk_exit_review_decider_key")),
        sa.ForeignKeyConstraint(["plan_key"], ["plan.key"], name=op.f("fk_exit_review_plan_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_exit_review")),
        sa.UniqueConstraint("plan_key", name=op.f("uq_exit_review_plan_key")),
    )
    op.create_table(
        "mentor_term",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("plan_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_mentor_term_person_key")),
        sa.ForeignKeyConstraint(["plan_key"], ["plan.key"], name=op.f("fk_mentor_term_plan_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_mentor_term")),
    )
    with op.batch_alter_table("mentor_term", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mentor_term_person_key"), ["person_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_mentor_term_plan_key"), ["plan_key"], unique=False)

    op.create_table(
        "plan_ground",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("plan_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("result_keys", sa.JSON(), nullable=False),
        sa.Column("given_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["plan_key"], ["plan.key"], name=op.f("fk_plan_ground_plan_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_plan_ground")),
    )
    with op.batch_alter_table("plan_ground", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_ground_plan_key"), ["plan_key"], unique=False)

    op.create_table(
        "plan_revision",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("plan_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("objectives", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("answered_at", engine.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["plan_key"], ["plan.key"], name=op.f("fk_plan_revision_plan_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_plan_revision")),
    )
    with op.batch_alter_table("plan_revision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_revision_plan_key"), ["plan_key"], unique=False)

    op.create_table(
        "plan_statement",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("plan_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("given_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_plan_statement_person_key")),
        sa.ForeignKeyConstraint(["plan_key"], ["plan.key"], name=op.f("fk_plan_statement_plan_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_plan_statement")),
        sa.UniqueConstraint("plan_key", "person_key", name=op.f("uq_plan_statement_plan_key_person_key")),
    )
    with op.batch_alter_table("plan_statement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_statement_person_key"), ["person_key"], unique=False)

    op.create_table(
        "plan_training",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("plan_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("course", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("trainer", sa.String(), nullable=False),
        sa.Column("hours", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("attended", sa.Boolean(), nullable=False),
        sa.Column("test", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["plan_key"], ["plan.key"], name=op.f("fk_plan_training_plan_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_plan_training")),
    )
    with op.batch_alter_table("plan_training", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_training_plan_key"), ["plan_key"], unique=False)

    op.create_table(
        "plan_transfer",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("plan_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("less_pay", sa.Boolean(), nullable=False),
        sa.Column("terms", sa.String(), nullable=False),
        sa.Column("offered_by", sa.String(), nullable=False),
        sa.Column("offered_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", engine.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["plan_key"], ["plan.key"], name=op.f("fk_plan_transfer_plan_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_plan_transfer")),
    )
    with op.batch_alter_table("plan_transfer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_transfer_plan_key"), ["plan_key"], unique=False)

    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("department_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column("follows_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("months", sa.Integer(), nullable=False, server_default="3"))
        batch_op.add_column(sa.Column("gate", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("talked_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("minutes", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("witness", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("findings", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("ended_at", engine.db.Instant(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_plan_follows_key"), "plan", ["follows_key"], ["key"])
        batch_op.create_foreign_key(batch_op.f("fk_plan_department_key"), "department", ["department_key"], ["key"])

    with op.batch_alter_table("plan_note", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum("week", "check-in", "formal", name="notekind", native_enum=False, length=32),
                nullable=False,
                server_default="week",
            )
        )

    for table, columns in ADDED.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.alter_column(column, server_default=None)
    op.execute(GROUNDS)
    op.execute(MENTORS)
