"""The database: the models' base, one way to open a transaction, and how SQLite is made durable."""

from __future__ import annotations

import logging
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar, dataclass_transform

from sqlalchemy import BigInteger, DateTime, Dialect, Engine, Enum, Integer, MetaData, create_engine, event
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    Session,
    mapped_column,
    relationship,
    sessionmaker,
)
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from engine import keys
from engine.settings import Settings

log = logging.getLogger(__name__)

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


@dataclass_transform(eq_default=False, kw_only_default=True, field_specifiers=(mapped_column, relationship))
class Base(MappedAsDataclass, DeclarativeBase, kw_only=True, eq=False, repr=False):
    """The base of every mapped class."""

    metadata = MetaData(naming_convention=NAMES)


class ProcessNumber(Base):
    """The last number lent to an operating-system process for the keys it issues (see `engine.keys`)."""

    __tablename__ = "key_node"

    last: Mapped[int] = mapped_column(primary_key=True)


Key = BigInteger().with_variant(Integer, "sqlite")
"""The type of a key's column (D12)."""


def stored(kind: type[StrEnum]) -> Enum:
    """Return the type of a column that stores an enum by its value, as a short string that no migration need know."""
    return Enum(
        kind, native_enum=False, length=32, values_callable=lambda members: [member.value for member in members]
    )


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored as UTC (D13). A naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no zone: only aware instants are stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return an aware UTC instant."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


PATIENCE = 30.0
"""Seconds that a transaction waits for its turn before it is given up."""

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={PATIENCE * 1000:.0f}",
    "cache_size=-16000",
)

TRIES = 5
"""How often a transaction is done that the database gives up for the sake of another."""

LONGEST_PAUSE = 0.2
"""Seconds before the second try, at most; the next ones wait longer, so that those who met do not meet again."""

GIVEN_UP = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL's codes: serialization_failure, deadlock_detected, lock_not_available."""

BEYOND_LIMITS = "54"
"""PostgreSQL's class of codes for what is too long for an index, too deep or too complex."""

TOO_MUCH = ("too many", "expression tree is too large", "like or glob pattern too complex", "parser stack overflow")
"""What SQLite says of the same; it has no code of its own for that."""

Made = TypeVar("Made")


class Database:
    """One database of one process: its pool, and for SQLite its only write lock (D17)."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.sqlite = settings.sqlite
        self.pool = _create(settings.database_url, sqlite=self.sqlite)
        self.sessions = sessionmaker(self.pool, expire_on_commit=False)
        self.readers = sessionmaker(self.pool.execution_options(reviewflow_reading=True), expire_on_commit=False)
        self.compiled: dict[object, Any] = {}
        """What was compiled from immutable definitions, by their keys, or by what of them and their keys."""
        self._writing = threading.Lock()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Wait for the turn to write, where only one may, and keep it for the block.

        Raises:
            OperationalError: it did not come in time; said as SQLite says it when another process writes.
        """
        if not self.sqlite:
            yield
            return
        if not self._writing.acquire(timeout=PATIENCE):
            raise OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked"))
        try:
            yield
        finally:
            self._writing.release()


_bound: list[Database] = []


def bind(settings: Settings) -> Database:
    """Make the settings' database that of this process, in place of the one before."""
    database = Database(settings)
    unbind()
    _bound.append(database)
    return database


def unbind() -> None:
    """Close this process's database."""
    while _bound:
        _bound.pop().pool.dispose()
    keys.forget()


def bound() -> Database:
    """Return this process's database.

    Raises:
        RuntimeError: none is bound.
    """
    if not _bound:
        raise RuntimeError("no database is bound: call engine.db.bind(settings) first")
    return _bound[-1]


@contextmanager
def transaction() -> Iterator[Session]:
    """Open a transaction that is committed when the block ends, and undone when it raises.

    The only commit of the code base: entry points own it, use cases join it.
    """
    database = bound()
    with database.writing():
        if not keys.lent():
            with database.pool.begin() as connection:
                keys.lend(connection)
        with database.sessions() as session:
            yield session
            session.commit()


def transact(work: Callable[[Session], Made]) -> Made:
    """Do work in a transaction and return what it made; do it again if the database gave it up for another.

    Of two transactions that wait for each other PostgreSQL ends one: it has left nothing, and is done anew from its
    beginning. So the work must be what a second call does as well as a first.

    Raises:
        OperationalError: the database does not answer, or is busy for too long (`busy`).
    """
    for tried in range(1, TRIES):
        try:
            with transaction() as session:
                return work(session)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) not in GIVEN_UP:
                raise
            log.info("A transaction is done again: %s", error.orig)
        time.sleep(random.uniform(0, LONGEST_PAUSE * tried))  # noqa: S311 - no secret
    with transaction() as session:
        return work(session)


def busy(error: OperationalError) -> bool:
    """Whether the database failed only because it is at work for others: the same may succeed a moment later."""
    if isinstance(error.orig, sqlite3.OperationalError):
        return "locked" in str(error.orig)
    return getattr(error.orig, "sqlstate", None) in GIVEN_UP


def reason(error: Exception) -> str:
    """Say why something failed; of what the database refused without the statement and the values that it refused."""
    return str(error.orig).partition("\n")[0] if isinstance(error, DBAPIError) else str(error)


@contextmanager
def reading() -> Iterator[Session]:
    """Open a session on one consistent state of the database, for queries alone."""
    with bound().readers() as session:
        yield session


def _create(url: str, *, sqlite: bool) -> Engine:
    if not sqlite:
        pool = create_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True)
        event.listen(pool, "handle_error", _judge, retval=True)
        return pool
    pool = create_engine(url, connect_args={"timeout": PATIENCE, "check_same_thread": False})
    event.listen(pool, "handle_error", _judge, retval=True)
    event.listen(pool, "connect", _prepare_sqlite)
    event.listen(pool, "begin", _begin_sqlite)
    return pool


def _judge(context: ExceptionContext) -> BaseException | None:
    """Tell what is too much for the database from its silence: whoever tried that again would try for ever."""
    error = context.sqlalchemy_exception
    if not isinstance(error, OperationalError) or error.orig is None:
        return None
    code = getattr(error.orig, "sqlstate", None) or ""
    if not code.startswith(BEYOND_LIMITS) and not str(error.orig).lower().startswith(TOO_MUCH):
        return None
    return DataError(error.statement, error.params, error.orig)


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    """Make an SQLite connection durable: WAL whose every commit reaches the disk (D17)."""
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Take SQLite's write lock at the start of a writing transaction, so that it never fails in its middle."""
    reading_only = connection.get_execution_options().get("reviewflow_reading", False)
    connection.exec_driver_sql("BEGIN" if reading_only else "BEGIN IMMEDIATE")


__all__ = [
    "Base",
    "Database",
    "Instant",
    "Key",
    "bind",
    "bound",
    "busy",
    "reading",
    "reason",
    "stored",
    "transact",
    "transaction",
    "unbind",
]
