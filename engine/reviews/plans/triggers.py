"""Triggers: what results propose by their cycle's decision table; HR decides, rank opens nothing (X-03, W-13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, feel
from engine.bpmn import definitions
from engine.bpmn.models import DecisionDefinition
from engine.calendars import same_day_months_later
from engine.errors import Conflict, Invalid, Problem
from engine.identity import Identity
from engine.reviews.consequences.follow_ups import Match
from engine.reviews.cycle import cycles
from engine.reviews.models import Cycle, CycleKind, CycleState, FollowUp, Outcome, Plan, PlanState, Review, Role
from engine.reviews.models import PlanRules as Row
from engine.reviews.organisation import people
from engine.reviews.plans import ability, plan_rules, plans
from engine.reviews.plans.plan_rules import PlanRules
from engine.reviews.plans.plans import Ground
from engine.reviews.release import results
from engine.reviews.sentences import Sentence
from engine.reviews.settlements import streaks
from engine.reviews.settlements.streaks import Period, StreakRule


class Opens(StrEnum):
    """What a table answers."""

    PLAN = "plan"
    """An improvement plan (PIP)."""
    ABILITY = "ability"
    """A plan of one's own with a second evaluation (能力提升计划, 001): no PIP."""
    UNSET = "unset"
    """Nothing: the table needs a number that the cycle does not give."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a table answered of a result: what it opens, on which ground."""

    opens: Opens
    ground: Ground


def choose(session: Session, cycle: Cycle, chosen: PlanRules, *, by: Identity) -> None:
    """Choose the plan rules of a cycle that is not launched, as HR; the ones before are kept on record.

    The version of the table that is deployed now is chosen with them: another one holds for cycles that choose it.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: the cycle is launched.
        Invalid: there is no such decision table, or it needs a number that is not given (004).
    """
    intent = Sentence("choose the plan rules of cycle {label}", label=cycle.label)
    people.expect_role(by, Role.HR, intent)
    if cycle.state is not CycleState.DRAFT:
        raise Conflict(
            "Expected to {intent}, but it is {state}: its rules are frozen", intent=intent, state=cycle.state.value
        )
    table = definitions.latest(session, DecisionDefinition, chosen.trigger)
    if chosen.trigger and (problem := _problem(session, chosen, table)) is not None:
        raise Invalid("Expected to {intent}, but they cannot be applied", [problem], intent=intent)
    row = Row(
        cycle_key=cycle.key,
        trigger=chosen.trigger,
        decision_key=table.key if table else None,
        mapping=dict(chosen.mapping),
        repeated=chosen.repeated,
        target=str(chosen.target),
        lookback=chosen.lookback,
        set_by=by.username,
        set_at=clock.now(session),
    )
    session.add(row)
    session.flush()  # the newest holds


def find(session: Session, review: Review) -> Finding | None:
    """Find what the result in force of a review opens; None where it opens nothing.

    A period that lies within an earlier plan opens no other: nobody is judged twice for it (E-84).
    """
    since = _last_observed(session, review.appraisee_key)
    return answer(session, review, since)


def answer(session: Session, review: Review, since: date | None = None) -> Finding | None:
    """Ask the table of a review's cycle about its result in force; periods that begin up to `since` do not count."""
    cycle = cycles.found(session, review.cycle_key)
    rules = plan_rules.of_cycle(session, cycle)
    result = results.newest(session, review)
    table = plan_rules.table_of(session, cycle)
    if table is None or result is None or result.released_at is None or result.annulled or cycle.pilot:
        return None
    if since is not None and cycle.starts_on <= since:
        return None
    known = [one for one in streaks.of_person(session, review.appraisee_key, cycle.ends_on) if _is_after(one, since)]
    missed = _missed(known, rules, CycleKind.MONTH)
    failed = _missed(known, rules, cycle.kind)
    level = results.level_id(session, result)
    facts = {
        "grade": rules.mapping.get(level, level),
        "missedMonths": len(missed),
        "failedInARow": len(failed),
        "repeated": rules.repeated,
    }
    told = _ask(session, table, facts)
    if not isinstance(told, dict) or told.get("opens") not in (Opens.PLAN, Opens.ABILITY):
        return None
    rests_on = {"missedMonths": missed, "failedInARow": failed}.get(str(told.get("restsOn")), ())
    keys = {result.key, *(_result_key(session, one) for one in rests_on)}
    return Finding(Opens(told["opens"]), Ground(str(told["ground"]), rules.trigger, tuple(sorted(keys))))


