"""What a mid-cycle change calls: its sheet, the decisions on it, and what its reviews need afterwards."""

from __future__ import annotations

from typing import Any

from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.identity import ENGINE, SYSTEM
from engine.reviews.changes import decisions, previews, records, stretches, telling
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import ChangedReview, ChangeState, RaterState
from engine.reviews.operations import calls
from engine.reviews.organisation import people
from engine.reviews.rating import raters
from engine.reviews.release import results

UNRATED = "按任职期间未评 Has not rated the own days"
"""Why somebody who rates besides is excused where the deadline passed."""

REJECT = "reject"


@operation("reviewflow.change-sheet")
def sheet(call: Call) -> Variables:
    """Fill a form with what has happened and what would become of each item; to decide, by each choice."""
    change = calls.change(call)
    to_decide = change.state is ChangeState.ENTERED
    offered = previews.of_choices(call.session, change) if to_decide else {}
    decided = f"决定人 Decided by: {_name(call, change.decided_by)}" if change.decided_by else ""
    return {
        "title": telling.KINDS[change.kind],
        "cycle": cycles.found(call.session, change.cycle_key).label,
        "effectiveOn": change.effective_on.isoformat(),
        "reason": change.reason,
        "enteredBy": _name(call, change.entered_by),
        "decidedBy": decided,
        "items": [
            telling.compared(call.session, one, offered.get(one["item"], ()))
            if to_decide
            else telling.row(call.session, one)
            for one in change.preview
        ],
        "digest": change.digest[:16],
    }


@operation("reviewflow.decide-change")
def decide(call: Call) -> Variables:
    """Record what HR decides for each item of a change, or that nothing of it is carried out."""
    change, by = calls.change(call), calls.actor(call)
    if calls.text(call, "decision") == REJECT:
        decisions.reject(call.session, change, reason=calls.text(call, "remark"), by=by)
        return {}
    rows = calls.rows(call, "items")
    choices = {told["item"]: str(row.get("choice") or "") for told, row in zip(change.preview, rows, strict=True)}
    with calls.placed("items", [{"indicator": told["item"]} for told in change.preview], "choice"):
        decisions.decide(call.session, change, choices, by=by)
    return {}


@operation("reviewflow.decide-change-by-policy")
def decide_by_policy(call: Call) -> Variables:
    """Decide the items of a change by the policy of the cycle, where HR did not in time."""
    decisions.decide_by_policy(call.session, calls.change(call))
    return {}


@operation("reviewflow.agree-change")
def agree(call: Call) -> Variables:
    """Record whether the owner of a change agrees to it, or rejects it with the reason."""
    change, by = calls.change(call), calls.actor(call)
    if calls.text(call, "decision") == REJECT:
        decisions.reject(call.session, change, reason=calls.text(call, "remark"), by=by)
    else:
        decisions.agree(call.session, change, by=by)
    return {}


@operation("reviewflow.approve-change")
def approve(call: Call) -> Variables:
    """Apply a change that is approved, all at once; sets `followUps`: what each review needs of whom afterwards.

    Rejected, or to be looked at again, nothing is applied.
    """
    change, by, decision = calls.change(call), calls.actor(call), calls.text(call, "decision")
    if decision == REJECT:
        decisions.reject(call.session, change, reason=calls.text(call, "remark"), by=by)
        return {"followUps": []}
    if decision == "again":
        decisions.preview_again(call.session, change, by=by)
        return {"followUps": []}
    rows = decisions.approve(call.session, change, by=by)
    return {"followUps": [_follow_up(call, row) for row in rows if row.signs or row.confirms or row.rater_key]}


@operation("reviewflow.excuse-stretch")
def excuse(call: Call) -> Variables:
    """Go on without the rating of somebody who was to rate the own days: absent, never zero."""
    row = calls.changed_review(call)
    rater = raters.by_key(call.session, row.rater_key or 0)
    if rater.state is RaterState.ASKED:
        raters.settle(call.session, rater, RaterState.EXCUSED, reason=UNRATED, by=SYSTEM)
    return {}


@operation("reviewflow.changed-result")
def computed(call: Call) -> Variables:
    """Tell whether there is a result that is to be computed again; sets `computed`."""
    return {"computed": results.newest(call.session, calls.review(call)) is not None}


@operation("reviewflow.join-stretch")
def join(call: Call) -> Variables:
    """End a second sheet; sets `whole`, the review it goes into, and `computed`: whether that has a result."""
    whole = stretches.join(call.session, calls.review(call))
    return {"whole": str(whole.key), "computed": results.newest(call.session, whole) is not None}


@operation("reviewflow.settle-change")
def settle(call: Call) -> Variables:
    """Note that nothing is left to be done in a review because of a change."""
    row = calls.changed_review(call)
    if row.confirms:
        raters.keep_stale(call.session, calls.review(call), raters.SUPERIOR)  # of superiors before the present one
    records.settle(call.session, row)
    return {}


def _follow_up(call: Call, row: ChangedReview) -> dict[str, Any]:
    review = reviews.found(call.session, row.review_key)
    rater = raters.by_key(call.session, row.rater_key) if row.rater_key else None
    return {
        "changed": str(row.key),
        "review": str(review.key),
        "appraisee": people.by_key(call.session, review.appraisee_key).username,
        "superior": _account(call, review.superior_key),
        "secondSuperior": _account(call, review.second_superior_key),
        "rater": _account(call, rater.person_key if rater else None),
        "signs": row.signs,
        "confirms": row.confirms,
        "rates": rater is not None,
    }


def _account(call: Call, key: int | None) -> str | None:
    return None if key is None else people.by_key(call.session, key).username


def _name(call: Call, username: str) -> str:
    return "周期约定 The policy of the cycle" if username == ENGINE else people.named(call.session, username).name
