"""Decisions asked for by a client rather than by a process: evaluated and answered, and kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine import clock, feel
from engine.bpmn import decisions, definitions, steps
from engine.bpmn.instances import Origin
from engine.bpmn.models import DecisionDefinition
from engine.errors import Forbidden
from engine.identity import Identity


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What became of a question.

    Attributes:
        record: what the history would keep of it; None where the evaluation failed.
        failure: why it failed.
    """

    definition: DecisionDefinition
    record: dict[str, Any] | None
    failure: str | None = None


def evaluate(
    session: Session,
    *,
    decision_id: str | None = None,
    definition_key: int | None = None,
    variables: Mapping[str, object],
    by: Identity,
) -> Evaluated:
    """Evaluate a decision, given by key or, in its latest version, by id.

    Raises:
        Forbidden: `by` is no operator.
        NotFound: there is no such decision.
    """
    if not by.operator:
        raise Forbidden(
            "Expected to evaluate {decision_id}, but {username} is no operator",
            decision_id=decision_id or definition_key,
            username=by.username,
        )
    if definition_key is not None:
        definition = definitions.get(session, DecisionDefinition, definition_key)
    else:
        definition = definitions.find(session, DecisionDefinition, decision_id or "")
    environment = steps.environment(session, Origin(), clock.now(session))
    try:
        evaluation = definitions.decision(session, definition).evaluate(variables, environment)
        return Evaluated(definition, decisions.record("", definition, evaluation))
    except feel.FeelError as error:
        return Evaluated(definition, None, str(error))
