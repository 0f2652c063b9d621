"""What form-js submits, the server accepts; what form-js marks as wrong, the server refuses."""

import json
import math
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import javascript
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import exact_json, feel
from engine.bpmn import forms
from engine.errors import Invalid

ROOT = Path(__file__).parents[4]
SAMPLES = sorted((Path(__file__).parent / "samples").glob("*.form"))
FORMS = [*SAMPLES, *sorted((ROOT / "forms").glob("*.form"))]
ENVIRONMENT = feel.Environment(now=datetime(2026, 4, 1, tzinfo=UTC))
WORDS = st.sampled_from(
    ["", " ", "a", " ab ", "abc", "A1", "绩效", "𠀀𠀀", "a\tb", "ann@example.com", "+8613812345678"]
)
NUMBERS = st.sampled_from([0, 1, 2, 3, 4.5, 5, -1, 0.1, 2.25, 99.999, 100, 101, None])
CHOICES = st.sampled_from([None, "A", "B", "C", 1, True, "gone"])
DATES = st.sampled_from([None, "2026-04-01", "2027-12-31"])
TIMES = st.sampled_from([None, "09:30", "23:45"])
MODES = st.sampled_from([None, "", "self", "upheld", "corrected", "reserved", "return"])
TABLES = st.sampled_from([None, [], [{"name": "出勤率"}]])
ANYTHING = st.one_of(WORDS, NUMBERS, CHOICES, DATES, st.lists(CHOICES, max_size=2))
OF_TYPE = {
    "textfield": WORDS,
    "textarea": WORDS,
    "number": NUMBERS,
    "checkbox": st.booleans(),
    "radio": CHOICES,
    "select": CHOICES,
    "checklist": st.lists(CHOICES.filter(lambda choice: choice is not None), unique=True, max_size=3),
    "taglist": st.lists(CHOICES.filter(lambda choice: choice is not None), unique=True, max_size=3),
    "datetime": DATES,
}


@pytest.fixture(scope="module")
def browser() -> Iterator[subprocess.Popen[str]]:
    script = Path(__file__).with_name("form_js.mjs")
    utc = {**os.environ, "TZ": "UTC"}
    with javascript.running(script, "jsdom", "@bpmn-io/form-js-viewer", environment=utc) as process:
        yield process


def submitted(browser: subprocess.Popen[str], case: dict[str, Any]) -> dict[str, Any]:
    browser.stdin.write(json.dumps(case) + "\n")
    browser.stdin.flush()
    return json.loads(browser.stdout.readline())


def fields(schema: dict[str, Any], rows: int, outer: tuple = ()) -> Iterator[tuple[dict[str, Any], tuple]]:
    """Yield each field with its place, in each of so many rows."""
    for component in schema["components"]:
        path = (*outer, *(component.get("key") or component.get("path") or "").split("."))
        path = tuple(name for name in path if name != "")
        if component["type"] == "dynamiclist":
            for row in range(rows):
                yield from fields(component, rows, (*path, row))
        elif "components" in component:
            yield from fields(component, rows, path)
        elif component["type"] in OF_TYPE:
            yield component, path


@st.composite
def cases(draw: st.DrawFn, schema: dict[str, Any]) -> dict[str, Any]:
    rows = draw(st.integers(0, 3))
    places = [(field, path) for field, path in fields(schema, rows)]
    data: dict[str, Any] = {
        "lists": {"grades": ["A", "B"]},
        "choices": ["A", {"label": "One", "value": 1}],
        "open": True,
    }
    data |= {
        field["valuesKey"]: data["choices"] for field, _ in places if field.get("valuesKey", "nothing") != "nothing"
    }
    data |= {name: draw(values) for name, values in _surroundings(schema).items() if draw(st.booleans())}
    for field, path in places:
        if draw(st.booleans()):
            typed = "valuesExpression" in field or "serializeToString" in field  # form-js fails on all else
            _set(data, path, draw(OF_TYPE[field["type"]] if typed else st.one_of(OF_TYPE[field["type"]], ANYTHING)))
    for list_ in (component["path"] for component in schema["components"] if component["type"] == "dynamiclist"):
        data.setdefault(list_, [{"id": row} for row in range(rows)])
        data[list_] = [{"id": row, **(value or {})} for row, value in enumerate(data[list_])]
    free = [(field, path) for field, path in places if not field.get("readonly") and not field.get("disabled")]
    edits = [(path, draw(_value(field))) for field, path in free if draw(st.integers(0, 3))]
    return {"data": data, "edits": edits}


