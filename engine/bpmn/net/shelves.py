"""What a step leaves alone stays as it was written: large values, and the instances of large multi-instance activities.

A step that completes one of 2,000 instances reads the shelf with that instance and writes it again; the other shelves
pass through as bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from engine import exact_json

LARGE = 32
"""From how many items on a value, or the instances of an activity, are kept apart."""
ON_ONE = 32
"""How many instances stand on one shelf."""


@dataclass(frozen=True)
class Stored:
    """A large value as it was written, read when somebody asks for it."""

    raw: bytes

    def __len__(self) -> int:
        return len(self.raw)

    @cached_property
    def value(self) -> object:
        """The value."""
        return exact_json.loads(self.raw)


def unwrap(value: object) -> object:
    """Return a value, read if it was not yet."""
    return value.value if isinstance(value, Stored) else value


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """Some instances of the body with the id `body`, as they were written; `spans` are the ids of all tokens in them.

    A span is the first id and how many follow each other.
    """

    body: int
    spans: list[tuple[int, int]]
    content: bytes

    def holds(self, token: int) -> bool:
        """Say whether a token stands here."""
        for first, count in self.spans:  # noqa: SIM110 - asked of every shelf at every completion
            if first <= token < first + count:
                return True
        return False


def spans(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return the runs of consecutive numbers."""
    return list(_spans(sorted(numbers)))


def _spans(numbers: list[int]) -> Iterator[tuple[int, int]]:
    first = 0
    for place, number in enumerate(numbers, 1):
        if place == len(numbers) or numbers[place] != number + 1:
            yield numbers[first], place - first
            first = place
