"""The quarantine: uploaded files are read in a process that may hang, swell or crash without harm to this one.

A server process, started at the first use, has read our code and forks a process for each deployment. That process
limits itself, reads the files one after the other and answers each in a line of JSON. Nothing is unpickled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress

from engine.bpmn.files import Reading, Resource
from engine.bpmn.quarantine.forking import ForkServer
from engine.bpmn.quarantine.ward import COMPUTING, PATIENCE, READY, request
from engine.errors import Incident, Problem
from engine.sentences import Sentence

_FORKS = ForkServer()
"""One for each operating-system process, as its files are read; threads share it."""


def prepare() -> None:
    """Start what the first deployment would else wait for."""
    _FORKS.start()


def read(resources: Sequence[Resource]) -> list[Reading]:
    """Read files in quarantine, until one of them goes over a limit.

    Raises:
        Incident: no process could be started.
    """
    answers = iter(_answers(request(resources)))
    if next(answers, b"") != READY:
        raise Incident("Expected to read files in a process of their own, but none could be started")
    readings: list[Reading] = []
    for resource in resources:
        line = next(answers, b"")
        if not line.endswith(b"\n"):
            return [*readings, _too_much(resource)]
        readings.append(Reading.from_json(resource, line))
    return readings


def _answers(asked: bytes) -> Iterable[bytes]:
    """Go through the lines of an answer, as far as it comes."""
    with _FORKS.fork() as connection:
        connection.settimeout(PATIENCE + 1)
        with suppress(TimeoutError, ConnectionError):
            connection.sendall(asked)
        with suppress(TimeoutError, ConnectionError), connection.makefile("rb") as stream:
            yield from stream


def _too_much(resource: Resource) -> Reading:
    """Say what is known of a process that ended without an answer: a limit, or a failure that its log explains."""
    message = Sentence(
        "Reading it was stopped: it takes more than {seconds} seconds of computing, or too much memory.",
        seconds=COMPUTING,
    )
    return Reading(resource, problems=[Problem(message, code="too-expensive")])


__all__ = ["prepare", "read"]
