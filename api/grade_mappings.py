"""Which grade of one template stands for which of another."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, InstantField, KeyField, NameField, ProseField, example
from api.views import View
from engine.reviews.models import GradeMapping, Role
from engine.reviews.organisation import people
from engine.reviews.rulebook import grade_mappings
from engine.sentences import Sentence

blueprint = Blueprint(
    "grade_mappings", __name__, url_prefix="/api/grade-mappings", description="Grades of different scales"
)

LEVELS = example({"excellent": "a", "good": "b"}, "The ids of the levels, each with the one that it stands for")


class NewGradeMappingSchema(CamelSchema):
    """Which grade of a template stands for which of another, for every grade of the one."""

    before_id = NameField(data_key="before", required=True, metadata=example("sales", "The template's id"))
    after_id = NameField(data_key="after", required=True, metadata=example("key-accounts"))
    levels = fields.Dict(
        keys=NameField(), values=NameField(), required=True, validate=validate.Length(1, 50), metadata=LEVELS
    )
    reason = ProseField(required=True, metadata=example("两个量表的等级含义相同"))


class GradeMappingSchema(CamelSchema):
    """A mapping; of each pair of templates the newest holds."""

    key = KeyField()
    before = fields.String(attribute="before_id", metadata=example("sales"))
    after = fields.String(attribute="after_id", metadata=example("key-accounts"))
    levels = fields.Dict(keys=fields.String(), values=fields.String(), metadata=LEVELS)
    reason = fields.String(metadata=example("两个量表的等级含义相同"))
    declared_by = fields.String(metadata=example("zhao.min"))
    declared_at = InstantField()


class GradeMappingsSchema(CamelSchema):
    """The mappings, the newest first."""

    items = fields.List(fields.Nested(GradeMappingSchema), required=True)


class WithdrawalSchema(CamelSchema):
    """Which mapping is withdrawn, and why."""

    before_id = NameField(data_key="before", required=True, metadata=example("sales", "The template's id"))
    after_id = NameField(data_key="after", required=True, metadata=example("key-accounts"))
    reason = ProseField(required=True, metadata=example("新量表的等级含义不同"))


@blueprint.route("/withdrawal")
class Withdrawal(View):
    """The withdrawal of a mapping."""

    @blueprint.arguments(WithdrawalSchema)
    @blueprint.response(201, GradeMappingSchema)
    @blueprint.refuses(403, 404, 422)
    def post(self, body: dict[str, Any]) -> GradeMapping:
        """Withdraw the mapping between two templates, as HR; it stays on record, followed by one without grades."""
        return grade_mappings.withdraw(self.session, **body, by=auth.caller())


@blueprint.route("")
class GradeMappings(View):
    """The mappings."""

    @blueprint.response(200, GradeMappingsSchema)
    @blueprint.refuses(403)
    def get(self) -> dict[str, object]:
        """List which grades stand for which, as HR."""
        people.expect_role(auth.caller(), Role.HR, Sentence("list the grade mappings"))
        return {"items": grade_mappings.everything(self.session)}

    @blueprint.arguments(NewGradeMappingSchema)
    @blueprint.response(201, GradeMappingSchema)
    @blueprint.refuses(403, 404, 422)
    def post(self, body: dict[str, Any]) -> GradeMapping:
        """Declare which grade of a template stands for which of another; without that they are never compared."""
        return grade_mappings.declare(self.session, **body, by=auth.caller())
