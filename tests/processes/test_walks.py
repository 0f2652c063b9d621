"""Every walk of every shipped process, each on a fresh database."""

from pathlib import Path

import pytest

from engine.reviews import walks
from engine.settings import ROOT

PROCESSES = ROOT / "processes"


def _name(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", walks.found_in(PROCESSES), ids=_name)
def test_a_walk_holds(path, sqlite_database):
    problems = walks.run(path, PROCESSES)

    assert [str(problem) for problem in problems] == []


def test_every_process_is_walked():
    walked = {path.parent.parent.name for path in walks.found_in(PROCESSES)}

    assert walked == {path.parent.name for path in PROCESSES.glob("*/process.bpmn")}
