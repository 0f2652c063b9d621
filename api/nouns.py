"""HR's nouns, in the order of the API's document, and what of the engine's Camunda's API has no word for."""

from __future__ import annotations

from api import (
    actuals,
    appeals,
    calendars,
    calibrations,
    cycles,
    departments,
    families,
    goals,
    library,
    me,
    notices,
    people,
    plans,
    process_instances,
    regulations,
    results,
    reviews,
    rosters,
    scorecards,
    templates,
)

BLUEPRINTS = (
    me.blueprint,
    people.blueprint,
    rosters.blueprint,
    departments.blueprint,
    regulations.blueprint,
    library.blueprint,
    calendars.blueprint,
    templates.blueprint,
    cycles.blueprint,
    families.blueprint,
    goals.blueprint,
    reviews.blueprint,
    actuals.blueprint,
    scorecards.blueprint,
    results.blueprint,
    calibrations.blueprint,
    appeals.blueprint,
    plans.blueprint,
    notices.blueprint,
    process_instances.blueprint,
)
