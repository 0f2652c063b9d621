"""Decision instances, the decisions that processes made: search, one."""

from __future__ import annotations

from typing import Any

from marshmallow import fields
from sqlalchemy import Row, String, and_, cast, literal, select
from sqlalchemy.orm import Session

from api import auth
from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema, InstantField, KeyField
from api.v2 import evaluated
from api.v2.evaluated import EvaluatedInputSchema, MatchedRuleSchema
from api.v2.fields import TENANT, ConstantField, TenantField
from api.v2.filters import FilterSchema, InstantFilter, KeyFilter, NumberFilter, TextFilter
from api.v2.search import Found, Rows, query_schema, result_schema, run
from api.views import SearchView, View
from engine import exact_json
from engine.bpmn import definitions
from engine.bpmn.models import (
    DecisionDefinition,
    DecisionInstance,
    DecisionRequirements,
    ElementInstance,
    HistoryRow,
    ProcessInstance,
)
from engine.errors import NotFound
from engine.identity import Identity, operator_sees

blueprint = CamundaBlueprint("decision-instances", __name__, url_prefix="/v2/decision-instances")

NAME = cast(DecisionInstance.evaluation_key, String) + "-" + cast(DecisionInstance.number, String)
"""How Camunda names one decision of an evaluation."""

STATE = "EVALUATED"
"""The state of all that are kept: a decision that fails is no history but an incident."""


class DecisionInstanceSchema(CamelSchema):
    """A decision that was made; its result is JSON in a string."""

    decision_evaluation_instance_key = fields.String(attribute="name")
    decision_evaluation_key = KeyField(attribute="DecisionInstance.evaluation_key")
    state = ConstantField(value=STATE)
    evaluation_date = InstantField(attribute="HistoryRow.at")
    evaluation_failure = ConstantField(value=None)
    decision_definition_key = KeyField(attribute="DecisionDefinition.key")
    decision_definition_id = fields.String(attribute="DecisionDefinition.decision_id")
    decision_definition_name = fields.String()
    decision_definition_version = fields.Integer(attribute="DecisionDefinition.version")
    decision_definition_type = fields.String()
    root_decision_definition_key = KeyField(attribute="DecisionInstance.root_definition_key")
    process_definition_key = KeyField(attribute="ProcessInstance.definition_key")
    process_instance_key = KeyField(attribute="DecisionInstance.instance_key")
    root_process_instance_key = KeyField(attribute="ProcessInstance.root_key")
    element_instance_key = KeyField(attribute="ElementInstance.key")
    business_id = fields.String(attribute="ProcessInstance.business_id", allow_none=True)
    result = fields.String()
    tenant_id = TenantField()


class WholeDecisionInstanceSchema(DecisionInstanceSchema):
    """A decision that was made, with what it was given and the rules that matched."""

    evaluated_inputs = fields.List(fields.Nested(EvaluatedInputSchema))
    matched_rules = fields.List(fields.Nested(MatchedRuleSchema))


class DecisionInstanceFilterSchema(FilterSchema):
    """What may be asked of decision instances."""

    decision_evaluation_instance_key = TextFilter(NAME)
    decision_evaluation_key = KeyFilter(DecisionInstance.evaluation_key)
    state = TextFilter(literal(STATE))
    evaluation_date = InstantFilter(HistoryRow.at)
    decision_definition_key = KeyFilter(DecisionDefinition.key)
    decision_definition_id = TextFilter(DecisionDefinition.decision_id)
    decision_definition_name = TextFilter(DecisionDefinition.name)
    decision_definition_version = NumberFilter(DecisionDefinition.version)
    root_decision_definition_key = KeyFilter(DecisionInstance.root_definition_key)
    decision_requirements_key = KeyFilter(DecisionDefinition.requirements_key)
    process_definition_key = KeyFilter(ProcessInstance.definition_key)
    process_instance_key = KeyFilter(DecisionInstance.instance_key)
    element_instance_key = KeyFilter(ElementInstance.key)
    business_id = TextFilter(ProcessInstance.business_id)
    tenant_id = TextFilter(literal(TENANT))


