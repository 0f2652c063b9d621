"""What the history keeps of a decision, so that a panel can see why it came out as it did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from engine import dmn, feel, keys
from engine.bpmn import definitions
from engine.bpmn.models import DecisionDefinition


def record(element_id: str, definition: DecisionDefinition, evaluation: dmn.Evaluation) -> dict[str, Any]:
    """Return an evaluation as JSON: the inputs, the rules that matched and the outputs, of all that was decided.

    `tables` holds an entry for each decision table that was asked, in order; `required` the decisions that were made
    first, in the same shape; `reasons` why something on the way became null.

    Raises:
        FeelEvaluationError: a result is nothing that can be stored, such as a function.
    """
    *required, decided = evaluation.decisions
    return {
        "element": element_id,
        "version": definition.version,
        **_decision(decided),
        "inputs": feel.to_json(evaluation.inputs),
        "rules": [_rule(rule) for rule in evaluation.matched_rules],
        "required": [_decision(one) for one in required],
        "reasons": list(evaluation.reasons),
    }


def rows(
    session: Session, definition: DecisionDefinition, evaluation: dmn.Evaluation, *, token: int, place: int
) -> Iterator[dict[str, Any]]:
    """Yield a row for each decision that was made, by which it is found; `place` is that of its record in the history.

    Which instance and which history row they belong to is added when the step is written.
    """
    known = definitions.decisions_of(session, definition.requirements_key)
    evaluation_key = keys.issue()
    for number, decided in enumerate(evaluation.decisions, 1):
        yield {
            "key": keys.issue(),
            "evaluation_key": evaluation_key,
            "number": number,
            "definition_key": known[decided.id],
            "root_definition_key": definition.key,
            "token": token,
            "place": place,
        }


def _decision(decided: dmn.EvaluatedDecision) -> dict[str, Any]:
    return {
        "decision": decided.id,
        "name": decided.name,
        "tables": [_table(table) for table in decided.tables],
        "output": feel.to_json(decided.output),
    }


def _table(table: dmn.TableRecord) -> dict[str, Any]:
    return {
        "table": table.table_id,
        "inputs": feel.to_json(table.inputs),
        "rules": [_rule(rule) for rule in table.rules],
    }


def _rule(rule: dmn.MatchedRule) -> dict[str, Any]:
    return {"rule": rule.index, "id": rule.id, "outputs": feel.to_json(rule.outputs)}