def propose(session: Session, review: Review, *, by: Identity) -> Plan | FollowUp | None:
    """Propose what the review's result opens; a plan that is not observed yet gets a second ground (E-82).

    Nothing is proposed twice on the same results, and a running observation is not added to.
    """
    found = find(session, review)
    if found is None:
        return None
    if found.opens is Opens.ABILITY:
        return ability.propose(session, review, found.ground, by=by)
    if _is_known(session, review, found.ground):
        return None
    running = plans.running_of(session, review.appraisee_key)
    if running is None:
        plan = plans.begin(session, review, found.ground, by=by)
        plan.follows_key = _relapse_of(session, review)
        return plan
    if running.state is PlanState.PROPOSED:
        plans.add_ground(session, running, found.ground)
        return running
    return None


def ability_of(session: Session, review: Review) -> Match | None:
    """Find the ability plan that the result in force of a review opens; None where it opens none."""
    found = find(session, review)
    return ability.match(session, review, found.ground) if found and found.opens is Opens.ABILITY else None


def propose_in(session: Session, cycle: Cycle, *, by: Identity) -> list[Plan | FollowUp]:
    """Propose plans for all released results of a cycle, as HR.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: its results are not released, or it has no trigger.
    """
    intent = Sentence("propose plans in cycle {label}", label=cycle.label)
    people.expect_role(by, Role.HR, intent)
    if cycle.released_at is None:
        raise Conflict("Expected to {intent}, but its results are not released", intent=intent)
    if not plan_rules.of_cycle(session, cycle).trigger:
        raise Conflict("Expected to {intent}, but no rule of it proposes any: people do", intent=intent)
    proposed = [propose(session, review, by=by) for review in cycles.reviews_of(session, cycle)]
    return [one for one in proposed if one is not None]


def _problem(session: Session, chosen: PlanRules, table: DecisionDefinition | None) -> Problem | None:
    if table is None:
        return Problem(
            Sentence("There is no decision {name}", name=chosen.trigger), "plans/trigger", "unknown-decision"
        )
    nothing = {"grade": "", "missedMonths": 0, "failedInARow": 0, "repeated": chosen.repeated}
    answer = _ask(session, table, nothing)
    if isinstance(answer, dict) and answer.get("opens") == Opens.UNSET:
        sentence = Sentence("It must say how many in a row are a repetition: the document gives no number")
        return Problem(sentence, "plans/repeated", "missing")
    return None


def _ask(session: Session, table: DecisionDefinition, facts: Mapping[str, object]) -> object:
    """Evaluate a table; None where it has no answer."""
    try:
        return definitions.decision(session, table).evaluate(facts).output
    except feel.FeelError:
        return None


def _missed(known: Sequence[Period], rules: PlanRules, unit: CycleKind) -> list[Period]:
    """List the running streak of periods under target; it crosses years, cycles and superiors (W-13)."""
    rule = StreakRule(id="missed", name="", n=1, unit=unit, below=Fraction(rules.target))
    return streaks.running(rule, known)


def _is_after(period: Period, since: date | None) -> bool:
    return since is None or period.starts_on > since


def _last_observed(session: Session, person_key: int) -> date | None:
    """Find the last day of somebody's last observed plan, today's while it runs; voided ones never were."""
    observed = select(Plan).where(Plan.appraisee_key == person_key, Plan.starts_on.is_not(None))
    there = (one for one in session.scalars(observed.order_by(Plan.key)).all() if one.outcome is not Outcome.VOIDED)
    days = [plans.day_of(session, one, one.ended_at or clock.now(session)) for one in there]
    return max(days, default=None)


def _is_known(session: Session, review: Review, ground: Ground) -> bool:
    """Tell whether a plan of the appraisee rests on the same results by the same rule, whatever became of it."""
    before = session.scalars(select(Plan).where(Plan.appraisee_key == review.appraisee_key)).all()
    keys = sorted(str(key) for key in ground.result_keys)
    grounds = (one for plan in before for one in plans.grounds_of(session, plan))
    return any(one.rule == ground.rule and sorted(one.result_keys) == keys for one in grounds)


def _relapse_of(session: Session, review: Review) -> int | None:
    """Find the passed plan after which this one is a relapse (E-89)."""
    rules = plan_rules.of_cycle(session, cycles.found(session, review.cycle_key))
    passed = select(Plan).where(Plan.appraisee_key == review.appraisee_key, Plan.outcome == Outcome.PASSED)
    last = session.scalar(passed.order_by(Plan.key.desc()).limit(1))
    if last is None or last.ended_at is None:
        return None
    ended = plans.day_of(session, last, last.ended_at)
    today = plans.today_of(session, last)
    return last.key if today <= same_day_months_later(ended, rules.lookback) else None


def _result_key(session: Session, period: Period) -> int:
    return results.expected(session, session.get_one(Review, period.key)).key
