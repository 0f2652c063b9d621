"""Holders: who can complete a task that operations hear, so that it is given to nobody who never could.

Whatever stands on the engine says it once for each operation; the engine asks wherever a task goes to somebody.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.bpmn.operations import Call
from engine.errors import Forbidden, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.sentences import Sentence

Rule = Callable[[Call, Identity, Sentence], object]
"""Raises `Forbidden` or `NotFound` for who cannot complete a task, with the sentence that says what was wanted."""

UNFIT = "cannot-complete"
"""The code of the problem that somebody never could complete a task."""

_rules: dict[str, Rule] = {}


def holds(*operations: str) -> Callable[[Rule], Rule]:
    """Register a function as the rule of who can complete the tasks that certain operations hear."""

    def register(rule: Rule) -> Rule:
        _rules.update(dict.fromkeys(operations, rule))
        return rule

    return register


def is_ruled(operation: str) -> bool:
    """Tell whether it is said who can complete the tasks that an operation hears."""
    return operation in _rules


def expect(operation: str, call: Call, who: Identity, *, key: int) -> None:
    """Let pass only who can complete the task `key`, as far as the operation that hears it is concerned.

    Raises:
        Invalid: `who` cannot; the problem says why.
    """
    rule = _rules.get(operation)
    if rule is None:
        return
    try:
        rule(call, who, Sentence("complete user task {key}", key=key))
    except (Forbidden, NotFound) as refused:
        raise refusal(key, who, refused.message) from refused


def refusal(key: int, who: Identity, why: str) -> Invalid:
    """Say that a task is not given to somebody who never could complete it."""
    return Invalid(
        "Expected to assign user task {key}, but {username} could not complete it",
        [Problem(why, "assignee", UNFIT)],
        key=key,
        username=who.username,
    )
