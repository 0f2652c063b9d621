"""Cycles: drafted, checked, launched, watched, released, closed."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import auth, errors
from api.blueprint import Blueprint
from api.errors import ProblemItemSchema
from api.fields import CamelSchema, DayField, InstantField, KeyField, NameField, ProseField, example
from api.lists import PageSchema, list_schema, listed, one
from api.views import View
from engine.reviews import access
from engine.reviews.cycle import cancellations, cycles, drafts, launches
from engine.reviews.models import Cycle, CycleState, Role
from engine.reviews.organisation import people, snapshots
from engine.reviews.organisation.snapshots import Change
from engine.reviews.release import results
from engine.sentences import Sentence

blueprint = Blueprint("cycles", __name__, url_prefix="/api/cycles", description="Rounds of reviews")


CLOSE = example("17:30:00", "When the last day of a deadline ends; null means 24:00")


class CycleSchema(CamelSchema):
    """One round of reviews of one population by one template."""

    key = KeyField(attribute="Cycle.key")
    label = fields.String(attribute="Cycle.label", metadata=example("2025 Q3"))
    starts_on = fields.Date(attribute="Cycle.starts_on", metadata=example("2025-07-01"))
    ends_on = fields.Date(attribute="Cycle.ends_on", metadata=example("2025-09-30"))
    zone = fields.String(attribute="Cycle.zone", metadata=example("Asia/Shanghai"))
    calendar = fields.String(attribute="Cycle.calendar", metadata=example("CN"))
    close_of_business = fields.Time(attribute="Cycle.close_of_business", allow_none=True, metadata=CLOSE)
    deadlines = fields.Dict(attribute="Cycle.deadlines", keys=fields.String(), values=fields.Integer())
    grace = fields.Dict(attribute="Cycle.grace", keys=fields.String(), values=fields.Integer())
    template_key = KeyField(attribute="Cycle.template_key")
    process_id = fields.String(attribute="Cycle.process_id", metadata=example("review"))
    state = fields.Enum(CycleState, by_value=True, attribute="Cycle.state")
    launched_at = InstantField(attribute="Cycle.launched_at", allow_none=True)
    released_at = InstantField(attribute="Cycle.released_at", allow_none=True)
    closed_at = InstantField(attribute="Cycle.closed_at", allow_none=True)


class CycleDraftSchema(CamelSchema):
    """A cycle to draft."""

    label = NameField(required=True, most=100, metadata=example("2025 Q3"))
    starts_on = DayField(required=True, metadata=example("2025-07-01"))
    ends_on = DayField(required=True, metadata=example("2025-09-30"))
    template_key = KeyField(required=True)
    process_id = NameField(
        least=0,
        load_default="",
        metadata=example("review", "The process that every review runs; without it as the template's file says"),
    )
    zone = NameField(
        least=0, load_default="", metadata=example("Asia/Shanghai", "Without it as the template's file says")
    )


class ChoiceOfTemplateSchema(CamelSchema):
    """The version of the rules by which a cycle is scored."""

    template_key = KeyField(required=True)


class CycleFindingSchema(ProblemItemSchema):
    """Something found in a cycle."""

    blocks = fields.Boolean(required=True, metadata=example(value=True, description="Whether it forbids the launch"))


class CycleFindingsSchema(CamelSchema):
    """What was found in a cycle; nothing where the list is empty."""

    findings = fields.List(fields.Nested(CycleFindingSchema), required=True)


class BeginningSchema(CamelSchema):
    """How far a launch is."""

    state = fields.Enum(CycleState, by_value=True, required=True)
    waiting = fields.Integer(
        required=True, metadata=example(0, "The reviews whose processes are still to be started: POST to `starts`")
    )


class CycleCancellationSchema(CamelSchema):
    """Why a cycle is cancelled."""

    reason = ProseField(required=True, metadata=example("模板选错了", "Its people are told"))


class CycleReplacementSchema(CamelSchema):
    """The cycle that takes the place of a cancelled one."""

    label = NameField(required=True, most=100, metadata=example("2025 Q3 (2)"))
    template_key = KeyField(required=True)


class LeftOutSchema(CamelSchema):
    """A review that is not released with the others."""

    review_key = KeyField(required=True)
    reason = ProseField(required=True, metadata=example("待财务复核", "Why; the appraisee is told"))


class ReleaseSchema(CamelSchema):
    """What is left out of a release."""

    left_out = fields.List(fields.Nested(LeftOutSchema), load_default=list, validate=validate.Length(max=10_000))


class ReleasedSchema(CamelSchema):
    """How much was released."""

    released = fields.Integer(required=True, metadata=example(7))


class DifferenceSchema(CamelSchema):
    """One thing that is not as it was at the launch."""

    employee_id = fields.String(attribute="person.employee_id", metadata=example("S003"))
    change = fields.Enum(Change, by_value=True)
    before = fields.String(metadata=example("销售部 · 客户经理", "Empty where there was nothing"))
    after = fields.String(metadata=example("产品部 · 产品经理", "Empty where there is nothing"))


class DifferencesSchema(CamelSchema):
    """What has changed since the launch."""

    differences = fields.List(fields.Nested(DifferenceSchema), required=True)


@blueprint.route("")
class Cycles(View):
    """The cycles."""

    @blueprint.arguments(PageSchema, location="query")
    @blueprint.response(200, list_schema("Cycle", CycleSchema))
    @blueprint.refuses(422)
    def get(self, query: dict[str, Any]) -> dict[str, object]:
        """List cycles: all for HR and finance, for others those launched in which they may know of a review."""
        known = select(Cycle).where(access.cycles(self.session, auth.caller()))
        return listed(self.session, known, Cycle.key, query)

    @blueprint.arguments(CycleDraftSchema)
    @blueprint.response(201, CycleSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any]) -> dict[str, Cycle]:
        """Draft a cycle: its days, terms and plan rules are at first those of the template's file."""
        return {"Cycle": drafts.draft(self.session, **body, by=auth.caller())}


