"""From what was read to a net: the elements get their indexes, their flows and what they do."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.net.nodes import Flow, Loop, Net, Node, VariableMapping
from engine.bpmn.net.work import Subprocess
from engine.bpmn.spiff import elements, names
from engine.bpmn.spiff.extensions import Report
from engine.bpmn.spiff.extensions import read as read_extensions
from engine.bpmn.spiff.formulas import Formulas
from engine.bpmn.spiff.reader import FlowElement, Read, ReadProcess


def compile_process(process: ReadProcess, report: Report) -> Net:
    """Compile a process; what is wrong with its expressions is reported, and the net is not to be used then."""
    return _Compiler(process, report).compile()


class _Compiler:
    def __init__(self, process: ReadProcess, report: Report) -> None:
        self._process = process
        self._report = report
        self._places = list(_places(process, 0))
        self._indexes = {read.spec.name: index for index, (read, _, _) in enumerate(self._places, 1)}
        self._flows = 0

    def compile(self) -> Net:
        """Make the net."""
        element = self._process.element
        name, extensions = element.get("name") or "", self._process.extensions
        root = Node(0, element.get("id") or "", "process", Subprocess(), name=name)
        return Net(
            root.id,
            (root, *(self._node(index, *place) for index, place in enumerate(self._places, 1))),
            name,
            extensions.get("versionTag", "value"),
            extensions.properties,
        )

    def _node(self, index: int, read: Read, around: ReadProcess, parent: int) -> Node:
        formulas = Formulas(read.spec.name, self._report)
        host = around.boundaries.get(read.spec.name)
        return Node(
            index,
            read.spec.name,
            names.local(read.element),
            elements.work_of(read, formulas, self._indexes, host if host in self._indexes else None),
            parent,
            read.element.get("name") or "",
            tuple(self._flow(flow, read) for flow in around.flows_from(read.spec.name) if flow.target in self._indexes),
            tuple(
                VariableMapping(formulas.attribute(source), formulas.variable(target))
                for source, target in read.extensions.inputs
            ),
            tuple(
                VariableMapping(formulas.attribute(source), formulas.variable(target))
                for source, target in read.extensions.outputs
            ),
            _loop(read, formulas),
            read.extensions.properties,
        )

    def _flow(self, flow: FlowElement, read: Read) -> Flow:
        self._flows += 1
        condition = Formulas(flow.id, self._report).optional_expression(flow.condition)
        default = read.element.get("default") == flow.id
        return Flow(self._flows, flow.id, self._indexes[flow.target], condition, default)


def _places(process: ReadProcess, parent: int, first: int = 1) -> Iterator[tuple[Read, ReadProcess, int]]:
    """Go through all elements, a subprocess before what is inside, each with the index of what is around it."""
    index = first
    for read in process.nodes:
        yield read, process, parent
        own, index = index, index + 1
        if read.inside is not None:
            for place in _places(read.inside, own, index):
                yield place
                index += 1


def _loop(read: Read, formulas: Formulas) -> Loop | None:
    element = read.element.find(names.bpmn("multiInstanceLoopCharacteristics"))
    if element is None:
        return None
    found = read_extensions(element)
    collection = found.get("loopCharacteristics", "inputCollection")
    output_element = found.get("loopCharacteristics", "outputElement")
    return Loop(
        sequential=element.get("isSequential") == "true",
        collection=formulas.demanded_expression(collection, "input collection") if collection else None,
        cardinality=formulas.optional_expression(element.findtext(names.bpmn("loopCardinality"))),
        element=formulas.optional_variable(found.get("loopCharacteristics", "inputElement")),
        output_collection=formulas.optional_variable(found.get("loopCharacteristics", "outputCollection")),
        output_element=formulas.demanded_expression(output_element, "output element") if output_element else None,
        condition=formulas.optional_expression(element.findtext(names.bpmn("completionCondition"))),
    )
