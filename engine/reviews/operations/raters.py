"""What the evaluation and peer rating call about raters: nomination, approval, places, replacement, quorum."""

from __future__ import annotations

from typing import Any

from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.reviews.cycle import reviews
from engine.reviews.models import Person, Rater, RaterState, Review
from engine.reviews.operations import calls
from engine.reviews.organisation import people
from engine.reviews.rating import candidacies, departures, nominations, raters
from engine.reviews.reports import printing
from engine.reviews.rulebook.rules import Approver, Below, Nominator, RaterGroup
from engine.reviews.sentences import Sentence

NAMELESS = "本评价方不匿名:不显示姓名,但逐个显示评分。 Not anonymous: ratings are shown one by one, without names."
OPENED = "申诉合议组和审计可以查看,每次都有记录。 An appeal panel and auditors may look, on record."
ANONYMOUS = {
    Below.TO_OTHERS: (
        "本评价方匿名:只显示平均分和人数;不足 {smallest} 人时不显示也不计入。 "
        "Anonymous: only mean and number are shown; fewer than {smallest} raters are neither shown nor counted. "
    )
    + OPENED,
    Below.COUNTS: (
        "本评价方匿名:只显示平均分和人数;不足 {smallest} 人时不显示,只按三分之一档计入。 "
        "Anonymous: only mean and number are shown; fewer than {smallest} raters are not shown and count by thirds of "
        "the scale. "
    )
    + OPENED,
}
"""What raters are told, before they rate, of who will see what (section 5, rule 5)."""


@operation("reviewflow.rater-groups")
def groups(call: Call) -> Variables:
    """List the rater groups beside self and superior; sets `raterGroups`. One that nobody can fill is left out."""
    review = calls.review(call)
    named = [group for group in raters.groups(call.session, review) if group.id not in raters.BY_POSITION]
    return {"raterGroups": [group.id for group in named if _is_open(call, review, group)]}


@operation("reviewflow.open-rater-group")
def open_group(call: Call) -> Variables:
    """Read the rules of group `group`; sets `named`, `nominator`, `approval`, `approver`, `replacer` and `quorum`.

    A person is an account, null where it is HR's to do.
    """
    review, group = calls.review(call), group_of(call)
    nominator = nominations.nominator_of(call.session, review, group)
    return {
        "named": nominator is None or bool(raters.seats(call.session, review, group.id)),
        "nominator": _account(nominator),
        "approval": group.approved_by is not Approver.NOBODY,
        "approver": _account(nominations.approver_of(call.session, review, group)),
        "replacer": _account(nominations.replacer_of(call.session, review, group)),
        "quorum": group.quorum,
    }


@operation("reviewflow.rater-candidates")
def candidates(call: Call) -> Variables:
    """Fill a form with those who may be nominated, how many, and why what was nominated before was returned."""
    review, group = calls.review(call), group_of(call)
    return {
        **_heading(call, review, group),
        "bounds": f"{group.fewest}–{group.most}",
        "candidates": _options(call, review, group),
        "returned": calls.text(call, "nominationComment"),
    }


@operation("reviewflow.nominate-raters")
def nominate(call: Call) -> Variables:
    """Record whom the nominator, or HR in that one's place, names."""
    named = call.variables.get("raters")
    chosen = [_person(call, str(name)) for name in named] if isinstance(named, list) else []
    nominations.propose(call.session, calls.review(call), group_of(call).id, chosen, by=calls.actor(call))
    return {}


@operation("reviewflow.nominated-raters")
def nominated(call: Call) -> Variables:
    """Fill a form with those who are nominated."""
    review, group = calls.review(call), group_of(call)
    proposed = _in_state(call, review, group, RaterState.NOMINATED)
    return {**_heading(call, review, group), "nominated": [_row(call, rater) for rater in proposed]}


@operation("reviewflow.approve-raters")
def approve(call: Call) -> Variables:
    """Record whether the nominated raters are approved, or returned with a reason."""
    review, group, by = calls.review(call), group_of(call), calls.actor(call)
    if calls.text(call, "decision") == "approve":
        nominations.approve(call.session, review, group.id, by=by)
    else:
        nominations.return_(call.session, review, group.id, reason=calls.text(call, "comment"), by=by)
    return {}


@operation("reviewflow.collect-raters")
def collect(call: Call) -> Variables:
    """List the places from which ratings are awaited; sets `seats`, which name nobody."""
    return {"seats": [str(seat) for seat in raters.seats(call.session, calls.review(call), group_of(call).id)]}


@operation("reviewflow.ask-rater")
def ask(call: Call) -> Variables:
    """Find who holds the place `seat` now; sets `rater`, the account."""
    return {"rater": _account(people.by_key(call.session, _holder(call).person_key))}


