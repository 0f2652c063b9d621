"""The page on which operators let running instances go on with another version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import auth
from api.views import SearchView
from engine import db
from engine.bpmn import definitions, instance_migrations
from engine.bpmn.instance_migrations import Goal, Preview
from engine.bpmn.instances import ZONE
from engine.bpmn.models import InstanceState, ProcessDefinition, ProcessInstance
from engine.bpmn.net import Net
from engine.errors import Forbidden, Invalid, Problem, Refusal
from engine.identity import Identity
from web import histories, names, sentences, subjects

MOST = 200
"""How many instances one page offers, the oldest; those that went are not offered again."""

MAPPED = "map."
"""What the name of a field begins with that says what stands for an element."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A running instance that may be chosen."""

    key: int
    subject: str
    started: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """An element whose id the target does not know, and what could stand for it there."""

    element_id: str
    name: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MigrationPage:
    """What the page asks."""

    process_id: str
    name: str
    version: int
    target: int
    targets: tuple[tuple[int, str], ...]
    candidates: tuple[Candidate, ...]
    questions: tuple[Question, ...]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class MoveLine:
    """A step that is open, as it is called before and after."""

    before: str
    after: str
    holder: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would become, or has become, of one instance."""

    subject: str
    moves: tuple[MoveLine, ...] = ()
    armed: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    refusal: str = ""


blueprint = Blueprint("migrations", __name__)


class Migration(SearchView):
    """The migration of instances. Each has a transaction of its own, so that one that is refused stops no other."""

    def get(self, process_id: str) -> str:
        """Ask which instances of a version go where."""
        return render_template("migration.html", page=read(self.session, process_id, by=_operator()))

    def post(self, process_id: str) -> str:
        """Show what would become of the instances chosen, or let them go."""
        person = _operator()
        source = definitions.find(self.session, ProcessDefinition, process_id, request.args.get("version", type=int))
        goal, keys = _goal(self.session, process_id), _chosen()
        only_preview = request.form.get("only") == "preview"
        attempt = _preview if only_preview else _migrate
        told = _Words(self.session, source.key, goal.definition_key, keys)
        outcomes = [attempt(key, goal, told, person) for key in keys]
        possible = sum(not (outcome.problems or outcome.refusal) for outcome in outcomes)
        return render_template("parts/migration.html", outcomes=outcomes, only_preview=only_preview, possible=possible)


blueprint.add_url_rule("/processes/<process_id>/migration", view_func=Migration.as_view("migration"))


def read(session: Session, process_id: str, *, by: Identity) -> MigrationPage:
    """Read what may be chosen: the instances of a version, the other versions, the elements whose ids have gone.

    Raises:
        NotFound: there is no such process or version.
    """
    source = definitions.find(session, ProcessDefinition, process_id, request.args.get("version", type=int))
    others = _versions(session, process_id, source)
    if not others:
        raise Invalid("Expected to migrate {process_id}, but it has one version only", process_id=process_id)
    target = next((one for one in others if one.version == request.args.get("target", type=int)), others[0])
    candidates = _candidates(session, source)
    under_way = instance_migrations.under_way(session, [candidate.key for candidate in candidates], by=by)
    before, after = definitions.net(session, source.key), definitions.net(session, target.key)
    return MigrationPage(
        process_id=process_id,
        name=names.local(source.name or process_id),
        version=source.version,
        target=target.version,
        targets=tuple((one.version, _version(one)) for one in others),
        candidates=candidates,
        questions=tuple(_question(before, after, place) for place in under_way if place not in after.by_id),
        zone=ZoneInfo(ZONE),
    )


def _versions(session: Session, process_id: str, source: ProcessDefinition) -> Sequence[ProcessDefinition]:
    """Return the versions that instances of one may go to, the newest first."""
    others = (ProcessDefinition.process_id == process_id, ProcessDefinition.key != source.key)
    return session.scalars(select(ProcessDefinition).where(*others).order_by(ProcessDefinition.version.desc())).all()


def _version(definition: ProcessDefinition) -> str:
    tag = f" ({definition.version_tag})" if definition.version_tag else ""
    return f"{definition.version}{tag}"


def _candidates(session: Session, source: ProcessDefinition) -> tuple[Candidate, ...]:
    mine = (ProcessInstance.definition_key == source.key, ProcessInstance.state == InstanceState.ACTIVE)
    found = session.scalars(select(ProcessInstance).where(*mine).order_by(ProcessInstance.key).limit(MOST)).all()
    about = subjects.of_roots(session, {instance.root_key for instance in found})
    return tuple(Candidate(one.key, about.get(one.root_key, str(one.key)), one.started_at) for one in found)


def _question(before: Net, after: Net, place: str) -> Question:
    node = before.by_id[place]
    alike = (other for other in after.nodes[1:] if other.type == node.type and other.stands_for is None)
    options = tuple((other.id, _name(after, other.id)) for other in alike)
    return Question(place, _name(before, place), options)


def _name(net: Net, element_id: str) -> str:
    name = histories.element_name(net, element_id)
    return f"{name} ({element_id})" if name else element_id


def _goal(session: Session, process_id: str) -> Goal:
    """Return where the form says that the instances go."""
    target = definitions.find(session, ProcessDefinition, process_id, request.form.get("target", type=int))
    fields = request.form.items()
    return Goal(target.key, {name.removeprefix(MAPPED): to for name, to in fields if name.startswith(MAPPED) and to})


def _chosen() -> list[int]:
    keys = request.form.getlist("instances", type=int)
    if not keys:
        raise Invalid("Expected to migrate process instances, but none is chosen")
    return keys[:MOST]


class _Words:
    """How instances and elements are called."""

    def __init__(self, session: Session, source: int, target: int, keys: Sequence[int]) -> None:
        self.before, self.after = definitions.net(session, source), definitions.net(session, target)
        found = session.scalars(select(ProcessInstance).where(ProcessInstance.key.in_(keys))).all()
        about = subjects.of_roots(session, {instance.root_key for instance in found})
        self.subjects = dict.fromkeys(keys, "") | {one.key: about.get(one.root_key, str(one.key)) for one in found}

    def outcome(self, session: Session, key: int, seen: Preview) -> Outcome:
        """Tell what a preview says."""
        people = names.of_accounts(session, [move.task.assignee for move in seen.moves if move.task])
        moves = (
            MoveLine(
                histories.element_name(self.before, move.source) or move.source,
                histories.element_name(self.after, move.target) or move.target,
                people.get(move.task.assignee or "", "") if move.task else "",
            )
            for move in seen.moves
        )
        return Outcome(
            self.subjects[key],
            tuple(moves),
            tuple(_name(self.after, event) for event in seen.armed),
            tuple(_name(self.before, event) for event in seen.closed),
            tuple(self._named(problem) for problem in seen.problems),
        )

    def _named(self, problem: Problem) -> Problem:
        """Call the element that a problem is about by its name; its id stands beside it."""
        element = histories.element_name(self.before, problem.where) or problem.where
        return replace(problem, facts={**problem.facts, "element": element})


def _preview(key: int, goal: Goal, told: _Words, person: Identity) -> Outcome:
    with db.reading() as session:
        return told.outcome(session, key, instance_migrations.preview(session, key, goal, by=person))


def _migrate(key: int, goal: Goal, told: _Words, person: Identity) -> Outcome:
    """Let one instance go, in its own transaction; say why if it cannot."""

    def migrated(session: Session) -> Outcome:
        seen = instance_migrations.preview(session, key, goal, by=person)
        outcome = told.outcome(session, key, seen)
        if not seen.problems:
            instance_migrations.migrate(session, key, goal, by=person)
        return outcome

    try:
        return db.transact(migrated)
    except Refusal as refusal:
        return Outcome(told.subjects[key], refusal=sentences.told(refusal.message))


def _operator() -> Identity:
    person = auth.caller()
    if not person.operator:
        raise Forbidden(
            "Expected to migrate process instances, but {username} is no operator", username=person.username
        )
    return person
