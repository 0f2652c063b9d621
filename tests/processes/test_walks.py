"""Every walk of every shipped process, each on a fresh database of either kind."""

from pathlib import Path

import pytest

from engine import db
from engine.reviews import walks
from engine.settings import ROOT

PROCESSES = ROOT / "processes"


def _name(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.stem}"


def _restart() -> None:
    """Forget everything but the database, as a process that was killed does."""
    db.bind(db.bound().settings)


@pytest.mark.parametrize("path", walks.found_in(PROCESSES), ids=_name)
def test_a_walk_holds_though_the_process_restarts_before_every_step(path, database):
    problems = walks.run(path, PROCESSES, between=_restart)

    assert [str(problem) for problem in problems] == []


def test_every_process_is_walked():
    walked = {path.parent.parent.name for path in walks.found_in(PROCESSES)}

    assert walked == {path.parent.name for path in PROCESSES.glob("*/process.bpmn")}
