"""From what was read to a net: the elements get their indexes, their flows and what they do."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.net.nodes import Flow, Net, Node, VariableMapping
from engine.bpmn.net.work import Subprocess, Work
from engine.bpmn.spiff import associations, elements, links, loops, names
from engine.bpmn.spiff.extensions import Pairs, Report
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
        self._alternatives: list[Node] = []
        self._flows = 0

    def compile(self) -> Net:
        """Make the net."""
        element = self._process.element
        name, extensions = element.get("name") or "", self._process.extensions
        root = Node(0, element.get("id") or "", "process", Subprocess(), name=name)
        nodes = [root, *(self._node(index, *place) for index, place in enumerate(self._places, 1))]
        return Net(
            root.id,
            (*nodes, *self._alternatives),
            name,
            extensions.get("versionTag", "value"),
            extensions.properties,
        )

    def _node(self, index: int, read: Read, around: ReadProcess, parent: int) -> Node:
        formulas = Formulas(read.spec.name, self._report)
        host = around.boundaries.get(read.spec.name)
        handler = next((target for source, target in around.associations if source == read.spec.name), None)
        work = elements.work_of(read, formulas, self._indexes, host if host in self._indexes else None, handler)
        self._stand_for(index, read.spec.name, parent, elements.alternatives(read, formulas, work))
        return Node(
            index,
            read.spec.name,
            names.local(read.element),
            work,
            parent,
            read.element.get("name") or "",
            (
                *(self._flow(flow, read) for flow in around.flows_from(read.spec.name) if flow.target in self._indexes),
                *self._link(read, around),
            ),
            (*_mappings(read.extensions.inputs, formulas), *associations.inputs(read.element, formulas)),
            (*_mappings(read.extensions.outputs, formulas), *associations.outputs(read.element, formulas)),
            loops.loop_of(read.element, formulas),
            read.extensions.properties,
            takes=int(read.element.get("startQuantity") or 1),
            gives=int(read.element.get("completionQuantity") or 1),
        )

    def _stand_for(self, index: int, name: str, parent: int, works: list[Work]) -> None:
        """Add a node for each of several events of the element at an index; no XML id holds a slash."""
        for number, work in enumerate(works, 1):
            node = Node(
                len(self._places) + 1 + len(self._alternatives),
                f"{name}/{number}",
                "event",
                work,
                parent,
                stands_for=index,
            )
            self._alternatives.append(node)

    def _link(self, read: Read, around: ReadProcess) -> Iterator[Flow]:
        """Make a flow of a link: from where it is thrown to where it is caught."""
        link = links.name(read.element)
        if link is None or names.local(read.element) != "intermediateThrowEvent":
            return
        for other in around.nodes:
            if names.local(other.element) == "intermediateCatchEvent" and links.name(other.element) == link:
                self._flows += 1
                yield Flow(self._flows, f"{read.spec.name}/{link}", self._indexes[other.spec.name])

    def _flow(self, flow: FlowElement, read: Read) -> Flow:
        self._flows += 1
        condition = Formulas(flow.id, self._report).optional_expression(flow.condition)
        default = read.element.get("default") == flow.id
        return Flow(self._flows, flow.id, self._indexes[flow.target], condition, default)


def _mappings(pairs: Pairs, formulas: Formulas) -> Iterator[VariableMapping]:
    for source, target in pairs:
        yield VariableMapping(formulas.attribute(source), formulas.path(target))


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
