"""What is written in the course of a change in the middle of a cycle: by HR, by its owner, by those concerned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from simulation import almanac, answers, rulebook
from simulation.answers import Answers, Desk
from simulation.cases import Shift

SPLIT, APPLY = "split", "apply"
LED = ("superior", "transfer")
"""The parts of a change that say who rates."""

OWN = ("sign_changed_targets",)
"""The tasks of a change that are about whoever holds them."""


def shift_of(desk: Desk) -> Shift:
    """Find the change that a task belongs to."""
    return desk.said.changes[desk.task["businessId"]]


def decide(desk: Desk) -> Answers:
    """Decide on each item as HR wishes, where that is offered; else as is proposed first."""
    wished = shift_of(desk).wished
    offered = [one["choices"] for one in desk.look(f"/api/changes/{desk.task['businessId']}")["preview"]]
    items = [{"choice": wished if wished in choices else choices[0]} for choices in offered]
    return {"decision": "decide", "items": items}


def agree(_desk: Desk) -> Answers:
    """Agree to other targets."""
    return {"decision": "agree"}


def approve(desk: Desk) -> Answers:
    """Approve what is as it was decided; whatever has changed since is decided on again."""
    path = f"/api/changes/{desk.task['businessId']}"
    decided = desk.look(path)
    now = desk.look(f"{path}/preview", {"choices": {one["item"]: one["choice"] for one in decided["preview"]}})
    return {"decision": "approve" if now["digest"] == decided["digest"] else "again"}


WRITE: Mapping[str, Callable[[Desk], Answers | None]] = {
    "decide_change": decide,
    "agree_change": agree,
    "approve_change": approve,
    "sign_changed_targets": answers.sign_targets,
    "rate_stretch": answers.rate,
}
"""What is written into the form of each task of a change, by its element."""


def note(desk: Desk, written: Answers) -> None:
    """Write down what was done about a change, once the product has accepted it."""
    shift = shift_of(desk)
    match desk.task["elementId"]:
        case "decide_change":
            parts = [one["part"] for one in desk.look(f"/api/changes/{desk.task['businessId']}")["preview"]]
            shift.decided = dict(zip(parts, (one["choice"] for one in written["items"]), strict=True))
        case "approve_change" if written["decision"] == "approve":
            shift.applied = almanac.day_of(desk.now)
            _note_superior(desk, shift)
        case "sign_changed_targets":
            _note_targets(desk, shift)
        case "rate_stretch":
            answers.note_rating(desk, "superior", written)


def _note_superior(desk: Desk, shift: Shift) -> None:
    """Remember who leads somebody now; where two rate, for how many days each."""
    chapter = desk.said
    chosen = next((shift.decided[part] for part in LED if part in shift.decided), "keep")
    if chosen == "keep":
        return
    someone = chapter.company.called(shift.people[0])
    if chosen == SPLIT:
        chapter.days[someone.username] = dict(zip((someone.superior, shift.to), shift.days, strict=True))
    changed = replace(someone, superior=shift.to, department=shift.department or someone.department)
    staff = tuple(changed if one.username == someone.username else one for one in chapter.company.staff)
    chapter.company = replace(chapter.company, staff=staff)


def _note_targets(desk: Desk, shift: Shift) -> None:
    """Remember the lowered targets, and those that were signed before."""
    chapter, name = desk.said, desk.about.username
    chapter.replaced.setdefault(name, []).append(chapter.targets[name])
    first = chapter.book_of(desk.about).measured[0]
    lowered = rulebook.number(chapter.targets[name][first["id"]]) * Fraction(shift.factor)
    written = f"{float(lowered):.2f}".rstrip("0").rstrip(".")
    chapter.targets[name] = {**chapter.targets[name], first["id"]: written}
