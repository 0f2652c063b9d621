"""Who may see what of calibration sessions, as query filters beside those of `engine.reviews.access` (D18)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import Session

from engine import calendars
from engine.identity import Identity
from engine.reviews import relations
from engine.reviews.models import (
    Adjustment,
    CalibratedReview,
    Calibration,
    CalibrationMember,
    CalibrationRemark,
    CalibrationState,
    HeardReview,
    Review,
)
from engine.reviews.organisation import lines, scopes


def calibrations(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the calibration sessions somebody may know of: those one sits in or approves, all for HR.

    To know of a session is to know its unit, its members and how far it is: nothing of what is said in it.
    """
    if relations.is_hr(identity):
        return true()
    within = Calibration.key.in_(_held_within(session, identity))
    return or_(within, Calibration.key.in_(_sat_in(relations.own_key(session, identity))))


def calibrated(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the reviews on a session's list that somebody may see: of sessions one sits in or approves.

    Nobody sees the own review there, or that of a superior.
    """
    key = relations.own_key(session, identity)
    return and_(
        CalibratedReview.calibration_key.in_(_sat_in(key)),
        CalibratedReview.review_key.not_in(_too_close(session, key)),
    )


def heard(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the reviews of other sessions that somebody hears: in sessions one sits in or approves (E-37).

    Nobody hears of the own review there, or that of a superior.
    """
    key = relations.own_key(session, identity)
    distant = HeardReview.review_key.not_in(_too_close(session, key))
    return and_(HeardReview.calibration_key.in_(_sat_in(key)), distant)


def adjustments(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the adjustments somebody may see: in sessions one sits in or approves; released ones for HR too.

    Nobody sees what is proposed about the own review, or about that of a superior.
    """
    key = relations.own_key(session, identity)
    inside: ColumnElement[bool] = Adjustment.calibration_key.in_(_sat_in(key))
    over = select(Calibration.key).where(Calibration.state == CalibrationState.RELEASED)
    scope = true() if relations.is_hr(identity) else Adjustment.review_key.in_(scopes.reviews(session, identity))
    inside = or_(inside, and_(Adjustment.calibration_key.in_(over), scope))
    return and_(inside, Adjustment.review_key.not_in(_too_close(session, key)))


def remarks(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose what sessions say of reviews of others: in sessions one sits in or approves, or that own the review.

    HR reads them once the session that owns it is released. Nobody reads what is said of the own review.
    """
    key = relations.own_key(session, identity)
    owned = select(CalibratedReview.review_key)
    own_session = CalibrationRemark.review_key.in_(owned.where(CalibratedReview.calibration_key.in_(_sat_in(key))))
    over = select(Calibration.key).where(Calibration.state == CalibrationState.RELEASED)
    kept = true() if relations.is_hr(identity) else CalibrationRemark.review_key.in_(scopes.reviews(session, identity))
    after = and_(CalibrationRemark.review_key.in_(owned.where(CalibratedReview.calibration_key.in_(over))), kept)
    inside = or_(CalibrationRemark.calibration_key.in_(_sat_in(key)), own_session, after)
    return and_(inside, CalibrationRemark.review_key.not_in(_too_close(session, key)))


def _sat_in(key: int | None) -> Select[int]:
    """Choose the sessions that somebody is a member of, or approves."""
    seats = select(CalibrationMember.calibration_key).where(CalibrationMember.person_key == key)
    return select(Calibration.key).where(or_(Calibration.approver_key == key, Calibration.key.in_(seats)))


def _held_within(session: Session, identity: Identity) -> Select[int]:
    """Choose the sessions that own reviews of somebody's scope alone."""
    outside = CalibratedReview.review_key.not_in(scopes.reviews(session, identity))
    elsewhere = select(CalibratedReview.calibration_key).where(outside)
    owning = CalibratedReview.calibration_key.not_in(elsewhere)
    return select(CalibratedReview.calibration_key).where(owning)


def _too_close(session: Session, key: int | None) -> Select[int]:
    """Choose the reviews that somebody has no say in: the own, and those of all superiors."""
    above = () if key is None else tuple(one.key for one in lines.superiors_of(session, key, calendars.today(session)))
    frozen = select(Review.superior_key).where(Review.appraisee_key == key, Review.superior_key.is_not(None))
    return select(Review.key).where(
        or_(Review.appraisee_key == key, Review.appraisee_key.in_(above), Review.appraisee_key.in_(frozen))
    )
