"""Settlement sheets: what each line pays on the result in force, held while it is disputed, handed to payroll once."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews.cycle import cycles
from engine.reviews.files import workbooks
from engine.reviews.models import (
    PENDING,
    Appeal,
    Cycle,
    Payroll,
    Person,
    Result,
    Review,
    Role,
    Settlement,
    SettlementScheme,
)
from engine.reviews.organisation import people
from engine.reviews.release import results
from engine.reviews.scores.quantities import rounded
from engine.reviews.sentences import Sentence
from engine.reviews.settlements import amounts, dues, lines, schemes, teams
from engine.reviews.settlements.dues import Disputed
from engine.reviews.settlements.schemes import Scheme

AMOUNT = "应付 amount"

HEADINGS = ("工号 employee_id", "姓名 name", "项目 line", AMOUNT, "说明 remark")
"""The columns of the file for payroll."""


@dataclass(frozen=True, slots=True)
class Payable:
    """What is to be paid on one line: the newest amount less what payroll had of it."""

    settlement: Settlement
    person: Person
    difference: Decimal
    disputed: Disputed | None
    """What becomes of it, where an open appeal could change it."""

    @property
    def held(self) -> bool:
        """Tell whether it waits for an appeal."""
        return self.disputed is Disputed.HOLD

    @property
    def provisional(self) -> bool:
        """Tell whether it is paid before an appeal is decided, which may correct it."""
        return self.disputed is Disputed.PAY


@dataclass(frozen=True, slots=True)
class Terms:
    """What a cycle's lines are computed by: the scheme in force, and by line the departments that are first."""

    row: SettlementScheme
    scheme: Scheme
    first_teams: Mapping[str, Collection[int]]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a line of a review is: payroll had its newest amount, or it waits for an appeal."""

    settlement: Settlement
    paid: bool
    held: bool


class _Disputes:
    """Which lines an open appeal could change, each scheme read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._reviews = set(session.scalars(select(Appeal.review_key).where(Appeal.state.in_(PENDING))))
        self._schemes: dict[int, Scheme] = {}

    def about(self, row: Settlement) -> Disputed | None:
        """Say what becomes of a line by its scheme; None where no appeal could change it."""
        if row.review_key not in self._reviews:
            return None
        review, scheme = self._session.get_one(Review, row.review_key), self._of(row.scheme_key)
        line = next(line for line in scheme.lines if line.id == row.line_id)
        return scheme.disputed if dues.is_disputed(self._session, review, line) else None

    def _of(self, scheme_key: int) -> Scheme:
        if scheme_key not in self._schemes:
            self._schemes[scheme_key] = schemes.read(self._session.get_one(SettlementScheme, scheme_key).rules)
        return self._schemes[scheme_key]


def settle(session: Session, cycle: Cycle, *, by: Identity) -> list[Settlement]:
    """Compute what changed: lines whose result, amounts or scheme are not those of their newest version.

    Raises:
        Forbidden: `by` is neither HR nor finance.
        NotFound: the cycle has no scheme.
        Conflict: its results are not released.
        Invalid: amounts are missing; each is named with the person, and nothing is computed.
    """
    intent = Sentence("settle cycle {label}", label=cycle.label)
    schemes.expect_payer(by, intent)
    row = schemes.expected(session, cycle)
    if cycle.released_at is None:
        raise Conflict("Expected to {intent}, but its results are not released", intent=intent)
    agreed = _terms(session, cycle, row)
    problems: list[Problem] = []
    written: list[Settlement] = []
    for review in cycles.reviews_of(session, cycle):
        result = results.newest(session, review)
        if result is None or result.released_at is None or result.annulled:  # what it paid before stays
            continue
        try:
            written += _settle_review(session, review, result, agreed, by=by)
        except Invalid as refusal:
            person = people.by_key(session, review.appraisee_key)
            problems += [replace(one, where=f"{person.employee_id}, {one.where}") for one in refusal.problems]
    if problems:
        raise Invalid("Expected to {intent}, but amounts are missing and nothing was computed", problems, intent=intent)
    return written


def settle_again(session: Session, review: Review, result: Result, *, by: Identity) -> list[Settlement]:
    """Compute one review's lines anew, where they were computed before, because its result has another version.

    Raises:
        Invalid: amounts are missing by now; nothing is computed.
    """
    cycle = cycles.found(session, review.cycle_key)
    row = schemes.newest(session, cycle)
    if row is None or not of_review(session, review):
        return []
    return _settle_review(session, review, result, _terms(session, cycle, row), by=by)


def _terms(session: Session, cycle: Cycle, row: SettlementScheme) -> Terms:
    scheme = schemes.read(row.rules)
    bonuses = {line.id: line.team for line in scheme.lines if line.team}
    return Terms(row, scheme, {name: teams.first(session, cycle, bonus) for name, bonus in bonuses.items()})


def payable(session: Session, cycle: Cycle) -> list[Payable]:
    """List what payroll has not had yet, by person and line, and what becomes of it where it is disputed."""
    disputes = _Disputes(session)
    found = []
    for person, rows in _by_line(session, cycle):
        newest = rows[-1]
        had = [Decimal(row.amount) for row in rows if row.payroll_key is not None]
        difference = Decimal(newest.amount) - (had[-1] if had else 0)
        if newest.payroll_key is None and (difference or not had):
            found.append(Payable(newest, person, difference, disputed=disputes.about(newest)))
    return found


