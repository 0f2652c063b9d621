"""The table of proposals to change indicators, decided once a quarter."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant
from engine.reviews.models.columns import own_key, stored


class ProposalState(StrEnum):
    """What became of a proposal."""

    PROPOSED = "proposed"
    """Nobody has decided."""
    ADOPTED = "adopted"
    """The library has another version."""
    DECLINED = "declined"
    """The indicator stays as it is, with a reason."""


class IndicatorProposal(Base):
    """A proposal to change one indicator of the library, made in a quarterly review of indicators."""

    __tablename__ = "indicator_proposal"

    key: Mapped[int] = own_key()
    round: Mapped[str] = mapped_column(index=True)
    """The process instance of the quarterly review, as text."""
    entry_id: Mapped[str]
    reason: Mapped[str]
    changes: Mapped[str]
    """What is to be otherwise, as a rule file says it: `cap = "1.2"`."""
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[ProposalState] = mapped_column(stored(ProposalState), default=ProposalState.PROPOSED)
    remark: Mapped[str] = mapped_column(default="")
    """Why it was decided so."""
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    version: Mapped[int | None] = mapped_column(default=None)
    """The version of the library that it led to."""
