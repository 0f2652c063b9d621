"""Who may see what: relations as query filters, used by every query of the pages and the API (D18).

What is said of HR holds for whoever is in HR of some departments as far as their scope goes (`organisation.scopes`).
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Select, and_, false, not_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from engine import calendars
from engine.bpmn import access
from engine.bpmn.documents import Document
from engine.identity import Identity
from engine.reviews.cases import standings
from engine.reviews.models import (
    Actual,
    Adjustment,
    Amendment,
    Appeal,
    AppealStatement,
    Attendance,
    CheckIn,
    Closing,
    Cycle,
    CycleState,
    Delivery,
    Disclosure,
    Evidence,
    Interview,
    Leave,
    Letter,
    Line,
    Notice,
    Occasion,
    Person,
    Plan,
    Protection,
    Rater,
    Rating,
    Reopening,
    ReportingLine,
    Result,
    Review,
    Role,
    SignOff,
    TargetSheet,
    Veto,
    Vote,
)
from engine.reviews.organisation import scopes
from engine.reviews.panels import members
from engine.reviews.relations import is_hr, keeps_records, own_key
from engine.reviews.release import sittings


def people(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the people whose employment somebody may see: oneself, those below, everybody for HR and finance."""
    if keeps_records(identity):
        return true()
    key = own_key(session, identity)
    if key is None:
        return false()
    below = Person.key.in_(_below(key, calendars.today(session)))
    return or_(Person.key == key, below, Person.key.in_(scopes.people(session, identity)))


