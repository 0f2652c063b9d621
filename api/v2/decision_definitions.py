"""Decision definitions: search, one, its XML, and their evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema
from sqlalchemy import Row, exists, literal, select
from sqlalchemy.orm import Session, aliased

from api import auth
from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema, KeyField
from api.v2 import evaluated
from api.v2.evaluated import EvaluatedInputSchema, MatchedRuleSchema
from api.v2.fields import TENANT, TenantField, VariablesField
from api.v2.filters import FilterSchema, FlagFilter, KeyFilter, NumberFilter, TextFilter
from api.v2.search import Found, Rows, query_schema, result_schema, run
from api.views import SearchView, View
from engine import keys
from engine.bpmn import definitions, evaluations
from engine.bpmn.evaluations import Evaluated
from engine.bpmn.models import DecisionDefinition, DecisionRequirements
from engine.errors import NotFound

blueprint = CamundaBlueprint("decision-definitions", __name__, url_prefix="/v2/decision-definitions")

_later = aliased(DecisionDefinition)

IS_LATEST = ~exists().where(
    _later.decision_id == DecisionDefinition.decision_id, _later.version > DecisionDefinition.version
)


class DecisionDefinitionSchema(CamelSchema):
    """One version of a decision."""

    decision_definition_key = KeyField(attribute="DecisionDefinition.key")
    decision_definition_id = fields.String(attribute="DecisionDefinition.decision_id")
    name = fields.Function(lambda row: _name(row.DecisionDefinition), metadata={"type": "string"})
    version = fields.Integer(attribute="DecisionDefinition.version")
    decision_requirements_key = KeyField(attribute="DecisionRequirements.key")
    decision_requirements_id = fields.String(attribute="DecisionRequirements.requirements_id")
    decision_requirements_name = fields.String(attribute="DecisionRequirements.name")
    decision_requirements_version = fields.Integer(attribute="DecisionRequirements.version")
    tenant_id = TenantField()


class DecisionDefinitionFilterSchema(FilterSchema):
    """What may be asked of decision definitions."""

    decision_definition_key = KeyFilter(DecisionDefinition.key)
    decision_definition_id = TextFilter(DecisionDefinition.decision_id)
    name = TextFilter(DecisionDefinition.name)
    version = NumberFilter(DecisionDefinition.version)
    is_latest_version = FlagFilter(IS_LATEST)
    decision_requirements_key = KeyFilter(DecisionRequirements.key)
    decision_requirements_id = TextFilter(DecisionRequirements.requirements_id)
    decision_requirements_name = TextFilter(DecisionRequirements.name)
    decision_requirements_version = NumberFilter(DecisionRequirements.version)
    tenant_id = TextFilter(literal(TENANT))


QUERY = query_schema(
    "DecisionDefinition",
    DecisionDefinitionFilterSchema,
    {
        "decisionDefinitionKey": DecisionDefinition.key,
        "decisionDefinitionId": DecisionDefinition.decision_id,
        "name": DecisionDefinition.name,
        "version": DecisionDefinition.version,
        "decisionRequirementsKey": DecisionRequirements.key,
        "decisionRequirementsId": DecisionRequirements.requirements_id,
        "decisionRequirementsName": DecisionRequirements.name,
        "decisionRequirementsVersion": DecisionRequirements.version,
        "tenantId": literal(TENANT),
    },
)


class EvaluationRequestSchema(CamelSchema):
    """Which decision to evaluate, by key or by id, and with what."""

    decision_definition_key = KeyField()
    decision_definition_id = fields.String(validate=validate.Length(1, 256))
    variables = VariablesField(load_default=dict)
    tenant_id = TenantField()

    @validates_schema
    def expect_one_name(self, body: dict[str, Any], **_: Any) -> None:
        """Refuse to guess which of two decisions is meant."""
        if ("decision_definition_key" in body) == ("decision_definition_id" in body):
            raise ValidationError("Either decisionDefinitionKey or decisionDefinitionId must be given.")


class EvaluatedDecisionSchema(CamelSchema):
    """One of the decisions that were made."""

    decision_definition_key = KeyField()
    decision_definition_id = fields.String()
    decision_definition_name = fields.String()
    decision_definition_version = fields.Integer()
    decision_definition_type = fields.String()
    decision_evaluation_instance_key = fields.String()
    output = fields.String()
    evaluated_inputs = fields.List(fields.Nested(EvaluatedInputSchema))
    matched_rules = fields.List(fields.Nested(MatchedRuleSchema))
    tenant_id = TenantField()


class EvaluationSchema(CamelSchema):
    """What was decided; the output is JSON in a string."""

    decision_definition_key = KeyField()
    decision_definition_id = fields.String()
    decision_definition_name = fields.String()
    decision_definition_version = fields.Integer()
    decision_requirements_key = KeyField()
    decision_requirements_id = fields.String()
    decision_evaluation_key = KeyField()
    decision_instance_key = KeyField()
    output = fields.String()
    failed_decision_definition_id = fields.String(allow_none=True)
    failure_message = fields.String(allow_none=True)
    evaluated_decisions = fields.List(fields.Nested(EvaluatedDecisionSchema))
    tenant_id = TenantField()


@blueprint.route("/search")
class Search(SearchView):
    """The search of decision definitions."""

    @blueprint.arguments(QUERY)
    @blueprint.response(200, result_schema("DecisionDefinition", DecisionDefinitionSchema))
    @blueprint.refuses(400)
    def post(self, query: dict[str, Any]) -> Found:
        """Search decision definitions."""
        return run(self.session, _all(), DecisionDefinition.key, query)


@blueprint.route("/<key:key>")
class Definition(View):
    """One version of a decision."""

    @blueprint.response(200, DecisionDefinitionSchema)
    @blueprint.refuses(400, 404)
    def get(self, key: int) -> Row[Any]:
        """Get a decision definition."""
        found = self.session.execute(_all().where(DecisionDefinition.key == key)).first()
        if found is None:
            raise NotFound("Expected to find decision definition {key}, but there is none", key=key)
        return found


@blueprint.route("/<key:key>/xml")
class Xml(View):
    """The file a decision was deployed in."""

    @blueprint.response(200, {"type": "string"}, content_type="text/xml")
    @blueprint.refuses(400, 404)
    def get(self, key: int) -> Response:
        """Get the XML of a decision definition."""
        definition = definitions.get(self.session, DecisionDefinition, key)
        xml = definitions.xml(self.session, definition.requirements_key, DecisionRequirements)
        return Response(xml, content_type="text/xml; charset=utf-8")


@blueprint.route("/evaluation")
class Evaluations(View):
    """The evaluation of decisions."""

    @blueprint.arguments(EvaluationRequestSchema)
    @blueprint.response(200, EvaluationSchema)
    @blueprint.refuses(400, 404)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Evaluate a decision."""
        found = evaluations.evaluate(
            self.session,
            decision_id=body.get("decision_definition_id"),
            definition_key=body.get("decision_definition_key"),
            variables=body["variables"],
            by=auth.caller(),
        )
        return _document(self.session, found)


