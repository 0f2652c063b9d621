"""The facts of a report, as they are written to JSON."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from engine import db
from engine.bpmn.models import HistoryRow, ProcessInstance
from engine.reviews.models import Cycle, Person, Result, Review
from simulation import almanac
from simulation.cases import Course, Following
from simulation.diary import Chapter, Day, Deed
from simulation.follow_ups import COUNT
from simulation.invariants import Evidence, Violation, diagrams
from simulation.invariants.findings import INVARIANTS
from simulation.product import Meter
from simulation.quarter import Quarter
from simulation.rulebook import BANDS, LOWEST
from simulation.year import Year

Facts = dict[str, Any]

GRADES = (*(name for _, name in BANDS), LOWEST)


def gather(
    session: Session,
    lived: Quarter | Year,
    evidence: Evidence,
    broken: Mapping[str, Sequence[Violation]],
    took: tuple[float, float],
) -> Facts:
    """Gather the facts; `took` are the seconds of the clock on the wall and of the processor."""
    diary = evidence.diary
    return {
        "company": {
            "seed": evidence.company.seed,
            "people": len(evidence.company.staff),
            "reviews": len(diary.reviews),
            "closed": sum(len(chapter.closed) for chapter in diary.chapters),
            "cycle": " · ".join(chapter.label for chapter in diary.chapters),
            "first_day": diary.days[0].day.isoformat(),
            "last_day": diary.days[-1].day.isoformat(),
        },
        "invariants": [_told(name, broken[name]) for name in INVARIANTS],
        "probes": diary.probes,
        "refused": diary.refused,
        "events": [[day.isoformat(), chinese, english] for day, chinese, english in diary.events],
        "days": [_day(day) for day in diary.days],
        "distribution": _distributions(session, lived.quarters),
        "responses": _responses(diary.deeds, evidence.diagrams),
        "appeals": dict(Counter(one.ended or "open" for chapter in diary.chapters for one in chapter.appeals.values())),
        "plans": dict(Counter(_ended(one) for chapter in diary.chapters for one in chapter.plans.values())),
        "follow_ups": dict(
            Counter(_followed(one) for chapter in diary.chapters for one in chapter.follow_ups.values())
        ),
        "paid": [_paid(chapter) for chapter in diary.chapters if chapter.paid],
        "answers": dict(Counter(answer for chapter in diary.chapters for answer in chapter.answers.values())),
        "moved": _moved(session),
        "engine": _engine(session, lived.life.product.meter, took, len(diary.reviews)),
    }


def _ended(course: Course) -> str:
    """Say how a plan ended: where the contract ended with it, that."""
    if course.served:
        return "served"
    if course.found is None:
        return "closed"
    return course.decided[0] if course.decided else course.found[0]


def _followed(following: Following) -> str:
    """Say what became of something that followed a result."""
    if not following.confirmed:
        return "declined"
    if following.choice:
        return "chosen"
    if len(following.practised) < COUNT:
        return "lapsed"
    return "evaluated" if following.again else "practised"


def _paid(chapter: Chapter) -> Facts:
    """Sum up what payroll was handed of one cycle; whatever follows a first payment of a line corrects it."""
    seen: set[tuple[str, str]] = set()
    sums = {"lines": Fraction(0), "corrections": Fraction(0)}
    for one in chapter.paid:
        sums["corrections" if (one.employee_id, one.line) in seen else "lines"] += one.amount
        seen.add((one.employee_id, one.line))
    corrected = len(chapter.paid) - len(seen)
    return {
        "cycle": chapter.label,
        "lines": len(seen),
        "yuan": f"{float(sums['lines']):.2f}",
        "corrections": corrected,
        "corrected_yuan": f"{float(sums['corrections']):.2f}",
    }


def _told(name: str, broken: Sequence[Violation]) -> Facts:
    chinese, invariant = INVARIANTS[name]
    english = (invariant.__doc__ or "").strip().splitlines()[0]
    found = [str(one) for one in broken]
    return {"name": name, "chinese": chinese, "english": english, "found": len(found), "violations": found}


def _day(day: Day) -> Facts:
    return {**asdict(day), "day": day.day.isoformat()}


def _distributions(session: Session, quarters: Sequence[Quarter]) -> list[Facts]:
    return [one for quarter in quarters for one in _distribution(session, quarter, several=len(quarters) > 1)]


def _distribution(session: Session, lived: Quarter, *, several: bool) -> list[Facts]:
    """Count the grades of each department before and after its calibration."""
    if lived.sessions is None:
        return []
    newest = select(Result.review_key, func.max(Result.version).label("version")).group_by(Result.review_key).subquery()
    label = lived.term.label
    rows = session.execute(
        select(Person.username, Result.grade)
        .join(Review, Review.appraisee_key == Person.key)
        .join(Cycle, (Cycle.key == Review.cycle_key) & (Cycle.label == label))
        .join(Result, Result.review_key == Review.key)
        .join(newest, (newest.c.review_key == Result.review_key) & (newest.c.version == Result.version))
    )
    after = dict(rows.all())
    return [
        {
            "department": code,
            "cycle": label if several else "",
            "before": _counted(before.values()),
            "after": _counted(after[name] for name in before if name in after),
        }
        for code, before in lived.sessions.before.items()
    ]


def _counted(grades: Any) -> dict[str, int]:
    counted = Counter(grades)
    return {grade: counted[grade] for grade in GRADES}


def _responses(deeds: Sequence[Deed], folder: Path) -> list[Facts]:
    """Tell for each kind of task how many workdays people took, and how many were late."""
    took: dict[str, list[int]] = defaultdict(list)
    late: Counter[str] = Counter()
    for deed in deeds:
        took[deed.element].append(_workdays(almanac.day_of(deed.asked_at), almanac.day_of(deed.done_at)))
        late[deed.element] += deed.due_at is not None and deed.done_at > deed.due_at
    return [
        {
            "task": element,
            **_named(folder, element),
            "completed": len(days),
            "median_workdays": median(days),
            "slowest_tenth_workdays": sorted(days)[len(days) * 9 // 10],
            "late": late[element],
        }
        for element, days in took.items()
    ]


def _named(folder: Path, element: str) -> Facts:
    """Give what the diagrams call a task, in Chinese and English."""
    chinese, _, english = diagrams.name_of(folder, element).partition(" ")
    return {"chinese": chinese, "english": english}


def _workdays(first: date, last: date) -> int:
    return sum(almanac.is_workday(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


def _moved(session: Session) -> list[Facts]:
    """Tell which deadlines a late notice moved, how many, and by how many days."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for row in session.scalars(select(HistoryRow).where(HistoryRow.event == "DEADLINES_MOVED")):
        for element, _, before, after in json.loads(row.details)["deadlines"]:
            counted[element, _last_day(before), _last_day(after)] += 1
    return [
        {"element": element, "before": before, "after": after, "count": count}
        for (element, before, after), count in sorted(counted.items())
    ]


