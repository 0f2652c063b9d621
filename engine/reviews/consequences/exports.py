"""Exports: what follows results, awards and points, as tables for HR; each leaves a disclosure."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews.consequences import awards, follow_ups, points
from engine.reviews.cycle import reviews
from engine.reviews.files import workbooks
from engine.reviews.files.workbooks import Cell
from engine.reviews.models import Award, Cycle, DisclosureKind, FollowUp, Person, PointEntry
from engine.reviews.organisation import people
from engine.reviews.reports import disclosures
from engine.reviews.sentences import Sentence
from engine.reviews.settlements import schemes

FOLLOW_UPS = (
    "工号 employee_id",
    "姓名 name",
    "规则 rule",
    "事项 what",
    "理由 grounds",
    "状态 state",
    "选择 choice",
    "决定 reason",
    "决定人 decided_by",
)
AWARDS = ("工号 employee_id", "姓名 name", "奖项 award", "月份 period", "颁奖词 citation", "状态 state", "积分 points")
POINTS = ("工号 employee_id", "姓名 name", "积分 points", "事由 reason", "时间 entered_at", "登记人 entered_by")


def of_cycle(session: Session, cycle: Cycle, *, by: Identity) -> bytes:
    """Write the follow-ups and awards of a cycle, and the ledger of points, as a workbook, as far as `by` may see.

    Raises:
        Forbidden: `by` is neither HR nor finance.
    """
    schemes.expect_payer(by, Sentence("export what follows the results of cycle {label}", label=cycle.label))
    followed, named = follow_ups.of_cycle(session, cycle, by=by), awards.of_cycle(session, cycle, by=by)
    ledger = points.entries(session, by=by)
    content = workbooks.xlsx(
        [
            ("结果应用", FOLLOW_UPS, [_follow_up(session, row) for row in followed]),
            ("奖项", AWARDS, [_award(session, row) for row in named]),
            ("积分", POINTS, [_points(session, cycle, row) for row in ledger]),
        ]
    )
    rows = len(followed) + len(named) + len(ledger)
    disclosures.record(session, DisclosureKind.RESULTS, content, form="xlsx", rows=rows, by=by, cycle_key=cycle.key)
    return content


def _follow_up(session: Session, row: FollowUp) -> Sequence[Cell]:
    person = people.by_key(session, reviews.found(session, row.review_key).appraisee_key)
    choice = next((one["name"] for one in row.rule.get("options", ()) if one["id"] == row.choice), row.choice)
    return [
        *_who(person),
        row.rule_id,
        row.rule["name"],
        row.grounds,
        row.state.value,
        choice,
        row.reason,
        row.decided_by,
    ]


def _award(session: Session, row: Award) -> Sequence[Cell]:
    person = people.by_key(session, row.person_key)
    return [*_who(person), row.name, row.period, row.citation, row.state.value, row.points]


def _points(session: Session, cycle: Cycle, row: PointEntry) -> Sequence[Cell]:
    zone = ZoneInfo(cycle.zone)
    person = people.by_key(session, row.person_key)
    return [
        *_who(person),
        row.points,
        row.reason,
        row.entered_at.astimezone(zone).isoformat(sep=" ", timespec="minutes"),
        row.entered_by,
    ]


def _who(person: Person) -> tuple[str, str]:
    return person.employee_id, person.name