def below(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the people in the line below somebody on this day."""
    key = own_key(session, identity)
    return false() if key is None else Person.key.in_(_below(key, calendars.today(session)))


def cycles(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the cycles somebody may know of: all for HR and finance, else launched ones with a review one may see."""
    if keeps_records(identity):
        return true()
    seen = select(Review.cycle_key).where(reviews(session, identity))
    return and_(Cycle.state != CycleState.DRAFT, Cycle.key.in_(seen))


def reviews(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the reviews somebody may know of: those whose scorecard one may see, and those one rates."""
    key = own_key(session, identity)
    rated = false() if key is None else Review.key.in_(select(Rater.review_key).where(Rater.person_key == key))
    return or_(scorecards(session, identity), rated)


def scorecards(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the reviews whose targets and values somebody may see: own, below, judged, all for HR and finance.

    A rater from elsewhere sees only what is to be rated.
    """
    return true() if keeps_records(identity) else Review.key.in_(_close_to(session, identity))


def results(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the results somebody may see: own once released, of those below, of appeals one is in, all for HR.

    Nobody from HR sees the own result before it is released either (E-95). What a calibration has written is seen by
    nobody outside its session before it is released, HR and operators included.
    """
    key = own_key(session, identity)
    own = select(Review.key).where(Review.appraisee_key == key)
    written = Adjustment.written_key.is_not(None)
    calibrated = Result.key.in_(
        select(Adjustment.written_key).where(written, not_(sittings.adjustments(session, identity)))
    )
    sealed = and_(Result.released_at.is_(None), calibrated)
    due = or_(Result.released_at.is_not(None), Result.review_key.not_in(own))
    if is_hr(identity):
        return and_(due, not_(sealed))
    if key is None:
        return false()
    below = select(Review.key).where(_led_by(key, calendars.today(session)), Review.appraisee_key != key)
    seen = or_(
        and_(or_(Result.review_key.in_(own), standings.spoken_for(key)), Result.released_at.is_not(None)),
        Result.review_key.in_(below),
        Result.review_key.in_(_judged_by(key)),
        and_(due, Result.review_key.in_(scopes.reviews(session, identity))),
    )
    return and_(seen, not_(sealed))


def ratings(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the single ratings somebody may see: those one gave, of appeals one decides, all for HR.

    A superior and the appraisee see the blended figures of the result, never who gave which rating; nor does anybody
    from HR in the own review (E-95). Of anonymous groups everybody sees the own ratings alone: a panel and auditors
    open the others on record (`engine.reviews.rating.openings`, E-74).
    """
    key = own_key(session, identity)
    given = Rating.rater_key.in_(select(Rater.key).where(Rater.person_key == key))
    named = Rating.rater_key.not_in(select(Rater.key).where(Rater.anonymous))
    own = select(Review.key).where(Review.appraisee_key == key)
    if is_hr(identity):
        return or_(and_(Rating.review_key.not_in(own), named), given)
    if key is None:
        return false()
    kept = and_(Rating.review_key.in_(scopes.reviews(session, identity)), Rating.review_key.not_in(own))
    return or_(given, and_(or_(Rating.review_key.in_(_judged_by(key)), kept), named))


def openable(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the reviews whose anonymous ratings somebody may open: of appeals one decides, all for auditors.

    Nobody opens those of the own review.
    """
    key = own_key(session, identity)
    if key is None:
        return false()
    judged = true() if Role.AUDITOR in identity.groups else Review.key.in_(_judged_by(key))
    return and_(judged, Review.appraisee_key != key)


def targets(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the targets somebody may see: own, of those below, of appeals one decides, all for HR and finance."""
    return true() if keeps_records(identity) else TargetSheet.review_key.in_(_close_to(session, identity))


def actuals(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the actual values somebody may see: own, of those below, of cases one decides, all for HR and finance."""
    return true() if keeps_records(identity) else Actual.review_key.in_(_close_to(session, identity))


def vetoes(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the vetoes somebody may see: own, of those below, of cases one decides, all for HR, finance and audit."""
    return true() if keeps_records(identity) else Veto.review_key.in_(_close_to(session, identity))


def interviews(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the minutes somebody may see: own, of those below, of appeals one decides, all for HR."""
    return true() if is_hr(identity) else Interview.review_key.in_(_close_to(session, identity))


def check_ins(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the check-ins somebody may read: own, of those below, of appeals one decides, all for HR."""
    return true() if is_hr(identity) else CheckIn.review_key.in_(_close_to(session, identity))


def sign_offs(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the answers to results somebody may see: own, of those below, of appeals one decides, all for HR."""
    return true() if is_hr(identity) else SignOff.review_key.in_(_close_to(session, identity))


def reopenings(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the reopenings somebody may know of: in the own review, of those below, all for HR and finance."""
    return true() if keeps_records(identity) else Reopening.review_key.in_(_close_to(session, identity))


def deliveries(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the deliveries somebody may know of: own, of those below, of appeals one decides, all for HR.

    That a decision on an appeal was sent concerns its appellant and HR alone.
    """
    if is_hr(identity):
        return true()
    close = and_(Delivery.appeal_key.is_(None), Delivery.review_key.in_(_close_to(session, identity)))
    kept = Delivery.review_key.in_(scopes.reviews(session, identity))
    return or_(Delivery.person_key == own_key(session, identity), close, kept)


def closings(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the closed steps somebody may know of: own, of those below, of appeals one decides, all for HR."""
    return true() if is_hr(identity) else Closing.review_key.in_(_close_to(session, identity))


def letters(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the commitment letters somebody may read: those whose targets one may see."""
    return true() if keeps_records(identity) else Letter.review_key.in_(_close_to(session, identity))


def notices(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the notices somebody may see: the own ones, for everybody."""
    key = own_key(session, identity)
    return false() if key is None else Notice.person_key == key


def appeals(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the appeals somebody may know of: own ones, those one has a part in or decides, all for HR.

    Nobody from HR reads a case from whose panel they were excluded.
    """
    key = own_key(session, identity)
    if is_hr(identity):
        return Appeal.key.not_in(members.closed_to(key))
    if key is None:
        return false()
    own = select(Review.key).where(Review.appraisee_key == key)
    kept = and_(Appeal.review_key.in_(scopes.reviews(session, identity)), Appeal.key.not_in(members.closed_to(key)))
    judged = Appeal.key.in_(members.panels_of(key))
    return or_(Appeal.review_key.in_(own), standings.takes_part(key), judged, kept)


def statements(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose what of the course of visible appeals somebody may read."""
    known = select(Appeal.key).where(appeals(session, identity))
    return standings.statements(known, judged=members.panels_of(own_key(session, identity)))


def votes(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the votes somebody may see: one's own, and a whole panel's for its members once every one has voted.

    Nobody, HR and operators included, sees a vote of another before, HR none before the decision is served (E-81);
    nor does anybody see one of an excluded member.
    """
    key = own_key(session, identity)
    known = and_(Vote.appeal_key.in_(standings.served()), Vote.appeal_key.not_in(members.closed_to(key)))
    within = select(Appeal.key).where(Appeal.review_key.in_(scopes.reviews(session, identity)))
    kept = true() if is_hr(identity) else Vote.appeal_key.in_(within)
    read = or_(Vote.appeal_key.in_(members.panels_of(key)), and_(known, kept))
    counted = Vote.member_key.in_(members.seats()), Vote.appeal_key.not_in(members.unfinished())
    return or_(Vote.member_key.in_(members.seats_of(key)), and_(read, *counted))


def documents(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the documents somebody may read: those of tasks and instances one may see, and visible cases' evidence."""
    cases = or_(
        Evidence.appeal_key.in_(select(Appeal.key).where(appeals(session, identity))),
        Evidence.statement_key.in_(select(AppealStatement.key).where(statements(session, identity))),
        Evidence.sign_off_key.in_(select(SignOff.key).where(sign_offs(session, identity))),
        Evidence.review_key.in_(select(Review.key).where(packs(session, identity))),
        Evidence.occasion_key.in_(select(Occasion.key).where(handed_in(identity))),
    )
    return or_(access.documents(identity), Document.key.in_(select(Evidence.document_key).where(cases)))


def occasions(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the occasions of duties somebody may know of: those one did, confirms or should attend, all for HR."""
    invited = select(Attendance.occasion_key).where(Attendance.person_key == own_key(session, identity))
    return or_(handed_in(identity), Occasion.key.in_(invited))


def attendance(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose who attended as far as somebody may know: of occasions one did or confirms, oneself, all for HR."""
    close = Attendance.occasion_key.in_(select(Occasion.key).where(handed_in(identity)))
    return or_(close, Attendance.person_key == own_key(session, identity))


def handed_in(identity: Identity) -> ColumnElement[bool]:
    """Choose the occasions whose papers somebody may read: those one did or confirmed, all for HR."""
    if is_hr(identity):
        return true()
    return or_(Occasion.done_by == identity.username, Occasion.confirmed_by == identity.username)


def packs(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the reviews whose evidence pack somebody may read: own, of those below, of appeals one decides, all HR."""
    return true() if is_hr(identity) else Review.key.in_(_close_to(session, identity))


def plans(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the plans somebody may know of: own, those one mentors or leads, of those below, all for HR.

    Whoever decides on an exit, or states what a period was like, is shown what that takes by the task's form alone.
    """
    if is_hr(identity):
        return true()
    key = own_key(session, identity)
    if key is None:
        return false()
    concerned = or_(Plan.appraisee_key == key, Plan.mentor_key == key, Plan.superior_key == key)
    below = Plan.appraisee_key.in_(_below(key, calendars.today(session)))
    return or_(concerned, below, Plan.appraisee_key.in_(scopes.people(session, identity)))


def leaves(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the leaves somebody may see: the own ones, all for HR; a superior sees none."""
    return _of_oneself_or_hr(session, identity, Leave.person_key)


def protections(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the protections somebody may see: the own ones, all for HR; a superior sees none."""
    return _of_oneself_or_hr(session, identity, Protection.person_key)


def amendments(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the changes of the organisation somebody may see: all for HR, what is not sensitive for operators."""
    if Role.HR in identity.groups:
        return true()
    if identity.operator:
        return Amendment.sheet.not_in(Amendment.SENSITIVE)
    known = select(Person.employee_id).where(Person.key.in_(scopes.people(session, identity)))
    return and_(Amendment.subject.in_(known), Amendment.sheet.not_in(Amendment.STRUCTURE))


def disclosures(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the files handed out that somebody may know of: those one asked for or is about, all for HR and audit."""
    if is_hr(identity) or Role.AUDITOR in identity.groups:
        return true()
    mine = Disclosure.made_by == identity.username
    kept = Disclosure.person_key.in_(scopes.people(session, identity))
    return or_(mine, Disclosure.person_key == own_key(session, identity), kept)


def _of_oneself_or_hr(session: Session, identity: Identity, owner: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Choose what is sensitive: operators see none of it, unless they are HR."""
    if Role.HR in identity.groups:
        return true()
    key = own_key(session, identity)
    return false() if key is None else or_(owner == key, owner.in_(scopes.people(session, identity)))


def settlements(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose the reviews whose settlement somebody may see: the own, all for HR and finance; superiors see no pay."""
    if is_hr(identity) or Role.FINANCE in identity.groups:
        return true()
    kept = Review.key.in_(scopes.reviews(session, identity))
    return or_(Review.appraisee_key == own_key(session, identity), kept)


def _close_to(session: Session, identity: Identity) -> Select[int]:
    """Choose the reviews whose papers somebody may read: own, of those below, of appeals one decides, in one's HR."""
    key = own_key(session, identity)
    if key is None:
        return select(Review.key).where(false())
    led = _led_by(key, calendars.today(session))
    kept = Review.key.in_(scopes.reviews(session, identity))
    return select(Review.key).where(or_(Review.appraisee_key == key, led, Review.key.in_(_judged_by(key)), kept))


def _below(key: int, day: date) -> Select[int]:
    """Choose everybody in the line below somebody on a day; a circle in the line ends the walk."""
    line = and_(ReportingLine.kind == Line.PRIMARY, ReportingLine.holds_on(day))
    below = select(ReportingLine.person_key).where(ReportingLine.superior_key == key, line).cte(recursive=True)
    deeper = aliased(below)
    below = below.union(
        select(ReportingLine.person_key).join(deeper, ReportingLine.superior_key == deeper.c.person_key).where(line)
    )
    return select(below.c.person_key)


def _led_by(key: int, day: date) -> ColumnElement[bool]:
    """Choose the reviews of those below, and those whose line was frozen when one led it."""
    return or_(
        Review.superior_key == key, Review.second_superior_key == key, Review.appraisee_key.in_(_below(key, day))
    )


def _judged_by(key: int) -> Select[int]:
    return select(Appeal.review_key).where(Appeal.key.in_(members.panels_of(key)))
