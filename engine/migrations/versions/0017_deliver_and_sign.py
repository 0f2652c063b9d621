"""Deliver and sign."""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Deliver and sign."""
    op.create_table(
        "terms",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("cycle_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "proof",
            sa.Enum("opened", "delivered", "served", name="proof", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("service_days", sa.Integer(), nullable=False),
        sa.Column("appeal_days", sa.Integer(), nullable=False),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("settlement_days", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle_key"], ["cycle.key"], name=op.f("fk_terms_cycle_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_terms")),
    )
    with op.batch_alter_table("terms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_terms_cycle_key"), ["cycle_key"], unique=False)

    op.create_table(
        "closing",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("process_id", sa.String(), nullable=False),
        sa.Column("element_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("closed_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_closing_review_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_closing")),
    )
    with op.batch_alter_table("closing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_closing_review_key"), ["review_key"], unique=False)

    op.create_table(
        "letter",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sheet_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("archived_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_letter_review_key")),
        sa.ForeignKeyConstraint(["sheet_key"], ["target_sheet.key"], name=op.f("fk_letter_sheet_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_letter")),
    )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_review_key"), ["review_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_sheet_key"), ["sheet_key"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("result_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("letter_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("appeal_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sent_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("delivered_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("opened_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("served_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("means", sa.Enum("mail", "witness", name="means", native_enum=False, length=32), nullable=True),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("witness_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("served_by", sa.String(), nullable=False),
        sa.Column("recorded_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("proven_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("closed_at", engine.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["appeal_key"], ["appeal.key"], name=op.f("fk_delivery_appeal_key")),
        sa.ForeignKeyConstraint(["letter_key"], ["letter.key"], name=op.f("fk_delivery_letter_key")),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_delivery_person_key")),
        sa.ForeignKeyConstraint(["result_key"], ["result.key"], name=op.f("fk_delivery_result_key")),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_delivery_review_key")),
        sa.ForeignKeyConstraint(["witness_key"], ["person.key"], name=op.f("fk_delivery_witness_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_delivery")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_person_key"), ["person_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_review_key"), ["review_key"], unique=False)
