"""Each line is paid once, on the result in force, in time; streaks are found where they are, and nowhere else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction

from sqlalchemy.orm import Session

from simulation import almanac, rulebook
from simulation.diary import Chapter, Payment
from simulation.invariants.evidence import Evidence, Violation
from simulation.invariants.results import expected

PAID_WITHIN = 5
"""How many workdays after the release undisputed lines are paid (001)."""


def each_line_is_paid_once(_session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Payroll had each line of each result once, with corrections as differences, and what it had adds up."""
    for chapter in evidence.diary.chapters:
        paid: dict[tuple[str, str], list[Payment]] = defaultdict(list)
        for one in chapter.paid:
            paid[one.employee_id, one.line].append(one)
        due = _due(chapter, evidence)
        for key in sorted(set(due) | set(paid)):
            yield from _of_line(chapter, key, due.get(key), paid[key], evidence)


def _due(chapter: Chapter, evidence: Evidence) -> dict[tuple[str, str], Fraction]:
    """Work out what each line of each person comes to."""
    due = {}
    for name, amounts in chapter.amounts.items():
        total, _ = expected(chapter, name, evidence)[-1]
        for line, amount in _lines({item: Fraction(value) for item, value in amounts.items()}, total).items():
            due[chapter.company.called(name).employee_id, line] = rulebook.hundredths(amount)
    return due


def _lines(amounts: Mapping[str, Fraction], total: Fraction) -> dict[str, Fraction]:
    """Compute the lines of `sales-quarter.toml` as documents 000 and 001 say them."""
    sales, target = amounts["sales"], amounts["sales_target"]
    beyond = max(Fraction(0), sales - target * Fraction(12, 10))
    return {
        "base_award": amounts["monthly_salary"] / 10 if total >= 80 else Fraction(0),
        "commission": (sales - beyond) * Fraction(12, 1000) + beyond * Fraction(18, 1000),
        "lead_award": amounts["leads"] * 500,
        "innovation": amounts["excess_profit"] / 10 * amounts["pool_share"] / 100,
    }


def _of_line(
    chapter: Chapter, key: tuple[str, str], due: Fraction | None, paid: list[Payment], evidence: Evidence
) -> Iterator[Violation]:
    case = f"{key[0]} {key[1]}, {chapter.label}"
    if due is None:
        yield Violation(case, paid[0].day, f"{float(paid[0].amount):.2f} was paid, but nothing is due")
        return
    if sum((one.amount for one in paid), Fraction(0)) != due or not paid:
        said = " + ".join(f"{float(one.amount):.2f}" for one in paid) or "nothing"
        yield Violation(case, None, f"{said} was paid, but {float(due):.2f} is due")
    if any(not one.amount for one in paid[1:]):
        yield Violation(case, paid[-1].day, "was handed to payroll again, though nothing had changed")
    if paid and chapter.released_at and key[0] not in _disputed(chapter):
        last = almanac.workday_after(almanac.day_of(chapter.released_at), PAID_WITHIN, evidence.diary.notices[-1])
        if paid[0].day > last:
            yield Violation(case, paid[0].day, f"was paid late: {last} was the last day")


def _disputed(chapter: Chapter) -> set[str]:
    return {chapter.company.called(name).employee_id for name in chapter.appeals}


def streaks_are_found(_session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Whoever is excellent in two quarters running is proposed, by the last of them; one on leave does not count."""
    quarters = [one for one in evidence.diary.chapters if not one.year]
    for number, chapter in enumerate(quarters):
        if chapter.streaks is None:
            continue
        due = {
            chapter.company.called(name).employee_id
            for name in chapter.open
            if expected(chapter, name, evidence)[-1][1] is not None
            and _in_a_row(quarters[: number + 1], name, evidence) >= 2
        }
        for employee_id in sorted(due ^ chapter.streaks):
            told = "is not proposed" if employee_id in due else "is proposed without two in a row"
            yield Violation(f"{employee_id}, {chapter.label}", None, told)


def _in_a_row(quarters: list[Chapter], name: str, evidence: Evidence) -> int:
    count = 0
    for chapter in reversed(quarters):
        if name not in chapter.reviews:
            break
        grade = None if name in chapter.closed else expected(chapter, name, evidence)[-1][1]
        if grade is None:
            continue
        if grade != rulebook.BANDS[0][1]:
            break
        count += 1
    return count
