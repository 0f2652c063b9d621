"""SpiffWorkflow's parser, taught our extensions, and kept from following flows.

SpiffWorkflow walks a diagram from its start events by recursion: what no flow reaches is dropped, a long chain exhausts
the stack, and the first problem ends it. Here it parses each element by itself, and the flows stay beside the
specifications, as the file has them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.task_parsers import ScriptTaskParser, SubWorkflowParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.defaults import ServiceTask, SubWorkflowTask
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition

from engine.bpmn.spiff import correlations, definitions, extensions, names
from engine.bpmn.spiff.document import executable
from engine.errors import Problem


@dataclass(frozen=True, slots=True)
class FlowElement:
    """A sequence flow as the file has it."""

    id: str
    target: str
    condition: str | None


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of one element: SpiffWorkflow's specification, its XML and its extensions."""

    spec: BpmnTaskSpec
    element: names.Xml
    extensions: extensions.Extensions
    inside: ReadProcess | None = None


@dataclass(slots=True)
class ReadProcess:
    """What was read of a process or subprocess."""

    element: names.Xml
    extensions: extensions.Extensions
    nodes: list[Read] = field(default_factory=list)
    flows: dict[str, list[FlowElement]] = field(default_factory=dict)
    boundaries: dict[str, str] = field(default_factory=dict)
    associations: list[tuple[str, str]] = field(default_factory=list)

    def flows_from(self, source: str) -> list[FlowElement]:
        """Return the flows out of an element, in the file's order."""
        return self.flows.get(source, [])


class ProcessSpec(BpmnProcessSpec):
    """SpiffWorkflow's specification of a process, and what was read into it."""

    read: ReadProcess


class _NodeParser(TaskParser):
    """Put in front of each of SpiffWorkflow's task parsers."""

    def parse_node(self) -> BpmnTaskSpec:
        """Parse this element alone."""
        self.task = self.create_task()
        self.task.extensions = extensions.read(self.node)
        return self.task

    def attribute(self, attribute: str, _namespace: str | None = None, node: names.Xml | None = None) -> Any:
        """Return a BPMN attribute, which has no namespace; SpiffWorkflow looks for one and never finds it."""
        return (self.node if node is None else node).get(attribute)

    def parse_incoming_data_references(self) -> list[object]:
        """Leave data associations to the checks, which refuse those that would do something."""
        return []

    def parse_outgoing_data_references(self) -> list[object]:
        """Leave data associations to the checks."""
        return []

    def parse_message_event(self, message_event: names.Xml) -> MessageEventDefinition:
        """Read a message's name as it stands; what it is correlated by stands with the message."""
        definition = super().parse_message_event(message_event)
        message = message_event.get("messageRef") or ""
        told = self.process_parser.parser.correlation_keys.get(message)
        definition.correlation_key = told or correlations.key(self.node, message)
        return definition

    def get_event_definition(self, _xpaths: list[str]) -> EventDefinition:
        """Return what an event is about, each of its definitions read by itself."""
        found = [definitions.read(self, definition) for definition in names.event_definitions(self.node)]
        return definitions.together(found, all_of_them=self.attribute("parallelMultiple") == "true")


class _Subprocess(_NodeParser, SubWorkflowParser):
    def create_task(self) -> BpmnTaskSpec:
        """Parse a subprocess, which needs no end event: where nothing leads on it ends."""
        parser = self.process_parser.parser
        parser.create_parser(self.node, filename=self.filename, lane=self.lane)
        parser.process_parsers[self.bpmn_id].parent = self.process_parser
        return self.spec_class(self.spec, self.bpmn_id, subworkflow_spec=self.bpmn_id, **self.bpmn_attributes)


class _CallActivity(_NodeParser):
    def create_task(self) -> BpmnTaskSpec:
        """Parse a call activity; Camunda 8 names the called process in an extension."""
        called = extensions.read(self.node).get("calledElement", "processId") or self.node.get("calledElement") or ""
        return self.spec_class(self.spec, self.bpmn_id, subworkflow_spec=called, **self.bpmn_attributes)


