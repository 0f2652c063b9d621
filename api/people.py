"""People, and who reports to whom."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate
from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, DayField, KeyField, NameField, example
from api.lists import PageSchema, Rows, list_schema, listed, one
from api.views import View
from engine import calendars
from engine.reviews import access
from engine.reviews.models import Department, Line, Person, Placement, Post, ReportingLine, Role, Spell
from engine.reviews.organisation import employments, lines, people
from engine.reviews.panels import vacancies

blueprint = Blueprint("people", __name__, url_prefix="/api/people", description="People, and who reports to whom")

USERNAME = example("zhang.wei", "The account's name; user tasks are assigned to it")


class PersonSchema(CamelSchema):
    """Somebody who is or was employed."""

    key = KeyField(attribute="Person.key")
    employee_id = fields.String(attribute="Person.employee_id", metadata=example("S003"))
    username = fields.String(attribute="Person.username", metadata=USERNAME)
    name = fields.String(attribute="Person.name", metadata=example("张伟"))
    name_en = fields.String(attribute="Person.name_en", metadata=example("Zhang Wei"))
    department = fields.String(allow_none=True, metadata=example("sales", "Where the person is today"))
    post = fields.String(allow_none=True, metadata=example("客户经理", "The post of today, by its name"))
    employed_from = fields.Date(allow_none=True, metadata={"description": "Of the last time of employment"})
    employed_until = fields.Date(allow_none=True, metadata={"description": "The last day of it; null without one"})
    superior = fields.String(allow_none=True, metadata=example("li.na", "The superior of today; null at the top"))


class PeopleQuerySchema(PageSchema):
    """Which people."""

    department = NameField(metadata=example("sales"))
    username = NameField(metadata=example("zhang.wei"))


class HireSchema(CamelSchema):
    """Somebody to add."""

    employee_id = NameField(required=True, most=50, metadata=example("S003"))
    username = NameField(required=True, metadata=USERNAME)
    name = NameField(required=True, metadata=example("张伟"))
    name_en = NameField(least=0, load_default="", metadata=example("Zhang Wei"))
    department = NameField(required=True, metadata=example("sales", "The department's code"))
    post = NameField(least=0, load_default="", metadata=example("客户经理"))
    employed_from = DayField(required=True, metadata=example("2024-01-01"))
    roles = fields.List(fields.Enum(Role, by_value=True), load_default=list, validate=validate.Length(max=len(Role)))


class SuperiorSchema(CamelSchema):
    """To whom somebody reports, and from when on."""

    superior = NameField(required=True, metadata=example("li.na"))
    valid_from = DayField(required=True, metadata=example("2025-07-01"))
    kind = fields.Enum(Line, by_value=True, load_default=Line.PRIMARY)


class PersonCalendarSchema(CamelSchema):
    """By which working calendar somebody works."""

    calendar = NameField(required=True, allow_none=True, metadata=example("US", "null follows the cycle"))


@blueprint.route("")
class People(View):
    """The people."""

    @blueprint.arguments(PeopleQuerySchema, location="query")
    @blueprint.response(200, list_schema("Person", PersonSchema))
    @blueprint.refuses(422)
    def get(self, query: dict[str, Any]) -> dict[str, object]:
        """List people.

        Everybody sees themselves and those below them; HR and finance see all.
        """
        statement = _known(self.session)
        if "department" in query:
            statement = statement.where(Department.code == query["department"])
        if "username" in query:
            statement = statement.where(Person.username == query["username"])
        return listed(self.session, statement, Person.key, query)

    @blueprint.arguments(HireSchema)
    @blueprint.response(201, PersonSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any]) -> Any:
        """Add a person.

        An account without a password is made where there is none yet.
        """
        person = people.hire(self.session, **body, by=auth.caller())
        return one(self.session, _known(self.session).where(Person.key == person.key))


@blueprint.route("/<key:key>")
class OnePerson(View):
    """One person."""

    @blueprint.response(200, PersonSchema)
    @blueprint.refuses(404)
    def get(self, key: int) -> Any:
        """Get a person."""
        return one(self.session, _known(self.session).where(Person.key == key))


@blueprint.route("/<key:key>/calendar")
class PersonCalendar(View):
    """Somebody's own working calendar."""

    @blueprint.arguments(PersonCalendarSchema)
    @blueprint.response(204)
    @blueprint.refuses(403, 404, 422)
    def put(self, body: dict[str, Any], key: int) -> None:
        """Let somebody work by another calendar, as HR: the deadlines of tasks that begin from now on go by it."""
        person = people.by_key(self.session, key)
        people.use_calendar(self.session, person, body["calendar"], by=auth.caller())


@blueprint.route("/<key:key>/superior")
class Superior(View):
    """Somebody's superior."""

    @blueprint.arguments(SuperiorSchema)
    @blueprint.response(204)
    @blueprint.refuses(403, 404, 422)
    def put(self, body: dict[str, Any], key: int) -> None:
        """Assign a superior.

        It ends the line before, which is kept; a dotted line ends none but one to the same superior.
        """
        superior, by = people.named(self.session, body["superior"]), auth.caller()
        person = people.by_key(self.session, key)
        lines.assign(self.session, person, superior, valid_from=body["valid_from"], kind=body["kind"], by=by)
        vacancies.check_seats_of(self.session, superior, by=by)


def _known(session: Session) -> Rows:
    superior, today = aliased(Person), calendars.today(session)
    line = and_(
        ReportingLine.person_key == Person.key, ReportingLine.kind == Line.PRIMARY, ReportingLine.holds_on(today)
    )
    return (
        select(
            Person,
            Department.code.label("department"),
            Post.name.label("post"),
            Spell.valid_from.label("employed_from"),
            Spell.valid_until.label("employed_until"),
            superior.username.label("superior"),
        )
        .outerjoin(Placement, Placement.key == employments.placement_on(today))
        .outerjoin(Department, Department.key == Placement.department_key)
        .outerjoin(Post, Post.key == Placement.post_key)
        .outerjoin(Spell, Spell.key == employments.last_spell())
        .outerjoin(ReportingLine, line)
        .outerjoin(superior, superior.key == ReportingLine.superior_key)
        .where(access.people(session, auth.caller()))
    )
