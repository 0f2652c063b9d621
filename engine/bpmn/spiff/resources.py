"""Who does a task and what serves it, in the standard's words: performers, potential owners and operations."""

from __future__ import annotations

from engine.bpmn.net.work import Formula
from engine.bpmn.spiff import names
from engine.bpmn.spiff.formulas import Formulas

_PERFORMERS = ("humanPerformer", "performer")
_OWNERS = ("potentialOwner",)


def performer(task: names.Xml, formulas: Formulas) -> Formula | None:
    """Return who is to do a task, if it names a performer."""
    return _told(task, _PERFORMERS, formulas)


def owners(task: names.Xml, formulas: Formulas) -> Formula | None:
    """Return who may claim a task, people or groups by their names, if it names potential owners."""
    return _told(task, _OWNERS, formulas)


def operation(task: names.Xml) -> str | None:
    """Return the name of the operation that a service task invokes, which is the type of its job."""
    found = names.referred(task, task.get("operationRef"))
    return None if found is None else found.get("name") or found.get("id")


def _told(task: names.Xml, kinds: tuple[str, ...], formulas: Formulas) -> Formula | None:
    """Return the resource of the first role of a kind: an expression, or the name of the resource it refers to."""
    for role in (child for child in names.children(task) if names.local(child) in kinds):
        expression = role.find(f"{names.bpmn('resourceAssignmentExpression')}/*")
        resource = names.referred(task, role.findtext(names.bpmn("resourceRef")))
        if expression is not None and (expression.text or "").strip():
            return formulas.expression(expression.text or "")
        if resource is not None and resource.get("name"):
            return Formula(str(resource.get("name")), literal=True)
    return None
