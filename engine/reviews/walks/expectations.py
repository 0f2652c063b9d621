"""What a walk says must hold, compared with what does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn import candidates
from engine.bpmn.models import InstanceState, ProcessInstance, UserTask
from engine.reviews.cases import windows
from engine.reviews.models import (
    AbilityPlan,
    Appeal,
    Calibration,
    Cycle,
    CycleChange,
    ExitReview,
    FollowUp,
    Occasion,
    Plan,
    Reopening,
)
from engine.reviews.release import results
from engine.reviews.signing import deliveries, interviews, targets
from engine.reviews.walks.acts import open_tasks
from engine.reviews.walks.stages import Stage


def differences(session: Session, stage: Stage, expected: Mapping[str, Any]) -> Iterator[str]:
    """Say in sentences what does not hold of what must."""
    for name, wanted in expected.items():
        found = _FINDINGS[name](session, stage)
        if isinstance(wanted, Mapping) and name not in _WHOLE:
            for part, value in wanted.items():
                if not _same(value, found.get(part)):
                    yield f"Expected {name} {part} to be {_said(value)}, but found {_said(found.get(part))}."
        elif not _same(wanted, found):
            yield f"Expected {name} to be {_said(wanted)}, but found {_said(found)}."


def _open(session: Session, _stage: Stage) -> dict[str, list[str]]:
    """Return who holds the open tasks, or which group may claim them, by element."""
    holders: dict[str, list[str]] = {}
    for task in open_tasks(session):
        holders.setdefault(task.element_id, []).append(_holder(session, task))
    return {element: sorted(names) for element, names in holders.items()}


def _holder(session: Session, task: UserTask) -> str:
    if task.assignee is not None:
        return task.assignee
    users, groups = candidates.of_task(session, task.key)
    return ", ".join([*users, *(f"group {name}" for name in groups)])


def _due(session: Session, stage: Stage) -> dict[str, object]:
    """Return the last day of each open task."""
    zone = ZoneInfo(stage.cycle(session).zone)
    moment = timedelta(microseconds=1)
    return {
        task.element_id: (task.due_at - moment).astimezone(zone).date()
        for task in open_tasks(session)
        if task.due_at is not None
    }


def _instances(session: Session, state: InstanceState) -> list[str]:
    found = select(ProcessInstance.process_id).where(ProcessInstance.state == state)
    return sorted(set(session.scalars(found)))


def _sheet(session: Session, stage: Stage) -> dict[str, object]:
    result = results.expected(session, stage.review(session))
    return {"total": result.total, "grade": result.grade, "version": result.version}


def _delivery(session: Session, stage: Stage) -> dict[str, object]:
    """Return how far the newest result's delivery is, and the last day of the window for an appeal."""
    review, zone = stage.review(session), ZoneInfo(stage.cycle(session).zone)
    sent = deliveries.of_result(session, results.expected(session, review))
    if sent is None:
        return {}
    closing = windows.closes_at(session, review)
    until = (closing - timedelta(microseconds=1)).astimezone(zone).date() if closing else None
    return {"state": sent.state, "means": sent.means, "proven": sent.proven_at is not None, "appeal_until": until}


def _answer(session: Session, stage: Stage) -> str:
    """Return how the newest result is answered; empty where it is not."""
    given = interviews.answer_to(session, results.expected(session, stage.review(session)))
    return given.answer if given else ""


def _targets(session: Session, stage: Stage) -> dict[str, object]:
    sheet = targets.of_review(session, stage.review(session))
    return {} if sheet is None else {"state": sheet.state, "version": sheet.version}


def _review(session: Session, stage: Stage) -> dict[str, object]:
    review = stage.review(session)
    return {"state": review.state, "closing_reason": review.closing_reason}


def _figures(session: Session, stage: Stage) -> dict[str, object]:
    """Return every figure of the result by its name, the outermost where a name occurs more than once."""
    return _values(results.expected(session, stage.review(session)).figures)


def _values(figure: Mapping[str, Any]) -> dict[str, object]:
    found: dict[str, object] = {}
    for part in figure.get("inputs", ()):
        found = _values(part) | found
    return found | {figure["name"]: figure["value"]}


def _newest(
    kind: type[
        AbilityPlan | Appeal | Calibration | Cycle | CycleChange | ExitReview | FollowUp | Occasion | Plan | Reopening
    ],
) -> Callable[[Session, Stage], dict[str, object]]:
    def find(session: Session, _stage: Stage) -> dict[str, object]:
        row = session.scalars(select(kind).order_by(kind.key.desc())).first()
        return {} if row is None else {column.key: getattr(row, column.key) for column in kind.__table__.columns}

    return find


_FINDINGS: Mapping[str, Callable[[Session, Stage], Any]] = {
    "ability_plan": _newest(AbilityPlan),
    "open": _open,
    "due": _due,
    "ended": lambda session, _: _instances(session, InstanceState.COMPLETED),
    "running": lambda session, _: _instances(session, InstanceState.ACTIVE),
    "sheet": _sheet,
    "figures": _figures,
    "follow_up": _newest(FollowUp),
    "answer": _answer,
    "appeal": _newest(Appeal),
    "occasion": _newest(Occasion),
    "plan": _newest(Plan),
    "exit": _newest(ExitReview),
    "calibration": _newest(Calibration),
    "change": _newest(CycleChange),
    "reopening": _newest(Reopening),
    "cycle": _newest(Cycle),
    "delivery": _delivery,
    "targets": _targets,
    "review": _review,
}

_WHOLE = {"open"}
"""Where what is not mentioned must not be there either."""


def _same(wanted: object, found: object) -> bool:
    """Compare as HR means it: numbers by value, one name as a list of one, lists in any order."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        return wanted.keys() == found.keys() and all(_same(value, found[name]) for name, value in wanted.items())
    if isinstance(found, list):
        return sorted(map(str, wanted if isinstance(wanted, list) else [wanted])) == sorted(map(str, found))
    if isinstance(wanted, Decimal | int) and not isinstance(wanted, bool):
        return _number(found) == wanted
    return wanted == (found.value if isinstance(found, Enum) else found)


def _number(found: object) -> Decimal | None:
    try:
        return Decimal(str(found))
    except InvalidOperation:
        return None


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {_said(part)}" for name, part in sorted(value.items())) or "nothing"
    if isinstance(value, list):
        return " and ".join(map(_said, value)) or "nothing"
    return "nothing" if value is None else str(value.value if isinstance(value, Enum) else value)
