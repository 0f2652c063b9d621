"""The engine's nouns are asked for on both databases."""

from __future__ import annotations

import pytest


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the URL of a fresh database, once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url
