"""Activities that are done several times: standard loops and multi-instance, in Camunda's words or the standard's."""

from __future__ import annotations

from engine.bpmn.net.nodes import Loop, Repeat
from engine.bpmn.spiff import announcements, names
from engine.bpmn.spiff.extensions import Report
from engine.bpmn.spiff.extensions import read as read_extensions
from engine.bpmn.spiff.formulas import Formulas
from engine.errors import Problem
from engine.sentences import Sentence


def loop_of(activity: names.Xml, formulas: Formulas) -> Loop | None:
    """Return how often an activity is done, if it is not once."""
    standard = activity.find(names.bpmn("standardLoopCharacteristics"))
    if standard is not None:
        return Loop(sequential=True, repeat=_repeat(standard, formulas))
    element = activity.find(names.bpmn("multiInstanceLoopCharacteristics"))
    return None if element is None else _multi_instance(activity, element, formulas)


def _repeat(element: names.Xml, formulas: Formulas) -> Repeat:
    maximum = element.get("loopMaximum")
    return Repeat(
        formulas.optional_expression(element.findtext(names.bpmn("loopCondition"))),
        before=element.get("testBefore") == "true",
        maximum=int(maximum) if maximum else None,
    )


def _multi_instance(activity: names.Xml, element: names.Xml, formulas: Formulas) -> Loop:
    found = read_extensions(element)
    collection = found.get("loopCharacteristics", "inputCollection")
    output_element = found.get("loopCharacteristics", "outputElement")
    source = _variable(activity, element.findtext(names.bpmn("loopDataInputRef")))
    item, result = (_item(element, kind) for kind in ("inputDataItem", "outputDataItem"))
    target = _variable(activity, element.findtext(names.bpmn("loopDataOutputRef")))
    return Loop(
        sequential=element.get("isSequential") == "true",
        collection=formulas.demanded_expression(collection, Sentence("input collection"))
        if collection
        else formulas.optional_expression(source),
        cardinality=formulas.optional_expression(element.findtext(names.bpmn("loopCardinality"))),
        element=formulas.optional_variable(found.get("loopCharacteristics", "inputElement") or item),
        output_collection=formulas.optional_variable(found.get("loopCharacteristics", "outputCollection") or target),
        output_element=(
            formulas.demanded_expression(output_element, Sentence("output element"))
            if output_element
            else formulas.optional_expression(result)
        ),
        condition=formulas.optional_expression(element.findtext(names.bpmn("completionCondition"))),
        announcements=tuple(announcements.read(element, formulas)),
    )


def check(loop: names.Xml, report: Report) -> None:
    """Report a multi-instance activity that does not say how often, or what it collects."""
    found, where = read_extensions(loop), names.place(loop.getparent())
    told = [
        found.get("loopCharacteristics", "inputCollection"),
        (loop.findtext(names.bpmn("loopCardinality")) or "").strip() or None,
        loop.findtext(names.bpmn("loopDataInputRef")),
    ]
    if len(told) - told.count(None) != 1:
        report(Problem(Sentence("It needs either an input collection or a cardinality."), where, "multi-instance"))
    announcements.check(loop, report)
    output = [
        found.get("loopCharacteristics", "outputCollection") or loop.findtext(names.bpmn("loopDataOutputRef")),
        found.get("loopCharacteristics", "outputElement") or _item(loop, "outputDataItem"),
    ]
    if output.count(None) == 1:
        report(
            Problem(Sentence("An output collection needs an output element, and the reverse."), where, "multi-instance")
        )


def check_standard(loop: names.Xml, report: Report) -> None:
    """Report a standard loop that never ends."""
    if loop.find(names.bpmn("loopCondition")) is None and not loop.get("loopMaximum"):
        message = Sentence("Its loop needs a condition or a maximum; it would run for ever.")
        report(Problem(message, names.place(loop.getparent()), "endless-loop"))


def _item(element: names.Xml, kind: str) -> str | None:
    """Return the variable that an item of the standard stands for: its name, or its id."""
    item = element.find(names.bpmn(kind))
    return None if item is None else str(item.get("name") or item.get("id") or "")


def _variable(activity: names.Xml, reference: str | None) -> str | None:
    """Return the variable that a reference to data means: what an association brings there, by its name or its id."""
    if reference is None:
        return None
    associated = {
        (association.findtext(names.bpmn("targetRef")) or "").strip(): association.findtext(names.bpmn("sourceRef"))
        for association in activity.iterfind(names.bpmn("dataInputAssociation"))
    } | {
        (association.findtext(names.bpmn("sourceRef")) or "").strip(): association.findtext(names.bpmn("targetRef"))
        for association in activity.iterfind(names.bpmn("dataOutputAssociation"))
    }
    wanted = (associated.get(reference.strip()) or reference).strip()
    return names.variable(activity, wanted) or wanted
