"""Diagnoses: twice a year an anonymous survey, one-to-one interviews and a health audit (L002-30, L001-37, X-12)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews.meetings import periods, surveys
from engine.reviews.meetings.periods import Each, Period
from engine.reviews.models import Diagnosis, DiagnosisInterview, DiagnosisState, Person, Role
from engine.reviews.organisation import people
from engine.reviews.sentences import Sentence, expect_text
from engine.settings import ROOT

PROCESS = "system-diagnosis"
"""The process that begins each half-year."""

SURVEY = ROOT / "processes" / PROCESS / "survey.toml"
"""What is asked."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How HR plans a diagnosis.

    Attributes:
        closes_on: the last day of the survey.
        revenue: the id of the indicator whose values stand for growth.
        revenue_unit: how many yuan one unit of it is.
        interviews: who is talked to, and by whom.
    """

    closes_on: date
    revenue: str
    revenue_unit: str
    interviews: Sequence[tuple[Person, Person]]


def due_period(session: Session) -> Period:
    """Give the half-year that a diagnosis that begins now is of: the one before."""
    return periods.around(Each.HALF, calendars.today(session)).before


def open_survey(session: Session, plan: Plan, *, by: Identity) -> Diagnosis:
    """Open the diagnosis of the half-year before, as HR.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: it is open, or too few people are employed.
        Invalid: the survey would be over, somebody is talked to twice or by themselves, or a number is none.
    """
    period = due_period(session)
    intent = Sentence("open the diagnosis of {label}", label=period.label)
    people.expect_role(by, Role.HR, intent)
    if of_period(session, period.label) is not None:
        raise Conflict("Expected to {intent}, but it is open", intent=intent)
    if problems := _problems(session, plan):
        raise Invalid("Expected to {intent}, but it is not planned well", problems, intent=intent)
    diagnosis = Diagnosis(
        period=period.label,
        closes_on=plan.closes_on,
        questions=tomllib.loads(SURVEY.read_text(encoding="utf-8"))["question"],
        revenue=plan.revenue,
        revenue_unit=plan.revenue_unit,
        opened_by=by.username,
        opened_at=clock.now(session),
    )
    session.add(diagnosis)
    session.flush()  # sheets and interviews refer to it
    surveys.lay_out(session, diagnosis)
    session.add_all(
        DiagnosisInterview(diagnosis_key=diagnosis.key, interviewee_key=one.key, interviewer_key=other.key)
        for one, other in plan.interviews
    )
    session.flush()  # the process reads them
    return diagnosis


def record_interview(
    session: Session, interview: DiagnosisInterview, *, held: bool, theme: str, advice: str, by: Identity
) -> None:
    """Record the theme of an interview, or why it was not held, as whoever was to hold it.

    Raises:
        Forbidden: `by` is not the interviewer.
        Conflict: it is recorded.
        Invalid: nothing is said.
    """
    intent = Sentence("record interview {key}", key=interview.key)
    if people.by_key(session, interview.interviewer_key).username != by.username:
        raise Forbidden("Expected to {intent}, but {username} does not hold it", intent=intent, username=by.username)
    if interview.recorded_at is not None:
        raise Conflict("Expected to {intent}, but it is recorded", intent=intent)
    expect_text(theme, "theme", intent)
    interview.held, interview.theme, interview.advice = held, theme, advice
    interview.recorded_at = clock.now(session)


def close_survey(diagnosis: Diagnosis) -> None:
    """Close the survey once its last day is over."""
    diagnosis.state = DiagnosisState.CLOSED


def publish(
    session: Session, diagnosis: Diagnosis, figures: Mapping[str, Any], *, findings: str, measures: str, by: Identity
) -> None:
    """Publish the health audit with what it rests on, as HR.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: the survey is not over, or the audit is published.
        Invalid: findings or measures are missing.
    """
    intent = Sentence("publish the audit of {period}", period=diagnosis.period)
    people.expect_role(by, Role.HR, intent)
    if diagnosis.state is not DiagnosisState.CLOSED:
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=diagnosis.state.value)
    expect_text(findings, "findings", intent)
    expect_text(measures, "measures", intent)
    diagnosis.figures, diagnosis.findings, diagnosis.measures = dict(figures), findings, measures
    diagnosis.state = DiagnosisState.PUBLISHED
    diagnosis.published_by, diagnosis.published_at = by.username, clock.now(session)


def found(session: Session, key: int) -> Diagnosis:
    """Find a diagnosis by key.

    Raises:
        NotFound: there is none.
    """
    diagnosis = session.get(Diagnosis, key)
    if diagnosis is None:
        raise NotFound("Expected to find diagnosis {key}, but there is none", key=key)
    return diagnosis


def of_period(session: Session, label: str) -> Diagnosis | None:
    """Find the diagnosis of a half-year."""
    return session.scalar(select(Diagnosis).where(Diagnosis.period == label))


def everyone(session: Session) -> Sequence[Diagnosis]:
    """List the diagnoses, the newest first."""
    return session.scalars(select(Diagnosis).order_by(Diagnosis.period.desc())).all()


def running(session: Session) -> Diagnosis | None:
    """Find the diagnosis whose survey is open."""
    open_ones = select(Diagnosis).where(Diagnosis.state == DiagnosisState.OPEN)
    return session.scalar(open_ones.order_by(Diagnosis.period.desc()).limit(1))


def interview(session: Session, key: int) -> DiagnosisInterview:
    """Find an interview by key.

    Raises:
        NotFound: there is none.
    """
    row = session.get(DiagnosisInterview, key)
    if row is None:
        raise NotFound("Expected to find interview {key}, but there is none", key=key)
    return row


def interviews(session: Session, diagnosis: Diagnosis) -> Sequence[DiagnosisInterview]:
    """List the interviews of a diagnosis."""
    own = select(DiagnosisInterview).where(DiagnosisInterview.diagnosis_key == diagnosis.key)
    return session.scalars(own.order_by(DiagnosisInterview.key)).all()


def _problems(session: Session, plan: Plan) -> list[Problem]:
    problems = []
    if plan.closes_on < calendars.today(session):
        problems.append(Problem(Sentence("The day has passed"), "closesOn", "past"))
    seen: set[int] = set()
    for number, (one, other) in enumerate(plan.interviews):
        if one.key == other.key:
            sentence = Sentence("Nobody talks to themselves")
            problems.append(Problem(sentence, f"interviews[{number}].interviewer", "same-person"))
        if one.key in seen:
            sentence = Sentence("{name} stands there twice", name=one.name)
            problems.append(Problem(sentence, f"interviews[{number}].interviewee", "twice"))
        seen.add(one.key)
    if not _is_amount(plan.revenue_unit):
        problems.append(
            Problem(Sentence("{text} is no number above zero", text=plan.revenue_unit), "revenueUnit", "no-number")
        )
    return problems


def _is_amount(text: str) -> bool:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return False
    return value.is_finite() and value > 0
