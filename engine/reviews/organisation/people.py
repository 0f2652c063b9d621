"""People, departments and roles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import calendars, identity
from engine.errors import Conflict, Forbidden, NotFound
from engine.identity import ENGINE, Account, Identity, Membership
from engine.reviews.models import Department, Person, Placement, Post, Role, Spell
from engine.reviews.organisation import amendments
from engine.reviews.sentences import Sentence


def named(session: Session, username: str) -> Person:
    """Find the person behind an account.

    Raises:
        NotFound: the account is nobody's.
    """
    person = session.scalar(select(Person).where(Person.username == username))
    if person is None:
        raise NotFound("Expected to find person {username}, but nobody has that account", username=username)
    return person


def by_key(session: Session, key: int) -> Person:
    """Find a person by key.

    Raises:
        NotFound: there is none.
    """
    person = session.get(Person, key)
    if person is None:
        raise NotFound("Expected to find person {key}, but there is none", key=key)
    return person


def called(session: Session, name: str) -> Person:
    """Find a person by account, employee id, or by a name that only one has.

    Raises:
        NotFound: nobody is called so, or several are.
    """
    known = or_(Person.username == name, Person.employee_id == name, Person.name == name)
    people = session.scalars(select(Person).where(known).limit(2)).all()
    if len(people) != 1:
        raise NotFound(
            "Expected to find {name}, but {state} called so",
            name=name,
            state=Sentence("several are") if people else Sentence("nobody is"),
        )
    return people[0]


def by_employee_id(session: Session, employee_id: str) -> Person:
    """Find a person by employee id.

    Raises:
        NotFound: there is none.
    """
    person = session.scalar(select(Person).where(Person.employee_id == employee_id))
    if person is None:
        raise NotFound("Expected to find employee {employee_id}, but there is none", employee_id=employee_id)
    return person


def expect_role(by: Identity, role: Role, intent: str) -> None:
    """Let pass only who has `role`.

    Raises:
        Forbidden: `by` has not.
    """
    if role not in by.groups and not by.operator:
        raise Forbidden(
            "Expected to {intent}, but {username} is not in {role}",
            intent=intent,
            username=by.username,
            role=role.value,
        )


def found(session: Session, *, code: str, name: str, by: Identity, name_en: str = "", parent: str = "") -> Department:
    """Add a department.

    Raises:
        Forbidden: `by` is not HR.
        NotFound: there is no such parent.
        Conflict: the code is taken.
    """
    expect_role(by, Role.HR, Sentence("add department {code}", code=code))
    if session.scalar(select(Department.key).where(Department.code == code)) is not None:
        raise Conflict("Expected to add department {code}, but the code is taken", code=code)
    parent_key = department(session, parent).key if parent else None
    row = Department(code=code, name=name, name_en=name_en, parent_key=parent_key)
    session.add(row)
    session.flush()  # people refer to it
    told = {"code": code, "name": name, "name_en": name_en, "parent": parent}
    amendments.note(session, "departments", code, None, told, by=by)
    return row


def department(session: Session, code: str) -> Department:
    """Find a department by its code.

    Raises:
        NotFound: there is none.
    """
    row = session.scalar(select(Department).where(Department.code == code))
    if row is None:
        raise NotFound("Expected to find department {code}, but there is none", code=code)
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
    """Add a person; an account without a password is made where there is none yet, and a post that is new is founded.

    Raises:
        Forbidden: `by` is not HR.
        NotFound: there is no such department.
        Conflict: the employee id or the account is somebody's, or the engine's own.
    """
    expect_role(by, Role.HR, Sentence("add employee {employee_id}", employee_id=employee_id))
    taken = or_(Person.employee_id == employee_id, Person.username == username)
    if username == ENGINE or session.scalar(select(Person.key).where(taken)) is not None:
        raise Conflict(
            "Expected to add employee {employee_id}, but that id or account {username} is somebody's",
            employee_id=employee_id,
            username=username,
        )
    placed_in = _department(session, department)
    give_account(session, username)
    person = Person(employee_id=employee_id, username=username, name=name, name_en=name_en)
    session.add(person)
    session.flush()  # all that holds for the person refers to it
    session.add(Spell(person_key=person.key, valid_from=employed_from))
    placement = Placement(person_key=person.key, department_key=placed_in.key, valid_from=employed_from)
    placement.post_key = _post(session, post, by).key if post else None
    session.add(placement)
    session.add_all(Membership(username=username, group=role.value, valid_from=employed_from) for role in {*roles})
    session.flush()  # reporting lines and reviews refer to it
    _note(session, person, {"department": department, "post": post}, employed_from, roles=roles, by=by)
    return person


def use_calendar(session: Session, person: Person, name: str | None, *, by: Identity) -> None:
    """Let somebody work by a calendar of their own, or again by that of each cycle (E-46).

    Raises:
        Forbidden: `by` is not HR.
        NotFound: there is no such calendar.
    """
    expect_role(by, Role.HR, Sentence("choose the calendar of employee {employee_id}", employee_id=person.employee_id))
    if name is not None:
        calendars.calendar(session, name)
    account = session.get_one(Account, person.username)
    before, account.calendar = account.calendar, name
    told = [{"employee_id": person.employee_id, "calendar": named or ""} for named in (before, name)]
    amendments.note(session, "people", person.employee_id, *told, by=by)


def in_role(session: Session, role: Role, on: date | None = None) -> list[Person]:
    """List the people who are in a role on a day, today unless it is said, by employee id."""
    day = on or calendars.today(session)
    members = select(Membership.username).where(Membership.group == role.value, Membership.holds_on(day))
    return list(session.scalars(select(Person).where(Person.username.in_(members)).order_by(Person.employee_id)))


def give_account(session: Session, username: str) -> None:
    """Make an account without a password where there is none yet."""
    if session.get(Account, username) is None:
        identity.register(session, username, password=None)


# `hire` names its parameter by the noun too.
_department = department


def _post(session: Session, name: str, by: Identity) -> Post:
    """Find a post by code or name; one that is new is founded under its own name."""
    post = session.scalar(select(Post).where(or_(Post.code == name, Post.name == name)).order_by(Post.key).limit(1))
    if post is None:
        post = Post(code=name, name=name)
        session.add(post)
        session.flush()  # the placement refers to it
        amendments.note(session, "posts", name, None, {"code": name, "name": name}, by=by)
    return post


def _note(
    session: Session, person: Person, place: dict[str, str], day: date, *, roles: Sequence[Role], by: Identity
) -> None:
    who, since = {"employee_id": person.employee_id}, {"valid_from": day.isoformat()}
    about = {"username": person.username, "name": person.name, "name_en": person.name_en}
    amendments.note(session, "people", person.employee_id, None, who | about, by=by)
    amendments.note(session, "spells", person.employee_id, None, who | since, by=by)
    amendments.note(session, "placements", person.employee_id, None, who | place | since, by=by)
    for role in roles:
        amendments.note(session, "roles", person.employee_id, None, who | {"role": role.value} | since, by=by)
