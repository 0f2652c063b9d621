"""Course of appeals."""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0026"
down_revision = "0025"

ADDED = {"appeal": ("sought", "late_reason", "defects", "prolonged_reason"), "result": ("annulled",)}
"""The columns that rows of before need a value for, which new rows bring themselves."""


def upgrade() -> None:
    """Course of appeals."""
    op.create_table(
        "appeal_draft",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("grounds", sa.String(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("remedy", sa.String(), nullable=False),
        sa.Column(
            "sought",
            sa.Enum("upheld", "corrected", "reevaluated", "annulled", name="verdict", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("saved_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_appeal_draft_review_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_appeal_draft")),
        sa.UniqueConstraint("review_key", name=op.f("uq_appeal_draft_review_key")),
    )
    op.create_table(
        "appeal_reading",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("appeal_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("read_by", sa.String(), nullable=False),
        sa.Column("read_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["appeal_key"], ["appeal.key"], name=op.f("fk_appeal_reading_appeal_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_appeal_reading")),
    )
    with op.batch_alter_table("appeal_reading", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appeal_reading_appeal_key"), ["appeal_key"], unique=False)

    op.create_table(
        "appeal_representation",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("appeal_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "standing",
            sa.Enum("authorised", "left", "incapable", "died", name="standing", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["appeal_key"], ["appeal.key"], name=op.f("fk_appeal_representation_appeal_key")),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_appeal_representation_person_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_appeal_representation")),
    )
    with op.batch_alter_table("appeal_representation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appeal_representation_appeal_key"), ["appeal_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_appeal_representation_person_key"), ["person_key"], unique=False)

    op.create_table(
        "appeal_statement",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("appeal_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "cure",
                "offer",
                "answer",
                "basis",
                "silence",
                "comment",
                "hearing",
                "deliberation",
                "reevaluation",
                name="statementkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["appeal_key"], ["appeal.key"], name=op.f("fk_appeal_statement_appeal_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_appeal_statement")),
    )
    with op.batch_alter_table("appeal_statement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appeal_statement_appeal_key"), ["appeal_key"], unique=False)

    op.create_table(
        "appeal_suspension",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("appeal_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("begun_by", sa.String(), nullable=False),
        sa.Column("begun_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("resumed_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["appeal_key"], ["appeal.key"], name=op.f("fk_appeal_suspension_appeal_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_appeal_suspension")),
    )
    with op.batch_alter_table("appeal_suspension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appeal_suspension_appeal_key"), ["appeal_key"], unique=False)

    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "sought",
                sa.Enum("upheld", "corrected", "reevaluated", "annulled", name="verdict", native_enum=False, length=32),
                nullable=False,
                server_default="corrected",
            )
        )
        batch_op.add_column(
            sa.Column("respondent_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("late_reason", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("defects", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("earlier_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column("joined_to_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column("new_rater_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("prolonged_reason", sa.String(), nullable=False, server_default=""))
        batch_op.create_foreign_key(batch_op.f("fk_appeal_joined_to_key"), "appeal", ["joined_to_key"], ["key"])
        batch_op.create_foreign_key(batch_op.f("fk_appeal_respondent_key"), "person", ["respondent_key"], ["key"])
        batch_op.create_foreign_key(batch_op.f("fk_appeal_earlier_key"), "appeal", ["earlier_key"], ["key"])
        batch_op.create_foreign_key(batch_op.f("fk_appeal_new_rater_key"), "person", ["new_rater_key"], ["key"])

    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("statement_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_index(batch_op.f("ix_evidence_statement_key"), ["statement_key"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_evidence_statement_key"), "appeal_statement", ["statement_key"], ["key"]
        )

    with op.batch_alter_table("result", schema=None) as batch_op:
        batch_op.add_column(sa.Column("annulled", sa.Boolean(), nullable=False, server_default=sa.false()))
    for table, columns in ADDED.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.alter_column(column, server_default=None)
    superior = "SELECT superior_key FROM review WHERE review.key = appeal.review_key"
    op.execute(f"UPDATE appeal SET respondent_key = ({superior})")  # noqa: S608 - no value from outside
