"""What a diagram may hold: an element is executed as the standard says, or refused with a sentence that names it."""

from __future__ import annotations

from collections import Counter

from engine import findings
from engine.bpmn.spiff import attributes, document, names, particulars, wiring
from engine.bpmn.spiff.extensions import Report
from engine.errors import Problem
from engine.sentences import Sentence

DETAILS = frozenset(
    {
        "sequenceFlow", "conditionExpression", "incoming", "outgoing", "documentation", "extensionElements",
        "multiInstanceLoopCharacteristics", "loopCardinality", "completionCondition", "loopDataInputRef",
        "loopDataOutputRef", "inputDataItem", "outputDataItem", "complexBehaviorDefinition", "event",
        "standardLoopCharacteristics", "loopCondition", "assignment", "from", "to", "transformation",
        "resourceRole", "performer", "humanPerformer", "potentialOwner", "resourceRef",
        "resourceAssignmentExpression", "formalExpression", "expression",
        "activationCondition", "script", "timerEventDefinition", "timeDate", "timeDuration", "timeCycle",
        "messageEventDefinition", "operationRef", "signalEventDefinition", "errorEventDefinition",
        "escalationEventDefinition", "terminateEventDefinition", "linkEventDefinition", "source", "target",
        "conditionalEventDefinition", "condition", "compensateEventDefinition", "cancelEventDefinition",
        "eventDefinitionRef", "correlationSubscription", "correlationPropertyBinding", "dataPath",
    }
)  # fmt: skip
DRAWN = frozenset(
    {
        "laneSet", "lane", "childLaneSet", "flowNodeRef", "textAnnotation", "text", "association", "group",
        "categoryValueRef", "dataObject", "dataObjectReference", "dataStoreReference", "dataState", "property",
        "ioSpecification", "dataInput", "dataOutput", "inputSet", "outputSet", "dataInputRefs", "dataOutputRefs",
        "inputSetRefs", "outputSetRefs", "optionalInputRefs", "optionalOutputRefs", "whileExecutingInputRefs",
        "whileExecutingOutputRefs", "dataInputAssociation", "dataOutputAssociation", "sourceRef", "targetRef",
        "supportedInterfaceRef", "supports", "ioBinding", "auditing", "monitoring", "rendering",
    }
)  # fmt: skip
"""What documents and does nothing, but for what `associations` makes of the data of an element."""
_RESERVED = frozenset({"Start", "End", "Root"})


def check_ids(root: names.Xml, report: Report) -> None:
    """Report elements without an id, with one that is taken, or one that the parser keeps for itself."""
    ids = Counter(element.get("id") for element in names.everything(root) if element.get("id"))
    for name, count in ids.items():
        if count > 1:
            report(Problem(Sentence("{count} elements have this id.", count=count), str(name), "duplicate-id"))
        if name in _RESERVED or str(name).endswith(".EndJoin"):
            report(Problem(Sentence("This id is reserved; choose another."), str(name), "reserved-id"))
    for element in names.everything(root):
        if names.local(element) in names.NODES | {"process"} and not element.get("id"):
            report(
                Problem(
                    Sentence("A {element} has no id.", element=names.local(element)), names.place(element), "missing-id"
                )
            )


def check(root: names.Xml, report: Report) -> set[str]:
    """Report everything in the executable processes that is not executed as it is drawn.

    Returns:
        The ids of the elements that cannot even be read.
    """
    refused: set[str] = set()

    def refuse(problem: Problem) -> None:
        report(problem)
        if findings.refuses(problem):
            refused.add(problem.where)

    processes = document.executable(root)
    if not processes:
        report(
            Problem(Sentence('No process of the file is executable; set isExecutable="true".'), "", "not-executable")
        )
    known = particulars.declared(root)
    for process in processes:
        wiring.check(process, report)
        attributes.check(process, report)
        for element in names.everything(process):
            _check_element(element, known, refuse)
    return refused


def _check_element(element: names.Xml, known: particulars.Declared, report: Report) -> None:
    name = names.local(element)
    if name not in names.NODES | DETAILS | DRAWN | {"process"}:
        report(particulars.unsupported(element))
        return
    particulars.check(element, known, report)