QUERY = query_schema(
    "DecisionInstance",
    DecisionInstanceFilterSchema,
    {
        "decisionEvaluationInstanceKey": DecisionInstance.key,
        "decisionEvaluationKey": DecisionInstance.evaluation_key,
        "evaluationDate": HistoryRow.at,
        "decisionDefinitionKey": DecisionDefinition.key,
        "decisionDefinitionId": DecisionDefinition.decision_id,
        "decisionDefinitionName": DecisionDefinition.name,
        "decisionDefinitionVersion": DecisionDefinition.version,
        "rootDecisionDefinitionKey": DecisionInstance.root_definition_key,
        "processDefinitionKey": ProcessInstance.definition_key,
        "processInstanceKey": DecisionInstance.instance_key,
        "elementInstanceKey": ElementInstance.key,
        "businessId": ProcessInstance.business_id,
        "state": literal(STATE),
        "tenantId": literal(TENANT),
    },
)


@blueprint.route("/search")
class Search(SearchView):
    """The search of decision instances."""

    @blueprint.arguments(QUERY)
    @blueprint.response(200, result_schema("DecisionInstance", DecisionInstanceSchema))
    @blueprint.refuses(400)
    def post(self, query: dict[str, Any]) -> Found:
        """Search decision instances."""
        found = run(self.session, _known_to(auth.caller()), DecisionInstance.key, query)
        return Found([_document(row) for row in found.items], found.page)


@blueprint.route("/<name>")
class Decided(View):
    """One decision that was made."""

    @blueprint.response(200, WholeDecisionInstanceSchema)
    @blueprint.refuses(400, 404)
    def get(self, name: str) -> dict[str, Any]:
        """Get a decision instance."""
        row = self.session.execute(_known_to(auth.caller()).where(NAME.in_([name]))).first()
        if row is None:
            raise NotFound(
                "Expected to find decision instance {name}, but there is none that you may know of", name=name
            )
        return _whole(self.session, row)


def _whole(session: Session, row: Row[Any]) -> dict[str, Any]:
    requirements = definitions.get(session, DecisionRequirements, row.DecisionDefinition.requirements_key)
    decision, columns = _decision(row), definitions.columns(session, requirements)
    told = {
        "evaluated_inputs": evaluated.inputs(decision, columns),
        "matched_rules": evaluated.rules(decision, columns),
    }
    return _document(row) | told


def _document(row: Row[Any]) -> dict[str, Any]:
    decision = _decision(row)
    return {
        **row._asdict(),
        "decision_definition_name": row.DecisionDefinition.name or row.DecisionDefinition.decision_id,
        "decision_definition_type": evaluated.kind(decision),
        "result": evaluated.written(decision["output"]),
    }


def _decision(row: Row[Any]) -> evaluated.Record:
    """Return what the history keeps of a decision."""
    record: evaluated.Record = exact_json.loads(row.HistoryRow.details)["decisions"][row.DecisionInstance.place]
    number: int = row.DecisionInstance.number
    return evaluated.decided(record)[number - 1]


def _known_to(identity: Identity) -> Rows:
    """Select the decisions an operator may know of, with the history rows that tell of them."""
    told = (HistoryRow.instance_key == DecisionInstance.instance_key, HistoryRow.sequence == DecisionInstance.sequence)
    stay = (
        ElementInstance.instance_key == DecisionInstance.instance_key,
        ElementInstance.token == DecisionInstance.token,
    )
    statement: Rows = (
        select(DecisionInstance, DecisionDefinition, ProcessInstance, HistoryRow, ElementInstance, NAME.label("name"))
        .join(DecisionDefinition, DecisionDefinition.key == DecisionInstance.definition_key)
        .join(ProcessInstance, ProcessInstance.key == DecisionInstance.instance_key)
        .join(HistoryRow, and_(*told))
        .join(ElementInstance, and_(*stay))
        .where(operator_sees(identity))
    )
    return statement
