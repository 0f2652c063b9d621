"""Launch by a procedure."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

ADDED = {"cycle": ["eligibility_decision", "cancelling_reason"], "review": ["treatment"]}
"""The columns whose value in the rows that are there is given once, and by the models from then on."""


def upgrade() -> None:
    """Launch by a procedure."""
    with op.batch_alter_table("cycle", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cut_off", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("eligibility_decision", sa.String(), nullable=False, server_default="eligibility")
        )
        batch_op.add_column(
            sa.Column("replaces_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column("procedure_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("cancelling_reason", sa.String(), nullable=False, server_default=""))
        batch_op.create_foreign_key(
            batch_op.f("fk_cycle_procedure_key"), "process_instance", ["procedure_key"], ["key"]
        )
        batch_op.create_foreign_key(batch_op.f("fk_cycle_replaces_key"), "cycle", ["replaces_key"], ["key"])

    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "treatment",
                sa.Enum(
                    "rated", "targets-only", "not-rated", "excluded", name="treatment", native_enum=False, length=32
                ),
                nullable=False,
                server_default="rated",
            )
        )

    with op.batch_alter_table("spell", schema=None) as batch_op:
        batch_op.add_column(sa.Column("probation_until", sa.Date(), nullable=True))

    for table, columns in ADDED.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.alter_column(column, server_default=None)
