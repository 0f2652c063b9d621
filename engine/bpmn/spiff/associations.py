"""The standard's data associations as mappings: what goes into an element's own inputs, and what comes out of it.

An input or output is a variable by its name. An association with anything else, as modelers draw it to a data object,
documents and does nothing; so does one between two things of the same name, where one variable is both.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.net.nodes import VariableMapping
from engine.bpmn.net.work import Formula
from engine.bpmn.spiff import names
from engine.bpmn.spiff.extensions import Report
from engine.bpmn.spiff.formulas import Formulas
from engine.errors import Problem
from engine.sentences import Sentence

_OWN = {"dataInputAssociation": "targetRef", "dataOutputAssociation": "sourceRef"}
"""The end of an association that is an input or output of its element."""


def inputs(element: names.Xml, formulas: Formulas) -> tuple[VariableMapping, ...]:
    """Return what an element's data inputs are filled with; a subprocess first has what it declares as its own."""
    return (*_declared(element), *_mappings(element, "dataInputAssociation", formulas))


def outputs(element: names.Xml, formulas: Formulas) -> tuple[VariableMapping, ...]:
    """Return what an element's data outputs fill."""
    return _mappings(element, "dataOutputAssociation", formulas)


def check(association: names.Xml, report: Report) -> None:
    """Report an association that would compute something without saying for which variable."""
    if association.find(names.bpmn("transformation")) is not None and not list(_told(association)):
        message = Sentence(
            "Its transformation needs a data input or output, and a data object, each with a name of a variable."
        )
        report(Problem(message, names.place(association), "bad-variable"))


def _declared(element: names.Xml) -> Iterator[VariableMapping]:
    """Go through the properties and data objects of a subprocess, which live and end with it."""
    if names.local(element) not in names.SUBPROCESSES:
        return
    for child in names.children(element):
        name = str(child.get("name") or "")
        if names.local(child) in ("property", "dataObject") and name.isidentifier():
            yield VariableMapping(Formula("null"), name)


def _mappings(element: names.Xml, kind: str, formulas: Formulas) -> tuple[VariableMapping, ...]:
    told = [each for association in element.iterfind(names.bpmn(kind)) for each in _told(association)]
    if all(source == target for source, target in told):
        return ()
    return tuple(VariableMapping(formulas.expression(source), formulas.path(target)) for source, target in told)


def _told(association: names.Xml) -> Iterator[tuple[str, str]]:
    """Go through what an association computes, and the variable each is for."""
    assignments = association.findall(names.bpmn("assignment"))
    for assignment in assignments:
        yield _text(assignment, "from"), _text(assignment, "to")
    ends = [names.variable(association, _text(association, end)) for end in ("sourceRef", "targetRef")]
    if (
        assignments
        or not _is_own(association, _OWN[names.local(association)])
        or not all(end.isidentifier() for end in ends)
    ):
        return
    yield _text(association, "transformation") or ends[0], ends[1]


def _is_own(association: names.Xml, end: str) -> bool:
    """Say whether an end is an input or output of the element, other than those its instances go over."""
    element, reference = association.getparent(), _text(association, end)
    loop = element.find(names.bpmn("multiInstanceLoopCharacteristics"))
    repeated = [] if loop is None else [_text(loop, "loopDataInputRef"), _text(loop, "loopDataOutputRef")]
    found = names.referred(association, reference)
    return found is not None and names.local(found) in ("dataInput", "dataOutput") and reference not in repeated


def _text(element: names.Xml, child: str) -> str:
    return (element.findtext(names.bpmn(child)) or "").strip()
