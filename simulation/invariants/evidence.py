"""What the invariants are told of the company's life, and the sentence that tells of a breach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from simulation.company import Company
from simulation.diary import Diary
from simulation.rulebook import ROOT, Book


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What people noted down themselves, the rules on paper, and the diagrams as they are drawn."""

    company: Company
    diary: Diary
    books: Mapping[str, Book]
    newcomers: tuple[str, ...] = ()
    """The accounts of those who came after the cut-off."""
    diagrams: Path = ROOT / "processes"


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that does not hold: of which case, on which day."""

    case: str
    day: date | None
    sentence: str

    def __str__(self) -> str:
        return f"{self.case}{f', {self.day}' if self.day else ''}: {self.sentence}"
