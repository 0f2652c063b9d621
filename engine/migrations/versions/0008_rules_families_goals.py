"""Rules, families of cycles, goals."""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0008"
down_revision = "0007"

ADDED = {
    "actual": ["period"],
    "cycle": ["kind", "template_decision", "pilot"],
    "review": ["dimension_weights", "decisions"],
}
"""The columns whose value in the rows that are there is given once, and by the models from then on."""


def upgrade() -> None:
    """Rules, families of cycles, goals."""
    op.create_table(
        "library_entry",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("defined_by", sa.String(), nullable=False),
        sa.Column("defined_at", engine.db.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_library_entry")),
        sa.UniqueConstraint("entry_id", "version", name=op.f("uq_library_entry_entry_id_version")),
    )
    op.create_table(
        "regulation",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("regulation_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("province", sa.String(), nullable=False),
        sa.Column("drafted_by", sa.String(), nullable=False),
        sa.Column("published_by", sa.String(), nullable=True),
        sa.Column("published_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_regulation")),
        sa.UniqueConstraint("regulation_id", "version", name=op.f("uq_regulation_regulation_id_version")),
    )
    op.create_table(
        "procedure_record",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("regulation_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "step",
            sa.Enum("discussion", "consultation", name="procedure", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("participants", sa.String(), nullable=False),
        sa.Column("minutes", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["regulation_key"], ["regulation.key"], name=op.f("fk_procedure_record_regulation_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_procedure_record")),
    )
    with op.batch_alter_table("procedure_record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_procedure_record_regulation_key"), ["regulation_key"], unique=False)

    op.create_table(
        "goal",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("cycle_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("parent_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "level",
            sa.Enum("company", "department", "person", name="goallevel", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("department_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("indicator_id", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("share", sa.String(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle_key"], ["cycle.key"], name=op.f("fk_goal_cycle_key")),
        sa.ForeignKeyConstraint(["department_key"], ["department.key"], name=op.f("fk_goal_department_key")),
        sa.ForeignKeyConstraint(["parent_key"], ["goal.key"], name=op.f("fk_goal_parent_key")),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_goal_person_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_goal")),
    )
    with op.batch_alter_table("goal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_goal_cycle_key"), ["cycle_key"], unique=False)

    op.create_table(
        "receipt",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("regulation_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("received_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_receipt_person_key")),
        sa.ForeignKeyConstraint(["regulation_key"], ["regulation.key"], name=op.f("fk_receipt_regulation_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_receipt")),
        sa.UniqueConstraint("regulation_key", "person_key", name=op.f("uq_receipt_regulation_key_person_key")),
    )
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_person_key"), ["person_key"], unique=False)

    with op.batch_alter_table("actual", schema=None) as batch_op:
        batch_op.add_column(sa.Column("period", sa.String(), nullable=False, server_default=""))
        batch_op.drop_constraint(batch_op.f("uq_actual_review_key_indicator_id_version"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_actual_review_key_indicator_id_period_version"),
            ["review_key", "indicator_id", "period", "version"],
        )

    with op.batch_alter_table("cycle", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum(
                    "month",
                    "quarter",
                    "half",
                    "year",
                    "special",
                    "team",
                    "new-team",
                    name="cyclekind",
                    native_enum=False,
                    length=32,
                ),
                nullable=False,
                server_default="quarter",
            )
        )
        batch_op.add_column(
            sa.Column("parent_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column("team_cycle_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("template_decision", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("regulation_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("pilot", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_foreign_key(batch_op.f("fk_cycle_team_cycle_key"), "cycle", ["team_cycle_key"], ["key"])
        batch_op.create_foreign_key(batch_op.f("fk_cycle_regulation_key"), "regulation", ["regulation_key"], ["key"])
        batch_op.create_foreign_key(batch_op.f("fk_cycle_parent_key"), "cycle", ["parent_key"], ["key"])

    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("template_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("dimension_weights", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("decisions", sa.LargeBinary(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("covers_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("covers_until", sa.Date(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_review_template_key"), "template_version", ["template_key"], ["key"])
    for table, columns in ADDED.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.alter_column(column, server_default=None)
    _keep_what_held()


def _keep_what_held() -> None:
    """Write the choice that was built in until now into the rules that were drafted before it had to be made."""
    template = sa.table("template_version", sa.column("key", sa.BigInteger), sa.column("rules", sa.JSON))
    connection = op.get_bind()
    for key, rules in connection.execute(sa.select(template.c.key, template.c.rules)).all():
        held = {"absent_raters": "pass-on", "absent_indicators": "pass-on", **rules}
        connection.execute(template.update().where(template.c.key == key).values(rules=held))
