"""The page that says where each rule of the requirements lives."""

from __future__ import annotations

import re
from collections import Counter

from engine.settings import ROOT

PAGE = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([LXE]\d*-\d\d) \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)
LAST = {"L000": 34, "L001": 38, "L002": 34, "L003": 30, "L004": 33, "X": 25, "E": 96}
"""The last number of each series of ids."""


def test_every_id_stands_there_once():
    expected = {f"{series}-{number:02}" for series, last in LAST.items() for number in range(1, last + 1)}

    assert Counter(id_ for id_, _, _ in ROWS) == Counter(expected)


def test_every_row_names_a_file_an_issue_or_why_there_is_none():
    silent = [
        id_ for id_, _, where in ROWS if not re.search(r"`.+`|issue \d, item \d|on purpose|nothing to build", where)
    ]

    assert silent == []


def test_every_file_and_test_that_is_named_exists():
    named = {name for _, _, where in ROWS for name in re.findall(r"`([^`]+)`", where)}

    missing = {name for name in named if not _exists(*name.split("::"))}

    assert len(named) > 60
    assert missing == set()


def _exists(path, test=""):
    file = ROOT / path
    return file.is_file() and (not test or f"def {test}(" in file.read_text(encoding="utf-8"))
