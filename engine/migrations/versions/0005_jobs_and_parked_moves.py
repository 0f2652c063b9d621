"""Jobs and parked moves."""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the jobs of external workers, and let incidents keep what is to be done again."""
    op.create_table(
        "job",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("root_key", sa.BigInteger(), nullable=False),
        sa.Column("definition_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("process_id", sa.String(), nullable=False),
        sa.Column("process_version", sa.Integer(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("element_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "CREATED",
                "FAILED",
                "ERROR_THROWN",
                "COMPLETED",
                "CANCELED",
                name="jobstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("available_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("deadline", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("lease", sa.String(), nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("error_message", sa.String(), nullable=True),
        sa.Column("incident_key", sa.BigInteger(), nullable=True),
        sa.Column("created_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("updated_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("ended_at", engine.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["definition_key"], ["process_definition.key"], name=op.f("fk_job_definition_key")),
        sa.ForeignKeyConstraint(["instance_key"], ["process_instance.key"], name=op.f("fk_job_instance_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_instance_key_token"), ["instance_key", "token"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_job_type_state_available_at"), ["type", "state", "available_at"], unique=False
        )

    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum(
                    "CALLED_DECISION_ERROR",
                    "CALLED_ELEMENT_ERROR",
                    "CONDITION_ERROR",
                    "DECISION_EVALUATION_ERROR",
                    "EXTRACT_VALUE_ERROR",
                    "FORM_NOT_FOUND",
                    "IO_MAPPING_ERROR",
                    "JOB_NO_RETRIES",
                    "UNHANDLED_ERROR_EVENT",
                    "UNKNOWN",
                    name="errortype",
                    native_enum=False,
                    length=32,
                ),
                server_default="UNKNOWN",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("attempts", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("job_key", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("move", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("resolved_by", sa.String(), nullable=True))

    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("incidents", sa.Integer(), server_default="0", nullable=False))

    # what failed before kept no move: it is tried again, and becomes an incident that does
    op.execute("UPDATE timer SET failures = 0 WHERE failures >= 3")
    op.execute("UPDATE incident SET resolved_at = created_at WHERE resolved_at IS NULL")
