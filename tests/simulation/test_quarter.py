"""A company lives a quarter through the HTTP API: the same seed, the same days."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from simulation import company, product
from simulation.life import Life
from simulation.quarter import Quarter
from simulation.terms import Term

pytestmark = pytest.mark.long


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
