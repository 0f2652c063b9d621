"""Joinders: appeals of several people about one matter, heard by one panel, decided one by one (E-76)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn import messages
from engine.bpmn.messages import Publication
from engine.errors import Conflict, Invalid, Problem
from engine.identity import SYSTEM, Identity
from engine.reviews import notices
from engine.reviews.cases import panels, representations
from engine.reviews.models import Appeal, AppealState, PanelDraw, PanelMember, PanelState, Person, Review
from engine.reviews.organisation import people
from engine.reviews.sentences import Sentence, expect_text

SHARED, SEPARATED = "hearing-shared", "case-separated"
"""The messages, by the joined appeal's key: the leading case was heard, or there is none any more."""

KEPT = timedelta(days=90)
"""How long they are kept for a case that is not that far: longer than an appeal may take."""

BEFORE_A_PANEL = (AppealState.LODGED, AppealState.RETURNED, AppealState.ADMITTED)

UNHEARD = (AppealState.REJECTED, AppealState.WITHDRAWN, AppealState.SETTLED, AppealState.LAPSED)
"""How an appeal ends of which no panel decides anything."""


def join(session: Session, leading: Appeal, others: Sequence[Appeal], *, reason: str, by: Identity) -> None:
    """Have other appeals heard together with one, as HR, with the reason; each keeps its own decision.

    Raises:
        Forbidden: `by` is not HR, or is one of the appellants.
        Conflict: lots are drawn for one, it is over, or is joined already.
        Invalid: no reason is given, or they are not about one matter: another cycle, or no indicator in common.
    """
    intent = Sentence("join appeals to {key}", key=leading.key)
    expect_text(reason, "reason", intent)
    for appeal in (leading, *others):
        panels.expect_officer(appeal, by, intent)
        if appeal is not leading and _is_drawn(session, appeal):
            raise Conflict("Expected to {intent}, but appeal {key} has lots of its own", intent=intent, key=appeal.key)
        if appeal.state not in BEFORE_A_PANEL or panels.of_appeal(session, appeal):
            raise Conflict(
                "Expected to {intent}, but appeal {key} is {state}",
                intent=intent,
                key=appeal.key,
                state=appeal.state.value,
            )
        if appeal.joined_to_key is not None or (appeal is not leading and followers(session, appeal)):
            raise Conflict("Expected to {intent}, but appeal {key} is joined already", intent=intent, key=appeal.key)
    if problems := _problems(session, leading, others):
        raise Invalid("Expected to {intent}, but they are not about one matter", problems, intent=intent)
    for appeal in others:
        appeal.joined_to_key = leading.key
    session.flush()  # who is heard together is asked next
    for appeal in (leading, *others):
        speaker = representations.speaker(session, appeal)
        notices.write(session, speaker.key, "appeals-joined", appeal=str(appeal.key), reason=reason)


def heard_together(session: Session, appeal: Appeal) -> list[Appeal]:
    """List the appeals that one panel hears with this one, itself first, but for those that ended unheard."""
    leading = session.get_one(Appeal, appeal.joined_to_key) if appeal.joined_to_key else appeal
    others = (one for one in (leading, *followers(session, leading)) if one.state not in UNHEARD)
    return [appeal, *(one for one in others if one is not appeal)]


def followers(session: Session, leading: Appeal) -> Sequence[Appeal]:
    """List the appeals that are joined to one, the oldest first."""
    return session.scalars(select(Appeal).where(Appeal.joined_to_key == leading.key).order_by(Appeal.key)).all()


def share(session: Session, leading: Appeal) -> None:
    """Seat the panel of a leading case that was heard in each joined one, and let these go on to their votes."""
    seats = panels.seated(session, leading)
    accounts = [people.by_key(session, seat.person_key).username for seat in seats]
    chair = next(account for account, seat in zip(accounts, seats, strict=True) if seat.chair)
    for appeal in followers(session, leading):
        if appeal.state not in BEFORE_A_PANEL:
            continue
        session.add_all(
            PanelMember(
                appeal_key=appeal.key,
                person_key=seat.person_key,
                chair=seat.chair,
                place=seat.place,
                state=PanelState.SEATED,
                called_at=clock.now(session),
            )
            for seat in seats
        )
        _announce(session, SHARED, appeal, {"panel": accounts, "chair": chair})
    session.flush()  # votes refer to the seats


def take_seat(appeal: Appeal) -> None:
    """Let a joined case be heard from now on: its leading case was."""
    appeal.state = AppealState.HEARD


def release(session: Session, leading: Appeal) -> None:
    """Let the joined cases of one that ends without a hearing go on alone, led by the oldest."""
    left = [one for one in followers(session, leading) if one.state in BEFORE_A_PANEL]
    if not left or panels.of_appeal(session, left[0]):
        return
    first, *others = left
    first.joined_to_key = None
    for appeal in others:
        appeal.joined_to_key = first.key
    session.flush()  # the process that goes on reads it
    _announce(session, SEPARATED, first, {})


def joinable(session: Session, appeal: Appeal) -> list[tuple[Appeal, Person]]:
    """List the appeals that could be joined to one, with who lodged each."""
    cycle = select(Review.cycle_key).where(Review.key == appeal.review_key)
    rows = session.execute(
        select(Appeal, Person)
        .join(Review, Review.key == Appeal.review_key)
        .join(Person, Person.key == Review.appraisee_key)
        .where(Review.cycle_key.in_(cycle), Appeal.key != appeal.key, Appeal.state.in_(BEFORE_A_PANEL))
        .where(Appeal.joined_to_key.is_(None))
        .order_by(Appeal.key)
    )
    return [
        (other, person)
        for other, person in rows
        if set(other.items) & set(appeal.items) and not followers(session, other)
    ]


def _problems(session: Session, leading: Appeal, others: Sequence[Appeal]) -> list[Problem]:
    joinable_keys = {other.key for other, _ in joinable(session, leading)}
    sentence = Sentence("It is of another cycle, or disputes no indicator that the other disputes")
    problems = [
        Problem(sentence, str(appeal.key), "other-matter") for appeal in others if appeal.key not in joinable_keys
    ]
    return problems or ([] if others else [Problem(Sentence("No appeal is named"), "appeals", "none")])


def _is_drawn(session: Session, appeal: Appeal) -> bool:
    """Tell whether lots were drawn for an appeal, even if nobody could be called by them."""
    return session.scalar(select(PanelDraw.key).where(PanelDraw.appeal_key == appeal.key)) is not None


def _announce(session: Session, name: str, appeal: Appeal, variables: dict[str, object]) -> None:
    message = Publication(name, str(appeal.key), variables, KEPT, message_id=f"{name}-{clock.now(session).isoformat()}")
    messages.publish(session, message, by=SYSTEM)
