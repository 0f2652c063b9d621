"""HR's figures of a cycle: progress with filters, distribution, how superiors rate, exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import auth
from api.exports import MEDIA_TYPES
from api.rosters import attached
from api.views import View
from engine.errors import NotFound
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.cycle import cycles
from engine.reviews.models import Cycle, Department, Disclosure, Review
from engine.reviews.rating import leanings, pairs
from engine.reviews.rating.leanings import Leaning
from engine.reviews.rating.pairs import Pair
from engine.reviews.release import distributions
from engine.reviews.reports import exports
from engine.reviews.reports import progress as counting
from engine.reviews.reports.exports import Form
from engine.reviews.reports.progress import Chosen
from web import languages, names, progress
from web.navigation import runs_cycles
from web.progress import Progress

LAST = 10
"""How many exports the page lists, the newest first."""


@dataclass(frozen=True, slots=True)
class Unit:
    """The grades of one unit, or of all; None where a small group would be told."""

    name: str
    counts: tuple[int | None, ...]
    graded: int | None


@dataclass(frozen=True, slots=True)
class Bar:
    """One grade in the chart of the whole, in hundredths of the longest bar."""

    grade: str
    count: int | None
    guideline: int | None
    length: float
    guided: float


@dataclass(frozen=True, slots=True)
class Peers:
    """Two peers who rated one another."""

    flagged: bool
    sides: tuple[tuple[str, str, str], ...]
    """Who rated, the mean, and the mean of the others."""


@dataclass(frozen=True, slots=True)
class FiguresPage:
    """What the page shows."""

    cycle: Cycle
    chosen: Chosen
    departments: tuple[tuple[int, str], ...]
    steps: tuple[tuple[str, str], ...]
    progress: Progress
    grades: tuple[str, ...]
    units: tuple[Unit, ...]
    bars: tuple[Bar, ...]
    leanings: tuple[tuple[str, Leaning], ...]
    peers: tuple[Peers, ...]
    exports: tuple[tuple[str, Disclosure], ...]

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the cycle."""
        return ZoneInfo(self.cycle.zone)


blueprint = Blueprint("figures", __name__)


class OfCycle(View):
    """The figures of a cycle."""

    def get(self, key: int) -> str:
        """Show them, of one department or step where that is asked for."""
        person = auth.caller()
        if not runs_cycles(person):
            raise NotFound("Expected to show the figures of a cycle, but they are for HR")
        chosen = Chosen(request.args.get("department", type=int), request.args.get("step") or None)
        return render_template("figures.html", page=read(self.session, key, chosen, by=person))


class Export(View):
    """The export of a cycle's results."""

    def post(self, key: int) -> Response:
        """Hand the results out in the reader's language, which leaves a disclosure."""
        form, chinese = request.form.get("form", Form.XLSX, type=Form), languages.current() == "zh_CN"
        cycle = cycles.found(self.session, key)
        content = exports.of_results(self.session, cycle, form=form, by=auth.caller(), chinese=chinese)
        return attached(content, f"results-{key}.{form.value}", MEDIA_TYPES[form])


blueprint.add_url_rule("/cycles/<key:key>/figures", view_func=OfCycle.as_view("of_cycle"))
blueprint.add_url_rule("/cycles/<key:key>/export", view_func=Export.as_view("export"))


def read(session: Session, key: int, chosen: Chosen, *, by: Identity) -> FiguresPage:
    """Read the figures of a cycle.

    Raises:
        NotFound: there is no such cycle.
    """
    cycle = cycles.found(session, key)
    grades, units, bars = _distribution(session, cycle, by)
    handed_out = (
        select(Disclosure)
        .where(Disclosure.cycle_key == key, access.disclosures(session, by))
        .order_by(Disclosure.key.desc())
    )
    return FiguresPage(
        cycle=cycle,
        chosen=chosen,
        departments=_departments(session, cycle),
        steps=_steps(session, cycle, by),
        progress=progress.of_cycle(session, cycle, by=by, chosen=chosen),
        grades=grades,
        units=units,
        bars=bars,
        leanings=tuple((names.of_person(one.rater), one) for one in leanings.of_cycle(session, cycle, by=by)),
        peers=tuple(map(_peers, pairs.of_cycle(session, cycle, by=by))),
        exports=_exports(session, session.scalars(handed_out.limit(LAST)).all()),
    )


def _exports(session: Session, rows: Sequence[Disclosure]) -> tuple[tuple[str, Disclosure], ...]:
    called = names.of_accounts(session, [row.made_by for row in rows])
    return tuple((called[row.made_by], row) for row in rows)


def _departments(session: Session, cycle: Cycle) -> tuple[tuple[int, str], ...]:
    own = select(Review.department_key).where(Review.cycle_key == cycle.key)
    rows = session.scalars(select(Department).where(Department.key.in_(own)).order_by(Department.code))
    return tuple((row.key, names.either(row.name, row.name_en)) for row in rows)


def _steps(session: Session, cycle: Cycle, by: Identity) -> tuple[tuple[str, str], ...]:
    steps = counting.of_cycle(session, cycle, by=by).steps
    return tuple({step.element_id: names.local(step.name) for step in steps}.items())


def _distribution(
    session: Session, cycle: Cycle, by: Identity
) -> tuple[tuple[str, ...], tuple[Unit, ...], tuple[Bar, ...]]:
    found = distributions.of_cycle(session, cycle, by=by)
    if not found:
        return (), (), ()
    called = dict(_departments(session, cycle))
    *single, whole = found
    units = [
        Unit(called.get(one.department_key or 0, "–"), tuple(share.count for share in one.shares), one.graded)
        for one in single
    ]
    total = Unit("", tuple(share.count for share in whole.shares), whole.graded)
    longest = max((number or 0 for share in whole.shares for number in (share.count, share.guideline)), default=0) or 1
    bars = [
        Bar(
            grade=names.either(share.name, share.name_en),
            count=share.count,
            guideline=share.guideline,
            length=100 * (share.count or 0) / longest,
            guided=100 * (share.guideline or 0) / longest,
        )
        for share in whole.shares
    ]
    return tuple(bar.grade for bar in bars), (*units, total), tuple(bars)


def _peers(pair: Pair) -> Peers:
    sides = ((names.of_person(side.rater), str(side.mean), str(side.others or "–")) for side in pair.sides)
    return Peers(pair.is_flagged, tuple(sides))
