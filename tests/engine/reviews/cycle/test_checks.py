"""Tests of engine.reviews.cycle.cycles: the check before a launch reads its people at once, however many they are."""

from datetime import date

from sqlalchemy import event

from engine import db
from engine.identity import SYSTEM
from engine.reviews.cycle import cycles
from engine.reviews.organisation import lines, people

HIRED = date(2024, 1, 1)


def test_a_check_of_many_asks_the_database_no_more_often_than_one_of_few(session, company, cycle, act):
    few = _statements_of_a_check(session, cycle)

    for number in range(12):
        who = {"employee_id": f"M{number}", "username": f"m{number}", "name": f"新{number}", "department": "sales"}
        newcomer = people.hire(session, **who, employed_from=HIRED, by=SYSTEM)
        lines.assign(session, newcomer, company["sun"], valid_from=HIRED, by=SYSTEM)
        cycles.enrol(session, cycle, newcomer, by=act("hui"))

    assert _statements_of_a_check(session, cycle) == few


def _statements_of_a_check(session, cycle):
    session.flush()
    sent = []
    event.listen(db.bound().pool, "before_cursor_execute", count := lambda *_: sent.append(1))
    cycles.check(session, cycle)
    event.remove(db.bound().pool, "before_cursor_execute", count)
    return len(sent)
