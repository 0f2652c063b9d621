"""Templates: versions of the rules by which reviews are scored."""

from __future__ import annotations

from typing import Any

from marshmallow import fields
from sqlalchemy import select

from api import auth, errors
from api.blueprint import Blueprint
from api.errors import ProblemItemSchema
from api.fields import CamelSchema, InstantField, KeyField, NameField, example
from api.lists import PageSchema, list_schema, listed
from api.views import View
from engine.reviews.models import Role, TemplateVersion
from engine.reviews.organisation import people
from engine.reviews.rulebook import templates
from engine.reviews.rulebook.publishing import publishing_problems
from engine.reviews.rulebook.remarks import remarks
from engine.sentences import Sentence

blueprint = Blueprint("templates", __name__, url_prefix="/api/templates", description="Rules of scoring, by version")

RULES = example(
    {
        "model": "B",
        "scale": {},
        "absent_raters": "pass-on",
        "absent_indicators": "pass-on",
        "rater_groups": [{"id": "superior", "name": "上级", "weight": "100", "mandatory": True}],
        "sections": [],
    },
    "The rules, as a cycle's file `cycle.toml` says them",
)


class TemplateSummarySchema(CamelSchema):
    """One version of a template. Once published it never changes."""

    key = KeyField(attribute="TemplateVersion.key")
    template_id = fields.String(attribute="TemplateVersion.template_id", metadata=example("sales"))
    version = fields.Integer(attribute="TemplateVersion.version")
    title = fields.String(attribute="TemplateVersion.title", metadata=example("销售团队"))
    title_en = fields.String(attribute="TemplateVersion.title_en", metadata=example("Sales team"))
    drafted_by = fields.String(attribute="TemplateVersion.drafted_by")
    published_by = fields.String(attribute="TemplateVersion.published_by", allow_none=True)
    published_at = InstantField(attribute="TemplateVersion.published_at", allow_none=True)


class TemplateSchema(TemplateSummarySchema):
    """One version of a template with its rules."""

    rules = fields.Dict(keys=fields.String(), attribute="TemplateVersion.rules", metadata=RULES)


class RulesSchema(CamelSchema):
    """The rules of a draft."""

    rules = fields.Dict(keys=fields.String(), required=True, metadata=RULES)


class TemplateDraftSchema(RulesSchema):
    """A template to draft."""

    template_id = NameField(required=True, most=50, metadata=example("sales"))
    title = NameField(required=True, metadata=example("销售团队"))
    title_en = NameField(least=0, load_default="", metadata=example("Sales team"))


class FindingsSchema(CamelSchema):
    """What is wrong; nothing where the list is empty."""

    findings = fields.List(fields.Nested(ProblemItemSchema), required=True)
    remarks = fields.List(
        fields.Nested(ProblemItemSchema), required=True, metadata={"description": "To look at; they forbid nothing"}
    )


@blueprint.route("")
class Templates(View):
    """The templates."""

    @blueprint.arguments(PageSchema, location="query")
    @blueprint.response(200, list_schema("Template", TemplateSummarySchema))
    @blueprint.refuses(403, 422)
    def get(self, query: dict[str, Any]) -> dict[str, object]:
        """List templates, as HR."""
        people.expect_role(auth.caller(), Role.HR, Sentence("list templates"))
        return listed(self.session, select(TemplateVersion), TemplateVersion.key, query)

    @blueprint.arguments(TemplateDraftSchema)
    @blueprint.response(201, TemplateSchema)
    @blueprint.refuses(403, 422)
    def post(self, body: dict[str, Any]) -> dict[str, object]:
        """Draft the next version of a template; it may still be wrong, but must be readable."""
        return {"TemplateVersion": templates.draft(self.session, **body, by=auth.caller())}


@blueprint.route("/<key:key>")
class OneTemplate(View):
    """One version of a template."""

    @blueprint.response(200, TemplateSchema)
    @blueprint.refuses(403, 404)
    def get(self, key: int) -> dict[str, object]:
        """Get a template, as HR."""
        people.expect_role(auth.caller(), Role.HR, Sentence("get template {key}", key=key))
        return {"TemplateVersion": templates.found(self.session, key)}

    @blueprint.arguments(RulesSchema)
    @blueprint.response(200, TemplateSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def put(self, body: dict[str, Any], key: int) -> dict[str, object]:
        """Write a draft anew."""
        return {"TemplateVersion": templates.amend(self.session, key, body["rules"], by=auth.caller())}


@blueprint.route("/<key:key>/findings")
class Findings(View):
    """What is wrong with a template."""

    @blueprint.response(200, FindingsSchema)
    @blueprint.refuses(403, 404)
    def get(self, key: int) -> dict[str, object]:
        """Check a template: what publishing it would be refused for, and what is worded subjectively."""
        people.expect_role(auth.caller(), Role.HR, Sentence("check template {key}", key=key))
        template = templates.rules(self.session, key)
        found = {"findings": publishing_problems(template), "remarks": remarks(template)}
        return {name: [errors.item(one) for one in problems] for name, problems in found.items()}


@blueprint.route("/<key:key>/sections/<string:section>/scaling")
class Scaling(View):
    """The scaling of a section's weights."""

    @blueprint.response(200, TemplateSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, key: int, section: str) -> dict[str, object]:
        """Scale the weights of a section of a draft to its whole, as exact fractions."""
        return {"TemplateVersion": templates.rescale(self.session, key, section, by=auth.caller())}


@blueprint.route("/<key:key>/publication")
class Publication(View):
    """The publication of a template."""

    @blueprint.response(200, TemplateSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, key: int) -> dict[str, object]:
        """Publish a template.

        From now on cycles may use it and nobody can change it. Rules that do not add up are refused, without override.
        """
        return {"TemplateVersion": templates.publish(self.session, key, by=auth.caller())}
