"""Panels: how one was drawn and who was called to it, and what its members note for the deliberation."""

from __future__ import annotations

from typing import Any

from marshmallow import fields
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, InstantField, KeyField, NameField, ProseField, example
from api.lists import one
from api.views import View
from engine.reviews import access
from engine.reviews.cases import panels as cases
from engine.reviews.models import (
    Appeal,
    DeliberationNote,
    PanelDraw,
    PanelMember,
    PanelState,
    Person,
    Recusal,
    RecusalMotion,
)
from engine.reviews.panels import deliberations, draws, sight, vacancies
from engine.sentences import Sentence

blueprint = Blueprint("panels", __name__, url_prefix="/api/appeals", description="The panels of appeals")


class PanelDrawSchema(CamelSchema):
    """The lots of a panel: by SHA-256 of the seed, a slash and the employee id, in hex."""

    size = fields.Integer()
    seed = fields.String(metadata=example("2025 Q3/S003/2025-09-22T01:00:00+00:00"))
    pool = fields.List(fields.String(), metadata=example(["C002", "O001", "O002", "P002"]))
    order = fields.List(fields.String(), metadata=example(["O001", "O002", "P002", "C002"]))
    excluded = fields.Dict(keys=fields.String(), values=fields.List(fields.Enum(Recusal, by_value=True)))
    drawn_at = InstantField()
    holds = fields.Boolean(metadata={"description": "Whether the lots come out the same when they are drawn again"})


class PanelMemberSchema(CamelSchema):
    """Somebody who was called to a panel; why somebody is excluded is for HR alone."""

    member = fields.String(attribute="username", metadata=example("zhou.jie"))
    chair = fields.Boolean(attribute="PanelMember.chair")
    state = fields.Enum(PanelState, by_value=True, attribute="PanelMember.state")
    exclusion = fields.Enum(Recusal, by_value=True, attribute="PanelMember.exclusion", allow_none=True)
    appointment = fields.String(attribute="PanelMember.appointment", metadata=example("库里的人已用完"))


class PanelSchema(CamelSchema):
    """A panel as far as the caller may know of it; the draw is for HR."""

    draw = fields.Nested(PanelDrawSchema, allow_none=True)
    members = fields.List(fields.Nested(PanelMemberSchema))


class ExcludedMembersSchema(CamelSchema):
    """Who of a panel that sits is excluded now."""

    members = fields.List(fields.Nested(PanelMemberSchema))


class ObjectionSchema(CamelSchema):
    """Against whom of the panel one objects, and why."""

    member = NameField(required=True, metadata=example("lin.tao", "The member's account"))
    reason = ProseField(required=True, metadata=example("投票前与评价方私下会面"))


class MotionSchema(CamelSchema):
    """A party's motion that a member be excluded."""

    key = KeyField()
    reason = fields.String(metadata=example("投票前与评价方私下会面"))
    made_at = InstantField()


class DeliberationNoteSchema(CamelSchema):
    """A note for the deliberation."""

    key = KeyField()
    text = fields.String(metadata=example("会议纪要支持申诉人"))
    written_at = InstantField()


class DeliberationNotesSchema(CamelSchema):
    """The notes one may read, the oldest first."""

    items = fields.List(fields.Nested(DeliberationNoteSchema))


class DeliberationTextSchema(CamelSchema):
    """What to note."""

    text = ProseField(required=True, metadata=example("会议纪要支持申诉人"))


@blueprint.route("/<key:key>/panel")
class OnePanel(View):
    """The panel of an appeal."""

    @blueprint.response(200, PanelSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, object]:
        """Get who was called to a panel, and for HR how it was drawn."""
        appeal = _known(self.session, key)
        own = PanelDraw.appeal_key == appeal.key, sight.draws(self.session, auth.caller())
        lots = self.session.scalar(select(PanelDraw).where(*own))
        called = _members().where(
            PanelMember.appeal_key == appeal.key, sight.panel_members(self.session, auth.caller())
        )  # fmt: skip
        return {"draw": _drawn(lots), "members": self.session.execute(called).all()}


@blueprint.route("/<key:key>/panel/check")
class PanelCheck(View):
    """A new look at a panel that sits."""

    @blueprint.response(200, ExcludedMembersSchema)
    @blueprint.refuses(403, 404)
    def post(self, key: int) -> dict[str, object]:
        """Exclude who is recused by now, as HR, and have the places taken; get who is excluded."""
        appeal, by = _known(self.session, key), auth.caller()
        cases.expect_officer(appeal, by, Sentence("look at the panel of appeal {key}", key=key))
        gone = [member.key for member in vacancies.check(self.session, appeal, by=by)]
        return {"members": self.session.execute(_members().where(PanelMember.key.in_(gone))).all()}


@blueprint.route("/<key:key>/motions")
class Motions(View):
    """What parties say against members who sit."""

    @blueprint.arguments(ObjectionSchema)
    @blueprint.response(201, MotionSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, str], key: int) -> RecusalMotion:
        """Ask, as a party, that a member who sits be excluded; the chair decides, or the head of HR."""
        appeal, by = _known(self.session, key), auth.caller()
        seen = _members().where(PanelMember.appeal_key == key, sight.panel_members(self.session, by))
        member = one(self.session, seen.where(Person.username == body["member"])).PanelMember
        return vacancies.object_(self.session, appeal, member, reason=body["reason"], by=by)


@blueprint.route("/<key:key>/notes")
class Notes(View):
    """The notes for a deliberation."""

    @blueprint.response(200, DeliberationNotesSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, object]:
        """List the notes one may read: the own, and the panel's once every vote is cast."""
        return {"items": deliberations.of_appeal(self.session, _known(self.session, key), by=auth.caller())}

    @blueprint.arguments(DeliberationTextSchema)
    @blueprint.response(201, DeliberationNoteSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> DeliberationNote:
        """Note something for the deliberation, as a member who sits."""
        return deliberations.note(self.session, _known(self.session, key), body["text"], by=auth.caller())


def _members() -> Select[PanelMember, str]:
    return (
        select(PanelMember, Person.username)
        .join(Person, Person.key == PanelMember.person_key)
        .order_by(PanelMember.place, PanelMember.key)
    )


def _known(session: Session, key: int) -> Appeal:
    found: Appeal = one(session, select(Appeal).where(Appeal.key == key, access.appeals(session, auth.caller()))).Appeal
    return found


def _drawn(lots: PanelDraw | None) -> dict[str, object] | None:
    if lots is None:
        return None
    columns = ("size", "seed", "pool", "order", "drawn_at")
    excluded = {person: [Recusal(why) for why in whys] for person, whys in lots.excluded.items()}
    return {**{name: getattr(lots, name) for name in columns}, "excluded": excluded, "holds": draws.holds(lots)}