def hand_over(session: Session, cycle: Cycle, *, by: Identity) -> Payroll:
    """Write the file for payroll with what is payable and not held, once; a correction pays the difference (E-73).

    Raises:
        Forbidden: `by` is not finance.
        Conflict: nothing is payable.
    """
    intent = Sentence("hand the settlement of cycle {label} to payroll", label=cycle.label)
    people.expect_role(by, Role.FINANCE, intent)
    rows = [one for one in payable(session, cycle) if not one.held]
    if not rows:
        raise Conflict("Expected to {intent}, but nothing is payable that is not disputed", intent=intent)
    content = _file(rows)
    payroll = Payroll(
        cycle_key=cycle.key,
        exported_by=by.username,
        exported_at=clock.now(session),
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
    )
    session.add(payroll)
    session.flush()  # what it holds refers to it
    for one in rows:
        one.settlement.payroll_key = payroll.key
    return payroll


def handed_over(session: Session, key: int, *, by: Identity) -> Payroll:
    """Find a file that payroll had.

    Raises:
        Forbidden: `by` is not finance.
        NotFound: there is none.
    """
    people.expect_role(by, Role.FINANCE, Sentence("get payroll file {key}", key=key))
    payroll = session.get(Payroll, key)
    if payroll is None:
        raise NotFound("Expected to find payroll file {key}, but there is none", key=key)
    return payroll


def of_review(session: Session, review: Review) -> list[Settlement]:
    """List the newest version of each line of a review."""
    rows = select(Settlement).where(Settlement.review_key == review.key).order_by(Settlement.version)
    return list({row.line_id: row for row in session.scalars(rows)}.values())


def standings(session: Session, review: Review) -> list[Standing]:
    """Tell of each line of a review how far it is; one computed again that pays the same as payroll had is paid."""
    disputes = _Disputes(session)
    rows = select(Settlement).where(Settlement.review_key == review.key, Settlement.payroll_key.is_not(None))
    had = {row.line_id: Decimal(row.amount) for row in session.scalars(rows.order_by(Settlement.version))}
    found = []
    for row in of_review(session, review):
        paid = had.get(row.line_id) == Decimal(row.amount)
        found.append(Standing(row, paid=paid, held=not paid and disputes.about(row) is Disputed.HOLD))
    return found


def _settle_review(
    session: Session, review: Review, result: Result, agreed: Terms, *, by: Identity
) -> list[Settlement]:
    before = {one.line_id: one for one in of_review(session, review)}
    entered = amounts.of_review(session, review)
    completion = Fraction(Decimal(result.total)) / 100
    grade = results.level_id(session, result)
    problems: list[Problem] = []
    written = []
    for line in agreed.scheme.lines:
        leads = review.department_key in agreed.first_teams.get(line.id, ())
        leads = leads or teams.was_paid(before.get(line.id), result)
        try:
            figure = lines.pay(line, entered, completion=completion, grade=grade, team_is_first=leads)
        except Invalid as refusal:
            problems += refusal.problems
            continue
        settlement = Settlement(
            review_key=review.key,
            line_id=line.id,
            version=before[line.id].version + 1 if line.id in before else 1,
            scheme_key=agreed.row.key,
            result_key=result.key,
            amount=str(rounded(figure.exact, 2)),
            figures=figure.to_json(),
            due_on=dues.of_line(session, review, result, line, again=line.id in before),
            computed_by=by.username,
            computed_at=clock.now(session),
        )
        if not _says_the_same(before.get(line.id), settlement):
            written.append(settlement)
    if problems:
        raise Invalid("Expected to settle review {key}, but amounts are missing", problems, key=review.key)
    session.add_all(written)
    return written


def _says_the_same(before: Settlement | None, now: Settlement) -> bool:
    return before is not None and (before.figures, before.result_key, before.scheme_key) == (
        now.figures,
        now.result_key,
        now.scheme_key,
    )


def _by_line(session: Session, cycle: Cycle) -> list[tuple[Person, Sequence[Settlement]]]:
    rows = session.execute(
        select(Person, Settlement)
        .join(Review, Review.appraisee_key == Person.key)
        .join(Settlement, Settlement.review_key == Review.key)
        .where(Review.cycle_key == cycle.key)
        .order_by(Person.employee_id, Settlement.line_id, Settlement.version)
    )
    grouped: dict[tuple[int, str], tuple[Person, list[Settlement]]] = {}
    for person, row in rows:
        grouped.setdefault((row.review_key, row.line_id), (person, []))[1].append(row)
    return list(grouped.values())


def _file(rows: Sequence[Payable]) -> bytes:
    return workbooks.csv_text(
        HEADINGS,
        [
            (
                one.person.employee_id,
                one.person.name,
                one.settlement.line_id,
                one.difference,
                "; ".join(_remarks(one)),
            )
            for one in rows
        ],
    )


def _remarks(one: Payable) -> Iterator[str]:
    if one.settlement.version > 1:
        yield f"更正 correction, v{one.settlement.version}"
    if one.provisional:
        yield "暂付，申诉未决 provisional, under appeal"
