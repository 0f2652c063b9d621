"""Blocks that end otherwise than by their last step: what they raise is caught, or they are ended from within."""

from __future__ import annotations

from dataclasses import dataclass

from blocks import Block, Diagram, Sequence, Subprocess


@dataclass
class Raised(Sequence):
    """A subprocess that ends with an error or an escalation, and what follows where that is caught."""

    name: str
    event: str

    def lines(self, diagram: Diagram) -> tuple[str, str]:
        host, follows = self.blocks
        assert isinstance(host, Subprocess)
        before, _ = host.drawn(diagram, f"sub {host.name}: in local = 1", f": {self.event}")
        first, last = follows.lines(diagram)
        diagram.add(f"boundary {self.name}_b on {before}: {self.event}")
        diagram.add(f"exclusive {self.name}_x")
        diagram.add(f"{before} > {self.name}_x")
        diagram.add(f"{self.name}_b > {first}")
        diagram.add(f"{last} > {self.name}_x")
        return before, f"{self.name}_x"


@dataclass
class Ended(Subprocess):
    """Two blocks at once in a subprocess; when the rival is done, the other is too."""

    rival: Block

    def start(self) -> None:
        self.over = False
        super().start()
        self.rival.start()

    def open(self) -> list[str]:
        return [] if self.over else [*self.block.open(), *self.rival.open()]

    def do(self, name: str) -> None:
        if name in self.rival.open():
            self.rival.do(name)
            self.over = not self.rival.open()
        else:
            super().do(name)

    def lines(self, diagram: Diagram) -> tuple[str, str]:
        name, inside = self.name, Diagram()
        first, last = self.block.lines(inside)
        second, end = self.rival.lines(inside)
        for line in (f"start {name}_s", f"parallel {name}_f", f"end {name}_e", f"end {name}_t: terminate"):
            inside.add(line)
        inside.add(f"{name}_s > {name}_f > {first}")
        inside.add(f"{last} > {name}_e")
        inside.add(f"{name}_f > {second}")
        inside.add(f"{end} > {name}_t")
        diagram.add(f"sub {name}: in local = 1")
        diagram.found += [f"  {line}" for line in inside.found]
        return name, name
