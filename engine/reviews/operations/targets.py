"""What target sign-off calls: drafts, decisions and signatures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from sqlalchemy.orm import Session

from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.errors import Incident, Problem
from engine.identity import Identity
from engine.reviews.cycle import cancellations, cycles, reviews, terms
from engine.reviews.models import Review, TargetSheet
from engine.reviews.operations import calls
from engine.reviews.organisation import people
from engine.reviews.plans import revisions
from engine.reviews.reports import printing
from engine.reviews.rulebook import goals, publishing, remarks
from engine.reviews.scores import actuals
from engine.reviews.scores.quantities import plain
from engine.reviews.sentences import Sentence
from engine.reviews.signing import targets


@operation("reviewflow.target-sheet")
def sheet(call: Call) -> Variables:
    """Fill a form with the measured indicators, their targets so far, and why they were returned."""
    review = calls.review(call)
    latest = targets.of_review(call.session, review)
    given = latest.targets if latest else cancellations.targets_before(call.session, review)
    handed = goals.of_review(call.session, review)
    due = cycles.found(call.session, review.cycle_key).ends_on.isoformat()
    return {
        **printing.heading(call.session, review),
        "targets": [
            {
                "indicator": indicator.id,
                "name": printing.title(indicator),
                "kind": printing.notation(indicator),
                "weight": plain(indicator.weight),
                "unit": indicator.unit,
                "source": indicator.source,
                "due": due,
                "direction": printing.direction(indicator),
                "target": given.get(indicator.id, handed.get(indicator.id, indicator.target)),
            }
            for indicator in reviews.template(call.session, review).measured
        ],
        "decisions": [{"label": label, "value": value} for value, label in _decisions(call)],
        "comment": latest.note if latest and "level" not in call.headers else "",
        "note": latest.note if latest else "",
        "smart": "\n".join(f"- {problem.message}" for problem in _smart(call, review, latest)),
        "remarks": "\n".join(
            f"{printing.day(call.session, review, decision.decided_at)} "
            f"{people.named(call.session, decision.decided_by).name}: {decision.comment}"
            for decision in targets.remarks(call.session, review)
        ),
    }


@operation("reviewflow.record-targets")
def record(call: Call) -> Variables:
    """Record the appraisee's draft of the targets."""
    rows = calls.rows(call, "targets")
    given = {str(row["indicator"]): str(row.get("target") or "") for row in rows}
    with calls.placed("targets", rows, "target"):
        targets.draft(call.session, calls.review(call), given, by=calls.actor(call), note=calls.text(call, "comment"))
    return {}


@operation("reviewflow.decide-targets")
def decide(call: Call) -> Variables:
    """Record what the superior (header `level` = superior) or the second level (second) decides on the targets.

    Sets `tooOften`: whether they were returned more often than the cycle's terms allow.
    """
    review, decision, level = calls.review(call), calls.text(call, "decision"), call.headers.get("level", "")
    if level not in LEVELS:
        reason = Sentence(
            "{element_id} has the level {level}, neither superior nor second", element_id=call.element_id, level=level
        )
        raise Incident("Expected to decide on the targets of review {key}, but {reason}", key=review.key, reason=reason)
    decide_on = OTHERWISE.get(decision, LEVELS[level])
    decide_on(
        call.session,
        review,
        by=calls.actor(call),
        comment=calls.text(call, "reason" if decision == "waive" else "comment"),
    )
    most = terms.of_cycle(call.session, review.cycle_key).returns
    return {"tooOften": decision == "return" and targets.returned_too_often(call.session, review, most)}


@operation("reviewflow.check-targets")
def check(call: Call) -> Variables:
    """Check the weights of an appraisee's targets against the template's totals and bounds (L000-02, L000-28)."""
    review = calls.review(call)
    if problems := publishing.publishing_problems(reviews.template(call.session, review)):
        said = "; ".join(f"{problem.where}: {problem.message}" for problem in problems)
        sentence = Sentence(
            "Expected to check the targets of review {key}, but their rules do not fit: {said}",
            key=review.key,
            said=said,
        )
        raise Incident(sentence, element_id=call.element_id)
    return {}


@operation("reviewflow.sign-targets")
def sign(call: Call) -> Variables:
    """Record that the appraisee signs the targets, with a reservation or without, or declines with the reason."""
    review, by, outcome = calls.review(call), calls.actor(call), calls.text(call, "outcome")
    if outcome == "declined":
        targets.decline(call.session, review, reason=calls.text(call, "reason"), by=by)
    else:
        reserved = outcome == "reserved"
        reservation = calls.text(call, "reservation") if reserved else ""
        targets.sign(call.session, review, by=by, reserved=reserved, reservation=reservation)
    return {}


@operation("reviewflow.impose-targets")
def impose(call: Call) -> Variables:
    """Record the targets that the second level decides on without the appraisee's signature, with the reason.

    While an improvement plan of the appraisee is observed, none changes without that signature (E-87).
    """
    rows = calls.rows(call, "targets")
    given = {str(row["indicator"]): str(row.get("target") or "") for row in rows}
    review = calls.review(call)
    revisions.expect_targets_agreed(call.session, review, given, agreed=False)
    with calls.placed("targets", rows, "target"):
        targets.impose(call.session, review, given, reason=calls.text(call, "reason"), by=calls.actor(call))
    return {}


def _smart(call: Call, review: Review, latest: TargetSheet | None) -> list[Problem]:
    """Look at drafted targets by the questions of SMART, beside what the appraisee reached last (L004-05)."""
    if latest is None:
        return []
    template = reviews.template(call.session, review)
    return remarks.smart(template, latest.targets, actuals.reached_before(call.session, review))


def _decisions(call: Call) -> Iterator[tuple[str, str]]:
    """Yield what a level may decide: that no targets apply is the superior's to say."""
    yield "approve", "同意 Approve"
    yield "return", "退回修改 Return"
    if call.headers.get("level") == "superior":
        yield "waive", "目标不适用,如中途入职过晚 No targets apply, such as to a late joiner"


def _waive(session: Session, review: Review, *, by: Identity, comment: str) -> TargetSheet:
    return targets.waive(session, review, reason=comment, by=by)


LEVELS: Mapping[str, Callable[..., TargetSheet]] = {"superior": targets.agree, "second": targets.approve}
"""How each level agrees."""

OTHERWISE: Mapping[str, Callable[..., TargetSheet]] = {"return": targets.return_, "waive": _waive}
"""What else it may decide."""
