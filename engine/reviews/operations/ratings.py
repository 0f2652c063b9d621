"""What the evaluation calls about ratings."""

from __future__ import annotations

from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.reviews import check_ins, people, printing, raters, ratings, reviews
from engine.reviews.models import Rater, Rating, Review
from engine.reviews.operations import calls
from engine.reviews.quantities import plain
from engine.reviews.ratings import Given


@operation("reviewflow.rating-sheet")
def sheet(call: Call) -> Variables:
    """Fill a form with what the group in header `group` rates, and with the actual values where that group leads."""
    review, group = calls.review(call), call.headers.get("group", "")
    given = _given_before(call, review, group)
    known = group in raters.BY_POSITION
    return {
        **printing.heading(call.session, review),
        "group": group,
        "ratings": [
            {
                "indicator": indicator.id,
                "name": printing.title(indicator),
                "weight": plain(indicator.weight),
                "rubric": indicator.rubric,
                "rating": printing.decimal(given[indicator.id].rating) if indicator.id in given else None,
                "evidence": given[indicator.id].comment if indicator.id in given else "",
            }
            for indicator in reviews.template(call.session, review).rated_by(group)
        ],
        "actuals": printing.measured(call.session, review) if known else [],
        "checkIns": _months(call, review) if known else [],
    }


def _months(call: Call, review: Review) -> list[dict[str, str]]:
    """List the months' focus, summary and answer, as evidence beside the ratings."""
    return [
        {"month": one.month, "focus": one.focus, "summary": one.summary, "answer": one.answer}
        for one in check_ins.of_review(call.session, review, by=calls.actor(call))
    ]


@operation("reviewflow.record-ratings")
def record(call: Call) -> Variables:
    """Record one rater's ratings, as the group in header `group`."""
    rows = calls.rows(call, "ratings")
    given = {
        str(row["indicator"]): Given(str(row["rating"]), str(row.get("evidence") or ""))
        for row in rows
        if row.get("rating") is not None
    }
    remark = calls.text(call, "achievements") or calls.text(call, "comment")
    with calls.placed("ratings", rows, "rating", missing_case="evidence"):
        ratings.submit(
            call.session, calls.review(call), call.headers.get("group", ""), given, by=calls.actor(call), remark=remark
        )
    return {}


def _given_before(call: Call, review: Review, group: str) -> dict[str, Rating]:
    person = people.named(call.session, calls.actor(call).username)
    given: list[tuple[Rater, Rating]] = ratings.of_review(call.session, review)
    return {
        rating.indicator_id: rating
        for rater, rating in given
        if rater.person_key == person.key and rater.group_id == group
    }
