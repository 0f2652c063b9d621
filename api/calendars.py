"""The working calendar: the company's own days off and workdays over the published notices, by version."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validate
from sqlalchemy import select

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, DayField, InstantField, NameField, example
from api.lists import PageSchema, list_schema, listed
from api.views import View
from engine import calendars
from engine.calendars import CalendarVersion
from engine.reviews.deadlines import holidays
from engine.reviews.deadlines.holidays import Quiet

blueprint = Blueprint("calendars", __name__, url_prefix="/api/calendars", description="Working days, by version")

LAST_YEAR = 2200


class QuietSchema(CamelSchema):
    """A time, both days included, in which nobody is told anything."""

    first = DayField(required=True, data_key="from", metadata=example("2026-02-09"))
    last = DayField(required=True, data_key="until", metadata=example("2026-02-13"))
    reason = NameField(required=True, metadata=example("春节前"))
    closed = fields.Boolean(
        load_default=False, metadata=example(value=False, description="Whether no deadline ends in it")
    )

    @post_load
    def make(self, given: dict[str, Any], **_: object) -> Quiet:
        """Make the quiet time."""
        return Quiet(**given)


class PublishedQuietSchema(CamelSchema):
    """A quiet time of a version."""

    first = fields.String(attribute="from", data_key="from")
    last = fields.String(attribute="until", data_key="until")
    reason = fields.String()
    closed = fields.Boolean()


class CalendarSchema(CamelSchema):
    """A working calendar as it holds now."""

    name = fields.String(metadata=example("CN"))
    version = fields.Integer(metadata=example(2, "0 where nothing lies over the published notices"))
    last_published_year = fields.Integer(
        metadata=example(2026, "The last year whose holiday notice is known; days beyond it are provisional")
    )


class OwnDaysSchema(CamelSchema):
    """The days that lie over the notices."""

    extra_holidays = fields.List(DayField(), required=True, metadata=example(["2025-10-09"]))
    extra_workdays = fields.List(DayField(), required=True, metadata=example(["2025-10-11"]))
    published_through = fields.Integer(
        strict=True,
        load_default=0,
        validate=validate.Range(0, LAST_YEAR),
        metadata=example(2027, "The last year whose notice is among these days; 0 leaves it to the published notices"),
    )
    quiet = fields.List(
        fields.Nested(QuietSchema), load_default=list, validate=validate.Length(max=holidays.MOST_QUIET)
    )
    country = NameField(load_default=calendars.HOME, metadata=example("CN", "Whose public holidays lie below"))
    weekend = fields.List(
        fields.Integer(strict=True, validate=validate.Range(0, 6)),
        load_default=lambda: sorted(calendars.WEEKEND),
        validate=validate.Length(max=6),
        metadata=example([5, 6], "The days of the week that are off, from 0 for Monday"),
    )
    note = NameField(required=True, metadata=example("国办发明电〔2025〕7号"))


class CalendarVersionSchema(CamelSchema):
    """One version of the company's own days. It never changes."""

    version = fields.Integer(attribute="CalendarVersion.version")
    extra_holidays = fields.List(fields.String(), attribute="CalendarVersion.extra_holidays")
    extra_workdays = fields.List(fields.String(), attribute="CalendarVersion.extra_workdays")
    published_through = fields.Integer(attribute="CalendarVersion.published_through")
    quiet = fields.List(fields.Nested(PublishedQuietSchema), attribute="CalendarVersion.quiet")
    country = fields.String(attribute="CalendarVersion.country")
    weekend = fields.List(fields.Integer(), attribute="CalendarVersion.weekend")
    note = fields.String(attribute="CalendarVersion.note")
    published_by = fields.String(attribute="CalendarVersion.published_by")
    published_at = InstantField(attribute="CalendarVersion.published_at")


class CalendarNamesSchema(CamelSchema):
    """The calendars by which cycles and people may go."""

    names = fields.List(fields.String(), required=True, metadata=example(["CN", "shift-a"]))


@blueprint.route("")
class Calendars(View):
    """The working calendars."""

    @blueprint.response(200, CalendarNamesSchema)
    def get(self) -> dict[str, object]:
        """List the calendars, the default one first."""
        return {"names": calendars.names(self.session)}


@blueprint.route("/<name>")
class OneCalendar(View):
    """One working calendar."""

    @blueprint.response(200, CalendarSchema)
    @blueprint.refuses(404)
    def get(self, name: str) -> dict[str, object]:
        """Get a calendar."""
        holding = calendars.calendar(self.session, name)
        version = calendars.latest_version(self.session, name)
        return {
            "name": name,
            "version": version.version if version else 0,
            "last_published_year": holding.last_published_year,
        }


@blueprint.route("/<name>/versions")
class Versions(View):
    """The versions of a calendar."""

    @blueprint.arguments(PageSchema, location="query")
    @blueprint.response(200, list_schema("CalendarVersion", CalendarVersionSchema))
    @blueprint.refuses(404, 422)
    def get(self, query: dict[str, Any], name: str) -> dict[str, object]:
        """List the versions of a calendar."""
        calendars.calendar(self.session, name)
        own = select(CalendarVersion).where(CalendarVersion.name == name)
        return listed(self.session, own, CalendarVersion.version, query)

    @blueprint.arguments(OwnDaysSchema)
    @blueprint.response(201, CalendarVersionSchema)
    @blueprint.refuses(403, 422)
    def post(self, body: dict[str, Any], name: str) -> dict[str, object]:
        """Publish the next version, as HR; open deadlines move with it, and those concerned are told.

        The first version of a new name makes the calendar.
        """
        return {"CalendarVersion": holidays.publish(self.session, **body, name=name, by=auth.caller())}
