"""The tokens of one process instance: a tree that holds what waits, and never what is finished.

The process itself, each running subprocess, each multi-instance body and each of its instances is a token; what runs
inside is its child. Variables belong to tokens that are scopes (D5); all other tokens have none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from engine import feel
from engine.bpmn.net.effects import Effect, ElementEntered, ElementLeft, Outcome, WaitClosed
from engine.bpmn.net.nodes import Net, Node
from engine.bpmn.net.shelves import Shelf
from engine.bpmn.net.work import Catch, Start, Subprocess

Wait = list[object] | dict[str, str] | bool | None
"""What is remembered of an open wait, as the state is written: the cells of a timer's schedule; the name of a message
or signal and its key, where the diagram alone does not say them; whether a condition held when it was last looked at.
"""


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
    """What a multi-instance body or an ad hoc subprocess counts. `items` are those that it has still to start."""

    total: int
    started: int = 0
    completed: int = 0
    items: list[object] = field(default_factory=list)
    terminated: int = 0
    """Those that ended before they were done."""

    @property
    def active(self) -> int:
        """How many run."""
        return self.started - self.completed - self.terminated


@dataclass(frozen=True, slots=True)
class Done:
    """An activity that is done and can be undone: its own variables as they were, and what was done inside, in order.

    `node` is its index; of a multi-instance activity without a handler of its own there is one for each instance.
    """

    node: int
    variables: dict[str, object] | None = None
    inside: tuple[Done, ...] = ()


@dataclass(slots=True, eq=False)
class Token:
    """A token on an element.

    Attributes:
        variables: its own, where it is a scope.
        waits: the open waits by node index; that of its own node for its own work.
        arrivals: where it contains a flow, the tokens that wait at joins: by join and incoming flow, how many.
        instances: the counters of a multi-instance body.
        loop_counter: which instance of a multi-instance body it is, from 1; else 0.
        done: where it contains activities that can be undone, those that are done.
        undo: where it undoes activities, those that are still to be undone, the next one last.
        resets: where it contains complex joins that have gone on, the flows into each that have had their turn.
        terminated: whether a terminate end event is just ending what is inside.
    """

    id: int
    node: Node
    parent: Token | None
    variables: dict[str, object] | None = None
    waits: dict[int, Wait] = field(default_factory=dict)
    arrivals: dict[int, dict[int, int]] = field(default_factory=dict)
    instances: Instances | None = None
    loop_counter: int = 0
    done: list[Done] = field(default_factory=list)
    undo: list[Done] | None = None
    resets: dict[int, list[int]] = field(default_factory=dict)
    terminated: bool = False
    children: dict[int, Token] = field(default_factory=dict)


class State:
    """A process instance being played: its tokens, those ready to enter their element, and the effects so far.

    Time stands still while it is played, and so does a person's calendar: `calendars` remembers what the deadlines at
    a token go by.
    """

    def __init__(self, net: Net, environment: feel.Environment) -> None:
        self.net = net
        self.environment = environment
        self.status = Status.ACTIVE
        self.tokens: dict[int, Token] = {}
        self.ready: deque[Token] = deque()
        self.effects: list[Effect] = []
        self.last_id = 0
        self.written: set[str] = set()
        self.calendars: dict[int, feel.Environment] = {}
        self.shelves: list[Shelf] = []
        self.read_shelf: Callable[[State, Shelf], None]
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

    def find(self, token: int) -> Token | None:
        """Return the token with an id, taken from its shelf if it stands on one."""
        if token not in self.tokens and (shelf := next((one for one in self.shelves if one.holds(token)), None)):
            self._open(shelf)
        return self.tokens.get(token)

    def open_shelves(self) -> None:
        """Take everything from its shelf."""
        for shelf in list(self.shelves):
            self._open(shelf)

    def _open(self, shelf: Shelf) -> None:
        self.shelves.remove(shelf)
        self.read_shelf(self, shelf)

    def resume(self, token: Token) -> None:
        """Let a token that is on its element already have its turn again."""
        self.ready.append(token)

    def open_wait(self, token: Token, node: Node, wait: Wait = None) -> None:
        """Remember that the token waits for an event, or for its own work to be done."""
        token.waits[node.index] = wait

    def close_wait(self, token: Token, node: Node) -> None:
        """Forget a wait and tell the world, which knows nothing of conditions."""
        del token.waits[node.index]
        if node.index in self.net.conditional:
            return
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
        for shelf in [shelf for shelf in self.shelves if shelf.body == token.id]:
            self._open(shelf)
        for child in [child for child in token.children.values() if child is not but]:
            self.discard(child, "terminated")
        token.arrivals.clear()
        token.resets.clear()

    def close_reactions(self, scope: Token) -> None:
        """Stop listening for the events to which event subprocesses of a scope react."""
        for start in self.net.reactions[scope.node.index]:
            if start.index in scope.waits:
                self.close_wait(scope, start)

    def is_interrupted(self, scope: Token) -> bool:
        """Say whether an event subprocess has ended everything else in its scope."""
        return any(
            isinstance(start.work, Start) and start.work.interrupting
            for child in scope.children.values()
            if isinstance(child.node.work, Subprocess) and child.node.work.reaction
            for start in self.net.starts[child.node.index]
        )
