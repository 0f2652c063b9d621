"""What a released version has written, this one loads and finishes: rows, states, compiled nets and signatures."""

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from pathlib import Path

import golden
import postgres
import pytest
from conformance import finish, follow
from databases import bound

from engine import migrations

FILES = golden.files()

Empty = Callable[[str], str]
"""What returns the URL of an empty database of an earlier version."""

_numbers = count(1)


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return what makes an empty SQLite file of an earlier version, once each."""
    directory = tmp_path_factory.mktemp("versions")

    @cache
    def template(revision: str) -> Path:
        path = directory / f"{revision}.sqlite"
        with bound(f"sqlite:///{path}", directory) as database:
            migrations.upgrade(database, revision)
        return path

    return template


@pytest.fixture(scope="session")
def postgresql_templates(server: postgres.Server, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Return what makes an empty PostgreSQL database of an earlier version, once each."""

    @cache
    def template(revision: str) -> str:
        name = f"version{revision}"
        server.create(name)
        with bound(server.url(name), tmp_path_factory.mktemp("versions")) as database:
            migrations.upgrade(database, revision)
        return name

    return template


@pytest.fixture
def on_sqlite(sqlite_templates: Callable[[str], Path], tmp_path: Path) -> Empty:
    def empty(revision: str) -> str:
        shutil.copyfile(sqlite_templates(revision), tmp_path / "golden.sqlite")
        return f"sqlite:///{tmp_path}/golden.sqlite"

    return empty


@pytest.fixture
def on_postgresql(server: postgres.Server, postgresql_templates: Callable[[str], str]) -> Iterator[Empty]:
    name = f"golden{next(_numbers)}"

    def empty(revision: str) -> str:
        server.create(name, postgresql_templates(revision))
        return server.url(name)

    yield empty
    server.drop(name)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}-{path.stem}" for path in FILES])
def test_an_instance_that_an_earlier_version_began_goes_on(path, kind, request, tmp_path):
    found = golden.load(path)
    empty: Empty = request.getfixturevalue(f"on_{kind}")

    with bound(empty(found["revision"]), tmp_path, **golden.SECRET):
        row = golden.restore(found)

        follow(row.steps)

        finish(row)


def test_every_version_has_its_golden_files():
    assert len(FILES) >= 50
