"""Every rule of the check has its page, and each example there breaks its own rule and no other."""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import engine.reviews.operations  # noqa: F401 - registers what diagrams call by name
from engine import db
from engine.bpmn import deployments
from engine.errors import Invalid
from engine.findings import rules
from engine.identity import SYSTEM
from engine.settings import ROOT

SOURCES = (
    "engine/bpmn/spiff/*.py", "engine/bpmn/forms/reading.py", "engine/bpmn/files.py", "engine/bpmn/deployments.py",
    "engine/bpmn/rounding.py", "engine/bpmn/starts.py",
    "engine/bpmn/quarantine/*.py", "engine/dmn/*.py",
)  # fmt: skip
FINDING = {"Problem", "wrong", "_named", "_refused", "_needs"}
CODE = re.compile("[a-z]+(-[a-z]+)*")
FILES_REFER_TO = {f"unknown-{kind}" for kind in ("form", "decision", "process", "operation")}
WITHOUT_EXAMPLE = {"unreadable-element"}
"""What no diagram is known to break: it stands guard behind the other rules."""


@pytest.fixture(scope="module")
def page() -> ModuleType:
    path = ROOT / "docs" / "findings.py"
    spec = importlib.util.spec_from_file_location("findings_page", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_as_the_rules_say(page: ModuleType) -> None:
    assert (ROOT / "docs" / "findings.md").read_text(encoding="utf-8") == page.page(), "run `make docs`"


def test_every_code_that_can_be_found_has_a_rule_and_every_rule_can_be_broken() -> None:
    files = {path for pattern in SOURCES for path in ROOT.glob(pattern)}

    assert {code for file in files for code in _codes(file)} | FILES_REFER_TO == set(rules())


@pytest.mark.parametrize("code", sorted(set(rules()) - WITHOUT_EXAMPLE))
def test_an_example_breaks_its_own_rule_and_no_other(code: str, page: ModuleType, sqlite_database: db.Database) -> None:
    with db.reading() as session:
        try:
            found = list(deployments.check(session, deployments.read(page.files(rules()[code]), by=SYSTEM)).warnings)
            refused = False
        except Invalid as refusal:
            found, refused = list(refusal.problems), True

    assert {finding.code for finding in found} == {code}
    assert refused == (rules()[code].severity == "error")


def test_every_rule_is_told_in_both_languages() -> None:
    for rule in rules().values():
        assert rule.title
        assert rule.text
        assert any("\u4e00" <= letter <= "\u9fff" for letter in rule.title_zh)
        assert any("\u4e00" <= letter <= "\u9fff" for letter in rule.text_zh)


def _codes(file: Path) -> Iterator[str]:
    """Go through the codes that a module finds: texts without blanks in the calls that make a problem."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and _name(node.func) in FINDING:
            values = [*node.args[-1:], *node.args[:1], *node.args[2:3], *(word.value for word in node.keywords)]
            texts = [value.value for value in values if isinstance(value, ast.Constant)]
            yield from (text for text in texts if isinstance(text, str) and CODE.fullmatch(text))


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
