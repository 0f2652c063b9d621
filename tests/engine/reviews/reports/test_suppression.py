"""Tests of engine.reviews.reports.suppression: who tries every table that fits what is shown learns no hidden cell."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.reviews.reports.suppression import hidden

SMALLEST = 3


def with_totals(counts):
    lines = [[*line, sum(line)] for line in counts]
    return [*lines, [sum(column) for column in zip(*lines, strict=True)]]


def fitting(counts, covered):
    """Return every table, up to a few more in each cell, whose visible cells and totals are those of `counts`."""
    shown = with_totals(counts)
    spans = [
        range(value + SMALLEST) if (line, column) in covered else [value]
        for line, cells in enumerate(counts)
        for column, value in enumerate(cells)
    ]
    width = len(counts[0])
    for cells in product(*spans):
        table = with_totals([cells[start : start + width] for start in range(0, len(cells), width)])
        if all(
            (line, column) in covered or value == shown[line][column]
            for line, values in enumerate(table)
            for column, value in enumerate(values)
        ):
            yield table


tables = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 4), min_size=width, max_size=width), min_size=1, max_size=6 // width)
)


@settings(max_examples=80, deadline=None)
@given(tables)
def test_e93_nobody_works_out_a_hidden_cell_from_what_is_shown(counts):
    covered = hidden(counts, SMALLEST)

    seen = [set() for _ in covered]
    for table in fitting(counts, covered):
        for values, (line, column) in zip(seen, sorted(covered), strict=True):
            values.add(table[line][column])

    assert all(len(values) > 1 for values in seen)


@given(tables)
def test_e93_every_cell_of_a_small_group_is_hidden_and_so_is_every_remainder(counts):
    covered = hidden(counts, SMALLEST)
    shown = with_totals(counts)

    small = {(line, column) for line, cells in enumerate(shown) for column, value in enumerate(cells) if 0 < value < 3}
    assert small <= covered
    for lines, turn in ((shown, False), (list(zip(*shown, strict=True)), True)):
        for at, cells in enumerate(lines):
            places = [((other, at) if turn else (at, other)) for other in range(len(cells))]
            left = sum(value for value, place in zip(cells[:-1], places[:-1], strict=True) if place in covered)
            assert places[-1] in covered or not left or left >= SMALLEST


@given(st.lists(st.lists(st.integers(3, 9), min_size=2, max_size=2), min_size=1, max_size=5))
def test_large_groups_are_shown_as_they_are(counts):
    assert hidden(counts, SMALLEST) == frozenset()


def test_e93_a_team_of_two_is_hidden_with_its_total_and_another_that_covers_it():
    counts = [[4, 8, 3], [1, 1, 0], [5, 6, 4]]

    covered = hidden(counts, SMALLEST)

    assert {(1, 0), (1, 1), (1, 3)} <= covered
    assert (0, 3) in covered or (2, 3) in covered or (3, 3) in covered
    assert len(covered) < 16


def test_a_hundred_units_are_protected_in_a_moment():
    counts = [[(unit * 7 + level * 5) % 11 for level in range(5)] for unit in range(100)]

    covered = hidden(counts, 5)

    assert 0 < len(covered) < 606
