"""Leave and protection of single people, entered by HR."""

from __future__ import annotations

from typing import Any

from marshmallow import fields
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, DayField, example
from api.lists import one
from api.rosters import LeaveSchema, ProtectionSchema
from api.views import View
from engine.reviews import access
from engine.reviews.models import Leave, LeaveKind, Person, Protection, ProtectionKind
from engine.reviews.organisation import absences

blueprint = Blueprint("absences", __name__, url_prefix="/api/people", description="Leave and protection against notice")


class NewAbsenceSchema(CamelSchema):
    """From when until when."""

    valid_from = DayField(required=True, metadata=example("2025-08-01"))
    valid_until = DayField(load_default=None, allow_none=True, metadata=example("2025-11-30", "null: not known yet"))


class NewLeaveSchema(NewAbsenceSchema):
    """A long leave to enter."""

    kind = fields.Enum(LeaveKind, by_value=True, required=True)


class NewProtectionSchema(NewAbsenceSchema):
    """A protection against notice to enter (Labour Contract Law art. 42)."""

    kind = fields.Enum(ProtectionKind, by_value=True, required=True)


@blueprint.route("/<key:key>/leaves")
class Leaves(View):
    """The long leaves of somebody."""

    @blueprint.arguments(NewLeaveSchema)
    @blueprint.response(201, LeaveSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> Leave:
        """Enter a long leave, as HR; without a last day it lasts until HR ends it."""
        days = body["valid_from"], body["valid_until"]
        return absences.enter_leave(self.session, _known(self.session, key), body["kind"], *days, by=auth.caller())


@blueprint.route("/<key:key>/protections")
class Protections(View):
    """The protections of somebody."""

    @blueprint.arguments(NewProtectionSchema)
    @blueprint.response(201, ProtectionSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> Protection:
        """Enter why somebody is protected against notice, as HR."""
        days = body["valid_from"], body["valid_until"]
        person = _known(self.session, key)
        return absences.enter_protection(self.session, person, body["kind"], *days, by=auth.caller())


def _known(session: Session, key: int) -> Person:
    person: Person = one(session, select(Person).where(Person.key == key, access.people(session, auth.caller()))).Person
    return person
