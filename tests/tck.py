"""Run the DMN Technology Compatibility Kit and print how many cases pass, folder by folder.

    python tests/tck.py [FOLDER]

FOLDER, or else the environment's TCK, or else ../shared/tck, is a checkout of the kit: any folder below it that holds
a model and its test cases is run. A case is a `testCase` of the kit and passes when all its results are as expected;
those that stand in comments do not run. Functions of kind Java and PMML are refused here, so the cases that need one
are excluded and listed.
"""

from __future__ import annotations

import os
import re
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
_EXTERNAL_FUNCTION = re.compile(r"\bexternal\s*\{")
_COMMENTED = re.compile(r"<!--.*?-->", re.DOTALL)
_CASE = re.compile(r"<(?:\w+:)?testCase\s")
_CRASHES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What may never come out of the language; it fails the case, not the run."""


@dataclass
class Folder:
    """The outcome of one folder."""

    name: str
    passed: int = 0
    failures: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    commented: int = 0


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
            root = _root(cases)
            if etree.QName(root).localname == "testCases":
                comments = _COMMENTED.findall(cases.read_text(encoding="utf-8"))
                outcome.commented += sum(len(_CASE.findall(comment)) for comment in comments)
                _run_cases(home, root, outcome)
        yield outcome


def _root(path: Path) -> Any:
    return etree.parse(str(path), etree.XMLParser(remove_comments=True, resolve_entities=False)).getroot()


def _run_cases(home: Path, root: Any, outcome: Folder) -> None:
    name = (root.findtext("{*}modelName") or "").strip()
    external = _external(home / name) if (home / name).is_file() else set()
    try:
        model = _model(home, name)
    except (Refusal, OSError, *_CRASHES) as refused:
        outcome.failures.extend(f"{case.get('id')}: {refused!r}" for case in root.iterfind("{*}testCase"))
        return
    for case in root.iterfind("{*}testCase"):
        nodes = case.findall("{*}resultNode")
        if "feel-external-" in home.name or external & {node.get("name") for node in nodes}:
            outcome.excluded.append(str(case.get("id")))
            continue
        failures = [f"{node.get('name')}: {failure}" for node in nodes if (failure := _failure(model, case, node))]
        if failures:
            outcome.failures.append(f"{case.get('id')} {'; '.join(failures)}")
        else:
            outcome.passed += 1


def _external(path: Path) -> set[str]:
    """Return the names of the elements that need a function of kind Java or PMML."""
    elements = {element.get("id"): element for element in _root(path) if element.get("id")}
    known = {id_ for id_, element in elements.items() if _defines_external(element)}
    for _ in elements:
        known |= {id_ for id_, element in elements.items() if _required(element) & known}
    return {elements[id_].get("name") for id_ in known}


def _defines_external(element: Any) -> bool:
    kinds = (
        str(inner.get("kind", "")).lower() for inner in element.iter("{*}encapsulatedLogic", "{*}functionDefinition")
    )
    return any(kind in ("java", "pmml") for kind in kinds) or any(
        _EXTERNAL_FUNCTION.search(text.text or "") for text in element.iter("{*}text")
    )


def _required(element: Any) -> set[str]:
    arrows = element.iter("{*}requiredDecision", "{*}requiredKnowledge", "{*}outputDecision")
    return {str(arrow.get("href", "")).rpartition("#")[2] for arrow in arrows}


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
    except (FeelError, NullResult) as error:
        return f"{error}"
    except _CRASHES as crash:
        return f"crashed with {crash!r}"
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
        answer = function.call(evaluation.run, [given.get(name) for name in function.parameters])
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


def main() -> None:
    """Print the table and, as the last line, the total."""
    passed = total = commented = 0
    excluded: list[str] = []
    for folder in run(kit()):
        count = folder.passed + len(folder.failures)
        passed, total, commented = passed + folder.passed, total + count, commented + folder.commented
        excluded += [f"{folder.name}: {label}" for label in folder.excluded]
        _say(f"{folder.name:70} {folder.passed:5} of {count:5}")
        for failure in folder.failures:
            _say(f"    {failure[:300]}")
    for label in excluded:
        _say(f"excluded {label}")
    _say(f"{commented} more cases stand in comments, where they do not run")
    _say(f"passed {passed} of {total}")


if __name__ == "__main__":
    main()
