from pathlib import Path

import pytest
from sqlalchemy import select

from engine import backups, db, identity
from engine.errors import Conflict, Invalid, NotFound
from engine.identity import Account


def register(*usernames: str) -> None:
    with db.transaction() as session:
        for username in usernames:
            identity.register(session, username, password=None)


def accounts() -> list[str]:
    with db.reading() as session:
        return list(session.scalars(select(Account.username).order_by(Account.username)))


@pytest.fixture
def client_programs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, database: db.Database) -> None:
    """Put the running server's own pg_dump and pg_restore first."""
    if not database.sqlite:
        server = request.getfixturevalue("server")
        monkeypatch.setenv("PATH", str(server.binaries), prepend=":")


def test_a_backup_brings_back_what_was_there(client_programs: None, tmp_path: Path) -> None:
    register("ann", "bo")
    backups.write(tmp_path / "backup")
    register("cy")

    backups.restore(tmp_path / "backup", force=True)

    assert accounts() == ["ann", "bo"]


def test_a_backup_is_consistent_while_somebody_writes(sqlite_database: db.Database, tmp_path: Path) -> None:
    register("ann")
    with db.transaction() as session:
        identity.register(session, "bo", password=None)

        backups.write(tmp_path / "backup")

    backups.restore(tmp_path / "backup", force=True)
    assert accounts() == ["ann"]


def test_a_database_that_is_not_empty_is_not_overwritten(client_programs: None, tmp_path: Path) -> None:
    backups.write(tmp_path / "backup")
    register("ann")

    with pytest.raises(Conflict, match="the database is not empty: --force overwrites it"):
        backups.restore(tmp_path / "backup")

    assert accounts() == ["ann"]


def test_a_backup_is_not_overwritten(database: db.Database, tmp_path: Path) -> None:
    (tmp_path / "backup").write_text("precious")

    with pytest.raises(Conflict, match="the file exists already"):
        backups.write(tmp_path / "backup")

    assert (tmp_path / "backup").read_text() == "precious"


def test_what_is_no_backup_changes_nothing(client_programs: None, tmp_path: Path) -> None:
    register("ann")
    (tmp_path / "backup").write_text("once upon a time " * 100)

    with pytest.raises(Invalid):
        backups.restore(tmp_path / "backup", force=True)

    assert accounts() == ["ann"]


def test_a_missing_backup_is_not_found(database: db.Database, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="there is no such file"):
        backups.restore(tmp_path / "nowhere", force=True)


def test_a_backup_into_a_missing_directory_is_refused(database: db.Database, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="there is no directory"):
        backups.write(tmp_path / "nowhere" / "backup")
