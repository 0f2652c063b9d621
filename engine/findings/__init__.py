"""Findings: what the check of diagrams, decision tables and forms can find, each rule with a code and a page.

The rules stand in the TOML files of this folder, in English and Chinese, each with an example that breaks it. The
pages, the documentation and the tests are made from them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from engine.errors import Problem

Severity = Literal["error", "warning"]
PAGE = "docs/findings.md"
"""Where the rules are explained, in the project; `/findings` shows the same on the web."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What can be wrong with a file.

    Attributes:
        code: its stable name.
        severity: an error refuses the deployment, a warning is shown.
        topic: the file of this folder that it stands in.
        title, text: what is wrong; what that means and how to mend it.
        title_zh, text_zh: the same in Chinese.
        example, kind: a text that breaks this rule and no other, and what of a file it is (`docs/findings.py`).
    """

    code: str
    topic: str
    title: str
    title_zh: str
    text: str
    text_zh: str
    example: str
    kind: str
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class Finding(Problem):
    """A problem found in a file by a rule that has a page.

    Attributes:
        resource, element: where: the file, and the id of the element, empty where the whole file is meant.
        line, column: where in an expression, or in the file; 0 where neither is meant.
    """

    resource: str = ""
    element: str = ""
    line: int = field(default=0, compare=False)
    column: int = field(default=0, compare=False)

    @property
    def severity(self) -> Severity:
        """Whether it refuses the deployment."""
        return "error" if refuses(self) else "warning"

    @property
    def page(self) -> str:
        """The address of the rule's page, on the server that found it."""
        return f"/findings#{self.code}"

    def __str__(self) -> str:
        said = f"{self.where}: {self.message}"
        return f"{said} ({self.severity}: {PAGE}#{self.code})"


def of(resource: str, problem: Problem) -> Finding:
    """Make a finding of a problem in a file."""
    where = f"{resource}#{problem.where}" if problem.where and not problem.where.startswith(resource) else ""
    line, column = (int(str(problem.facts.get(name, 0))) for name in ("line", "column"))
    return Finding(
        problem.message,
        where or problem.where or resource,
        problem.code,
        problem.facts,
        resource=resource,
        element=problem.where if where else "",
        line=line,
        column=column,
    )


def refuses(problem: Problem) -> bool:
    """Whether a problem refuses the deployment."""
    rule = rules().get(problem.code)
    return rule is None or rule.severity == "error"


@cache
def rules() -> Mapping[str, Rule]:
    """Return all rules by their codes, topic by topic."""
    return {
        code: Rule(code=code, topic=path.stem.partition("-")[2], **said)
        for path in sorted(Path(__file__).parent.glob("*.toml"))
        for code, said in tomllib.loads(path.read_text(encoding="utf-8")).items()
    }
