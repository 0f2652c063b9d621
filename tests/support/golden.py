"""Golden files: the whole database of an instance half way, as a released version wrote it, and how it must go on.

They are made of rows of the table of elements (`tests/conformance`): of each group those with the most steps.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import rows
from conformance import begin, follow
from sqlalchemy import Boolean, Connection, inspect, text

from engine import db, migrations
from engine.settings import ROOT

FOLDER = ROOT / "tests" / "golden"
SECRET = {"REVIEWFLOW_SECRET_KEY": "the secret that signed the golden files"}
OF_EACH_GROUP = 2

Golden = dict[str, Any]


def chosen() -> Iterator[tuple[str, rows.Row]]:
    """Go through the rows that golden files are made of, with the name of the file."""
    for group, found in rows.table().items():
        played = sorted((row for row in found if len(row.steps) > 1), key=lambda row: -len(row.steps))
        yield from ((f"{group}-{number}", row) for number, row in enumerate(played[:OF_EACH_GROUP], 1))


def write(row: rows.Row) -> Golden:
    """Play the first half of a row on the bound database; return its content and the second half."""
    half = len(row.steps) // 2
    begin(row)
    follow(row.steps[:half])
    return {
        "sentence": row.sentence,
        "then": [step.line for step in row.steps[half:]],
        "ending": " ".join(row.ending or ()),
        "revision": _revision(),
        "rows": _content(),
    }


def restore(golden: Golden) -> rows.Row:
    """Fill the bound database, which is of the file's version, as it was; return what must happen in this version.

    The files hold what SQLite wrote, which PostgreSQL takes as it is but for truth, and times without a zone.
    """
    with db.bound().pool.begin() as connection:
        if not db.bound().sqlite:
            connection.execute(text("SET LOCAL TIME ZONE 'UTC'"))
        for table in reversed(golden["rows"]):
            connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - our own names
        for table, content in golden["rows"].items():
            truths = _truths(connection, table)
            for row in content:
                columns, places = ", ".join(row), ", ".join(f":{name}" for name in row)
                values = {name: bool(value) if name in truths else _raw(value) for name, value in row.items()}
                connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({places})"), values)  # noqa: S608
    migrations.upgrade(db.bound())
    state, _, variables = golden["ending"].partition(" ")
    steps = tuple(rows.step(line) for line in golden["then"])
    return rows.Row(golden["sentence"], {}, steps, (state, variables))


def files() -> list[Path]:
    """Return the golden files of all versions."""
    return sorted(FOLDER.glob("*/*.json"))


def dump(golden: Golden, path: Path) -> None:
    """Write a golden file."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def load(path: Path) -> Golden:
    """Read a golden file."""
    found: Golden = json.loads(path.read_text(encoding="utf-8"))
    return found


def _revision() -> str:
    with db.bound().pool.connect() as connection:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def _content() -> dict[str, list[dict[str, Any]]]:
    """Return the rows of all tables that have some, in an order in which they can be inserted."""
    found: dict[str, list[dict[str, Any]]] = {}
    with db.bound().pool.connect() as connection:
        for table in db.Base.metadata.sorted_tables:
            content = connection.execute(text(f"SELECT * FROM {table.name}")).mappings()  # noqa: S608 - our own names
            found[table.name] = [{name: _plain(value) for name, value in row.items()} for row in content]
    return {name: content for name, content in found.items() if content}


def _truths(connection: Connection, table: str) -> set[str]:
    """Return the columns of a table that hold true or false."""
    return {column["name"] for column in inspect(connection).get_columns(table) if isinstance(column["type"], Boolean)}


def _raw(value: object) -> object:
    """Return a value of a golden file as the database has it."""
    if not isinstance(value, dict):
        return value
    return bytes.fromhex(value["hex"]) if "hex" in value else value["text"].encode()


def _plain(value: object) -> object:
    """Return a value of the database as JSON has it."""
    if not isinstance(value, bytes):
        return value
    try:
        return {"text": value.decode()}
    except UnicodeDecodeError:
        return {"hex": value.hex()}
