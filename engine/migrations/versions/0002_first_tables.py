"""First tables."""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """First tables."""
    op.create_table(
        "account",
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("username", name=op.f("pk_account")),
    )
    op.create_table(
        "calendar_version",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("extra_holidays", sa.JSON(), nullable=False),
        sa.Column("extra_workdays", sa.JSON(), nullable=False),
        sa.Column("published_through", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("published_by", sa.String(), nullable=False),
        sa.Column("published_at", engine.db.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", "version", name=op.f("pk_calendar_version")),
    )
    op.create_table(
        "chore",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("run_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("failed_at", engine.db.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_chore")),
    )
    with op.batch_alter_table("chore", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chore_failed_at_run_at"), ["failed_at", "run_at"], unique=False)

    op.create_table(
        "department",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("parent_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["parent_key"], ["department.key"], name=op.f("fk_department_parent_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_department")),
        sa.UniqueConstraint("code", name=op.f("uq_department_code")),
    )
    op.create_table(
        "deployment",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("deployed_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("deployed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_deployment")),
    )
    op.create_table(
        "history_seal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_history_seal")),
    )
    op.create_table(
        "idempotency_record",
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("username", "key", name=op.f("pk_idempotency_record")),
    )
    with op.batch_alter_table("idempotency_record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotency_record_created_at"), ["created_at"], unique=False)

    op.create_table(
        "message",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("correlation_key", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("variables", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("correlated", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_message")),
        sa.UniqueConstraint(
            "name", "correlation_key", "message_id", name=op.f("uq_message_name_correlation_key_message_id")
        ),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_message_name_correlation_key"), ["name", "correlation_key"], unique=False)

    op.create_table(
        "pinned_clock",
        sa.Column("instant", engine.db.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("instant", name=op.f("pk_pinned_clock")),
    )
    op.create_table(
        "template_version",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("template_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("drafted_by", sa.String(), nullable=False),
        sa.Column("published_by", sa.String(), nullable=True),
        sa.Column("published_at", engine.db.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_template_version")),
        sa.UniqueConstraint("template_id", "version", name=op.f("uq_template_version_template_id_version")),
    )
    op.create_table(
        "cycle",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("calendar", sa.String(), nullable=False),
        sa.Column("template_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("process_id", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", "launched", "closed", name="cyclestate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("drafted_by", sa.String(), nullable=False),
        sa.Column("launched_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("released_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("closed_at", engine.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["template_key"], ["template_version.key"], name=op.f("fk_cycle_template_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_cycle")),
        sa.UniqueConstraint("label", name=op.f("uq_cycle_label")),
    )
    with op.batch_alter_table("cycle", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cycle_template_key"), ["template_key"], unique=False)

    op.create_table(
        "decision_definition",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("deployment_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("resource_name", sa.String(), nullable=False),
        sa.Column("checksum", sa.String(), nullable=False),
        sa.Column("xml", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_key"], ["deployment.key"], name=op.f("fk_decision_definition_deployment_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_decision_definition")),
        sa.UniqueConstraint("decision_id", "version", name=op.f("uq_decision_definition_decision_id_version")),
    )
    op.create_table(
        "form_definition",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("deployment_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("form_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("resource_name", sa.String(), nullable=False),
        sa.Column("checksum", sa.String(), nullable=False),
        sa.Column("schema", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["deployment_key"], ["deployment.key"], name=op.f("fk_form_definition_deployment_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_form_definition")),
        sa.UniqueConstraint("form_id", "version", name=op.f("uq_form_definition_form_id_version")),
    )
    op.create_table(
        "membership",
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["username"], ["account.username"], name=op.f("fk_membership_username"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("username", "group", name=op.f("pk_membership")),
    )
    op.create_table(
        "person",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("employee_id", sa.String(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("department_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("employed_from", sa.Date(), nullable=False),
        sa.Column("employed_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["department_key"], ["department.key"], name=op.f("fk_person_department_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_person")),
        sa.UniqueConstraint("employee_id", name=op.f("uq_person_employee_id")),
        sa.UniqueConstraint("username", name=op.f("uq_person_username")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_department_key"), ["department_key"], unique=False)

    op.create_table(
        "process_definition",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("deployment_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("process_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("version_tag", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("resource_name", sa.String(), nullable=False),
        sa.Column("checksum", sa.String(), nullable=False),
        sa.Column("xml", sa.LargeBinary(), nullable=False),
        sa.Column("net", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_key"], ["deployment.key"], name=op.f("fk_process_definition_deployment_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_process_definition")),
        sa.UniqueConstraint("process_id", "version", name=op.f("uq_process_definition_process_id_version")),
    )
    op.create_table(
        "notice",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("written_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("sent_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("read_at", engine.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_notice_person_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_person_key"), ["person_key"], unique=False)

    op.create_table(
        "process_instance",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("definition_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("process_id", sa.String(), nullable=False),
        sa.Column("process_version", sa.Integer(), nullable=False),
        sa.Column("root_key", sa.BigInteger(), nullable=False),
        sa.Column("parent_key", sa.BigInteger(), nullable=True),
        sa.Column("parent_token", sa.Integer(), nullable=True),
        sa.Column("business_id", sa.String(), nullable=True),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("calendar", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("ACTIVE", "COMPLETED", "TERMINATED", name="instancestate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("state_blob", sa.LargeBinary(), nullable=False),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("started_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("ended_at", engine.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["definition_key"], ["process_definition.key"], name=op.f("fk_process_instance_definition_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_process_instance")),
    )
    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_process_instance_business_id"), ["business_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_process_instance_definition_key"), ["definition_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_process_instance_root_key"), ["root_key"], unique=False)

    op.create_table(
        "reporting_line",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("superior_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Enum("primary", "matrix", name="line", native_enum=False, length=32), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.CheckConstraint("person_key <> superior_key", name=op.f("ck_reporting_line_not_oneself")),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_reporting_line_person_key")),
        sa.ForeignKeyConstraint(["superior_key"], ["person.key"], name=op.f("fk_reporting_line_superior_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_reporting_line")),
    )
    with op.batch_alter_table("reporting_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_reporting_line_person_key_kind_valid_from"),
            ["person_key", "kind", "valid_from"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_reporting_line_superior_key"), ["superior_key"], unique=False)

    op.create_table(
        "start_subscription",
        sa.Column("process_id", sa.String(), nullable=False),
        sa.Column("element_id", sa.String(), nullable=False),
        sa.Column("definition_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_key"], ["process_definition.key"], name=op.f("fk_start_subscription_definition_key")
        ),
        sa.PrimaryKeyConstraint("process_id", "element_id", name=op.f("pk_start_subscription")),
    )
    with op.batch_alter_table("start_subscription", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_start_subscription_message_name"), ["message_name"], unique=False)

    op.create_table(
        "history",
        sa.Column("instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("element_id", sa.String(), nullable=True),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["instance_key"], ["process_instance.key"], name=op.f("fk_history_instance_key")),
        sa.PrimaryKeyConstraint("instance_key", "sequence", name=op.f("pk_history")),
    )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_history_seal"), ["seal"], unique=False)

    op.create_table(
        "incident",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("element_id", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("created_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("resolved_at", engine.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["instance_key"], ["process_instance.key"], name=op.f("fk_incident_instance_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_incident")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_instance_key"), ["instance_key"], unique=False)

    op.create_table(
        "message_subscription",
        sa.Column("instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("process_id", sa.String(), nullable=False),
        sa.Column("message_name", sa.String(), nullable=False),
        sa.Column("correlation_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_key"], ["process_instance.key"], name=op.f("fk_message_subscription_instance_key")
        ),
        sa.PrimaryKeyConstraint("instance_key", "token", "event_id", name=op.f("pk_message_subscription")),
    )
    with op.batch_alter_table("message_subscription", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_message_subscription_message_name_correlation_key"),
            ["message_name", "correlation_key"],
            unique=False,
        )

    op.create_table(
        "review",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("cycle_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("appraisee_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("superior_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("second_superior_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("department_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "enrolled", "running", "released", "signed", "closed", name="reviewstate", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("closing_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["appraisee_key"], ["person.key"], name=op.f("fk_review_appraisee_key")),
        sa.ForeignKeyConstraint(["cycle_key"], ["cycle.key"], name=op.f("fk_review_cycle_key")),
        sa.ForeignKeyConstraint(["department_key"], ["department.key"], name=op.f("fk_review_department_key")),
        sa.ForeignKeyConstraint(["instance_key"], ["process_instance.key"], name=op.f("fk_review_instance_key")),
        sa.ForeignKeyConstraint(["second_superior_key"], ["person.key"], name=op.f("fk_review_second_superior_key")),
        sa.ForeignKeyConstraint(["superior_key"], ["person.key"], name=op.f("fk_review_superior_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_review")),
        sa.UniqueConstraint("cycle_key", "appraisee_key", name=op.f("uq_review_cycle_key_appraisee_key")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_appraisee_key"), ["appraisee_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_cycle_key"), ["cycle_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_state"), ["state"], unique=False)

    op.create_table(
        "signal_subscription",
        sa.Column("instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("signal_name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_key"], ["process_instance.key"], name=op.f("fk_signal_subscription_instance_key")
        ),
        sa.PrimaryKeyConstraint("instance_key", "token", "event_id", name=op.f("pk_signal_subscription")),
    )
    with op.batch_alter_table("signal_subscription", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signal_subscription_signal_name"), ["signal_name"], unique=False)

    op.create_table(
        "timer",
        sa.Column("instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("due_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("first_due_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["instance_key"], ["process_instance.key"], name=op.f("fk_timer_instance_key")),
        sa.PrimaryKeyConstraint("instance_key", "token", "event_id", name=op.f("pk_timer")),
    )
    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_timer_due_at"), ["due_at"], unique=False)

    op.create_table(
        "user_task",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("root_key", sa.BigInteger(), nullable=False),
        sa.Column("definition_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("process_id", sa.String(), nullable=False),
        sa.Column("process_version", sa.Integer(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("element_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("form_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("assignee", sa.String(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("due_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("follow_up_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column(
            "state",
            sa.Enum("CREATED", "COMPLETED", "CANCELED", name="taskstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("created_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("ended_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("completed_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["definition_key"], ["process_definition.key"], name=op.f("fk_user_task_definition_key")
        ),
        sa.ForeignKeyConstraint(["form_key"], ["form_definition.key"], name=op.f("fk_user_task_form_key")),
        sa.ForeignKeyConstraint(["instance_key"], ["process_instance.key"], name=op.f("fk_user_task_instance_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_user_task")),
    )
    with op.batch_alter_table("user_task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_task_assignee_state"), ["assignee", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_user_task_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_user_task_instance_key_token"), ["instance_key", "token"], unique=False)

    op.create_table(
        "actual",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("indicator_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=True),
        sa.Column("confirmed_at", engine.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_actual_review_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_actual")),
        sa.UniqueConstraint(
            "review_key", "indicator_id", "version", name=op.f("uq_actual_review_key_indicator_id_version")
        ),
    )
    op.create_table(
        "interview",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("held_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("held_by", sa.String(), nullable=False),
        sa.Column("strengths", sa.String(), nullable=False),
        sa.Column("gaps", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("agreements", sa.String(), nullable=False),
        sa.Column("recorded_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("confirmed_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("remark", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_interview_review_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_interview")),
    )
    with op.batch_alter_table("interview", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interview_review_key"), ["review_key"], unique=False)

    op.create_table(
        "plan",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("appraisee_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("grounds", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "dismissed",
                "confirmed",
                "drafted",
                "observed",
                "ended",
                name="planstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("mentor_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("objectives", sa.JSON(), nullable=False),
        sa.Column("training", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("passed", "extended", "transferred", "failed", name="outcome", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["appraisee_key"], ["person.key"], name=op.f("fk_plan_appraisee_key")),
        sa.ForeignKeyConstraint(["instance_key"], ["process_instance.key"], name=op.f("fk_plan_instance_key")),
        sa.ForeignKeyConstraint(["mentor_key"], ["person.key"], name=op.f("fk_plan_mentor_key")),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_plan_review_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_plan")),
    )
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_appraisee_key"), ["appraisee_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_review_key"), ["review_key"], unique=False)

    op.create_table(
        "rater",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.String(), nullable=False),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum("asked", "submitted", "excused", name="raterstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", engine.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_rater_person_key")),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_rater_review_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rater")),
        sa.UniqueConstraint(
            "review_key", "group_id", "person_key", name=op.f("uq_rater_review_key_group_id_person_key")
        ),
    )
    with op.batch_alter_table("rater", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rater_person_key"), ["person_key"], unique=False)

    op.create_table(
        "result",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("template_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("total", sa.String(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("computed_by", sa.String(), nullable=False),
        sa.Column("computed_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("released_at", engine.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_result_review_key")),
        sa.ForeignKeyConstraint(["template_key"], ["template_version.key"], name=op.f("fk_result_template_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_result")),
        sa.UniqueConstraint("review_key", "version", name=op.f("uq_result_review_key_version")),
    )
    with op.batch_alter_table("result", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_result_template_key"), ["template_key"], unique=False)

    op.create_table(
        "target_sheet",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("drafted_by", sa.String(), nullable=False),
        sa.Column("drafted_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "drafted",
                "returned",
                "reviewed",
                "approved",
                "signed",
                name="targetstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_target_sheet_review_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_target_sheet")),
        sa.UniqueConstraint("review_key", "version", name=op.f("uq_target_sheet_review_key_version")),
    )
    op.create_table(
        "task_candidate",
        sa.Column("task_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_key"], ["user_task.key"], name=op.f("fk_task_candidate_task_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_key", "kind", "name", name=op.f("pk_task_candidate")),
    )
    with op.batch_alter_table("task_candidate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_candidate_kind_name"), ["kind", "name"], unique=False)

    op.create_table(
        "appeal",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("result_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("grounds", sa.String(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("remedy", sa.String(), nullable=False),
        sa.Column("lodged_by", sa.String(), nullable=False),
        sa.Column("lodged_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "lodged",
                "admitted",
                "rejected",
                "heard",
                "decided",
                "withdrawn",
                name="appealstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "verdict",
            sa.Enum("upheld", "corrected", "reevaluated", "annulled", name="verdict", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("ended_at", engine.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["instance_key"], ["process_instance.key"], name=op.f("fk_appeal_instance_key")),
        sa.ForeignKeyConstraint(["result_key"], ["result.key"], name=op.f("fk_appeal_result_key")),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_appeal_review_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_appeal")),
    )
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appeal_result_key"), ["result_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_appeal_review_key"), ["review_key"], unique=False)

    op.create_table(
        "plan_note",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("plan_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["plan_key"], ["plan.key"], name=op.f("fk_plan_note_plan_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_plan_note")),
    )
    with op.batch_alter_table("plan_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_note_plan_key"), ["plan_key"], unique=False)

    op.create_table(
        "rating",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rater_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("indicator_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rating", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("given_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["rater_key"], ["rater.key"], name=op.f("fk_rating_rater_key")),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_rating_review_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rating")),
        sa.UniqueConstraint(
            "rater_key", "indicator_id", "version", name=op.f("uq_rating_rater_key_indicator_id_version")
        ),
    )
    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rating_review_key"), ["review_key"], unique=False)

    op.create_table(
        "sign_off",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("result_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "answer",
            sa.Enum("agreed", "objected", "refused", name="answer", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("witness_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["result_key"], ["result.key"], name=op.f("fk_sign_off_result_key")),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_sign_off_review_key")),
        sa.ForeignKeyConstraint(["witness_key"], ["person.key"], name=op.f("fk_sign_off_witness_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_off")),
    )
    with op.batch_alter_table("sign_off", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_off_result_key"), ["result_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_off_review_key"), ["review_key"], unique=False)

    op.create_table(
        "target_decision",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("sheet_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "drafted",
                "returned",
                "reviewed",
                "approved",
                "signed",
                name="targetstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sheet_key"], ["target_sheet.key"], name=op.f("fk_target_decision_sheet_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_target_decision")),
    )
    with op.batch_alter_table("target_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_target_decision_sheet_key"), ["sheet_key"], unique=False)

    op.create_table(
        "panel_member",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("appeal_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chair", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["appeal_key"], ["appeal.key"], name=op.f("fk_panel_member_appeal_key")),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_panel_member_person_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_panel_member")),
        sa.UniqueConstraint("appeal_key", "person_key", name=op.f("uq_panel_member_appeal_key_person_key")),
    )
    with op.batch_alter_table("panel_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_panel_member_person_key"), ["person_key"], unique=False)

    op.create_table(
        "vote",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("appeal_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum("upheld", "corrected", "reevaluated", "annulled", name="verdict", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("cast_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["appeal_key"], ["appeal.key"], name=op.f("fk_vote_appeal_key")),
        sa.ForeignKeyConstraint(["member_key"], ["panel_member.key"], name=op.f("fk_vote_member_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_vote")),
        sa.UniqueConstraint("member_key", name=op.f("uq_vote_member_key")),
    )
    with op.batch_alter_table("vote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vote_appeal_key"), ["appeal_key"], unique=False)
