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
    """A variable to take in before the evaluation begins; it may be missing where an item's entry has its name."""

    slot: int
    name: str
    otherwise: Value
    at: int
    may_miss: bool


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

    def load(self, name: str, otherwise: Value, at: int, *, may_miss: bool) -> int:
        """Return the slot of a variable that the expression takes from outside."""
        known = self.loads.get(name)
        if known is None:
            known = self.loads[name] = Load(self.slot(), name, otherwise, at, may_miss)
        elif known.may_miss and not may_miss:
            self.loads[name] = Load(known.slot, name, otherwise, at, may_miss)
        return known.slot
