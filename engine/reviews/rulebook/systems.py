"""Systems: what values come from, by what each is for: none is taken from one that cannot know it (L000-19)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engine.errors import Problem
from engine.reviews.rulebook.indicators import Capability, Indicator
from engine.reviews.sentences import Sentence

_FILE = Path(__file__).with_name("systems.toml")


@dataclass(frozen=True, slots=True)
class System:
    """A system of the catalogue.

    Attributes:
        names: how else people write it.
        capabilities: what it is for; several where it does several things.
    """

    id: str
    name: str
    names: tuple[str, ...]
    capabilities: frozenset[Capability]

    def is_named_in(self, source: str) -> bool:
        """Tell whether somebody who writes `source` means this system."""
        written = source.casefold()
        return any(name.casefold() in written for name in (self.name, *self.names))


@cache
def catalogue() -> tuple[System, ...]:
    """List the systems that the catalogue knows, in the order of its file."""
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["systems"]
    return tuple(
        System(
            id=row["id"],
            name=row["name"],
            names=tuple(row.get("names", ())),
            capabilities=frozenset(Capability(one) for one in row["capabilities"]),
        )
        for row in rows
    )


def named_in(source: str) -> list[System]:
    """List the systems that a source names; where one's name is a part of another's, the longer one is meant."""
    named = [system for system in catalogue() if system.is_named_in(source)]
    return [one for one in named if not any(one is not other and one.name in other.name for other in named)]


def problems(indicator: Indicator, source: str) -> Iterator[Problem]:
    """Name a source that cannot know an indicator's values; one that the catalogue does not have passes."""
    wanted, named = indicator.measured_in, named_in(source)
    if wanted is None or not named or any(wanted in system.capabilities for system in named):
        return
    system = named[0]
    yield Problem(
        Sentence(
            "{system} is for {capabilities}, and {indicator} is measured in a system for {wanted}",
            system=system.name,
            capabilities=", ".join(sorted(system.capabilities)),
            indicator=indicator.name,
            wanted=wanted.value,
        ),
        "source",
        "other-system",
    )
