"""A small company that has lived half a year and its end: played once, copied for every test that spoils something."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from databases import bound
from sqlalchemy.orm import Session

from engine import db
from simulation import company, product, report
from simulation.invariants import Evidence, check
from simulation.life import Life
from simulation.year import Year

PEOPLE, SEED = 14, 7  # in which appeals end in every way, and plans too


@dataclass(frozen=True)
class Past:
    """What is left of the year: the database, what people remember, and the facts of the report."""

    directory: Path
    evidence: Evidence
    facts: dict[str, Any]


@pytest.fixture(scope="session")
def past(tmp_path_factory: pytest.TempPathFactory) -> Past:
    """Live the year."""
    directory = tmp_path_factory.mktemp("year")
    with product.running(f"sqlite:///{directory / 'lived.sqlite'}", directory) as running:
        lived = Year(Life(company.found(SEED, PEOPLE), running), 2025, (3, 4))
        for _ in lived.live():
            pass
        with db.reading() as session:
            evidence = lived.evidence()
            facts = report.gather(session, lived, evidence, check(session, evidence), (1.0, 1.0))
    return Past(directory, evidence, facts)


@pytest.fixture
def evidence(past: Past) -> Evidence:
    """Return what people remember, to be spoiled."""
    return copy.deepcopy(past.evidence)


@pytest.fixture
def spoiled(past: Past, tmp_path: Path) -> Iterator[Session]:
    """Open a copy of the lived database, to be spoiled; nothing is kept."""
    shutil.copyfile(past.directory / "lived.sqlite", tmp_path / "copy.sqlite")
    shutil.copyfile(past.directory / "secret_key", tmp_path / "secret_key")
    with bound(f"sqlite:///{tmp_path / 'copy.sqlite'}", tmp_path), db.transaction() as session:
        yield session
