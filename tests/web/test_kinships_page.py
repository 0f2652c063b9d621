"""The page of kinships: declared by an employee or by HR, read by the two and HR alone."""

from __future__ import annotations

from sqlalchemy import select

from engine import db
from engine.reviews.models import Person


def address_of(username):
    with db.reading() as session:
        return f"/people/{session.scalars(select(Person.key).where(Person.username == username)).one()}/kinships"


def test_an_employee_declares_a_kinship_that_the_other_and_hr_read_and_nobody_else(company, at):
    own = at("zhang.wei")

    empty = own.sends(address_of("zhang.wei"), other="wu.fang", relation=" ")
    unknown = own.sends(address_of("zhang.wei"), other="nobody.here", relation="Cousin")
    declared = own.sends(address_of("zhang.wei"), other="吴芳", relation="Cousin")

    assert (empty.status_code, unknown.status_code, declared.status_code < 400) == (422, 404, True)
    assert "Declare whom you are related to" in own.reads("/appeals")
    for name in ("zhang.wei", "zhao.min"):
        assert "Cousin" in at(name).reads(address_of("zhang.wei"))
    assert "Cousin" in at("wu.fang").reads(address_of("wu.fang"))
    at("li.na").reads(address_of("zhang.wei"), 403)


def test_hr_declares_a_kinship_from_the_page_of_a_person(company, at):
    hr = at("zhao.min", "zh_CN")
    path = address_of("li.na")

    declared = hr.sends(path, other="chen.jing", relation="夫妻")

    assert declared.status_code < 400
    assert "夫妻" in hr.reads(path)
    assert "亲属关系" in hr.reads(path.removesuffix("/kinships"))
