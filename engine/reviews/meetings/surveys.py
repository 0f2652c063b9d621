"""The anonymous survey of a diagnosis: a code is drawn with the login, answers are given with the code alone (0034).

Nothing here that takes an answer takes an identity, so that none can be kept.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.calendars import HOME_ZONE
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews.models import Diagnosis, DiagnosisBallot, DiagnosisDraw, DiagnosisState, Person
from engine.reviews.organisation import employments, people
from engine.reviews.sentences import Sentence

SMALLEST = 5
"""How many people or answers a unit has at least that is told of by itself."""

LEAST, MOST = 1, 5
"""What a question is answered with."""

LONGEST = 2000
"""Characters of a remark."""

_LOCATOR = 8
"""How many characters of a code find the sheet; the others, 80 random bits, prove who asks."""

Unit = TypeVar("Unit", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Mean:
    """How a question was answered by units that are shown together; `units` is empty for all of them."""

    question: str
    units: tuple[int | None, ...]
    answers: int
    mean: Fraction


def merged(counts: Mapping[Unit, int], smallest: int = SMALLEST) -> list[tuple[Unit, ...]]:
    """Put units together until each group has enough: whoever subtracts finds no group that is smaller.

    Units that have enough stay by themselves, but for the smallest of them where the others are too few together.
    """
    order = sorted(counts, key=lambda unit: (counts[unit], str(unit)))
    few = [unit for unit in order if counts[unit] < smallest]
    enough = [unit for unit in order if counts[unit] >= smallest]
    while few and enough and sum(counts[unit] for unit in few) < smallest:
        few.append(enough.pop(0))
    groups: list[tuple[Unit, ...]] = [(unit,) for unit in enough]
    return [*groups, tuple(few)] if sum(counts[unit] for unit in few) >= smallest else groups


def lay_out(session: Session, diagnosis: Diagnosis) -> int:
    """Lay a sheet out for everybody who is employed on this day; return how many there are.

    Raises:
        Conflict: too few are employed for an answer to be anonymous.
    """
    staff = _staff(session, diagnosis)
    if len(staff) < SMALLEST:
        raise Conflict(
            "Expected to survey {count} people, but fewer than {smallest} cannot answer anonymously",
            count=len(staff),
            smallest=SMALLEST,
        )
    counts = Counter(staff.values())
    units = {unit: None if len(group) > 1 else unit for group in merged(counts) for unit in group}
    session.add_all(
        DiagnosisBallot(diagnosis_key=diagnosis.key, unit_key=units[unit]) for unit in sorted(staff.values(), key=str)
    )
    session.flush()  # codes are drawn from them
    return len(staff)


def draw(session: Session, diagnosis: Diagnosis, *, by: Identity) -> str:
    """Draw a code, once; it is shown to whoever draws it and kept by nobody.

    Raises:
        Conflict: the survey is over, or `by` has drawn one.
        Forbidden: `by` was not employed when the survey was opened.
    """
    intent = Sentence("draw a code for the survey of {period}", period=diagnosis.period)
    session.refresh(diagnosis, with_for_update=True)  # one after another: no sheet is drawn twice
    _expect_open(diagnosis, intent)
    person = people.named(session, by.username)
    unit = _staff(session, diagnosis).get(person.key, -1)
    if unit == -1:
        raise Forbidden(
            "Expected to {intent}, but {username} was not employed when it was opened",
            intent=intent,
            username=by.username,
        )
    if has_drawn(session, diagnosis, by=by):
        raise Conflict(
            "Expected to {intent}, but {username} has drawn one: it was shown once", intent=intent, username=by.username
        )
    ballot = secrets.choice(_undrawn(session, diagnosis, unit))
    plain = base64.b32encode(secrets.token_bytes(15)).decode()
    ballot.locator, ballot.salt = plain[:_LOCATOR], secrets.token_bytes(16)
    ballot.digest = _digest(ballot.salt, plain)
    session.add(DiagnosisDraw(diagnosis_key=diagnosis.key, person_key=person.key))
    return "-".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def has_drawn(session: Session, diagnosis: Diagnosis, *, by: Identity) -> bool:
    """Tell whether somebody has drawn a code."""
    own = select(DiagnosisDraw.key).join(Person, Person.key == DiagnosisDraw.person_key)
    mine = own.where(DiagnosisDraw.diagnosis_key == diagnosis.key, Person.username == by.username)
    return session.scalar(mine) is not None


def answer(session: Session, code: str, scores: Mapping[str, str], remark: str) -> None:
    """Answer the survey, once, with a code.

    Raises:
        NotFound: there is no sheet with this code.
        Conflict: the survey is over, or the sheet is answered.
        Invalid: a question is not answered from 1 to 5, or the remark is too long; each is named.
    """
    ballot = _proven(session, code)
    intent = Sentence("answer a survey")
    diagnosis = session.get_one(Diagnosis, ballot.diagnosis_key)
    _expect_open(diagnosis, intent)
    if ballot.scores is not None:
        raise Conflict("Expected to {intent}, but this sheet is answered", intent=intent)
    allowed = {str(score) for score in range(LEAST, MOST + 1)}
    asked = [question["id"] for question in diagnosis.questions]
    problems = [
        Problem(Sentence("It is answered from {least} to {most}", least=LEAST, most=MOST), name, "bad-score")
        for name in asked
        if scores.get(name) not in allowed
    ]
    if len(remark) > LONGEST:
        problems.append(Problem(Sentence("It has more than {most} characters", most=LONGEST), "remark", "too-long"))
    if problems:
        raise Invalid("Expected to {intent}, but it is not complete", problems, intent=intent)
    ballot.scores, ballot.remark = {name: int(scores[name]) for name in asked}, remark


def turnout(session: Session, diagnosis: Diagnosis) -> tuple[int, int]:
    """Count the sheets that are answered, and all of them."""
    ballots = _ballots(session, diagnosis)
    return sum(ballot.scores is not None for ballot in ballots), len(ballots)


def means(session: Session, diagnosis: Diagnosis) -> list[Mean]:
    """Say how each question was answered, by all and by groups of units that are large enough; nothing of too few."""
    answered = [ballot for ballot in _ballots(session, diagnosis) if ballot.scores is not None]
    if len(answered) < SMALLEST:
        return []
    groups = merged(Counter(ballot.unit_key for ballot in answered))
    whole: list[tuple[int | None, ...]] = [()]
    return [
        _mean(question["id"], units, answered)
        for question in diagnosis.questions
        for units in (whole + groups if len(groups) > 1 else whole)
    ]


def remarks(session: Session, diagnosis: Diagnosis) -> Sequence[str]:
    """List what was remarked, in no order; nothing where too few answered."""
    answered = [ballot for ballot in _ballots(session, diagnosis) if ballot.scores is not None]
    said = sorted(ballot.remark for ballot in answered if ballot.remark.strip())
    return said if len(answered) >= SMALLEST else []


def _mean(question: str, units: tuple[int | None, ...], answered: Sequence[DiagnosisBallot]) -> Mean:
    mine = [ballot.scores[question] for ballot in answered if ballot.scores and (not units or ballot.unit_key in units)]
    return Mean(question, units, len(mine), Fraction(sum(mine), len(mine)))


def _staff(session: Session, diagnosis: Diagnosis) -> dict[int, int | None]:
    """Give the department of everybody who was employed on the day on which the survey was opened."""
    day = diagnosis.opened_at.astimezone(HOME_ZONE).date()
    found: dict[int, int | None] = {}
    for key in session.scalars(select(Person.key).where(employments.employed_on(day)).order_by(Person.key)):
        department = employments.department_of(session, key, day)
        found[key] = department.key if department else None
    return found


def _ballots(session: Session, diagnosis: Diagnosis) -> Sequence[DiagnosisBallot]:
    own = select(DiagnosisBallot).where(DiagnosisBallot.diagnosis_key == diagnosis.key)
    return session.scalars(own.order_by(DiagnosisBallot.key)).all()


def _undrawn(session: Session, diagnosis: Diagnosis, unit: int | None) -> Sequence[DiagnosisBallot]:
    """List the sheets that are left of a unit; one without sheets of its own has those of the small ones together."""
    ballots = _ballots(session, diagnosis)
    own = {ballot.unit_key for ballot in ballots}
    place = unit if unit in own else None
    return [ballot for ballot in ballots if ballot.unit_key == place and not ballot.locator]


def _proven(session: Session, code: str) -> DiagnosisBallot:
    """Find the sheet that a code opens; a wrong one takes as long as a right one."""
    plain = code.replace("-", "").replace(" ", "").strip().upper()
    found = select(DiagnosisBallot).where(DiagnosisBallot.locator == plain[:_LOCATOR], DiagnosisBallot.locator != "")
    ballot = session.scalar(found.with_for_update())
    salt, digest = (ballot.salt, ballot.digest) if ballot else (None, None)
    matches = hmac.compare_digest(_digest(salt or b"", plain), digest or b"")
    if ballot is None or not matches:
        raise NotFound("Expected to find a sheet by its code, but there is none with this code")
    return ballot


def _digest(salt: bytes, plain: str) -> bytes:
    return hashlib.sha256(salt + plain.encode()).digest()


def _expect_open(diagnosis: Diagnosis, intent: str) -> None:
    if diagnosis.state is not DiagnosisState.OPEN:
        raise Conflict("Expected to {intent}, but the survey is over", intent=intent)
