"""The deployed processes: their versions and diagrams, and a page to upload new ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.errors import Problem
from web.tasks import Diagram


@dataclass(frozen=True, slots=True)
class ProcessLine:
    """A process in its latest version."""

    process_id: str
    name: str
    version: int
    deployed: datetime
    running: int
    incidents: int = 0


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a process."""

    number: int
    tag: str
    deployed: datetime
    by: str
    running: int
    address: str


@dataclass(frozen=True, slots=True)
class ProcessPage:
    """What a process's page shows."""

    process_id: str
    name: str
    version: int
    zone: ZoneInfo
    diagram: Diagram
    versions: tuple[Version, ...]
    download: str


@dataclass(frozen=True, slots=True)
class Upload:
    """What became of uploaded files."""

    findings: tuple[Problem, ...] = ()
    sentence: str = ""
    """The refusal; empty where nothing was refused."""
    deployed: tuple[str, ...] = ()
    """What was deployed, each as name and version."""
