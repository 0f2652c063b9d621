"""Keep documents."""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Keep documents."""
    op.create_table(
        "document",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("remarks", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_by", sa.String(), nullable=False),
        sa.Column("uploaded_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("expires_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("task_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["instance_key"], ["process_instance.key"], name=op.f("fk_document_instance_key")),
        sa.ForeignKeyConstraint(["task_key"], ["user_task.key"], name=op.f("fk_document_task_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_document")),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_instance_key"), ["instance_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_task_key"), ["task_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_uploaded_by"), ["uploaded_by"], unique=False)

    op.create_table(
        "evidence",
        sa.Column(
            "document_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("appeal_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sign_off_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["appeal_key"], ["appeal.key"], name=op.f("fk_evidence_appeal_key")),
        sa.ForeignKeyConstraint(["document_key"], ["document.key"], name=op.f("fk_evidence_document_key")),
        sa.ForeignKeyConstraint(["sign_off_key"], ["sign_off.key"], name=op.f("fk_evidence_sign_off_key")),
        sa.PrimaryKeyConstraint("document_key", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_appeal_key"), ["appeal_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_sign_off_key"), ["sign_off_key"], unique=False)
