"""The types of elements, in the words of Camunda 8."""

from __future__ import annotations

import re
from functools import cache

from engine.bpmn.net import Node
from engine.bpmn.net.work import Subprocess

BODY = "MULTI_INSTANCE_BODY"
"""What holds the instances of an activity that is done several times."""

_SPECIAL = {
    "adHocSubProcess": "AD_HOC_SUB_PROCESS",
    "transaction": "SUB_PROCESS",
    "complexGateway": "UNKNOWN",
}
"""Elements that Camunda calls otherwise than BPMN, or does not know."""


def of(node: Node, loop_counter: int = 0) -> str:
    """Return the type of an element instance; `loop_counter` is 0 for the body of those that are done several times."""
    if node.loop is not None and not loop_counter:
        return BODY
    if isinstance(node.work, Subprocess) and node.work.reaction:
        return "EVENT_SUB_PROCESS"
    return _spelled(node.type)


def possible(node: Node) -> tuple[str, ...]:
    """Return the types that instances of an element have."""
    if node.stands_for is not None:
        return ()
    return (of(node), of(node, 1)) if node.loop is not None else (of(node),)


@cache
def _spelled(name: str) -> str:
    return _SPECIAL.get(name) or re.sub("(?<!^)(?=[A-Z])", "_", name).upper()
