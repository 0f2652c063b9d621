"""Where the names of an expression live while it is compiled."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.feel.values import Value


@dataclass(slots=True)
class ItemScope:
    """The inside of a filter: the entries of the item at hand are names."""

    slot: int


@dataclass(frozen=True, slots=True)
class Load:
    """A variable to take in before the evaluation begins."""

    slot: int
    name: str
    otherwise: Value
    at: int


@dataclass(slots=True)
class Found:
    """What a name means: the items to ask first, then a slot."""

    items: list[int]
    slot: int | None


@dataclass(slots=True)
class Scope:
    """The slots of one frame, and which names see which slot at this point of the text."""

    size: int = 2  # the first two are the Run and the tested value
    loads: dict[str, Load] = field(default_factory=dict)
    _stack: list[dict[str, int] | ItemScope] = field(default_factory=list)

    def slot(self) -> int:
        """Set a slot aside."""
        self.size += 1
        return self.size - 1

    def enter(self, names: dict[str, int] | ItemScope) -> None:
        """Let names be seen from here on."""
        self._stack.append(names)

    def leave(self) -> None:
        """End what was last entered."""
        self._stack.pop()

    def find(self, name: str) -> Found:
        """Look a name up from the inside to the outside."""
        items: list[int] = []
        for names in reversed(self._stack):
            if isinstance(names, ItemScope):
                items.append(names.slot)
                if name == "item":
                    return Found(items, names.slot)
            elif name in names:
                return Found(items, names[name])
        return Found(items, None)

    def load(self, name: str, otherwise: Value, at: int) -> int:
        """Return the slot of a variable that the expression takes from outside."""
        if name not in self.loads:
            self.loads[name] = Load(self.slot(), name, otherwise, at)
        return self.loads[name].slot
