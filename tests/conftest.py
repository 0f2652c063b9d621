"""A fresh database for each test, on SQLite and on PostgreSQL, cheaply: a copy of one that has been migrated."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import postgres as postgresql
import pytest
from databases import bound
from memory import Memory

from engine import db, migrations

_numbers = count(1)


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, and keep the short tests of a file together, which share what it sets up once."""
    items.sort(key=_begins)
    for item in items:
        if not item.get_closest_marker("long") and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.path.name))


def _begins(item: pytest.Item) -> int:
    """Return when a test begins: the long ones, then the walks, which are one file, then all others."""
    if item.get_closest_marker("long"):
        return 0
    return 1 if item.path.name == "test_walks.py" else 2


@pytest.fixture(scope="session")
def server() -> Iterator[postgresql.Server]:
    """Run a PostgreSQL for this process's tests, or skip them and say why."""
    running = postgresql.running()
    try:
        found = running.__enter__()
    except postgresql.Unavailable as reason:
        pytest.skip(f"Not tried on PostgreSQL: {reason}")
    yield found
    running.__exit__(None, None, None)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an SQLite file with this version's tables."""
    directory = tmp_path_factory.mktemp("template")
    path = directory / "template.sqlite"
    with bound(f"sqlite:///{path}", directory) as database:
        migrations.upgrade(database)
    return path


@pytest.fixture(scope="session")
def postgresql_template(server: postgresql.Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the name of a PostgreSQL database with this version's tables."""
    server.create("template")
    with bound(server.url("template"), tmp_path_factory.mktemp("template")) as database:
        migrations.upgrade(database)
    return "template"


@pytest.fixture(scope="session")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Memory:
    """Return what was done with the demo company on databases like a test's own."""
    return Memory(tmp_path_factory.mktemp("memory"))


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Return the URL of a fresh, migrated SQLite file."""
    path = tmp_path / "test.sqlite"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(server: postgresql.Server, postgresql_template: str) -> Iterator[str]:
    """Return the URL of a fresh, migrated PostgreSQL database."""
    name = f"test{next(_numbers)}"
    server.create(name, postgresql_template)
    yield server.url(name)
    server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the URL of a fresh, migrated database, once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[db.Database]:
    """Bind a fresh, migrated database, once on each kind."""
    with bound(database_url, tmp_path) as found:
        yield found


@pytest.fixture
def sqlite_database(sqlite_url: str, tmp_path: Path) -> Iterator[db.Database]:
    """Bind a fresh, migrated SQLite database."""
    with bound(sqlite_url, tmp_path) as found:
        yield found


@pytest.fixture
def postgresql_database(postgresql_url: str, tmp_path: Path) -> Iterator[db.Database]:
    """Bind a fresh, migrated PostgreSQL database."""
    with bound(postgresql_url, tmp_path) as found:
        yield found
