"""JavaScript beside Python: the Node that the browser client is built with, and what is installed for it."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from web.build import OLDEST_NODE

MODULES = Path(__file__).parents[2] / "web" / "node_modules"


@cache
def node() -> str | None:
    """Return the first Node that is new enough, on the PATH or in the running environment."""
    places = [shutil.which("node"), shutil.which("node", path=sysconfig.get_path("scripts"))]
    return next((place for place in places if place is not None and _version(place) >= OLDEST_NODE), None)


def _version(place: str) -> tuple[int, ...]:
    answer = subprocess.run([place, "--version"], capture_output=True, text=True, check=True)
    return tuple(int(part) for part in answer.stdout.strip().removeprefix("v").split("."))


@contextmanager
def running(script: Path, *needs: str, environment: dict[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """Run a script that answers lines with lines, or skip the test and say what is missing."""
    missing = [need for need in needs if not (MODULES / need).is_dir()]
    place = node()
    if place is None or missing:
        pytest.skip(f"{script.name} cannot run: {', '.join(missing) or 'Node'} is not installed")
    command = [place, str(script), str(MODULES)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, encoding="utf-8", env=environment) as process:
        yield process
        process.stdin.close()
