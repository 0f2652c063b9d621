"""A review at the places where tests begin: databases copied while a shipped walk plays."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy import select

from engine import db, identity, settings
from engine.identity import Account
from engine.reviews import walks
from engine.reviews.walks import acts, stages

PROCESSES = Path(__file__).parents[2] / "processes"
WALK = PROCESSES / "appeal-arbitration" / "walks" / "corrected.toml"

BEFORE = {
    ("draft_targets", 1): "launched",
    ("release results", 1): "evaluated",
    ("hold_interview", 1): "released",
    ("lodge appeal", 1): "signed",
    ("cast_vote", 2): "voting",
}
"""The places, by the step of the walk before which each is."""

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Passwords that are verified in no time; their hashes say how."""

OPERATOR = "root"


@dataclass(frozen=True, slots=True)
class Places:
    """Where the copies are, and the keys of the one cycle and the one review in them."""

    directory: Path
    cycle: int
    review: int

    def path(self, place: str) -> Path:
        """Return the database at a place of the walk."""
        return self.directory / f"{place}.sqlite"


def play(template: Path, directory: Path) -> Places:
    """Play the walk on a copy of an empty database, and keep a copy of it at every place."""
    database = directory / "playing.sqlite"
    database.write_bytes(template.read_bytes())
    with _bound(database):
        walk = walks.read(WALK)
        stage = stages.set_up(walk, PROCESSES)
        _give_passwords()
        places = Places(directory, stage.cycle_key, stage.review_key)
        times: Counter[str] = Counter()
        for step in walk.steps:
            if step.refused:
                continue
            times[step.does] += 1
            if place := BEFORE.get((step.does, times[step.does])):
                _copy(database, places.path(place))
            acts.perform(step, stage)
        _copy(database, places.path("decided"))
    return places


def _give_passwords() -> None:
    """Let everybody log in with `<username>'s password`."""
    with db.transaction() as session:
        identity.register(session, OPERATOR, password=None, groups=frozenset({identity.OPERATORS}))
        for account in session.scalars(select(Account)):
            account.password_hash = QUICK.hash(f"{account.username}'s password")


def _copy(database: Path, copy: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("VACUUM INTO ?", [str(copy)])


@contextmanager
def _bound(path: Path) -> Iterator[None]:
    environment = {"REVIEWFLOW_DATABASE_URL": f"sqlite:///{path}", "REVIEWFLOW_CONTROLLED_CLOCK": "1"}
    try:
        db.bind(settings.load(environment, directory=path.parent))
        yield
    finally:
        db.unbind()
