"""Every attribute of BPMN: executed, without effect on execution, or refused. None is passed over in silence."""

from __future__ import annotations

from engine.bpmn.spiff import document, names
from engine.bpmn.spiff.extensions import Report
from engine.errors import Problem
from engine.sentences import Sentence

EXECUTED = frozenset(
    {
        "activityRef", "attachedToRef", "behavior", "calledElement", "cancelActivity", "cancelRemainingInstances",
        "completionQuantity", "correlationPropertyRef", "default", "errorCode", "errorRef", "escalationCode",
        "escalationRef", "eventGatewayType", "instantiate", "isExecutable", "isForCompensation", "isInterrupting",
        "isSequential", "language", "loopMaximum", "messageRef", "noneBehaviorEventRef", "oneBehaviorEventRef",
        "ordering", "parallelMultiple", "scriptFormat", "signalRef", "sourceRef", "startQuantity", "targetRef",
        "testBefore", "triggeredByEvent", "waitForCompletion",
    }
)  # fmt: skip
"""What execution goes by, or what a check of the element looks at."""
DOCUMENTING = frozenset(
    {
        "associationDirection", "capacity", "categoryValueRef", "correlationKeyRef", "dataObjectRef", "dataStoreRef",
        "definitionalCollaborationRef", "evaluatesToTypeRef", "gatewayDirection", "id", "inputDataRef", "isClosed",
        "isCollection", "isUnlimited", "itemKind", "itemRef", "itemSubjectRef", "name", "outputDataRef",
        "partitionElementRef", "processType", "structureRef", "textFormat", "value",
    }
)  # fmt: skip
"""What says something to the reader of a diagram and nothing to whoever executes it."""
ONLY = {"isImmediate": {"true", "1"}, "method": {"##Compensate"}}
"""What may be said, because it is how things are executed anyway."""
TECHNICAL = {
    "implementation": {"##WebService", "##unspecified", "##Unspecified"},
    "operationRef": set[str](),
}
"""What names a technology that does nothing here, beside the values that say nothing."""


def check(process: names.Xml, report: Report) -> None:
    """Report what the attributes in a process say and execution would not do."""
    for element in names.everything(process):
        for name, value in element.attrib.items():
            _check(element, str(name), str(value), report)


def check_roots(root: names.Xml, report: Report) -> None:
    """Report what a file demands or brings along beside its processes."""
    for extension in root.iterfind(names.bpmn("extension")):
        if extension.get("mustUnderstand") in ("true", "1"):
            message = Sentence(
                "The extension {definition} must be understood, and is not.", definition=extension.get("definition")
            )
            report(Problem(message, names.place(extension), "unsupported-element"))
    for brought in root.iterfind(names.bpmn("import")):
        message = Sentence(
            "The import of {location} is never read; deploy that file beside this one.",
            location=brought.get("location"),
        )
        report(Problem(message, names.place(brought), "ignored-import"))
    if not document.executable(root):
        return
    spaces = {names.namespace(element) for element in _extensions(root)} - {names.BPMN, names.ZEEBE, ""}
    for space in sorted(spaces):
        message = Sentence("Extensions of {space} are ignored here.", space=space)
        report(Problem(message, names.place(root), "ignored-extension"))


def _extensions(root: names.Xml) -> list[names.Xml]:
    return [child for box in root.iter(names.bpmn("extensionElements")) for child in box.iterchildren("{*}*")]


def _check(element: names.Xml, name: str, value: str, report: Report) -> None:
    if name.startswith("{") or name in EXECUTED | DOCUMENTING:
        if name == "language" and "feel" not in value.lower():
            message = Sentence("Its expression is written in {value}; only FEEL is executed here.", value=value)
            report(Problem(message, names.place(element), "unknown-language"))
        return
    if name in ONLY and value in ONLY[name]:
        return
    if name in TECHNICAL:
        if value not in TECHNICAL[name]:
            message = Sentence("Its {name} {value} has no effect here.", name=name, value=value)
            report(Problem(message, names.place(element), "ignored-attribute"))
        return
    message = Sentence(
        "The attribute {name}={value!r} of a {element} is not executed here.",
        name=name,
        value=value,
        element=names.local(element),
    )
    report(Problem(message, names.place(element), "unsupported-attribute"))
