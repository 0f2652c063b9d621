"""A small company lives a year through the HTTP API, as `make demo-year` has a large one do."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import db
from simulation import company, product, report
from simulation.invariants import Evidence, check
from simulation.life import Life
from simulation.year import Year

pytestmark = pytest.mark.long

PEOPLE, SEED = 16, 7


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Evidence, dict[str, list[str]], Path]:
    """Live the year; give what people remember, what is violated, and the report."""
    directory = tmp_path_factory.mktemp("year")
    with product.running(f"sqlite:///{directory / 'lived.sqlite'}", directory) as running:
        year = Year(Life(company.found(SEED, PEOPLE), running), 2025)
        for _ in year.live():
            pass
        with db.reading() as session:
            evidence = year.evidence()
            broken = check(session, evidence)
            facts = report.gather(session, year, evidence, broken, (1.0, 1.0))
    violated = {name: [str(one) for one in found] for name, found in broken.items() if found}
    return evidence, violated, report.write(facts, directory / "report")


def test_every_invariant_holds_after_a_year(lived: tuple[Evidence, dict[str, list[str]], Path]) -> None:
    assert lived[1] == {}


def test_the_year_has_everything_that_makes_one_hard(lived: tuple[Evidence, dict[str, list[str]], Path]) -> None:
    *quarters, year = sorted(lived[0].diary.chapters, key=lambda chapter: chapter.year)

    assert [chapter.label for chapter in quarters] == ["2025 Q1", "2025 Q2", "2025 Q3", "2025 Q4"]
    assert year.released_at is not None
    assert all(chapter.released_at and chapter.released_at < year.released_at for chapter in quarters)
    assert all(chapter.paid for chapter in quarters)
    assert any(chapter.streaks for chapter in quarters)
    assert len({tuple(chapter.open) for chapter in quarters}) > 1  # people come and go
    assert len(lived[0].diary.notices) == 5


def test_the_report_of_a_year_shows_each_quarter(lived: tuple[Evidence, dict[str, list[str]], Path]) -> None:
    page = lived[2].read_text(encoding="utf-8")

    assert all(f"2025 Q{number}" in page for number in (1, 2, 3, 4))
