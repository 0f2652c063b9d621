"""Improvement plans: proposed by a rule or by HR, observed with notes, ended by a person's decision."""

from __future__ import annotations

from typing import Any

from marshmallow import fields
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, InstantField, KeyField, ProseField, example
from api.lists import PageSchema, Rows, list_schema, listed, one
from api.reviews import known
from api.views import View
from engine.reviews import access
from engine.reviews.cycle import cycles
from engine.reviews.models import NoteKind, Outcome, Person, Plan, PlanState, Review
from engine.reviews.organisation import people
from engine.reviews.plans import answers, endings, mentoring, notes, plans, revisions, spans, trainings, triggers
from engine.reviews.plans.drafts import Objective

blueprint = Blueprint("plans", __name__, url_prefix="/api", description="Improvement plans (PIP)")


class PlanSummarySchema(CamelSchema):
    """An improvement plan of one appraisee.

    Its steps, the outcome too, are user tasks of its process instance (`/v2/user-tasks/search`).
    """

    key = KeyField(attribute="Plan.key")
    review_key = KeyField(attribute="Plan.review_key")
    appraisee = fields.String(metadata=example("zhang.wei"))
    mentor = fields.String(allow_none=True, metadata=example("he.ping"))
    superior = fields.String(allow_none=True, metadata=example("li.na", "Who leads it"))
    state = fields.Enum(PlanState, by_value=True, attribute="Plan.state")
    proposed_by = fields.String(attribute="Plan.proposed_by")
    proposed_at = InstantField(attribute="Plan.proposed_at")
    starts_on = fields.Date(attribute="Plan.starts_on", allow_none=True)
    ends_on = fields.Date(attribute="Plan.ends_on", allow_none=True)
    extended_at = InstantField(attribute="Plan.extended_at", allow_none=True)
    outcome = fields.Enum(Outcome, by_value=True, attribute="Plan.outcome", allow_none=True)
    process_instance_key = KeyField(attribute="Plan.instance_key", allow_none=True)


class ObjectiveSchema(CamelSchema):
    """What is to be reached, how that is seen, and what the employer contributes."""

    objective = fields.String(metadata=example("每月新增客户 6 家"))
    measure = fields.String(metadata=example("CRM"))
    support = fields.String(metadata=example("每周辅导一次"))
    count = fields.Integer(metadata=example(5, "How many times, where it is counted"))
    due_on = fields.String(data_key="dueOn", attribute="dueOn", metadata=example("2025-11-30"))


class NoteSchema(CamelSchema):
    """A mentor's note."""

    key = KeyField()
    text = fields.String(metadata=example("本周拜访客户 8 次"))
    written_by = fields.String(metadata=example("he.ping"))
    written_at = InstantField()
    kind = fields.Enum(NoteKind, by_value=True)


class GroundSchema(CamelSchema):
    """Why a plan is proposed."""

    rule = fields.String(metadata=example("pip-trigger-003", "The decision table; empty where a person proposed"))
    text = fields.String(metadata=example("连续两个月未达标"))
    void = fields.Boolean()


class TrainingSchema(CamelSchema):
    """A training that was given."""

    course = fields.String(metadata=example("谈判训练"))
    provider = fields.String(metadata=example("培训学院"))
    trainer = fields.String(metadata=example("冯老师"))
    hours = fields.String(metadata=example("16"))
    held_on = fields.Date()
    attended = fields.Boolean()
    test = fields.String(metadata=example("85 分"))


class PlanSchema(PlanSummarySchema):
    """An improvement plan with its grounds, objectives, trainings and notes."""

    grounds_given = fields.List(fields.Nested(GroundSchema))
    months = fields.Integer(attribute="Plan.months")
    suspended = fields.Boolean(metadata=example(value=False))
    trainings = fields.List(fields.Nested(TrainingSchema))
    findings = fields.String(attribute="Plan.findings")

    grounds = fields.String(attribute="Plan.grounds")
    objectives = fields.List(fields.Nested(ObjectiveSchema), attribute="Plan.objectives")
    training = fields.String(attribute="Plan.training")
    accepted = fields.Boolean(attribute="Plan.accepted", allow_none=True)
    answer = fields.String(attribute="Plan.answer", metadata=example("", "What the appraisee said to it"))
    opening = fields.String(attribute="Plan.opening", metadata=example("目标合理,无在审申诉", "Why HR opened it"))
    reason = fields.String(attribute="Plan.reason", metadata=example("", "Why it was dismissed, or ended as it did"))
    decided_by = fields.String(attribute="Plan.decided_by")
    extended_by = fields.String(attribute="Plan.extended_by", allow_none=True)
    extension_reason = fields.String(attribute="Plan.extension_reason", allow_none=True)
    notes = fields.List(fields.Nested(NoteSchema))


