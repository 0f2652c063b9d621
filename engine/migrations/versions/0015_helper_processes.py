"""Keep what the helper processes need."""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Keep what the helper processes need."""
    op.create_table(
        "reopening",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("actual", "self-evaluation", "signature", name="reopeningkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("change", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("requested_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "requested", "declined", "approved", "settled", name="reopeningstate", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("before_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("after_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("settled_at", engine.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["after_key"], ["result.key"], name=op.f("fk_reopening_after_key")),
        sa.ForeignKeyConstraint(["before_key"], ["result.key"], name=op.f("fk_reopening_before_key")),
        sa.ForeignKeyConstraint(["instance_key"], ["process_instance.key"], name=op.f("fk_reopening_instance_key")),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_reopening_review_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_reopening")),
    )
    with op.batch_alter_table("reopening", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reopening_review_key"), ["review_key"], unique=False)

    op.create_table(
        "countersignature",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("reopening_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("result_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("signed_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["reopening_key"], ["reopening.key"], name=op.f("fk_countersignature_reopening_key")),
        sa.ForeignKeyConstraint(["result_key"], ["result.key"], name=op.f("fk_countersignature_result_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_countersignature")),
    )
    with op.batch_alter_table("countersignature", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_countersignature_reopening_key"), ["reopening_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_countersignature_result_key"), ["result_key"], unique=False)

    op.create_table(
        "voided_signature",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("sign_off_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reopening_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("voided_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["reopening_key"], ["reopening.key"], name=op.f("fk_voided_signature_reopening_key")),
        sa.ForeignKeyConstraint(["sign_off_key"], ["sign_off.key"], name=op.f("fk_voided_signature_sign_off_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_voided_signature")),
        sa.UniqueConstraint("sign_off_key", name=op.f("uq_voided_signature_sign_off_key")),
    )
    with op.batch_alter_table("voided_signature", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_voided_signature_reopening_key"), ["reopening_key"], unique=False)
