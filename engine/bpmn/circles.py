"""Circles of calls: processes that call each other again before anything waits or changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy.orm import Session

from engine.bpmn import definitions
from engine.bpmn.models import ProcessDefinition
from engine.bpmn.net import Net, Reference
from engine.bpmn.net.nodes import Flow, Node
from engine.bpmn.net.work import Assignments, Call, Catch, Decision, EventBased, Job, Script, Subprocess, UserTask
from engine.bpmn.resources import Draft

_WAITING = (Catch, Decision, EventBased, Job, UserTask)


def endless(session: Session, drafts: Sequence[Draft]) -> Iterator[tuple[Draft, Reference]]:
    """Go through the processes that would call themselves without end, each with the call that begins it."""
    nets = {draft.id: draft.net for draft in drafts if draft.net is not None}
    calls: dict[str, list[Reference]] = {}
    for draft in drafts:
        if draft.net is not None:
            for call in _calls(session, draft.id, nets, calls):
                if _leads_to(session, call.name, draft.id, nets, calls):
                    yield draft, call
                    break


def _leads_to(
    session: Session, start: str, wanted: str, nets: Mapping[str, Net], calls: dict[str, list[Reference]]
) -> bool:
    todo, seen = [start], set[str]()
    while todo:
        if (name := todo.pop()) == wanted:
            return True
        if name not in seen:
            seen.add(name)
            todo += [call.name for call in _calls(session, name, nets, calls)]
    return False


def _calls(
    session: Session, process_id: str, nets: Mapping[str, Net], calls: dict[str, list[Reference]]
) -> list[Reference]:
    """Return what a process calls at once, of the files or deployed before; found once."""
    if process_id not in calls:
        net = nets.get(process_id)
        if net is None:
            stored = definitions.latest(session, ProcessDefinition, process_id)
            net = None if stored is None else definitions.net(session, stored.key)
        calls[process_id] = [] if net is None else list(_at_once(net))
    return calls[process_id]


def _at_once(net: Net) -> Iterator[Reference]:
    """Go through the calls that are reached before anything waits; a choice made on changed values may end a circle."""
    todo, seen = [(start, False, False) for start in net.starts[0]], set[tuple[int, bool, bool]]()
    while todo:
        node, chosen, changed = todo.pop()
        if (node.index, chosen, changed) in seen or isinstance(node.work, _WAITING):
            continue
        seen.add((node.index, chosen, changed))
        if isinstance(node.work, Call):
            if node.work.process_id.literal and not (chosen and (changed or node.inputs)):
                yield Reference("process", node.work.process_id.text, node.id)
        elif isinstance(node.work, Subprocess):
            todo += [(start, chosen, changed or bool(node.inputs)) for start in net.starts[node.index]]
        else:
            changed = changed or _changes(node)
            todo += [(net.nodes[flow.target], chosen or _is_chosen(flow), changed) for flow in node.flows]


def _is_chosen(flow: Flow) -> bool:
    return flow.default or flow.condition is not None


def _changes(node: Node) -> bool:
    return isinstance(node.work, Script | Assignments) or bool(node.outputs)
