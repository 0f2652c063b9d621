"""Read procrastinate's schema in the steps in which procrastinate itself changed it."""

from __future__ import annotations

from pathlib import Path

from procrastinate.schema import SchemaManager


def between(after: str, upto: str) -> list[str]:
    """Return the SQL of the steps after one number, up to and with another, such as `03.04.00_50`.

    A migration names its own range, so that it does the same with every later procrastinate.
    """
    steps = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    width = len(upto)
    return [step.read_text() for step in steps if after < step.name[:width] <= upto]
