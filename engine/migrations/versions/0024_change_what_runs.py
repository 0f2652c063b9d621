"""Change what runs."""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Change what runs."""
    op.create_table(
        "cycle_change",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("cycle_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "superior",
                "transfer",
                "joiner",
                "leaver",
                "leave",
                "targets",
                "rater",
                "correction",
                "reopening",
                name="changekind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("owner_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("preview", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("previewed_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "state",
            sa.Enum("entered", "decided", "applied", "rejected", name="changestate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("agreed_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=False),
        sa.Column("settled_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("remark", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_key"], ["cycle.key"], name=op.f("fk_cycle_change_cycle_key")),
        sa.ForeignKeyConstraint(["instance_key"], ["process_instance.key"], name=op.f("fk_cycle_change_instance_key")),
        sa.ForeignKeyConstraint(["owner_key"], ["person.key"], name=op.f("fk_cycle_change_owner_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_cycle_change")),
    )
    with op.batch_alter_table("cycle_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cycle_change_cycle_key"), ["cycle_key"], unique=False)

    op.create_table(
        "task_draft",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("task_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("offered_to", sa.String(), nullable=True),
        sa.Column("offered_at", engine.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["task_key"], ["user_task.key"], name=op.f("fk_task_draft_task_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_task_draft")),
        sa.UniqueConstraint("task_key", "username", name=op.f("uq_task_draft_task_key_username")),
    )
    with op.batch_alter_table("task_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_draft_offered_to"), ["offered_to"], unique=False)

    op.create_table(
        "changed_review",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("change_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column(
            "choice",
            sa.Enum(
                "keep", "hand-over", "split", "both", "extend", "apply", name="choice", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("effects", sa.JSON(), nullable=False),
        sa.Column("applied_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("signs", sa.Boolean(), nullable=False),
        sa.Column("confirms", sa.Boolean(), nullable=False),
        sa.Column("rater_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("settled_at", engine.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["change_key"], ["cycle_change.key"], name=op.f("fk_changed_review_change_key")),
        sa.ForeignKeyConstraint(["rater_key"], ["rater.key"], name=op.f("fk_changed_review_rater_key")),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_changed_review_review_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_changed_review")),
        sa.UniqueConstraint("change_key", "item", name=op.f("uq_changed_review_change_key_item")),
    )
    with op.batch_alter_table("changed_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_changed_review_review_key"), ["review_key"], unique=False)

    with op.batch_alter_table("cycle", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "change_policy",
                sa.Enum(
                    "keep", "hand-over", "split", "both", "extend", "apply", name="choice", native_enum=False, length=32
                ),
                nullable=False,
                server_default="keep",
            )
        )
        batch_op.add_column(
            sa.Column("stretches_of_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_foreign_key(batch_op.f("fk_cycle_stretches_of_key"), "cycle", ["stretches_of_key"], ["key"])

    with op.batch_alter_table("rater", schema=None) as batch_op:
        batch_op.add_column(sa.Column("covers_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("covers_until", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("change_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_foreign_key(batch_op.f("fk_rater_change_key"), "cycle_change", ["change_key"], ["key"])

    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("part_of_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_foreign_key(batch_op.f("fk_review_part_of_key"), "review", ["part_of_key"], ["key"])

    with op.batch_alter_table("cycle", schema=None) as batch_op:
        batch_op.alter_column("change_policy", server_default=None)
