"""Families of cycles: what a cycle covers, of which longer one it is a part, and whose teams it counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn import definitions
from engine.bpmn.models import DecisionDefinition
from engine.errors import Conflict, Invalid, Problem
from engine.identity import Identity
from engine.reviews.cycle import cycles
from engine.reviews.models import TEAMS, Cycle, CycleKind, CycleState, Role
from engine.reviews.organisation import people
from engine.reviews.sentences import Sentence

LENGTHS = (CycleKind.MONTH, CycleKind.QUARTER, CycleKind.HALF, CycleKind.YEAR)
"""The kinds that are periods, the shortest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relations:
    """How a cycle stands to others.

    Attributes:
        parent_key: the longer period that it is a part of.
        team_cycle_key: the cycle whose reviews give the teams' totals.
        template_decision: the decision table that names the template by post; empty where all have the cycle's own.
        pilot: whether its results are tried out and count nowhere.
        cut_off: who comes after this day sets targets only.
        eligibility_decision: the decision table that says who is rated.
    """

    kind: CycleKind = CycleKind.QUARTER
    parent_key: int | None = None
    team_cycle_key: int | None = None
    template_decision: str = ""
    pilot: bool = False
    cut_off: date | None = None
    eligibility_decision: str = "eligibility"


def relate(session: Session, cycle: Cycle, relations: Relations, *, by: Identity) -> None:
    """Say how a cycle that is not launched stands to others.

    Raises:
        Forbidden: `by` is not HR.
        NotFound: there is no such cycle or decision.
        Conflict: it is launched.
        Invalid: it cannot be a part of that cycle, or that is no cycle of teams; each is named.
    """
    intent = Sentence("relate cycle {label} to others", label=cycle.label)
    people.expect_role(by, Role.HR, intent)
    if cycle.state is not CycleState.DRAFT:
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=cycle.state.value)
    if relations.template_decision:
        definitions.find(session, DecisionDefinition, relations.template_decision)
    problems = [
        *_parent_problems(session, cycle, relations),
        *_part_problems(session, cycle, relations),
        *_team_problems(session, relations),
        *_cut_off_problems(cycle, relations),
    ]
    if problems:
        raise Invalid("Expected to {intent}, but that does not fit", problems, intent=intent)
    cycle.kind = relations.kind
    cycle.parent_key = relations.parent_key
    cycle.team_cycle_key = relations.team_cycle_key
    cycle.template_decision = relations.template_decision
    cycle.pilot = relations.pilot
    cycle.cut_off = relations.cut_off
    cycle.eligibility_decision = relations.eligibility_decision


def _parent_problems(session: Session, cycle: Cycle, relations: Relations) -> Iterator[Problem]:
    if relations.parent_key is None:
        return
    parent = cycles.found(session, relations.parent_key)
    if not (parent.starts_on <= cycle.starts_on and cycle.ends_on <= parent.ends_on):
        sentence = Sentence("Its period is not within that of {cycle}", cycle=parent.label)
        yield Problem(sentence, "parent_key", "outside-parent")
    if parent is cycle:
        yield Problem(Sentence("No cycle is a part of itself"), "parent_key", "own-parent")
    if _fits_into(relations.kind, parent.kind):
        return
    sentence = Sentence(
        "A {kind} is no part of a {parent}: only a shorter period is, or a stage of a special task",
        kind=relations.kind.value,
        parent=parent.kind.value,
    )
    yield Problem(sentence, "parent_key", "not-shorter")


def _part_problems(session: Session, cycle: Cycle, relations: Relations) -> Iterator[Problem]:
    """Name the parts that a cycle has and could not have as another kind."""
    for part in session.scalars(select(Cycle).where(Cycle.parent_key == cycle.key)):
        if not _fits_into(part.kind, relations.kind):
            sentence = Sentence("{cycle} is a part of it", cycle=part.label)
            yield Problem(sentence, "kind", "has-parts")


def _fits_into(kind: CycleKind, longer: CycleKind) -> bool:
    """Tell whether a kind of cycle is a part of another: a shorter period, or a stage of a special task (L002-04)."""
    if {kind, longer} <= set(LENGTHS):
        return LENGTHS.index(kind) < LENGTHS.index(longer)
    return kind is CycleKind.STAGE and longer is CycleKind.SPECIAL


def _cut_off_problems(cycle: Cycle, relations: Relations) -> Iterator[Problem]:
    if relations.cut_off is not None and relations.cut_off > cycle.ends_on:
        sentence = Sentence("The cut-off lies after the last day of the period, {day}", day=cycle.ends_on.isoformat())
        yield Problem(sentence, "cut_off", "after-period")


def _team_problems(session: Session, relations: Relations) -> Iterator[Problem]:
    if relations.team_cycle_key is None:
        return
    team = cycles.found(session, relations.team_cycle_key)
    if team.kind not in TEAMS:
        sentence = Sentence("{cycle} is no cycle of teams", cycle=team.label)
        yield Problem(sentence, "team_cycle_key", "not-a-team-cycle")
    if team.pilot and not relations.pilot:
        sentence = Sentence("{cycle} is a pilot, whose results count nowhere", cycle=team.label)
        yield Problem(sentence, "team_cycle_key", "pilot")
