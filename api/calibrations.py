"""Calibration: sessions that adjust results before they are released; nobody outside sees what they do."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, InstantField, KeyField, NameField, ProseField, example
from api.lists import PageSchema, Rows, list_schema, listed, one
from api.views import View
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import (
    Adjustment,
    AdjustmentState,
    Calibration,
    CalibrationMember,
    CalibrationState,
    Cycle,
    Person,
    Seat,
)
from engine.reviews.organisation import people
from engine.reviews.release import adjustments, calibration, calibration_sheets, embargoes, hearings, sittings
from engine.reviews.release.adjustments import Change
from engine.reviews.release.calibration import Guidance

blueprint = Blueprint(
    "calibrations", __name__, url_prefix="/api", description="Results calibrated before their release"
)


class CalibrationSummarySchema(CamelSchema):
    """A session of one unit. To lock it and to approve it are user tasks of its process instance."""

    key = KeyField(attribute="Calibration.key")
    cycle_key = KeyField(attribute="Calibration.cycle_key")
    cycle = fields.String(metadata=example("2025 Q3"))
    department_keys = fields.List(fields.String(), attribute="Calibration.department_keys")
    state = fields.Enum(CalibrationState, by_value=True, attribute="Calibration.state")
    approver = fields.String(metadata=example("gao.yuan"))
    opened_at = InstantField(attribute="Calibration.opened_at")
    locked_at = InstantField(attribute="Calibration.locked_at", allow_none=True)
    approved_at = InstantField(attribute="Calibration.approved_at", allow_none=True)
    released_at = InstantField(attribute="Calibration.released_at", allow_none=True)
    process_instance_key = KeyField(attribute="Calibration.instance_key", allow_none=True)


class CalibrationSeatSchema(CamelSchema):
    """Who sits in a session."""

    member = fields.String(metadata=example("wang.qiang"))
    name = fields.String(metadata=example("王强"))
    seat = fields.Enum(Seat, by_value=True, attribute="CalibrationMember.seat")


class AdjustmentSchema(CamelSchema):
    """A change of one result: what would hold then, and why."""

    key = KeyField()
    review_key = KeyField()
    total = fields.String(metadata=example("90.00"))
    grade = fields.String(metadata=example("优秀"))
    reason = fields.String(metadata=example("两家战略客户的难度高于目标设定时"))
    proposed_by = fields.String(metadata=example("li.na"))
    proposed_at = InstantField()
    state = fields.Enum(AdjustmentState, by_value=True)
    decided_by = fields.String(metadata=example("wang.qiang"))
    decided_at = InstantField(allow_none=True)


class CalibrationRemarkSchema(CamelSchema):
    """What a session says of a review that it hears."""

    review_key = KeyField()
    text = fields.String(metadata=example("跨部门项目的贡献没有体现"))
    written_by = fields.String(metadata=example("wu.fang"))
    written_at = InstantField()


class HeardSchema(CamelSchema):
    """A review of another session that this one hears; total and grade are null until that one is approved."""

    review_key = KeyField(attribute="review.key")
    appraisee = fields.String(attribute="appraisee.username", metadata=example("zhang.wei"))
    owner_key = KeyField(attribute="owner.key", dump_default=None, allow_none=True)
    total = fields.String(attribute="outcome.total", dump_default=None, allow_none=True, metadata=example("90.00"))
    grade = fields.String(attribute="outcome.grade", dump_default=None, allow_none=True, metadata=example("优秀"))
    remarks = fields.List(fields.Nested(CalibrationRemarkSchema))


class CalibratedLineSchema(CamelSchema):
    """One result on the list; rank, total and grade are null while it is still to come, and where it is closed."""

    review_key = KeyField(attribute="review.key")
    appraisee = fields.String(attribute="appraisee.username", metadata=example("zhang.wei"))
    closed = fields.Boolean(
        metadata=example(value=False, description="Whether the review was closed: it counts nowhere")
    )
    rank = fields.Integer(allow_none=True, metadata=example(1))
    total = fields.String(attribute="result.total", dump_default=None, allow_none=True, metadata=example("87.68"))
    grade = fields.String(attribute="result.grade", dump_default=None, allow_none=True, metadata=example("良好"))
    adjustments = fields.List(fields.Nested(AdjustmentSchema))
    remarks = fields.List(
        fields.Nested(CalibrationRemarkSchema), metadata={"description": "From sessions that hear it"}
    )


class DistributionShareSchema(CamelSchema):
    """How many have a grade, would have it then, and are advised to have it (null in a small group)."""

    level = fields.String(metadata=example("良好"))
    count = fields.Integer(metadata=example(7))
    then = fields.Integer(metadata=example(7))
    advised = fields.Integer(allow_none=True, metadata=example(7))


class LeaningSchema(CamelSchema):
    """How somebody rates as a superior; the figures are null where too few were rated."""

    rater = fields.String(attribute="rater.username", metadata=example("li.na"))
    reviews = fields.Integer(metadata=example(4))
    mean = fields.String(allow_none=True, metadata=example("4.25"))
    difference = fields.String(allow_none=True, metadata=example("0.40"))
    spread = fields.String(allow_none=True, metadata=example("1.50"))
    lenient = fields.Boolean(metadata=example(value=False, description="Whether every rating is the highest"))


class CalibrationSchema(CalibrationSummarySchema):
    """A session with what the caller may see of it."""

    members = fields.List(fields.Nested(CalibrationSeatSchema))
    remark = fields.String(metadata=example("", "Why the second level returned it"))
    lines = fields.List(fields.Nested(CalibratedLineSchema))
    shares = fields.List(fields.Nested(DistributionShareSchema))
    leanings = fields.List(fields.Nested(LeaningSchema))
    heard = fields.List(fields.Nested(HeardSchema), metadata={"description": "Reviews of other sessions"})


class GuidelineShareSchema(CamelSchema):
    """What per cent of the group is advised to have a grade."""

    level = NameField(required=True, metadata=example("优秀"))
    per_cent = NameField(required=True, most=20, metadata=example("20"))


class CalibrationDraftSchema(CamelSchema):
    """A session to convene."""

    departments = fields.List(NameField(), required=True, validate=validate.Length(1, 500), metadata=example(["sales"]))
    chair = NameField(required=True, metadata=example("wang.qiang"))
    approver = NameField(
        load_default=None, allow_none=True, metadata=example("gao.yuan", "The chair's superior where it is left out")
    )
    guideline = fields.List(
        fields.Nested(GuidelineShareSchema),
        required=True,
        validate=validate.Length(1, 20),
        metadata={"description": "From the best grade down"},
    )
    smallest_group = fields.Integer(load_default=5, validate=validate.Range(1, 1000), metadata=example(5))
    decision_id = NameField(
        least=0, load_default="", metadata=example("", "The table that grades totals; empty: that of each one's rules")
    )
    embargo = InstantField(load_default=None, allow_none=True, metadata=example("2025-10-20T01:00:00.000Z"))


class NewAdjustmentSchema(CamelSchema):
    """A change to propose: either a total or a grade."""

    review_key = KeyField(required=True)
    total = fields.String(load_default="", validate=validate.Length(max=40), metadata=example("90"))
    grade = fields.String(load_default="", validate=validate.Length(max=200), metadata=example(""))
    reason = ProseField(required=True, metadata=example("两家战略客户的难度高于目标设定时"))


class AdjustmentDecisionSchema(CamelSchema):
    """What the chair decides."""

    accepted = fields.Boolean(required=True, metadata=example(value=True))


class NewRemarkSchema(CamelSchema):
    """A comment on a review that a session hears."""

    review_key = KeyField(required=True)
    text = ProseField(required=True, metadata=example("跨部门项目的贡献没有体现"))


class EmbargoSchema(CamelSchema):
    """Until when no result of a cycle is released."""

    until = InstantField(required=True, metadata=example("2025-10-20T01:00:00.000Z"))


@blueprint.route("/calibrations")
class Calibrations(View):
    """The sessions."""

    @blueprint.arguments(PageSchema, location="query")
    @blueprint.response(200, list_schema("Calibration", CalibrationSummarySchema))
    @blueprint.refuses(422)
    def get(self, query: dict[str, Any]) -> dict[str, object]:
        """List sessions: those one sits in or approves, all for HR."""
        return listed(self.session, _known(self.session), Calibration.key, query)


@blueprint.route("/calibrations/<key:key>")
class OneCalibration(View):
    """One session."""

    @blueprint.response(200, CalibrationSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, object]:
        """Get a session; its list is for those who sit in it, without the own result and those of superiors."""
        return _document(self.session, key)


@blueprint.route("/cycles/<key:key>/calibrations")
class Convening(View):
    """The convening of a session."""

    @blueprint.arguments(CalibrationDraftSchema)
    @blueprint.response(201, CalibrationSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> dict[str, object]:
        """Convene the session of a unit, as HR."""
        held = calibration.convene(
            self.session,
            cycles.found(self.session, key),
            [people.department(self.session, code) for code in body["departments"]],
            chair=people.named(self.session, body["chair"]),
            approver=people.named(self.session, body["approver"]) if body["approver"] else None,
            guidance=Guidance(
                shares={one["level"]: one["per_cent"] for one in body["guideline"]},
                smallest_group=body["smallest_group"],
                decision_id=body["decision_id"],
            ),
            embargo=body["embargo"],
            by=auth.caller(),
        )
        return _document(self.session, held.key)


@blueprint.route("/cycles/<key:key>/embargo")
class EmbargoOfCycle(View):
    """The embargo of a cycle."""

    @blueprint.arguments(EmbargoSchema)
    @blueprint.response(204)
    @blueprint.refuses(403, 404, 409, 422)
    def put(self, body: dict[str, Any], key: int) -> None:
        """Keep the results of a cycle back until an instant, as HR."""
        embargoes.put(self.session, cycles.found(self.session, key), body["until"], by=auth.caller())


@blueprint.route("/calibrations/<key:key>/adjustments")
class Adjustments(View):
    """The changes that a session proposes."""

    @blueprint.arguments(NewAdjustmentSchema)
    @blueprint.response(201, AdjustmentSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> Any:
        """Propose to change a result, as a member of the session."""
        held = one(self.session, _known(self.session).where(Calibration.key == key)).Calibration
        review = reviews.found(self.session, body["review_key"])
        change = Change(total=body["total"], grade=body["grade"])
        return adjustments.propose(self.session, held, review, change, reason=body["reason"], by=auth.caller())


@blueprint.route("/calibrations/<key:key>/remarks")
class Remarks(View):
    """The comments of a session on reviews that another one owns."""

    @blueprint.arguments(NewRemarkSchema)
    @blueprint.response(201, CalibrationRemarkSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> Any:
        """Comment on a review that one's session hears; the session that owns it decides."""
        held = one(self.session, _known(self.session).where(Calibration.key == key)).Calibration
        review = reviews.found(self.session, body["review_key"])
        return hearings.remark(self.session, held, review, body["text"], by=auth.caller())


