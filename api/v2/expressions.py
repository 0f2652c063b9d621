"""Expressions: evaluated for whoever writes them."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api import auth
from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema, KeyField
from api.v2.fields import ConstantField, TenantField, VariablesField
from api.views import SearchView
from engine.bpmn import expressions

blueprint = CamundaBlueprint("expressions", __name__, url_prefix="/v2/expression")

LONGEST = 10_000
"""The characters of an expression."""


class ExpressionRequestSchema(CamelSchema):
    """An expression, and what it sees: given variables, and those of a scope."""

    expression = fields.String(required=True, validate=validate.Length(1, LONGEST))
    scope_key = KeyField(load_default=None)
    variables = VariablesField(load_default=dict, allow_none=True)
    tenant_id = TenantField()


class WarningSchema(CamelSchema):
    """Why part of an expression became null."""

    message = fields.String()


class ExpressionSchema(CamelSchema):
    """An expression and its value."""

    expression = fields.String()
    result = fields.Raw(allow_none=True)
    warnings = fields.List(fields.Nested(WarningSchema))
    referenced_secrets = ConstantField([])


@blueprint.route("/evaluation")
class Evaluation(SearchView):
    """The evaluation of expressions, which changes nothing."""

    @blueprint.arguments(ExpressionRequestSchema)
    @blueprint.response(200, ExpressionSchema)
    @blueprint.refuses(400)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Evaluate an expression."""
        answer = expressions.evaluate(
            self.session,
            body["expression"],
            variables=body["variables"] or {},
            scope_key=body["scope_key"],
            by=auth.caller(),
        )
        warnings = [{"message": reason} for reason in answer.reasons]
        return {"expression": body["expression"], "result": answer.value, "warnings": warnings}
