"""Play the table of BPMN's elements and print how many rows pass, group by group.

    python tests/conformance [GROUP...]

A row passes when it does what it says on SQLite and on PostgreSQL; where there is no PostgreSQL, that is said.
"""

from __future__ import annotations

import logging
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import conformance
import postgres
import rows
from databases import bound

from engine import migrations

Failures = dict[str, dict[str, str]]
"""By the sentence of a row, by the database: what it did otherwise."""


def main() -> int:
    """Print the table and, as the last line, the total; return 1 if a row fails."""
    logging.getLogger("engine").setLevel(logging.CRITICAL)
    found = rows.table()
    found = {group: found[group] for group in sys.argv[1:] or found}
    failures = _failures(found)
    for group, mine in found.items():
        passed = sum(not failures.get(row.sentence) for row in mine)
        _say(f"{group.replace('-', ' ')}: {passed} of {len(mine)}")
        for row in mine:
            _print(row, failures.get(row.sentence, {}))
    total = sum(map(len, found.values()))
    _say(f"passed {total - len(failures)} of {total}")
    return int(bool(failures))


def _failures(found: rows.Table) -> Failures:
    """Play all rows on each database there is."""
    failures: Failures = {}
    with tempfile.TemporaryDirectory() as directory:
        _play(found, "SQLite", f"sqlite:///{directory}/rows.sqlite", Path(directory), failures)
        try:
            with postgres.running() as server:
                server.create("rows")
                _play(found, "PostgreSQL", server.url("rows"), Path(directory), failures)
        except postgres.Unavailable as reason:
            _say(f"Not tried on PostgreSQL: {reason}")
    return failures


def _play(found: rows.Table, name: str, url: str, directory: Path, failures: Failures) -> None:
    with bound(url, directory) as database:
        migrations.upgrade(database)
        for row in (row for mine in found.values() for row in mine):
            if reason := conformance.failure(row):
                failures.setdefault(row.sentence, {})[name] = reason


def _print(row: rows.Row, failures: dict[str, str]) -> None:
    _say(f"  {'no' if failures else 'ok'}  {row.sentence}")
    for name, reason in failures.items():
        _say(f"      on {name}: {reason}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
