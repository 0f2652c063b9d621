"""HR's nouns, in the order of the API's document."""

from __future__ import annotations

from api import (
    actuals,
    appeals,
    calendars,
    cycles,
    departments,
    me,
    notices,
    people,
    plans,
    results,
    reviews,
    scorecards,
    templates,
)

BLUEPRINTS = (
    me.blueprint,
    people.blueprint,
    departments.blueprint,
    calendars.blueprint,
    templates.blueprint,
    cycles.blueprint,
    reviews.blueprint,
    actuals.blueprint,
    scorecards.blueprint,
    results.blueprint,
    appeals.blueprint,
    plans.blueprint,
    notices.blueprint,
)
