"""Regulations: rule documents with their democratic procedure, and who has read them."""

from __future__ import annotations

from typing import Any

from marshmallow import fields
from sqlalchemy import select

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, DayField, InstantField, KeyField, NameField, ProseField, example
from api.lists import PageSchema, list_schema, listed
from api.views import View
from engine.errors import NotFound
from engine.reviews.cycle import cycles
from engine.reviews.models import Procedure, ProcedureRecord, Receipt, Regulation, Role
from engine.reviews.organisation import people
from engine.reviews.rulebook import regulations
from engine.sentences import Sentence

blueprint = Blueprint("regulations", __name__, url_prefix="/api", description="Rule documents and who has read them")


class RegulationSchema(CamelSchema):
    """One version of a rule document. Once published it never changes."""

    key = KeyField(attribute="Regulation.key")
    regulation_id = fields.String(attribute="Regulation.regulation_id", metadata=example("handbook"))
    version = fields.Integer(attribute="Regulation.version")
    title = fields.String(attribute="Regulation.title", metadata=example("绩效考核实施细则"))
    title_en = fields.String(attribute="Regulation.title_en", metadata=example("Rules of appraisal"))
    text = fields.String(attribute="Regulation.text")
    province = fields.String(attribute="Regulation.province", metadata=example("广东"))
    published_by = fields.String(attribute="Regulation.published_by", allow_none=True)
    published_at = InstantField(attribute="Regulation.published_at", allow_none=True)
    digest = fields.String(attribute="Regulation.digest", metadata=example("", "SHA-256 of what was published"))


class RegulationDraftSchema(CamelSchema):
    """A regulation to draft."""

    regulation_id = NameField(required=True, most=50, metadata=example("handbook"))
    text = ProseField(required=True, metadata=example("第一条……"))
    title = NameField(required=True, metadata=example("绩效考核实施细则"))
    title_en = NameField(least=0, load_default="", metadata=example("Rules of appraisal"))
    province = NameField(least=0, load_default="", metadata=example("广东"))


class ProcedureStepSchema(CamelSchema):
    """A step of the democratic procedure: discussion, or consultation with the union (Labour Contract Law art. 4)."""

    step = fields.Enum(Procedure, by_value=True, required=True)
    held_on = DayField(required=True, metadata=example("2025-06-20"))
    participants = ProseField(required=True, metadata=example("职工代表 21 人"))
    minutes = ProseField(required=True, metadata=example("讨论并修改第三条"))


class ProcedureRecordSchema(ProcedureStepSchema):
    """A step of the democratic procedure, as it is on record."""

    recorded_by = fields.String(dump_only=True)
    recorded_at = InstantField(dump_only=True)


class ProcedureSchema(CamelSchema):
    """What was done of the democratic procedure."""

    items = fields.List(fields.Nested(ProcedureRecordSchema), required=True)


class ReceiptSchema(CamelSchema):
    """That somebody has read a regulation."""

    person_key = KeyField()
    received_at = InstantField()


class ReceiptsSchema(CamelSchema):
    """Who has read a regulation."""

    items = fields.List(fields.Nested(ReceiptSchema), required=True)


class ChoiceOfRegulationSchema(CamelSchema):
    """The regulation that governs a cycle."""

    regulation_key = KeyField(required=True)


@blueprint.route("/regulations")
class Regulations(View):
    """The regulations."""

    @blueprint.arguments(PageSchema, location="query")
    @blueprint.response(200, list_schema("Regulation", RegulationSchema))
    @blueprint.refuses(422)
    def get(self, query: dict[str, Any]) -> dict[str, object]:
        """List regulations: what is published for everybody, drafts for HR."""
        shown = select(Regulation).where(regulations.visible_to(auth.caller()))
        return listed(self.session, shown, Regulation.key, query)

    @blueprint.arguments(RegulationDraftSchema)
    @blueprint.response(201, RegulationSchema)
    @blueprint.refuses(403, 422)
    def post(self, body: dict[str, Any]) -> dict[str, Regulation]:
        """Draft the next version of a regulation."""
        row = regulations.draft(self.session, body.pop("regulation_id"), body.pop("text"), **body, by=auth.caller())
        return {"Regulation": row}


@blueprint.route("/regulations/<key:key>")
class OneRegulation(View):
    """One version of a regulation."""

    @blueprint.response(200, RegulationSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, Regulation]:
        """Get a regulation; a draft only as HR."""
        return {"Regulation": _known(self, key)}


@blueprint.route("/regulations/<key:key>/procedure")
class ProcedureOf(View):
    """The democratic procedure of a regulation."""

    @blueprint.response(200, ProcedureSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> dict[str, object]:
        """List what was done of the democratic procedure."""
        return {"items": regulations.procedure(self.session, _known(self, key))}

    @blueprint.arguments(ProcedureStepSchema)
    @blueprint.response(201, ProcedureRecordSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> ProcedureRecord:
        """Record a step of the democratic procedure."""
        regulation = regulations.found(self.session, key)
        return regulations.record(self.session, regulation, body.pop("step"), **body, by=auth.caller())


@blueprint.route("/regulations/<key:key>/publication")
class Publication(View):
    """The publication of a regulation."""

    @blueprint.response(200, RegulationSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, key: int) -> dict[str, Regulation]:
        """Publish a regulation, once its democratic procedure is on record."""
        regulation = regulations.found(self.session, key)
        return {"Regulation": regulations.publish(self.session, regulation, by=auth.caller())}


@blueprint.route("/regulations/<key:key>/receipts")
class Receipts(View):
    """Who has read a regulation."""

    @blueprint.response(200, ReceiptsSchema)
    @blueprint.refuses(403, 404)
    def get(self, key: int) -> dict[str, object]:
        """List who has read a regulation, as HR."""
        people.expect_role(auth.caller(), Role.HR, Sentence("list who has read regulation {key}", key=key))
        regulation = regulations.found(self.session, key)
        return {"items": self.session.scalars(select(Receipt).where(Receipt.regulation_key == regulation.key)).all()}

    @blueprint.response(201, ReceiptSchema)
    @blueprint.refuses(404, 409)
    def post(self, key: int) -> Receipt:
        """Confirm to have read a regulation, as oneself."""
        return regulations.receive(self.session, _known(self, key), by=auth.caller())


@blueprint.route("/cycles/<key:key>/regulation")
class Governing(View):
    """The regulation that governs a cycle."""

    @blueprint.arguments(ChoiceOfRegulationSchema)
    @blueprint.response(204)
    @blueprint.refuses(403, 404, 409, 422)
    def put(self, body: dict[str, int], key: int) -> None:
        """Let a regulation govern a cycle that is not launched."""
        regulation = regulations.found(self.session, body["regulation_key"])
        regulations.govern(cycles.found(self.session, key), regulation, by=auth.caller())


def _is_hr() -> bool:
    return Role.HR in auth.caller().groups or auth.caller().operator


def _known(view: View, key: int) -> Regulation:
    """Find a regulation that the caller may know of."""
    regulation = regulations.found(view.session, key)
    if regulation.published_at is None and not _is_hr():
        raise NotFound("Expected to find regulation {key}, but there is none", key=key)
    return regulation
