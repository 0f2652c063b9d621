"""Migrations: running instances go over to another version of their process, or to another process.

A plan says which element stands for which; what is open stays as it is (`engine.bpmn.net.migration`), but in the words,
the form and the rules of the target. Each instance goes over in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from engine.bpmn import definitions, history, instance_rows, instances, steps, store, tasks
from engine.bpmn.models import (
    InstanceState,
    ProcessDefinition,
    UserTask,
)
from engine.bpmn.net import Net, obstacles
from engine.bpmn.net.failures import ElementFailed
from engine.bpmn.net.migration import Moves
from engine.bpmn.net.plan import Plan
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.identity import Identity, identity_of
from engine.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Move:
    """An element under way, and the one that stands for it in the target."""

    source: str
    target: str
    task: UserTask | None = None
    """The person's task that is open there."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of one instance.

    Attributes:
        armed: the events that would be awaited from now.
        closed: the events that would no longer be awaited.
        problems: why it cannot be migrated, if it cannot.
    """

    instance_key: int
    business_id: str | None
    moves: tuple[Move, ...] = ()
    armed: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Goal:
    """Where instances are to go.

    Attributes:
        definition_key: the version they are to go on with.
        mapping: which element of it stands for which of theirs; the same ids stand for each other by themselves.
    """

    definition_key: int
    mapping: Mapping[str, str] = field(default_factory=dict)


def preview(session: Session, key: int, goal: Goal, *, by: Identity) -> Preview:
    """Say what `migrate` would do with an instance, and change nothing.

    Raises:
        Forbidden: `by` is no operator.
        NotFound: there is no such instance, or no such definition.
        Conflict: the instance has ended, or goes by that version already.
        Invalid: the mapping names elements that there are not.
    """
    _expect_operator(by, key)
    step = steps.load(session, store.read(session, key), by=by.username)
    plan = _plan(session, step, goal)
    problems = _obstacles(step, plan)
    moves = Moves()
    try:
        moves = moves if problems else step.execution.migrate(plan)
    except ElementFailed as failure:
        problems = [obstacles.problem("migration-arming", failure.element_id, reason=failure.message)]
    waiting = {task.token: task for task in instance_rows.open_tasks(session, key)}
    return Preview(
        instance_key=key,
        business_id=step.instance.business_id,
        moves=tuple(
            Move(source, target, waiting.get(token))
            for token, source, target in moves.elements
            if source != plan.source.nodes[0].id
        ),
        armed=tuple(dict.fromkeys(event for _, event in moves.armed)),
        closed=tuple(dict.fromkeys(closed.event_id or "" for closed in moves.closed)),
        problems=tuple(problems),
    )


def under_way(session: Session, keys: Iterable[int], *, by: Identity) -> list[str]:
    """Return the elements at which running instances stand or wait: those that a plan should speak of.

    Raises:
        Forbidden: `by` is no operator.
        NotFound: there is no such instance.
    """
    found: dict[str, None] = {}
    for key in keys:
        _expect_operator(by, key)
        step = steps.load(session, store.read(session, key), by=by.username)
        found |= dict.fromkeys(step.execution.places)
    return list(found)


def migrate(session: Session, key: int, goal: Goal, *, by: Identity) -> None:
    """Let a running instance go on with another version; nothing it has opened is lost.

    Open tasks keep their key, holder, candidates, dates and answers; name and form become those of the target.

    Raises:
        Forbidden: `by` is no operator.
        NotFound: there is no such instance, or no such definition.
        Conflict: it cannot be migrated as the plan says, has ended, or goes by that version already.
        Invalid: the mapping names elements that there are not.
        Incident: the process cannot go on in the target.
    """
    _expect_operator(by, key)
    with instances.moved(session, key, None, by=by.username, event=history.Event.MIGRATED, element_id=None) as step:
        plan = _plan(session, step, goal)
        if problems := _obstacles(step, plan):
            reasons = " ".join(problem.message for problem in problems)
            raise Conflict("Expected to migrate process instance {key}, but {reasons}", key=key, reasons=reasons)
        try:
            _carry_over(step, plan, goal)
        except ElementFailed as failure:
            raise Conflict(
                "Expected to migrate process instance {key}, but {failure}", key=key, failure=str(failure)
            ) from failure


def _obstacles(step: steps.Step, plan: Plan) -> list[Problem]:
    """Name what forbids an instance to be migrated, in its diagram or by who holds its tasks."""
    return step.execution.obstacles(plan) or list(_unfit(step, plan))


def _unfit(step: steps.Step, plan: Plan) -> Iterator[Problem]:
    """Name the open tasks that other operations would hear, of which their holders could not complete them."""
    for task in instance_rows.open_tasks(step.session, step.instance.key):
        before = plan.source.by_id[task.element_id]
        after = plan.counterpart(before)
        if task.assignee is None or after is None or tasks.listeners(before) == tasks.listeners(after):
            continue
        try:
            tasks.expect_fit(step, task, after, identity_of(step.session, task.assignee))
        except (Invalid, NotFound):
            yield obstacles.problem("migration-holder", before.id, holder=task.assignee, target=after.id)


def _carry_over(step: steps.Step, plan: Plan, goal: Goal) -> None:
    """Let the executor go over, and the rows after it."""
    target = definitions.get(step.session, ProcessDefinition, goal.definition_key)
    moves = step.execution.migrate(plan)
    step.details["migration"] = _told(step.instance, target, goal, moves)
    instance_rows.follow(step, target, plan, moves)


def _plan(session: Session, step: steps.Step, goal: Goal) -> Plan:
    """Return the plan of an instance that can be migrated at all."""
    instance = step.instance
    definitions.get(session, ProcessDefinition, goal.definition_key)
    if instance.state is not InstanceState.ACTIVE:
        reason = Sentence("it is {state}", state=instance.state.value.lower())
        raise Conflict("Expected to migrate process instance {key}, but {reason}", key=instance.key, reason=reason)
    if instance.definition_key == goal.definition_key:
        raise Conflict(
            "Expected to migrate process instance {key}, but it goes by that version already", key=instance.key
        )
    plan = Plan(step.net, definitions.net(session, goal.definition_key), goal.mapping)
    _expect_elements(plan, instance.key)
    return plan


def _expect_elements(plan: Plan, key: int) -> None:
    """Refuse a mapping of what there is not."""
    problems = [
        Problem(
            Sentence("There is no element {name} in the {which} process.", name=name, which=which),
            name,
            "unknown-element",
        )
        for which, net, names in (
            ("source", plan.source, plan.mapping.keys()),
            ("target", plan.target, plan.mapping.values()),
        )
        for name in names
        if not _is_element(net, name)
    ]
    if problems:
        raise Invalid(
            "Expected to migrate process instance {key}, but the mapping names unknown elements", problems, key=key
        )


def _is_element(net: Net, name: str) -> bool:
    node = net.by_id.get(name)
    return node is not None and node.parent is not None and node.stands_for is None


def _told(instance: store.Instance, target: ProcessDefinition, goal: Goal, moves: Moves) -> dict[str, object]:
    """Return what the history keeps of a migration."""
    return {
        "from": {
            "definition": str(instance.definition_key),
            "process": instance.process_id,
            "version": instance.process_version,
        },
        "to": {"definition": str(target.key), "process": target.process_id, "version": target.version},
        "mapping": dict(goal.mapping),
        "armed": sorted({event for _, event in moves.armed}),
        "closed": sorted({closed.event_id or "" for closed in moves.closed}),
    }


def _expect_operator(by: Identity, key: int) -> None:
    if not by.operator:
        raise Forbidden(
            "Expected to migrate process instance {key}, but {username} is no operator", key=key, username=by.username
        )
