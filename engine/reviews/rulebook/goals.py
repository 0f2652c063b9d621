"""Goals, handed down from the company over departments to people, each with its share of the goal above (L000-14)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews.models import Cycle, CycleState, Goal, GoalLevel, Review, Role
from engine.reviews.organisation import people
from engine.reviews.scores.quantities import Notation, parse, plain, weight
from engine.reviews.sentences import Sentence, UnreadableError

LEVELS = (GoalLevel.COMPANY, GoalLevel.DEPARTMENT, GoalLevel.PERSON)
"""From the top to the bottom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A goal as HR writes it.

    Attributes:
        owner: the department's key, or the person's; None for the company.
        share: the per cent of the goal above, such as 70 or 100/3; empty at the top.
    """

    level: GoalLevel
    indicator_id: str
    target: str
    unit: str = ""
    owner: int | None = None
    parent_key: int | None = None
    share: str = ""


def hand_down(session: Session, cycle: Cycle, given: Given, *, by: Identity) -> Goal:
    """Set a goal of a cycle; its target must be its share of the goal above.

    Raises:
        Forbidden: `by` is not HR.
        NotFound: there is no such goal above, department or person.
        Conflict: the cycle is closed.
        Invalid: target or share are no numbers, the goal above is of the same or a lower level, or they do not agree.
    """
    intent = Sentence(
        "set the goal {indicator_id} of cycle {label}", indicator_id=given.indicator_id, label=cycle.label
    )
    people.expect_role(by, Role.HR, intent)
    if cycle.state is CycleState.CLOSED:
        raise Conflict("Expected to {intent}, but it is closed", intent=intent)
    above = None if given.parent_key is None else found(session, cycle, given.parent_key)
    if problems := _problems(given, above):
        raise Invalid("Expected to {intent}, but it does not fit", problems, intent=intent)
    goal = Goal(
        cycle_key=cycle.key,
        parent_key=given.parent_key,
        level=given.level,
        department_key=_owner(session, given, GoalLevel.DEPARTMENT),
        person_key=_owner(session, given, GoalLevel.PERSON),
        indicator_id=given.indicator_id,
        target=given.target,
        unit=given.unit,
        share=given.share,
        set_by=by.username,
        set_at=clock.now(session),
    )
    session.add(goal)
    session.flush()  # goals below refer to it
    return goal


def of_cycle(session: Session, cycle: Cycle) -> Sequence[Goal]:
    """List the goals of a cycle as they were set."""
    return session.scalars(select(Goal).where(Goal.cycle_key == cycle.key).order_by(Goal.key)).all()


def found(session: Session, cycle: Cycle, key: int) -> Goal:
    """Find a goal of a cycle by key.

    Raises:
        NotFound: there is none.
    """
    goal = session.get(Goal, key)
    if goal is None or goal.cycle_key != cycle.key:
        raise NotFound("Expected to find goal {key} of cycle {label}, but there is none", key=key, label=cycle.label)
    return goal


def gaps(session: Session, cycle: Cycle) -> Iterator[Problem]:
    """Name the goals whose parts below do not add up to them, each by itself: shares of two goals never mix."""
    goals = of_cycle(session, cycle)
    for goal in goals:
        shares = [weight(below.share) for below in goals if below.parent_key == goal.key]
        total = sum(shares, Fraction(0))
        if shares and total != 100:
            sentence = Sentence(
                "The shares below {indicator} {target} total {total}, but must total 100",
                indicator=goal.indicator_id,
                target=goal.target,
                total=plain(total),
            )
            yield Problem(sentence, str(goal.key), "shares-total")


def of_review(session: Session, review: Review) -> dict[str, str]:
    """List the targets that were handed down to an appraisee, by indicator: with them the draft begins."""
    own = (Goal.cycle_key == review.cycle_key, Goal.person_key == review.appraisee_key)
    return {goal.indicator_id: goal.target for goal in session.scalars(select(Goal).where(*own).order_by(Goal.key))}


def _owner(session: Session, given: Given, level: GoalLevel) -> int | None:
    if given.owner is None or given.level is not level:
        return None
    find = people.by_key if level is GoalLevel.PERSON else people.department_by_key
    return find(session, given.owner).key


def _problems(given: Given, above: Goal | None) -> list[Problem]:
    problems: list[Problem] = []
    if (given.owner is None) != (given.level is GoalLevel.COMPANY):
        problems.append(Problem(Sentence("Whose goal it is must be said, the company's excepted"), "owner", "owner"))
    if (above is None) == bool(given.share):
        problems.append(Problem(Sentence("A share belongs to a goal above, and only to one"), "share", "share"))
    if above is not None and LEVELS.index(given.level) < LEVELS.index(above.level):
        sentence = Sentence("A goal of the {level} is not part of a {above}'s", level=given.level, above=above.level)
        problems.append(Problem(sentence, "level", "level"))
    if above is not None and given.unit and above.unit and given.unit != above.unit:  # 万元 for 元 (E-28)
        sentence = Sentence("The unit is {unit}, but must be {expected}", unit=given.unit, expected=above.unit)
        problems.append(Problem(sentence, "unit", "other-unit"))
    try:
        problems += _disagreement(given, above)
    except UnreadableError as error:
        problems.append(Problem(error.sentence, "target", "bad-quantity"))
    return problems


def _disagreement(given: Given, above: Goal | None) -> Iterator[Problem]:
    target = _amount(given.target)
    if above is None or not given.share:
        return
    part = _amount(above.target) * weight(given.share) / 100
    if target != part and "%" not in given.target:  # a rate is not divided among people
        sentence = Sentence(
            "{share}% of {above} is {part}, not {target}",
            share=given.share,
            above=above.target,
            part=plain(part),
            target=given.target,
        )
        yield Problem(sentence, "target", "not-its-share")


def _amount(text: str) -> Fraction:
    return parse(text, Notation.PERCENT if "%" in text else Notation.NUMBER)
