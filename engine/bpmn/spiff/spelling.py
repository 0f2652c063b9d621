"""What a BPMN file may say in several ways is said in one way before it is read.

The standard lets references carry the file's own prefix, events refer to definitions that stand elsewhere, messages be
told by the flow that carries them, links by where they lead, tasks be declared once for all who call them, and flows
go without an id.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

from lxml import etree

from engine.bpmn.spiff import names

_FLAGS = frozenset(
    {
        "isExecutable", "isForCompensation", "isSequential", "testBefore", "cancelActivity", "isInterrupting",
        "parallelMultiple", "triggeredByEvent", "cancelRemainingInstances", "instantiate", "waitForCompletion",
    }
)  # fmt: skip
_TRUTH = {"1": "true", "0": "false"}
_GLOBAL_TASKS = {
    "globalTask": "task",
    "globalManualTask": "manualTask",
    "globalUserTask": "userTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}
_NAMED = ("message", "signal", "error", "escalation")
_CODED = ("error", "escalation")
_MESSAGE_TASKS = frozenset({"sendTask", "receiveTask"})


def unify(root: names.Xml) -> None:
    """Rewrite a file that is valid by its schema."""
    own = {prefix for prefix, space in root.nsmap.items() if prefix and space == root.get("targetNamespace")}
    for element in names.everything(root):
        _unify_attributes(element, own)
    _name_flows(root)
    known = {str(element.get("id")): element for element in names.everything(root) if element.get("id")}
    for process in root.iterfind(names.bpmn("process")):
        _say_executable(process)
    _name_declared(root)
    for link in list(root.iter(names.bpmn("linkEventDefinition"))):
        _name_link(link, known)
    for reference in list(root.iter(names.bpmn("eventDefinitionRef"))):
        _put_definition(reference, known)
    for call in list(root.iter(names.bpmn("callActivity"))):
        _put_task(call, known)
    for flow in list(root.iter(names.bpmn("messageFlow"))):
        _tell_message(flow, known)


def _unify_attributes(element: names.Xml, own: set[str]) -> None:
    for name, value in element.attrib.items():
        if name in _FLAGS:
            element.set(name, _TRUTH.get(str(value), str(value)))
        elif name == "calledElement":
            element.set(name, _without_prefix(str(value), {str(prefix) for prefix in element.nsmap if prefix}))
        elif str(name).endswith("Ref") or name == "default":
            element.set(name, _without_prefix(str(value), own))
    if names.local(element).endswith("Ref") and element.text:
        element.text = _without_prefix(element.text, own)


def _without_prefix(reference: str, own: set[str]) -> str:
    """Return a reference without the prefix of the file's own namespace, in which all its ids are."""
    prefix, colon, name = reference.strip().partition(":")
    return name if colon and prefix in own else reference


def _name_flows(root: names.Xml) -> None:
    """Give flows that have no id one that they keep from version to version: it tells where they lead."""
    taken = {element.get("id") for element in names.everything(root)}
    for flow in root.iter(names.bpmn("sequenceFlow")):
        name = f"{flow.get('sourceRef')}-{flow.get('targetRef')}"
        while not flow.get("id"):
            if name not in taken:
                flow.set("id", name)
            name += "-"
        taken.add(flow.get("id"))


def _say_executable(process: names.Xml) -> None:
    """Let a process with something to execute be executable where it does not say that it is not."""
    holds = any(names.local(child) in names.NODES for child in process)
    if holds and not process.get("isExecutable") and process.get("processType") != "Public":
        process.set("isExecutable", "true")


def _name_declared(root: names.Xml) -> None:
    """Let what has no name be known by its id, and errors and escalations without a code by their name."""
    for declared in root.iter(*map(names.bpmn, _NAMED)):
        kind, name = names.local(declared), declared.get("name") or declared.get("id")
        if name:
            declared.set("name", name)
        if name and kind in _CODED and not declared.get(f"{kind}Code"):
            declared.set(f"{kind}Code", name)


def _name_link(link: names.Xml, known: Mapping[str, names.Xml]) -> None:
    """Let a link that tells by reference where it leads, or who leads there, have one name at both ends."""
    target = known.get((link.findtext(names.bpmn("target")) or "").strip())
    if target is not None and names.local(target) == "linkEventDefinition":
        link.set("name", target.get("name"))
    for source in link.iterfind(names.bpmn("source")):
        found = known.get((source.text or "").strip())
        if found is not None and names.local(found) == "linkEventDefinition":
            found.set("name", link.get("name"))


def _put_definition(reference: names.Xml, known: Mapping[str, names.Xml]) -> None:
    """Put the event definition that is referred to in the place of the reference."""
    found = known.get((reference.text or "").strip())
    if found is not None and names.local(found).endswith("EventDefinition"):
        copy = deepcopy(found)
        copy.attrib.pop("id", None)
        reference.getparent().replace(reference, copy)


def _put_task(call: names.Xml, known: Mapping[str, names.Xml]) -> None:
    """Let a call of a task that was declared for all who call it be this task itself."""
    found = known.get(call.get("calledElement", ""))
    kind = _GLOBAL_TASKS.get(names.local(found)) if found is not None else None
    if found is None or kind is None:
        return
    call.tag = names.bpmn(kind)
    del call.attrib["calledElement"]
    for name in ("implementation", "scriptFormat"):
        if found.get(name):
            call.set(name, found.get(name))
    for child in found:
        call.append(deepcopy(child))


def _tell_message(flow: names.Xml, known: Mapping[str, names.Xml]) -> None:
    """Let both ends of a message flow name its message: that of the flow, of the other end, or one of its own."""
    ends = [_holder(known.get(flow.get(end, ""))) for end in ("sourceRef", "targetRef")]
    told = [flow.get("messageRef"), *(end.get("messageRef") for end in ends if end is not None)]
    message = next((reference for reference in told if reference), None)
    nameless = [end for end in ends if end is not None and not end.get("messageRef")]
    if nameless and message is None:
        message = f"message_of_{flow.get('id')}"
        declared = {"id": message, "name": flow.get("name") or message}
        flow.getparent().addprevious(etree.Element(names.bpmn("message"), declared))
    for end in nameless:
        end.set("messageRef", message)


def _holder(element: names.Xml | None) -> names.Xml | None:
    """Return what names the message at an end of a message flow; None at a pool, and at what knows no message."""
    if element is None or names.local(element) in _MESSAGE_TASKS:
        return element
    return element.find(names.bpmn("messageEventDefinition"))
