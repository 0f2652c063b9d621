"""The table of recordings: what must be said before a voice is kept as evidence (E-96, L001-03)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant, Key


class Recording(Base):
    """What its uploader declares of a recording of voices; the content goes when its time is over, this stays."""

    __tablename__ = "recording"

    document_key: Mapped[int] = mapped_column(Key, ForeignKey("document.key"), primary_key=True, autoincrement=False)
    purpose: Mapped[str]
    heard: Mapped[str]
    """Whose voices are on it."""
    notice: Mapped[str]
    """How and when they were told that they are recorded, and for what."""
    kept_until: Mapped[date]
    declared_by: Mapped[str]
    declared_at: Mapped[datetime] = mapped_column(Instant)
    erased_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    """When its content was erased because its time was over."""
