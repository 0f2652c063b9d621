"""Keep what the helper processes need."""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Keep what the helper processes need."""
    op.create_table(
        "indicator_proposal",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("round", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("changes", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum("proposed", "adopted", "declined", name="proposalstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_indicator_proposal")),
    )
    with op.batch_alter_table("indicator_proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_indicator_proposal_round"), ["round"], unique=False)

    op.create_table(
        "suggestion",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("locator", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_suggestion")),
        sa.UniqueConstraint("locator", name=op.f("uq_suggestion_locator")),
    )
    op.create_table(
        "suggestion_slip",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("locator", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_suggestion_slip")),
    )
    op.create_table(
        "suggestion_entry",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("suggestion_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "voice", sa.Enum("author", "hr", "leader", name="voice", native_enum=False, length=32), nullable=False
        ),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("said_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["suggestion_key"], ["suggestion.key"], name=op.f("fk_suggestion_entry_suggestion_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_suggestion_entry")),
        sa.UniqueConstraint("suggestion_key", "number", name=op.f("uq_suggestion_entry_suggestion_key_number")),
    )
    op.create_table(
        "check_in",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("begun_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("focus", sa.String(), nullable=False),
        sa.Column("focused_by", sa.String(), nullable=False),
        sa.Column("focused_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("obstacles", sa.String(), nullable=False),
        sa.Column("summarised_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.Column("answered_at", engine.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_check_in_review_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_check_in")),
        sa.UniqueConstraint("review_key", "month", name=op.f("uq_check_in_review_key_month")),
    )
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
        "weekly_note",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("check_in_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["check_in_key"], ["check_in.key"], name=op.f("fk_weekly_note_check_in_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_weekly_note")),
    )
    with op.batch_alter_table("weekly_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_weekly_note_check_in_key"), ["check_in_key"], unique=False)

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
