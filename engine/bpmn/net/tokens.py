"""The tokens of one process instance: a tree that holds what waits, and never what is finished.

The process itself, each running subprocess, each multi-instance body and each of its instances is a token; what runs
inside is its child. Variables belong to tokens that are scopes (D5); all other tokens have none.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

from engine import feel
from engine.bpmn.net.effects import Effect, ElementEntered, ElementLeft, Outcome, WaitClosed
from engine.bpmn.net.nodes import Net, Node
from engine.bpmn.net.timers import Schedule
from engine.bpmn.net.work import Catch


class Status(StrEnum):
    """How far a process instance is."""

    ACTIVE = "active"
    """It waits for something."""
    COMPLETED = "completed"
    """It reached its end."""
    TERMINATED = "terminated"
    """It was cancelled, or ended by an error that nobody caught."""


@dataclass(slots=True)
class Instances:
    """What a multi-instance body counts. `items` are those that a sequential body has still to start."""

    total: int
    started: int = 0
    completed: int = 0
    items: list[object] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Token:
    """A token on an element.

    Attributes:
        variables: its own, where it is a scope.
        waits: the open waits by node index; that of its own node for its own work. A timer's wait is its schedule.
        arrivals: where it contains a flow, the tokens that wait at joins: by join and incoming flow, how many.
        instances: the counters of a multi-instance body.
        loop_counter: which instance of a multi-instance body it is, from 1; else 0.
    """

    id: int
    node: Node
    parent: Token | None
    variables: dict[str, object] | None = None
    waits: dict[int, Schedule | None] = field(default_factory=dict)
    arrivals: dict[int, dict[int, int]] = field(default_factory=dict)
    instances: Instances | None = None
    loop_counter: int = 0
    children: dict[int, Token] = field(default_factory=dict)


class State:
    """A process instance being played: its tokens, those ready to enter their element, and the effects so far."""

    def __init__(self, net: Net, environment: feel.Environment) -> None:
        self.net = net
        self.environment = environment
        self.status = Status.ACTIVE
        self.tokens: dict[int, Token] = {}
        self.ready: deque[Token] = deque()
        self.effects: list[Effect] = []
        self.last_id = 0
        self.written: set[str] = set()
        self.root: Token

    def create(
        self,
        node: Node,
        parent: Token | None,
        *,
        variables: dict[str, object] | None = None,
        loop_counter: int = 0,
    ) -> Token:
        """Put a new token on an element."""
        self.last_id += 1
        token = Token(self.last_id, node, parent, variables, loop_counter=loop_counter)
        self.add(token)
        around = parent.id if parent else 0
        self.effects.append(
            ElementEntered(token=token.id, element_id=node.id, parent=around, loop_counter=loop_counter)
        )
        return token

    def add(self, token: Token) -> None:
        """Take a token into the tree."""
        self.tokens[token.id] = token
        if token.parent is None:
            self.root = token
        else:
            token.parent.children[token.id] = token

    def start(self, node: Node, parent: Token) -> None:
        """Put a new token on an element that it will enter when its turn comes."""
        self.ready.append(self.create(node, parent))

    def open_wait(self, token: Token, node: Node, schedule: Schedule | None = None) -> None:
        """Remember that the token waits for an event, or for its own work to be done."""
        token.waits[node.index] = schedule

    def close_wait(self, token: Token, node: Node) -> None:
        """Forget a wait and tell the world."""
        del token.waits[node.index]
        own_work = node is token.node and not isinstance(node.work, Catch)
        event_id = None if own_work else node.id
        self.effects.append(WaitClosed(token=token.id, element_id=token.node.id, event_id=event_id))

    def discard(self, token: Token, outcome: Outcome) -> None:
        """Take a token and all inside it out of the tree, its waits closed."""
        self.empty(token)
        for index in list(token.waits):
            self.close_wait(token, self.net.nodes[index])
        del self.tokens[token.id]
        if token.parent is not None:
            del token.parent.children[token.id]
        self.effects.append(ElementLeft(token=token.id, element_id=token.node.id, outcome=outcome))

    def empty(self, token: Token, *, but: Token | None = None) -> None:
        """Terminate all that runs inside a token, but for one."""
        for child in [child for child in token.children.values() if child is not but]:
            self.discard(child, "terminated")
        token.arrivals.clear()
