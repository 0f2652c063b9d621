import threading
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError

from engine import clock, db, identity
from engine.identity import Account


def test_a_transaction_is_kept_when_its_block_ends(database: db.Database) -> None:
    with db.transaction() as session:
        session.add(Account(username="ann", password_hash=None))

    with db.reading() as session:
        assert session.scalars(select(Account.username)).all() == ["ann"]


def test_a_transaction_is_undone_when_its_block_raises(database: db.Database) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_after_writing()

    with db.reading() as session:
        assert session.scalars(select(Account.username)).all() == []


def fail_after_writing() -> None:
    with db.transaction() as session:
        session.add(Account(username="ann", password_hash=None))
        session.flush()
        raise ZeroDivisionError


def test_what_is_read_can_be_used_after_the_transaction(database: db.Database) -> None:
    with db.transaction() as session:
        account = identity.register(session, "ann", password=None)

    assert account.username == "ann"


def test_writers_of_one_process_wait_for_each_other(database: db.Database) -> None:
    def add_ten(name: str) -> None:
        for number in range(10):
            with db.transaction() as session:
                session.add(Account(username=f"{name}{number}", password_hash=None))

    threads = [threading.Thread(target=add_ten, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with db.reading() as session:
        assert len(session.scalars(select(Account.username)).all()) == 40


def test_readers_do_not_wait_for_a_writer(database: db.Database) -> None:
    with db.transaction() as writing:
        writing.add(Account(username="ann", password_hash=None))
        writing.flush()

        with db.reading() as session:
            assert session.scalars(select(Account.username)).all() == []


def test_an_instant_is_read_as_it_was_written_in_utc(database: db.Database) -> None:
    in_shanghai = datetime(2026, 3, 1, 8, 30, 15, 250_000, tzinfo=ZoneInfo("Asia/Shanghai"))
    with db.transaction() as session:
        clock.pin(session, in_shanghai)

    with db.reading() as session:
        read = clock.now(session)
        assert (read, read.tzinfo) == (in_shanghai, UTC)


def test_an_instant_without_a_zone_is_refused(database: db.Database) -> None:
    with pytest.raises(StatementError, match="only aware instants are stored"), db.transaction() as session:
        clock.pin(session, datetime(2026, 3, 1))  # noqa: DTZ001 - that is the point


def test_sqlite_reaches_the_disk_at_every_commit(sqlite_database: db.Database) -> None:
    with db.reading() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA synchronous")) == 2
        assert session.scalar(text("PRAGMA foreign_keys")) == 1


def test_without_a_database_the_refusal_says_what_to_do() -> None:
    with pytest.raises(RuntimeError, match=r"call engine\.db\.bind"):
        db.bound()