@blueprint.route("/<key:key>")
class OneCycle(View):
    """One cycle."""

    @blueprint.response(200, CycleSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> Any:
        """Get a cycle."""
        return one(self.session, select(Cycle).where(Cycle.key == key, access.cycles(self.session, auth.caller())))


@blueprint.route("/<key:key>/findings")
class Findings(View):
    """What was found in a cycle."""

    @blueprint.response(200, CycleFindingsSchema)
    @blueprint.refuses(403, 404)
    def get(self, key: int) -> dict[str, object]:
        """Check a cycle: what forbids launching it, and what HR should know before."""
        people.expect_role(auth.caller(), Role.HR, Sentence("check cycle {key}", key=key))
        found = cycles.check(self.session, cycles.found(self.session, key))
        return {"findings": [errors.item(one.problem) | {"blocks": one.blocks} for one in found]}


@blueprint.route("/<key:key>/template")
class Template(View):
    """The template of a cycle."""

    @blueprint.arguments(ChoiceOfTemplateSchema)
    @blueprint.response(204)
    @blueprint.refuses(403, 404, 409, 422)
    def put(self, body: dict[str, int], key: int) -> None:
        """Choose the template of a cycle that is not launched."""
        cycles.use_template(self.session, cycles.found(self.session, key), body["template_key"], by=auth.caller())


@blueprint.route("/<key:key>/differences")
class Differences(View):
    """What has changed since a cycle was launched."""

    @blueprint.response(200, DifferencesSchema)
    @blueprint.refuses(403, 404)
    def get(self, key: int) -> dict[str, object]:
        """Compare a cycle's population as it was at the launch with today: joined, left, transferred, new superiors."""
        found = snapshots.differences(self.session, cycles.found(self.session, key), by=auth.caller())
        return {"differences": found}


@blueprint.route("/<key:key>/launch")
class Launch(View):
    """The launch of a cycle."""

    @blueprint.response(200, BeginningSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, key: int) -> dict[str, object]:
        """Have a cycle launched.

        Where its regulation is not published, or not read by all, its state stays `draft` until the launch procedure
        has brought that. Else rules and reporting lines are frozen and the first hundred reviews begin; the others
        follow in the background, or as soon as you POST to `starts`.
        """
        cycle = launches.request(self.session, cycles.found(self.session, key), by=auth.caller())
        return {"waiting": _waiting(self.session, cycle), "state": cycle.state}


@blueprint.route("/<key:key>/starts")
class Starts(View):
    """The starts of a launched cycle's reviews."""

    @blueprint.response(200, BeginningSchema)
    @blueprint.refuses(403, 404, 409)
    def post(self, key: int) -> dict[str, object]:
        """Start the next hundred of a launched cycle's reviews."""
        cycle = cycles.found(self.session, key)
        return {"waiting": cycles.begin_waiting(self.session, cycle, by=auth.caller()), "state": cycle.state}


@blueprint.route("/<key:key>/cancellation")
class Cancellation(View):
    """The cancelling of a cycle."""

    @blueprint.arguments(CycleCancellationSchema)
    @blueprint.response(204)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, str], key: int) -> None:
        """Cancel a cycle before any of its results is released; what was typed is kept for the one that replaces it."""
        cycle = cycles.found(self.session, key)
        cancellations.cancel(self.session, cycle, reason=body["reason"], by=auth.caller())


@blueprint.route("/<key:key>/replacement")
class Replacement(View):
    """The cycle that takes the place of a cancelled one."""

    @blueprint.arguments(CycleReplacementSchema)
    @blueprint.response(201, CycleSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> dict[str, Cycle]:
        """Draft a cancelled cycle again by another template, with its people, raters, goals and what they typed."""
        return {
            "Cycle": cancellations.draft_again(self.session, cycles.found(self.session, key), **body, by=auth.caller())
        }


@blueprint.route("/<key:key>/release")
class Release(View):
    """The release of a cycle's results."""

    @blueprint.arguments(ReleaseSchema, required=False)
    @blueprint.response(200, ReleasedSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> dict[str, int]:
        """Release the results of a cycle, all at one moment; what is left out needs a reason."""
        left_out = {entry["review_key"]: entry["reason"] for entry in body["left_out"]}
        cycle = cycles.found(self.session, key)
        return {"released": len(results.release(self.session, cycle, by=auth.caller(), left_out=left_out))}


@blueprint.route("/<key:key>/closing")
class Closing(View):
    """The closing of a cycle."""

    @blueprint.response(204)
    @blueprint.refuses(403, 404, 409)
    def post(self, key: int) -> None:
        """Close a cycle whose reviews are all over."""
        cycles.close(self.session, cycles.found(self.session, key), by=auth.caller())


def _waiting(session: Session, cycle: Cycle) -> int:
    """Count the reviews whose processes are still to be started; none before the launch."""
    return len(cycles.unbegun(session, cycle)) if cycle.state is CycleState.LAUNCHED else 0
