"""Write `operations.md`: every operation that a diagram may call, from its own docstring (`make docs`)."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import engine.reviews.operations  # noqa: F401 - registers what is listed
from engine.bpmn import operations

PAGE = Path(__file__).with_suffix(".md")

HEAD = """\
# Operations

What a diagram may call by name. A **service task** calls one by its `zeebe:taskDefinition type`; a **user task** hands
its checked answers to one by a completing `zeebe:taskListener`, and fills its form with one by the task header
`prefill`. Any other name that begins with `reviewflow.` is refused at deployment.

This page is generated (`make docs`); a test holds it against the code.

| operation | what it does |
|---|---|
"""


def page() -> str:
    """Return the page as it should be."""
    rows = (f"| `{name}` | {' '.join(said.split())} |\n" for name, said in operations.described().items())
    return HEAD + "".join(row for row in rows if "`reviewflow.test" not in row)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