def _last_day(written: str) -> str:
    return almanac.day_of(datetime.fromisoformat(written) - timedelta(seconds=1)).isoformat()


def _engine(session: Session, meter: Meter, took: tuple[float, float], reviews: int) -> Facts:
    transitions = session.scalar(select(func.count()).select_from(HistoryRow)) or 0
    instances, state = session.execute(
        select(func.count(), func.avg(func.length(ProcessInstance.state_blob))).select_from(ProcessInstance)
    ).one()
    size = _size(session)
    return {
        "database": session.get_bind().dialect.name,
        "wall_seconds": round(took[0], 1),
        "processor_seconds": round(took[1], 1),
        "requests": sum(meter.requests.values()),
        "statements": meter.statements,
        "transitions": transitions,
        "instances": instances,
        "state_bytes_on_average": round(float(state or 0)),
        "database_bytes": size,
        "database_bytes_per_review": size // max(1, reviews),
        "slowest": [
            {"request": shape, "count": meter.requests[shape], "seconds": round(seconds, 2)}
            for shape, seconds in sorted(meter.seconds.items(), key=lambda one: -one[1])[:8]
        ],
    }


def _size(session: Session) -> int:
    if db.bound().sqlite:
        pages, page = (session.scalar(text(f"PRAGMA {name}")) or 0 for name in ("page_count", "page_size"))
        return int(pages * page)
    return int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
