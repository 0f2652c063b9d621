"""Where a walk plays: a small company, the deployed processes, one review in a launched cycle."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from engine import clock, db, identity
from engine.bpmn import deployments
from engine.bpmn.files import Resource
from engine.errors import NotFound
from engine.identity import SYSTEM
from engine.reviews import operations as _  # noqa: F401 - registers what the diagrams call by name
from engine.reviews.cycle import cycles, families, terms
from engine.reviews.cycle.families import Relations
from engine.reviews.deadlines import timing
from engine.reviews.models import Cycle, CycleKind, Review, Role
from engine.reviews.organisation import lines, people
from engine.reviews.plans import triggers
from engine.reviews.rating import raters
from engine.reviews.rulebook import rulebooks, templates
from engine.reviews.walks.scripts import Walk

DEPLOYABLE = (".bpmn", ".dmn")


@dataclass(frozen=True, slots=True)
class Stage:
    """The one cycle and the one review of a walk, and the codes of the suggestions posted in it."""

    cycle_key: int
    review_key: int
    codes: list[str] = field(default_factory=list)

    def again(self) -> Stage:
        """Return the same stage for another walk that goes on from here."""
        return replace(self, codes=[*self.codes])

    def cycle(self, session: Session) -> Cycle:
        """Return the cycle."""
        return cycles.found(session, self.cycle_key)

    def review(self, session: Session) -> Review:
        """Return the review."""
        return session.get_one(Review, self.review_key)


def set_up(walk: Walk, processes: Path) -> Stage:
    """Set the stage of a walk on the fresh database this process is bound to, and launch its cycle.

    Raises:
        engine.errors.Refusal: the processes cannot be deployed, or the cycle cannot be launched.
    """
    found = deployments.read(shipped(processes), by=SYSTEM)
    with db.transaction() as session:
        clock.pin(session, walk.starts)
        deployments.deploy(session, found, by=SYSTEM)
        _employ(session, tomllib.loads(_found(processes / "company.toml").read_text(encoding="utf-8")))
    with db.transaction() as session:
        cycle = _draft(session, walk, processes)
        review = _enrol(session, walk, cycle)
        if not walk.cycle.get("drafted"):
            cycles.launch(session, cycle, by=identity.identity_of(session, walk.cycle["by"]))
        return Stage(cycle.key, review.key)


def shipped(processes: Path) -> list[Resource]:
    """Read the diagrams and decision tables of a folder, and the forms of the folder beside it."""
    files = [path for path in processes.rglob("*") if path.suffix in DEPLOYABLE]
    files += (processes.parent / "forms").glob("*.form")
    return [Resource(path.relative_to(processes.parent).as_posix(), path.read_bytes()) for path in sorted(files)]


def _employ(session: Session, company: Mapping[str, Any]) -> None:
    for department in company["department"]:
        people.found(session, **department, by=SYSTEM)
    employed_from = company["employed_from"]
    staff = {}
    for person in company["person"]:
        about = {name: value for name, value in person.items() if name not in ("superior", "roles")}
        roles = [Role(role) for role in person.get("roles", ())]
        staff[person["username"]] = people.hire(session, **about, employed_from=employed_from, roles=roles, by=SYSTEM)
    for person in company["person"]:
        if above := person.get("superior"):
            line = {"valid_from": employed_from, "by": SYSTEM}
            lines.assign(session, staff[person["username"]], staff[above], **line)


def _draft(session: Session, walk: Walk, processes: Path) -> Cycle:
    by = identity.identity_of(session, walk.cycle["by"])
    book = rulebooks.load(_found(processes / walk.cycle["rules"]))
    template = templates.draft(session, book.template_id, book.rules, title=book.title, title_en=book.title_en, by=by)
    templates.publish(session, template.key, by=by)
    cycle = cycles.draft(
        session,
        label=walk.cycle["label"],
        starts_on=walk.cycle["starts_on"],
        ends_on=walk.cycle["ends_on"],
        template_key=template.key,
        process_id=book.process_id,
        zone=book.zone,
        by=by,
    )
    if kind := walk.cycle.get("kind"):
        families.relate(session, cycle, Relations(kind=CycleKind(kind)), by=by)
    terms.choose(session, cycle, book.terms if walk.terms is None else terms.read(walk.terms), by=by)
    triggers.choose(session, cycle, book.plans, by=by)
    return timing.decide(session, cycle, book.timing, by=by)


def _enrol(session: Session, walk: Walk, cycle: Cycle) -> Review:
    by = identity.identity_of(session, walk.cycle["by"])
    review = cycles.enrol(session, cycle, people.named(session, walk.cycle["appraisee"]), by=by)
    for rater in walk.cycle["cross_raters"]:
        raters.nominate(session, review, people.named(session, rater), group_id="cross", by=by)
    return review


def _found(path: Path) -> Path:
    if not path.is_file():
        raise NotFound(f"Expected to read {path.name}, but there is no such file")
    return path
