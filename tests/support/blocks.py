"""Random block-structured diagrams, each with a model that knows blocks and nothing of tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random


@dataclass
class Task:
    """A user task: open until it is done."""

    name: str

    def start(self) -> None:
        self.is_open = True

    def open(self) -> list[str]:
        return [self.name] if self.is_open else []

    def do(self, name: str) -> None:
        self.is_open = self.is_open and name != self.name

    def lines(self, diagram: Diagram) -> tuple[str, str]:
        diagram.add(f"user {self.name}")
        return self.name, self.name


@dataclass
class Sequence:
    """One block after the other."""

    blocks: list[Block]

    def start(self) -> None:
        self.left = list(self.blocks)
        self.left[0].start()

    def open(self) -> list[str]:
        return self.left[0].open() if self.left else []

    def do(self, name: str) -> None:
        self.left[0].do(name)
        if not self.left[0].open():
            self.left.pop(0)
            if self.left:
                self.left[0].start()

    def lines(self, diagram: Diagram) -> tuple[str, str]:
        ends = [block.lines(diagram) for block in self.blocks]
        for (_, before), (after, _) in pairwise(ends):
            diagram.add(f"{before} > {after}")
        return ends[0][0], ends[-1][1]


@dataclass
class Fork:
    """Blocks between two gateways, of which some are chosen."""

    kind: str
    name: str
    branches: list[tuple[str, Block]]
    chosen: list[Block]

    def start(self) -> None:
        for block in self.chosen:
            block.start()

    def open(self) -> list[str]:
        return [name for block in self.chosen for name in block.open()]

    def do(self, name: str) -> None:
        for block in self.chosen:
            if name in block.open():
                block.do(name)

    def lines(self, diagram: Diagram) -> tuple[str, str]:
        fork, join = f"{self.name}_f", f"{self.name}_j"
        diagram.add(f"{self.kind} {fork}")
        diagram.add(f"{self.kind} {join}")
        for condition, block in self.branches:
            first, last = block.lines(diagram)
            diagram.add(f"{fork} > {first}{condition}")
            diagram.add(f"{last} > {join}")
        return fork, join


class Rounds:
    """What blocks that are done several times have in common, however the rounds are drawn."""

    block: Block
    times: int

    def start(self) -> None:
        self.done = 0
        self.block.start()

    def open(self) -> list[str]:
        return self.block.open() if self.done < self.times else []

    def do(self, name: str) -> None:
        self.block.do(name)
        if not self.block.open():
            self.done += 1
            if self.done < self.times:
                self.block.start()


@dataclass
class Loop(Rounds):
    """A block that is done several times, also where it was interrupted before."""

    name: str
    block: Block
    times: int

    def lines(self, diagram: Diagram) -> tuple[str, str]:
        begin, head, count, again = (f"{self.name}_{part}" for part in ("b", "h", "c", "g"))
        first, last = self.block.lines(diagram)
        diagram.add(f"exclusive {head}")
        diagram.add(f"exclusive {again}")
        counted = f"if {self.name} = null then 1 else {self.name} + 1"
        diagram.add(f"script {count}: does {self.name} = {counted}")
        diagram.add(f"script {begin}: does {self.name} = null")
        diagram.add(f"exclusive {self.name}_o")
        diagram.add(f"{begin} > {head} > {first}")
        diagram.add(f"{last} > {count} > {again} > {head} [{self.name} < {self.times}]")
        diagram.add(f"{again} > {self.name}_o [else]")
        return begin, f"{self.name}_o"


@dataclass
class Subprocess:
    """A block inside a subprocess."""

    name: str
    block: Block

    def start(self) -> None:
        self.block.start()

    def open(self) -> list[str]:
        return self.block.open()

    def do(self, name: str) -> None:
        self.block.do(name)

    def lines(self, diagram: Diagram) -> tuple[str, str]:
        return self.drawn(diagram, f"sub {self.name}: in local = 1")

    def drawn(self, diagram: Diagram, line: str, ending: str = "") -> tuple[str, str]:
        inside = Diagram()
        first, last = self.block.lines(inside)
        inside.add(f"start {self.name}_s")
        inside.add(f"{self.name}_s > {first}")
        inside.add(f"end {self.name}_e{ending}")
        inside.add(f"{last} > {self.name}_e")
        diagram.add(line)
        diagram.found += [f"  {line}" for line in inside.found]
        return self.name, self.name


@dataclass
class Again(Rounds, Subprocess):
    """A subprocess that is done several times, by a standard loop or as instances one after the other."""

    how: str
    times: int

    def lines(self, diagram: Diagram) -> tuple[str, str]:
        return self.drawn(diagram, f"sub {self.name}: {self.how}")


@dataclass
class Linked(Sequence):
    """One block after the other, over links."""

    name: str

    def lines(self, diagram: Diagram) -> tuple[str, str]:
        ends = [block.lines(diagram) for block in self.blocks]
        for number, ((_, before), (after, _)) in enumerate(pairwise(ends)):
            link = f"{self.name}_{number}"
            diagram.add(f"throw {link}_t: link {link}")
            diagram.add(f"catch {link}_c: link {link}")
            diagram.add(f"{before} > {link}_t")
            diagram.add(f"{link}_c > {after}")
        return ends[0][0], ends[-1][1]


@dataclass
class AdHoc:
    """Tasks in an ad hoc subprocess, open together or one after the other."""

    name: str
    in_order: bool
    tasks: list[Task]

    def start(self) -> None:
        self.left = [task.name for task in self.tasks]

    def open(self) -> list[str]:
        return self.left[:1] if self.in_order else list(self.left)

    def do(self, name: str) -> None:
        if name in self.open():
            self.left.remove(name)

    def lines(self, diagram: Diagram) -> tuple[str, str]:
        diagram.add(f"adhoc {self.name}: {'in-order' if self.in_order else 'in local = 1'}")
        diagram.found += [f"  user {task.name}" for task in self.tasks]
        return self.name, self.name


@dataclass
class Undone:
    """Tasks that can be undone, in a subprocess or a transaction; all are done, and then undone backwards."""

    name: str
    tasks: list[Task]
    way: str

    def start(self) -> None:
        self.left = [task.name for task in self.tasks]
        self.done: list[str] = []

    def open(self) -> list[str]:
        return self.left or [f"{name}_u" for name in self.done[-1:]]

    def do(self, name: str) -> None:
        if name in self.left:
            self.left.remove(name)
            self.done.append(name)
        elif name in self.open():
            self.done.pop()

    def lines(self, diagram: Diagram) -> tuple[str, str]:
        name = self.name
        inside = [f"start {name}_s", f"parallel {name}_f", f"parallel {name}_j", f"{name}_s > {name}_f"]
        for task in self.tasks:
            inside += [f"user {task.name}", f"{name}_f > {task.name} > {name}_j", f"user {task.name}_u: handler"]
            inside += [f"boundary {task.name}_b on {task.name}: compensate {task.name}_u"]
        kind, ending = ("transaction", "cancel") if self.way == "cancel" else ("sub", "compensate")
        if self.way == "after":
            diagram.add(f"throw {name}_t: compensate {name}")
            diagram.add(f"{name} > {name}_t")
        inside += [f"{name}_j > {name}_e", f"end {name}_e" + (f": {ending}" if self.way != "after" else "")]
        diagram.add(f"{kind} {name}: in local = 1")
        diagram.found += [f"  {line}" for line in inside]
        if self.way == "cancel":
            diagram.add(f"boundary {name}_c on {name}: cancel")
        return name, {"after": f"{name}_t", "cancel": f"{name}_c", "inside": name}[self.way]


Block = Task | Sequence | Fork | Loop | Subprocess | AdHoc | Undone


@dataclass
class Diagram:
    found: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        self.found.append(line)


class Author:
    """Draws random blocks."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - a reproducible choice is wanted
        self.count = 0

    def name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def block(self, depth: int) -> Block:
        kinds = [self.task, self.sequence, self.fork, self.fork, self.loop, self.subprocess, *self.rarer]
        return self.random.choice(kinds if depth else [self.task])(depth - 1)

    def task(self, _depth: int) -> Task:
        return Task(self.name("u"))

    def sequence(self, depth: int) -> Sequence:
        return Sequence([self.block(depth) for _ in range(self.random.randint(2, 3))])

    def fork(self, depth: int) -> Fork:
        kind = self.random.choice(["exclusive", "inclusive", "parallel"])
        blocks = [self.block(depth) for _ in range(self.random.randint(2, 3))]
        if kind == "parallel":
            return Fork(kind, self.name("g"), [("", block) for block in blocks], blocks)
        holds = [self.random.random() < 0.5 for _ in blocks[1:]]
        branches = [(" [else]", blocks[0])]
        branches += [(f" [{str(hold).lower()}]", block) for hold, block in zip(holds, blocks[1:], strict=True)]
        chosen = [block for hold, block in zip(holds, blocks[1:], strict=True) if hold] or blocks[:1]
        return Fork(kind, self.name("g"), branches, chosen[:1] if kind == "exclusive" else chosen)

    def loop(self, depth: int) -> Loop:
        return Loop(self.name("l"), self.block(depth), self.random.randint(1, 3))

    def subprocess(self, depth: int) -> Subprocess:
        return Subprocess(self.name("p"), self.block(depth))

    @property
    def rarer(self) -> list[Callable[[int], Block]]:
        return [self.again, self.linked, self.ad_hoc, self.undone]

    def again(self, depth: int) -> Again:
        times = self.random.randint(1, 3)
        how = [f"at-most {times}", f"while loopCounter < {times}", f"while loopCounter < {times}; before"]
        how += [f"times {times}; sequential"]
        return Again(self.name("a"), self.block(depth), self.random.choice(how), times)

    def linked(self, depth: int) -> Linked:
        return Linked([self.block(depth) for _ in range(self.random.randint(2, 3))], self.name("k"))

    def tasks(self) -> list[Task]:
        return [self.task(0) for _ in range(self.random.randint(1, 3))]

    def ad_hoc(self, _depth: int) -> AdHoc:
        return AdHoc(self.name("h"), self.random.random() < 0.5, self.tasks())

    def undone(self, _depth: int) -> Undone:
        return Undone(self.name("n"), self.tasks(), self.random.choice(["after", "inside", "cancel"]))


def drawn(model: Block) -> str:
    """The diagram of a block, between a start and an end."""
    diagram = Diagram(["start s", "end e"])
    first, last = model.lines(diagram)
    return "\n".join([*diagram.found, f"s > {first}", f"{last} > e"])
