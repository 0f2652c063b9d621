"""Amounts: what lines are computed on, such as salaries and sales, entered by finance in versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Invalid, Problem
from engine.identity import Identity
from engine.reviews.files.spreadsheets import Row, read_rows
from engine.reviews.models import Cycle, PayAmount, Person, Review, Role
from engine.reviews.organisation import people
from engine.reviews.scores.quantities import Notation, parse
from engine.reviews.sentences import Sentence, UnreadableError
from engine.reviews.settlements import schemes

COLUMNS = {"employee_id": ("工号",), "name": ("项目",), "value": ("金额",), "source": ("来源",)}
"""The columns of an import, and how else they are headed; amounts are in yuan."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A row of an import that can be entered."""

    row: Row
    review: Review
    name: str
    value: str
    source: str


def import_csv(session: Session, cycle: Cycle, content: bytes, *, by: Identity) -> list[PayAmount]:
    """Import amounts, all of them or none. One that is entered again is a new version; the ones before are kept.

    Raises:
        Forbidden: `by` is not finance.
        NotFound: the cycle has no scheme, so nobody knows what its lines need.
        Invalid: rows are wrong; each is named with row and column.
    """
    intent = Sentence("import amounts of cycle {label}", label=cycle.label)
    people.expect_role(by, Role.FINANCE, intent)
    needed = {name for line in schemes.read(schemes.expected(session, cycle).rules).lines for name in line.needs}
    people_here = _reviews_by_employee(session, cycle)
    problems: list[Problem] = []
    read = read_rows(content, COLUMNS, problems, of=Sentence("amounts"))
    rows = [_amount(row, people_here, needed, problems) for row in read]
    amounts = [row for row in rows if row is not None]
    problems += _repetitions(amounts)
    if problems:
        raise Invalid("Expected to {intent}, but some rows are wrong and nothing was imported", problems, intent=intent)
    return [_enter(session, amount, by) for amount in amounts]


def of_review(session: Session, review: Review) -> dict[str, Fraction]:
    """Give the newest amounts of a review by name."""
    rows = select(PayAmount).where(PayAmount.review_key == review.key).order_by(PayAmount.version)
    return {row.name: parse(row.value, Notation.NUMBER) for row in session.scalars(rows)}


def _enter(session: Session, amount: Amount, by: Identity) -> PayAmount:
    versions = select(PayAmount.version).where(PayAmount.review_key == amount.review.key, PayAmount.name == amount.name)
    row = PayAmount(
        review_key=amount.review.key,
        name=amount.name,
        version=max(session.scalars(versions), default=0) + 1,
        value=amount.value,
        source=amount.source,
        entered_by=by.username,
        entered_at=clock.now(session),
    )
    session.add(row)
    return row


def _amount(
    row: Row,
    reviews: Mapping[str, Review],
    needed: set[str],
    problems: list[Problem],
) -> Amount | None:
    found = []
    review = reviews.get(row.cells["employee_id"])
    if review is None:
        sentence = Sentence("{id} is nobody in this cycle", id=row.cells["employee_id"])
        found.append(Problem(sentence, "employee_id", "unknown-employee"))
    if row.cells["name"] not in needed:
        sentence = Sentence("No line of the scheme needs {name}", name=row.cells["name"])
        found.append(Problem(sentence, "name", "unknown-amount"))
    if not row.cells["source"]:
        found.append(Problem(Sentence("The source is missing"), "source", "missing-source"))
    try:
        parse(row.cells["value"], Notation.NUMBER)
    except UnreadableError as error:
        found.append(Problem(error.sentence, "value", "bad-quantity"))
    problems += row.placed(found)
    said = {name: row.cells[name] for name in ("name", "value", "source")}
    return None if found or review is None else Amount(row, review, **said)


def _repetitions(amounts: Sequence[Amount]) -> list[Problem]:
    seen: set[tuple[int, str]] = set()
    problems = []
    for amount in amounts:
        if (amount.review.key, amount.name) in seen:
            sentence = Sentence("{name} stands there twice", name=amount.name)
            problems.append(Problem(sentence, amount.row.where("name"), "repeated-row"))
        seen.add((amount.review.key, amount.name))
    return problems


def _reviews_by_employee(session: Session, cycle: Cycle) -> dict[str, Review]:
    rows = session.execute(
        select(Person.employee_id, Review)
        .join(Review, Review.appraisee_key == Person.key)
        .where(Review.cycle_key == cycle.key)
    )
    return {row.employee_id: row.Review for row in rows}
