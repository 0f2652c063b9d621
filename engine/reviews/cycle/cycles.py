"""Cycles: drafted by HR, launched once, released at one moment, closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.bpmn import chores, instances
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.identity import SYSTEM, Identity
from engine.reviews.cycle import findings, reviews
from engine.reviews.cycle.findings import Finding
from engine.reviews.deadlines import timing
from engine.reviews.models import TEAMS, Cycle, CycleState, Person, Review, ReviewState, Role, Treatment
from engine.reviews.organisation import people, snapshots
from engine.reviews.organisation.registers import Register
from engine.reviews.rating import departures, raters
from engine.reviews.rulebook import assignments, eligibility, templates
from engine.reviews.rulebook.tables import Tables
from engine.reviews.sentences import Sentence

BATCH = 100
"""How many processes one transaction starts."""

BEGIN = "begin-reviews"
"""The chore that starts the next batch of a launched cycle."""


def draft(
    session: Session,
    *,
    label: str,
    starts_on: date,
    ends_on: date,
    template_key: int,
    by: Identity,
    process_id: str = "review",
    zone: str = "Asia/Shanghai",
) -> Cycle:
    """Draft a cycle.

    Raises:
        Forbidden: `by` is not HR.
        NotFound: there is no such template.
        Conflict: the label is taken.
        Invalid: the period ends before it starts, or there is no such zone.
    """
    people.expect_role(by, Role.HR, Sentence("draft cycle {label}", label=label))
    templates.found(session, template_key)
    if session.scalar(select(Cycle.key).where(Cycle.label == label)) is not None:
        raise Conflict("Expected to draft cycle {label}, but the label is taken", label=label)
    problems = _draft_problems(starts_on, ends_on, zone)
    if problems:
        raise Invalid("Expected to draft cycle {label}, but its dates do not fit", problems, label=label)
    cycle = Cycle(
        label=label,
        starts_on=starts_on,
        ends_on=ends_on,
        zone=zone,
        template_key=template_key,
        process_id=process_id,
        drafted_by=by.username,
    )
    session.add(cycle)
    session.flush()  # reviews refer to it
    return cycle


def found(session: Session, key: int) -> Cycle:
    """Find a cycle by key.

    Raises:
        NotFound: there is none.
    """
    cycle = session.get(Cycle, key)
    if cycle is None:
        raise NotFound("Expected to find cycle {key}, but there is none", key=key)
    return cycle


def labelled(session: Session, label: str) -> Cycle:
    """Find a cycle by its label, such as 2025 Q3.

    Raises:
        NotFound: there is none.
    """
    cycle = session.scalar(select(Cycle).where(Cycle.label == label))
    if cycle is None:
        raise NotFound("Expected to find cycle {label}, but there is none", label=label)
    return cycle


def only_running(session: Session) -> Cycle:
    """Find the one cycle that is launched and not closed.

    Raises:
        NotFound: none is, or several are.
    """
    launched = select(Cycle).where(Cycle.state == CycleState.LAUNCHED, Cycle.stretches_of_key.is_(None))
    running = session.scalars(launched).all()
    if len(running) != 1:
        labels = ", ".join(cycle.label for cycle in running)
        raise NotFound(
            "Expected to find the one cycle that runs, but {state}",
            state=Sentence("several do: {labels}", labels=labels) if running else Sentence("none does"),
        )
    return running[0]


def reviews_of(session: Session, cycle: Cycle) -> Sequence[Review]:
    """List the reviews of a cycle by appraisee."""
    return session.scalars(
        select(Review).join(Person, Person.key == Review.appraisee_key).where(Review.cycle_key == cycle.key)
        .order_by(Person.employee_id)
    ).all()  # fmt: skip


def to_be_rated(session: Session, cycle: Cycle) -> list[Review]:
    """List the running reviews of a cycle that have a result or will have one."""
    running = (one for one in reviews_of(session, cycle) if one.state is ReviewState.RUNNING)
    return [one for one in running if one.treatment is Treatment.RATED]


def enrol(session: Session, cycle: Cycle, appraisee: Person, *, by: Identity) -> Review:
    """Enter an appraisee in a cycle that is not launched.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: the cycle is launched, or the appraisee is in it already.
    """
    people.expect_role(
        by, Role.HR, Sentence("enrol {username} in cycle {label}", username=appraisee.username, label=cycle.label)
    )
    _expect_state(cycle, CycleState.DRAFT, Sentence("enrol somebody in"))
    there = select(Review.key).where(Review.cycle_key == cycle.key, Review.appraisee_key == appraisee.key)
    if session.scalar(there) is not None:
        raise Conflict(
            "Expected to enrol {username} in cycle {label}, but the review is there already",
            username=appraisee.username,
            label=cycle.label,
        )
    review = Review(cycle_key=cycle.key, appraisee_key=appraisee.key)
    session.add(review)
    session.flush()  # raters refer to it
    return review


def use_template(session: Session, cycle: Cycle, template_key: int, *, by: Identity) -> None:
    """Let a cycle that is not launched be scored by another version of the rules.

    Raises:
        Forbidden: `by` is not HR.
        NotFound: there is no such template.
        Conflict: the cycle is launched.
    """
    people.expect_role(by, Role.HR, Sentence("choose the template of cycle {label}", label=cycle.label))
    templates.found(session, template_key)
    _expect_state(cycle, CycleState.DRAFT, Sentence("choose the template of"))
    cycle.template_key = template_key


def check(session: Session, cycle: Cycle, today: date | None = None) -> list[Finding]:
    """Find what forbids launching a cycle on a day, and what HR should know before."""
    return findings.of_cycle(session, reviews_of(session, cycle), tables(session, cycle, today))


def launching_problems(session: Session, cycle: Cycle) -> list[Problem]:
    """Name what forbids launching a cycle today: unpublished rules, nobody to review, raters or superiors missing."""
    return findings.blocking(check(session, cycle))


def launch(session: Session, cycle: Cycle, *, by: Identity, most: int = BATCH) -> Sequence[Review]:
    """Freeze rules and reporting lines and let the reviews begin, `most` of their processes at once.

    Where there are more, a chore begins them, a transaction for each batch; `begin_waiting` is for who will not wait.
    Whoever takes no part has a closed review and no process. Returns the reviews that run.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: it is launched already.
        Invalid: something is missing, named person by person.
    """
    people.expect_role(by, Role.HR, Sentence("launch cycle {label}", label=cycle.label))
    _expect_state(cycle, CycleState.DRAFT, Sentence("launch"))
    enrolled, asked = reviews_of(session, cycle), tables(session, cycle)
    if problems := findings.blocking(findings.of_cycle(session, enrolled, asked)):
        raise Invalid("Expected to launch cycle {label}, but it is not complete", problems, label=cycle.label)
    cycle.state = CycleState.LAUNCHED
    cycle.launched_at = clock.now(session)
    for review in enrolled:
        freeze(session, review, asked)
    session.flush()  # the processes that start next read them
    departures.watch(session, cycle)
    if begin_waiting(session, cycle, by=by, most=most):
        chores.defer(session, BEGIN, {"cycle": str(cycle.key)})
    return [review for review in enrolled if review.state is ReviewState.RUNNING]


def begin_waiting(session: Session, cycle: Cycle, *, by: Identity, most: int = BATCH) -> int:
    """Start the processes of a launched cycle's reviews that have none yet, `most` of them; return how many are left.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: the cycle is not launched.
        NotFound: the cycle's process is not deployed.
    """
    people.expect_role(by, Role.HR, Sentence("start the reviews of cycle {label}", label=cycle.label))
    session.refresh(cycle, with_for_update=True)  # of two who begin the same batch the second finds it begun
    _expect_state(cycle, CycleState.LAUNCHED, Sentence("start the reviews of"))
    waiting = unbegun(session, cycle)
    for review in waiting[:most]:
        begin(session, cycle, review, by)
    return len(waiting[most:])


def tables(session: Session, cycle: Cycle, today: date | None = None) -> Tables:
    """Read what the people of a cycle are looked up in, once for all of them."""
    return Tables(session, cycle, Register(session, today or calendars.today(session, ZoneInfo(cycle.zone))))


def freeze(session: Session, review: Review, tables: Tables) -> None:
    """Pin the line, the rules and the treatment to a review, and ask those who rate by their position."""
    member = snapshots.take(session, tables.cycle, review.appraisee_key, tables.register)
    review.superior_key = member.superior_key
    review.second_superior_key = member.second_superior_key
    review.department_key = member.department_key
    review.state = ReviewState.RUNNING
    assignments.freeze(review, tables)
    if eligibility.freeze(review, tables) is Treatment.RATED:
        _ask_by_position(session, review, tables.register)


def unbegun(session: Session, cycle: Cycle) -> list[Review]:
    """List the reviews of a launched cycle whose processes are still to be started."""
    return [r for r in reviews_of(session, cycle) if r.state is ReviewState.RUNNING and r.instance_key is None]


@chores.chore(BEGIN)
def begin_next(session: Session, *, cycle: str) -> None:
    """Start the next batch of a launched cycle, and have the one after it started; run again, it starts none twice."""
    held = found(session, int(cycle))
    if held.state is CycleState.LAUNCHED and begin_waiting(session, held, by=SYSTEM):
        chores.defer(session, BEGIN, {"cycle": cycle})


def begin(session: Session, cycle: Cycle, review: Review, by: Identity) -> None:
    """Start the process of a launched cycle's review."""
    instance = instances.start(
        session,
        process_id=cycle.process_id,
        variables={
            "review": str(review.key),
            "appraisee": _username(session, review.appraisee_key),
            "superior": _username(session, review.superior_key),
            "secondSuperior": _username(session, review.second_superior_key),
            "cycle": cycle.label,
            "treatment": review.treatment.value,
            "team": cycle.kind in TEAMS,
            **timing.variables(cycle),
        },
        by=by.trusted(),
        origin=timing.origin(cycle, review.key),
    )
    review.instance_key = instance.key


