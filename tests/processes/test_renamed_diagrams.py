"""HR gives the processes and tasks of an appeal other ids: everything that hangs on them still does."""

import re
import shutil

import pytest

from engine.reviews import walks
from engine.settings import ROOT

PROCESSES = {"appeal-arbitration": "sales-appeal", "panel-formation": "sales-panel"}
TASKS = ("cast_vote", "vote_instead", "deliberate", "write_decision", "decide_motion", "hold_hearing", "rate_again")


@pytest.fixture(scope="module")
def renamed(tmp_path_factory):
    """The shipped processes, with the diagrams of an appeal and their walks under other ids."""
    home = tmp_path_factory.mktemp("renamed")
    for name in ("processes", "forms"):
        shutil.copytree(ROOT / name, home / name)
    for folder in PROCESSES:
        for path in (home / "processes" / folder).rglob("*"):
            if path.suffix in (".bpmn", ".toml"):
                path.write_text(_renamed(path.read_text(encoding="utf-8")), encoding="utf-8")
    return home / "processes"


def _renamed(text):
    for before, after in PROCESSES.items():
        text = text.replace(f'"{before}"', f'"{after}"')
    return re.sub(rf"\b({'|'.join(TASKS)})(?=\b|_)", r"our_\1", text)


@pytest.mark.long
@pytest.mark.parametrize("walk", ["withdrawn", "member-replaced"])
@pytest.mark.usefixtures("sqlite_database")
def test_an_appeal_is_suspended_and_its_members_are_replaced_whatever_hr_calls_its_diagrams(walk, renamed):
    path = renamed / "appeal-arbitration" / "walks" / f"{walk}.toml"

    problems = walks.run(path, renamed)

    assert [str(problem) for problem in problems] == []
