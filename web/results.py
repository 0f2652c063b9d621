"""The result sheet: every figure with its inputs and its formula, so that anybody can recompute it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import auth
from api.receiving import OpeningView
from engine.bpmn.documents import Document
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.cases import evidence, lodgings
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import Delivery, Interview, Person, Review, Settlement, SignOff, VoidedSignature
from engine.reviews.models import Result as ResultRow
from engine.reviews.organisation import snapshots
from engine.reviews.reports import sheets
from engine.reviews.reports.sheets import Line, Part, Sheet
from engine.reviews.scores import workings
from engine.reviews.scores.workings import Terms
from engine.reviews.signing import deliveries, letters
from web import appeals, names, papers, rulings
from web.answers import ANSWERS
from web.dates import Deadline, instant
from web.formulas import Working, term, working
from web.languages import gettext
from web.rulings import Ruling


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator."""

    name: str
    weight: str
    target: str
    """The target; empty for an indicator that people rate."""
    achieved: str
    """The actual value or the rating; empty where the indicator does not apply."""
    deviation: str
    """How far from the target it ended; empty for what people rate."""
    score: str
    working: Working | None


@dataclass(frozen=True, slots=True)
class Section:
    """A group of indicators."""

    name: str
    weight: str
    measured: bool
    rows: tuple[Row, ...]
    score: str
    formula: str


@dataclass(frozen=True, slots=True)
class Signature:
    """How the appraisee answered a version of the result."""

    answer: str
    comment: str
    recorded: str
    by: str
    witness: str
    digest: str
    level: str
    """What such a signature is worth."""
    evidence: Sequence[Document]


@dataclass(frozen=True, slots=True)
class Minutes:
    """What was said in the interview, and that the appraisee confirmed it."""

    held: str
    by: str
    blocks: tuple[tuple[str, str], ...]
    confirmed: str


@dataclass(frozen=True, slots=True)
class ResultPage:
    """What the result page shows."""

    sheet: Sheet
    appraisee: str
    department: str
    post: str
    period: str
    template: str
    sections: tuple[Section, ...]
    total: Working
    mark: str
    """What an appeal has made of it; empty where it is as it was released."""
    computed: str
    released: str
    versions: tuple[tuple[int, str, str], ...]
    """Each version's number, address and figures."""
    signature: Signature | None
    """None while nobody has answered it, or for who may not know of it."""
    minutes: Minutes | None
    closed: str
    """By whom and why the answer was administratively closed; empty where it was not."""
    appeal: str
    """Where to lodge an appeal, or to ask that a late one be let in; empty where neither is possible now."""
    appeal_until: Deadline | None
    plans: tuple[str, ...]
    """Where the improvement plans are that were observed within the period, for who may know of them (E-84)."""
    rulings: tuple[Ruling, ...]
    """The tables that decided on its rules."""
    settlement: str
    """Where it says what the result is worth; empty where nothing is settled, or for who may not know of it."""


blueprint = Blueprint("results", __name__)


class Result(OpeningView):
    """The result of one review."""

    def shows(self, session: Session, delivery: Delivery, /, **address: Any) -> bool:
        """Tell whether it was this version that was delivered."""
        version = request.args.get("version", type=int)
        return deliveries.is_of_result(session, delivery, review_key=address["key"], version=version)

    def get(self, key: int) -> str:
        """Show the result sheet to whoever may see it."""
        page = read(self.session, key, request.args.get("version", type=int), by=auth.caller())
        return render_template("result.html", page=page)


blueprint.add_url_rule("/reviews/<key:key>/result", view_func=Result.as_view("result"))


def read(session: Session, key: int, version: int | None, *, by: Identity) -> ResultPage:
    """Read what the result page of a review shows to somebody.

    Raises:
        NotFound: there is no result, or none that `by` may know of.
    """
    review = reviews.found(session, key)
    sheet = sheets.of_review(session, review, by=by, version=version)
    cycle = cycles.found(session, review.cycle_key)
    zone = ZoneInfo(cycle.zone)
    window = appeals.window(session, review, by=by)
    return ResultPage(
        sheet=sheet,
        appraisee=names.either(sheet.appraisee_name, sheet.appraisee_name_en),
        **place(session, review),
        period=f"{cycle.starts_on} – {cycle.ends_on}",
        template=names.either(sheet.template_title, sheet.template_title_en),
        sections=sections(sheet),
        total=working(sheet.figures, sheet.terms),
        mark=names.either(*sheet.mark),
        computed=_instant(sheet.computed_at, zone),
        released=_instant(sheet.released_at, zone),
        versions=tuple((v["version"], _address(key, v["version"]), _told(v)) for v in sheet.versions),
        signature=_signature(session, review, sheet, zone, by),
        minutes=_minutes(session, review, zone, by),
        closed=papers.closed_by(session, review, by=by),
        appeal=url_for("web.lodgings.lodge", key=key) if window or lodgings.is_late(session, review, by=by) else "",
        appeal_until=window.until if window else None,
        plans=tuple(url_for("web.plans.plan", key=int(one)) for one in sheet.plans),
        rulings=rulings.of_review(review),
        settlement=_settlement(session, review, by),
    )


