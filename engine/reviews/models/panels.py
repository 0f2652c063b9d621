"""The tables of panels: the draw, the members, what is said against them, their votes and notes; and declared kin."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Instant, Key
from engine.reviews.models.cases import Verdict
from engine.reviews.models.columns import link, optional_link, own_key, stored


class Recusal(StrEnum):
    """Why somebody cannot hear an appeal (X-06, section 6.2), or no longer does."""

    APPELLANT = "appellant"
    """Nobody judges the own case."""
    LINE = "line"
    """Led the appellant, at any level, at any time since the reviewed period began (E-66)."""
    RATER = "rater"
    """Was asked to rate the appellant."""
    TARGETS = "targets"
    """Set the targets, agreed to them or sent them back (E-68)."""
    CALIBRATOR = "calibrator"
    """Sat in the session that calibrated the result, or approved it (X-06)."""
    WITNESS = "witness"
    """Witnessed a refusal or a service in the review."""
    KIN = "kin"
    """Is a declared relation of the appellant or of the superior who rated."""
    REPRESENTATIVE = "representative"
    """Speaks for the appellant, or did (E-77)."""
    EARLIER = "earlier"
    """Was on a panel that heard the matter before (E-75)."""
    RIVAL = "rival"
    """Has an own grade in the same cycle that shares a quota with the appellant's (E-69)."""
    AWAY = "away"
    """Is on leave, or no longer employed."""
    DECLARED = "declared"
    """Declared a conflict."""
    SILENT = "silent"
    """Did not declare in time whether there is a conflict."""
    MOTION = "motion"
    """A party's motion was granted."""


class PanelState(StrEnum):
    """How far somebody is on the way to a panel."""

    ASKED = "asked"
    """Has to declare whether there is a conflict, and knows the names of the parties alone."""
    DECLARED = "declared"
    """Declared that there is none; the parties may object."""
    SEATED = "seated"
    """Reads the case and votes."""
    EXCLUDED = "excluded"
    """Neither reads nor votes."""


class PanelDraw(Base):
    """The lots drawn for an appeal: one draw, from which every replacement comes too; anybody can draw it again."""

    __tablename__ = "panel_draw"

    key: Mapped[int] = own_key()
    appeal_key: Mapped[int] = mapped_column(Key, ForeignKey("appeal.key"), unique=True)
    size: Mapped[int]
    seed: Mapped[str]
    """Text that nobody chose: whose appeal of which cycle, and the instant of the draw."""
    pool: Mapped[list[str]] = mapped_column(JSON)
    """The employee ids of those who could be drawn."""
    order: Mapped[list[str]] = mapped_column(JSON)
    """The same as they were drawn: the first sit, the others are the reserve."""
    excluded: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    """Who else may be drawn for panels, by employee id, with every reason why not for this one."""
    drawn_by: Mapped[str]
    drawn_at: Mapped[datetime] = mapped_column(Instant)
    given_up: Mapped[str] = mapped_column(default="")
    """Why HR could name nobody from outside either, so that there is no panel."""
    given_up_by: Mapped[str] = mapped_column(default="")


class PanelMember(Base):
    """Somebody who was called to decide an appeal."""

    __tablename__ = "panel_member"
    __table_args__ = (UniqueConstraint("appeal_key", "person_key"),)

    key: Mapped[int] = own_key()
    appeal_key: Mapped[int] = link("appeal.key", index=False)
    person_key: Mapped[int] = link("person.key")
    chair: Mapped[bool] = mapped_column(default=False)
    """The first in place of those who are not excluded."""
    place: Mapped[int] = mapped_column(default=0)
    """The order in which they were called."""
    state: Mapped[PanelState] = mapped_column(stored(PanelState), default=PanelState.ASKED)
    called_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    stands_for_key: Mapped[int | None] = optional_link("panel_member.key")
    """The member who is replaced."""
    appointed_by: Mapped[str] = mapped_column(default="")
    """Who from HR named a member from outside the pool; empty for who was drawn (E-67)."""
    appointment: Mapped[str] = mapped_column(default="")
    """Why a member from outside was named."""
    statement: Mapped[str] = mapped_column(default="")
    """What the member declared."""
    declared_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    announced_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    """When the parties were told of the member."""
    exclusion: Mapped[Recusal | None] = mapped_column(stored(Recusal), default=None)
    exclusion_reason: Mapped[str] = mapped_column(default="")
    """In words, where somebody said more than the kind of reason."""
    excluded_at: Mapped[datetime | None] = mapped_column(Instant, default=None)


class RecusalMotion(Base):
    """A party's motion that a member be excluded, and what became of it (E-70)."""

    __tablename__ = "recusal_motion"
    __table_args__ = (UniqueConstraint("member_key", "party_key"),)

    key: Mapped[int] = own_key()
    member_key: Mapped[int] = link("panel_member.key", index=False)
    party_key: Mapped[int] = link("person.key")
    reason: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(Instant)
    decider_key: Mapped[int | None] = optional_link("person.key")
    """Who decides: the chair, or the head of HR where the chair is challenged."""
    granted: Mapped[bool | None] = mapped_column(default=None)
    decision: Mapped[str] = mapped_column(default="")
    """The reason of the decision."""
    decided_at: Mapped[datetime | None] = mapped_column(Instant, default=None)


class Vote(Base):
    """A panel member's vote: sealed until every member has cast one."""

    __tablename__ = "vote"

    key: Mapped[int] = own_key()
    appeal_key: Mapped[int] = link("appeal.key")
    member_key: Mapped[int] = mapped_column(ForeignKey("panel_member.key"), unique=True)
    verdict: Mapped[Verdict] = mapped_column(stored(Verdict))
    reasons: Mapped[str]
    cast_at: Mapped[datetime] = mapped_column(Instant)


class DeliberationNote(Base):
    """What a panel member notes for the deliberation: the own alone until every vote is cast, then the panel's."""

    __tablename__ = "deliberation_note"

    key: Mapped[int] = own_key()
    appeal_key: Mapped[int] = link("appeal.key")
    member_key: Mapped[int] = link("panel_member.key", index=False)
    text: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Instant)


class Kinship(Base):
    """That two people are related: declared by one of them or by HR; sensitive, for the two and HR alone."""

    __tablename__ = "kinship"
    __table_args__ = (UniqueConstraint("person_key", "other_key"),)

    key: Mapped[int] = own_key()
    person_key: Mapped[int] = link("person.key", index=False)
    other_key: Mapped[int] = link("person.key")
    relation: Mapped[str]
    """In words, such as spouse or cousin."""
    declared_by: Mapped[str]
    declared_at: Mapped[datetime] = mapped_column(Instant)
