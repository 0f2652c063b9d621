"""What a decision was given and answered, in Camunda's shapes, from what the history keeps of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import fields

from api.fields import CamelSchema
from engine import dmn, exact_json

Record = Mapping[str, Any]
Columns = Mapping[str, dmn.Columns]


class EvaluatedInputSchema(CamelSchema):
    """An input of a decision table; its value is JSON in a string."""

    input_id = fields.String()
    input_name = fields.String()
    input_value = fields.String()


class EvaluatedOutputSchema(CamelSchema):
    """An output of a rule that matched; its value is JSON in a string."""

    output_id = fields.String()
    output_name = fields.String()
    output_value = fields.String()
    rule_id = fields.String(allow_none=True)
    rule_index = fields.Integer(allow_none=True)


class MatchedRuleSchema(CamelSchema):
    """A rule that matched; its index counts from 1."""

    rule_id = fields.String()
    rule_index = fields.Integer()
    evaluated_outputs = fields.List(fields.Nested(EvaluatedOutputSchema))


def decided(record: Record) -> list[Record]:
    """Return the decisions that were made for a record: those required first, the one asked for last."""
    return [*record["required"], record]


def kind(decision: Record) -> str:
    """Return the type of a decision in Camunda's words."""
    return "DECISION_TABLE" if decision["tables"] else "LITERAL_EXPRESSION"


def inputs(decision: Record, columns: Columns) -> list[dict[str, str]]:
    """Return what the tables of a decision were given."""
    return list(_inputs(decision, columns))


def _inputs(decision: Record, columns: Columns) -> Iterator[dict[str, str]]:
    for table in decision["tables"]:
        for text, value in table["inputs"].items():
            column = columns[table["table"]].inputs[text]
            yield {"input_id": column.id, "input_name": column.name, "input_value": written(value)}


def rules(decision: Record, columns: Columns) -> list[dict[str, Any]]:
    """Return the rules of a decision's tables that matched."""
    return [
        {
            **_named(rule),
            "evaluated_outputs": _outputs(rule, columns[table["table"]]),
        }
        for table in decision["tables"]
        for rule in table["rules"]
    ]


def _outputs(rule: Record, columns: dmn.Columns) -> list[dict[str, Any]]:
    return [
        {"output_id": column.id, "output_name": column.name, "output_value": written(value), **_named(rule)}
        for column, value in zip(columns.outputs, rule["outputs"].values(), strict=True)
    ]


def _named(rule: Record) -> dict[str, Any]:
    return {"rule_id": rule["id"], "rule_index": rule["rule"]}


def written(value: object) -> str:
    """Return a value as JSON text."""
    return exact_json.dumps(value).decode()
