"""Instants as people read them: in the zone of the cycle they belong to, a last day ending at 24:00."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from babel.dates import format_timedelta
from sqlalchemy.orm import Session

from engine import calendars
from web import languages
from web.languages import gettext

SOON = timedelta(days=2)


class Urgency(Enum):
    """How near a deadline is."""

    LATER = "later"
    """There is time."""

    SOON = "soon"
    """Less than two days are left."""

    OVERDUE = "overdue"
    """It has passed."""


def instant(moment: datetime, zone: ZoneInfo) -> str:
    """Write an instant in a zone, to the minute."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")


@dataclass(frozen=True, slots=True)
class Deadline:
    """An instant by which something is due, as seen at `now` in `zone`."""

    at: datetime
    now: datetime
    zone: ZoneInfo
    provisional: bool = False
    """Whether it lies beyond the last holiday notice, so that it may still move."""

    @classmethod
    def of(cls, text: str, zone: ZoneInfo) -> Deadline:
        """Read an instant that was written down, as seen when it comes."""
        at = datetime.fromisoformat(text)
        return cls(at, at, zone)

    @property
    def urgency(self) -> Urgency:
        """How near it is."""
        left = self.at - self.now
        if left <= timedelta(0):
            return Urgency.OVERDUE
        return Urgency.SOON if left < SOON else Urgency.LATER

    @property
    def text(self) -> str:
        """When it is, and where if not at home; midnight is the end of the day before (Civil Code, article 203)."""
        local = self.at.astimezone(self.zone)
        text = (
            instant(self.at, self.zone)
            if local.time() != time.min
            else f"{calendars.last_day(self.at, self.zone)} 24:00"
        )
        text = text if self.zone == calendars.HOME_ZONE else f"{text} {self.zone.key}"  # E-47: whose clock it is
        return gettext("{deadline} (provisional)").format(deadline=text) if self.provisional else text

    @property
    def distance(self) -> str:
        """How far away it is, in the request's language."""
        return format_timedelta(self.at - self.now, add_direction=True, threshold=2, locale=languages.locale())


def deadline(session: Session, at: datetime, now: datetime, zone: ZoneInfo) -> Deadline:
    """Say when something is due, and whether the holidays of that year are known yet."""
    return Deadline(at, now, zone, provisional=calendars.is_provisional(session, calendars.last_day(at, zone)))
