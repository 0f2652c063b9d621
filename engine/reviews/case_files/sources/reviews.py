"""What a review leaves: targets, values, ratings, results, talks, answers, deliveries, corrections."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, not_, or_, select, true
from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews import access
from engine.reviews.case_files.kinds import Case, Kind
from engine.reviews.models import (
    Actual,
    Adjustment,
    CheckIn,
    Closing,
    Countersignature,
    Delivery,
    Disclosure,
    Interview,
    Letter,
    PayAmount,
    Person,
    Rater,
    Rating,
    RatingOpening,
    Reopening,
    Result,
    Review,
    Role,
    Settlement,
    SignOff,
    TargetDecision,
    TargetSheet,
    VoidedSignature,
    WeeklyNote,
)
from engine.reviews.release import sittings


def _raters(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the raters somebody may know of: all for HR, else the own place and the named ones of reviews one sees."""
    if Role.HR in identity.groups or identity.operator:
        return true()
    own = select(Person.key).where(Person.username == identity.username)
    seen = select(Review.key).where(access.scorecards(session, identity))
    return or_(and_(not_(Rater.anonymous), Rater.review_key.in_(seen)), Rater.person_key.in_(own))


def _openings(_session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the openings of anonymous ratings somebody may know of: all for HR and auditors, else the own ones."""
    if {Role.HR, Role.AUDITOR} & identity.groups:
        return true()
    return RatingOpening.opened_by == identity.username


def _sheets(session: Session, identity: Identity) -> ColumnElement[bool]:
    return TargetDecision.sheet_key.in_(select(TargetSheet.key).where(access.targets(session, identity)))


def _sheets_of(case: Case) -> ColumnElement[bool]:
    return TargetDecision.sheet_key.in_(select(TargetSheet.key).where(TargetSheet.review_key.in_(case.reviews)))


def _settled(session: Session, identity: Identity) -> ColumnElement[bool]:
    return Settlement.review_key.in_(select(Review.key).where(access.settlements(session, identity)))


def _amounts(session: Session, identity: Identity) -> ColumnElement[bool]:
    return PayAmount.review_key.in_(select(Review.key).where(access.settlements(session, identity)))


def _weeks(session: Session, identity: Identity) -> ColumnElement[bool]:
    return WeeklyNote.check_in_key.in_(select(CheckIn.key).where(access.check_ins(session, identity)))


def _weeks_of(case: Case) -> ColumnElement[bool]:
    return WeeklyNote.check_in_key.in_(select(CheckIn.key).where(CheckIn.review_key.in_(case.reviews)))


def _voided(session: Session, identity: Identity) -> ColumnElement[bool]:
    return VoidedSignature.reopening_key.in_(select(Reopening.key).where(access.reopenings(session, identity)))


def _voided_of(case: Case) -> ColumnElement[bool]:
    return VoidedSignature.reopening_key.in_(select(Reopening.key).where(Reopening.review_key.in_(case.reviews)))


def _countersigned(session: Session, identity: Identity) -> ColumnElement[bool]:
    return Countersignature.reopening_key.in_(select(Reopening.key).where(access.reopenings(session, identity)))


def _countersigned_of(case: Case) -> ColumnElement[bool]:
    return Countersignature.reopening_key.in_(select(Reopening.key).where(Reopening.review_key.in_(case.reviews)))


KINDS = (
    Kind(
        name="targets",
        title=("目标", "Targets"),
        table=TargetSheet,
        at="drafted_at",
        by="drafted_by",
        changing="state digest",
        of=lambda case: TargetSheet.review_key.in_(case.reviews),
        visible=access.targets,
    ),
    Kind(
        name="target-decision",
        title=("对目标的意见", "Decision on targets"),
        table=TargetDecision,
        at="decided_at",
        by="decided_by",
        of=_sheets_of,
        visible=_sheets,
    ),
    Kind(
        name="letter",
        title=("绩效承诺书存档", "Commitment letter, archived"),
        table=Letter,
        at="archived_at",
        long="content",
        of=lambda case: Letter.review_key.in_(case.reviews),
        visible=access.letters,
    ),
    Kind(
        name="actual",
        title=("实际值", "Actual value"),
        table=Actual,
        at="entered_at",
        by="entered_by",
        changing="confirmed_by confirmed_at",
        of=lambda case: Actual.review_key.in_(case.reviews),
        visible=access.actuals,
    ),
    Kind(
        name="check-in",
        title=("月度沟通", "Monthly check-in"),
        table=CheckIn,
        at="begun_at",
        changing="focus focused_by focused_at values summary obstacles summarised_at answer answered_by answered_at",
        of=lambda case: CheckIn.review_key.in_(case.reviews),
        visible=access.check_ins,
    ),
    Kind(
        name="weekly-note",
        title=("周小结", "Weekly note"),
        table=WeeklyNote,
        at="written_at",
        of=_weeks_of,
        visible=_weeks,
    ),
    Kind(
        name="rater",
        title=("评价人", "Rater"),
        table=Rater,
        changing="state reason remark decided_by decided_at anonymous",
        of=lambda case: Rater.review_key.in_(case.reviews),
        visible=_raters,
        without="remark",
    ),
    Kind(
        name="rating",
        title=("评分", "Rating"),
        table=Rating,
        at="given_at",
        by="given_by",
        of=lambda case: Rating.review_key.in_(case.reviews),
        visible=access.ratings,
    ),
    Kind(
        name="opening",
        title=("查看匿名评分", "Anonymous ratings opened"),
        table=RatingOpening,
        at="opened_at",
        by="opened_by",
        of=lambda case: RatingOpening.review_key.in_(case.reviews),
        visible=_openings,
    ),
    Kind(
        name="result",
        title=("结果", "Result"),
        table=Result,
        at="computed_at",
        without="computed_by counted",  # who computed it perhaps rated last; keys of ratings tell when they were given
        long="figures",
        once="grade released_at",
        of=lambda case: Result.review_key.in_(case.reviews),
        visible=access.results,
    ),
    Kind(
        name="adjustment",
        title=("校准调整", "Adjustment in calibration"),
        table=Adjustment,
        at="proposed_at",
        by="proposed_by",
        changing="state decided_by decided_at",
        once="written_key",
        of=lambda case: Adjustment.review_key.in_(case.reviews),
        visible=sittings.adjustments,
    ),
    Kind(
        name="delivery",
        title=("送达", "Delivery"),
        table=Delivery,
        at="sent_at",
        changing=(
            "delivered_at opened_at served_at means reference witness_key served_by recorded_at proven_at closed_at"
        ),
        of=lambda case: Delivery.review_key.in_(case.reviews),
        visible=access.deliveries,
    ),
    Kind(
        name="interview",
        title=("绩效面谈", "Feedback interview"),
        table=Interview,
        at="recorded_at",
        by="held_by",
        changing="confirmed_at remark",
        of=lambda case: Interview.review_key.in_(case.reviews),
        visible=access.interviews,
    ),
    Kind(
        name="answer",
        title=("对结果的签认", "Answer to the result"),
        table=SignOff,
        at="recorded_at",
        by="recorded_by",
        of=lambda case: SignOff.review_key.in_(case.reviews),
        visible=access.sign_offs,
    ),
    Kind(
        name="closing",
        title=("行政关闭(非签署)", "Step closed by HR, no signature"),
        table=Closing,
        at="closed_at",
        by="closed_by",
        of=lambda case: Closing.review_key.in_(case.reviews),
        visible=access.closings,
    ),
    Kind(
        name="reopening",
        title=("更正申请", "Correction asked for"),
        table=Reopening,
        at="requested_at",
        by="requested_by",
        changing="state decided_by decided_at remark after_key settled_at instance_key",
        of=lambda case: Reopening.review_key.in_(case.reviews),
        visible=access.reopenings,
    ),
    Kind(
        name="voided-signature",
        title=("签认作废", "Signature void"),
        table=VoidedSignature,
        at="voided_at",
        of=_voided_of,
        visible=_voided,
    ),
    Kind(
        name="countersignature",
        title=("上级重新签认", "Signed again by the superior"),
        table=Countersignature,
        at="signed_at",
        by="signed_by",
        of=_countersigned_of,
        visible=_countersigned,
    ),
    Kind(
        name="pay-amount",
        title=("计酬数据", "Amount entered for pay"),
        table=PayAmount,
        at="entered_at",
        by="entered_by",
        of=lambda case: PayAmount.review_key.in_(case.reviews),
        visible=_amounts,
    ),
    Kind(
        name="settlement",
        title=("激励结算", "Settlement line"),
        table=Settlement,
        at="computed_at",
        by="computed_by",
        long="figures",
        changing="payroll_key",
        of=lambda case: Settlement.review_key.in_(case.reviews),
        visible=_settled,
    ),
    Kind(
        name="disclosure",
        title=("案卷被调取", "Case file handed out"),
        table=Disclosure,
        at="made_at",
        by="made_by",
        without="signature",
        of=lambda case: Disclosure.about == case.about,
        visible=access.disclosures,
    ),
)
