"""Improvement plans: proposed by a rule or by HR, observed with notes, ended by a person's decision."""

from __future__ import annotations

from typing import Any

from marshmallow import fields
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, InstantField, KeyField, ProseField, example
from api.lists import PageSchema, Rows, list_schema, listed, one
from api.reviews import known
from api.views import View
from engine.reviews import access
from engine.reviews.models import Outcome, Person, Plan, PlanState
from engine.reviews.plans import notes, plans

blueprint = Blueprint("plans", __name__, url_prefix="/api", description="Improvement plans (PIP)")


class PlanSummarySchema(CamelSchema):
    """An improvement plan of one appraisee.

    Its steps, the outcome too, are user tasks of its process instance (`/v2/user-tasks/search`).
    """

    key = KeyField(attribute="Plan.key")
    review_key = KeyField(attribute="Plan.review_key")
    appraisee = fields.String(metadata=example("zhang.wei"))
    mentor = fields.String(allow_none=True, metadata=example("he.ping"))
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


class NoteSchema(CamelSchema):
    """A mentor's note."""

    key = KeyField()
    text = fields.String(metadata=example("本周拜访客户 8 次"))
    written_by = fields.String(metadata=example("he.ping"))
    written_at = InstantField()


class PlanSchema(PlanSummarySchema):
    """An improvement plan with its objectives and notes."""

    grounds = fields.String(attribute="Plan.grounds")
    objectives = fields.List(fields.Nested(ObjectiveSchema), attribute="Plan.objectives")
    training = fields.String(attribute="Plan.training")
    accepted = fields.Boolean(attribute="Plan.accepted", allow_none=True)
    answer = fields.String(attribute="Plan.answer", metadata=example("", "What the appraisee said to it"))
    reason = fields.String(attribute="Plan.reason", metadata=example("", "Why it was dismissed, or ended as it did"))
    decided_by = fields.String(attribute="Plan.decided_by")
    extended_by = fields.String(attribute="Plan.extended_by", allow_none=True)
    extension_reason = fields.String(attribute="Plan.extension_reason", allow_none=True)
    notes = fields.List(fields.Nested(NoteSchema))


class PlanProposalSchema(CamelSchema):
    """On what grounds a plan is proposed."""

    grounds = ProseField(required=True, metadata=example("连续两个季度待改进"))


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
        return _document(self.session, key)


@blueprint.route("/reviews/<key:key>/plans")
class Proposal(View):
    """The proposal of a plan."""

    @blueprint.arguments(PlanProposalSchema)
    @blueprint.response(201, PlanSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, str], key: int) -> dict[str, object]:
        """Propose a plan, as HR; whether there is one is decided in its process."""
        plan = plans.propose(self.session, known(self.session, key), grounds=body["grounds"], by=auth.caller())
        return _document(self.session, plan.key)


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


def _known(session: Session) -> Rows:
    mentor = aliased(Person)
    return (
        select(Plan, Person.username.label("appraisee"), mentor.username.label("mentor"))
        .join(Person, Person.key == Plan.appraisee_key)
        .outerjoin(mentor, mentor.key == Plan.mentor_key)
        .where(access.plans(session, auth.caller()))
    )


def _document(session: Session, key: int) -> dict[str, object]:
    row = one(session, _known(session).where(Plan.key == key))
    return {**row._asdict(), "notes": notes.of_plan(session, row.Plan)}
