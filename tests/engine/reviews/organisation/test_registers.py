"""Tests of engine.reviews.organisation.registers: read at once, everybody stands where they stand one by one."""

from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import select

from engine.identity import Account, Membership
from engine.reviews.models import (
    Department,
    Leave,
    LeaveKind,
    Line,
    Person,
    Placement,
    Post,
    ReportingLine,
    Role,
    Spell,
)
from engine.reviews.organisation import employments, lines
from engine.reviews.organisation.registers import Register
from engine.reviews.rating import candidacies

FIRST = date(2025, 1, 1)
DAYS = [FIRST + timedelta(days=offset) for offset in (0, 45, 90, 200)]


@pytest.mark.parametrize("seed", range(4))
def test_a_register_says_of_everybody_what_is_said_of_each(session, company, seed):
    _shuffle(session, Random(seed))  # noqa: S311 - chance that comes again
    everybody = session.scalars(select(Person)).all()

    for day in DAYS:
        register = Register(session, day)

        for one in everybody:
            assert _by_register(register, one.key) == _one_by_one(session, one, day)


def test_a_register_knows_no_row_that_is_added_after_it_was_read(session, company):
    ann = company["ann"].key
    before = Register(session, FIRST)
    assert before.days_of_leave(ann, FIRST, DAYS[1]) == 0

    session.add(Leave(person_key=ann, kind=LeaveKind.SICK, valid_from=FIRST, valid_until=FIRST))
    session.flush()

    assert before.days_of_leave(ann, FIRST, DAYS[1]) == 0
    assert Register(session, FIRST).days_of_leave(ann, FIRST, DAYS[1]) == 1


def _by_register(register, key):
    above = [one.key for one in register.levels(key)]
    superiors = [found.key if (found := register.superior(key, kind)) else None for kind in Line]
    return (
        above,
        superiors,
        [one.key for one in register.dotted(key)],
        register.spell(key),
        register.placement(key),
        register.department(key),
        register.post(key),
        register.days_of_leave(key, DAYS[1], DAYS[2]),
        register.is_employed(key) and register.can_log_in(key),
    )


def _one_by_one(session, one, day):
    above = [superior.key for superior in lines.levels_of(session, one.key, day)]
    superiors = [found.key if (found := lines.superior_of(session, one.key, day, kind)) else None for kind in Line]
    return (
        above,
        superiors,
        [superior.key for superior in lines.dotted_of(session, one.key, day)],
        employments.spell_of(session, one.key, day),
        employments.placement_of(session, one.key, day),
        employments.department_of(session, one.key, day),
        employments.post_of(session, one.key, day),
        employments.days_of_leave(session, one.key, DAYS[1], DAYS[2]),
        candidacies.is_there(session, one, day),
    )


def _shuffle(session, dice):
    """Let everybody join, leave, move, report and be away at random, some of it twice."""
    everybody = session.scalars(select(Person).order_by(Person.employee_id)).all()
    places = [row.key for row in session.scalars(select(Department))]
    session.add(post := Post(code="seller", name="客户经理", family="sales"))
    session.flush()
    for one in everybody:
        for first in dice.sample(range(1, 220, 3), dice.randint(0, 2)):
            since, until = FIRST + timedelta(days=first), FIRST + timedelta(days=first + dice.randint(1, 60))
            held = {"person_key": one.key, "valid_from": since, "valid_until": dice.choice((until, None))}
            above = dice.choice([other.key for other in everybody if other is not one])
            session.add(Spell(**held))
            session.add(Placement(**held, department_key=dice.choice(places), post_key=dice.choice((post.key, None))))
            session.add(Leave(**held, kind=LeaveKind.SICK))
            session.add(ReportingLine(**held, superior_key=above, kind=dice.choice(list(Line))))
        if dice.random() < 0.2:
            session.get_one(Account, one.username).disabled = True
    session.add(Membership(username=dice.choice(everybody).username, group=Role.BOARD.value, valid_from=FIRST))
    session.flush()