@blueprint.route("/adjustments/<key:key>/decision")
class Decision(View):
    """The chair's decision on a proposal."""

    @blueprint.arguments(AdjustmentDecisionSchema)
    @blueprint.response(200, AdjustmentSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def put(self, body: dict[str, bool], key: int) -> Any:
        """Accept a proposal or decline it, as the chair, until the session is locked."""
        seen = select(Adjustment).where(Adjustment.key == key, sittings.adjustments(self.session, auth.caller()))
        adjustment = one(self.session, seen).Adjustment
        adjustments.decide(self.session, adjustment, accepted=body["accepted"], by=auth.caller())
        return adjustment


def _known(session: Session) -> Rows:
    return (
        select(Calibration, Cycle.label.label("cycle"), Person.username.label("approver"))
        .join(Cycle, Cycle.key == Calibration.cycle_key)
        .join(Person, Person.key == Calibration.approver_key)
        .where(sittings.calibrations(session, auth.caller()))
    )


def _document(session: Session, key: int) -> dict[str, object]:
    row = one(session, _known(session).where(Calibration.key == key))
    seats = session.execute(
        select(CalibrationMember, Person.username.label("member"), Person.name.label("name"))
        .join(Person, Person.key == CalibrationMember.person_key)
        .where(CalibrationMember.calibration_key == key)
        .order_by(CalibrationMember.key)
    )
    shown = calibration_sheets.of_session(session, row.Calibration, by=auth.caller())
    return {
        **row._asdict(),
        "members": seats.all(),
        "lines": shown.lines,
        "shares": shown.shares,
        "leanings": shown.leanings,
        "heard": shown.heard,
        "remark": shown.remark,
    }
