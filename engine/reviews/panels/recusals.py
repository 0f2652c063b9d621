"""Recusals: who may not hear an appeal because of what they are or did, with every reason (X-06, section 6.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import not_, or_, select
from sqlalchemy.orm import Session

from engine import calendars
from engine.errors import Forbidden
from engine.identity import Identity
from engine.reviews.cases import joinders, panels, representations
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import (
    Adjustment,
    Appeal,
    CalibratedReview,
    Calibration,
    CalibrationMember,
    Delivery,
    Department,
    Goal,
    Leave,
    PanelMember,
    Person,
    Placement,
    Recusal,
    Review,
    SignOff,
    TargetDecision,
    TargetSheet,
)
from engine.reviews.organisation import employments, kinships, lines
from engine.reviews.rating import raters
from engine.reviews.sentences import Sentence

_REASONS = {
    Recusal.APPELLANT: Sentence("is the appellant"),
    Recusal.LINE: Sentence("is in the appellant's line of superiors"),
    Recusal.RATER: Sentence("rates the appellant"),
    Recusal.TARGETS: Sentence("decided on the appellant's targets"),
    Recusal.CALIBRATOR: Sentence("calibrated the appellant's result"),
    Recusal.WITNESS: Sentence("is a witness in the appellant's review"),
    Recusal.KIN: Sentence("is related to a party"),
    Recusal.REPRESENTATIVE: Sentence("speaks for the appellant"),
    Recusal.EARLIER: Sentence("was on a panel that heard the matter before"),
    Recusal.RIVAL: Sentence("has an own grade in the same quota"),
    Recusal.AWAY: Sentence("is away"),
    Recusal.DECLARED: Sentence("declared a conflict"),
    Recusal.SILENT: Sentence("did not declare in time"),
    Recusal.MOTION: Sentence("is excluded by a party's motion"),
}

Reasons = Mapping[int, list[Recusal]]
"""By person, every reason why not."""


def of_appeal(session: Session, appeal: Appeal) -> Reasons:
    """List who cannot hear an appeal, by person, with every reason; with joined cases, who cannot hear any of them."""
    together = joinders.heard_together(session, appeal)
    reasons: defaultdict[int, list[Recusal]] = defaultdict(list)
    for case in together:
        for reason, keys in _of_case(session, case, together).items():
            for key in keys:
                if key is not None and reason not in reasons[key]:
                    reasons[key].append(reason)
    return dict(reasons)


def _of_case(session: Session, appeal: Appeal, together: Sequence[Appeal]) -> dict[Recusal, Iterable[int | None]]:
    review = reviews.found(session, appeal.review_key)
    return {
        Recusal.APPELLANT: [review.appraisee_key],
        Recusal.LINE: [*_leaders(session, review), review.superior_key, review.second_superior_key],
        Recusal.RATER: [rater.person_key for rater in raters.of_review(session, review)],
        Recusal.TARGETS: _target_setters(session, review),
        Recusal.CALIBRATOR: _calibrators(session, review),
        Recusal.WITNESS: _witnesses(session, review),
        Recusal.KIN: _kin(session, review),
        Recusal.REPRESENTATIVE: [one.person_key for one in representations.of_appeal(session, appeal)],
        Recusal.EARLIER: _earlier(session, appeal, together),
        Recusal.RIVAL: _rivals(session, review),
        Recusal.AWAY: _away(session),
    }


def expect_none(session: Session, appeal: Appeal, by: Identity, intent: str) -> None:
    """Let pass everybody but who was called to the panel and is excluded, or recused by now.

    Raises:
        Forbidden: `by` is; the sentence says why.
    """
    person = session.scalar(select(Person.key).where(Person.username == by.username))
    member = next((one for one in panels.called(session, appeal) if one.person_key == person), None)
    if member is None:
        return
    if member.exclusion is not None:
        raise Forbidden(
            "Expected to {intent}, but {username} {reasons}, and is excluded",
            intent=intent,
            username=by.username,
            reasons=_REASONS[member.exclusion],
        )
    if reasons := of_appeal(session, appeal).get(member.person_key):
        raise Forbidden(
            "Expected to {intent}, but {username} {reasons}, and is recused",
            intent=intent,
            username=by.username,
            reasons=_REASONS[reasons[0]],
        )


def parties(session: Session, appeal: Appeal) -> list[Person]:
    """List the parties: who speaks for each appellant, and the superiors whose ratings are in dispute."""
    found: list[Person] = []
    for case in joinders.heard_together(session, appeal):
        superior = reviews.found(session, case.review_key).superior_key
        found += [representations.speaker(session, case), *([session.get_one(Person, superior)] if superior else [])]
    return list(dict.fromkeys(found))


def reason_of(recusal: Recusal) -> Sentence:
    """Say why somebody is recused."""
    return _REASONS[recusal]


def _leaders(session: Session, review: Review) -> set[int]:
    """Find who led the appellant at any level since the reviewed period began, heads of departments included."""
    first, today = cycles.found(session, review.cycle_key).starts_on, calendars.today(session)
    held = select(Placement.department_key).where(
        Placement.person_key == review.appraisee_key,
        Placement.valid_from <= today,
        or_(Placement.valid_until.is_(None), Placement.valid_until >= first),
    )
    return lines.ever_above(session, review.appraisee_key, first, today) | _heads(session, session.scalars(held).all())


def _heads(session: Session, departments: Iterable[int]) -> set[int]:
    """Find who heads departments and those above them."""
    open_, seen, heads = set(departments), set[int](), set[int]()
    while open_:
        found = session.scalars(select(Department).where(Department.key.in_(open_))).all()
        seen |= open_
        heads |= {one.head_key for one in found if one.head_key is not None}
        open_ = {one.parent_key for one in found if one.parent_key is not None} - seen
    return heads


def _target_setters(session: Session, review: Review) -> list[int]:
    """Find who decided on the targets, or wrote them or the appellant's goals."""
    own = TargetSheet.review_key == review.key
    decided = select(TargetDecision.decided_by).join(TargetSheet, TargetSheet.key == TargetDecision.sheet_key)
    written = select(TargetSheet.drafted_by).where(own)
    goals = select(Goal.set_by).where(Goal.cycle_key == review.cycle_key, Goal.person_key == review.appraisee_key)
    named = or_(*(Person.username.in_(one) for one in (decided.where(own), written, goals)))
    return list(session.scalars(select(Person.key).where(named)))


