"""Calibration sheets: what lies before those who sit in a session, as far as each may see it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews.cycle import reviews
from engine.reviews.models import (
    Adjustment,
    AdjustmentState,
    CalibratedReview,
    Calibration,
    CalibrationRemark,
    Person,
    Result,
    Review,
    ReviewState,
)
from engine.reviews.organisation import people
from engine.reviews.rating import leanings
from engine.reviews.rating.leanings import Leaning
from engine.reviews.release import calibration, hearings, results, sittings
from engine.reviews.release.distributions import quotas
from engine.reviews.release.hearings import Heard
from engine.reviews.scores.quantities import weight


@dataclass(frozen=True, slots=True)
class Line:
    """One result on the list."""

    review: Review
    appraisee: Person
    superior: Person | None
    result: Result | None
    """None while it is still to come, and of a review that was closed meanwhile: that counts nowhere (E-15)."""
    rank: int | None
    """Equal totals share a rank. A rank is never an input to a plan or an exit (section 5, rule 10)."""
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[CalibrationRemark, ...]
    """What sessions say that hear it (E-37)."""

    @property
    def closed(self) -> bool:
        """Whether the review was closed, as that of somebody who has left: nothing is still to come of it."""
        return self.review.state is ReviewState.CLOSED

    @property
    def accepted(self) -> Adjustment | None:
        """What the chair accepted."""
        return next((one for one in self.adjustments if one.state is AdjustmentState.ACCEPTED), None)

    @property
    def grade(self) -> str | None:
        """The grade that holds once the accepted change is written back."""
        return self.accepted.grade if self.accepted else self.result.grade if self.result else None


@dataclass(frozen=True, slots=True)
class Share:
    """How many have a grade, how many would have it then, and how many the guideline advises; None in a small group."""

    level: str
    count: int
    then: int
    advised: int | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What somebody may see of a session; every figure is of the lines shown, so that none tells of another."""

    lines: tuple[Line, ...]
    shares: tuple[Share, ...]
    leanings: tuple[Leaning, ...]
    heard: tuple[Heard, ...]
    """The reviews of other sessions that this one hears."""
    remark: str
    """Why the second level returned the list: what is said of it is for those who see any of it."""


def of_session(session: Session, held: Calibration, *, by: Identity) -> Sheet:
    """Read a session's list, distribution and leanings, without what somebody may not see of it."""
    lines = _ranked(_lines(session, held, by))
    leaning = leanings.of_reviews(session, [line.review for line in lines])
    heard = hearings.of_session(session, held, by=by)
    remark = held.remark if lines else ""
    return Sheet(tuple(lines), tuple(_shares(held, lines)), tuple(leaning), tuple(heard), remark)


def _lines(session: Session, held: Calibration, by: Identity) -> list[Line]:
    places = session.scalars(
        select(CalibratedReview).where(
            CalibratedReview.calibration_key == held.key, sittings.calibrated(session, by)
        )
    ).all()  # fmt: skip
    known = select(Adjustment).where(Adjustment.calibration_key == held.key, sittings.adjustments(session, by))
    changes: defaultdict[int, list[Adjustment]] = defaultdict(list)
    for adjustment in session.scalars(known.order_by(Adjustment.key)):
        changes[adjustment.review_key].append(adjustment)
    return [_line(session, place, tuple(changes[place.review_key])) for place in places]


def _line(session: Session, place: CalibratedReview, changes: tuple[Adjustment, ...]) -> Line:
    review = reviews.found(session, place.review_key)
    counts = review.state is not ReviewState.CLOSED and not calibration.is_awaited(session, place)
    return Line(
        review=review,
        appraisee=people.by_key(session, review.appraisee_key),
        superior=people.by_key(session, review.superior_key) if review.superior_key else None,
        result=results.newest(session, review) if counts else None,
        rank=None,
        adjustments=changes,
        remarks=tuple(hearings.remarks_on(session, review)),
    )


def _ranked(lines: Sequence[Line]) -> list[Line]:
    totals = [Fraction(line.result.total) for line in lines if line.result]
    ranked = [replace(line, rank=_rank(line, totals)) for line in lines]
    return sorted(ranked, key=lambda line: (line.rank or len(lines) + 1, line.appraisee.employee_id))


def _rank(line: Line, totals: Sequence[Fraction]) -> int | None:
    if line.result is None:
        return None
    return 1 + sum(total > Fraction(line.result.total) for total in totals)


def _shares(held: Calibration, lines: Sequence[Line]) -> list[Share]:
    now = Counter(line.result.grade for line in lines if line.result)
    then = Counter(line.grade for line in lines if line.result)
    parts = [weight(share) for _, share in held.guideline]
    advised: list[int] | list[None] = [None] * len(parts)
    if now.total() >= held.smallest_group:
        advised = quotas(now.total(), parts)
    return [
        Share(level, now[level], then[level], part)
        for (level, _), part in zip(held.guideline, advised, strict=True)
    ]  # fmt: skip
