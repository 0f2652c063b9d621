"""Deals by source, by how long they took and by what they are worth, beside what people did (L001-06)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.reviews.organisation import people
from engine.reviews.reports import deal_cells, deals, weekly_figures
from engine.reviews.reports.deal_cells import Cell, Channel, Effort
from engine.reviews.scores.quantities import plain, rounded
from web import names
from web.addresses import go
from web.boards import day_or_none
from web.languages import gettext
from web.navigation import keeps_actuals
from web.uploads import uploaded


@dataclass(frozen=True, slots=True)
class CellText:
    """Some deals, as they are read."""

    deals: int
    value: str
    mean_value: str
    mean_days: str
    share: str


@dataclass(frozen=True, slots=True)
class ChannelText:
    """One source: its whole, and a row for each band of days."""

    name: str
    whole: CellText
    rows: tuple[tuple[str, tuple[CellText, ...]], ...]


blueprint = Blueprint("deals", __name__)


class Index(View):
    """The deals."""

    def get(self) -> str:
        """Show them in cells that add up to the whole."""
        by, asked = auth.caller(), request.args
        first, last = (day_or_none(asked.get(name, "")) for name in ("first", "last"))
        within = deal_cells.bands(asked.get("days", ""), asked.get("values", ""))
        sales = deals.newest(self.session, by=by, first=first, last=last)
        figures = weekly_figures.newest(self.session, by=by, first=first, last=last)
        everything = deal_cells.whole(sales)
        return render_template(
            "deals.html",
            whole=_cell(everything, everything),
            values=_spans(within.values),
            channels=[_channel(one, everything, _spans(within.days)) for one in deal_cells.by_channel(sales, within)],
            efforts=[_effort(self.session, one) for one in deal_cells.efforts(sales, figures)],
            asked={name: asked.get(name, "") for name in ("first", "last", "days", "values")},
            usual=(_listed(deal_cells.Bands().days), _listed(deal_cells.Bands().values)),
            imports=keeps_actuals(by),
        )


class Import(View):
    """The import of deals."""

    def post(self) -> Response:
        """Import a file, all of it or nothing."""
        entered = deals.import_csv(self.session, uploaded()[1], by=auth.caller())
        flash(gettext("{number} deals are entered.").format(number=len(entered)))
        return go(url_for(".index"))


blueprint.add_url_rule("/board/deals", view_func=Index.as_view("index"))
blueprint.add_url_rule("/board/deals/import", view_func=Import.as_view("import_"))


def _channel(channel: Channel, everything: Cell, spans: list[str]) -> ChannelText:
    rows = zip(spans, channel.rows, strict=True)
    return ChannelText(
        channel.name,
        _cell(channel.whole, everything),
        tuple((span, tuple(_cell(cell, everything) for cell in row)) for span, row in rows),
    )


def _cell(cell: Cell, everything: Cell) -> CellText:
    share = 100 * cell.value / everything.value if everything.value else None
    return CellText(
        deals=cell.deals,
        value=plain(cell.value),
        mean_value=_mean(cell.mean_value, 2),
        mean_days=_mean(cell.mean_days, 1),
        share="–" if share is None else f"{rounded(share, 1)}%",
    )


def _effort(session: Session, effort: Effort) -> tuple[str, str, str, int, str]:
    who = names.of_person(people.by_key(session, effort.person_key))
    return who, effort.measure, plain(effort.done), effort.deals, _mean(effort.per_deal, 1)


def _spans(bounds: tuple[Fraction, ...]) -> list[str]:
    """Write the bands between bounds: below the first, each half-open, from the last up."""
    if not bounds:
        return [gettext("all")]
    between = [f"{plain(lower)} – <{plain(upper)}" for lower, upper in pairwise(bounds)]
    return [f"< {plain(bounds[0])}", *between, f"≥ {plain(bounds[-1])}"]


def _listed(bounds: tuple[Fraction, ...]) -> str:
    return ", ".join(plain(bound) for bound in bounds)


def _mean(value: Fraction | None, places: int) -> str:
    return "–" if value is None else str(rounded(value, places))
