"""A small company lives a quarter through the HTTP API, as `make demo-quarter` has a large one do."""

from __future__ import annotations

import json
import re
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.bpmn.models import HistoryRow
from engine.reviews.models import Result
from simulation import company, product, report
from simulation.life import Life
from simulation.quarter import Quarter
from simulation.terms import Term

pytestmark = pytest.mark.long


def test_every_invariant_holds_after_a_quarter(past: Any) -> None:
    assert {one["name"]: one["violations"] for one in past.facts["invariants"] if one["violations"]} == {}


def test_the_quarter_has_everything_that_makes_one_hard(past: Any) -> None:
    diary = past.evidence.diary
    (chapter,) = diary.chapters

    happened = " ".join(english for _, _, english in diary.events)

    for what in ("join after", "transferred", "leave", "maternity", "another superior", "late notice", "released"):
        assert what in happened
    assert past.facts["moved"]  # by the late notice
    assert "4 rows" in diary.refused[0]
    assert set(chapter.answers.values()) >= {"agreed", "unanswered"}
    assert chapter.adjusted
    assert diary.probes > 100


def test_the_report_stands_alone_and_says_what_the_database_does(past: Any, spoiled: Session, tmp_path: Path) -> None:
    page = report.write(past.facts, tmp_path / "report").read_text(encoding="utf-8")

    facts = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert facts["engine"]["transitions"] == spoiled.scalar(select(func.count()).select_from(HistoryRow))
    reviewed = spoiled.scalar(select(func.count(Result.review_key.distinct())))
    assert sum(sum(one["after"].values()) for one in facts["distribution"]) == reviewed
    assert page.count("<svg") == 6
    assert "没有任务丢失" in page
    assert "No task is lost" in page
    assert not re.findall(r'(?:src|href)="(?!#)[^"]*"|@import|url\(', page)


def test_the_same_seed_lives_the_same_days_again(tmp_path: Path) -> None:
    deeds = [_deeds_of_a_week(tmp_path / name) for name in ("first", "second")]

    assert deeds[0]
    assert deeds[0] == deeds[1]


def _deeds_of_a_week(directory: Path) -> list[tuple[str, str, str, str]]:
    """Live a week of a company; return who did what about whom, when."""
    directory.mkdir()
    with product.running(f"sqlite:///{directory / 'week.sqlite'}", directory) as running:
        life = Life(company.found(7, 24), running)
        for _ in islice(Quarter(life, Term(2025, 3)).live(), 10):
            pass
    return [(deed.who, deed.element, deed.appraisee, str(deed.done_at)) for deed in life.diary.deeds]
