"""Walks as HR writes them: what is wrong in a file is named, and what does not hold is said in a sentence."""

import pytest

from engine.errors import Invalid
from engine.reviews import walks
from engine.settings import ROOT

PROCESSES = ROOT / "processes"
BEGINNING = """
title = "一步"
starts = 2025-09-22T09:00:00+08:00
[cycle]
rules = "review/cycle-corrected.toml"
label = "2025 Q3"
starts_on = 2025-07-01
ends_on = 2025-09-30
by = "zhao.min"
appraisee = "zhang.wei"
cross_raters = ["chen.jing"]
"""


@pytest.fixture
def written(tmp_path):
    """Write a walk and return its path."""

    def write(text, name="walk.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def problems_of(path):
    """Read a walk that is wrong and return its problems as text."""
    with pytest.raises(Invalid) as refused:
        walks.read(path)
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("title = ", "walk.toml: It is no TOML"),
        (BEGINNING.replace("title =", "titel ="), "walk.toml: Nothing in a walk is called titel."),
        ('title = "x"', "walk.toml: The walk says neither what it continues nor the instant it starts at"),
        (BEGINNING.replace("+08:00", ""), "walk.toml: The walk says neither what it continues"),
        (BEGINNING.replace("by =", "bye ="), "walk.toml: The cycle does not say by."),
        (BEGINNING + '[[step]]\nwho = "li.na"', "walk.toml: step 1: A step says who does what"),
        (BEGINNING + '[[step]]\npasses = "1 day"\nmessage = "x"', "walk.toml: step 1: A step says who does what"),
        (BEGINNING + '[[step]]\npasses = "1 day"\nexpect.x = {}', "walk.toml: step 1: Nothing in a walk is called x"),
        ('step = "x"\n' + BEGINNING, "walk.toml: What is called step must be a list."),
        ('step = ["x"]\n' + BEGINNING, "walk.toml: step 1: A step is a table."),
        (BEGINNING + "[[step]]\npasses = 1", "walk.toml: step 1: What is called passes must be a text."),
        (BEGINNING.replace("2025-07-01", '"July"'), "walk.toml: What is called starts_on must be a date."),
        ('title = "x"\ncontinues = "other.toml"', "other.toml: There is no such file."),
        ('title = "x"\ncontinues = "walk.toml"', "walk.toml: It continues itself."),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_file_is_named(written, text, problem):
    path = written(text)

    found = problems_of(path)

    assert any(line.startswith(problem) for line in found), found


def test_a_walk_has_the_steps_of_the_walk_it_continues(written):
    written(BEGINNING + '[[step]]\npasses = "1 day"', "first.toml")
    path = written('title = "二"\ncontinues = "first.toml"\n[[step]]\npasses = "1 week"')

    walk = walks.read(path)

    assert [(step.where, step.passes) for step in walk.steps] == [
        ("first.toml: step 1", "1 day"),
        ("walk.toml: step 1", "1 week"),
    ]


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        (
            'passes = "1 day"\nexpect.open = { draft_targets = "li.na" }',
            "walk.toml: step 1: Expected open to be draft_targets = li.na, but found draft_targets = zhang.wei.",
        ),
        (
            'passes = "1 day"\nexpect.due = { draft_targets = 2025-09-26 }',
            "walk.toml: step 1: Expected due draft_targets to be 2025-09-26, but found 2025-09-28.",
        ),
        (
            'passes = "1 day"\nexpect.running = ["review"]',
            "walk.toml: step 1: Expected running to be review, but found review and target-signoff.",
        ),
        (
            'passes = "one day"',
            "walk.toml: step 1: Expected to let one day pass, but a time is written like 5 working days",
        ),
        (
            'who = "li.na"\ndoes = "sign_targets"',
            "walk.toml: step 1: Expected to complete task sign_targets, but no such task is open",
        ),
        (
            'passes = "1 day"\nrefused = "x"',
            "walk.toml: step 1: Expected a refusal that says 'x', but it was done.",
        ),
        (
            'who = "zhang.wei"\ndoes = "lodge appeal"\nwith.grounds = "x"',
            "walk.toml: step 1: Expected to be given grounds and items and remedy, but found grounds",
        ),
        (
            'who = "nobody"\ndoes = "draft_targets"',
            "walk.toml: step 1: Expected to find account nobody",
        ),
    ],
)
def test_what_does_not_hold_is_said_in_a_sentence(written, sqlite_database, step, problem):
    path = written(BEGINNING + "[[step]]\n" + step)

    found = [str(found) for found in walks.run(path, PROCESSES)]

    assert len(found) == 1
    assert found[0].startswith(problem)


def test_a_cycle_with_the_rules_of_004_as_printed_cannot_begin(written, sqlite_database):
    path = written(BEGINNING.replace("cycle-corrected", "cycle"))

    (problem,) = walks.run(path, PROCESSES)

    assert "The weights total 90, but must total 100: 10 points are missing" in str(problem)


def test_a_cycle_whose_rules_are_not_there_cannot_begin(written, sqlite_database):
    path = written(BEGINNING.replace("cycle-corrected", "nowhere"))

    (problem,) = walks.run(path, PROCESSES)

    assert str(problem) == "walk.toml: Expected to read nowhere.toml, but there is no such file"


def test_checking_a_folder_runs_its_walks_and_names_the_step_that_fails(tmp_path):
    copy = tmp_path / "processes"
    for path in [*PROCESSES.rglob("*.*"), *(ROOT / "forms").glob("*.form")]:
        target = tmp_path / path.relative_to(ROOT)
        if path.is_file() and "walks" not in path.parts:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    (copy / "review" / "walks").mkdir()
    (copy / "review" / "walks" / "wrong.toml").write_text(BEGINNING + '[[step]]\npasses = "1 day"\nexpect.open = {}')

    problems = walks.check(copy)

    assert [str(problem) for problem in problems] == [
        "wrong.toml: step 1: Expected open to be nothing, but found draft_targets = zhang.wei."
    ]
