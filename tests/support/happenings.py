"""Random diagrams in which things happen: events, what interrupts, what reacts, several instances, variables in scopes.

Each block is its own model, as in `blocks`: it knows what is open and what follows, and nothing of tokens. A name is
open when a task waits to be done or an event may happen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from blocks import Author, Block, Diagram, Subprocess, Task

NAMES = ("x", "y", "z")


@dataclass
class Scope:
    """Where variables belong; what no scope around has is new at the top."""

    parent: Scope | None = None
    values: dict[str, int] = field(default_factory=dict)

    def assign(self, name: str, value: int) -> None:
        scope = self
        while name not in scope.values and scope.parent is not None:
            scope = scope.parent
        scope.values[name] = value

    def seen(self) -> dict[str, int]:
        return {**(self.parent.seen() if self.parent else {}), **self.values}


@dataclass
class Setter(Task):
    """A user task that sets a variable."""

    variable: str
    scope: Scope

    def lines(self, diagram: Diagram) -> tuple[str, str]:
        diagram.add(f"user {self.name}: out {self.variable} = {self.variable}")
        return self.name, self.name


@dataclass
class Wait(Task):
    """An event that is waited for."""

    event: str

    def lines(self, diagram: Diagram) -> tuple[str, str]:
        diagram.add(f"catch {self.name}: {self.event}")
        return self.name, self.name


@dataclass
class Many(Task):
    """A user task with several instances at once, or one after the other."""

    times: int
    sequential: bool

    def start(self) -> None:
        self.left = self.times

    def open(self) -> list[str]:
        return [self.name] * (min(1, self.left) if self.sequential else self.left)

    def do(self, name: str) -> None:
        self.left -= name == self.name

    def lines(self, diagram: Diagram) -> tuple[str, str]:
        diagram.add(f"user {self.name}: times {self.times}{'; sequential' if self.sequential else ''}")
        return self.name, self.name


@dataclass
class Scoped(Subprocess):
    """A block in a subprocess with a variable of its own."""

    scope: Scope
    variable: str

    def start(self) -> None:
        self.scope.values = {self.variable: 0}
        super().start()

    def lines(self, diagram: Diagram) -> tuple[str, str]:
        return self.drawn(diagram, f"sub {self.name}: in {self.variable} = 0")


@dataclass
class First:
    """An event-based gateway: what follows the event that comes first."""

    name: str
    branches: list[tuple[Wait, Block]]

    def start(self) -> None:
        self.chosen: Block | None = None

    def open(self) -> list[str]:
        return self.chosen.open() if self.chosen else [wait.name for wait, _ in self.branches]

    def do(self, name: str) -> None:
        if self.chosen:
            self.chosen.do(name)
            return
        self.chosen = next((block for wait, block in self.branches if wait.name == name), None)
        if self.chosen:
            self.chosen.start()

    def lines(self, diagram: Diagram) -> tuple[str, str]:
        diagram.add(f"events {self.name}")
        diagram.add(f"exclusive {self.name}_j")
        for wait, block in self.branches:
            event, _ = wait.lines(diagram)
            first, last = block.lines(diagram)
            diagram.add(f"{self.name} > {event} > {first}")
            diagram.add(f"{last} > {self.name}_j")
        return self.name, f"{self.name}_j"


@dataclass
class Eventful(Subprocess):
    """A block that an event may interrupt, or add something to: on its border, or for an event subprocess in it."""

    event: str
    follows: Block
    interrupts: bool
    inside: bool

    def start(self) -> None:
        self.happened = self.over = False
        super().start()

    def open(self) -> list[str]:
        mine = [] if self.over else self.block.open()
        listening = [f"{self.name}_b"] if mine and not self.happened else []
        return [*mine, *listening, *(self.follows.open() if self.happened else [])]

    def do(self, name: str) -> None:
        if name == f"{self.name}_b":
            self.happened, self.over = True, self.interrupts
            self.follows.start()
        elif self.happened and name in self.follows.open():
            self.follows.do(name)
        elif not self.over:
            self.block.do(name)

    def lines(self, diagram: Diagram) -> tuple[str, str]:
        (self._reaction if self.inside else self._border)(diagram)
        return self.name, self.name

    def _reaction(self, diagram: Diagram) -> None:
        self.drawn(diagram, f"sub {self.name}: in local = 1")
        inside = Diagram()
        first, last = self.follows.lines(inside)
        alongside = "" if self.interrupts else "; alongside"
        inside.add(f"start {self.name}_b: {self.event}{alongside}")
        inside.add(f"end {self.name}_re")
        inside.add(f"{self.name}_b > {first}")
        inside.add(f"{last} > {self.name}_re")
        diagram.add(f"  react {self.name}_r")
        diagram.found += [f"    {line}" for line in inside.found]

    def _border(self, diagram: Diagram) -> None:
        """Draw it in a subprocess around, which is done when both the block and what follows the event are."""
        around, host = Diagram(), Subprocess(f"{self.name}_h", self.block)
        host.lines(around)
        first, last = self.follows.lines(around)
        side = "on" if self.interrupts else "beside"
        around.add(f"boundary {self.name}_b {side} {host.name}: {self.event}")
        around.add(f"start {self.name}_s")
        around.add(f"end {self.name}_e")
        around.add(f"{self.name}_s > {host.name} > {self.name}_e")
        around.add(f"{self.name}_b > {first}")
        around.add(f"{last} > {self.name}_e")
        diagram.add(f"sub {self.name}: in local = 1")
        diagram.found += [f"  {line}" for line in around.found]


class LivelyAuthor(Author):
    """Draws random blocks in which things happen."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.scope = self.top = Scope()
        self.setters: dict[str, Setter] = {}

    def task(self, _depth: int) -> Task:
        setter = Setter(self.name("u"), self.random.choice(NAMES), self.scope)
        self.setters[setter.name] = setter
        return setter

    def tasks(self) -> list[Task]:
        return [Task(self.name("u")) for _ in range(self.random.randint(1, 3))]

    @property
    def rarer(self) -> list[Callable[[int], Block]]:
        return [*super().rarer, self.wait, self.many, self.scoped, self.first, self.eventful, self.eventful]

    def event(self, *, once: bool = False) -> str:
        """Choose what is waited for; of an event that does not interrupt, one that comes once."""
        name = self.name("m")
        return "duration P1D" if once else self.random.choice([f"message {name}", f"signal {name}", "duration P1D"])

    def wait(self, _depth: int) -> Wait:
        return Wait(self.name("c"), self.event())

    def many(self, _depth: int) -> Many:
        return Many(self.name("i"), self.random.randint(1, 3), self.random.random() < 0.5)

    def scoped(self, depth: int) -> Scoped:
        around, self.scope = self.scope, Scope(self.scope)
        made = Scoped(self.name("o"), self.block(depth), self.scope, self.random.choice(NAMES))
        self.scope = around
        return made

    def first(self, depth: int) -> First:
        count = self.random.randint(2, 3)
        return First(self.name("v"), [(self.wait(depth), self.block(depth)) for _ in range(count)])

    def eventful(self, depth: int) -> Eventful:
        interrupts = self.random.random() < 0.5
        inside = self.random.random() < 0.5
        event = self.event(once=not interrupts)
        return Eventful(self.name("b"), self.block(depth), event, self.block(depth), interrupts, inside)
