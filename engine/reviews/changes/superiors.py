"""Another superior: who rates, who holds the tasks, and for which days (E-01 to E-05)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from engine import calendars
from engine.errors import Conflict
from engine.identity import Identity
from engine.reviews import notices
from engine.reviews.changes import hand_overs
from engine.reviews.changes.items import NOTHING, Aftermath, Effects, Item, Part
from engine.reviews.cycle import reviews
from engine.reviews.models import Choice, Cycle, CycleChange, Person, Rater, RaterState, Review, ReviewState
from engine.reviews.organisation import lines, people, snapshots
from engine.reviews.rating import candidacies, departures, raters
from engine.reviews.rulebook.rules import RaterGroup
from engine.reviews.sentences import Sentence

SHARED = (Choice.SPLIT, Choice.BOTH)
"""What lets two superiors rate."""


def choices(session: Session, change: CycleChange, item: Item) -> tuple[Choice, ...]:
    """Name what may become of a superior's part in a review; whoever has left and not rated rates nothing any more."""
    review = item.review(session)
    after = person_after(session, change, review)
    if after is None or obstacle(session, review, after):
        return (Choice.KEEP,)
    own = _rater(session, review)
    shared = () if own is None else _sharing(session, change, review, own)
    return (Choice.HAND_OVER, *shared, Choice.KEEP)


def obstacle(session: Session, review: Review, after: Person) -> str:
    """Name why somebody cannot take over the superior's part in a review at present; nothing where they can."""
    own = _rater(session, review)
    if is_below(session, review, after):
        return "below-appraisee"
    if own is None:
        return ""
    if own.state is RaterState.STALE and _is_there(session, own):
        return "stale"
    elsewhere = candidacies.rates(session, review, after) and not _stood_in_before(session, review, after)
    return "rates-already" if elsewhere else ""


def foresee(session: Session, change: CycleChange, item: Item, choice: Choice) -> Effects:
    """Tell whose tasks go to whom, and who rates for which days."""
    review = item.review(session)
    before, after = person_before(session, review), person_after(session, change, review)
    if choice is Choice.KEEP or after is None or before is None:
        return _unchanged(session, review, before, after)
    found = hand_overs.open_of(session, review, before.username)
    return {
        "from": before.username,
        "to": after.username,
        "tasks": hand_overs.told(session, found, after),
        "raters": _raters_after(session, change, review, after, choice),
        "notes": _remarks(session, review),
    }


def apply(session: Session, change: CycleChange, item: Item, choice: Choice, by: Identity) -> Aftermath:
    """Let another superior lead a review from now on; nothing that was given is taken away.

    Raises:
        Conflict: nobody follows, or nobody led before.
        Forbidden: the successor is the appraisee, or below the appraisee (E-07, E-08).
    """
    if choice is Choice.KEEP:
        return NOTHING
    review = item.review(session)
    before, after = person_before(session, review), person_after(session, change, review)
    intent = Sentence("let another superior lead review {key}", key=review.key)
    if before is None or after is None:
        raise Conflict(
            "Expected to {intent}, but nobody {state}",
            intent=intent,
            state=Sentence("follows") if before else Sentence("led it before"),
        )
    departures.expect_delegate(session, review, raters.SUPERIOR, after, intent)
    own = _rater(session, review)
    stood = own is not None and own.state is RaterState.SUBMITTED
    review.superior_key = after.key
    hand_overs.move(session, review, before, after, hand_overs.SUPERIOR, by=by)
    _tell(session, change, review, before, after)
    if own is None:
        return NOTHING
    if own.state is RaterState.ASKED:  # no task of the evaluation was open yet: the place goes over by itself
        departures.delegate(session, review, raters.SUPERIOR, before, after)
    elif own.state is RaterState.STALE:
        _confirm_instead(session, change, review, own, after)
    return _shared(session, change, review, (own, after), choice, stood=stood)


def person_before(session: Session, review: Review) -> Person | None:
    """Find who leads a review."""
    return people.by_key(session, review.superior_key) if review.superior_key else None


def person_after(session: Session, change: CycleChange, review: Review) -> Person | None:
    """Find who is to lead a review: whom the change names, else whom the organisation has on its first day."""
    key = change.details.get("to")
    if key is not None:
        return people.by_key(session, int(key))
    above = snapshots.standing(session, review.appraisee_key, change.effective_on).superior_key
    return people.by_key(session, above) if above else None


def is_below(session: Session, review: Review, after: Person) -> bool:
    """Tell whether somebody is the appraisee, or below the appraisee."""
    above = lines.superiors_of(session, after.key, calendars.today(session, _zone(session, review)))
    return review.appraisee_key in {after.key, *(one.key for one in above)}


