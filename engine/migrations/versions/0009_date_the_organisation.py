"""Give employment, placements, lines, leave, protection and roles dates; keep what people were before."""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0009"
down_revision = "0008"

CARRIED_OVER = (
    """INSERT INTO post ("key", code, name, name_en, family)
       SELECT min("key"), post, post, '', '' FROM person WHERE post <> '' GROUP BY post""",
    """INSERT INTO spell ("key", person_key, valid_from, valid_until)
       SELECT "key", "key", employed_from, employed_until FROM person""",
    """INSERT INTO placement ("key", person_key, department_key, post_key, valid_from, valid_until)
       SELECT person."key", person."key", department_key, post."key", employed_from, employed_until
       FROM person LEFT JOIN post ON post.code = person.post""",
    """INSERT INTO cycle_member
           ("key", cycle_key, person_key, as_of, department_key, post_key, superior_key, second_superior_key)
       SELECT review."key", cycle_key, appraisee_key, date(launched_at), review.department_key, placement.post_key,
           superior_key, second_superior_key
       FROM review JOIN cycle ON cycle."key" = review.cycle_key
           JOIN placement ON placement.person_key = review.appraisee_key
       WHERE launched_at IS NOT NULL""",
)


def upgrade() -> None:
    """Date the organisation."""
    op.create_table(
        "amendment",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("sheet", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("amended_by", sa.String(), nullable=False),
        sa.Column("amended_at", engine.db.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_amendment")),
    )
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_amendment_subject"), ["subject"], unique=False)

    op.create_table(
        "post",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_post")),
        sa.UniqueConstraint("code", name=op.f("uq_post_code")),
    )
    op.create_table(
        "leave",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "sick",
                "maternity",
                "parental",
                "injury",
                "study",
                "unpaid",
                "other",
                name="leavekind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_leave_person_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_leave")),
        sa.UniqueConstraint("person_key", "valid_from", name=op.f("uq_leave_person_key_valid_from")),
    )
    op.create_table(
        "protection",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "hazard",
                "occupational",
                "medical",
                "maternity",
                "retirement",
                "other",
                name="protectionkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_protection_person_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_protection")),
        sa.UniqueConstraint("person_key", "kind", "valid_from", name=op.f("uq_protection_person_key_kind_valid_from")),
    )
    op.create_table(
        "spell",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_spell_person_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_spell")),
        sa.UniqueConstraint("person_key", "valid_from", name=op.f("uq_spell_person_key_valid_from")),
    )
    op.create_table(
        "cycle_member",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("cycle_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("department_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("post_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("superior_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("second_superior_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["cycle_key"], ["cycle.key"], name=op.f("fk_cycle_member_cycle_key")),
        sa.ForeignKeyConstraint(["department_key"], ["department.key"], name=op.f("fk_cycle_member_department_key")),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_cycle_member_person_key")),
        sa.ForeignKeyConstraint(["post_key"], ["post.key"], name=op.f("fk_cycle_member_post_key")),
        sa.ForeignKeyConstraint(
            ["second_superior_key"], ["person.key"], name=op.f("fk_cycle_member_second_superior_key")
        ),
        sa.ForeignKeyConstraint(["superior_key"], ["person.key"], name=op.f("fk_cycle_member_superior_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_cycle_member")),
        sa.UniqueConstraint("cycle_key", "person_key", name=op.f("uq_cycle_member_cycle_key_person_key")),
    )
    with op.batch_alter_table("cycle_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cycle_member_person_key"), ["person_key"], unique=False)

    op.create_table(
        "placement",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("department_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("post_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["department_key"], ["department.key"], name=op.f("fk_placement_department_key")),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_placement_person_key")),
        sa.ForeignKeyConstraint(["post_key"], ["post.key"], name=op.f("fk_placement_post_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_placement")),
        sa.UniqueConstraint("person_key", "valid_from", name=op.f("uq_placement_person_key_valid_from")),
    )
    with op.batch_alter_table("placement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_placement_department_key"), ["department_key"], unique=False)

    with op.batch_alter_table("department", schema=None) as batch_op:
        batch_op.add_column(sa.Column("head_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_department_head_key"), "person", ["head_key"], ["key"])

    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.add_column(sa.Column("valid_from", sa.Date(), nullable=False, server_default="1900-01-01"))
        batch_op.add_column(sa.Column("valid_until", sa.Date(), nullable=True))
        batch_op.drop_constraint(batch_op.f("pk_membership"), type_="primary")
        batch_op.create_primary_key(batch_op.f("pk_membership"), ["username", "group", "valid_from"])
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.alter_column("valid_from", server_default=None)

    _carry_over()

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_department_key"))
        batch_op.drop_constraint(batch_op.f("fk_person_department_key"), type_="foreignkey")
        batch_op.drop_column("post")
        batch_op.drop_column("employed_from")
        batch_op.drop_column("department_key")
        batch_op.drop_column("employed_until")


def _carry_over() -> None:
    """Turn what a person was into a spell, a placement and a post; the rows take over a person's key, as it is free."""
    for statement in CARRIED_OVER:
        op.execute(statement)
