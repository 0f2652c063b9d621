"""Keep deals."""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Keep deals."""
    op.create_table(
        "deal",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("lead_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_deal_person_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_deal")),
        sa.UniqueConstraint("reference", "version", name=op.f("uq_deal_reference_version")),
    )
    with op.batch_alter_table("deal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deal_closed_on"), ["closed_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_deal_person_key"), ["person_key"], unique=False)
