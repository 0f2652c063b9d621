"""Expressions asked for by a client: evaluated with given variables, or with what an element instance sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine import clock, feel, misreadings
from engine.bpmn import element_instances, steps, store
from engine.bpmn.instances import Origin
from engine.bpmn.models import ElementInstance, ElementState
from engine.errors import Forbidden, Invalid, Problem
from engine.identity import Identity


@dataclass(frozen=True, slots=True)
class Answer:
    """The value of an expression as JSON knows it, and why parts on the way to it became null."""

    value: object
    reasons: tuple[str, ...] = ()


def evaluate(
    session: Session, text: str, *, variables: Mapping[str, object], scope_key: int | None = None, by: Identity
) -> Answer:
    """Evaluate an expression; text without a leading `=` stands for itself.

    With a `scope_key` it also sees what is visible at that element instance; the given variables come first.

    Raises:
        Forbidden: `by` is no operator.
        NotFound: there is no such element instance.
        Invalid: the text is no expression, or its value is nothing that JSON knows.
    """
    if not by.operator:
        raise Forbidden("Expected to evaluate an expression, but {username} is no operator", username=by.username)
    if not text.startswith("="):
        return Answer(text)
    place, seen = _scope(session, scope_key, by)
    try:
        environment = steps.environment(session, place, clock.now(session))
        found = feel.compile(text).explain({**seen, **variables}, environment)
        return Answer(feel.to_json(found.value), found.reasons)
    except feel.FeelError as error:
        problem = Problem(misreadings.told(error), "expression", "bad-expression")
        raise Invalid("Expected to evaluate {text}, but {error}", [problem], text=text, error=str(error)) from error


def _scope(session: Session, key: int | None, by: Identity) -> tuple[steps.Placed, Mapping[str, object]]:
    """Return the zone and calendar of an element instance, and the variables it sees."""
    if key is None:
        return Origin(), {}
    instance_key, token = element_instances.find(session, key)
    instance = store.read(session, instance_key)
    execution = steps.load(session, instance, by=by.username).execution
    ended = session.get_one(ElementInstance, key).state is not ElementState.ACTIVE
    return instance, execution.root_variables if ended else execution.variables(token)
