"""What a released version has written, this one loads and finishes: rows, states, compiled nets and signatures."""

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import golden
import pytest
from conformance import finish, follow
from databases import bound

from engine import migrations

FILES = golden.files()


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return what makes an empty SQLite file of an earlier version, once each."""
    directory = tmp_path_factory.mktemp("versions")

    @cache
    def template(revision: str) -> Path:
        path = directory / f"{revision}.sqlite"
        with bound(f"sqlite:///{path}", directory) as database:
            migrations.upgrade(database, revision)
        return path

    return template


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}-{path.stem}" for path in FILES])
def test_an_instance_that_an_earlier_version_began_goes_on(path, templates, tmp_path):
    found = golden.load(path)
    shutil.copyfile(templates(found["revision"]), tmp_path / "golden.sqlite")

    with bound(f"sqlite:///{tmp_path}/golden.sqlite", tmp_path, **golden.SECRET):
        row = golden.restore(found)

        follow(row.steps)

        finish(row)


def test_every_version_has_its_golden_files():
    assert len(FILES) >= 50
