"""Backups: a copy of the whole database while it is in use, and the way back."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import inspect, make_url

from engine import db
from engine.errors import Conflict, Invalid, NotFound


def write(path: Path) -> None:
    """Write the bound database to a file: an SQLite file, or pg_dump's archive.

    Raises:
        Conflict: the file exists already.
        NotFound: pg_dump is not installed, or the file's directory does not exist.
        Invalid: pg_dump failed; its reason.
    """
    if path.exists():
        raise Conflict(f"Expected to write backup {path}, but the file exists already")
    if not path.absolute().parent.is_dir():
        raise NotFound(f"Expected to write backup {path}, but there is no directory {path.parent}")
    if db.bound().sqlite:
        _copy(_sqlite_path(), path)
    else:
        _call("pg_dump", "--format=custom", f"--file={path}", f"--dbname={_conninfo()}")


def restore(path: Path, *, force: bool = False) -> None:
    """Put a backup in the place of the bound database, as it is; `migrations.upgrade` brings it to this version.

    Raises:
        NotFound: there is no such file, or pg_restore is not installed.
        Conflict: the database is not empty, and `force` is not set.
        Invalid: the file is no backup; nothing is changed.
    """
    if not path.is_file():
        raise NotFound(f"Expected to restore backup {path}, but there is no such file")
    if not force and inspect(db.bound().pool).get_table_names():
        raise Conflict(f"Expected to restore backup {path}, but the database is not empty: --force overwrites it")
    if db.bound().sqlite:
        _expect_ours(path)
        _copy(path, _sqlite_path())
    else:
        options = ("--clean", "--if-exists", "--no-owner", "--single-transaction")
        _call("pg_restore", *options, f"--dbname={_conninfo()}", str(path))


def _sqlite_path() -> Path:
    return Path(db.bound().pool.url.database or "")


def _conninfo() -> str:
    url = make_url(db.bound().settings.database_url).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


def _copy(origin: Path, target: Path) -> None:
    """Copy one SQLite database over another, consistently, whoever is using them."""
    with closing(sqlite3.connect(origin)) as read, closing(sqlite3.connect(target, timeout=30)) as written:
        read.backup(written)


def _expect_ours(path: Path) -> None:
    with closing(sqlite3.connect(path)) as backup:
        try:
            sound = backup.execute("PRAGMA quick_check").fetchone() == ("ok",)
            known = backup.execute("SELECT count(*) FROM sqlite_master WHERE name = 'key_node'").fetchone() == (1,)
        except sqlite3.DatabaseError as error:
            raise Invalid(f"Expected to restore backup {path}, but it is no SQLite database: {error}") from error
    if not sound or not known:
        raise Invalid(f"Expected to restore backup {path}, but it is damaged or another program's")


def _call(program: str, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise NotFound(f"Expected to run {program}, but PostgreSQL's client programs are not installed")
    done = subprocess.run([found, *arguments], capture_output=True, text=True, check=False)  # noqa: S603 - no shell
    if done.returncode:
        raise Invalid(f"Expected to run {program}, but it failed: {done.stderr.strip()}")
