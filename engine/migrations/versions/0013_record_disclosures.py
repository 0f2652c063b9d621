"""Record disclosures."""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Record disclosures."""
    op.create_table(
        "disclosure",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column(
            "kind", sa.Enum("results", "own-copy", name="disclosurekind", native_enum=False, length=32), nullable=False
        ),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("cycle_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_key"], ["cycle.key"], name=op.f("fk_disclosure_cycle_key")),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_disclosure_person_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_disclosure")),
    )