def _document(session: Session, found: Evaluated) -> dict[str, Any]:
    definition, key = found.definition, keys.issue()
    requirements = definitions.get(session, DecisionRequirements, definition.requirements_key)
    return {
        **_named(definition),
        "decision_requirements_key": requirements.key,
        "decision_requirements_id": requirements.requirements_id,
        "decision_evaluation_key": key,
        "decision_instance_key": key,
        "output": evaluated.written(found.record["output"] if found.record else None),
        "failed_decision_definition_id": None if found.record else definition.decision_id,
        "failure_message": found.failure,
        "evaluated_decisions": _decisions(session, requirements, found.record, key) if found.record else [],
    }


def _decisions(
    session: Session, requirements: DecisionRequirements, record: Mapping[str, Any], key: int
) -> list[dict[str, Any]]:
    known = definitions.decisions_of(session, requirements.key)
    columns = definitions.columns(session, requirements)
    return [
        {
            **_named(definitions.get(session, DecisionDefinition, known[decision["decision"]])),
            "decision_definition_type": evaluated.kind(decision),
            "decision_evaluation_instance_key": f"{key}-{number}",
            "output": evaluated.written(decision["output"]),
            "evaluated_inputs": evaluated.inputs(decision, columns),
            "matched_rules": evaluated.rules(decision, columns),
        }
        for number, decision in enumerate(evaluated.decided(record), 1)
    ]


def _named(definition: DecisionDefinition) -> dict[str, Any]:
    return {
        "decision_definition_key": definition.key,
        "decision_definition_id": definition.decision_id,
        "decision_definition_name": _name(definition),
        "decision_definition_version": definition.version,
    }


def _name(definition: DecisionDefinition) -> str:
    return definition.name or definition.decision_id


def _all() -> Rows:
    """Select the decisions with the files they were deployed in."""
    statement: Rows = select(DecisionDefinition, DecisionRequirements).join(
        DecisionRequirements, DecisionRequirements.key == DecisionDefinition.requirements_key
    )
    return statement
