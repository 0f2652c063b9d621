"""Rounding that an author should look at: `decimal()` rounds half to even, and people expect half up (D14, W-04)."""

from __future__ import annotations

from collections.abc import Iterator

from engine import feel
from engine.bpmn.forms.components import COMPUTED, Schema, every, tree
from engine.bpmn.net import Net
from engine.bpmn.net.nodes import Node
from engine.bpmn.net.work import Formula, Script
from engine.errors import Problem
from engine.sentences import Sentence


def of_net(net: Net) -> Iterator[Problem]:
    """Yield a warning for each element whose mappings or script call `decimal()`."""
    for node in net.nodes:
        if any(not formula.literal and rounds(formula.text) for formula in _formulas(node)):
            yield warning(node.id)


def of_form(schema: Schema) -> Iterator[Problem]:
    """Yield a warning for each computed field that calls `decimal()`."""
    for component in every(tree(schema)):
        if component.type == COMPUTED and rounds(str(component.attributes.get("expression", ""))):
            yield warning(".".join(component.path))


def warning(where: str) -> Problem:
    """Say where scores would be rounded half to even."""
    sentence = Sentence(
        "decimal() rounds half to even: 2.5 becomes 2. Where a score is rounded, write round half up(…)."
    )
    return Problem(sentence, where, "half-even")


def rounds(text: str) -> bool:
    """Tell whether an expression that compiles calls `decimal()`."""
    return "decimal" in feel.compile(text).called


def _formulas(node: Node) -> Iterator[Formula]:
    yield from (mapping.source for mapping in (*node.inputs, *node.outputs))
    if isinstance(node.work, Script):
        yield node.work.formula
