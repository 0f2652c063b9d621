"""The environment, read once into a frozen dataclass. Nothing else reads it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

LARGEST_DOCUMENT = 10 * 1024 * 1024
"""Bytes of a document that somebody uploads, unless the operator says otherwise."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may set.

    Attributes:
        database_url: an SQLAlchemy URL; an SQLite file under `var/` by default.
        secret_key: signs sessions and the history's rows.
        admin_password: the password of the local account `admin`; without it that account cannot log in.
        controlled_clock: whether the clock may be pinned (tests and demonstrations only).
        largest_document: how many bytes a document may have that somebody uploads.
        directory: where the SQLite file and the made secret are kept.
    """

    database_url: str
    secret_key: bytes
    admin_password: str | None
    controlled_clock: bool
    largest_document: int
    directory: Path

    @property
    def sqlite(self) -> bool:
        """Whether the database is SQLite: one process, no broker."""
        return self.database_url.startswith("sqlite")


def load(environment: Mapping[str, str] | None = None, *, directory: Path | None = None) -> Settings:
    """Read the settings from the environment, making what is unset."""
    values = os.environ if environment is None else environment
    directory = directory or ROOT / "var"
    secret = values.get("REVIEWFLOW_SECRET_KEY")
    return Settings(
        database_url=values.get("REVIEWFLOW_DATABASE_URL") or f"sqlite:///{directory / 'reviewflow.sqlite'}",
        secret_key=secret.encode() if secret else _kept_secret(directory),
        admin_password=values.get("REVIEWFLOW_ADMIN_PASSWORD") or None,
        controlled_clock=values.get("REVIEWFLOW_CONTROLLED_CLOCK") == "1",
        largest_document=int(values.get("REVIEWFLOW_LARGEST_DOCUMENT") or LARGEST_DOCUMENT),
        directory=directory,
    )


def _kept_secret(directory: Path) -> bytes:
    """Return the secret kept in a file only its owner may read, made at the first call."""
    path = directory / "secret_key"
    directory.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_hex(32).encode())
    return path.read_bytes()
