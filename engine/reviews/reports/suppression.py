"""Suppression: which cells of a table of counts are hidden, so that no person can be singled out in it (E-93).

A cell that counts fewer than the smallest group is hidden, and as many others that it cannot be worked out: neither by
subtraction from the totals, nor because counts are whole and not below zero. A table is published once; a filter
chooses lines of what is published, and never counts anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product

Place = tuple[int, int]
"""A line and a column; the last of each holds the totals."""


def hidden(counts: Sequence[Sequence[int]], smallest: int) -> frozenset[Place]:
    """Choose the cells of a table to hide, totals included."""
    table = _Table(counts, smallest)
    table.protect()
    return frozenset(table.hidden)


class _Table:
    """Counts with their totals, and what of them is hidden.

    Every line and column adds up to its total. With the sign of totals turned, each adds up to nothing; so another
    table with the same visible cells differs along a circle of hidden cells, one more and one less in turn.
    """

    def __init__(self, counts: Sequence[Sequence[int]], smallest: int) -> None:
        lines = [[*line, sum(line)] for line in counts]
        self.values: list[list[int]] = [*lines, [sum(column) for column in zip(*lines, strict=True)]]
        self.smallest = smallest
        self.places = list(product(range(len(self.values)), range(len(self.values[0]))))
        self.hidden = {place for place in self.places if 0 < self._value(place) < smallest}

    def protect(self) -> None:
        """Hide more until nothing hidden can be worked out: what is protected once stays so as more is hidden."""
        waiting = sorted(self.hidden)
        while waiting:
            place = waiting.pop()
            found = self._missing_of_lines(place) | self._missing_of_circle(place)
            self.hidden |= found
            waiting += sorted(found)
            if found:
                waiting.append(place)

    def _missing_of_lines(self, place: Place) -> set[Place]:
        """Find what else to hide where all that is hidden of a line or column is itself a small group."""
        for line in self._lines_of(place):
            *cells, total = line
            covered = [cell for cell in cells if cell in self.hidden]
            if total not in self.hidden and covered and sum(map(self._value, covered)) < self.smallest:
                return {min((cell for cell in cells if cell not in self.hidden), key=self._cost, default=total)}
        return set()

    def _missing_of_circle(self, place: Place) -> set[Place]:
        """Find the cheapest corners that hide a cell which could still be worked out."""
        if self._is_open(place, self.hidden):
            return set()
        corners = [
            {(place[0], column), (line, place[1]), (line, column)} - self.hidden
            for line, column in self.places
            if line != place[0] and column != place[1]
        ]
        for chosen in sorted(corners, key=lambda some: (sum(map(self._cost, some)), sorted(some))):
            if self._is_open(place, self.hidden | chosen):
                return chosen
        return set(self.places) - self.hidden

    def _is_open(self, place: Place, covered: set[Place]) -> bool:
        """Tell whether a hidden cell could be one more or one less without any visible cell being another."""
        return self._turns(place, covered, self._may_rise, self._may_fall) or (
            self._may_fall(place) and self._turns(place, covered, self._may_fall, self._may_rise)
        )

    def _turns(
        self, place: Place, covered: set[Place], first: Callable[[Place], bool], second: Callable[[Place], bool]
    ) -> bool:
        """Look for a circle through a cell that moves as `first` allows: the next one moves as `second` does."""
        if not first(place):
            return False
        lines, seen = [place[0]], {place[0]}
        while lines:
            line = lines.pop()
            for column in self._steps(line, covered, second):
                if column == place[1] and line != place[0]:
                    return True
                if column == place[1]:
                    continue
                reached = {other for other, at in covered if at == column and first((other, at))} - seen
                seen |= reached
                lines += sorted(reached)
        return False

    def _steps(self, line: int, covered: set[Place], allowed: Callable[[Place], bool]) -> Iterator[int]:
        return (column for at, column in covered if at == line and allowed((at, column)))

    def _may_rise(self, place: Place) -> bool:
        return not self._is_turned(place) or self._value(place) > 0

    def _may_fall(self, place: Place) -> bool:
        return self._is_turned(place) or self._value(place) > 0

    def _is_turned(self, place: Place) -> bool:
        """Tell whether a cell is the total of a line or of a column, but not of all."""
        return (place[0] == len(self.values) - 1) != (place[1] == len(self.values[0]) - 1)

    def _lines_of(self, place: Place) -> Iterator[list[Place]]:
        yield [(place[0], column) for column in range(len(self.values[0]))]
        yield [(line, place[1]) for line in range(len(self.values))]

    def _value(self, place: Place) -> int:
        return self.values[place[0]][place[1]]

    def _cost(self, place: Place) -> int:
        """Say how much is lost by hiding a cell: totals are the last to go."""
        is_total = place[0] == len(self.values) - 1 or place[1] == len(self.values[0]) - 1
        return self._value(place) + 1 + (self.values[-1][-1] + 1) * len(self.places) * is_total
