"""What the evaluation calls about ratings."""

from __future__ import annotations

from typing import Any

from engine.bpmn import documents
from engine.bpmn.documents import named
from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.reviews.cases import evidence
from engine.reviews.cycle import cancellations, reviews
from engine.reviews.feedback import check_ins
from engine.reviews.models import Rater, Rating, Review
from engine.reviews.operations import calls, defences
from engine.reviews.operations.calls import Answers
from engine.reviews.operations.raters import told
from engine.reviews.organisation import people
from engine.reviews.rating import raters, ratings
from engine.reviews.rating.ratings import CASE, Given
from engine.reviews.reports import printing
from engine.reviews.rulebook.indicators import Indicator
from engine.reviews.scores.quantities import plain


@operation("reviewflow.evaluation-parts")
def parts(call: Call) -> Variables:
    """Tell what an evaluation by the review's template consists of; sets `actualsDue`, `selfDue` and `superiorDue`.

    Where nothing is measured, no values are imported or confirmed; who has no rater group there is not asked.
    """
    template = reviews.template(call.session, calls.review(call))
    groups = {group.id for group in template.rater_groups}
    return {
        "actualsDue": bool(template.measured),
        "selfDue": raters.SELF in groups,
        "superiorDue": raters.SUPERIOR in groups,
    }


@operation("reviewflow.rating-sheet")
def sheet(call: Call) -> Variables:
    """Fill a form with what group `group` (header or variable) rates, with the actual values where that group leads."""
    review, group = calls.review(call), calls.group(call)
    given = _given_before(call, review, group)
    rules = next(one for one in raters.groups(call.session, review) if one.id == group)
    known = group in raters.BY_POSITION
    return {
        **printing.heading(call.session, review),
        **printing.scale(call.session, review),
        "group": group,
        "anonymity": "" if known else told(rules),
        "caseLength": rules.case_length,
        "ratings": [
            _row(indicator, given.get(indicator.id))
            for indicator in reviews.template(call.session, review).rated_by(group)
        ],
        "actuals": printing.measured(call.session, review) if known else [],
        "checkIns": _months(call, review) if known else [],
        "pack": [{"kind": kind, "files": None} for kind in _required(call, review, group)],
        "packFiles": [documents.reference(one) for one in evidence.pack_of(call.session, review)] if known else [],
        "defence": defences.shown(call, review) if known else [],
    }


def _required(call: Call, review: Review, group: str) -> tuple[str, ...]:
    """List the kinds of files that a self-evaluation brings."""
    return reviews.template(call.session, review).evidence_pack if group == raters.SELF else ()


def _months(call: Call, review: Review) -> list[dict[str, str]]:
    """List the months' focus, summary and answer, as evidence beside the ratings."""
    return [
        {"month": one.month, "focus": one.focus, "summary": one.summary, "answer": one.answer}
        for one in check_ins.of_review(call.session, review, by=calls.actor(call))
    ]


@operation("reviewflow.record-ratings")
def record(call: Call) -> Variables:
    """Record one rater's ratings, as the group that header or variable `group` names."""
    rows = calls.rows(call, "ratings")
    given = {str(row["indicator"]): _answer(row) for row in rows if row.get("rating") is not None}
    remark = calls.text(call, "achievements") or calls.text(call, "comment")
    columns = {f"case_{part}": part for part in CASE}
    with calls.placed("ratings", rows, "rating", missing_case="evidence", **columns):
        ratings.submit(call.session, calls.review(call), calls.group(call), given, by=calls.actor(call), remark=remark)
    _hand_in(call)
    return {}


def _hand_in(call: Call) -> None:
    """Keep what the self-evaluation brings beside the review, in the order in which the form asks for it."""
    review = calls.review(call)
    required = _required(call, review, calls.group(call))
    files = [named(row.get("files")) for row in calls.rows(call, "pack")]
    evidence.attach_pack(call.session, review, dict(zip(required, files, strict=False)), required)


def _row(indicator: Indicator, before: Rating | None) -> dict[str, Any]:
    case = before.case if before else {}
    return {
        "indicator": indicator.id,
        "name": printing.title(indicator),
        "weight": plain(indicator.weight),
        "rubric": indicator.rubric,
        "rating": printing.decimal(before.rating) if before else None,
        "evidence": before.comment if before else "",
        **{part: case.get(part, "") for part in CASE},
    }


def _answer(row: Answers) -> Given:
    case = {part: str(row.get(part) or "") for part in CASE}
    return Given(str(row["rating"]), str(row.get("evidence") or ""), case)


def _given_before(call: Call, review: Review, group: str) -> dict[str, Rating]:
    person = people.named(call.session, calls.actor(call).username)
    given: list[tuple[Rater, Rating]] = ratings.of_review(call.session, review)
    found = {
        rating.indicator_id: rating
        for rater, rating in given
        if rater.person_key == person.key and rater.group_id == group
    }
    before = cancellations.replaced(call.session, review)
    return found if found or before is None else _given_before(call, before, group)
