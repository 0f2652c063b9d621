"""What the columns of decision tables are called, for who shows what a table was given and answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.dmn.elements import child, children, identity, name_of, read, text_of


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its id, and its label, or what stands for it where it has none."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table: the inputs by their expressions, the outputs in their order."""

    inputs: Mapping[str, Column]
    outputs: tuple[Column, ...]


def columns(xml: bytes, name: str) -> Mapping[str, Columns]:
    """Return the columns of a model's tables by the tables' ids.

    Raises:
        Invalid: the file cannot be read.
    """
    found = {}
    for table in read(xml, name).iter("{*}decisionTable"):
        texts = [(column, text_of(child(column, "inputExpression"))) for column in children(table, "input")]
        inputs = {text: Column(str(c.get("id") or text), str(c.get("label") or text)) for c, text in texts}
        outputs = tuple(
            Column(str(c.get("id") or name_of(c)), name_of(c) or str(c.get("label") or ""))
            for c in children(table, "output")
        )
        found[identity(table)] = Columns(inputs, outputs)
    return found
