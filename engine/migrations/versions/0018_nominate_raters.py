"""Nominate raters."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0018"
down_revision = "0017"

ADDED: dict[str, tuple[sa.Column[Any], ...]] = {
    "rater": (
        sa.Column("nominated_by", sa.String(), server_default="", nullable=False),
        sa.Column("anonymous", sa.Boolean(), server_default=sa.false(), nullable=False),
    ),
    "rating": (sa.Column("case", sa.JSON(), server_default="{}", nullable=False),),
    "result": (sa.Column("counted", sa.JSON(), server_default="{}", nullable=False),),
}
"""Columns that rows which are there already get too: until now no group was anonymous and no case was told."""


def upgrade() -> None:
    """Nominate raters."""
    op.create_table(
        "rating_opening",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_rating_opening_review_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rating_opening")),
    )
    with op.batch_alter_table("rating_opening", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rating_opening_review_key"), ["review_key"], unique=False)

    for table, columns in ADDED.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.add_column(column)
    for table, columns in ADDED.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.alter_column(column.name, server_default=None)
    with op.batch_alter_table("rater", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("stands_for_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_foreign_key(batch_op.f("fk_rater_stands_for_key"), "rater", ["stands_for_key"], ["key"])
