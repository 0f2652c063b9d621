"""Recurring duties: meetings, deliverables and trainings by the working calendar, and their occasions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import fields
from sqlalchemy.orm import Session

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, InstantField, KeyField, example
from api.views import View
from engine.reviews.meetings import duties, occasions
from engine.reviews.models import Duty, Occasion, Role
from engine.reviews.organisation import people
from engine.sentences import Sentence

blueprint = Blueprint(
    "duties", __name__, url_prefix="/api/duties", description="Meetings, deliverables and trainings that recur"
)

RULES = example(
    {
        "id": "monthly-advance",
        "name": "每月预发提成",
        "each": "month",
        "on": "last",
        "count": 3,
        "done_by": {"role": "finance"},
        "confirmed_by": {"role": "hr"},
        "hands_in": ["预发清单"],
        "files": 1,
    },
    "A duty as `processes/duties.toml` has it",
)


class DutySchema(CamelSchema):
    """A duty that recurs until HR ends it."""

    key = KeyField()
    duty_id = fields.String(metadata=example("monthly-advance"))
    rules = fields.Dict(keys=fields.String(), metadata=RULES)
    planned_by = fields.String()
    planned_at = InstantField()
    ended_at = InstantField(allow_none=True)


class DutiesSchema(CamelSchema):
    """The duties that recur."""

    items = fields.List(fields.Nested(DutySchema), required=True)


class DutyRulesSchema(CamelSchema):
    """A duty to plan."""

    rules = fields.Dict(keys=fields.String(), required=True, metadata=RULES)


class HandedInSchema(CamelSchema):
    """Something that was due, and what it is."""

    name = fields.String()
    text = fields.String()


class AttendanceSchema(CamelSchema):
    """Somebody who should attend."""

    person = fields.String(metadata=example("zhang.wei"))
    attended = fields.Boolean(allow_none=True, metadata={"description": "Null while nobody has said"})
    note = fields.String()


class OccasionSchema(CamelSchema):
    """A duty in one period. What is said of it are user tasks of its process instance."""

    key = KeyField()
    period = fields.String(metadata=example("2025-Q3"))
    due_on = fields.Date()
    state = fields.String()
    report = fields.String()
    handed_in = fields.List(fields.Nested(HandedInSchema))
    attendance = fields.List(fields.Nested(AttendanceSchema))
    done_by = fields.String()
    done_at = InstantField(allow_none=True)
    remark = fields.String()
    confirmed_by = fields.String()
    confirmed_at = InstantField(allow_none=True)


class OccasionsSchema(CamelSchema):
    """The occasions of a duty that one may know of, the newest first."""

    items = fields.List(fields.Nested(OccasionSchema), required=True)


@blueprint.route("")
class Duties(View):
    """The duties."""

    @blueprint.response(200, DutiesSchema)
    @blueprint.refuses(403)
    def get(self) -> dict[str, object]:
        """List those that recur, as HR."""
        people.expect_role(auth.caller(), Role.HR, Sentence("list the duties"))
        return {"items": duties.running(self.session)}

    @blueprint.arguments(DutyRulesSchema)
    @blueprint.response(201, DutySchema)
    @blueprint.refuses(403, 409, 422)
    def post(self, body: dict[str, Any]) -> Duty:
        """Let one recur from now on, as HR."""
        return duties.plan(self.session, body["rules"], by=auth.caller())


@blueprint.route("/<key:key>/ending")
class Ending(View):
    """The end of a duty."""

    @blueprint.response(200, DutySchema)
    @blueprint.refuses(403, 404, 409)
    def post(self, key: int) -> Duty:
        """Let it recur no more, as HR; an occasion that has begun is carried out."""
        duty = duties.found(self.session, key)
        duties.end(self.session, duty, by=auth.caller())
        return duty


@blueprint.route("/<key:key>/occasions")
class Occasions(View):
    """The occasions of a duty."""

    @blueprint.response(200, OccasionsSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, Sequence[dict[str, Any]]]:
        """List them: those one did, confirmed or should attend, all for HR."""
        duty = duties.found(self.session, key)
        return {"items": [_told(self.session, one) for one in occasions.of_duty(self.session, duty, by=auth.caller())]}


def _told(session: Session, occasion: Occasion) -> dict[str, Any]:
    attendance = [
        {"person": person.username, "attended": row.attended, "note": row.note}
        for row, person in occasions.attendance(session, occasion, by=auth.caller())
    ]
    own = {column.key: getattr(occasion, column.key) for column in Occasion.__table__.columns}
    return {**own, "attendance": attendance}