def close(session: Session, cycle: Cycle, *, by: Identity) -> None:
    """Close a cycle whose reviews are all over.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: it is not launched, or reviews are still open.
    """
    people.expect_role(by, Role.HR, Sentence("close cycle {label}", label=cycle.label))
    _expect_state(cycle, CycleState.LAUNCHED, Sentence("close"))
    over = (ReviewState.SIGNED, ReviewState.CLOSED)
    if left := sum(review.state not in over for review in reviews_of(session, cycle)):
        raise Conflict(
            "Expected to close cycle {label}, but {left} of its reviews are not over", label=cycle.label, left=left
        )
    cycle.state = CycleState.CLOSED
    cycle.closed_at = clock.now(session)


def _username(session: Session, key: int | None) -> str | None:
    return None if key is None else people.by_key(session, key).username


def _expect_state(cycle: Cycle, state: CycleState, verb: str) -> None:
    if cycle.state is not state:
        raise Conflict(
            "Expected to {verb} cycle {label}, but it is {state}, not {other_state}",
            verb=verb,
            label=cycle.label,
            state=cycle.state.value,
            other_state=state.value,
        )


def _draft_problems(starts_on: date, ends_on: date, zone: str) -> list[Problem]:
    problems = []
    if ends_on < starts_on:
        problems.append(Problem(Sentence("The period ends before it starts"), "ends_on", "period-backwards"))
    if zone not in available_timezones():
        problems.append(Problem(Sentence("There is no zone {zone}", zone=zone), "zone", "unknown-zone"))
    return problems


def _ask_by_position(session: Session, review: Review, register: Register) -> None:
    """Ask those who rate by their position; without a dotted line nobody is asked from there (E-10)."""
    dotted: list[int | None] = [person.key for person in register.dotted(review.appraisee_key)]
    persons: dict[str, list[int | None]] = {
        raters.SELF: [review.appraisee_key],
        raters.SUPERIOR: [review.superior_key],
    }
    for group in reviews.template(session, review).rater_groups:
        for key in persons.get(group.id, dotted) if group.by_position else ():
            if key is not None:
                raters.add(session, review, key, group)
