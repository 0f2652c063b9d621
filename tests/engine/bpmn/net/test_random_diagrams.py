"""Random block-structured diagrams, played against a model that knows blocks and nothing of tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

import pytest


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


@dataclass
class Loop:
    """A block that is done several times."""

    name: str
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

    def lines(self, diagram: Diagram) -> tuple[str, str]:
        head, count, again, out = (f"{self.name}_{part}" for part in ("h", "c", "g", "o"))
        first, last = self.block.lines(diagram)
        for line in (f"exclusive {head}", f"exclusive {again}", f"exclusive {out}"):
            diagram.add(line)
        counted = f"if {self.name} = null then 1 else {self.name} + 1"
        diagram.add(f"script {count}: let {self.name} = {counted}")
        diagram.add(f"script {self.name}_z: let {self.name} = null")
        diagram.add(f"{head} > {first}")
        diagram.add(f"{last} > {count} > {again} > {head} [{self.name} < {self.times}]")
        diagram.add(f"{again} > {self.name}_z [else] > {out}")
        return head, out


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
        inside = Diagram()
        first, last = self.block.lines(inside)
        inside.add(f"start {self.name}_s")
        inside.add(f"{self.name}_s > {first}")
        inside.add(f"end {self.name}_e")
        inside.add(f"{last} > {self.name}_e")
        diagram.add(f"sub {self.name}: in local = 1")
        diagram.found += [f"  {line}" for line in inside.found]
        return self.name, self.name


Block = Task | Sequence | Fork | Loop | Subprocess


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
        kinds = (
            [self.task] if depth == 0 else [self.task, self.sequence, self.fork, self.fork, self.loop, self.subprocess]
        )
        return self.random.choice(kinds)(depth - 1)

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


@pytest.mark.parametrize("seed", range(60))
def test_a_random_diagram_opens_the_tasks_that_its_blocks_say(play, seed):
    author = Author(seed)
    model = author.sequence(4)
    diagram = Diagram(["start s", "end e"])
    first, last = model.lines(diagram)
    diagram.found += [f"s > {first}", f"{last} > e"]

    world = play("\n".join(diagram.found))
    model.start()
    for _ in range(300):
        assert world.waiting == sorted(model.open())
        if not model.open():
            break
        name = author.random.choice(sorted(model.open()))
        model.do(name)
        world.do(name)

    assert world.state == ("active" if model.open() else "completed")