def stretches(session: Session, change: CycleChange, review: Review) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the days of a review before a change and from it on, as a rater covers them."""
    first, last = _days(session, review)
    until = change.effective_on - timedelta(days=1)
    return {"covers_from": first, "covers_until": until}, {"covers_from": change.effective_on, "covers_until": last}


def splits(session: Session, change: CycleChange, review: Review) -> bool:
    """Tell whether a change parts the days of a review in two: it comes after the first, and not after the last."""
    first, last = _days(session, review)
    return first < change.effective_on <= last


def _days(session: Session, review: Review) -> tuple[date, date]:
    cycle = session.get_one(Cycle, review.cycle_key)
    return review.covers_from or cycle.starts_on, review.covers_until or cycle.ends_on


def _sharing(session: Session, change: CycleChange, review: Review, own: Rater) -> tuple[Choice, ...]:
    """Name how two superiors may both rate: while it is rated, where the one before is there or has rated."""
    rates = own.state is RaterState.SUBMITTED or (own.state is RaterState.ASKED and _is_there(session, own))
    if not rates or reviews.is_locked(session, review):
        return ()
    return SHARED if splits(session, change, review) else (Choice.BOTH,)


def _is_there(session: Session, rater: Rater) -> bool:
    return candidacies.is_there(session, people.by_key(session, rater.person_key), calendars.today(session))


def _remarks(session: Session, review: Review) -> list[str]:
    """Name what else there is to know of a hand-over."""
    own = _rater(session, review)
    locked = ["calibration-locked"] if own is not None and reviews.is_locked(session, review) else []
    return [*locked, *(["stale-left"] if _is_stale(own) else [])]


def _is_stale(rater: Rater | None) -> bool:
    return rater is not None and rater.state is RaterState.STALE


def _confirm_instead(session: Session, change: CycleChange, review: Review, own: Rater, after: Person) -> None:
    """Let the successor rate where whoever has left can confirm nothing: what that one gave stands beside it."""
    own.state = RaterState.SUBMITTED
    _asked_besides(session, change, review, after).change_key = change.key


def _asked_besides(session: Session, change: CycleChange, review: Review, after: Person) -> Rater:
    """Ask the successor to rate besides; whoever stood there before is asked again, and what was given stands."""
    there = raters.of_review(session, review, raters.SUPERIOR)
    former = next((one for one in there if one.person_key == after.key), None)
    if former is None:
        return raters.add(session, review, after.key, _group(session, review), by=change.decided_by)
    former.state, former.reason = RaterState.ASKED, ""
    return former


def _shared(
    session: Session, change: CycleChange, review: Review, two: tuple[Rater, Person], choice: Choice, *, stood: bool
) -> Aftermath:
    """Let both superiors rate, if that was chosen: the one whose task the evaluation does not have, in the change's."""
    own, after = two
    if choice not in SHARED:
        return NOTHING
    if stood:
        besides = successor = _asked_besides(session, change, review, after)
    else:
        successor = raters.found(session, review, after, raters.SUPERIOR)
        successor.stands_for_key, own.state, own.reason = None, RaterState.ASKED, ""
        besides = own
    besides.change_key = change.key
    if choice is Choice.SPLIT:
        then, now = stretches(session, change, review)
        own.covers_from, own.covers_until = then["covers_from"], then["covers_until"]
        successor.covers_from, successor.covers_until = now["covers_from"], now["covers_until"]
    session.flush()  # the process that goes on reads them
    return Aftermath(rater_key=besides.key)


def _raters_after(
    session: Session, change: CycleChange, review: Review, after: Person, choice: Choice
) -> list[dict[str, Any]]:
    own = _rater(session, review)
    if own is None:
        return []
    before = people.by_key(session, own.person_key)
    given = own.state in (RaterState.SUBMITTED, RaterState.STALE)
    rows = [_row(before, RaterState.SUBMITTED if given else own.state)] if given or choice in SHARED else []
    if choice in SHARED or own.state is not RaterState.SUBMITTED:
        rows.append(_row(after, RaterState.ASKED))
    if choice is not Choice.SPLIT:
        return rows
    spans = stretches(session, change, review)
    days = [(span["covers_until"] - span["covers_from"]).days + 1 for span in spans]
    return [
        {
            **row,
            "from": span["covers_from"].isoformat(),
            "until": span["covers_until"].isoformat(),
            "days": count,
            "weight": f"{count}/{sum(days)}",
        }
        for row, span, count in zip(rows, spans, days, strict=True)
    ]


def _row(person: Person, state: RaterState) -> dict[str, Any]:
    return {"username": person.username, "state": state.value}


def _unchanged(session: Session, review: Review, before: Person | None, after: Person | None) -> Effects:
    found = hand_overs.open_of(session, review, before.username) if before else ()
    hindered = "nobody-follows" if after is None else obstacle(session, review, after)
    return {
        "from": before.username if before else None,
        "to": before.username if before else None,
        "tasks": hand_overs.told(session, found, None),
        "notes": [hindered] if hindered else [],
    }


def _stood_in_before(session: Session, review: Review, person: Person) -> bool:
    """Tell whether somebody was asked as superior before, and may take the place back."""
    return any(one.person_key == person.key for one in raters.of_review(session, review, raters.SUPERIOR))


def _zone(session: Session, review: Review) -> ZoneInfo:
    return ZoneInfo(session.get_one(Cycle, review.cycle_key).zone)


def _rater(session: Session, review: Review) -> Rater | None:
    """Find the rater that the superior of a review is; after the release nobody is asked to rate."""
    if review.state is not ReviewState.RUNNING:
        return None
    own = [one for one in raters.of_review(session, review, raters.SUPERIOR) if one.person_key == review.superior_key]
    return own[0] if own else None


def _group(session: Session, review: Review) -> RaterGroup:
    return next(group for group in raters.groups(session, review) if group.id == raters.SUPERIOR)


def _tell(session: Session, change: CycleChange, review: Review, before: Person, after: Person) -> None:
    appraisee = people.by_key(session, review.appraisee_key)
    told = {"name": appraisee.name, "was": before.name, "now": after.name, "reason": change.reason}
    for person in (appraisee, before, after):
        notices.write(session, person.key, "superior-changed", review=str(review.key), **told)


LEADING = Part(choices, foresee, apply)
