"""What docs/feel.md shows is so."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine import feel
from engine.feel.functions import BUILTINS

PAGE = (Path(__file__).parents[3] / "docs" / "feel.md").read_text(encoding="utf-8")
VARIABLES = json.loads(re.search(r"```json\n(.*?)```", PAGE, re.DOTALL).group(1))
BEIJING = ZoneInfo("Asia/Shanghai")
ENVIRONMENT = feel.Environment(now=dt.datetime(2025, 9, 30, 10, tzinfo=BEIJING), zone=BEIJING)
ROW = re.compile(r"^\| (.+?) \| .+? \| .+? \| `(.+)` \| `(.+)` \|$", re.MULTILINE)
EXAMPLES = ROW.findall(PAGE)
CELLS = re.findall(r"^\| `(.+?)` \| [^|]+ \| [^|]+ \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("form", "example", "result"), EXAMPLES)
def test_an_example_has_the_result_that_is_shown(form, example, result):
    value = feel.compile(example).evaluate(VARIABLES, ENVIRONMENT)

    assert value == feel.compile(result).evaluate({})
    name = form.strip("`").partition("(")[0]
    assert name in example or name not in BUILTINS


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_that_is_shown_can_be_written(cell):
    feel.compile_unary_tests(cell)


def test_every_function_is_shown():
    shown = {form.strip("`").partition("(")[0] for form, _, _ in EXAMPLES}

    assert set(BUILTINS) - shown == set()
