"""Settlements: what a cycle's results are worth, for HR and finance; to each person the own lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.exports import MEDIA_TYPES
from api.rosters import attached
from api.views import View
from engine.errors import NotFound
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.cycle import cycles
from engine.reviews.models import Cycle, Payroll, Review, Role, SettlementScheme
from engine.reviews.organisation import people
from engine.reviews.reports.exports import Form
from engine.reviews.rulebook import rulebooks
from engine.reviews.settlements import amounts, payrolls, schemes, sheets, streaks
from engine.reviews.settlements.lines import Layer
from engine.reviews.settlements.schemes import Scheme
from engine.sentences import Sentence
from web import formulas, names
from web.addresses import go
from web.formulas import Working
from web.languages import N_, gettext
from web.sentences import said
from web.uploads import uploaded

LAYERS = {Layer.BASE: N_("Base"), Layer.EXCESS: N_("Excess"), Layer.INNOVATION: N_("Innovation")}

TERMS = {
    "completion": ("完成率", "completion"),
    "threshold": ("起付线", "threshold"),
    "share": ("比例", "share"),
    "own_share": ("本人比例", "own share"),
    "coefficient": ("等级系数", "coefficient of the grade"),
    "each": ("每个", "each"),
    "amount_base": ("计提基数", "amount"),
    "amount_rate": ("费率", "rate"),
    "monthly_salary": ("月薪", "monthly salary"),
    "sales": ("销售额", "sales"),
    "sales_target": ("销售目标", "sales target"),
    "leads": ("成功线索数", "successful leads"),
    "excess_profit": ("超额利润", "excess profit"),
    "pool_share": ("创新池本人比例", "own share of the pool"),
}
"""What the figures of the shipped scheme mean; an amount that HR names otherwise keeps its own name."""


@dataclass(frozen=True, slots=True)
class PayableLine:
    """What payroll has not had yet of one line."""

    person: str
    line: str
    amount: Decimal
    due_on: date
    held: bool
    provisional: bool


@dataclass(frozen=True, slots=True)
class OwnLine:
    """What one line pays whoever reads it."""

    name: str
    layer: str
    amount: str
    due_on: date
    paid: bool
    held: bool
    """Whether it waits for an appeal."""
    working: Working


@dataclass(frozen=True, slots=True)
class SettlementPage:
    """What the page of a cycle's settlement shows."""

    cycle: Cycle
    scheme: SettlementScheme | None
    needed: tuple[str, ...]
    payable: tuple[PayableLine, ...]
    standings: tuple[tuple[str, str, int], ...]
    """Who has reached which streak, and of how many periods."""
    payrolls: tuple[tuple[str, Payroll], ...]
    pays: bool
    """Whether whoever asks is finance."""


blueprint = Blueprint("settlements", __name__)


class OfCycle(View):
    """The settlement of a cycle."""

    def get(self, key: int) -> str:
        """Show the scheme and what is payable."""
        schemes.expect_payer(auth.caller(), Sentence("show the settlement"))
        page = read(self.session, cycles.found(self.session, key), by=auth.caller())
        return render_template("settlement.html", page=page)


class SettingScheme(View):
    """The scheme of a cycle."""

    def post(self, key: int) -> Response:
        """Set its next version from a file."""
        row = schemes.agree(
            self.session,
            cycles.found(self.session, key),
            rulebooks.parse_toml(*uploaded()),
            reason=request.form.get("reason", ""),
            by=auth.caller(),
        )
        for remark in schemes.remarks(schemes.read(row.rules)):
            flash(gettext("To look at: {remark}").format(remark=said(remark)))
        return go(url_for(".of_cycle", key=key))


class Amounts(View):
    """The amounts that lines are computed on."""

    def post(self, key: int) -> Response:
        """Import them."""
        cycle = cycles.found(self.session, key)
        _, content = uploaded()
        entered = amounts.import_csv(self.session, cycle, content, by=auth.caller())
        flash(gettext("{number} amounts are entered.").format(number=len(entered)))
        return go(url_for(".of_cycle", key=key))


class Settling(View):
    """The computing of what changed."""

    def post(self, key: int) -> Response:
        """Compute it."""
        written = sheets.settle(self.session, cycles.found(self.session, key), by=auth.caller())
        flash(gettext("{number} lines are new or have changed.").format(number=len(written)))
        return go(url_for(".of_cycle", key=key))