class PlanProposalSchema(CamelSchema):
    """On what grounds a plan is proposed."""

    grounds = ProseField(required=True, metadata=example("连续两个季度待改进"))


class PlanClosingSchema(CamelSchema):
    """Why a plan is closed without a finding."""

    outcome = fields.Enum(Outcome, by_value=True, required=True, metadata=example("abolished"))
    reason = ProseField(required=True, metadata=example("岗位撤销"))


class PlanRefusalSchema(CamelSchema):
    """Before whom a refusal to sign is recorded."""

    witness = fields.String(required=True, metadata=example("zhou.jie"))
    reason = ProseField(required=True, metadata=example("本人认为目标偏高"))


class PlanMentorSchema(CamelSchema):
    """Who mentors a plan from now on."""

    mentor = fields.String(required=True, metadata=example("he.ping"))


class WantedObjectiveSchema(CamelSchema):
    """An objective that is asked for."""

    objective = ProseField(required=True, metadata=example("续约率 90%"))
    measure = ProseField(required=True, metadata=example("CRM"))
    support = ProseField(required=True, metadata=example("每周辅导一次"))
    count = fields.Integer(load_default=None, metadata=example(5, "How many times, where it is counted"))
    due_on = fields.Date(load_default=None, metadata=example("2025-11-30"))


class PlanRevisionSchema(CamelSchema):
    """Other objectives, which hold only if the appraisee agrees."""

    objectives = fields.List(fields.Nested(WantedObjectiveSchema), required=True)
    reason = ProseField(required=True, metadata=example("客户名单变了"))


class PlanRevisionAnswerSchema(CamelSchema):
    """What the appraisee answers to other objectives."""

    agreed = fields.Boolean(required=True)


class ProposedSchema(CamelSchema):
    """How many plans and ability plans were proposed, or got another ground."""

    proposed = fields.Integer(metadata=example(2))


class NewNoteSchema(CamelSchema):
    """A note to write."""

    text = ProseField(required=True, metadata=example("本周拜访客户 8 次"))


@blueprint.route("/plans")
class Plans(View):
    """The plans."""

    @blueprint.arguments(PageSchema, location="query")
    @blueprint.response(200, list_schema("Plan", PlanSummarySchema))
    @blueprint.refuses(422)
    def get(self, query: dict[str, Any]) -> dict[str, object]:
        """List plans: one's own, those one mentors, of those below, all for HR."""
        return listed(self.session, _known(self.session), Plan.key, query)


@blueprint.route("/plans/<key:key>")
class OnePlan(View):
    """One plan."""

    @blueprint.response(200, PlanSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, object]:
        """Get a plan."""
        return document(self.session, key)


@blueprint.route("/reviews/<key:key>/plans")
class Proposal(View):
    """The proposal of a plan."""

    @blueprint.arguments(PlanProposalSchema)
    @blueprint.response(201, PlanSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, str], key: int) -> dict[str, object]:
        """Propose a plan, as HR; whether there is one is decided in its process."""
        plan = plans.propose(self.session, known(self.session, key), grounds=body["grounds"], by=auth.caller())
        return document(self.session, plan.key)


@blueprint.route("/plans/<key:key>/notes")
class Notes(View):
    """The notes on a plan."""

    @blueprint.arguments(NewNoteSchema)
    @blueprint.response(201, NoteSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, str], key: int) -> Any:
        """Write a note on a running plan, as its mentor."""
        plan = one(self.session, _known(self.session).where(Plan.key == key)).Plan
        return notes.write(self.session, plan, body["text"], by=auth.caller())


