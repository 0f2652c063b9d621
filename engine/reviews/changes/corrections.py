"""Corrected values and reopened steps: a change approved is the reopening approved, in the same transaction (0022)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import identity
from engine.bpmn import tasks
from engine.bpmn.models import TaskState, UserTask
from engine.errors import Problem
from engine.identity import Identity
from engine.reviews.changes.items import NOTHING, Aftermath, Effects, Item, Part
from engine.reviews.cycle import reopenings, reviews
from engine.reviews.models import ChangeKind, Choice, CycleChange, Reopening, ReopeningKind
from engine.reviews.reports import printing
from engine.reviews.scores import actuals
from engine.reviews.scores.actuals import Value
from engine.reviews.sentences import Sentence

REOPENED = (ReopeningKind.SELF_EVALUATION.value, ReopeningKind.SIGNATURE.value)


def problems(kind: ChangeKind, details: Mapping[str, Any]) -> Iterator[Problem]:
    """Name what is missing of a correction, or of what is to be reopened."""
    if kind is ChangeKind.CORRECTION:
        for name in ("indicator", "value", "source"):
            if not str(details.get(name) or "").strip():
                yield Problem(Sentence("It must not be empty"), name, "empty")
    elif details.get("what") not in REOPENED:
        told = ", ".join(REOPENED)
        yield Problem(Sentence("It can only be one of {choices}", choices=told), "what", "unknown-reopening")


def choices(session: Session, change: CycleChange, item: Item) -> tuple[Choice, ...]:
    """Name what may become of it: nothing where it cannot be reopened at present."""
    return (Choice.KEEP,) if _obstacle(session, change, item) else (Choice.APPLY, Choice.KEEP)


def foresee(session: Session, change: CycleChange, item: Item, choice: Choice) -> Effects:
    """Tell what is corrected, or given again."""
    if code := _obstacle(session, change, item):
        return {"notes": [code]}
    if choice is Choice.KEEP:
        return {"notes": []}
    if change.kind is not ChangeKind.CORRECTION:
        return {"notes": ["opens-reopening", f"reopens-{change.details['what']}"]}
    review, name = item.review(session), change.details["indicator"]
    titles = {one.id: printing.title(one) for one in reviews.template(session, review).measured}
    rows = {row["indicator"]: row["actual"] for row in printing.measured(session, review)}
    told = {"indicator": name, "name": titles.get(name, name), "before": rows.get(name, "")}
    return {"targets": [{**told, "after": change.details["value"]}], "notes": ["opens-reopening"]}


def apply(session: Session, change: CycleChange, item: Item, choice: Choice, by: Identity) -> Aftermath:
    """Ask for the reopening as whoever entered the change, and decide on it as whoever approves.

    Raises:
        Forbidden, Conflict, Invalid: as `engine.reviews.cycle.reopenings` says.
    """
    if choice is Choice.KEEP:
        return NOTHING
    opened = _requested(session, change, item, identity.identity_of(session, change.entered_by))
    session.flush()  # its task is found by its instance
    waiting = select(UserTask.key).where(UserTask.instance_key == opened.instance_key)
    task = session.scalars(waiting.where(UserTask.state == TaskState.CREATED)).one()
    tasks.complete(session, task, by=by, variables={"decision": "approve"})
    return NOTHING


def expect_correct(session: Session, change: CycleChange, item: Item, *, by: Identity) -> None:
    """Let pass only a value that could be entered for a review whose result can be corrected.

    Raises:
        Invalid: there is no such indicator, the value is not in its notation, or it is the one there is.
    """
    if change.kind is ChangeKind.CORRECTION and not _obstacle(session, change, item):
        actuals.check_correction(session, item.review(session), _entry(change), by=by)


def _obstacle(session: Session, change: CycleChange, item: Item) -> str:
    return reopenings.obstacle(session, item.review(session), _kind(change))


def _kind(change: CycleChange) -> ReopeningKind:
    correction = change.kind is ChangeKind.CORRECTION
    return ReopeningKind.ACTUAL if correction else ReopeningKind(change.details["what"])


def _entry(change: CycleChange) -> Value:
    details = change.details
    named = [str(details.get(name) or "") for name in ("indicator", "value", "unit", "source")]
    return Value(named[0], named[1], named[2], named[3], change.reason, str(details.get("period") or ""))


def _requested(session: Session, change: CycleChange, item: Item, by: Identity) -> Reopening:
    review, kind = item.review(session), _kind(change)
    if kind is ReopeningKind.ACTUAL:
        return reopenings.correct_actual(session, review, _entry(change), by=by)
    if kind is ReopeningKind.SIGNATURE:
        return reopenings.reopen_signature(session, review, reason=change.reason, by=by)
    return reopenings.reopen_self_evaluation(session, review, reason=change.reason, by=by)


REOPENS = Part(choices, foresee, apply)
