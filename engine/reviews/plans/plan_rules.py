"""Plan rules: by which decision table a cycle's results propose a plan, and its levels on that table's scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn import definitions
from engine.bpmn.models import DecisionDefinition
from engine.dmn import Listing
from engine.errors import Invalid, Problem
from engine.reviews.models import Cycle
from engine.reviews.models import PlanRules as Row
from engine.reviews.sentences import Sentence

ANSWERS = {"opens", "ground"}
"""What a table that can propose plans answers, among other things."""

MOST = 36
"""The most results in a row, or months to look back, that a rule may name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRules:
    """When a cycle's results propose a plan (X-03); without a choice of HR's only people propose.

    Attributes:
        trigger: the id of the decision table; empty for none.
        mapping: what the cycle's levels are on the scale that the table speaks of; others keep their id (X-01, X-02).
        repeated: how many results in a row are a repetition: document 004 gives no number.
        target: the total at which a period reaches its target.
        lookback: for how many months after a passed plan another one is a relapse (E-89).
    """

    trigger: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    repeated: int | None = None
    target: Decimal = Decimal(100)
    lookback: int = 6


def read(given: Mapping[str, Any]) -> PlanRules:
    """Read plan rules as HR's files write them.

    Raises:
        Invalid: something is unknown, or of the wrong kind; each place is named.
    """
    problems = [
        Problem(Sentence("There is nothing called {name}", name=name), f"plans/{name}", "unknown")
        for name in given
        if name not in _FITS
    ]
    problems += [
        Problem(Sentence("It is not written as it must be"), f"plans/{name}", "wrong-value")
        for name, fits in _FITS.items()
        if name in given and not fits(given[name])
    ]
    if problems:
        raise Invalid("Expected to read the plan rules of a cycle, but they are not written as such", problems)
    said = dict(given)
    if "target" in said:
        said["target"] = Decimal(said["target"])
    return PlanRules(**said)


def of_cycle(session: Session, cycle: Cycle) -> PlanRules:
    """Give the plan rules of a cycle."""
    row = _chosen(session, cycle)
    if row is None:
        return PlanRules()
    return PlanRules(
        trigger=row.trigger,
        mapping=row.mapping,
        repeated=row.repeated,
        target=Decimal(row.target),
        lookback=row.lookback,
    )


def table_of(session: Session, cycle: Cycle) -> DecisionDefinition | None:
    """Find the version of the table that a cycle goes by: the one that was chosen, not what was deployed since."""
    row = _chosen(session, cycle)
    return session.get_one(DecisionDefinition, row.decision_key) if row and row.decision_key else None


def tables(session: Session) -> dict[str, tuple[DecisionDefinition, Listing]]:
    """Find the decision tables that can propose plans, by id, each in its latest version: they say what they open."""
    rows = session.scalars(
        select(DecisionDefinition).order_by(DecisionDefinition.decision_id, DecisionDefinition.version)
    )
    latest = {row.decision_id: row for row in rows}
    listed = {name: (row, definitions.listing(session, row)) for name, row in latest.items()}
    return {name: (row, found) for name, (row, found) in listed.items() if found and set(found.answers) >= ANSWERS}


def _chosen(session: Session, cycle: Cycle) -> Row | None:
    return session.scalar(select(Row).where(Row.cycle_key == cycle.key).order_by(Row.key.desc()).limit(1))


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(level, str) for level in value.values())


def _is_total(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and Decimal(value).is_finite() and value > 0


_FITS = {
    "trigger": lambda value: isinstance(value, str),
    "mapping": _is_mapping,
    "repeated": _is_count,
    "target": _is_total,
    "lookback": _is_count,
}
"""Whether a value is of its kind, by name."""