@blueprint.route("/plans/<key:key>/mentor")
class PlanMentor(View):
    """The mentor of a plan."""

    @blueprint.arguments(PlanMentorSchema)
    @blueprint.response(200, PlanSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def put(self, body: dict[str, str], key: int) -> dict[str, object]:
        """Name another mentor of a running plan, as the superior or HR; days without one do not count."""
        mentor = people.named(self.session, body["mentor"])
        mentoring.replace(self.session, plan_of(self.session, key), mentor, by=auth.caller())
        return document(self.session, key)


@blueprint.route("/plans/<key:key>/refusal")
class PlanRefusal(View):
    """A refusal to sign a plan."""

    @blueprint.arguments(PlanRefusalSchema)
    @blueprint.response(200, PlanSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, str], key: int) -> dict[str, object]:
        """Record before a witness that the appraisee does not sign, as HR; no penalty follows."""
        witness = people.named(self.session, body["witness"])
        plan = plan_of(self.session, key)
        answers.record_refusal(self.session, plan, witness=witness, reason=body["reason"], by=auth.caller())
        return document(self.session, key)


@blueprint.route("/plans/<key:key>/closing")
class PlanClosing(View):
    """The end of a plan without a finding."""

    @blueprint.arguments(PlanClosingSchema)
    @blueprint.response(200, PlanSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> dict[str, object]:
        """Close a plan without a finding, as HR: `resigned`, `abolished` or `voided`."""
        plan = plan_of(self.session, key)
        endings.close(self.session, plan, body["outcome"], reason=body["reason"], by=auth.caller())
        return document(self.session, key)


@blueprint.route("/plans/<key:key>/revisions")
class PlanRevisions(View):
    """Other objectives of a running plan."""

    @blueprint.arguments(PlanRevisionSchema)
    @blueprint.response(201, PlanSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> dict[str, object]:
        """Ask the appraisee to agree to other objectives, as the superior or HR; till then the signed ones hold."""
        wanted = [Objective(**one) for one in body["objectives"]]
        revisions.ask(self.session, plan_of(self.session, key), wanted, reason=body["reason"], by=auth.caller())
        return document(self.session, key)


@blueprint.route("/plans/<key:key>/revisions/answer")
class PlanRevisionAnswer(View):
    """The answer to other objectives."""

    @blueprint.arguments(PlanRevisionAnswerSchema)
    @blueprint.response(200, PlanSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, bool], key: int) -> dict[str, object]:
        """Agree to other objectives or not, as the appraisee; a no changes nothing and has no penalty."""
        revisions.answer(self.session, plan_of(self.session, key), agreed=body["agreed"], by=auth.caller())
        return document(self.session, key)


@blueprint.route("/cycles/<key:key>/plan-proposals")
class RuleProposals(View):
    """What the rule of a cycle proposes."""

    @blueprint.response(200, ProposedSchema)
    @blueprint.refuses(403, 404, 409)
    def post(self, key: int) -> dict[str, int]:
        """Let the rule of a released cycle propose plans, as HR, who decides on each."""
        found = triggers.propose_in(self.session, cycles.found(self.session, key), by=auth.caller())
        return {"proposed": len(found)}


def plan_of(session: Session, key: int) -> Plan:
    """Find a plan that the caller may know of.

    Raises:
        NotFound: there is none.
    """
    plan: Plan = one(session, _known(session).where(Plan.key == key)).Plan
    return plan


def _known(session: Session) -> Rows:
    mentor, superior = aliased(Person), aliased(Person)
    names = (Person.username.label("appraisee"), mentor.username.label("mentor"), superior.username.label("superior"))
    return (
        select(Plan, *names)
        .join(Person, Person.key == Plan.appraisee_key)
        .join(Review, Review.key == Plan.review_key)
        .outerjoin(mentor, mentor.key == Plan.mentor_key)
        .outerjoin(superior, superior.key == func.coalesce(Plan.superior_key, Review.superior_key))
        .where(access.plans(session, auth.caller()))
    )


def document(session: Session, key: int) -> dict[str, object]:
    """Write a plan as `PlanSchema` shows it."""
    row = one(session, _known(session).where(Plan.key == key))
    return {
        **row._asdict(),
        "notes": notes.of_plan(session, row.Plan),
        "grounds_given": plans.grounds_of(session, row.Plan),
        "trainings": trainings.of_plan(session, row.Plan),
        "suspended": spans.is_suspended(session, row.Plan),
    }
