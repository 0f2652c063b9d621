"""Keys: 63-bit integers, time-ordered, unique across processes (D12).

A key is 41 bits of milliseconds since 2025, 10 bits that name the process and 12 bits that count within the
millisecond. The database lends every process its number before it first writes, so that no two live processes issue
the same key.
"""

from __future__ import annotations

import os
import secrets
import threading
import time

from sqlalchemy import Connection, text

EPOCH = 1_735_689_600_000
"""2025-01-01T00:00:00Z in milliseconds since 1970."""

NODES = 1 << 10
PER_MILLISECOND = 1 << 12


class _Source:
    """The keys of one process."""

    def __init__(self, node: int) -> None:
        self.node = node
        self.lock = threading.Lock()
        self.last = (time.time_ns() // 1_000_000 - EPOCH) * PER_MILLISECOND

    def next(self) -> int:
        """Return a key greater than every key before, even while the wall clock goes back."""
        with self.lock:
            self.last = max(self.last + 1, (time.time_ns() // 1_000_000 - EPOCH) * PER_MILLISECOND)
            moment, count = divmod(self.last, PER_MILLISECOND)
        return (moment * NODES + self.node) * PER_MILLISECOND + count


_source: list[_Source] = []


def issue() -> int:
    """Return a new key.

    Raises:
        RuntimeError: no transaction has been opened in this process yet.
    """
    if not _source:
        raise RuntimeError("this process has no number yet: keys are issued inside a transaction")
    return _source[0].next()


def issue_unordered() -> int:
    """Return a random key: it tells neither when it was issued nor by which process, nor after which other key.

    For rows that must not be linked to what happened beside them (record 0023).
    """
    return secrets.randbits(63) or 1


def second_of(key: int) -> int:
    """Return the second since 2025 in which a key was issued."""
    return key // (PER_MILLISECOND * NODES) // 1000


def first_of(second: int) -> int:
    """Return the least key that can be issued in a second since 2025."""
    return second * 1000 * NODES * PER_MILLISECOND


def lent() -> bool:
    """Whether this process has its number."""
    return bool(_source)


def lend(connection: Connection) -> None:
    """Take this process's number from the database, in a transaction of its own: a number is never lent twice."""
    taken = connection.execute(text("UPDATE key_node SET last = last + 1 RETURNING last")).scalar_one()
    if not _source:
        _source.append(_Source(int(taken) % NODES))


def forget() -> None:
    """Give this process's number up: another database, or a child process, will lend another."""
    _source.clear()


os.register_at_fork(after_in_child=forget)
