"""The process in quarantine: it limits itself, reads the files it is sent, and answers a line for each."""

from __future__ import annotations

import gc
import resource as limits
import signal
import socket
import struct
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from engine.bpmn.files import Resource, read

if TYPE_CHECKING:
    from io import BufferedRWPair

COMPUTING = 0.7
"""Seconds of computing that one file may take.

The largest diagram that is allowed takes 0.35 to 0.45, ours 0.015. What is hostile is refused within two seconds where
this process gets a third of a processor.
"""
TOGETHER = 20
"""Seconds of computing that all files of a deployment may take."""
PATIENCE = 90
"""Seconds by the clock after which nobody waits any longer: where this process gets a small share of a processor only,
those of computing take so long.
"""
MEMORY = 1_000_000_000
READY = b"ready\n"

_LENGTHS = struct.Struct("!II")


def request(resources: Sequence[Resource]) -> bytes:
    """Write what is asked: each file's name and content, and an end."""
    files = [(resource.name.encode("utf-8", "surrogateescape"), resource.content) for resource in resources]
    parts = [part for name, content in files for part in (_LENGTHS.pack(len(name), len(content)), name, content)]
    return b"".join([*parts, _LENGTHS.pack(0, 0)])


def answer(connection: socket.socket) -> None:
    """Read the files of one request; whatever goes over a limit ends this process without an answer."""
    _limit()
    gc.disable()  # it dies before it could have collected much
    with connection.makefile("rwb") as stream:
        stream.write(READY)
        stream.flush()
        for resource in list(_requested(stream)):
            signal.setitimer(signal.ITIMER_PROF, COMPUTING)
            stream.write(read(resource).to_json() + b"\n")
            stream.flush()


def _limit() -> None:
    """Let the kernel end this process, by signals that nothing here handles."""
    limits.setrlimit(limits.RLIMIT_AS, (MEMORY, MEMORY))
    limits.setrlimit(limits.RLIMIT_CPU, (TOGETHER, TOGETHER))
    limits.setrlimit(limits.RLIMIT_FSIZE, (0, 0))
    limits.setrlimit(limits.RLIMIT_CORE, (0, 0))
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)


def _requested(stream: BufferedRWPair) -> Iterator[Resource]:
    while lengths := _LENGTHS.unpack(stream.read(_LENGTHS.size)):
        if lengths == (0, 0):
            return
        name = stream.read(lengths[0]).decode("utf-8", "surrogateescape")
        yield Resource(name, stream.read(lengths[1]))
