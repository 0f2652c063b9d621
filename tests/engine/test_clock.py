from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from engine import clock, db
from engine.errors import Forbidden

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


def test_now_is_the_same_throughout_a_transaction(database: db.Database) -> None:
    with db.transaction() as session:
        first = clock.now(session)

        assert clock.now(session) is first
        assert first.tzinfo is UTC
        assert abs(first - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_pinned_clock_stands_still_for_everybody(database: db.Database) -> None:
    with db.transaction() as session:
        clock.pin(session, NEW_YEAR)
        assert clock.now(session) == NEW_YEAR

    with db.reading() as session:
        assert clock.now(session) == NEW_YEAR


def test_a_clock_is_pinned_anew_and_reset(database: db.Database) -> None:
    with db.transaction() as session:
        clock.pin(session, NEW_YEAR)
        clock.pin(session, NEW_YEAR + timedelta(days=1))
    with db.reading() as session:
        assert clock.now(session) == NEW_YEAR + timedelta(days=1)

    with db.transaction() as session:
        clock.reset(session)

    with db.reading() as session:
        assert clock.now(session) < NEW_YEAR


def test_a_clock_that_is_not_controlled_cannot_be_moved(database: db.Database) -> None:
    db.bind(replace(database.settings, controlled_clock=False))

    with db.transaction() as session:
        with pytest.raises(Forbidden, match="Expected to pin the clock, but"):
            clock.pin(session, NEW_YEAR)
        with pytest.raises(Forbidden, match="Expected to reset the clock, but"):
            clock.reset(session)
