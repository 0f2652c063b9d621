"""A small company lives half a year and its end through the HTTP API, as `make demo-year` has a large one do."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.bpmn.models import HistoryRow
from engine.reviews.models import ExitReview
from simulation import report
from simulation.cases import Fate

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("year")]  # one worker lives it


def test_every_invariant_holds_after_a_year(past: Any) -> None:
    assert {one["name"]: one["violations"] for one in past.facts["invariants"] if one["violations"]} == {}


def test_the_year_has_everything_that_makes_one_hard(past: Any) -> None:
    diary = past.evidence.diary
    *quarters, year = sorted(diary.chapters, key=lambda chapter: chapter.year)
    happened = " ".join(english for _, _, english in diary.events)

    answers = {answer for chapter in diary.chapters for answer in chapter.answers.values()}

    for what in ("join after", "transferred", "leave", "maternity", "another superior", "late notice", "released"):
        assert what in happened
    assert past.facts["moved"]  # by a late notice
    assert answers >= {"agreed", "objected"}
    assert any(chapter.adjusted for chapter in quarters)
    assert [chapter.label for chapter in quarters] == ["2025 Q3", "2025 Q4"]
    assert all(
        chapter.released_at and year.released_at and chapter.released_at < year.released_at for chapter in quarters
    )
    assert all(chapter.newcomers for chapter in quarters)
    assert diary.probes > 100


def test_appeals_end_with_and_without_a_panel_and_what_they_correct_is_paid(past: Any) -> None:
    chapters = past.evidence.diary.chapters
    disputes = [dispute for chapter in chapters for dispute in chapter.appeals.values()]

    ended = {dispute.ended for dispute in disputes}

    assert ended >= {Fate.REEVALUATED, Fate.WITHDRAWN, Fate.REJECTED}  # with this seed; of many people in every way
    assert any(dispute.late for dispute in disputes)
    assert any(dispute.conflicted for dispute in disputes)
    assert any(chapter.streaks for chapter in chapters)
    assert all(chapter.paid for chapter in chapters if not chapter.year)


def test_plans_lead_to_an_exit_and_to_other_ends(past: Any, spoiled: Session) -> None:
    courses = [course for chapter in past.evidence.diary.chapters for course in chapter.plans.values()]

    ends = {course.found[0] for course in courses if course.found}

    assert len(ends) > 1
    assert spoiled.scalar(select(func.count()).select_from(ExitReview))
    assert any(course.served for course in courses)


def test_what_changes_in_mid_cycle_is_shared_by_days_and_signed_again(past: Any) -> None:
    quarters = [chapter for chapter in past.evidence.diary.chapters if not chapter.year]

    applied = [shift for chapter in quarters for shift in chapter.changes.values() if shift.applied]

    assert {shift.wished for shift in applied} >= {"split", "apply"}
    assert {part for shift in applied for part in shift.decided} >= {"transfer", "superior", "targets"}
    assert all(chapter.days and chapter.replaced for chapter in quarters)


def test_rewards_are_chosen_and_ability_plans_practised(past: Any) -> None:
    followed = [one for chapter in past.evidence.diary.chapters for one in chapter.follow_ups.values()]

    choices = {one.choice for one in followed}

    assert choices > {""}
    assert {one.confirmed for one in followed} >= {True, False}
    assert any(len(one.practised) == 2 for one in followed)


def test_the_report_stands_alone_and_says_what_the_database_does(past: Any, spoiled: Session, tmp_path: Path) -> None:
    page = report.write(past.facts, tmp_path / "report").read_text(encoding="utf-8")

    facts = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert facts["engine"]["transitions"] == spoiled.scalar(select(func.count()).select_from(HistoryRow))
    assert sum(facts["appeals"].values()) == sum(len(one.appeals) for one in past.evidence.diary.chapters)
    assert page.count("<svg") == 9
    assert all(f"2025 Q{number}" in page for number in (3, 4))
    assert "没有任务丢失" in page
    assert "No task is lost" in page
    assert not re.findall(r'(?:src|href)="(?!#)[^"]*"|@import|url\(', page)
