"""The demo company behind a real server, and a browser to visit it with."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import playwright.sync_api as playwright
import pytest
from browsing import Company
from demonstration import Demonstration
from serving import serving

import api
import web
from engine import db, worker
from engine.reviews import demo
from web import assets, catalogues

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[playwright.Browser]:
    """Start the machine's browser, or skip the tests and say why."""
    program = os.environ.get("CHROMIUM") or next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("Not played in a browser: there is no Chromium on this machine")
    if not (assets.STATIC / "manifest.json").exists():
        pytest.skip("Not played in a browser: the islands are not built (python -m web.build)")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def company(sqlite_database: db.Database, chromium: playwright.Browser, tmp_path: Path) -> Iterator[Company]:
    """Serve the demo company with its drafted cycle and an embedded worker; the clock stands at 2025-09-22."""
    catalogues.compile_all()
    demonstration = Demonstration()
    demonstration.prepare()
    with db.transaction() as session:
        passwords = {login.username: login.password for login in demo.create(session)}
    stop = threading.Event()
    working = threading.Thread(target=worker.run, args=(stop,), daemon=True)
    working.start()
    with serving(api.create_app(pages=web.register)) as address:
        yield Company(address, chromium, passwords, demonstration)
        stop.set()
    working.join(timeout=10)
