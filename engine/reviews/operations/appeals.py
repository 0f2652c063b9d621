"""What appeal arbitration calls: admission, panel, votes, decision."""

from __future__ import annotations

from engine.bpmn import documents
from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.reviews.cases import appeals, evidence, panels, votes
from engine.reviews.cycle import reviews
from engine.reviews.models import Result, Verdict
from engine.reviews.operations import calls
from engine.reviews.organisation import people
from engine.reviews.rating import ratings
from engine.reviews.rating.raters import SUPERIOR
from engine.reviews.reports import printing, sheets


@operation("reviewflow.case-sheet")
def case(call: Call) -> Variables:
    """Fill a form with the appeal and the result it is against."""
    appeal, review = calls.appeal(call), calls.review(call)
    disputed = call.session.get_one(Result, appeal.result_key)
    printed = sheets.of_review(call.session, review, by=calls.actor(call), version=disputed.version)
    names = {indicator.id: indicator for indicator in reviews.template(call.session, review).indicators}
    return {
        **printing.heading(call.session, review),
        **printed.brief(),
        "grounds": appeal.grounds,
        "items": [printing.title(names[item]) for item in appeal.items],
        "remedy": appeal.remedy,
        "evidence": [documents.reference(one) for one in evidence.of_appeal(call.session, appeal)],
    }


@operation("reviewflow.admit-appeal")
def admit(call: Call) -> Variables:
    """Record whether HR admits the appeal, or rejects it with a reason."""
    appeal, by = calls.appeal(call), calls.actor(call)
    if calls.truth(call, "admitted"):
        appeals.admit(appeal, by=by)
    else:
        appeals.reject(call.session, appeal, reasons=calls.text(call, "reason"), by=by)
    return {}


@operation("reviewflow.cast-vote")
def cast(call: Call) -> Variables:
    """Record a member's vote; it becomes no variable."""
    verdict, reasons = Verdict(calls.text(call, "verdict")), calls.text(call, "reasons")
    votes.cast(call.session, calls.appeal(call), verdict, reasons=reasons, by=calls.actor(call))
    return {}


@operation("reviewflow.count-votes")
def count(call: Call) -> Variables:
    """Count the votes once all are cast; sets `verdict`. Without a majority the result stands."""
    return {"verdict": (votes.majority(call.session, calls.appeal(call)) or Verdict.UPHELD).value}


@operation("reviewflow.decision-sheet")
def decision_sheet(call: Call) -> Variables:
    """Fill a form with the opened votes, and a row for each rating of the superior that can be corrected."""
    appeal, review = calls.appeal(call), calls.review(call)
    members = {member.key: member for member in panels.of_appeal(call.session, appeal)}
    given = {name: rating.rating for name, (_, rating) in ratings.of_superior(call.session, review).items()}
    return {
        **case(call),
        "votes": [
            {
                "name": people.by_key(call.session, members[vote.member_key].person_key).name,
                "verdict": vote.verdict.value,
                "reasons": vote.reasons,
            }
            for vote in votes.opened(call.session, appeal)
        ],
        "corrections": [
            {
                "indicator": indicator.id,
                "name": f"{printing.title(indicator)} (现评 now {given[indicator.id]})",
                "rating": None,
            }
            for indicator in reviews.template(call.session, review).rated_by(SUPERIOR)
            if indicator.id in given
        ],
    }


@operation("reviewflow.write-decision")
def write(call: Call) -> Variables:
    """Record the panel's decision, with the ratings that it corrects."""
    rows = calls.rows(call, "corrections")
    corrections = {str(row["indicator"]): str(row["rating"]) for row in rows if row.get("rating") is not None}
    reasons = calls.text(call, "reasons")
    with calls.placed("corrections", rows, "rating"):
        appeals.decide(call.session, calls.appeal(call), reasons=reasons, corrections=corrections, by=calls.actor(call))
    return {}
