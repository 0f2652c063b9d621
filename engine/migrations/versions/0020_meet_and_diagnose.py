"""Meet and diagnose."""

import sqlalchemy as sa
from alembic import op

import engine.db

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Meet and diagnose."""
    op.create_table(
        "diagnosis",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("revenue", sa.String(), nullable=False),
        sa.Column("revenue_unit", sa.String(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "closed", "published", name="diagnosisstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("findings", sa.String(), nullable=False),
        sa.Column("measures", sa.String(), nullable=False),
        sa.Column("published_by", sa.String(), nullable=False),
        sa.Column("published_at", engine.db.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_diagnosis")),
        sa.UniqueConstraint("period", name=op.f("uq_diagnosis_period")),
    )
    op.create_table(
        "duty",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("duty_id", sa.String(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("planned_by", sa.String(), nullable=False),
        sa.Column("planned_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.Column("ended_at", engine.db.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_duty")),
    )
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duty_duty_id"), ["duty_id"], unique=False)

    op.create_table(
        "diagnosis_draw",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("diagnosis_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["diagnosis_key"], ["diagnosis.key"], name=op.f("fk_diagnosis_draw_diagnosis_key")),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_diagnosis_draw_person_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_diagnosis_draw")),
        sa.UniqueConstraint("diagnosis_key", "person_key", name=op.f("uq_diagnosis_draw_diagnosis_key_person_key")),
    )
    with op.batch_alter_table("diagnosis_draw", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_diagnosis_draw_person_key"), ["person_key"], unique=False)

    op.create_table(
        "diagnosis_interview",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("diagnosis_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("interviewee_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("interviewer_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=True),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("advice", sa.String(), nullable=False),
        sa.Column("recorded_at", engine.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["diagnosis_key"], ["diagnosis.key"], name=op.f("fk_diagnosis_interview_diagnosis_key")
        ),
        sa.ForeignKeyConstraint(
            ["interviewee_key"], ["person.key"], name=op.f("fk_diagnosis_interview_interviewee_key")
        ),
        sa.ForeignKeyConstraint(
            ["interviewer_key"], ["person.key"], name=op.f("fk_diagnosis_interview_interviewer_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_diagnosis_interview")),
        sa.UniqueConstraint(
            "diagnosis_key", "interviewee_key", name=op.f("uq_diagnosis_interview_diagnosis_key_interviewee_key")
        ),
    )
    with op.batch_alter_table("diagnosis_interview", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_diagnosis_interview_interviewee_key"), ["interviewee_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_diagnosis_interview_interviewer_key"), ["interviewer_key"], unique=False)

    op.create_table(
        "occasion",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("duty_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("begun_at", engine.db.Instant(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "carried-out", "done", "empty", name="occasionstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("handed_in", sa.JSON(), nullable=False),
        sa.Column("done_by", sa.String(), nullable=False),
        sa.Column("done_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.Column("confirmed_at", engine.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["duty_key"], ["duty.key"], name=op.f("fk_occasion_duty_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_occasion")),
        sa.UniqueConstraint("duty_key", "period", name=op.f("uq_occasion_duty_key_period")),
    )
    op.create_table(
        "week_explanation",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("superior_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["superior_key"], ["person.key"], name=op.f("fk_week_explanation_superior_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_week_explanation")),
    )
    with op.batch_alter_table("week_explanation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_week_explanation_superior_key"), ["superior_key"], unique=False)

    op.create_table(
        "weekly_figure",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", engine.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_weekly_figure_person_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_weekly_figure")),
        sa.UniqueConstraint(
            "person_key",
            "week",
            "tier",
            "measure",
            "version",
            name=op.f("uq_weekly_figure_person_key_week_tier_measure_version"),
        ),
    )
    with op.batch_alter_table("weekly_figure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_weekly_figure_week"), ["week"], unique=False)

    op.create_table(
        "attendance",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("occasion_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attended", sa.Boolean(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["occasion_key"], ["occasion.key"], name=op.f("fk_attendance_occasion_key")),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_attendance_person_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_attendance")),
        sa.UniqueConstraint("occasion_key", "person_key", name=op.f("uq_attendance_occasion_key_person_key")),
    )
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_person_key"), ["person_key"], unique=False)

    op.create_table(
        "diagnosis_ballot",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("diagnosis_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("locator", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("scores", sa.JSON(), nullable=True),
        sa.Column("remark", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["diagnosis_key"], ["diagnosis.key"], name=op.f("fk_diagnosis_ballot_diagnosis_key")),
        sa.ForeignKeyConstraint(["unit_key"], ["department.key"], name=op.f("fk_diagnosis_ballot_unit_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_diagnosis_ballot")),
    )
    with op.batch_alter_table("diagnosis_ballot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_diagnosis_ballot_diagnosis_key"), ["diagnosis_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_diagnosis_ballot_locator"), ["locator"], unique=False)

    op.create_table(
        "defence",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("results", sa.String(), nullable=False),
        sa.Column(
            "obstacle",
            sa.Enum("market", "ability", "strategy", "none", name="obstacle", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("next_plan", sa.String(), nullable=False),
        sa.Column("prepared_at", engine.db.Instant(timezone=True), nullable=True),
        sa.Column("convened_by", sa.String(), nullable=False),
        sa.Column("ended_at", engine.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["review_key"], ["review.key"], name=op.f("fk_defence_review_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_defence")),
        sa.UniqueConstraint("review_key", name=op.f("uq_defence_review_key")),
    )
    op.create_table(
        "defence_member",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("defence_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "judged",
            sa.Enum("market", "ability", "strategy", "none", name="obstacle", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("opinion", sa.String(), nullable=False),
        sa.Column("said_at", engine.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["defence_key"], ["defence.key"], name=op.f("fk_defence_member_defence_key")),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name=op.f("fk_defence_member_person_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_defence_member")),
        sa.UniqueConstraint("defence_key", "person_key", name=op.f("uq_defence_member_defence_key_person_key")),
    )
    with op.batch_alter_table("defence_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_defence_member_person_key"), ["person_key"], unique=False)

    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("review_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("kind", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("occasion_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_index(batch_op.f("ix_evidence_occasion_key"), ["occasion_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_review_key"), ["review_key"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_evidence_occasion_key"), "occasion", ["occasion_key"], ["key"])
        batch_op.create_foreign_key(batch_op.f("fk_evidence_review_key"), "review", ["review_key"], ["key"])
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.alter_column("kind", server_default=None)
