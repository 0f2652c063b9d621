"""The Camunda 8 extension elements (D2), read strictly: what would be ignored is refused, with its element."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from engine.bpmn.spiff import names
from engine.errors import Problem
from engine.sentences import Sentence

_TASKS = {"userTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask", "task", "manualTask"}
_ACTIVITIES = _TASKS | {"callActivity", "subProcess", "transaction", "adHocSubProcess"}
_THROWING = {"intermediateThrowEvent", "endEvent"}
_JOBS = {"serviceTask", "sendTask", "businessRuleTask", "scriptTask", *_THROWING}
_CATCHING = {"startEvent", "intermediateCatchEvent", "boundaryEvent"}
_EVERYTHING = None

LISTENED = ("completing", "assigning")
"""The events of a user task whose listeners are called."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """What an extension element may say, and on which BPMN elements it means something."""

    attributes: frozenset[str]
    on: set[str] | None
    children: frozenset[str] = frozenset()


def _shape(attributes: str, on: set[str] | None, children: str = "") -> _Shape:
    return _Shape(frozenset(attributes.split()), on, frozenset(children.split()))


_SHAPES = {
    "userTask": _shape("", {"userTask"}),
    "formDefinition": _shape("formId bindingType", {"userTask"}),
    "assignmentDefinition": _shape("assignee candidateGroups candidateUsers", {"userTask"}),
    "taskSchedule": _shape("dueDate followUpDate", {"userTask"}),
    "priorityDefinition": _shape("priority", {"userTask"}),
    "taskDefinition": _shape("type retries", _JOBS),
    "taskHeaders": _shape("", _JOBS | {"userTask"}, "header"),
    "taskListeners": _shape("", {"userTask"}, "taskListener"),
    "ioMapping": _shape("", _ACTIVITIES | _THROWING | _CATCHING, "input output"),
    "script": _shape("expression resultVariable", {"scriptTask"}),
    "calledElement": _shape(
        "processId bindingType versionTag propagateAllChildVariables propagateAllParentVariables", {"callActivity"}
    ),
    "calledDecision": _shape("decisionId resultVariable bindingType versionTag", {"businessRuleTask"}),
    "loopCharacteristics": _shape(
        "inputCollection inputElement outputCollection outputElement", {"multiInstanceLoopCharacteristics"}
    ),
    "subscription": _shape("correlationKey", {"message"}),
    "properties": _shape("", _EVERYTHING, "property"),
    "versionTag": _shape("value", {"process"}),
}
_CHILD_ATTRIBUTES = {
    "header": ("key", "value"),
    "input": ("source", "target"),
    "output": ("source", "target"),
    "property": ("name", "value"),
    "taskListener": ("eventType", "type"),
}
_HARMLESS_ATTRIBUTES = {"modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon"}
_OTHER_ENGINES = ("http://camunda.org/schema/1.0/bpmn", "http://activiti.org/bpmn", "http://flowable.org/bpmn")

Report = Callable[[Problem], None]
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Extensions:
    """What stands in an element's extensionElements.

    Attributes:
        attributes: of each extension element that has no children, by its name.
        inputs, outputs: source and target of each mapping.
        listeners: event type and job type of each task listener.
    """

    attributes: dict[str, dict[str, str]] = field(default_factory=dict)
    inputs: Pairs = ()
    outputs: Pairs = ()
    headers: Pairs = ()
    properties: Pairs = ()
    listeners: Pairs = ()

    def heard(self, event: str) -> tuple[str, ...]:
        """Name the operations that listen for an event of the task."""
        return tuple(job_type for event_type, job_type in self.listeners if event_type == event)

    def __contains__(self, name: str) -> bool:
        return name in self.attributes

    def get(self, name: str, attribute: str) -> str | None:
        """Return what an attribute of an extension element says; None where it says nothing."""
        text = self.attributes.get(name, {}).get(attribute, "").strip()
        return text if text not in ("", "=") else None


def read(element: names.Xml) -> Extensions:
    """Read the extension elements of a BPMN element; `check` says what is wrong with them."""
    attributes: dict[str, dict[str, str]] = {}
    pairs: dict[str, list[tuple[str, str]]] = {name: [] for name in _CHILD_ATTRIBUTES}
    for extension in _zeebe_elements(element):
        name = names.local(extension)
        attributes[name] = {str(key): str(value) for key, value in extension.attrib.items()}
        for child in extension:
            first, second = _CHILD_ATTRIBUTES.get(names.local(child), ("", ""))
            if first:
                pairs[names.local(child)].append((child.get(first, ""), child.get(second, "")))
    return Extensions(
        attributes,
        inputs=tuple(pairs["input"]),
        outputs=tuple(pairs["output"]),
        headers=tuple(pairs["header"]),
        properties=tuple(pairs["property"]),
        listeners=tuple(pairs["taskListener"]),
    )


def check(root: names.Xml, report: Report) -> None:
    """Report every extension that would be ignored or misread."""
    for element in root.iter(etree.Element):
        space = names.namespace(element)
        if space in (names.BPMN, names.ZEEBE):
            _check_attributes(element, report)
        if space in _OTHER_ENGINES:
            report(_foreign(element))
        if element.tag == names.bpmn("extensionElements"):
            for extension in _zeebe_elements(element.getparent()):
                _check_extension(extension, names.local(element.getparent()), report)


def _zeebe_elements(element: names.Xml) -> Iterator[names.Xml]:
    for box in element.findall(names.bpmn("extensionElements")):
        yield from (child for child in box if names.namespace(child) == names.ZEEBE)


def _check_attributes(element: names.Xml, report: Report) -> None:
    for key in element.attrib:
        name = etree.QName(key)
        if name.namespace in _OTHER_ENGINES:
            report(_foreign(element))
        if name.namespace == names.ZEEBE and name.localname not in _HARMLESS_ATTRIBUTES:
            report(_unknown(element, Sentence("attribute {name}", name=f"zeebe:{name.localname}")))


def _check_extension(extension: names.Xml, on: str, report: Report) -> None:
    name = names.local(extension)
    shape = _SHAPES.get(name)
    if shape is None:
        report(_unknown(extension, Sentence("extension {name}", name=f"zeebe:{name}")))
        return
    if shape.on is not None and on not in shape.on:
        message = Sentence("zeebe:{name} means nothing on a {on}; it would be ignored.", name=name, on=on)
        report(Problem(message, names.place(extension), "misplaced-extension"))
    for attribute in sorted(set(map(str, extension.attrib)) - shape.attributes):
        report(_unknown(extension, _attribute(attribute, name)))
    for child in extension:
        _check_child(child, shape, report)


def _check_child(child: names.Xml, shape: _Shape, report: Report) -> None:
    name = names.local(child)
    if name not in shape.children:
        report(
            _unknown(
                child, Sentence("element {name} in zeebe:{parent}", name=name, parent=names.local(child.getparent()))
            )
        )
        return
    for attribute in sorted(set(map(str, child.attrib)) - set(_CHILD_ATTRIBUTES[name]) - {"id"}):
        report(_unknown(child, _attribute(attribute, name)))
    if not child.get(_CHILD_ATTRIBUTES[name][0]) or (name in ("input", "output") and not child.get("target")):
        report(
            Problem(
                Sentence("zeebe:{name} is incomplete.", name=name),
                names.place(child.getparent()),
                "incomplete-extension",
            )
        )
    if name == "taskListener" and child.get("eventType") not in LISTENED:
        message = Sentence(
            "Its task listener listens for {event_type!r}; only {heard} listeners are called.",
            event_type=child.get("eventType"),
            heard=" and ".join(LISTENED),
        )
        report(Problem(message, names.place(child.getparent()), "unknown-listener"))


def _attribute(attribute: str, name: str) -> Sentence:
    return Sentence("attribute {attribute} of zeebe:{name}", attribute=attribute, name=name)


def _unknown(element: names.Xml, what: Sentence) -> Problem:
    return Problem(
        Sentence("The {what} is not known here and would be ignored.", what=what),
        names.place(element),
        "unknown-extension",
    )


def _foreign(element: names.Xml) -> Problem:
    message = Sentence("It carries extensions made for another engine, which would be ignored; use Camunda 8's.")
    return Problem(message, names.place(element), "foreign-extension")
