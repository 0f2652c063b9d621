"""Hear, map, align and veto."""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Hear, map, align and veto."""
    op.create_table(
        "grade_mapping",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("before_id", sa.String(), nullable=False),
        sa.Column("after_id", sa.String(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("declared_by", sa.String(), nullable=False),
        sa.Column("declared_at", engine.db.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_grade_mapping")),
    )
    op.create_table(
        "guideline",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("cycle_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("department_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("shares", sa.JSON(), nullable=False),
        sa.Column("smallest_group", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle_key"], ["cycle.key"], name=op.f("fk_guideline_cycle_key")),
        sa.ForeignKeyConstraint(["department_key"], ["department.key"], name=op.f("fk_guideline_department_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_guideline")),
    )
    with op.batch_alter_table("guideline", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guideline_cycle_key"), ["cycle_key"], unique=False)

    op.create_table(
        "calibration_remark",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("calibration_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["calibration_key"], ["calibration.key"], name=op.f("fk_calibration_remark_calibration_key")
        ),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_calibration_remark_review_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_calibration_remark")),
    )
    with op.batch_alter_table("calibration_remark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calibration_remark_review_key"), ["review_key"], unique=False)

    op.create_table(
        "heard_review",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("calibration_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["calibration_key"], ["calibration.key"], name=op.f("fk_heard_review_calibration_key")),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_heard_review_review_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_heard_review")),
        sa.UniqueConstraint("calibration_key", "review_key", name=op.f("uq_heard_review_calibration_key_review_key")),
    )
    with op.batch_alter_table("heard_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_heard_review_review_key"), ["review_key"], unique=False)

    op.create_table(
        "key_result",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("cycle_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("objective", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("goal_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("reached", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("imported_by", sa.String(), nullable=False),
        sa.Column("imported_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle_key"], ["cycle.key"], name=op.f("fk_key_result_cycle_key")),
        sa.ForeignKeyConstraint(["goal_key"], ["goal.key"], name=op.f("fk_key_result_goal_key")),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_key_result_person_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_key_result")),
        sa.UniqueConstraint("cycle_key", "source", "reference", name=op.f("uq_key_result_cycle_key_source_reference")),
    )
    op.create_table(
        "veto",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("indicator_id", sa.String(), nullable=False),
        sa.Column("conduct", sa.String(), nullable=False),
        sa.Column("found_by", sa.String(), nullable=False),
        sa.Column("found_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.String(), nullable=False),
        sa.Column("lifted_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("lifting_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_veto_review_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_veto")),
    )
    with op.batch_alter_table("veto", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_veto_review_key"), ["review_key"], unique=False)
