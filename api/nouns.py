"""HR's nouns, in the order of the API's document."""

from __future__ import annotations

from api import (
    actuals,
    appeals,
    cycles,
    departments,
    families,
    goals,
    library,
    me,
    notices,
    people,
    plans,
    regulations,
    results,
    reviews,
    scorecards,
    templates,
)

BLUEPRINTS = (
    me.blueprint,
    people.blueprint,
    departments.blueprint,
    regulations.blueprint,
    library.blueprint,
    templates.blueprint,
    cycles.blueprint,
    families.blueprint,
    goals.blueprint,
    reviews.blueprint,
    actuals.blueprint,
    scorecards.blueprint,
    results.blueprint,
    appeals.blueprint,
    plans.blueprint,
    notices.blueprint,
)
