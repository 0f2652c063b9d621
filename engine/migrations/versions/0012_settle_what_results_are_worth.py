"""Settle what results are worth."""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Settle what results are worth."""
    op.create_table(
        "payroll",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("cycle_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("exported_by", sa.String(), nullable=False),
        sa.Column("exported_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_key"], ["cycle.key"], name=op.f("fk_payroll_cycle_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_payroll")),
    )
    with op.batch_alter_table("payroll", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payroll_cycle_key"), ["cycle_key"], unique=False)

    op.create_table(
        "settlement_scheme",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("cycle_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle_key"], ["cycle.key"], name=op.f("fk_settlement_scheme_cycle_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_settlement_scheme")),
        sa.UniqueConstraint("cycle_key", "version", name=op.f("uq_settlement_scheme_cycle_key_version")),
    )
    op.create_table(
        "pay_amount",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_pay_amount_review_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_pay_amount")),
        sa.UniqueConstraint("review_key", "name", "version", name=op.f("uq_pay_amount_review_key_name_version")),
    )
    op.create_table(
        "settlement",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("scheme_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("result_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount", sa.String(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("computed_by", sa.String(), nullable=False),
        sa.Column("computed_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("payroll_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["payroll_key"], ["payroll.key"], name=op.f("fk_settlement_payroll_key")),
        sa.ForeignKeyConstraint(["result_key"], ["result.key"], name=op.f("fk_settlement_result_key")),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_settlement_review_key")),
        sa.ForeignKeyConstraint(["scheme_key"], ["settlement_scheme.key"], name=op.f("fk_settlement_scheme_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_settlement")),
        sa.UniqueConstraint("review_key", "line_id", "version", name=op.f("uq_settlement_review_key_line_id_version")),
    )
    with op.batch_alter_table("settlement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_result_key"), ["result_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_scheme_key"), ["scheme_key"], unique=False)
