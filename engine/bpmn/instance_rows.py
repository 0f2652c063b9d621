"""What the database holds of a running instance goes over with it to another definition: tasks, jobs, waits, incidents.

What is over keeps the definition that it was done by.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.bpmn import definitions, steps, store
from engine.bpmn.models import (
    Element,
    ElementInstance,
    ElementState,
    IncidentRecord,
    Job,
    ProcessDefinition,
    TaskState,
    UserTask,
)
from engine.bpmn.moves import parked
from engine.bpmn.net.migration import Moves
from engine.bpmn.net.plan import Plan


def follow(step: steps.Step, target: ProcessDefinition, plan: Plan, moves: Moves) -> None:
    """Let an instance's row, and all that is open of it, be of the target after its executor has gone over.

    Raises:
        Incident: a task names a form that there is not.
        ElementFailed: the form of a task cannot be told.
    """
    for closed in moves.closed:
        step.close(closed)
    instance = step.instance
    instance.definition_key, instance.process_id = target.key, target.process_id
    instance.process_version, step.net = target.version, plan.target
    store.rebind(step.session, instance)
    elements = {token: after for token, _, after in moves.elements}
    _rename_waits(step, moves)
    _move_tasks(step, elements)
    _move_jobs(step, elements)
    _move_element_instances(step, elements)
    _move_incidents(step, plan, moves)
    step.session.flush()  # the rows that the step writes next go past the session


def open_tasks(session: Session, key: int) -> Sequence[UserTask]:
    """Return the open tasks of an instance as they are now."""
    query = select(UserTask).where(UserTask.instance_key == key, UserTask.state == TaskState.CREATED)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def _rename_waits(step: steps.Step, moves: Moves) -> None:
    """Let the waits that stay open bear the names that their events have in the target."""
    renamed = {(token, before): after for token, before, after in moves.kept if before != after}
    found = [
        (table, row, renamed[row["token"], row["event_id"]])
        for table in ((store.TIMERS, store.MESSAGES, store.SIGNALS) if renamed else ())
        for row in step.session.execute(select(table).where(table.c.instance_key == step.instance.key)).mappings()
        if (row["token"], row["event_id"]) in renamed
    ]
    for table, row, _ in found:
        step.changes.close(table, row["token"], row["event_id"])
    for table, row, after in found:
        step.changes.open(table, {**row, "event_id": after})


def _move_tasks(step: steps.Step, elements: dict[int, str]) -> None:
    """Give the open tasks the names and forms of the elements that they are on now."""
    for task in open_tasks(step.session, step.instance.key):
        node = step.net.by_id[elements[task.token]]
        form = step.form(node.id, step.execution.form_id(task.token))
        task.name, task.form_key = node.name or node.id, form.key if form else None
        _adopt(step, task, node.id)


def _move_jobs(step: steps.Step, elements: dict[int, str]) -> None:
    """Let the open jobs be of the elements that they are on now; what they ask of workers stays."""
    mine = select(Job).where(Job.instance_key == step.instance.key, Job.ended_at.is_(None))
    for job in step.session.scalars(mine.execution_options(populate_existing=True)):
        _adopt(step, job, elements[job.token])


def _adopt(step: steps.Step, row: UserTask | Job, element_id: str) -> None:
    row.element_id, row.definition_key = element_id, step.instance.definition_key
    row.process_id, row.process_version = step.instance.process_id, step.instance.process_version


def _move_element_instances(step: steps.Step, elements: dict[int, str]) -> None:
    """Let the element instances that are active be of the elements that they are on now."""
    known = definitions.elements(step.session, step.instance.definition_key)
    active = (
        select(ElementInstance.token, Element.type)
        .join(Element, Element.key == ElementInstance.element_key)
        .where(ElementInstance.instance_key == step.instance.key, ElementInstance.state == ElementState.ACTIVE)
    )
    tokens: dict[int, list[int]] = defaultdict(list)
    for token, kind in step.session.execute(active):
        tokens[known[elements[token], kind]].append(token)
    for element_key, those in tokens.items():
        mine = (ElementInstance.instance_key == step.instance.key, ElementInstance.token.in_(those))
        step.session.execute(update(ElementInstance).where(*mine).values(element_key=element_key))


def _move_incidents(step: steps.Step, plan: Plan, moves: Moves) -> None:
    """Let the open incidents name what they are about now; what was to happen and cannot any more is over."""
    names = {(token, before): after for token, before, after in [*moves.elements, *moves.kept]}
    names |= {(token, plan.source.nodes[0].id): plan.target.nodes[0].id for token, _, _ in moves.elements}
    closed = {(wait.token, wait.event_id) for wait in moves.closed}
    open_ones = select(IncidentRecord).where(IncidentRecord.instance_key == step.instance.key)
    for incident in step.session.scalars(open_ones.where(IncidentRecord.resolved_at.is_(None))):
        move = parked(incident)
        incident.element_id = names.get((incident.token, incident.element_id), incident.element_id)
        if move is not None and (move.token, move.element_id) in closed:
            incident.resolved_at = step.now
            step.instance.incidents -= 1
        elif move is not None:
            at = names.get((move.token, move.element_id), move.element_id)
            incident.move = replace(move, element_id=at).dump()
