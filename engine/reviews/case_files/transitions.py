"""Transitions: what the history tells somebody of a process instance, and what proves it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn import definitions, history
from engine.bpmn.history import Entry, Event
from engine.bpmn.models import ProcessInstance
from engine.bpmn.net import Net
from engine.bpmn.net.work import Boundary, Job
from engine.identity import Identity
from engine.reviews.models import Person, Review, Role

ACTS = (Event.COMPLETED, Event.ASSIGNED, Event.UPDATED, Event.EXTENDED, Event.REOPENED)
"""What a person does to a task. Any other transition may have been set off by whoever rated last."""


@dataclass(frozen=True, slots=True)
class Transition:
    """A transition with the version of the process that it went by; `tells_who` where its actor may be told."""

    entry: Entry
    net: Net
    element_id: str
    tells_who: bool


def told(session: Session, instance: ProcessInstance, *, by: Identity) -> Iterator[Transition]:
    """Yield an instance's transitions in their order, as far as somebody may know of them.

    Of what several people do beside one another, such as raters, only HR and themselves see that it was done and when;
    nobody from HR in the own review (E-95).
    """
    everything = sees_all(by) and not _is_own(session, instance, by)
    for entry, net in in_their_nets(session, instance):
        element = entry.element_id or first_completed(entry)
        known = everything or entry.by == by.username
        if known or not is_repeated(net, element):
            yield Transition(entry, net, element, tells_who=known or entry.event in ACTS)


def sees_all(by: Identity) -> bool:
    """Tell whether somebody sees every transition."""
    return by.operator or Role.HR in by.groups


def in_their_nets(session: Session, instance: ProcessInstance) -> list[tuple[Entry, Net]]:
    """Return an instance's transitions in their order, each with the version that it went by then."""
    found, key = [], instance.definition_key
    for entry in reversed(history.of(session, instance.key)):
        found.append((entry, definitions.net(session, key)))
        if entry.event is Event.MIGRATED:
            key = int(entry.details["migration"]["from"]["definition"])
    return found[::-1]


def _is_own(session: Session, instance: ProcessInstance, by: Identity) -> bool:
    """Tell whether an instance is of somebody's own review."""
    own = select(Review.key).join(Person, Person.key == Review.appraisee_key)
    held = own.where(Review.instance_key == instance.root_key, Person.username == by.username)
    return session.scalar(held) is not None


REMINDING = {
    "reviewflow.remind": "提醒 Reminded",
    "reviewflow.escalate": "逾期上报 Overdue, the next level was told",
}
"""What a timer at a task's border was for, by the operation that it called."""


def reminded_of(told: Transition) -> str:
    """Say what a timer at a task's border was for, and of which task; empty for any other transition."""
    operation, task = called_by_timer(told.net, told.element_id) if told.entry.event is Event.TIMER else ("", "")
    return f"{REMINDING[operation]} · {task}" if operation in REMINDING else ""


def called_by_timer(net: Net, element_id: str) -> tuple[str, str]:
    """Name the operation that a timer at a task's border calls beside it, and the task; empty for any other timer."""
    node = net.by_id.get(element_id)
    if node is None or not isinstance(node.work, Boundary) or node.work.interrupting:
        return "", ""
    called = [net.nodes[flow.target].work for flow in node.flows]
    return next((work.type.text for work in called if isinstance(work, Job)), ""), net.nodes[node.work.host].name


def is_repeated(net: Net, element_id: str) -> bool:
    """Tell whether an element stands in something that is done several times."""
    node = net.by_id.get(element_id)
    while node is not None and node.loop is None:
        node = None if node.parent is None else net.nodes[node.parent]
    return node is not None


def first_completed(entry: Entry) -> str:
    """Name what a transition completed first: of a call, whose row names no element, the calling one."""
    return next((element for element, what, _ in entry.details.get("trace", ()) if what == "completed"), "")
