"""Calibrate results."""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Calibrate results."""
    op.create_table(
        "embargo",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("cycle_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("until", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle_key"], ["cycle.key"], name=op.f("fk_embargo_cycle_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_embargo")),
    )
    with op.batch_alter_table("embargo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_embargo_cycle_key"), ["cycle_key"], unique=False)

    op.create_table(
        "calibration",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("cycle_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("department_keys", sa.JSON(), nullable=False),
        sa.Column("guideline", sa.JSON(), nullable=False),
        sa.Column("smallest_group", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("approver_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "state",
            sa.Enum("open", "locked", "approved", "released", name="calibrationstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("locked_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("approved_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("released_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("remark", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["approver_key"], ["person.key"], name=op.f("fk_calibration_approver_key")),
        sa.ForeignKeyConstraint(["cycle_key"], ["cycle.key"], name=op.f("fk_calibration_cycle_key")),
        sa.ForeignKeyConstraint(["instance_key"], ["process_instance.key"], name=op.f("fk_calibration_instance_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_calibration")),
    )
    with op.batch_alter_table("calibration", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calibration_approver_key"), ["approver_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_calibration_cycle_key"), ["cycle_key"], unique=False)

    op.create_table(
        "calibrated_review",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("calibration_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("returned_version", sa.Integer(), nullable=True),
        sa.Column("returned_by", sa.String(), nullable=False),
        sa.Column("returned_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("return_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calibration_key"], ["calibration.key"], name=op.f("fk_calibrated_review_calibration_key")
        ),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_calibrated_review_review_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_calibrated_review")),
        sa.UniqueConstraint("review_key", name=op.f("uq_calibrated_review_review_key")),
    )
    with op.batch_alter_table("calibrated_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calibrated_review_calibration_key"), ["calibration_key"], unique=False)

    op.create_table(
        "calibration_member",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("calibration_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "seat", sa.Enum("chair", "superior", "clerk", name="seat", native_enum=False, length=32), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["calibration_key"], ["calibration.key"], name=op.f("fk_calibration_member_calibration_key")
        ),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_calibration_member_person_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_calibration_member")),
        sa.UniqueConstraint(
            "calibration_key", "person_key", name=op.f("uq_calibration_member_calibration_key_person_key")
        ),
    )
    with op.batch_alter_table("calibration_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calibration_member_person_key"), ["person_key"], unique=False)

    op.create_table(
        "adjustment",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("calibration_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("result_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("total", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum("proposed", "accepted", "declined", name="adjustmentstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("written_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["calibration_key"], ["calibration.key"], name=op.f("fk_adjustment_calibration_key")),
        sa.ForeignKeyConstraint(["result_key"], ["result.key"], name=op.f("fk_adjustment_result_key")),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_adjustment_review_key")),
        sa.ForeignKeyConstraint(["written_key"], ["result.key"], name=op.f("fk_adjustment_written_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_adjustment")),
    )
    with op.batch_alter_table("adjustment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_adjustment_calibration_key"), ["calibration_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_adjustment_result_key"), ["result_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_adjustment_review_key"), ["review_key"], unique=False)