def _surroundings(schema: dict[str, Any]) -> dict[str, st.SearchStrategy[Any]]:
    """Return the variables that hide parts of the form, but are none of its fields."""
    found: dict[str, st.SearchStrategy[Any]] = {}
    for component in schema["components"]:
        hide = component.get("conditional", {}).get("hide", "")
        for name in sorted(feel.compile(hide).names if hide else ()):
            found[name] = TABLES if f"count({name})" in hide else MODES
    return {name: values for name, values in found.items() if name not in map(_own, schema["components"])}


def _own(component: dict[str, Any]) -> str:
    return str(component.get("key") or component.get("path") or "").split(".")[0]


def _value(field: dict[str, Any]) -> st.SearchStrategy[Any]:
    if field.get("serializeToString"):
        return NUMBERS.map(lambda number: number if number is None else str(number))  # as its input says it
    return TIMES if field.get("subtype") == "time" else OF_TYPE[field["type"]]


def _set(data: dict[str, Any], path: tuple, value: Any) -> None:
    node: Any = data
    for name, following in pairwise(path):
        if isinstance(node, list):
            node.extend({} for _ in range(name + 1 - len(node)))
        else:
            node.setdefault(name, [] if isinstance(following, int) else {})
        node = node[name]
    node[path[-1]] = value


def plain(value: Any) -> Any:
    """Return a value as both sides mean it: without nulls, empty lists, and what the form does not show."""
    if isinstance(value, dict):
        found = {name: plain(inner) for name, inner in value.items() if name not in ("id", "fixed")}
        return {name: inner for name, inner in found.items() if inner not in (None, [], {})}
    if isinstance(value, list):
        found = [plain(inner) for inner in value]
        return [] if all(inner in (None, {}) for inner in found) else found
    return value


def written(path: list[Any]) -> str:
    return "".join(f"[{name}]" if isinstance(name, int) else f".{name}" for name in path).removeprefix(".")


def same(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if any(isinstance(side, bool | str) or side is None for side in (one, other)):
        return one == other and type(one) is type(other)
    return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)


def counted(file: Path) -> list[Any]:
    """Give a form so many random cases, others in every run: the samples most, which have every field and rule."""
    many = 200 if file in SAMPLES else 60
    return [
        pytest.param(file, 10, id=f"10-{file.stem}"),
        pytest.param(file, many, id=f"{many}-{file.stem}", marks=pytest.mark.long),
    ]


@pytest.mark.parametrize(("file", "count"), [case for file in FORMS for case in counted(file)])
def test_the_server_agrees_with_form_js(browser, file, count):
    schema = json.loads(file.read_text(encoding="utf-8"))
    read = forms.read(file.read_bytes())

    @settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(cases(schema))
    def agrees(case: dict[str, Any]) -> None:
        seen = submitted(browser, {"schema": schema, **case})
        known, answers = (exact_json.loads(json.dumps(side)) for side in (case["data"], seen["data"]))

        try:
            accepted = forms.accept(read, answers, known=known, environment=ENVIRONMENT)
            wrong = set()
        except Invalid as refusal:
            wrong = {problem.where for problem in refusal.problems}

        marked = {written(path) for path, _ in seen["errors"]}
        assert wrong == marked
        assert wrong or same(plain(accepted), plain(seen["data"]))

    agrees()
