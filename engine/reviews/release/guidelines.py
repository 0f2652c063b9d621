"""Guidelines: what per cent of a unit each grade is advised to have; advice to a calibration, never enforced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Invalid, Problem
from engine.identity import Identity
from engine.reviews.models import Cycle, CycleState, Department, Guideline, Role
from engine.reviews.organisation import people
from engine.reviews.rulebook import templates
from engine.reviews.scores.quantities import plain, weight
from engine.reviews.sentences import Sentence, UnreadableError, expect_text


def put(
    session: Session,
    cycle: Cycle,
    department: Department | None,
    shares: Mapping[str, str],
    *,
    reason: str,
    by: Identity,
    smallest_group: int = 5,
) -> Guideline:
    """Advise a unit of a cycle, or every unit that has no guideline of its own; the ones before are kept.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: the cycle is closed or cancelled.
        Invalid: the shares do not total 100, a group of nobody is advised, or no reason is given.
    """
    intent = Sentence("set a guideline of cycle {label}", label=cycle.label)
    people.expect_role(by, Role.HR, intent)
    if cycle.state in (CycleState.CLOSED, CycleState.CANCELLED):
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=cycle.state.value)
    expect_text(reason, "reason", intent)
    if problems := list(problems_of(shares, smallest_group)):
        raise Invalid("Expected to {intent}, but it does not add up", problems, intent=intent)
    row = Guideline(
        cycle_key=cycle.key,
        department_key=department.key if department else None,
        shares=[[level, share] for level, share in shares.items()],
        smallest_group=smallest_group,
        reason=reason,
        set_by=by.username,
        set_at=clock.now(session),
    )
    session.add(row)
    session.flush()  # the newest holds
    return row


def of_cycle(session: Session, cycle: Cycle) -> dict[int | None, Guideline]:
    """List the guidelines of a cycle that hold, by department; that of all others under None."""
    rows = session.scalars(select(Guideline).where(Guideline.cycle_key == cycle.key).order_by(Guideline.key))
    return {row.department_key: row for row in rows}


def of_unit(session: Session, cycle: Cycle, departments: Sequence[int]) -> list[tuple[str, str]]:
    """Give the guideline for a unit: the one that all its departments have, else everybody's, else the template's."""
    known = of_cycle(session, cycle)
    own = [known[key].shares for key in departments if key in known]
    if own and len(own) == len(departments) and all(one == own[0] for one in own):
        return [(level, share) for level, share in own[0]]
    if None in known:
        return [(level, share) for level, share in known[None].shares]
    levels = templates.rules(session, cycle.template_key).levels
    return [(one.name, plain(one.guideline)) for one in levels if one.guideline is not None]


def problems_of(shares: Mapping[str, str], smallest_group: int) -> Iterator[Problem]:
    """Name what is wrong with a guideline: what is no weight, what does not total 100, a group of nobody."""
    if smallest_group < 1:
        yield Problem(Sentence("It must be from {least} to {most}", least=1, most=1000), "smallest_group", "too-small")
    try:
        total = sum((weight(share) for share in shares.values()), Fraction(0))
    except UnreadableError as unreadable:
        yield Problem(unreadable.sentence, "guideline", "bad-share")
        return
    if total != 100:
        yield Problem(Sentence("The guideline must total 100 per cent"), "guideline", "weights-total")