def sections(sheet: Sheet) -> tuple[Section, ...]:
    """Read a sheet's groups of indicators, each figure with how it came about; those of sheets of other days follow."""
    own = tuple(_section(part, sheet.terms, sheet.covers) for part in sheet.sections)
    return (*own, *(section for other in sheet.sheets for section in sections(other)))


def _settlement(session: Session, review: Review, by: Identity) -> str:
    paid = select(Settlement.review_key).where(Settlement.review_key == review.key)
    seen = select(Review.key).where(Review.key.in_(paid), access.settlements(session, by))
    return "" if session.scalar(seen) is None else url_for("web.settlements.of_review", key=review.key)


def _signature(session: Session, review: Review, sheet: Sheet, zone: ZoneInfo, by: Identity) -> Signature | None:
    """Read the answer to the version of the result that is shown, where `access.sign_offs` lets it pass."""
    shown = select(ResultRow.key).where(ResultRow.review_key == review.key, ResultRow.version == sheet.version)
    void = select(VoidedSignature.sign_off_key)
    answers = select(SignOff).where(
        SignOff.result_key.in_(shown), SignOff.key.not_in(void), access.sign_offs(session, by)
    )
    found = session.scalars(answers).first()
    if found is None:
        return None
    witness = session.get(Person, found.witness_key) if found.witness_key else None
    return Signature(
        answer=gettext(ANSWERS[found.answer]),
        comment=found.comment,
        recorded=instant(found.recorded_at, zone),
        by=names.of_accounts(session, [found.recorded_by])[found.recorded_by],
        witness=names.of_person(witness) if witness else "",
        digest=found.digest,
        level=names.either(*letters.LEVEL),
        evidence=evidence.of_sign_off(session, found),
    )


def _minutes(session: Session, review: Review, zone: ZoneInfo, by: Identity) -> Minutes | None:
    """Read the newest minutes, where `access.interviews` lets them pass."""
    kept = select(Interview).where(Interview.review_key == review.key, access.interviews(session, by))
    held = session.scalars(kept.order_by(Interview.key.desc()).limit(1)).first()
    if held is None:
        return None
    said = {
        gettext("Strengths"): held.strengths,
        gettext("Gaps"): held.gaps,
        gettext("Figures and cases"): held.evidence,
        gettext("Next steps"): held.agreements,
        gettext("The appraisee added"): held.remark,
    }
    return Minutes(
        held=held.held_at.astimezone(zone).date().isoformat(),
        by=names.of_accounts(session, [held.held_by])[held.held_by],
        blocks=tuple((label, text) for label, text in said.items() if text),
        confirmed=instant(held.confirmed_at, zone) if held.confirmed_at else "",
    )


def place(session: Session, review: Review) -> dict[str, str]:
    """Name the department and the post of a review's appraisee, as of the launch."""
    department, post = snapshots.place(session, review)
    named = {"department": department, "post": post}
    return {name: names.either(held.name, held.name_en) if held else "" for name, held in named.items()}


def _section(part: Part, terms: Terms, days: str) -> Section:
    rows = tuple(_row(line, terms) for line in part.lines)
    figure = {"name": part.section, "value": part.score, "formula": part.formula, "inputs": part.inputs}
    explained = working(figure, terms)
    group = f" ({term(part.group, terms)})" if part.group else ""
    return Section(
        name=names.either(part.name, part.name_en) + group + (f" · {days}" if days else ""),
        weight=part.weight,
        measured=any(row.target for row in rows),
        rows=rows,
        score=part.score,
        formula=f"{explained.sign} {explained.figures}",
    )


def _row(line: Line, terms: Terms) -> Row:
    figure = working(line.figure, terms) if line.figure else None
    return Row(
        name=names.either(line.name, line.name_en),
        weight=line.weight,
        target=workings.found(line.figure, "target"),
        achieved=workings.found(line.figure, "actual") or workings.found(line.figure, "rating"),
        deviation=line.deviation,
        score=line.score,
        working=figure,
    )


def _instant(text: str | None, zone: ZoneInfo) -> str:
    return instant(datetime.fromisoformat(text), zone) if text else ""


def _address(key: int, version: int) -> str:
    return url_for(".result", key=key, version=version)


def _told(version: dict[str, Any]) -> str:
    return f"{version['total']} {version['grade'] or ''}".strip()
