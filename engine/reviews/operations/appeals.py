"""What appeal arbitration calls: the case, its admission, panel and votes, and the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.bpmn import documents
from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.reviews.cases import (
    appeals,
    decisions,
    evidence,
    panels,
    statements,
    verdicts,
    votes,
)
from engine.reviews.cycle import reviews
from engine.reviews.models import Appeal, AppealStatement, Result, StatementKind, Verdict
from engine.reviews.operations import calls
from engine.reviews.operations.calls import Answers
from engine.reviews.organisation import people
from engine.reviews.panels import recusals
from engine.reviews.rating import ratings
from engine.reviews.rating.raters import SUPERIOR
from engine.reviews.reports import printing, sheets
from engine.reviews.rulebook.indicators import Indicator
from engine.reviews.scores import actuals
from engine.reviews.sentences import Sentence

SOUGHT = {
    Verdict.CORRECTED: "更正结果 Correct the result",
    Verdict.REEVALUATED: "由他人重新评价 Have another rater rate again",
    Verdict.ANNULLED: "撤销结果 Annul the result",
}
CHOICES = {Verdict.UPHELD: "维持原结果 Uphold the result", **SOUGHT}
EACH = ",更正对每位上级的评分都有效 a correction holds for each superior's"
"""What a row says of a score that superiors gave who led in turn."""

STATEMENTS = {
    StatementKind.CURE: "申诉人补正 Mended by the appellant",
    StatementKind.OFFER: "调解提议 Offer",
    StatementKind.ANSWER: "对提议的答复 Answer to the offer",
    StatementKind.BASIS: "评价方提交的评分依据 Basis produced by the rater's side",
    StatementKind.SILENCE: "评价方逾期未提交依据 Nothing produced by the rater's side",
    StatementKind.COMMENT: "申诉人意见 Comment of the appellant",
    StatementKind.HEARING: "听证或书面审理 Hearing, or on the papers",
    StatementKind.DELIBERATION: "合议记录 Deliberation",
    StatementKind.REEVALUATION: "重新评价 Rated again",
}


@operation("reviewflow.case-sheet")
def case(call: Call) -> Variables:
    """Fill a form with the appeal, what was said in it, and the result it is against."""
    review, by = calls.review(call), calls.actor(call)
    appeal = appeals.known(call.session, calls.appeal(call).key, by=by)
    recusals.expect_none(call.session, appeal, by, Sentence("read appeal {key}", key=appeal.key))
    disputed = call.session.get_one(Result, appeal.result_key)
    printed = sheets.of_review(call.session, review, by=by, version=disputed.version)
    names = {indicator.id: indicator for indicator in reviews.template(call.session, review).indicators}
    said = statements.of_appeal(call.session, appeal, by=by)
    papers = [
        *evidence.of_appeal(call.session, appeal),
        *(p for s in said for p in evidence.of_statement(call.session, s)),
    ]
    return {
        **printing.heading(call.session, review),
        **printed.brief(),
        "grounds": appeal.grounds,
        "items": [printing.title(names[item]) for item in appeal.items],
        "remedy": appeal.remedy,
        "sought": SOUGHT[appeal.sought],
        "lateReason": appeal.late_reason,
        "defects": appeal.defects,
        "silent": statements.is_silent(call.session, appeal),
        "evidence": [documents.reference(one) for one in papers],
        "statements": [_said(call, one, names) for one in said],
        "verdicts": [{"label": CHOICES[one], "value": one.value} for one in verdicts.choices(appeal)],
    }


@operation("reviewflow.admit-appeal")
def admit(call: Call) -> Variables:
    """Record whether HR admits the appeal, gives it back to be mended, or rejects it with a reason."""
    appeal, by, reason = calls.appeal(call), calls.actor(call), calls.text(call, "reason")
    admission = calls.text(call, "admission")
    if admission == "admitted" or calls.truth(call, "admitted"):  # diagrams of before ask yes or no
        appeals.admit(appeal, by=by)
    elif admission == "returned":
        appeals.give_back(call.session, appeal, defects=reason, by=by)
    else:
        appeals.reject(call.session, appeal, reasons=reason, by=by)
    return {}


@operation("reviewflow.cast-vote")
def cast(call: Call) -> Variables:
    """Record a member's vote; it becomes no variable."""
    verdict, reasons = Verdict(calls.text(call, "verdict")), calls.text(call, "reasons")
    votes.cast(call.session, calls.appeal(call), verdict, reasons=reasons, by=calls.actor(call))
    return {}


