"""Key results: what the system in which objectives are kept says, aligned with the goals of a cycle (L000-15).

Stages of a project come by the same file, with their first and last days (L002-05).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.errors import Conflict, Invalid, Problem
from engine.identity import Identity
from engine.reviews.files import lines, spreadsheets
from engine.reviews.models import Cycle, CycleState, Goal, GoalLevel, KeyResult, Person, Role
from engine.reviews.organisation import employments, people
from engine.reviews.rulebook import goals, systems, templates
from engine.reviews.rulebook.indicators import Capability
from engine.reviews.scores.quantities import Notation, parse, plain
from engine.reviews.sentences import Sentence, UnreadableError

COLUMNS: spreadsheets.Columns = {
    "reference": ("编号", "id"),
    "objective": ("目标", "o"),
    "key_result": ("关键结果", "key result", "kr", "任务"),
    "employee_id": ("工号", "employee id"),
    "goal": ("对齐指标", "指标", "indicator"),
    "target": ("目标值",),
    "unit": ("单位",),
    "reached": ("进度", "当前值", "progress"),
    "starts_on": ("开始日期", "start"),
    "due_on": ("截止日期", "due"),
    "source": ("来源", "数据来源"),
}
OPTIONAL = frozenset({"employee_id", "goal", "unit", "reached", "starts_on", "due_on"})
KEEPERS = frozenset({Capability.OKR, Capability.TABLES})
"""What a system is for that may say what key results are."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """A goal, and what its key results add up to; None where they are not written alike."""

    goal: Goal
    results: Sequence[KeyResult]
    total: Fraction | None


def import_csv(session: Session, cycle: Cycle, content: bytes, *, by: Identity) -> list[KeyResult]:
    """Import key results, all of them or none; one that is known by its reference is brought up to date.

    Rows have reference (编号), objective (目标), key result (关键结果), employee id (工号), the indicator of its goal
    (对齐指标), target (目标值), unit (单位), progress (进度), first and last day, and source (来源).

    Raises:
        Forbidden: `by` is not HR.
        Conflict: the cycle is closed.
        Invalid: rows are wrong; each is named with row and column.
    """
    intent = Sentence("import key results of cycle {label}", label=cycle.label)
    people.expect_role(by, Role.HR, intent)
    if cycle.state in (CycleState.CLOSED, CycleState.CANCELLED):
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=cycle.state.value)
    problems: list[Problem] = []
    rows = spreadsheets.read_rows(content, COLUMNS, problems, optional=OPTIONAL, of=Sentence("key results"))
    for row in rows:
        problems += row.placed(list(_problems(session, cycle, row.cells)))
    problems += _repetitions(rows)
    if problems:
        raise Invalid("Expected to {intent}, but some rows are wrong and nothing was imported", problems, intent=intent)
    return [_enter(session, cycle, row.cells, by) for row in rows]


def of_cycle(session: Session, cycle: Cycle) -> Sequence[KeyResult]:
    """List the key results of a cycle, by objective and reference."""
    rows = select(KeyResult).where(KeyResult.cycle_key == cycle.key)
    return session.scalars(rows.order_by(KeyResult.objective, KeyResult.source, KeyResult.reference)).all()


def alignments(session: Session, cycle: Cycle) -> list[Alignment]:
    """Put the goals that have key results beside what these add up to."""
    below: defaultdict[int, list[KeyResult]] = defaultdict(list)
    for one in of_cycle(session, cycle):
        if one.goal_key is not None:
            below[one.goal_key].append(one)
    return [
        Alignment(goal, below[goal.key], _total(below[goal.key]))
        for goal in goals.of_cycle(session, cycle)
        if below[goal.key]
    ]


def gaps(session: Session, cycle: Cycle) -> Iterator[Problem]:
    """Name the key results that serve no goal, and the goals that theirs do not add up to."""
    for one in of_cycle(session, cycle):
        if one.goal_key is None:
            sentence = Sentence("{title} is aligned with no goal", title=one.title)
            yield Problem(sentence, one.reference, "unaligned")
    for found in alignments(session, cycle):
        if found.total is not None and "%" not in found.goal.target and found.total < amount(found.goal.target):
            sentence = Sentence(
                "The key results of {indicator} total {total} of {target}",
                indicator=found.goal.indicator_id,
                total=plain(found.total),
                target=found.goal.target,
            )
            yield Problem(sentence, str(found.goal.key), "short-of-goal")


def progress(one: KeyResult) -> Fraction | None:
    """Tell how much of a key result is reached, 1 being all; None where nothing is said."""
    if not one.reached:
        return None
    reached, target = amount(one.reached), amount(one.target)
    if "%" in one.reached and "%" not in one.target:  # a project tool says how much is done, not how many
        return reached
    return reached / target if target > 0 else None


def amount(text: str) -> Fraction:
    """Read a number, or a per cent where it is written as one.

    Raises:
        UnreadableError: it is neither.
    """
    return parse(text, Notation.PERCENT if "%" in text else Notation.NUMBER)


def _total(aligned: Sequence[KeyResult]) -> Fraction | None:
    if len({("%" in one.target, one.unit) for one in aligned}) != 1:
        return None
    return sum((amount(one.target) for one in aligned), Fraction(0))


def _problems(session: Session, cycle: Cycle, row: Mapping[str, str]) -> Iterator[Problem]:
    for name in ("reference", "objective", "key_result", "source"):
        if not row[name]:
            yield Problem(Sentence("It must not be empty"), name, "empty")
    for name in ("target", "reached"):
        try:
            if row[name] or name == "target":
                amount(row[name])
        except UnreadableError as error:
            yield Problem(error.sentence, name, "bad-quantity")
    yield from _day_problems(row)
    yield from _source_problems(row["source"])
    person = _person(session, row["employee_id"])
    if row["employee_id"] and person is None:
        yield Problem(Sentence("{id} is nobody", id=row["employee_id"]), "employee_id", "unknown-employee")
    elif row["goal"] and _goal(session, cycle, row["goal"], person) is None:
        yield Problem(Sentence("The cycle has no goal for {name}", name=row["goal"]), "goal", "no-goal")


def _day_problems(row: Mapping[str, str]) -> Iterator[Problem]:
    days = []
    for name in ("starts_on", "due_on"):
        days.append(lines.day(row[name]))
        if row[name] and days[-1] is None:
            sentence = Sentence("{text} is not a day such as 2025-07-01", text=row[name])
            yield Problem(sentence, name, "no-day")
    if len(days) == 2 and days[0] and days[1] and days[1] < days[0]:
        yield Problem(Sentence("It ends before it begins"), "due_on", "backwards")


def _source_problems(source: str) -> Iterator[Problem]:
    named = systems.named_in(source)
    if named and not any(KEEPERS & system.capabilities for system in named):
        sentence = Sentence("{system} keeps no objectives", system=named[0].name)
        yield Problem(sentence, "source", "other-system")


def _repetitions(rows: Sequence[spreadsheets.Row]) -> Iterator[Problem]:
    seen = set()
    for row in rows:
        about = (row.cells["source"], row.cells["reference"])
        if about in seen:
            sentence = Sentence("{name} stands there twice", name=row.cells["reference"])
            yield Problem(sentence, row.where("reference"), "repeated-row")
        seen.add(about)


def _enter(session: Session, cycle: Cycle, row: Mapping[str, str], by: Identity) -> KeyResult:
    person = _person(session, row["employee_id"])
    goal = _goal(session, cycle, row["goal"], person) if row["goal"] else None
    said: dict[str, Any] = {
        "objective": row["objective"],
        "title": row["key_result"],
        "person_key": person.key if person else None,
        "goal_key": goal.key if goal else None,
        "target": row["target"],
        "unit": row["unit"],
        "reached": row["reached"],
        "starts_on": lines.day(row["starts_on"]),
        "due_on": lines.day(row["due_on"]),
        "imported_by": by.username,
        "imported_at": clock.now(session),
    }
    about: dict[str, Any] = {"cycle_key": cycle.key, "source": row["source"], "reference": row["reference"]}
    known = session.scalar(select(KeyResult).filter_by(**about))
    if known is None:
        known = KeyResult(**about, **said)
        session.add(known)
    for name, value in said.items():
        setattr(known, name, value)
    return known


def _person(session: Session, employee_id: str) -> Person | None:
    return session.scalar(select(Person).where(Person.employee_id == employee_id)) if employee_id else None


def _goal(session: Session, cycle: Cycle, name: str, person: Person | None) -> Goal | None:
    """Find the goal that a key result serves: the person's own, else their department's, else the company's."""
    titles = {one.name: one.id for one in templates.rules(session, cycle.template_key).measured}
    wanted = (Goal.cycle_key == cycle.key, Goal.indicator_id == titles.get(name, name))
    owner = [Goal.level == GoalLevel.COMPANY]
    if person is not None:
        place = employments.placement_of(session, person.key, calendars.today(session))
        owner += [Goal.person_key == person.key]
        owner += [Goal.department_key == place.department_key] if place else []
    found = session.scalars(select(Goal).where(*wanted, or_(*owner)).order_by(Goal.key)).all()
    return max(found, key=lambda goal: goals.LEVELS.index(goal.level), default=None)
