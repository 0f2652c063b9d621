"""Those whom the launch treats differently: who joined around the cut-off, is on probation, or is away."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta

from simulation import company as companies
from simulation.company import Company, Employee
from simulation.terms import Term

LATE = "截止日之后入职,只定目标"
TRYING = "试用期内,不参加"
AWAY = "大部分时间在休假,不评"

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cases:
    """Who joins the company just before a launch, who of it is away, and who is not rated, with the reason."""

    joined: tuple[Employee, ...]
    away: Employee
    away_from: date
    away_until: date
    unrated: dict[str, str]


def cases(company: Company, term: Term, besides: Collection[str]) -> Cases:
    """Make the cases of E-13 and E-17, twice a year, and of E-16, for a quarter; `besides` are not sent away."""
    joined, unrated = _newcomers(company, term) if term.quarter % 2 else ((), {})
    members = [one for one in company.reviewed if companies.is_member(company, one) and not one.roles]
    members = [one for one in members if one.username not in besides]
    away = company.dice("away at the launch", term.launch).choice(members)
    return Cases(joined, away, term.first - 20 * A_DAY, term.last + 10 * A_DAY, {**unrated, away.username: AWAY})


def _newcomers(company: Company, term: Term) -> tuple[tuple[Employee, ...], dict[str, str]]:
    """Hire people before the cut-off, on it and after it, one of them on probation; say who is not rated, and why."""
    before_and_on = [*_hired(company, 1, term.cut_off - 4 * A_DAY)]
    before_and_on += _hired(company, 1, term.cut_off, before_and_on)
    late = _hired(company, max(1, len(company.staff) // 100), term.cut_off + A_DAY, before_and_on)
    trying = [
        replace(one, probation_until=term.launch + 60 * A_DAY)
        for one in _hired(company, 1, term.cut_off - 2 * A_DAY, before_and_on + late)
    ]
    unrated = {one.username: LATE for one in late} | {one.username: TRYING for one in trying}
    return (*before_and_on, *late, *trying), unrated


def _hired(company: Company, count: int, since: date, others: list[Employee] | None = None) -> list[Employee]:
    there = replace(company, staff=(*company.staff, *(others or ())))
    return companies.recruit(there, count, since)
