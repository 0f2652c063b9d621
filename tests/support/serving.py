"""An application over real HTTP, in a thread of this process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from flask import Flask
from waitress.server import create_server

from api.waiting import SERVER


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an application; give its address."""
    server = create_server(app, host="127.0.0.1", port=0, **SERVER)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        with suppress(OSError):  # the thread may wake by itself and have closed what this wakes it with
            server.trigger.pull_trigger(server.close)  # in its own thread, which ends with its last connection
        thread.join(timeout=5)
        server.task_dispatcher.shutdown()
