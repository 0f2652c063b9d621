"""Attempts: work whose failure must stop nobody else."""

from __future__ import annotations

import logging
from collections.abc import Callable

from engine.errors import Refusal

log = logging.getLogger(__name__)


def attempt(what: str, work: Callable[[], object]) -> Exception | None:
    """Do a piece of background work; its failure is logged and returned, and never ends the caller.

    The one place where every exception is caught: whatever an operation, a diagram or the network does, the timers of
    other instances fire, and what others wait for happens.
    """
    try:
        work()
    except Exception as error:
        if isinstance(error, Refusal):
            log.warning("Failed to %s: %s", what, error)
        else:
            log.exception("Failed to %s", what)
        return error
    return None
