"""The names of BPMN's and Zeebe's XML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias

from lxml import etree

Xml: TypeAlias = etree._Element  # noqa: SLF001 - the name lxml gives its elements

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"

TASKS = frozenset(
    {"task", "manualTask", "userTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask"}
)
SUBPROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES = TASKS | SUBPROCESSES | {"callActivity"}
CHOICES = frozenset({"exclusiveGateway", "inclusiveGateway", "complexGateway"})
GATEWAYS = CHOICES | {"parallelGateway", "eventBasedGateway"}
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
NODES = ACTIVITIES | GATEWAYS | EVENTS


def bpmn(name: str) -> str:
    """Return the full tag of a BPMN element."""
    return f"{{{BPMN}}}{name}"


def zeebe(name: str) -> str:
    """Return the full tag of a Zeebe element."""
    return f"{{{ZEEBE}}}{name}"


def local(element: Xml) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace(element: Xml) -> str:
    """Return an element's namespace, empty where it has none."""
    return str(element.tag).rpartition("}")[0].removeprefix("{")


def place(element: Xml | None) -> str:
    """Return the id of the element, or of the nearest around it that has one."""
    while element is not None:
        if element.get("id"):
            return str(element.get("id"))
        element = element.getparent()
    return ""


def children(element: Xml) -> Iterator[Xml]:
    """Go through the BPMN elements directly inside an element."""
    return (child for child in element if namespace(child) == BPMN)


def everything(element: Xml) -> Iterator[Xml]:
    """Go through all BPMN elements inside an element, and itself."""
    return (found for found in element.iter(etree.Element) if namespace(found) == BPMN)


def referred(element: Xml, reference: str | None) -> Xml | None:
    """Return the element of the same file that has an id; None where there is none, or no id is given."""
    wanted = (reference or "").strip()
    return _by_id(element.getroottree().getroot()).get(wanted) if wanted else None


def variable(element: Xml, reference: str | None) -> str:
    """Return the variable that a reference to data means: its name, that of the object it stands for, or its id.

    Empty where there is no such data.
    """
    found = referred(element, reference)
    if found is None:
        return ""
    stands_for = referred(element, found.get("dataObjectRef"))
    return str(found.get("name") or (stands_for.get("name") if stands_for is not None else "") or found.get("id"))


@lru_cache(maxsize=1)
def _by_id(root: Xml) -> Mapping[str, Xml]:
    """Return the elements of a file by their ids; those of the file that is being read are looked for often."""
    return {str(found.get("id")): found for found in everything(root) if found.get("id")}


def event_definitions(event: Xml) -> list[Xml]:
    """Return what an event is about."""
    return [child for child in event if local(child).endswith(("EventDefinition", "eventDefinitionRef"))]


def event_kind(definition: Xml) -> str:
    """Return what kind of event a definition is of, such as `timer`."""
    return local(definition).removesuffix("EventDefinition")


def event_kinds(event: Xml) -> set[str]:
    """Return what kinds of event an element is about."""
    return {event_kind(definition) for definition in event_definitions(event)}


def is_reaction(element: Xml) -> bool:
    """Say whether an element is an event subprocess, or a start event of one."""
    inner = element.getparent() if local(element) == "startEvent" else element
    return inner is not None and inner.get("triggeredByEvent") == "true"


def instantiates(element: Xml) -> bool:
    """Say whether a process begins with a receive task, or with the events after a gateway."""
    return element.get("instantiate") == "true" and local(element) in ("receiveTask", "eventBasedGateway")


def is_handler(element: Xml) -> bool:
    """Say whether an element is an activity that undoes another."""
    return element.get("isForCompensation") == "true"
