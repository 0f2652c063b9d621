"""Panels: who hears an appeal, and who may not because of what they did before (X-06)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars
from engine.errors import Conflict, Forbidden, Invalid, Problem
from engine.identity import Identity
from engine.reviews import notices
from engine.reviews.cycle import reviews
from engine.reviews.models import (
    Appeal,
    AppealState,
    CalibratedReview,
    Calibration,
    CalibrationMember,
    PanelMember,
    Person,
    Review,
    Role,
    TargetDecision,
    TargetSheet,
)
from engine.reviews.organisation import lines, people
from engine.reviews.rating import raters
from engine.reviews.sentences import Sentence

SMALLEST = 3
"""The fewest members of a panel."""


class Recusal(StrEnum):
    """Why somebody cannot hear an appeal."""

    APPELLANT = "appellant"
    """Nobody judges the own case."""
    LINE = "line"
    """Leads the appellant, or did when the review began (E-66)."""
    RATER = "rater"
    """Was asked to rate the appellant."""
    TARGETS = "targets"
    """Agreed to the targets or sent them back (E-68)."""
    CALIBRATOR = "calibrator"
    """Sat in the session that calibrated the result, or approved it (X-06)."""


_REASONS = {
    Recusal.APPELLANT: Sentence("is the appellant"),
    Recusal.LINE: Sentence("is in the appellant's line of superiors"),
    Recusal.RATER: Sentence("rates the appellant"),
    Recusal.TARGETS: Sentence("decided on the appellant's targets"),
    Recusal.CALIBRATOR: Sentence("calibrated the appellant's result"),
}


def convene(
    session: Session, appeal: Appeal, members: Sequence[Person], *, by: Identity, chair: Person | None = None
) -> list[PanelMember]:
    """Convene the panel of an admitted appeal, as HR; without `chair` the first member chairs.

    Raises:
        Forbidden: `by` is not HR, or is the appellant.
        Conflict: it is not admitted, convened already, or over.
        Invalid: the panel is even or below three, a member is recused, or the chair is no member; each is named.
    """
    intent = f"convene a panel for appeal {appeal.key}"
    expect_officer(appeal, by, intent)
    if appeal.state is not AppealState.ADMITTED:
        raise Conflict(f"Expected to {intent}, but it is {appeal.state.value}")
    problems = panel_problems(session, appeal, members)
    if chair is not None and chair not in members:
        problems.append(Problem(Sentence("{name} is not on the panel", name=chair.name), "chair", "chair-outside"))
    if problems:
        raise Invalid(f"Expected to {intent}, but these people cannot be it", problems)
    first = chair or members[0]
    ordered = [first, *(person for person in members if person is not first)]
    panel = [PanelMember(appeal_key=appeal.key, person_key=p.key, chair=p is first) for p in ordered]
    session.add_all(panel)
    session.flush()  # votes refer to them
    appeal.state = AppealState.HEARD
    for person in ordered:
        notices.write(session, person.key, "panel-convened", appeal=str(appeal.key), review=str(appeal.review_key))
    return panel


def panel_problems(session: Session, appeal: Appeal, members: Sequence[Person]) -> list[Problem]:
    """Name why people cannot be a panel: odd, at least three, and nobody who had a part before."""
    problems = []
    if len({person.key for person in members}) < SMALLEST or len(members) % 2 == 0:
        sentence = Sentence("A panel has an odd number of members, {least} or more", least=SMALLEST)
        problems.append(Problem(sentence, "members", "panel-size"))
    recused = recusals(session, appeal)
    problems += [
        Problem(Sentence("{name} is recused: {reason}", name=p.name, reason=_REASONS[why]), p.username, "excluded")
        for p in members
        for why in recused.get(p.key, ())[:1]
    ]
    repeated = [person for person, times in Counter(members).items() if times > 1]
    problems += [Problem(Sentence("{name} is named twice", name=p.name), p.username, "repeated") for p in repeated]
    return problems


def recusals(session: Session, appeal: Appeal) -> dict[int, list[Recusal]]:
    """List who cannot hear an appeal, by person, with every reason."""
    review = reviews.found(session, appeal.review_key)
    today = calendars.today(session)
    frozen = (review.superior_key, review.second_superior_key)
    groups: dict[Recusal, list[int | None]] = {
        Recusal.APPELLANT: [review.appraisee_key],
        Recusal.LINE: [*(p.key for p in lines.superiors_of(session, review.appraisee_key, today)), *frozen],
        Recusal.RATER: [rater.person_key for rater in raters.of_review(session, review)],
        Recusal.TARGETS: list(_target_deciders(session, review)),
        Recusal.CALIBRATOR: list(_calibrators(session, review)),
    }
    reasons: defaultdict[int, list[Recusal]] = defaultdict(list)
    for reason, keys in groups.items():
        for key in dict.fromkeys(keys):
            if key is not None:
                reasons[key].append(reason)
    return dict(reasons)


def candidates(session: Session, appeal: Appeal) -> list[Person]:
    """List the people who may be drawn for panels and are not recused."""
    recused = recusals(session, appeal)
    return [person for person in people.in_role(session, Role.PANEL) if person.key not in recused]


def of_appeal(session: Session, appeal: Appeal) -> Sequence[PanelMember]:
    """List the members of a panel, the chair first."""
    return session.scalars(
        select(PanelMember).where(PanelMember.appeal_key == appeal.key).order_by(PanelMember.key)
    ).all()


def expect_officer(appeal: Appeal, by: Identity, intent: str) -> None:
    """Let pass only HR, and nobody from HR in the own case.

    Raises:
        Forbidden: `by` is not HR, or is the appellant.
    """
    people.expect_role(by, Role.HR, intent)
    if appeal.lodged_by == by.username:
        raise Forbidden(f"Expected to {intent}, but {by.username} lodged it")


def reason_of(recusal: Recusal) -> Sentence:
    """Say why somebody is recused."""
    return _REASONS[recusal]


def _calibrators(session: Session, review: Review) -> list[int]:
    owner = select(CalibratedReview.calibration_key).where(CalibratedReview.review_key == review.key)
    seats = select(CalibrationMember.person_key).where(CalibrationMember.calibration_key.in_(owner))
    approvers = select(Calibration.approver_key).where(Calibration.key.in_(owner))
    return [*session.scalars(seats), *session.scalars(approvers)]


def _target_deciders(session: Session, review: Review) -> list[int]:
    deciders = (
        select(Person.key)
        .join(TargetDecision, TargetDecision.decided_by == Person.username)
        .join(TargetSheet, TargetSheet.key == TargetDecision.sheet_key)
        .where(TargetSheet.review_key == review.key)
    )
    return list(session.scalars(deciders.distinct()))
