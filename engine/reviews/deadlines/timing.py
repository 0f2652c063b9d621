"""Timing: in how many days the steps of a cycle are due, what they still take when late, and when a day ends.

A diagram says `get or else(deadlines.self_evaluation, 5)` and `get or else(grace.self_evaluation, 0)`: the cycle's days
where it has some, else the diagram's own. They are fixed at the launch; after it HR extends a single task.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import calendars
from engine.bpmn import definitions
from engine.bpmn.instances import Origin
from engine.bpmn.models import ProcessDefinition
from engine.bpmn.net.nodes import Node
from engine.bpmn.net.work import Boundary, Timer, UserTask
from engine.errors import Conflict, Invalid, Problem
from engine.identity import Identity
from engine.reviews.models import Cycle, CycleState, Role
from engine.reviews.organisation import people
from engine.reviews.sentences import Sentence

_DUE = re.compile(r"get or else\(deadlines\.(\w+), (\d+)\)")
"""How a diagram gives a step its days."""

MOST_DAYS = 250
"""The most working days that a cycle may give for one step: a year."""

DEADLINES, GRACE = "deadlines", "grace"
"""The variables in which a process finds the days, by the ids of its steps."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How a cycle counts time.

    Attributes:
        calendar: the working calendar of all who have none of their own.
        close_of_business: when a last day ends; None means 24:00 (Civil Code art. 203).
        deadlines: in how many working days a step is due, by its id.
        grace: for how many working days more a step that closes takes what is late.
    """

    calendar: str = calendars.DEFAULT
    close_of_business: time | None = None
    deadlines: Mapping[str, int] = field(default_factory=dict)
    grace: Mapping[str, int] = field(default_factory=dict)


def read(cycle: Mapping[str, Any]) -> Timing:
    """Read how a cycle counts time from the table `[cycle]` of a file of rules; what it does not say is as usual.

    Raises:
        Invalid: a time or a number of days is none.
    """
    kinds = {"calendar": str, "close_of_business": time, DEADLINES: dict, GRACE: dict}
    given = {name: cycle[name] for name in kinds if name in cycle}
    problems = [
        Problem(Sentence("It is not written as it must be"), name, "kind")
        for name, value in given.items()
        if not isinstance(value, kinds[name])
        or (isinstance(value, dict) and not all(type(days) is int for days in value.values()))
    ]
    if problems:
        raise Invalid("Expected to read the deadlines of a cycle, but not everything is a time or a number", problems)
    return Timing(**given)


def decide(session: Session, cycle: Cycle, timing: Timing, *, by: Identity) -> Cycle:
    """Decide how a cycle that is not launched counts time.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: the cycle is launched.
        Invalid: nobody has published the calendar, or no process reads the days of a step.
    """
    people.expect_role(by, Role.HR, Sentence("decide the deadlines of cycle {label}", label=cycle.label))
    if cycle.state is not CycleState.DRAFT:
        reason = Sentence("it is {state}: extend the deadlines of single tasks", state=cycle.state.value)
        raise Conflict(
            "Expected to decide the deadlines of cycle {label}, but {reason}", label=cycle.label, reason=reason
        )
    if problems := list(_problems(session, timing)):
        raise Invalid(
            "Expected to decide the deadlines of cycle {label}, but they do not fit", problems, label=cycle.label
        )
    cycle.calendar, cycle.close_of_business = timing.calendar, timing.close_of_business
    cycle.deadlines, cycle.grace = dict(timing.deadlines), dict(timing.grace)
    return cycle


def variables(cycle: Cycle) -> dict[str, object]:
    """Return the days that a cycle gives for its steps, as its processes find them."""
    given = {DEADLINES: cycle.deadlines, GRACE: cycle.grace}
    return {name: dict(days) for name, days in given.items() if days}


def origin(cycle: Cycle, business_id: int) -> Origin:
    """Return how a process of a cycle counts its days."""
    return Origin(
        business_id=str(business_id), zone=cycle.zone, calendar=cycle.calendar, cut_off=cycle.close_of_business
    )


def steps(session: Session) -> dict[str, set[str]]:
    """Name the steps whose days a cycle can decide, by variable: those where a deployed process reads them."""
    newest = select(func.max(ProcessDefinition.key)).group_by(ProcessDefinition.process_id)
    found: dict[str, set[str]] = {DEADLINES: set(), GRACE: set()}
    for key in session.scalars(newest).all():
        for node in definitions.net(session, key).nodes:
            if isinstance(node.work, UserTask) and node.work.due:
                _note(found, node.work.due.text)
            elif isinstance(node.work, Boundary) and isinstance(node.work.event, Timer):
                _note(found, node.work.event.formula.text)
    return found


@dataclass(frozen=True, slots=True)
class Due:
    """A step whose days a cycle can decide.

    Attributes:
        own: the days that the diagram gives.
        given: the days of the cycle; None where the diagram's hold.
        grace: for how many more the cycle takes what is late; None for a step that does not close.
        last: its last day if it opened on the day that was asked about.
        quiet: how many days in between nobody is told anything.
    """

    step: str
    name: str
    process_id: str
    own: int
    given: int | None
    grace: int | None
    last: date
    quiet: int


def preview(session: Session, cycle: Cycle, opens_on: date) -> list[Due]:
    """List the steps whose days a cycle can decide, with the last day of each if it opened on a day."""
    days = calendars.calendar(session, cycle.calendar)
    closing = steps(session)[GRACE]
    found: dict[str, Due] = {}
    for node, process_id in _tasks(session):
        match = _DUE.search(node.work.due.text) if isinstance(node.work, UserTask) and node.work.due else None
        if match is None or match[1] in found:
            continue
        step, own = match[1], int(match[2])
        given = cycle.deadlines.get(step)
        last = days.add_working_days(opens_on, own if given is None else given)
        quiet = sum(opens_on < day <= last for day in days.quiet_days)
        grace = cycle.grace.get(step, 0) if step in closing else None
        found[step] = Due(step, node.name or node.id, process_id, own, given, grace, last, quiet)
    return list(found.values())


def _tasks(session: Session) -> Iterator[tuple[Node, str]]:
    """Go through the nodes of the newest version of every deployed process."""
    newest = select(func.max(ProcessDefinition.key)).group_by(ProcessDefinition.process_id)
    for definition in session.scalars(
        select(ProcessDefinition).where(ProcessDefinition.key.in_(newest)).order_by(ProcessDefinition.process_id)
    ).all():
        for node in definitions.net(session, definition.key).nodes:
            yield node, definition.process_id


def _note(found: dict[str, set[str]], text: str) -> None:
    """Note the steps whose days an expression reads."""
    for variable, names in found.items():
        names.update(re.findall(rf"\b{variable}\.(\w+)", text))


def _problems(session: Session, timing: Timing) -> Iterator[Problem]:
    if timing.calendar not in calendars.names(session):
        sentence = Sentence("Nobody has published calendar {name}", name=timing.calendar)
        yield Problem(sentence, "calendar", "unknown-calendar")
    known = steps(session)
    for variable, least, given in ((DEADLINES, 1, timing.deadlines), (GRACE, 0, timing.grace)):
        for step, days in given.items():
            where = f"{variable}.{step}"
            if step not in known[variable]:
                yield Problem(Sentence("No process reads the days of step {step}", step=step), where, "unknown-step")
            if not least <= days <= MOST_DAYS:
                sentence = Sentence("It must be from {least} to {most} days", least=least, most=MOST_DAYS)
                yield Problem(sentence, where, "days")
