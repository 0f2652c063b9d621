"""What happened in a process instance, in HR's words, and where it stands in its diagram."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from engine.bpmn import definitions, history
from engine.bpmn.history import Entry, Event
from engine.bpmn.models import InstanceState, ProcessInstance
from engine.bpmn.net import Net
from engine.identity import Identity
from engine.reviews.case_files import transitions
from engine.reviews.case_files.transitions import Transition
from web import names
from web.languages import gettext


@dataclass(frozen=True, slots=True)
class Diagram:
    """A process diagram and where an instance stands in it."""

    address: str
    name: str
    current: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    current_names: tuple[str, ...] = ()
    """The names of the current elements, for those who cannot see the drawing."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """Something that happened."""

    at: datetime | None
    """None for what is going on now."""
    event: str
    by: str = ""
    note: str = ""


def diagram(session: Session, instance: ProcessInstance) -> Diagram:
    """Draw where an instance stands: what it has passed, and what it waits at."""
    net = definitions.net(session, instance.definition_key)
    entered, done = ([e for e in dict.fromkeys(found) if _is_drawn(net, e)] for found in _standing(session, instance))
    current = entered if instance.state is InstanceState.ACTIVE else []
    return Diagram(
        address=url_for("web.processes.xml", key=instance.definition_key),
        name=names.local(net.name),
        current=tuple(current),
        done=tuple(element for element in done if element not in current),
        current_names=tuple(name for element in current if (name := element_name(net, element))),
    )


def lines(session: Session, instance: ProcessInstance, *, by: Identity) -> tuple[HistoryLine, ...]:
    """Tell an instance's transitions in their order.

    Of what several people do beside one another, such as raters, only HR and themselves see that it was done and when.
    """
    told = [one for one in transitions.told(session, instance, by=by) if _tells(one.entry)]
    people = names.of_accounts(session, [one.entry.by for one in told])
    return tuple(HistoryLine(one.entry.at, _event(one), people[one.entry.by]) for one in told)


def element_name(net: Net, element_id: str | None) -> str:
    """Name an element in the request's language; empty for one without a name."""
    node = net.by_id.get(element_id or "")
    return names.local(node.name) if node else ""


def _is_drawn(net: Net, element: str) -> bool:
    """Say whether an element is in the drawing of a version; the process itself is not, nor what a version lost."""
    return element in net.by_id and net.by_id[element].parent is not None


def _standing(session: Session, instance: ProcessInstance) -> tuple[list[str], list[str]]:
    """Follow the trace: the elements that tokens stand on, and those that were completed, in the words of today."""
    standing: dict[tuple[str, int], None] = {}
    done: list[str] = []
    for entry in history.of(session, instance.key):
        if entry.event is Event.MIGRATED:
            mapping = entry.details["migration"]["mapping"]
            standing = {(mapping.get(element, element), token): None for element, token in standing}
            done = [mapping.get(element, element) for element in done]
        for element, what, token in entry.details.get("trace", ()):
            if what == "entered":
                standing[element, token] = None
                continue
            standing.pop((element, token), None)
            if what == "completed":
                done.append(element)
    return [element for element, _ in standing], done


def _tells(entry: Entry) -> bool:
    """Pass over what was given back: that somebody else takes it is told."""
    return entry.event is not Event.ASSIGNED or entry.details.get("to") is not None


def _event(told: Transition) -> str:
    entry = told.entry
    step = element_name(told.net, told.element_id) or told.element_id
    if entry.event is Event.TIMER:
        return _time_is_up(told, step)
    texts = {
        Event.STARTED: gettext("Begun"),
        Event.COMPLETED: gettext("Done: {step}"),
        Event.ASSIGNED: gettext("Taken over: {step}"),
        Event.MESSAGE: gettext("Came about: {step}"),
        Event.SIGNAL: gettext("Came about: {step}"),
        Event.CALLED: gettext("Finished: {step}"),
        Event.FAILED: gettext("Ended by an error: {step}"),
        Event.ESCALATED: gettext("Escalated: {step}"),
        Event.UPDATED: gettext("Changed: {step}"),
        Event.JOB_COMPLETED: gettext("Done: {step}"),
        Event.JOB_FAILED: gettext("Failed: {step}"),
        Event.JOB_ERROR: gettext("Ended by an error: {step}"),
        Event.INCIDENT: gettext("Could not go on: {step}"),
        Event.RESOLVED: gettext("Incident resolved: {step}"),
        Event.RESCHEDULED: gettext("Deadlines moved: the working calendar has changed"),
        Event.EXTENDED: gettext("Deadline extended: {step}"),
        Event.REOPENED: gettext("Opened again: {step}"),
        Event.CANCELED: gettext("Cancelled"),
        Event.MIGRATED: gettext("Went on with version {version}"),
        Event.MODIFIED: gettext("Put right by hand"),
        Event.VARIABLES: gettext("Values were set"),
    }
    return texts[entry.event].format(step=step, version=_version(entry))


def _time_is_up(told: Transition, step: str) -> str:
    operation, task = transitions.called_by_timer(told.net, told.element_id)
    texts = {
        "reviewflow.remind": gettext("Reminded: {step}"),
        "reviewflow.escalate": gettext("Overdue, the next level was told: {step}"),
    }
    if operation in texts:
        return texts[operation].format(step=names.local(task))
    return gettext("Time is up: {step}").format(step=step)


def _version(entry: Entry) -> str:
    """Name the version that an instance went over to, with the process if that is another."""
    told = entry.details.get("migration")
    if told is None:
        return ""
    other = told["to"]["process"] if told["to"]["process"] != told["from"]["process"] else ""
    return f"{other} {told['to']['version']}".strip()
