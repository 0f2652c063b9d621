"""Launches: a drafted cycle on its way through check, democratic procedure, publication and receipts (P1)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn import definitions, instances
from engine.bpmn.models import InstanceState, ProcessDefinition
from engine.errors import Conflict, Invalid, Problem
from engine.identity import Identity
from engine.reviews import notices
from engine.reviews.cycle import cycles
from engine.reviews.deadlines import timing
from engine.reviews.models import Cycle, CycleState, Person, Procedure, Role
from engine.reviews.organisation import people
from engine.reviews.rulebook import regulations
from engine.reviews.sentences import Sentence, expect_text

PROCESS = "cycle-launch"
"""The process of a launch; where it is not deployed, a cycle is launched at once."""

MENDED = frozenset({"regulation-unpublished"})
"""What forbids a launch and is put right on the way to it."""


def request(session: Session, cycle: Cycle, *, by: Identity) -> Cycle:
    """Have a drafted cycle launched: at once if nothing is left to be done before, else when its people have done it.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: it is launched already, or on its way.
        Invalid: something is missing that the procedure does not bring, named person by person.
    """
    intent = Sentence("launch cycle {label}", label=cycle.label)
    people.expect_role(by, Role.HR, intent)
    if cycle.state is not CycleState.DRAFT:
        raise Conflict("Expected to {intent}, but it is {state}, not draft", intent=intent, state=cycle.state.value)
    if is_under_way(session, cycle):
        raise Conflict("Expected to {intent}, but its launch is under way", intent=intent)
    if left := problems(session, cycle):
        raise Invalid("Expected to {intent}, but it is not complete", left, intent=intent)
    if definitions.latest(session, ProcessDefinition, PROCESS) is None:
        cycles.launch(session, cycle, by=by)
        return cycle
    instance = instances.start(
        session,
        process_id=PROCESS,
        variables={
            "cycleKey": str(cycle.key),
            "cycle": cycle.label,
            "requestedBy": by.username,
            **timing.variables(cycle),
        },
        by=by.trusted(),
        origin=timing.origin(cycle, cycle.key),
    )
    cycle.procedure_key = instance.key
    return cycle


def is_under_way(session: Session, cycle: Cycle) -> bool:
    """Tell whether the process that launches a cycle runs."""
    if cycle.procedure_key is None:
        return False
    return instances.get(session, cycle.procedure_key).state is InstanceState.ACTIVE


def problems(session: Session, cycle: Cycle) -> list[Problem]:
    """Name what forbids the launch today, apart from what the procedure brings."""
    return [one for one in cycles.launching_problems(session, cycle) if one.code not in MENDED]


def steps_done(session: Session, cycle: Cycle) -> set[Procedure]:
    """Name the steps of the democratic procedure that are on record for the cycle's regulation."""
    if cycle.regulation_key is None:
        return set()
    regulation = regulations.found(session, cycle.regulation_key)
    return {row.step for row in regulations.procedure(session, regulation)}


def consultants(session: Session) -> Role:
    """Name the group that is consulted: the union, or HR for the representatives where nobody is in that role."""
    return Role.UNION if people.in_role(session, Role.UNION) else Role.HR


def ask_receipts(session: Session, cycle: Cycle) -> Sequence[Person]:
    """Tell everybody who has not confirmed to have read the regulation to do so; return them."""
    waiting = regulations.outstanding(session, cycle)
    for person in waiting:
        notices.write(session, person.key, "regulation-published", regulation=str(cycle.regulation_key))
    return waiting


def return_(session: Session, cycle: Cycle, *, requested_by: str, reason: str) -> None:
    """Tell who asked for the launch that the cycle is a draft again, and why.

    Raises:
        Invalid: no reason is given.
    """
    expect_text(reason, "reason", Sentence("return cycle {label}", label=cycle.label))
    for key in session.scalars(select(Person.key).where(Person.username == requested_by)):
        notices.write(session, key, "launch-returned", cycle=str(cycle.key), label=cycle.label, reason=reason)
