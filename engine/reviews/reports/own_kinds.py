"""Own kinds: of which tables a copy of somebody's data is made, which columns, and whose each row is (E-65).

Nothing is in it that the person may not see on the pages: what is only proposed about somebody is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from engine.db import Base
from engine.reviews.models import (
    AbilityPlan,
    Actual,
    Appeal,
    Attendance,
    Award,
    AwardState,
    CheckIn,
    Deal,
    Defence,
    Delivery,
    Disclosure,
    FollowUp,
    FollowUpState,
    Goal,
    Interview,
    KeyResult,
    Kinship,
    Leave,
    Letter,
    Notice,
    Occasion,
    Person,
    Plan,
    PlanTraining,
    PlanTransfer,
    PointEntry,
    Protection,
    Receipt,
    Reopening,
    Review,
    SecondEvaluation,
    Settlement,
    SignOff,
    Spell,
    TargetSheet,
    Veto,
    WeeklyFigure,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What is copied of one table: which columns, the column by which a row is somebody's, and which rows alone."""

    name: str
    title: tuple[str, str]
    table: type[Base]
    columns: str
    owner: str = "review_key"
    only: ColumnElement[bool] | None = None

    def of_person(self, person: Person) -> Select[*tuple[Any, ...]]:
        """Choose somebody's rows."""
        chosen = select(*(getattr(self.table, name) for name in self.columns.split())).where(self._own(person))
        return chosen if self.only is None else chosen.where(self.only)

    def _own(self, person: Person) -> ColumnElement[bool]:
        owner = getattr(self.table, self.owner)
        mine: ColumnElement[bool]
        if self.owner == "review_key":
            mine = owner.in_(select(Review.key).where(Review.appraisee_key == person.key))
        elif self.owner == "plan_key":
            mine = owner.in_(select(Plan.key).where(Plan.appraisee_key == person.key))
        else:
            mine = owner == (person.username if self.owner == "done_by" else person.key)
        return mine


DAYS = "valid_from valid_until"
KINDS = (
    Kind("person", ("本人", "Person"), Person, "employee_id username name name_en", "key"),
    Kind("employment", ("在职", "Employment"), Spell, DAYS, "person_key"),
    Kind("leaves", ("休假", "Leave"), Leave, f"kind {DAYS}", "person_key"),
    Kind("protections", ("特殊保护", "Protection"), Protection, f"kind {DAYS}", "person_key"),
    Kind("kinships", ("亲属关系", "Kinship"), Kinship, "relation declared_at", "person_key"),
    Kind("receipts", ("制度签收", "Regulations read"), Receipt, "regulation_key received_at", "person_key"),
    Kind("reviews", ("考核", "Reviews"), Review, "key cycle_key state closing_reason", "appraisee_key"),
    Kind("goals", ("分解的目标", "Goals handed down"), Goal, "cycle_key indicator_id target unit share", "person_key"),
    Kind(
        "keyResults",
        ("关键结果", "Key results"),
        KeyResult,
        "cycle_key source objective title target unit reached",
        "person_key",
    ),
    Kind("targets", ("目标", "Targets"), TargetSheet, "review_key version state targets note drafted_at"),
    Kind("letters", ("绩效承诺书", "Commitment letters"), Letter, "review_key content digest archived_at"),
    Kind(
        "actuals",
        ("实际值", "Actual values"),
        Actual,
        "review_key indicator_id period version value unit source reason",
    ),
    Kind(
        "weeklyFigures",
        ("每周数据", "Weekly figures"),
        WeeklyFigure,
        "week tier measure version value source",
        "person_key",
    ),
    Kind(
        "deals",
        ("成交", "Deals"),
        Deal,
        "reference version channel lead_on closed_on value source entered_at",
        "person_key",
    ),
    Kind("vetoes", ("禁止行为", "Vetoes"), Veto, "review_key indicator_id conduct found_at lifted_at lifting_reason"),
    Kind(
        "checkIns",
        ("每月跟进", "Check-ins"),
        CheckIn,
        "review_key month focus values summary obstacles summarised_at answer answered_at",
    ),
    Kind(
        "defences", ("述职答辩", "Defences"), Defence, "review_key results obstacle explanation next_plan prepared_at"
    ),
    Kind("deliveries", ("送达", "Deliveries"), Delivery, "review_key sent_at opened_at served_at means", "person_key"),
    Kind("interviews", ("面谈", "Interviews"), Interview, "review_key held_at strengths gaps agreements remark"),
    Kind("answers", ("签认", "Answers"), SignOff, "review_key answer comment recorded_at digest"),
    Kind("reopenings", ("重开与更正", "Reopenings"), Reopening, "review_key kind reason requested_at state settled_at"),
    Kind("appeals", ("申诉", "Appeals"), Appeal, "review_key lodged_at grounds remedy state verdict reasons"),
    Kind("settlements", ("激励结算", "Settlement"), Settlement, "review_key line_id version amount due_on computed_at"),
    Kind(
        "followUps",
        ("结果应用", "Follow-ups"),
        FollowUp,
        "review_key rule_id kind state reason choice motive answered_at",
        only=FollowUp.state.not_in([FollowUpState.PROPOSED, FollowUpState.DECLINED]),
    ),
    Kind("abilityPlans", ("能力提升计划", "Ability plans"), AbilityPlan, "review_key items state starts_on ends_on"),
    Kind(
        "secondEvaluations", ("二次评估", "Second evaluations"), SecondEvaluation, "review_key grade reasons given_at"
    ),
    Kind(
        "awards",
        ("奖项", "Awards"),
        Award,
        "name period citation case points decided_at",
        "person_key",
        only=Award.state == AwardState.CONFERRED,
    ),
    Kind("points", ("积分", "Points"), PointEntry, "points reason entered_at", "person_key"),
    Kind(
        "plans",
        ("改进计划", "Improvement plans"),
        Plan,
        "review_key grounds state objectives training starts_on ends_on answer outcome reason",
        "appraisee_key",
    ),
    Kind(
        "trainings",
        ("培训记录", "Training records"),
        PlanTraining,
        "plan_key course provider trainer hours held_on attended test",
        "plan_key",
    ),
    Kind("transfers", ("调岗", "Transfers"), PlanTransfer, "plan_key post begins_on terms agreed answer", "plan_key"),
    Kind(
        "duties", ("例行事项", "Duties carried out"), Occasion, "period due_on state report done_at remark", "done_by"
    ),
    Kind("attendance", ("出席", "Attendance"), Attendance, "occasion_key attended note", "person_key"),
    Kind("notices", ("通知", "Notices"), Notice, "kind written_at read_at", "person_key"),
    Kind("disclosures", ("信息提供", "Disclosures"), Disclosure, "kind form about made_at", "person_key"),
)
"""What lies in one table each; where more is to be said of access or names, a copy has a statement of its own."""
