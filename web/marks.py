"""Marks: what sets a review apart from the others at a glance, each with the page that says more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.models import Appeal, Leave, Plan, Review, ReviewState, SignOff, VoidedSignature
from engine.reviews.organisation import snapshots
from engine.reviews.plans import spans
from web import answers, appeals, names, navigation, plans
from web.languages import gettext


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing worth noting about a review."""

    text: str
    kind: str
    address: str = ""
    """The page that says more; empty where there is none for the reader."""


Found = Iterator[tuple[int, Mark]]


def of_reviews(session: Session, keys: Collection[int], *, by: Identity) -> Mapping[int, list[Mark]]:
    """Mark each of some reviews with what somebody may know of it: answer, appeal, plan, leave, transfer, closing."""
    marks: defaultdict[int, list[Mark]] = defaultdict(list)
    for found in (_answers, _appeals, _plans, _closings, _leaves, _transfers):
        for key, mark in found(session, keys, by):
            marks[key].append(mark)
    return marks


def _answers(session: Session, keys: Collection[int], by: Identity) -> Found:
    """Give the answer to the newest version that was answered."""
    void = select(VoidedSignature.sign_off_key)
    given = select(SignOff).where(SignOff.review_key.in_(keys), SignOff.key.not_in(void), access.sign_offs(session, by))
    newest = {row.review_key: row for row in session.scalars(given.order_by(SignOff.key))}
    for key, row in newest.items():
        yield key, Mark(gettext(answers.ANSWERS[row.answer]), answers.ANSWER_KINDS[row.answer])


def _appeals(session: Session, keys: Collection[int], by: Identity) -> Found:
    lodged = select(Appeal).where(Appeal.review_key.in_(keys), access.appeals(session, by)).order_by(Appeal.key)
    for appeal in session.scalars(lodged):
        state, kind = appeals.STATES[appeal.state]
        said = gettext(appeals.VERDICTS[appeal.verdict] if appeal.verdict else state)
        address = url_for("web.appeals.case", key=appeal.key)
        yield appeal.review_key, Mark(gettext("Appeal: {state}").format(state=said), kind, address)


def _plans(session: Session, keys: Collection[int], by: Identity) -> Found:
    proposed = select(Plan).where(Plan.review_key.in_(keys), access.plans(session, by)).order_by(Plan.key)
    for plan in session.scalars(proposed):
        state, kind = plans.state(plan, suspended=spans.is_suspended(session, plan))
        address = url_for("web.plans.plan", key=plan.key)
        yield plan.review_key, Mark(gettext("Improvement plan: {state}").format(state=state), kind, address)


def _closings(session: Session, keys: Collection[int], by: Identity) -> Found:
    """Say why a review was closed to whoever may see its scorecard: the reason may be about health."""
    closed = select(Review).where(Review.key.in_(keys), Review.state == ReviewState.CLOSED, Review.closing_reason != "")
    for review in session.scalars(closed.where(access.scorecards(session, by))):
        yield review.key, Mark(reason(review), "empty")


def _leaves(session: Session, keys: Collection[int], by: Identity) -> Found:
    today = calendars.today(session)
    away = (
        select(Review.key, Leave.person_key)
        .join(Leave, Leave.person_key == Review.appraisee_key)
        .where(Review.key.in_(keys), Leave.holds_on(today), access.leaves(session, by))
    )
    for key, person_key in session.execute(away):
        address = url_for("web.persons.person", key=person_key) if navigation.keeps_people(by) else ""
        yield key, Mark(gettext("On leave"), "warn", address)


def _transfers(session: Session, keys: Collection[int], by: Identity) -> Found:
    if not navigation.runs_cycles(by):
        return
    for key, cycle_key in snapshots.transferred(session, keys):
        yield key, Mark(gettext("Transferred"), "warn", url_for("web.differences.index", key=cycle_key))


def reason(review: Review) -> str:
    """Say why a review was closed, without the account of whoever closed it."""
    account, _, said = review.closing_reason.partition(": ")
    return names.local(said or account)
