"""Measure the shipped review on SQLite: start, completion and inbox of 1,000 instances, beside the database's floor."""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.floor import HEADER, Floor, Timings
from engine import db, identity, migrations, settings
from engine.bpmn import deployments, tasks
from engine.bpmn.models import ProcessInstance, TaskState, UserTask
from engine.identity import SYSTEM, Identity
from engine.reviews.cycle import cycles
from engine.reviews.models import Cycle, Person, Role
from engine.reviews.organisation import lines, people
from engine.reviews.rating import raters
from engine.reviews.rulebook import templates
from engine.reviews.walks.stages import shipped
from engine.settings import ROOT

MEASURED = 1000
BATCH = 100
PEOPLE = MEASURED + BATCH
TEAM = 20
SINCE = date(2024, 1, 1)


def main() -> None:
    """Print a table: milliseconds per unit, medians, and how many times the floor that is."""
    with tempfile.TemporaryDirectory() as directory:
        database = db.bind(settings.load({}, directory=Path(directory)))
        migrations.upgrade(database)
        cycle = company()
        floor = Floor(Path(directory) / "floor.sqlite")
        print(HEADER)
        for measured in (start(floor, cycle), complete(floor), inbox(floor)):
            print(measured.line())
        print(sizes())
        db.unbind()


def start(floor: Floor, cycle: Cycle) -> Timings:
    """Start the reviews of a launched cycle, a batch in a transaction as a launch does."""
    timings = Timings("start")
    for _ in range(MEASURED // BATCH):
        floor.measure(timings, lambda: begin(cycle))
    return timings


def begin(cycle: Cycle) -> int:
    """Start a batch of reviews; return how many."""
    hr = Identity("hr", frozenset({Role.HR}))
    with db.transaction() as session:
        cycles.begin_waiting(session, cycles.found(session, cycle.key), by=hr, most=BATCH)
    return BATCH


def complete(floor: Floor) -> Timings:
    """Complete everybody's first task: the form is checked, the targets recorded, the superior's task opened."""
    timings = Timings("completion")
    targets = [{"indicator": name, "target": target} for name, target in TARGETS.items()]

    def completion(task: UserTask) -> Callable[[], int]:
        def one() -> int:
            with db.transaction() as session:
                by = Identity(task.assignee or "")
                tasks.complete(session, task.key, by=by, variables={"targets": targets, "comment": ""})
            return 1

        return one

    with db.reading() as session:
        opened = session.scalars(select(UserTask).where(UserTask.element_id == "draft_targets")).all()
    for task in opened:
        floor.measure(timings, completion(task))
    return timings


def inbox(floor: Floor) -> Timings:
    """List the open tasks of each team's superior."""
    timings = Timings("inbox")

    def listing(superior: Identity) -> Callable[[], int]:
        def one() -> int:
            mine = select(UserTask).where(tasks.visible_to(superior), UserTask.state == TaskState.CREATED)
            with db.reading() as session:
                assert session.scalars(mine.order_by(UserTask.due_at).limit(50)).all()
            return 1

        return one

    for number in range(PEOPLE // TEAM):
        floor.measure(timings, listing(Identity(f"lead{number}")), reading=True)
    return timings


def sizes() -> str:
    """Return how large the state of an open review is."""
    with db.reading() as session:
        blobs = session.scalars(select(ProcessInstance.state_blob)).all()
    return f"state of an open instance: {sum(map(len, blobs)) / len(blobs):.0f} bytes on average"


RULES = tomllib.loads((ROOT / "processes" / "review" / "cycle-corrected.toml").read_text(encoding="utf-8"))
for _group in RULES["rules"]["rater_groups"]:
    _group["load"] = 1_000  # two people rate everybody, so that their lists are long
TARGETS = {
    indicator["id"]: indicator["target"]
    for section in RULES["rules"]["sections"]
    for indicator in section["indicators"]
    if "target" in indicator
}


def company() -> Cycle:
    """Found a company of teams under one head, and launch a cycle whose reviews have not begun."""
    with db.transaction() as session:
        deployments.deploy(session, deployments.read(shipped(ROOT / "processes"), by=SYSTEM), by=SYSTEM)
        people.found(session, code="sales", name="销售部", by=SYSTEM)
        identity.register(session, "hr", password=None, groups=frozenset({Role.HR}))
        head = _hire(session, "head", None)
        leads = [_hire(session, f"lead{number}", head) for number in range(PEOPLE // TEAM)]
        cross = [_hire(session, f"cross{number}", head) for number in range(2)]
        staff = [_hire(session, f"person{number}", leads[number // TEAM]) for number in range(PEOPLE)]
        return _launched(session, staff, cross)


def _launched(session: Session, staff: list[Person], cross: list[Person]) -> Cycle:
    hr = identity.identity_of(session, "hr")
    template = templates.draft(session, "sales", RULES["rules"], title="销售", by=hr)
    templates.publish(session, template.key, by=hr)
    days: dict[str, Any] = {"starts_on": date(2025, 7, 1), "ends_on": date(2025, 9, 30)}
    cycle = cycles.draft(session, label="2025 Q3", template_key=template.key, by=hr, **days)
    for person in staff:
        review = cycles.enrol(session, cycle, person, by=hr)
        for rater in cross:
            raters.nominate(session, review, rater, group_id="cross", by=hr)
    cycles.launch(session, cycle, by=hr)  # it begins the first batch itself
    return cycle


def _hire(session: Session, username: str, superior: Person | None) -> Person:
    about = {"department": "sales", "employed_from": SINCE, "by": SYSTEM}
    person = people.hire(session, employee_id=username, username=username, name=username, **about)
    if superior:
        lines.assign(session, person, superior, valid_from=SINCE, by=SYSTEM)
    return person


if __name__ == "__main__":
    main()
