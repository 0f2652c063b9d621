"""What the invariants are told of the company's life, and the sentence that tells of a breach."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from simulation.company import Company
from simulation.diary import Chapter, Deed, Diary
from simulation.rulebook import ROOT

Deeds = dict[tuple[str, str], list[Deed]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What people noted down themselves, with the rules on paper, and the diagrams as they are drawn."""

    company: Company
    diary: Diary
    diagrams: Path = ROOT / "processes"
    _deeds: dict[int, Deeds] = field(default_factory=dict, init=False, repr=False)
    """All deeds by review and kind, sorted when there were so many of them."""

    _cases: dict[int, dict[str, tuple[Chapter, str]]] = field(default_factory=dict, init=False, repr=False)
    """All cases by key, listed when there were so many of them."""

    def deeds_of(self, review: str, element: str) -> list[Deed]:
        """List who did what of a kind in a review, the first one first."""
        count = len(self.diary.deeds)
        if count not in self._deeds:
            found: Deeds = {}
            for deed in self.diary.deeds:
                found.setdefault((deed.review, deed.element), []).append(deed)
            self._deeds[count] = found
        return self._deeds[count].get((review, element), [])

    def case(self, review: str | None) -> str:
        """Name the case of a review: whose it is, and of which cycle where there are several."""
        count = sum(len(chapter.reviews) + len(chapter.changes) for chapter in self.diary.chapters)
        if count not in self._cases:
            self._cases[count] = self.diary.cases
        chapter, name = self._cases[count].get(review or "", (None, review or ""))
        return f"{name}, {chapter.label}" if chapter and len(self.diary.chapters) > 1 else name


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that does not hold: of which case, on which day."""

    case: str
    day: date | None
    sentence: str

    def __str__(self) -> str:
        return f"{self.case}{f', {self.day}' if self.day else ''}: {self.sentence}"
