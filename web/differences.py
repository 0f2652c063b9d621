"""What has changed since a cycle was launched: who joined, left, was transferred or has another superior."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, url_for

from api import auth
from api.views import View
from engine.errors import NotFound
from engine.reviews.cycle import cycles
from engine.reviews.models import ChangeKind
from engine.reviews.organisation import snapshots
from engine.reviews.organisation.snapshots import Change
from web import changes, names
from web.changes import ChangeLine
from web.languages import N_, gettext
from web.navigation import runs_cycles

CHANGES = {
    Change.JOINED: (N_("Joined"), "good"),
    Change.LEFT: (N_("Left"), "bad"),
    Change.TRANSFERRED: (N_("Transferred"), "warn"),
    Change.SUPERIOR: (N_("Another superior"), "info"),
    Change.SECOND_SUPERIOR: (N_("Another second superior"), "info"),
}

KINDS = {
    Change.JOINED: ChangeKind.JOINER,
    Change.LEFT: ChangeKind.LEAVER,
    Change.TRANSFERRED: ChangeKind.TRANSFER,
    Change.SUPERIOR: ChangeKind.SUPERIOR,
    Change.SECOND_SUPERIOR: ChangeKind.SUPERIOR,
}
"""As what kind of change of the cycle a difference is entered."""


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """One difference as the page shows it."""

    name: str
    employee_id: str
    change: str
    kind: str
    before: str
    after: str
    entered: tuple[ChangeLine, ...]
    """The changes of the cycle that were entered because of it, the newest first."""
    enter: str
    """Where one is entered."""


blueprint = Blueprint("differences", __name__)


class Index(View):
    """What has changed since a cycle was launched."""

    def get(self, key: int) -> str:
        """List it, person by person."""
        if not runs_cycles(auth.caller()):
            raise NotFound("Expected to compare a cycle with today, but the page is for HR")
        cycle = cycles.found(self.session, key)
        changed = changes.by_person(self.session, cycle)
        lines = [
            DifferenceLine(
                name=names.of_person(found.person),
                employee_id=found.person.employee_id,
                change=gettext(CHANGES[found.change][0]),
                kind=CHANGES[found.change][1],
                before=names.either(found.before, found.before_en),
                after=names.either(found.after, found.after_en),
                entered=tuple(changed.get((found.person.key, KINDS[found.change]), ())),
                enter=url_for(
                    "web.changes.enter", key=key, kind=KINDS[found.change].value, person=str(found.person.key)
                ),
            )
            for found in snapshots.differences(self.session, cycle, by=auth.caller())
        ]
        return render_template("differences.html", cycle=cycle, lines=lines)


blueprint.add_url_rule("/cycles/<key:key>/differences", view_func=Index.as_view("index"))