class _ScriptTask(_NodeParser, ScriptTaskParser):
    def get_script(self) -> str:
        """Return the FEEL expression of Camunda 8's script extension, empty where there is none."""
        return extensions.read(self.node).get("script", "expression") or ""


class ComplexGateway(BpmnTaskSpec):
    """SpiffWorkflow's specification of a complex gateway, which it has not."""


def _taught(parser: type, specification: type) -> tuple[type, type]:
    return type(parser.__name__, (_NodeParser, parser), {}), specification


class _ProcessParser(ProcessParser):
    """Parses every element of a process by itself."""

    def create_spec(self) -> ProcessSpec:
        """Make the specification of a process or subprocess."""
        spec = ProcessSpec(name=self.bpmn_id, description=self.get_name(), filename=self.filename)
        spec.read = ReadProcess(self.node, extensions.read(self.node))
        return spec

    def add_tasks(self) -> None:
        """Parse the elements in the file's order."""
        for child in self.node:
            if child.get("id") in self.parser.refused:
                continue
            if child.tag in self.parser.OVERRIDE_PARSER_CLASSES:
                self._add_node(child)
            elif child.tag == names.bpmn("sequenceFlow"):
                self._add_flow(child)
            elif child.tag == names.bpmn("association"):
                self.spec.read.associations.append((child.get("sourceRef"), child.get("targetRef")))

    def _add_node(self, element: names.Xml) -> None:
        try:
            spec = self.parse_node(element)
        except ValidationException as error:
            self.parser.report(Problem(f"{error}.", error.id or names.place(element), "unreadable-element"))
            return
        inside = None
        if names.local(element) in names.SUBPROCESSES:
            inside = self.parser.process_parsers[spec.name].get_spec().read
        if element.get("attachedToRef"):
            self.spec.read.boundaries[element.get("id")] = element.get("attachedToRef")
        self.spec.read.nodes.append(Read(spec, element, spec.extensions, inside))

    def _add_flow(self, element: names.Xml) -> None:
        condition = element.findtext(names.bpmn("conditionExpression"))
        flow = FlowElement(element.get("id"), element.get("targetRef"), condition)
        self.spec.read.flows.setdefault(element.get("sourceRef"), []).append(flow)


class Reader(BpmnParser):
    """SpiffWorkflow's parser for our dialect. What was refused is left out; parsing goes on after a problem."""

    PROCESS_PARSER_CLASS = _ProcessParser
    OVERRIDE_PARSER_CLASSES = {  # noqa: RUF012 - SpiffWorkflow's way
        **{tag: _taught(*classes) for tag, classes in BpmnParser.PARSER_CLASSES.items()},
        **{full_tag(name): (_Subprocess, SubWorkflowTask) for name in names.SUBPROCESSES},
        full_tag("complexGateway"): _taught(TaskParser, ComplexGateway),
        full_tag("callActivity"): (_CallActivity, BpmnParser.PARSER_CLASSES[full_tag("callActivity")][1]),
        full_tag("scriptTask"): (_ScriptTask, BpmnParser.PARSER_CLASSES[full_tag("scriptTask")][1]),
        full_tag("businessRuleTask"): _taught(TaskParser, ServiceTask),
    }

    def __init__(self, refused: set[str], report: Callable[[Problem], None]) -> None:
        super().__init__()
        self.refused = refused
        self.report = report
        self.correlation_keys: dict[str, str] = {}

    def _add_data_stores(self, bpmn: names.Xml) -> None:
        """Pass over data stores, which document and do nothing."""

    def _add_messages(self, bpmn: names.Xml) -> None:
        super()._add_messages(bpmn)
        for message in bpmn.iter(names.bpmn("message")):
            key = extensions.read(message).get("subscription", "correlationKey")
            if key:
                self.correlation_keys[message.get("id")] = key


def read(root: names.Xml, name: str, refused: set[str], report: Callable[[Problem], None]) -> list[ReadProcess]:
    """Read the executable processes of a BPMN file that has passed the checks of its XML."""
    reader = Reader(refused, report)
    try:
        reader.add_bpmn_xml(root, name)
    except ValidationException as error:
        report(Problem(f"{error}.", error.id or name, "unreadable-element"))
        return []
    return [reader.get_spec(process.get("id")).read for process in executable(root)]
