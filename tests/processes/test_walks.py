"""Every walk of every shipped process on SQLite, and the longest of each on PostgreSQL."""

from pathlib import Path
from typing import Any

import pytest

from engine import db
from engine.reviews import walks
from engine.settings import ROOT

PROCESSES = ROOT / "processes"
WALKS = walks.found_in(PROCESSES)


def _name(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.stem}"


def _beginning(path: Path) -> Path:
    """Return the walk that a walk's walk continues, and so on to the first."""
    before = walks.read(path).continues
    return _beginning(before) if before else path


def _together(path: Path) -> Any:
    """Give a walk to the worker that plays its beginning."""
    return pytest.param(path, id=_name(path), marks=pytest.mark.xdist_group(f"walks of {_name(_beginning(path))}"))


def _restart() -> None:
    """Forget everything but the database, as a process that was killed does."""
    db.bind(db.bound().settings)


def _longest() -> list[Path]:
    """Choose the walk of each process that has the most steps."""
    longest: dict[str, Path] = {}
    for path in sorted(WALKS, key=lambda one: len(walks.read(one).steps)):
        longest[path.parent.parent.name] = path
    return sorted(longest.values())


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory):
    return walks.Rehearsal(PROCESSES, tmp_path_factory.mktemp("walks"), between=_restart)


@pytest.mark.parametrize("path", [_together(path) for path in WALKS])
def test_a_walk_holds_though_the_process_restarts_before_every_step(path, rehearsal):
    assert [str(problem) for problem in rehearsal.play(path)] == []


@pytest.mark.usefixtures("postgresql_database")
@pytest.mark.parametrize(
    "path", [pytest.param(path, id=_name(path), marks=pytest.mark.xdist_group(path)) for path in _longest()]
)
def test_the_longest_walk_of_a_process_holds_on_postgresql_too(path):
    problems = walks.run(path, PROCESSES, between=_restart)

    assert [str(problem) for problem in problems] == []


def test_every_process_is_walked():
    walked = {path.parent.parent.name for path in WALKS}

    assert walked == {path.parent.name for path in PROCESSES.glob("*/process.bpmn")}
