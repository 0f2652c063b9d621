"""The page that says where each rule of the requirements lives."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from engine.settings import ROOT

PAGE = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([LXEW]\d*-\d\d) \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)
OUTCOMES = re.findall(r"^\| (P\d+b?|Helpers) \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)
LAST = {"L000": 34, "L001": 38, "L002": 34, "L003": 30, "L004": 33, "X": 25, "W": 17, "E": 96}
"""The last number of each series of ids."""
EXAMPLES_ALONE = {"L000-32", "L001-05", "L001-07", "L003-25"}
"""What the documents tell as an example, and what is left out on purpose."""
ENDS = {
    "P1": ("launched", "returned", "cancelled"),
    "P2": ("signed", "signed with reservation", "imposed by management", "not applicable"),
    "P3": ("scored", "no rating (leave)", "no rating (joined too late)", "returned"),
    "P4": ("confirmed", "changed", "sent back"),
    "P5": ("agreed", "received with objection", "no answer", "refused"),
    "P6": ("rejected as late", "withdrawn", "upheld", "corrected", "re-evaluated", "annulled", "settled"),
    "P7": ("passed", "extended once", "transferred", "second finding", "exit", "dismissed", "closed"),
    "P7b": ("kept", "not kept"),
    "P8": ("applied, by what happened", "applied with split", "rejected"),
}
"""The outcomes of each process, as section 4 of the requirements has them."""


def test_every_id_stands_there_once():
    expected = {f"{series}-{number:02}" for series, last in LAST.items() for number in range(1, last + 1)}

    assert Counter(id_ for id_, _, _ in ROWS) == Counter(expected)


def test_every_row_names_a_test_or_a_walk_and_waits_for_nothing():
    silent = {id_ for id_, _, where in ROWS if "::test_" not in where and "/walks/" not in where}

    assert {id_ for id_ in silent if "`tests/" not in _where(id_)} == EXAMPLES_ALONE
    assert [id_ for id_, _, where in ROWS if re.search(r"issue \d", where)] == []


def test_every_edge_case_contradiction_and_worked_example_has_a_test_that_is_named_by_its_id():
    named = {id_: re.findall(r"::(test_\w+)", where) for id_, _, where in ROWS if id_[0] in "EXW"}

    unnamed = [id_ for id_, tests in named.items() if not any(_is_named(test, id_) for test in tests)]
    assert unnamed == []


@pytest.mark.parametrize(("process", "outcome"), [(name, end) for name, ends in ENDS.items() for end in ends])
def test_every_outcome_of_a_process_has_its_walk(process, outcome):
    walks = [_names(where) for found, end, where in OUTCOMES if found == process and end.startswith(outcome)]

    assert walks
    assert all(re.fullmatch(r"processes/.+/walks/.+\.toml", walk) for names in walks for walk in names)


def test_every_file_and_test_that_is_named_exists():
    named = {name for line in PAGE.splitlines() if line.startswith("|") for name in _names(line)}

    missing = {name for name in named if not _exists(*name.split("::"))}

    assert len(named) > 500
    assert missing == set()


def _names(text):
    return re.findall(r"`([^`]+)`", text)


def _where(id_):
    return next(where for found, _, where in ROWS if found == id_)


def _is_named(test, id_):
    """Whether a test's name says an id, such as e42 for E-42."""
    return re.search(rf"_{id_.lower().replace('-', '')}(_|$)", test) is not None


def _exists(path, test=""):
    file = ROOT / path
    return file.is_file() and (not test or f"def {test}(" in file.read_text(encoding="utf-8"))
