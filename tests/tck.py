"""Run the DMN Technology Compatibility Kit and print how many cases pass, folder by folder.

    python tests/tck.py [FOLDER]

FOLDER, or else the environment's TCK, or else ../shared/tck, is a checkout of the kit: any folder below it that holds a
model and its test cases is run. Functions of kind Java and PMML are refused here, so the cases about them are
excluded and listed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from lxml import etree

from engine.dmn.evaluation import Evaluator
from engine.dmn.logic import DecisionRun
from engine.dmn.model import Model
from engine.errors import Refusal
from engine.feel import Date, DateTime, FeelError
from engine.feel.comparison import equal
from engine.feel.durations import parse_duration
from engine.feel.errors import NullResult
from engine.feel.literals import parse_date, parse_date_time, parse_time
from engine.feel.run import Run

ROOT = Path(__file__).resolve().parent.parent
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_EXTERNAL = ("feel-external-java", "feel-external-pmml", "external")


@dataclass
class Folder:
    """The outcome of one folder."""

    name: str
    passed: int = 0
    failures: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)


def kit() -> Path:
    """Return where the kit is."""
    given = sys.argv[1] if len(sys.argv) > 1 and not sys.argv[0].endswith("pytest") else os.environ.get("TCK", "")
    return Path(given) if given else ROOT / ".." / "shared" / "tck"


def run(folder: Path) -> Iterator[Folder]:
    """Run every folder below one that holds test cases."""
    homes = sorted({path.parent for path in folder.rglob("*.xml") if any(path.parent.glob("*.dmn"))})
    for home in homes:
        outcome = Folder(f"{home.parent.name}/{home.name}")
        for cases in sorted(home.glob("*.xml")):
            root = etree.parse(str(cases), etree.XMLParser(remove_comments=True, resolve_entities=False)).getroot()
            if etree.QName(root).localname == "testCases":
                _run_cases(home, root, outcome)
        yield outcome


def _run_cases(home: Path, root: Any, outcome: Folder) -> None:
    name = (root.findtext("{*}modelName") or "").strip()
    try:
        model = _model(home, name)
    except (Refusal, OSError) as refused:
        outcome.failures.extend(f"{case.get('id')}: {refused}" for case in root.iterfind("{*}testCase"))
        return
    for case in root.iterfind("{*}testCase"):
        for node in case.iterfind("{*}resultNode"):
            label = f"{case.get('id')} {node.get('name')}"
            if any(word in home.name for word in _EXTERNAL):
                outcome.excluded.append(label)
                continue
            failure = _failure(model, case, node)
            if failure:
                outcome.failures.append(f"{label}: {failure}")
            else:
                outcome.passed += 1


def _model(home: Path, name: str) -> Model:
    others = [path for path in sorted(home.glob("*.dmn")) if path.name != name]
    imports: list[Model] = []
    for _ in others:
        imports = [Model(path.read_bytes(), path.name, imports) for path in others]
    return Model((home / name).read_bytes(), name, imports)


def _failure(model: Model, case: Any, node: Any) -> str:
    try:
        expected = value_of(node.find("{*}expected"))
        actual = _actual(model, case, node)
    except FeelError as error:
        return f"{error}"
    if same(expected, actual):
        return ""
    return f"expected {expected!r}, got {actual!r}"


def _actual(model: Model, case: Any, node: Any) -> Any:
    given = {" ".join(i.get("name").split()): value_of(i) for i in case.iterfind("{*}inputNode")}
    evaluation = Evaluator(model, DecisionRun(None), given)
    invocable = case.get("invocableName") if case.get("type") in ("decisionService", "bkm") else None
    target = model.find(invocable or node.get("name"))
    if target is None:
        return f"no element {node.get('name')}"
    if target.kind not in ("decisionService", "businessKnowledgeModel"):
        return evaluation.value(target)
    function = evaluation.value(target)
    try:
        names = [name for name in given if name in function.parameters]
        answer = function.call_named(evaluation.run, names, [given[name] for name in names])
    except NullResult:
        return None
    many = invocable and len(target.answers) > 1
    return answer.get(node.get("name")) if many and isinstance(answer, dict) else answer


def value_of(element: Any) -> Any:
    """Return the FEEL value that an element of the test cases holds."""
    if element is None or element.get(_NIL) == "true":
        return None
    components = element.findall("{*}component")
    if components:
        return {component.get("name"): value_of(component) for component in components}
    items = element.find("{*}list")
    if items is not None:
        return None if items.get(_NIL) == "true" else [value_of(item) for item in items.iterfind("{*}item")]
    value = element.find("{*}value")
    if value is None or value.get(_NIL) == "true":
        return None
    return _typed(value.text or "", (value.get(_TYPE) or "string").rpartition(":")[2])


def _typed(text: str, kind: str) -> Any:
    readers = {
        "boolean": lambda: text.strip() == "true",
        "date": lambda: parse_date(text.strip()),
        "time": lambda: parse_time(text.strip()),
        "dateTime": lambda: parse_date_time(text.strip()),
        "duration": lambda: parse_duration(text.strip()),
        "string": lambda: text,
    }
    return readers[kind]() if kind in readers else Decimal(text.strip())


def same(expected: Any, actual: Any) -> bool:
    """Tell whether a result is what was expected; numbers may differ after the eighth digit."""
    if isinstance(expected, Decimal) and isinstance(actual, Decimal):
        return abs(expected - actual) <= abs(expected) * Decimal("1e-8")
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(same, expected, actual))
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(same(expected[key], actual[key]) for key in expected)
    if isinstance(expected, DateTime) and isinstance(actual, Date):
        return False
    return equal(Run(None), expected, actual) is True and type(expected) is type(actual)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main() -> int:
    """Print the table and the total; the exit status is 1 where a case fails."""
    passed = total = 0
    excluded: list[str] = []
    for folder in run(kit()):
        count = folder.passed + len(folder.failures)
        passed, total = passed + folder.passed, total + count
        excluded += [f"{folder.name}: {label}" for label in folder.excluded]
        _say(f"{folder.name:70} {folder.passed:5} of {count:5}")
        for failure in folder.failures:
            _say(f"    {failure[:300]}")
    for label in excluded:
        _say(f"excluded {label}")
    _say(f"passed {passed} of {total}")
    return 0 if passed == total else 1


if __name__ == "__main__":
    sys.exit(main())
