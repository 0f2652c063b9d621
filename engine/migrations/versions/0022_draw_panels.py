"""Draw panels."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0022"
down_revision = "0021"

STATES = sa.Enum("asked", "declared", "seated", "excluded", name="panelstate", native_enum=False, length=32)
REASONS = sa.Enum(
    "appellant",
    "line",
    "rater",
    "targets",
    "calibrator",
    "witness",
    "kin",
    "representative",
    "earlier",
    "rival",
    "away",
    "declared",
    "silent",
    "motion",
    name="recusal",
    native_enum=False,
    length=32,
)
ADDED: tuple[sa.Column[Any], ...] = (
    sa.Column("place", sa.Integer(), server_default="0", nullable=False),
    sa.Column("state", STATES, server_default="seated", nullable=False),
    sa.Column("appointed_by", sa.String(), server_default="", nullable=False),
    sa.Column("appointment", sa.String(), server_default="", nullable=False),
    sa.Column("statement", sa.String(), server_default="", nullable=False),
    sa.Column("exclusion_reason", sa.String(), server_default="", nullable=False),
)
"""Columns that rows which are there already get too: whoever HR convened until now sits."""

OPTIONAL: tuple[sa.Column[Any], ...] = (
    sa.Column("called_at", engine.db.Instant(timezone=True), nullable=True),
    sa.Column("stands_for_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column("declared_at", engine.db.Instant(timezone=True), nullable=True),
    sa.Column("announced_at", engine.db.Instant(timezone=True), nullable=True),
    sa.Column("exclusion", REASONS, nullable=True),
    sa.Column("excluded_at", engine.db.Instant(timezone=True), nullable=True),
)


def upgrade() -> None:
    """Draw panels."""
    op.create_table(
        "kinship",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("other_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("declared_by", sa.String(), nullable=False),
        sa.Column("declared_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["other_key"], ["person.key"], name=op.f("fk_kinship_other_key")),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_kinship_person_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_kinship")),
        sa.UniqueConstraint("person_key", "other_key", name=op.f("uq_kinship_person_key_other_key")),
    )
    with op.batch_alter_table("kinship", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kinship_other_key"), ["other_key"], unique=False)

    op.create_table(
        "panel_draw",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("appeal_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("pool", sa.JSON(), nullable=False),
        sa.Column("order", sa.JSON(), nullable=False),
        sa.Column("excluded", sa.JSON(), nullable=False),
        sa.Column("drawn_by", sa.String(), nullable=False),
        sa.Column("drawn_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("given_up", sa.String(), nullable=False),
        sa.Column("given_up_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["appeal_key"], ["appeal.key"], name=op.f("fk_panel_draw_appeal_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_panel_draw")),
        sa.UniqueConstraint("appeal_key", name=op.f("uq_panel_draw_appeal_key")),
    )
    op.create_table(
        "deliberation_note",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("appeal_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["appeal_key"], ["appeal.key"], name=op.f("fk_deliberation_note_appeal_key")),
        sa.ForeignKeyConstraint(["member_key"], ["panel_member.key"], name=op.f("fk_deliberation_note_member_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_deliberation_note")),
    )
    with op.batch_alter_table("deliberation_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deliberation_note_appeal_key"), ["appeal_key"], unique=False)

    op.create_table(
        "recusal_motion",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("member_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("party_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("decider_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("decided_at", engine.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["decider_key"], ["person.key"], name=op.f("fk_recusal_motion_decider_key")),
        sa.ForeignKeyConstraint(["member_key"], ["panel_member.key"], name=op.f("fk_recusal_motion_member_key")),
        sa.ForeignKeyConstraint(["party_key"], ["person.key"], name=op.f("fk_recusal_motion_party_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_recusal_motion")),
        sa.UniqueConstraint("member_key", "party_key", name=op.f("uq_recusal_motion_member_key_party_key")),
    )
    with op.batch_alter_table("recusal_motion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recusal_motion_party_key"), ["party_key"], unique=False)

    with op.batch_alter_table("panel_member", schema=None) as batch_op:
        for column in (*ADDED, *OPTIONAL):
            batch_op.add_column(column)
    with op.batch_alter_table("panel_member", schema=None) as batch_op:
        for column in ADDED:
            batch_op.alter_column(column.name, server_default=None)
        batch_op.create_foreign_key(
            batch_op.f("fk_panel_member_stands_for_key"), "panel_member", ["stands_for_key"], ["key"]
        )