@operation("reviewflow.count-votes")
def count(call: Call) -> Variables:
    """Count the votes once all are cast; sets `verdict`. Diagrams of before ask it, and tell who reads variables."""
    return {"verdict": decisions.outcome(call.session, calls.appeal(call)).value}


@operation("reviewflow.decision-sheet")
def decision_sheet(call: Call) -> Variables:
    """Fill a form with the opened votes, what they come to, and a row for each score that can be corrected."""
    appeal = calls.appeal(call)
    members = {member.key: member for member in panels.of_appeal(call.session, appeal)}
    return {
        **case(call),
        **printing.scale(call.session, calls.review(call)),
        "verdict": decisions.outcome(call.session, appeal).value if votes.all_cast(call.session, appeal) else "",
        "votes": [
            {
                "name": people.by_key(call.session, members[vote.member_key].person_key).name,
                "verdict": CHOICES[vote.verdict],
                "reasons": vote.reasons,
            }
            for vote in (votes.opened(call.session, appeal) if votes.all_cast(call.session, appeal) else [])
        ],
        "corrections": rating_rows(call),
        "values": _value_rows(call, appeal),
    }


@operation("reviewflow.write-decision")
def write(call: Call) -> Variables:
    """Record the panel's decision, with the ratings and values that it corrects; sets `verdict`."""
    rows, values = calls.rows(call, "corrections"), calls.rows(call, "values")
    given = given_ratings(rows) | {str(row["indicator"]): str(row["value"]) for row in values if row.get("value")}
    reasons = calls.text(call, "reasons")
    with calls.placed("corrections", rows, "rating"), calls.placed("values", values, "value"):
        verdict = decisions.decide(call.session, calls.appeal(call), reasons=reasons, given=given, by=calls.actor(call))
    return {"verdict": verdict.value}


def given_ratings(rows: Sequence[Answers]) -> dict[str, str]:
    """Choose the rows of a form in which a rating was written, by indicator."""
    return {str(row["indicator"]): str(row["rating"]) for row in rows if row.get("rating") is not None}


def rating_rows(call: Call) -> list[dict[str, Any]]:
    """Make a row for each rating of the superior that can be corrected; it says where a correction is of several."""
    review = calls.review(call)
    found = ratings.of_superiors(call.session, review)
    given = {
        name: " / ".join(rating.rating for _, rating in theirs) + (EACH if len(theirs) > 1 else "")
        for name, theirs in found.items()
    }
    return [
        {"indicator": one.id, "name": f"{printing.title(one)} (现评 now {given[one.id]})", "rating": None}
        for one in reviews.template(call.session, review).rated_by(SUPERIOR)
        if one.id in given
    ]


def _value_rows(call: Call, appeal: Appeal) -> list[dict[str, Any]]:
    """Make a row for each actual value in dispute."""
    review, disputed = calls.review(call), statements.disputed(call.session, appeal)
    names = {one.id: one for one in reviews.template(call.session, review).measured}
    return [
        {
            "indicator": f"{name}/{period}" if period else name,
            "name": f"{printing.title(names[name])} {period} (现值 now {actual.value})",
            "value": "",
        }
        for (name, period), actual in actuals.newest(call.session, review).items()
        if name in disputed and name in names
    ]


def _said(call: Call, statement: AppealStatement, names: Mapping[str, Indicator]) -> dict[str, str]:
    """Make a row of a statement."""
    lines = [
        f"{printing.title(names[line['indicator']])}: {line.get('text') or line.get('rating')}"
        for line in statement.lines
        if line["indicator"] in names
    ]
    by = people.named(call.session, statement.made_by).name if statement.made_by else "–"
    return {
        "kind": STATEMENTS[statement.kind],
        "by": by,
        "at": printing.day(call.session, calls.review(call), statement.made_at),
        "text": "\n".join([statement.text, *lines]),
    }
