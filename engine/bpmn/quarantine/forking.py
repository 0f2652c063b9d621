"""A server that forks: from a process without threads, which has read our code once."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import socket
import subprocess
import sys
from threading import Lock

_CALL = "import sys; sys.path[:] = {path!r}; from engine.bpmn.quarantine import forking; forking.serve({descriptor})"


class ForkServer:
    """This process's side: the server is started when it is first needed, and again should it have died."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._control: socket.socket | None = None

    def start(self) -> None:
        """Start the server, unless it runs."""
        with self._lock:
            if self._control is None:
                self._control = _started()

    def fork(self) -> socket.socket:
        """Return the connection to a fresh process in quarantine."""
        ours, theirs = socket.socketpair()
        with theirs:
            self.start()
            if not self._handed_over(theirs):
                self.start()
                self._handed_over(theirs)
        return ours

    def _handed_over(self, connection: socket.socket) -> bool:
        with self._lock:
            if self._control is None:
                return False
            try:
                socket.send_fds(self._control, [b"!"], [connection.fileno()])
            except OSError:
                self._control.close()
                self._control = None
                return False
            return True


def _started() -> socket.socket:
    """Start a server, which ends when this process does; it gets none of our environment and its secrets."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        call = _CALL.format(path=sys.path, descriptor=theirs.fileno())
        server = subprocess.Popen(  # noqa: S603 - our own code, by the interpreter that runs this
            [sys.executable, "-c", call], pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env={}
        )
    atexit.register(_end, ours, server)
    return ours


def _end(control: socket.socket, server: subprocess.Popen[bytes]) -> None:
    control.close()
    server.wait()


def serve(descriptor: int) -> None:
    """Fork a process for each connection that arrives, until nobody can send one any more."""
    from engine.bpmn.quarantine import ward  # noqa: PLC0415 - the parent needs none of what it brings along

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.freeze()
    control = socket.socket(fileno=descriptor)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        for received in descriptors:
            with socket.socket(fileno=received) as connection:
                if _forked() == 0:
                    control.close()
                    ward.answer(connection)
                    os._exit(0)


def _forked() -> int:
    """Fork; where the system has no room for a process, the connection is closed without an answer."""
    try:
        return os.fork()
    except OSError:
        return -1
