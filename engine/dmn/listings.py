"""A decision table as people read it: its name, what it says of itself, its columns, and its rules in their texts."""

from __future__ import annotations

from dataclasses import dataclass

from engine.dmn.elements import Element, child, children, identity, name_of, read, text_of


@dataclass(frozen=True, slots=True)
class Listing:
    """A decision table.

    Attributes:
        name, description: as its author wrote them.
        inputs, outputs: what its columns are called.
        answers: the names of what it answers.
        rules: what each rule says, by column.
    """

    name: str
    description: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    answers: tuple[str, ...]
    rules: tuple[tuple[str, ...], ...]


def listing(xml: bytes, name: str, decision_id: str) -> Listing | None:
    """List the table of a decision; None where it is decided otherwise.

    Raises:
        Invalid: the file cannot be read.
    """
    for decision in read(xml, name).iter("{*}decision"):
        table = child(decision, "decisionTable")
        if table is not None and identity(decision) == decision_id:
            return _listed(decision, table)
    return None


def _listed(decision: Element, table: Element) -> Listing:
    outputs = [*children(table, "output")]
    return Listing(
        name=name_of(decision),
        description=text_of(decision, "description"),
        inputs=tuple(
            str(one.get("label") or text_of(child(one, "inputExpression"))) for one in children(table, "input")
        ),
        outputs=tuple(str(one.get("label") or name_of(one)) for one in outputs),
        answers=tuple(name_of(one) for one in outputs),
        rules=tuple(
            tuple(text_of(entry) for entry in children(rule, "inputEntry", "outputEntry"))
            for rule in children(table, "rule")
        ),
    )
