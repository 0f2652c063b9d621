"""What a call brings: who acts, which record it is about, and what was answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from engine import identity
from engine.bpmn import agenda, messages
from engine.bpmn.documents import named
from engine.bpmn.messages import Publication
from engine.bpmn.operations import Call
from engine.errors import Incident, Invalid, NotFound, Problem
from engine.identity import ENGINE, SYSTEM, Identity
from engine.reviews.cases import appeals
from engine.reviews.changes import records as changes
from engine.reviews.consequences import follow_ups
from engine.reviews.cycle import cycles, reopenings, reviews
from engine.reviews.feedback import check_ins, suggestions
from engine.reviews.models import (
    Appeal,
    Calibration,
    ChangedReview,
    CheckIn,
    Cycle,
    CycleChange,
    Delivery,
    FollowUp,
    Person,
    Plan,
    Reopening,
    Review,
    Suggestion,
)
from engine.reviews.organisation import people
from engine.reviews.plans import plans
from engine.reviews.release import calibration as sessions
from engine.reviews.sentences import Sentence
from engine.reviews.signing import deliveries

Answers = Mapping[str, Any]
"""One row of a list that a form sends."""


def actor(call: Call) -> Identity:
    """Give the identity of who acts; timers and messages between processes are the engine's own acts."""
    return SYSTEM if call.by == ENGINE else identity.identity_of(call.session, call.by)


def afterwards(call: Call, act: Callable[[Session], None]) -> None:
    """Leave something to be done once the calling instance is saved, in the same transaction: what moves instances."""
    agenda.put(call.session, agenda.Afterthought(act))


def review(call: Call) -> Review:
    """Find the review that the process is about."""
    return reviews.found(call.session, _key(call, "review"))


def appeal(call: Call) -> Appeal:
    """Find the appeal that the process is about."""
    return appeals.found(call.session, _key(call, "appeal"))


def plan(call: Call) -> Plan:
    """Find the improvement plan that the process is about."""
    return plans.found(call.session, _key(call, "plan"))


def change(call: Call) -> CycleChange:
    """Find the mid-cycle change that the process is about."""
    return changes.found(call.session, _key(call, "change"))


def changed_review(call: Call) -> ChangedReview:
    """Find the review of a mid-cycle change that the process follows up."""
    return call.session.get_one(ChangedReview, _key(call, "changed"))


def calibration(call: Call) -> Calibration:
    """Find the calibration session that the process is about."""
    return sessions.found(call.session, _key(call, "calibration"))


def reopening(call: Call) -> Reopening:
    """Find the reopening that the process is about."""
    return reopenings.found(call.session, _key(call, "reopening"))


def cycle(call: Call) -> Cycle:
    """Find the cycle that the process launches."""
    return cycles.found(call.session, _key(call, "cycleKey"))


def listed(call: Call, name: str) -> int:
    """Give the key that an element of a list brings, where a task is there once for each element."""
    element = call.variables.get(name)
    key = element.get(name) if isinstance(element, Mapping) else None
    if not isinstance(key, str) or not key.isascii() or not key.isdigit():
        raise Incident(
            "Expected to carry process instance {instance_key} on, but its variable {name} has no key",
            instance_key=call.instance_key,
            name=name,
        )
    return int(key)


def delivery(call: Call) -> Delivery:
    """Find the delivery that the process waits for."""
    return deliveries.found(call.session, _key(call, "delivery"))


def announce(call: Call, message: Publication) -> None:
    """Send a message once the process that calls is saved: it may wait for it itself."""
    messages.announce(call.session, message, instance_key=call.instance_key, by=actor(call))


def follow_up(call: Call) -> FollowUp:
    """Find the follow-up that the process is about."""
    return follow_ups.found(call.session, _key(call, "followUp"))


def group(call: Call) -> str:
    """Name the rater group that a task is of: what its header `group` says, or else the variable."""
    return call.headers.get("group", "") or text(call, "group")


def suggestion(call: Call) -> Suggestion:
    """Find the suggestion that the process is about."""
    return suggestions.found(call.session, _key(call, "suggestion"))


def check_in(call: Call) -> CheckIn:
    """Find the check-in that the process is about."""
    return check_ins.found(call.session, _key(call, "checkIn"))


def text(call: Call, name: str) -> str:
    """Give an answer as text; nothing answered is the empty text."""
    value = call.variables.get(name)
    return "" if value is None else str(value)


def day(call: Call, name: str) -> date:
    """Give an answer as a day.

    Raises:
        Invalid: it is none.
    """
    given = text(call, name)
    try:
        return date.fromisoformat(given[:10])
    except ValueError as error:
        problem = Problem(Sentence("{text} is no date", text=given), name, "bad-date")
        raise Invalid(
            "Expected to carry out {element_id}, but a day is not clear", [problem], element_id=call.element_id
        ) from error


def truth(call: Call, name: str) -> bool:
    """Tell whether something was answered with yes."""
    return call.variables.get(name) is True


def somebody(call: Call, name: str) -> Person:
    """Find the person whose name or account was answered.

    Raises:
        Invalid: nobody is called so, or more than one.
    """
    given = text(call, name).strip()
    try:
        return people.called(call.session, given)
    except NotFound as unknown:
        problem = Problem(Sentence("Nobody, or more than one, is called {name}", name=given), name, "unknown-person")
        raise Invalid(
            "Expected to carry out {element_id}, but somebody is not known", [problem], element_id=call.element_id
        ) from unknown


def rows(call: Call, name: str) -> list[Answers]:
    """Give the rows of a list that the form sent."""
    value = call.variables.get(name)
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def documents(call: Call, name: str) -> list[int]:
    """Give the keys of the documents that were handed in with an answer."""
    return named(call.variables.get(name))


@contextmanager
def placed(name: str, answers: Sequence[Answers], column: str, **others: str) -> Iterator[None]:
    """Name problems with an indicator by the row and column of the form where it was answered.

    `others` gives the column of the problems with a code, its hyphens written as underscores.
    """
    places = {str(row.get("indicator")): f"{name}[{number}]" for number, row in enumerate(answers)}
    try:
        yield
    except Invalid as refused:
        problems = [
            replace(problem, where=f"{places[problem.where]}.{others.get(problem.code.replace('-', '_'), column)}")
            if problem.where in places
            else problem
            for problem in refused.problems
        ]
        raise Invalid(refused.message, problems) from refused


def _key(call: Call, name: str) -> int:
    value = call.variables.get(name)
    if not isinstance(value, str) or not value.isascii() or not value.isdigit():
        reason = Sentence("its variable {name} is {value!r}, not a key", name=name, value=value)
        raise Incident(
            "Expected to carry process instance {instance_key} on, but {reason}",
            instance_key=call.instance_key,
            reason=reason,
        )
    return int(value)
