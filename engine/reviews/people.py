"""People and who reports to whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from engine import identity
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.identity import Account, Identity, Membership
from engine.reviews.models import Department, Line, Person, ReportingLine, Role
from engine.reviews.sentences import Sentence


def named(session: Session, username: str) -> Person:
    """Find the person behind an account.

    Raises:
        NotFound: the account is nobody's.
    """
    person = session.scalar(select(Person).where(Person.username == username))
    if person is None:
        raise NotFound(f"Expected to find person {username}, but nobody has that account")
    return person


def by_key(session: Session, key: int) -> Person:
    """Find a person by key.

    Raises:
        NotFound: there is none.
    """
    person = session.get(Person, key)
    if person is None:
        raise NotFound(f"Expected to find person {key}, but there is none")
    return person


def called(session: Session, name: str) -> Person:
    """Find a person by account, employee id, or by a name that only one has.

    Raises:
        NotFound: nobody is called so, or several are.
    """
    known = or_(Person.username == name, Person.employee_id == name, Person.name == name)
    people = session.scalars(select(Person).where(known).limit(2)).all()
    if len(people) != 1:
        raise NotFound(f"Expected to find {name}, but {'several are' if people else 'nobody is'} called so")
    return people[0]


def by_employee_id(session: Session, employee_id: str) -> Person:
    """Find a person by employee id.

    Raises:
        NotFound: there is none.
    """
    person = session.scalar(select(Person).where(Person.employee_id == employee_id))
    if person is None:
        raise NotFound(f"Expected to find employee {employee_id}, but there is none")
    return person


def expect_role(by: Identity, role: Role, intent: str) -> None:
    """Let pass only who has `role`.

    Raises:
        Forbidden: `by` has not.
    """
    if role not in by.groups and not by.operator:
        raise Forbidden(f"Expected to {intent}, but {by.username} is not in {role.value}")


def found(session: Session, *, code: str, name: str, by: Identity, name_en: str = "", parent: str = "") -> Department:
    """Add a department.

    Raises:
        Forbidden: `by` is not HR.
        NotFound: there is no such parent.
        Conflict: the code is taken.
    """
    expect_role(by, Role.HR, f"add department {code}")
    if session.scalar(select(Department.key).where(Department.code == code)) is not None:
        raise Conflict(f"Expected to add department {code}, but the code is taken")
    parent_key = department(session, parent).key if parent else None
    row = Department(code=code, name=name, name_en=name_en, parent_key=parent_key)
    session.add(row)
    session.flush()  # people refer to it
    return row


def department(session: Session, code: str) -> Department:
    """Find a department by its code.

    Raises:
        NotFound: there is none.
    """
    row = session.scalar(select(Department).where(Department.code == code))
    if row is None:
        raise NotFound(f"Expected to find department {code}, but there is none")
    return row


def department_by_key(session: Session, key: int) -> Department:
    """Find a department by key."""
    return session.get_one(Department, key)


def hire(
    session: Session,
    *,
    employee_id: str,
    username: str,
    name: str,
    department: str,
    employed_from: date,
    by: Identity,
    name_en: str = "",
    post: str = "",
    roles: Sequence[Role] = (),
) -> Person:
    """Add a person; an account without a password is made where there is none yet.

    Raises:
        Forbidden: `by` is not HR.
        NotFound: there is no such department.
        Conflict: the employee id or the account is somebody's.
    """
    expect_role(by, Role.HR, f"add employee {employee_id}")
    taken = or_(Person.employee_id == employee_id, Person.username == username)
    if session.scalar(select(Person.key).where(taken)) is not None:
        raise Conflict(f"Expected to add employee {employee_id}, but that id or account {username} is somebody's")
    _give_account(session, username, roles)
    person = Person(
        employee_id=employee_id,
        username=username,
        name=name,
        name_en=name_en,
        department_key=_department_key(session, department),
        post=post,
        employed_from=employed_from,
    )
    session.add(person)
    session.flush()  # reporting lines and reviews refer to it
    return person


def assign_superior(
    session: Session, person: Person, superior: Person, *, valid_from: date, by: Identity, kind: Line = Line.PRIMARY
) -> ReportingLine:
    """Let `person` report to `superior` from a day on; a primary line ends the one before.

    Raises:
        Forbidden: `by` is not HR.
        Invalid: the line would lead back to `person` (E-12).
    """
    expect_role(by, Role.HR, f"assign a superior to employee {person.employee_id}")
    _expect_no_circle(session, person, superior, valid_from)
    if kind is Line.PRIMARY:
        _end_line_before(session, person, valid_from)
    line = ReportingLine(person_key=person.key, superior_key=superior.key, kind=kind, valid_from=valid_from)
    session.add(line)
    session.flush()  # the next line is checked against it
    return line


def superior_of(session: Session, person_key: int, on: date) -> Person | None:
    """Find the primary superior on a day; None for the top of a line."""
    lines = (
        select(Person)
        .join(ReportingLine, ReportingLine.superior_key == Person.key)
        .where(ReportingLine.person_key == person_key, ReportingLine.kind == Line.PRIMARY, valid_on(on))
    )
    return session.scalar(lines)


def superiors_of(session: Session, person_key: int, on: date) -> list[Person]:
    """List the superiors on a day, the direct one first."""
    chain: list[Person] = []
    superior = superior_of(session, person_key, on)
    while superior is not None and superior.key not in {person_key, *(other.key for other in chain)}:
        chain.append(superior)
        superior = superior_of(session, superior.key, on)
    return chain


def in_role(session: Session, role: Role) -> list[Person]:
    """List the people in a role, by employee id."""
    members = select(Membership.username).where(Membership.group == role.value)
    return list(session.scalars(select(Person).where(Person.username.in_(members)).order_by(Person.employee_id)))


def valid_on(day: date) -> ColumnElement[bool]:
    """Choose the reporting lines that hold on a day."""
    still = or_(ReportingLine.valid_until.is_(None), ReportingLine.valid_until >= day)
    return (ReportingLine.valid_from <= day) & still


def _give_account(session: Session, username: str, roles: Sequence[Role]) -> None:
    groups = frozenset(role.value for role in roles)
    if session.get(Account, username) is None:
        identity.register(session, username, password=None, groups=groups)
        return
    held = set(session.scalars(select(Membership.group).where(Membership.username == username)))
    session.add_all(Membership(username=username, group=group) for group in sorted(groups - held))


def _department_key(session: Session, code: str) -> int:
    return department(session, code).key


def _expect_no_circle(session: Session, person: Person, superior: Person, on: date) -> None:
    above = [superior, *superiors_of(session, superior.key, on)]
    if person.key not in {other.key for other in above}:
        return
    names = " → ".join([person.name, *(other.name for other in above)])
    problem = Problem(Sentence("The line would lead back: {names}", names=names), person.employee_id, "line-circle")
    raise Invalid(f"Expected to assign a superior to employee {person.employee_id}, but not one of the own", [problem])


def _end_line_before(session: Session, person: Person, day: date) -> None:
    lines = select(ReportingLine).where(
        ReportingLine.person_key == person.key, ReportingLine.kind == Line.PRIMARY, valid_on(day)
    )
    for line in session.scalars(lines):
        line.valid_until = date.fromordinal(day.toordinal() - 1)
