"""Jobs: work that external workers take, do and complete, in any language (D20).

A worker takes a job for a while. If it does not complete the job until then, another may take it; so a job is done at
least once, and what is done twice is the worker's to recognise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypedDict
from uuid import uuid4

from sqlalchemy import ColumnElement, Select, exists, false, select, true
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn import element_instances, instances, moves, steps, store
from engine.bpmn.history import Event
from engine.bpmn.models import Job, JobState, Variables
from engine.bpmn.moves import Move, Verb
from engine.errors import Conflict, ErrorType, Forbidden, Incident, NotFound
from engine.identity import ENGINE, Identity
from engine.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a worker asks for.

    Attributes:
        limit: the most jobs it takes at once.
        timeout: how long it holds them.
        variables: the names of those it wants to see; none means all.
        leased: it will show for each job the lease that it gets with it, so that no other can act for it.
    """

    type: str
    limit: int
    timeout: timedelta
    worker: str = ""
    variables: Sequence[str] = ()
    leased: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A job in a worker's hand, with what it needs to know."""

    job: Job
    variables: Variables
    business_id: str | None
    element_instance_key: int


@dataclass(frozen=True, slots=True)
class Failure:
    """What a worker says of a job that it could not do.

    Attributes:
        retries: how often it is to be tried still.
        back_off: how long to wait before that.
        variables: what is to be kept at the element.
    """

    message: str = ""
    retries: int = 0
    back_off: timedelta = timedelta(0)
    variables: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Thrown:
    """A BPMN error that a worker throws: an outcome that the diagram handles."""

    code: str
    message: str | None = None
    variables: Mapping[str, object] = field(default_factory=dict)


class Changes(TypedDict, total=False):
    """What of a job is changed; what is not named stays as it is."""

    retries: int
    timeout: timedelta
    priority: int


def visible_to(identity: Identity) -> ColumnElement[bool]:
    """Return the condition for the jobs an account may know of: they are for operators."""
    return true() if identity.operator else false()


def get(session: Session, key: int, *, by: Identity) -> Job:
    """Return the job of a key.

    Raises:
        NotFound: there is none, or none that `by` may know of.
    """
    found = session.scalars(select(Job).where(Job.key == key, visible_to(by))).first()
    if found is None:
        raise NotFound(
            "Expected to find job {key}, but there is none that {username} may know of", key=key, username=by.username
        )
    return found


def are_there(session: Session, wanted: Wanted) -> bool:
    """Whether a worker would get anything now."""
    return bool(session.scalar(select(exists(_available(session, wanted)))))


def activate(session: Session, wanted: Wanted, *, by: Identity) -> list[Taken]:
    """Give a worker the jobs it asks for, the oldest first among those of the highest priority.

    No two workers get the same job: what one is about to take, the others pass by.

    Raises:
        Forbidden: `by` is no operator.
    """
    if not by.operator:
        raise Forbidden(
            "Expected to activate jobs of type {type}, but {username} is no operator",
            type=wanted.type,
            username=by.username,
        )
    query = _available(session, wanted).order_by(Job.priority.desc(), Job.key).limit(wanted.limit)
    found = session.scalars(query.with_for_update(skip_locked=True)).all()
    now = clock.now(session)
    for job in found:
        job.state, job.worker, job.updated_at = JobState.CREATED, wanted.worker, now
        job.deadline = job.available_at = now + wanted.timeout
        job.lease = str(uuid4()) if wanted.leased else None
    return [_taken(session, job, wanted.variables) for job in found]


def complete(
    session: Session, key: int, *, by: Identity, variables: Mapping[str, object], lease: str | None = None
) -> None:
    """Complete a job and carry its process instance on. What fails after it is an incident, not the worker's fault.

    Raises:
        NotFound: there is no such job, or none that `by` may know of.
        Conflict: no worker has it in hand, or another one has its lease.
    """
    job = _in_hand(session, key, Sentence("complete"), by, lease)
    _end(session, job, JobState.COMPLETED)
    done = Move(Verb.COMPLETE, job.token, job.element_id, Event.JOB_COMPLETED, by.username, variables)
    moves.make_or_park(session, job.instance_key, job.root_key, done)


