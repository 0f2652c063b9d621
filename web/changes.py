"""Mid-cycle changes: what has changed is entered, its effects are shown, and what became of it stays to be read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.reviews import known
from api.views import View
from engine.bpmn import instances
from engine.bpmn.models import TaskState, UserTask
from engine.errors import NotFound
from engine.reviews.changes import policies, records, telling
from engine.reviews.cycle import cycles
from engine.reviews.models import (
    ChangeKind,
    ChangeState,
    Choice,
    Cycle,
    CycleChange,
)
from engine.reviews.organisation import people
from web import change_entries, histories, names
from web.addresses import go
from web.dates import instant
from web.histories import Diagram
from web.languages import N_, gettext
from web.navigation import runs_cycles

STATES = {
    ChangeState.ENTERED: (N_("To be decided"), "warn"),
    ChangeState.DECIDED: (N_("To be approved"), "info"),
    ChangeState.APPLIED: (N_("Applied"), "good"),
    ChangeState.REJECTED: (N_("Rejected"), "empty"),
}


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change in a list."""

    key: int
    what: str
    people: str
    effective_on: date
    reason: str
    state: str
    state_kind: str


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item of a change as the page shows it."""

    person: str
    what: str
    choice: str
    effects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangePage:
    """What the page of a change shows."""

    line: ChangeLine
    cycle: Cycle
    facts: tuple[tuple[str, str], ...]
    items: tuple[ItemLine, ...]
    digest: str
    tasks: tuple[tuple[int, str], ...]
    """Its open tasks that whoever asks may do."""
    diagram: Diagram | None


blueprint = Blueprint("changes", __name__)


class Index(View):
    """The changes of a cycle."""

    def get(self, key: int) -> str:
        """List them."""
        cycle = cycles.found(self.session, key)
        found = records.of_cycle(self.session, cycle, by=auth.caller())
        if not found and not runs_cycles(auth.caller()):
            raise NotFound(
                "Expected to list the changes of cycle {label}, but there are none to be seen", label=cycle.label
            )
        return render_template(
            "changes.html",
            cycle=cycle,
            lines=[_line(self.session, one) for one in found],
            policies=[(one.value, names.local(label)) for one, label in telling.CHOICES.items()],
            enters=runs_cycles(auth.caller()),
        )


class Policy(View):
    """What becomes of a change that HR does not decide in time."""

    def post(self, key: int) -> Response:
        """Choose it."""
        policies.choose(cycles.found(self.session, key), change_entries.one_of("choice", Choice), by=auth.caller())
        flash(gettext("The policy is chosen."))
        return go(url_for(".index", key=key))


class Change(View):
    """One change."""

    def get(self, key: int) -> str:
        """Show what becomes of each item, and how far it is."""
        change = records.visible(self.session, key, by=auth.caller())
        return render_template("change.html", page=_page(self.session, change))


class OfReview(View):
    """What changes did to a review."""

    def get(self, key: int) -> str:
        """List it, the newest first."""
        review = known(self.session, key)
        found = records.of_review(self.session, review, by=auth.caller())
        person = people.by_key(self.session, review.appraisee_key)
        return render_template(
            "review-changes.html",
            key=key,
            person=names.of_person(person),
            rows=[(_line(self.session, change), _item(self.session, row.effects), row) for change, row in found],
        )


blueprint.add_url_rule("/cycles/<key:key>/changes", view_func=Index.as_view("index"))
blueprint.add_url_rule("/cycles/<key:key>/changes/policy", view_func=Policy.as_view("policy"))
blueprint.add_url_rule("/cycles/<key:key>/changes/new", view_func=change_entries.Entering.as_view("enter"))
blueprint.add_url_rule("/changes/<key:key>", view_func=Change.as_view("change"))
blueprint.add_url_rule("/reviews/<key:key>/changes", view_func=OfReview.as_view("of_review"))


def by_person(session: Session, cycle: Cycle) -> Mapping[tuple[int, ChangeKind], list[ChangeLine]]:
    """List the changes of a cycle by whom they are about and what kind they are, the newest first."""
    found: defaultdict[tuple[int, ChangeKind], list[ChangeLine]] = defaultdict(list)
    for change in records.of_cycle(session, cycle, by=auth.caller()):
        for person in change.details["people"]:
            found[int(person), change.kind].append(_line(session, change))
    return found


def _line(session: Session, change: CycleChange) -> ChangeLine:
    about = [people.by_key(session, int(one)) for one in change.details["people"]]
    return ChangeLine(
        key=change.key,
        what=names.local(telling.KINDS[change.kind]),
        people=gettext(", ").join(names.of_person(person) for person in about),
        effective_on=change.effective_on,
        reason=change.reason,
        state=gettext(STATES[change.state][0]),
        state_kind=STATES[change.state][1],
    )


def _page(session: Session, change: CycleChange) -> ChangePage:
    cycle = cycles.found(session, change.cycle_key)
    instance = instances.get(session, change.instance_key) if change.instance_key else None
    return ChangePage(
        line=_line(session, change),
        cycle=cycle,
        facts=tuple(_facts(session, change, cycle)),
        items=tuple(_item(session, one) for one in change.preview),
        digest=change.digest,
        tasks=tuple((task.key, names.local(task.name or task.element_id)) for task in _open(session, change)),
        diagram=histories.diagram(session, instance) if instance and runs_cycles(auth.caller()) else None,
    )


def _facts(session: Session, change: CycleChange, cycle: Cycle) -> list[tuple[str, str]]:
    zone = ZoneInfo(cycle.zone)
    accounts = names.of_accounts(session, [change.entered_by, change.decided_by, change.settled_by])
    owner = people.by_key(session, change.owner_key) if change.owner_key else None
    at = {
        gettext("Entered"): (change.entered_by, change.entered_at),
        gettext("Decided"): (change.decided_by, change.decided_at),
        gettext("Agreed"): (owner.username if owner else "", change.agreed_at),
        gettext("Approved or rejected"): (change.settled_by, change.settled_at),
    }
    told = [(label, f"{accounts.get(by, by)}, {instant(when, zone)}") for label, (by, when) in at.items() if when]
    return [*told, *([(gettext("Why it was rejected"), change.remark)] if change.remark else [])]


def _item(session: Session, told: Mapping[str, Any]) -> ItemLine:
    person = people.by_key(session, int(told["person"]))
    return ItemLine(
        person=names.of_person(person),
        what=names.local(telling.PARTS[told["part"]]),
        choice=names.local(telling.CHOICES[Choice(told["choice"])]),
        effects=tuple(telling.effects(session, told["effects"], names.local)),
    )


def _open(session: Session, change: CycleChange) -> Sequence[UserTask]:
    mine = select(UserTask).where(UserTask.root_key == change.instance_key, UserTask.state == TaskState.CREATED)
    return session.scalars(mine.order_by(UserTask.key)).all() if runs_cycles(auth.caller()) else ()