class HandingOver(View):
    """The handing over to payroll."""

    def post(self, key: int) -> Response:
        """Write the file."""
        sheets.hand_over(self.session, cycles.found(self.session, key), by=auth.caller())
        flash(gettext("The file for payroll is written."))
        return go(url_for(".of_cycle", key=key))


class OfReview(View):
    """What one result is worth."""

    def get(self, key: int) -> str:
        """Show the lines to whom they pay, HR and finance."""
        visible = access.settlements(self.session, auth.caller())
        review = self.session.scalar(select(Review).where(Review.key == key, visible))
        lines = own_lines(self.session, review) if review else []
        if review is None or not lines:
            raise NotFound(
                "Expected to show what review {key} is worth, but there is nothing that you may know of", key=key
            )
        return render_template(
            "pay.html",
            lines=lines,
            review=review.key,
            person=names.of_person(people.by_key(self.session, review.appraisee_key)),
            cycle=cycles.found(self.session, review.cycle_key).label,
        )


class OnePayroll(View):
    """A file that payroll had."""

    def get(self, key: int) -> Response:
        """Download it, which leaves a disclosure."""
        form = request.args.get("form", Form.CSV, type=Form)
        content = payrolls.handed_out(self.session, key, form=form, by=auth.caller())
        return attached(content, f"payroll-{key}.{form.value}", MEDIA_TYPES[form])


blueprint.add_url_rule("/cycles/<key:key>/settlement", view_func=OfCycle.as_view("of_cycle"))
blueprint.add_url_rule("/cycles/<key:key>/settlement/scheme", view_func=SettingScheme.as_view("scheme"))
blueprint.add_url_rule("/cycles/<key:key>/settlement/amounts", view_func=Amounts.as_view("amounts"))
blueprint.add_url_rule("/cycles/<key:key>/settlement/lines", view_func=Settling.as_view("settle"))
blueprint.add_url_rule("/cycles/<key:key>/settlement/payrolls", view_func=HandingOver.as_view("hand_over"))
blueprint.add_url_rule("/reviews/<key:key>/settlement", view_func=OfReview.as_view("of_review"))
blueprint.add_url_rule("/payrolls/<key:key>", view_func=OnePayroll.as_view("payroll"))


def read(session: Session, cycle: Cycle, *, by: Identity) -> SettlementPage:
    """Read what the page of a cycle's settlement shows."""
    row = schemes.newest(session, cycle)
    scheme = schemes.read(row.rules) if row else Scheme(lines=())
    lines = scheme.lines
    called = {line.id: names.either(line.name, line.name_en) for line in lines}
    return SettlementPage(
        cycle=cycle,
        scheme=row,
        needed=tuple(dict.fromkeys(name for line in lines for name in line.needs)),
        payable=tuple(
            PayableLine(
                person=names.of_person(one.person),
                line=called.get(one.settlement.line_id, one.settlement.line_id),
                amount=one.difference,
                due_on=one.settlement.due_on,
                held=one.held,
                provisional=one.provisional,
            )
            for one in sheets.payable(session, cycle)
        ),
        standings=tuple(
            (names.of_person(one.person), names.either(one.rule.name, one.rule.name_en), len(one.periods))
            for one in streaks.standings(session, cycle, scheme.streaks)
        ),
        payrolls=_payrolls(session, cycle),
        pays=Role.FINANCE in by.groups,
    )


def _payrolls(session: Session, cycle: Cycle) -> tuple[tuple[str, Payroll], ...]:
    rows = session.scalars(select(Payroll).where(Payroll.cycle_key == cycle.key).order_by(Payroll.key)).all()
    called = names.of_accounts(session, [row.exported_by for row in rows])
    return tuple((called[row.exported_by], row) for row in rows)


def own_lines(session: Session, review: Review) -> list[OwnLine]:
    """List what a review's result is worth, line by line."""
    shown = []
    for one in sheets.standings(session, review):
        row = one.settlement
        scheme = schemes.read(session.get_one(SettlementScheme, row.scheme_key).rules)
        line = next(line for line in scheme.lines if line.id == row.line_id)
        shown.append(
            OwnLine(
                name=names.either(line.name, line.name_en),
                layer=gettext(LAYERS[line.layer]),
                amount=row.amount,
                due_on=row.due_on,
                paid=one.paid,
                held=one.held,
                working=formulas.working(row.figures, TERMS),
            )
        )
    return shown
