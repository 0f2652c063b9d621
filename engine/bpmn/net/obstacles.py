"""What forbids a running instance to go over to another net, said before anything is changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from engine.bpmn.net.nodes import Flow, Net, Node
from engine.bpmn.net.plan import Plan, is_body_of_instances, kinds
from engine.bpmn.net.tokens import Done, State, Token
from engine.bpmn.net.work import Call, Catch, Parallel, Subprocess
from engine.errors import Problem

SENTENCES: dict[str, str] = {
    "migration-unmapped": "%(element)s is active, but no element of the target stands for it.",
    "migration-type": "%(element)s is a %(before)s, but %(target)s is a %(after)s.",
    "migration-scope": "%(element)s is inside %(before)s, but %(target)s is inside %(after)s.",
    "migration-event": "%(element)s waits for a %(before)s, but %(target)s waits for a %(after)s.",
    "migration-loop": "%(element)s is being done several times, and %(target)s differs in its %(what)s.",
    "migration-call": "%(element)s waits for the process %(before)s, but %(target)s calls %(after)s.",
    "migration-join": "The join %(element)s has been reached, but its flow %(flow)s does not exist in the target.",
    "migration-deadlock": "The join %(element)s would wait for ever for its flow %(flow)s, which was passed by.",
    "migration-undo": "%(element)s is done and can be undone, but not in the target.",
    "migration-ad-hoc": "%(element)s is under way, but other elements begin in it in the target.",
    "migration-holder": "%(element)s is held by %(holder)s, who could not complete %(target)s.",
    "migration-arming": "The new event %(element)s cannot be awaited: %(reason)s",
}
"""What is said of each obstacle; `SENTENCES[problem.code] % problem.facts` is the sentence."""


def find(state: State, plan: Plan) -> list[Problem]:
    """Name what forbids an instance to be migrated; nothing does if the list is empty."""
    state.open_shelves()
    found = [problem for token in state.tokens.values() for problem in _of_token(token, plan)]
    if not found:
        found = [problem for token in state.tokens.values() for problem in _deadlocks(token, plan)]
    return list(dict.fromkeys(found))


def problem(code: str, element_id: str, **facts: object) -> Problem:
    """Say an obstacle."""
    told = {"element": element_id, **facts}
    return Problem(SENTENCES[code] % told, element_id, code, told)


def _of_token(token: Token, plan: Plan) -> Iterator[Problem]:
    there = plan.counterpart(token.node)
    if there is None:
        yield problem("migration-unmapped", token.node.id)
        return
    if _kind(token.node) != _kind(there):
        facts = {"before": token.node.type, "target": there.id, "after": there.type}
        yield problem("migration-type", token.node.id, **facts)
        return
    yield from _scope(token.node, there, plan)
    yield from _event(token, there, plan)
    yield from _loop(token, there)
    yield from _call(token.node, there)
    yield from _ad_hoc(token, there, plan)
    yield from _joins(token, plan)
    yield from _undoing(token, plan)


def _kind(node: Node) -> tuple[object, ...]:
    work = node.work
    kind = (work.reaction, work.transaction, work.ad_hoc is None) if isinstance(work, Subprocess) else ()
    return node.type, type(work), kind


def _scope(node: Node, there: Node, plan: Plan) -> Iterator[Problem]:
    if node.parent is None or there.parent is None:
        return
    before, after = plan.source.nodes[node.parent], plan.target.nodes[there.parent]
    expected = plan.counterpart(before)
    if expected is not None and expected is not after:
        yield problem("migration-scope", node.id, before=before.id, target=there.id, after=after.id)


def _event(token: Token, there: Node, plan: Plan) -> Iterator[Problem]:
    if isinstance(there.work, Catch) and not plan.alike(token.node, there):
        before, after = kinds(plan.source, token.node), kinds(plan.target, there)
        yield problem("migration-event", token.node.id, before=_told(before), target=there.id, after=_told(after))


def _told(events: tuple[type | None, ...]) -> str:
    return " / ".join(event.__name__.lower() for event in events if event is not None)


def _loop(token: Token, there: Node) -> Iterator[Problem]:
    """Name what of a multi-instance activity under way must not change; its conditions may."""
    before, after = token.node.loop, there.loop
    if before is None or after is None:
        if before is not after:
            yield problem("migration-loop", token.node.id, target=there.id, what="loopCharacteristics")
        return
    names = {
        "sequential": "isSequential",
        "element": "inputElement",
        "output_collection": "outputCollection",
        "output_element": "outputElement",
    }
    for name, told in names.items():
        if getattr(before, name) != getattr(after, name):
            yield problem("migration-loop", token.node.id, target=there.id, what=told)
    if (before.repeat is None) != (after.repeat is None):
        yield problem("migration-loop", token.node.id, target=there.id, what="standardLoopCharacteristics")


def _call(node: Node, there: Node) -> Iterator[Problem]:
    before, after = node.work, there.work
    if isinstance(before, Call) and isinstance(after, Call) and before.process_id != after.process_id:
        called = {"before": before.process_id.text, "after": after.process_id.text}
        yield problem("migration-call", node.id, target=there.id, **called)


def _ad_hoc(token: Token, there: Node, plan: Plan) -> Iterator[Problem]:
    if token.instances is None or is_body_of_instances(token):
        return
    first = (plan.counterpart(plan.source.nodes[index]) for index in plan.source.unordered[token.node.index])
    if [node and node.index for node in first] != list(plan.target.unordered[there.index]):
        yield problem("migration-ad-hoc", token.node.id)


def _joins(token: Token, plan: Plan) -> Iterator[Problem]:
    """Name the joins where tokens wait that would lose a flow: they may be complete without it, or never."""
    for index in {*token.arrivals, *token.resets}:
        join = plan.source.nodes[index]
        there = plan.counterpart(join)
        if there is None:
            yield problem("migration-unmapped", join.id)
        elif _kind(join) != _kind(there) or join.takes != there.takes:
            yield problem("migration-type", join.id, before=join.type, target=there.id, after=there.type)
        else:
            yield from _lost_flows(join, there, plan)


def _lost_flows(join: Node, there: Node, plan: Plan) -> Iterator[Problem]:
    taken: set[int] = set()
    names = {flow.index: flow.id for node in plan.source.nodes for flow in node.flows}
    for flow in sorted(plan.source.incoming[join.index]):
        counterpart = plan.flows.get(flow)
        if counterpart not in plan.target.incoming[there.index] or counterpart in taken:
            yield problem("migration-join", join.id, flow=names[flow])
        elif counterpart is not None:
            taken.add(counterpart)


def _undoing(token: Token, plan: Plan) -> Iterator[Problem]:
    for done in _flat([*token.done, *(token.undo or ())]):
        node = plan.source.nodes[done.node]
        there = plan.counterpart(node)
        if there is None or there.index not in plan.target.undoable or _kind(node) != _kind(there):
            yield problem("migration-undo", node.id)


def _flat(records: list[Done]) -> Iterator[Done]:
    for done in records:
        yield done
        yield from _flat(list(done.inside))


def _deadlocks(token: Token, plan: Plan) -> Iterator[Problem]:
    """Name the parallel joins that would wait for ever in the target alone: a branch is new behind a fork passed by."""
    there, children = plan.expect(token.node), token.children.values()
    filled = {
        plan.expect(plan.source.nodes[join]).index: {plan.flows[flow] for flow in flows}
        for join, flows in token.arrivals.items()
    }
    lacking = _lacking(plan.target, there.index, {plan.expect(child.node).index for child in children}, filled)
    before = _lacking(plan.source, token.node.index, {child.node.index for child in children}, token.arrivals)
    hopeless = {node.index for join in before if (node := plan.counterpart(plan.source.nodes[join])) is not None}
    for join, flow in sorted(lacking.items()):
        if join not in hopeless:
            yield problem("migration-deadlock", plan.target.nodes[join].id, flow=flow.id)


def _lacking(net: Net, scope: int, places: set[int], filled: Mapping[int, Collection[int]]) -> dict[int, Flow]:
    """Return the parallel joins of a scope that something comes to, with a flow over which nothing can come."""
    found: dict[int, Flow] = {}
    for join in (node for node in net.nodes if node.parent == scope and isinstance(node.work, Parallel)):
        reached = _reached(net, {*places, *filled}, without=join.index)
        flows = [(node.index, flow) for node in net.nodes for flow in node.flows if flow.target == join.index]
        empty = [f for source, f in flows if source not in reached and f.index not in filled.get(join.index, ())]
        if empty and len(empty) < len(flows):
            found[join.index] = empty[0]
    return found


def _reached(net: Net, places: set[int], *, without: int) -> set[int]:
    """Return the nodes of the same scope that tokens at these places can come to around one, the places included."""
    todo, seen = [*places], {without}
    while todo:
        if (place := todo.pop()) not in seen:
            seen.add(place)
            todo += [flow.target for flow in net.nodes[place].flows]
            todo += [boundary.index for boundary in net.boundaries[place]]
    return seen - {without}
