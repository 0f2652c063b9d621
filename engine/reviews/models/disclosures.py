"""The table of disclosures: what left the system as a file."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant
from engine.reviews.models.columns import optional_link, own_key, stored


class DisclosureKind(StrEnum):
    """What a file was."""

    RESULTS = "results"
    """The results of a cycle, as far as whoever exported them may see them."""
    OWN_COPY = "own-copy"
    """A copy of everything about somebody, for that person (E-65)."""
    CASE_FILE = "case-file"
    """Everything of a review, an appeal or an improvement plan, as far as its reader may see it."""
    PAYROLL = "payroll"
    """What payroll had of a cycle's settlement."""


class Disclosure(Base):
    """A file that was handed out: by whom it was asked for, how much was in it, what it was to the byte."""

    __tablename__ = "disclosure"

    key: Mapped[int] = own_key()
    kind: Mapped[DisclosureKind] = mapped_column(stored(DisclosureKind))
    form: Mapped[str]
    """How it was written: xlsx, csv, json, pdf."""
    cycle_key: Mapped[int | None] = optional_link("cycle.key")
    person_key: Mapped[int | None] = optional_link("person.key")
    """Whom it is about, where it is about one."""
    about: Mapped[str] = mapped_column(default="", index=True)
    """Which case it is the file of, such as `appeal 1125899906842624`; empty for other files."""
    rows: Mapped[int]
    digest: Mapped[str]
    """SHA-256 of the file."""
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(Instant)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    """HMAC of the rest under the installation's secret (D18)."""