def _calibrators(session: Session, review: Review) -> list[int]:
    """Find who sat in the session of the review, approved it, or proposed or decided a change."""
    owner = select(CalibratedReview.calibration_key).where(CalibratedReview.review_key == review.key)
    seats = select(CalibrationMember.person_key).where(CalibrationMember.calibration_key.in_(owner))
    approvers = select(Calibration.approver_key).where(Calibration.key.in_(owner))
    changes = select(Adjustment.proposed_by, Adjustment.decided_by).where(Adjustment.review_key == review.key)
    names = {name for row in session.execute(changes) for name in row if name}
    changed = select(Person.key).where(Person.username.in_(names))
    return [*session.scalars(seats), *session.scalars(approvers), *session.scalars(changed)]


def _witnesses(session: Session, review: Review) -> list[int | None]:
    """Find who witnessed that a signature was refused, or that a paper was handed over."""
    refusals = select(SignOff.witness_key).where(SignOff.review_key == review.key)
    services = select(Delivery.witness_key).where(Delivery.review_key == review.key)
    return [*session.scalars(refusals), *session.scalars(services)]


def _kin(session: Session, review: Review) -> set[int]:
    parties = {key for key in (review.appraisee_key, review.superior_key) if key is not None}
    return {kin for key in parties for kin in kinships.keys_of(session, key)} - {review.appraisee_key}


def _earlier(session: Session, appeal: Appeal, together: Sequence[Appeal]) -> list[int]:
    """Find who was called to a panel in the same review before, whatever became of it there."""
    others = select(Appeal.key).where(
        Appeal.review_key == appeal.review_key, Appeal.key.not_in([case.key for case in together])
    )
    return list(session.scalars(select(PanelMember.person_key).where(PanelMember.appeal_key.in_(others))))


def _rivals(session: Session, review: Review) -> list[int]:
    """Find whose own result shares a quota: on the list of the same session, else in the department that is guided.

    A session's guideline is for its list; where no session owns the review, the rules' guideline is for the department.
    """
    others = select(Review.appraisee_key).where(Review.cycle_key == review.cycle_key, Review.key != review.key)
    session_key = session.scalar(
        select(CalibratedReview.calibration_key).where(CalibratedReview.review_key == review.key)
    )
    if session_key is not None:
        listed = select(CalibratedReview.review_key).where(CalibratedReview.calibration_key == session_key)
        return list(session.scalars(others.where(Review.key.in_(listed))))
    guided = any(level.guideline is not None for level in reviews.template(session, review).levels)
    if not guided or review.department_key is None:
        return []
    return list(session.scalars(others.where(Review.department_key == review.department_key)))


def _away(session: Session) -> list[int]:
    """Find who is on leave today, or not employed."""
    today = calendars.today(session)
    leaves = select(Leave.person_key).where(Leave.holds_on(today))
    absent = or_(Person.key.in_(leaves), not_(employments.employed_on(today)))
    return list(session.scalars(select(Person.key).where(absent)))
