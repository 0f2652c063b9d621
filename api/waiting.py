"""Requests that wait for something to happen: they hold a thread, but no transaction, and only some may at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from flask import Flask, current_app, request

MOST = 4
"""How many may wait at once: the embedded server has twice as many threads."""

SERVER = {"threads": 2 * MOST, "channel_request_lookahead": 1}
"""How the embedded server serves; only while it reads ahead does it learn that a client has gone."""

PAUSE = 0.1
"""Seconds between two looks at whether it has happened."""

EXTENSION = "reviewflow-waiting"


def register(app: Flask) -> None:
    """Give the application its places for those who wait."""
    app.extensions[EXTENSION] = BoundedSemaphore(MOST)


def until(holds: Callable[[], bool], deadline: float) -> bool:
    """Wait until something holds, and say whether it does; no longer than the deadline, and not without a place.

    Nor for somebody who has gone: what they came for would be theirs, and nobody else's, until its time is over.
    """
    with _place() as free:
        while free and time.monotonic() < deadline and not _has_gone():
            if holds():
                return True
            time.sleep(PAUSE)
    return False


def _has_gone() -> bool:
    """Whether the client has closed its connection, as far as the server can tell."""
    disconnected: Callable[[], bool] = request.environ.get("waitress.client_disconnected", lambda: False)
    return disconnected()


@contextmanager
def _place() -> Iterator[bool]:
    """Take a place, if one is free, and tell."""
    places: BoundedSemaphore = current_app.extensions[EXTENSION]
    free = places.acquire(blocking=False)
    try:
        yield free
    finally:
        if free:
            places.release()