def fail(session: Session, key: int, failure: Failure, *, by: Identity, lease: str | None = None) -> None:
    """Put a job back that could not be done: it is tried again, or is an incident if it has no retries left.

    Raises:
        NotFound: there is no such job, or none that `by` may know of.
        Conflict: no worker has it in hand, or another one has its lease.
        Incident: what it leaves at the element makes a condition true after which the process cannot go on.
    """
    job = _in_hand(session, key, Sentence("fail"), by, lease)
    now = clock.now(session)
    job.state, job.retries, job.error_message = JobState.FAILED, failure.retries, failure.message
    job.deadline, job.available_at, job.updated_at = None, now + failure.back_off, now
    with instances.moved(
        session, job.instance_key, job.root_key, by=by.username, event=Event.JOB_FAILED, element_id=job.element_id
    ) as step:
        step.details |= {"job": [str(key), job.worker, failure.retries, failure.message]}
        if failure.variables:
            step.execution.set_variables(job.token, failure.variables, local=True)
    if failure.retries == 0:
        message = failure.message or Sentence(
            "Expected to do job {key}, but it failed and no retries are left", key=key
        )
        _raise_incident(session, job, Incident(message, element_id=job.element_id, kind=ErrorType.JOB_NO_RETRIES), by)


def throw(session: Session, key: int, thrown: Thrown, *, by: Identity, lease: str | None = None) -> None:
    """End a job by a BPMN error; one that nothing catches is an incident.

    Raises:
        NotFound: there is no such job, or none that `by` may know of.
        Conflict: no worker has it in hand, or another one has its lease.
    """
    job = _in_hand(session, key, Sentence("throw an error for"), by, lease)
    job.error_code, job.error_message = thrown.code, thrown.message
    _end(session, job, JobState.ERROR_THROWN)
    error = Move(Verb.FAIL, job.token, job.element_id, Event.JOB_ERROR, by.username, thrown.variables, code=thrown.code)
    moves.make_or_park(session, job.instance_key, job.root_key, error, job=job)


def update(session: Session, key: int, changes: Changes, *, by: Identity, lease: str | None = None) -> None:
    """Change a job's retries or priority, or how long its worker holds it from now on.

    Raises:
        NotFound: there is no such job, or none that `by` may know of.
        Conflict: it is over; nobody holds it whose time could be changed; another worker has its lease.
    """
    job = _locked(session, key, Sentence("update"), by)
    if lease is not None and lease != job.lease:
        raise Conflict("Expected to update job {key}, but its lease is another one", key=key)
    now = job.updated_at = clock.now(session)
    if "timeout" in changes:
        if job.deadline is None:
            raise Conflict("Expected to update job {key}, but no worker has it in hand", key=key)
        job.deadline = job.available_at = now + changes["timeout"]
    job.retries = changes.get("retries", job.retries)
    job.priority = changes.get("priority", job.priority)


def _available(session: Session, wanted: Wanted) -> Select[Job]:
    """Select what a worker may take now. A job with a lease is taken again only by those who ask for one."""
    return select(Job).where(
        Job.type == wanted.type,
        Job.state.in_([JobState.CREATED, JobState.FAILED]),
        Job.available_at <= clock.now(session),
        Job.retries > 0,
        Job.incident_key.is_(None),
        true() if wanted.leased else Job.lease.is_(None),
    )


def _taken(session: Session, job: Job, names: Sequence[str]) -> Taken:
    step = steps.load(session, store.read(session, job.instance_key), by=ENGINE)
    seen = step.execution.variables(job.token)
    chosen = {name: seen[name] for name in names if name in seen} if names else seen
    stay = element_instances.key_of(session, job.instance_key, job.token)
    return Taken(job, chosen, step.instance.business_id, stay)


def _locked(session: Session, key: int, verb: str, by: Identity) -> Job:
    """Lock a job's instance, then the job as it now is.

    Raises:
        NotFound: there is no such job, or none that `by` may know of.
        Conflict: it is over.
    """
    job = get(session, key, by=by)
    store.lock(session, job.instance_key, job.root_key)
    session.refresh(job, with_for_update=True)
    if job.ended_at is not None:
        raise Conflict(
            "Expected to {verb} job {key}, but it is already {state}",
            verb=verb,
            key=key,
            state=job.state.value.lower().replace("_", " "),
        )
    return job


def _in_hand(session: Session, key: int, verb: str, by: Identity, lease: str | None) -> Job:
    """Lock a job that a worker has in hand: this one, if it has a lease."""
    job = _locked(session, key, verb, by)
    if job.deadline is None:
        raise Conflict(
            "Expected to {verb} job {key}, but no worker has it in hand: activate it first", verb=verb, key=key
        )
    if job.lease != lease:
        raise Conflict("Expected to {verb} job {key}, but its lease is another one", verb=verb, key=key)
    return job


def _end(session: Session, job: Job, state: JobState) -> None:
    now = clock.now(session)
    job.state, job.deadline, job.ended_at, job.updated_at = state, None, now, now
    session.flush()  # before its token is gone: what is not over then is cancelled


def _raise_incident(session: Session, job: Job, error: Incident, by: Identity) -> None:
    move = Move(Verb.COMPLETE, job.token, job.element_id, Event.JOB_FAILED, by.username)
    moves.park(session, job.instance_key, move, error, attempts=1, job=job)
