"""The policy of a cycle for changes that HR does not decide in time; without one everything stays as it is."""

from __future__ import annotations

from engine.errors import Conflict
from engine.identity import Identity
from engine.reviews.models import Choice, Cycle, CycleState, Role
from engine.reviews.organisation import people
from engine.reviews.sentences import Sentence


def choose(cycle: Cycle, policy: Choice, *, by: Identity) -> None:
    """Choose what becomes of the items of a change after the deadline, where it is among their choices.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: the cycle is over.
    """
    intent = Sentence("choose the policy for changes of cycle {label}", label=cycle.label)
    people.expect_role(by, Role.HR, intent)
    if cycle.state not in (CycleState.DRAFT, CycleState.LAUNCHED):
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=cycle.state.value)
    cycle.change_policy = policy