@operation("reviewflow.delegate-rating")
def delegate(call: Call) -> Variables:
    """Let `assignee` rate in the place of `holder`, unless a rule of delegation forbids it (E-07, E-08)."""
    holder, to = call.variables.get("holder"), str(call.variables.get("assignee"))
    if holder is None:
        return {}
    review, group_id = calls.review(call), calls.group(call)
    departures.delegate(call.session, review, group_id, people.named(call.session, str(holder)), _person(call, to))
    return {}


@operation("reviewflow.replacement-candidates")
def replacements(call: Call) -> Variables:
    """Fill a form with who declined and why, who may stand in, and how many have rated."""
    review, group, rater = calls.review(call), group_of(call), _holder(call)
    return {
        **_heading(call, review, group),
        "declined": people.by_key(call.session, rater.person_key).name,
        "reason": rater.reason,
        "candidates": [] if group.by_position else _options(call, review, group),
        "rated": raters.rated(call.session, review, group.id),
        "quorum": group.quorum,
    }


@operation("reviewflow.replace-rater")
def replace(call: Call) -> Variables:
    """Record who stands in for the rater who declined, or that nobody does."""
    if calls.text(call, "decision") == "replace":
        substitute = _person(call, calls.text(call, "replacement"), "replacement")
        nominations.replace(call.session, _holder(call), substitute, by=calls.actor(call))
    return {}


@operation("reviewflow.count-ratings")
def count(call: Call) -> Variables:
    """Count who of the group has rated; sets `enough`: whether the quorum has."""
    group = group_of(call)
    return {"enough": raters.rated(call.session, calls.review(call), group.id) >= group.quorum}


@operation("reviewflow.raters-short")
def short(call: Call) -> Variables:
    """Fill a form with how many have rated, who has not, and who may be asked beside them."""
    review, group = calls.review(call), group_of(call)
    late = _in_state(call, review, group, RaterState.ASKED)
    return {
        **_heading(call, review, group),
        "rated": raters.rated(call.session, review, group.id),
        "quorum": group.quorum,
        "late": [_row(call, rater) for rater in late],
        "candidates": _options(call, review, group),
    }


@operation("reviewflow.extend-ratings")
def extend(call: Call) -> Variables:
    """Record whether HR asks once more, and whom beside those who are late; or that the group goes on as it is."""
    if calls.text(call, "decision") != "extend":
        return {}
    review, group, named = calls.review(call), group_of(call), call.variables.get("raters")
    chosen = [_person(call, str(name)) for name in named] if isinstance(named, list) else []
    nominations.extend(call.session, review, group.id, chosen, by=calls.actor(call))
    if not raters.seats(call.session, review, group.id):
        raise Conflict("Expected to ask again for review {key}, but there is nobody to ask", key=review.key)
    return {}


def group_of(call: Call) -> RaterGroup:
    """Find the rater group that a task is of, in the template of its review.

    Raises:
        NotFound: the template has none of that name.
    """
    group_id = calls.group(call)
    for group in raters.groups(call.session, calls.review(call)):
        if group.id == group_id:
            return group
    raise NotFound("Expected to find rater group {group_id}, but the template has none", group_id=group_id)


def told(group: RaterGroup) -> str:
    """Say to raters, before they rate, who will see what."""
    return (ANONYMOUS[group.below] if group.anonymous else NAMELESS).format(smallest=group.smallest)


def _heading(call: Call, review: Review, group: RaterGroup) -> dict[str, Any]:
    return {**printing.heading(call.session, review), "groupName": printing.title(group), "anonymity": told(group)}


def _is_open(call: Call, review: Review, group: RaterGroup) -> bool:
    return group.nominated_by is not Nominator.LINE or bool(raters.of_review(call.session, review, group.id))


def _holder(call: Call) -> Rater:
    return raters.holder_of(call.session, int(calls.text(call, "seat")))


def _in_state(call: Call, review: Review, group: RaterGroup, state: RaterState) -> list[Rater]:
    return [rater for rater in raters.of_review(call.session, review, group.id) if rater.state is state]


def _row(call: Call, rater: Rater) -> dict[str, str]:
    review = reviews.found(call.session, rater.review_key)
    person = people.by_key(call.session, rater.person_key)
    return {
        "name": person.name,
        "department": candidacies.place(call.session, review, person),
        "load": str(candidacies.load(call.session, review.cycle_key, person)),
    }


def _options(call: Call, review: Review, group: RaterGroup) -> list[dict[str, str]]:
    allowed = candidacies.candidates(call.session, review, group)
    return [{"label": f"{person.name} ({person.employee_id})", "value": person.username} for person in allowed]


def _account(person: Person | None) -> str | None:
    return None if person is None else person.username


def _person(call: Call, username: str, field: str = "raters") -> Person:
    try:
        return people.named(call.session, username)
    except NotFound as nobody:
        problem = Problem(Sentence("There is no such person"), field, "unknown-person")
        raise Invalid("Expected to name {username}, but nobody is called so", [problem], username=username) from nobody
