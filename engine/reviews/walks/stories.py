"""Stories: several people pass through one cycle, told in days before today, until each stands in a state worth seeing.

A story is written like walks, and played by the same acts; it differs in that it has many reviews and ends now. What a
step says of no one in particular happens to everybody, or to whoever holds the task.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock, db, identity
from engine.bpmn.models import ProcessInstance, TaskState, UserTask
from engine.errors import NotFound
from engine.identity import SYSTEM, Identity
from engine.reviews.cycle import cycles
from engine.reviews.models import Cycle, Person, Review
from engine.reviews.organisation import lines, people
from engine.reviews.rating import raters
from engine.reviews.rulebook import rulebooks, templates
from engine.reviews.walks import acts
from engine.reviews.walks.scripts import Step
from engine.reviews.walks.stages import Stage

APPRAISEE = "{appraisee}"
"""What stands for the account of whom a case is about, where that one acts."""

_DAY = re.compile(r"\{today( [+-] \d+)?\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What happens on one day of a story.

    Attributes:
        day: how many days before today, as a number less than one.
        about: whose reviews it is about, by account; nobody means everybody who is in the cycle.
        who: the account that acts; empty means whoever holds the task.
        once: whether it happens once, and not for each review.
    """

    day: int
    does: str
    about: tuple[str, ...] = ()
    who: str = ""
    once: bool = False
    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Story:
    """A cycle of the past with its people, and what happened to them."""

    cycle: Mapping[str, Any]
    staff: Sequence[Mapping[str, Any]]
    scenes: Sequence[Scene]


def read(path: Path) -> Story:
    """Read a story; its scenes in the order in which they happened."""
    script = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    scenes = [
        Scene(
            day=scene["day"],
            does=scene["does"],
            about=tuple(scene.get("about", ())),
            who=scene.get("who", ""),
            once=scene.get("once", False),
            answers=scene.get("with", {}),
        )
        for scene in script["scene"]
    ]
    return Story(script["cycle"], script["person"], sorted(scenes, key=lambda scene: scene.day))


def tell(story: Story, processes: Path) -> None:
    """Let a story happen on the database that this process is bound to; its clock is moved, and runs again in the end.

    Raises:
        engine.errors.Refusal: the product refuses a scene.
    """
    with db.reading() as session:
        now = clock.now(session)
    try:
        _play(story, processes, now)
    finally:
        db.transact(clock.reset)


def hire(session: Session, story: Story) -> None:
    """Enter the people of a story, each under a superior who is there."""
    for member in story.staff:
        about = {name: member[name] for name in ("employee_id", "username", "name", "name_en", "department", "post")}
        since = _day(session, member.get("since", -900))
        person = people.hire(session, **about, employed_from=since, by=SYSTEM)
        superior = people.named(session, member["superior"])
        lines.assign(session, person, superior, valid_from=since, by=SYSTEM)


def _play(story: Story, processes: Path, now: datetime) -> None:
    begun = now + timedelta(days=story.cycle["day"])
    cycle_key = db.transact(lambda session: _draft(session, story, processes, begun))
    for scene in story.scenes:
        _move(now + timedelta(days=scene.day))
        for step, stage in _steps(scene, cycle_key):
            acts.perform(step, stage)
    _move(now)


def _draft(session: Session, story: Story, processes: Path, begun: datetime) -> int:
    """Go back to when a story begins: publish its rules, draft its cycle and enrol its people."""
    clock.pin(session, begun)
    told = story.cycle
    by = identity.identity_of(session, told["by"])
    book = rulebooks.load(processes / told["rules"])
    template = templates.draft(session, book.template_id, book.rules, title=book.title, title_en=book.title_en, by=by)
    templates.publish(session, template.key, by=by)
    first = _day(session, 0)
    cycle = cycles.draft(
        session,
        label=told["label"].format(quarter=(first.month + 2) // 3, year=first.year),
        starts_on=first,
        ends_on=first + timedelta(days=told["days"] - 1),
        template_key=template.key,
        process_id=book.process_id,
        zone=book.zone,
        by=by,
    )
    cycle.cut_off = first
    for member in story.staff:
        if member.get("enrolled", True):
            _enrol(session, cycle, member["username"], told["raters"], by)
    return cycle.key


def _enrol(session: Session, cycle: Cycle, username: str, asked: Sequence[str], by: Identity) -> None:
    review = cycles.enrol(session, cycle, people.named(session, username), by=by)
    for rater in asked:
        raters.nominate(session, review, people.named(session, rater), group_id="cross", by=by)


def _move(instant: datetime) -> None:
    db.transact(lambda session: clock.pin(session, max(instant, clock.now(session))))
    acts.fire_due()


def _steps(scene: Scene, cycle_key: int) -> Iterator[tuple[Step, Stage]]:
    """Give the steps that a scene is made of, one for each review and each who is to act."""
    with db.reading() as session:
        stages = [Stage(cycle_key, key) for key in _reviews(session, scene, cycle_key)]
        today = calendars.today(session)
        acting = [(stage, who) for stage in stages[:1] if scene.once for who in [scene.who]]
        acting += [(stage, who) for stage in stages if not scene.once for who in _actors(session, scene, stage)]
    for stage, who in acting:
        yield Step(where=f"day {scene.day}", who=who, does=scene.does, answers=_dated(scene.answers, today)), stage


def _reviews(session: Session, scene: Scene, cycle_key: int) -> Sequence[int]:
    chosen = select(Review.key).join(Person, Person.key == Review.appraisee_key).where(Review.cycle_key == cycle_key)
    if scene.about:
        chosen = chosen.where(Person.username.in_(scene.about))
    return session.scalars(chosen.order_by(Person.employee_id)).all()


def _actors(session: Session, scene: Scene, stage: Stage) -> Sequence[str]:
    """List who acts in a case: whom the scene names, else all who hold its task."""
    if scene.who == APPRAISEE:
        return [people.by_key(session, stage.review(session).appraisee_key).username]
    if scene.who:
        return [scene.who]
    held = (
        select(UserTask.assignee)
        .join(ProcessInstance, ProcessInstance.key == UserTask.instance_key)
        .where(UserTask.element_id == scene.does, UserTask.state == TaskState.CREATED)
        .where(ProcessInstance.business_id == str(stage.review_key), UserTask.assignee.is_not(None))
    )
    holders = [holder for holder in session.scalars(held.order_by(UserTask.key)) if holder]
    if not holders:
        raise NotFound(f"Expected to tell {scene.does} of day {scene.day}, but nobody holds such a task")
    return holders


def _dated(answer: Any, today: date) -> Any:
    """Write the days that an answer names by their distance from the day of the scene, such as `{today - 5}`."""
    if isinstance(answer, dict):
        return {name: _dated(value, today) for name, value in answer.items()}
    if isinstance(answer, list):
        return [_dated(value, today) for value in answer]
    if not isinstance(answer, str):
        return answer
    return _DAY.sub(lambda found: (today + timedelta(days=int((found[1] or "0").replace(" ", "")))).isoformat(), answer)


def _day(session: Session, offset: int) -> date:
    return calendars.today(session) + timedelta(days=offset)
