"""Deliveries: papers on their way to a person, sent, delivered, opened or served, each with its instant (E-49).

Sending is telling somebody. A paper is *delivered* once it lay in the inbox of the person, who was logged in, *opened*
once the person read it, *served* once HR has proof of a second service. What of these is proof, the cycle's terms say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypedDict, Unpack
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.bpmn import messages
from engine.bpmn.messages import Publication
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews import access, notices
from engine.reviews.cases import windows
from engine.reviews.cycle import reviews, terms
from engine.reviews.models import Cycle, Delivery, Means, Person, Proof, Result, Review
from engine.reviews.organisation import people, scopes
from engine.reviews.sentences import Sentence

PROVEN = "delivery-proven"
"""The message, correlated by the delivery's key, for which a process waits that goes by the proof."""


class Paper(TypedDict, total=False):
    """What is delivered: one of them."""

    result_key: int
    letter_key: int
    appeal_key: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A second service as HR records it; `reference` is the number of the receipt, or where it was handed over."""

    means: Means
    served_on: date
    reference: str
    witness: Person | None = None


def send(session: Session, review: Review, *, to: Person | None = None, **paper: Unpack[Paper]) -> Delivery:
    """Send a paper to the appraisee, or who speaks for the appraisee, who is told of it by whoever sends it."""
    addressee = review.appraisee_key if to is None else to.key
    delivery = Delivery(review_key=review.key, person_key=addressee, sent_at=clock.now(session), **paper)
    session.add(delivery)
    session.flush()  # the process refers to it
    return delivery


def of_review(session: Session, review: Review, *, by: Identity) -> Sequence[Delivery]:
    """List what of a review was sent, as far as somebody may know of it, the newest first."""
    sent = select(Delivery).where(Delivery.review_key == review.key, access.deliveries(session, by))
    return session.scalars(sent.order_by(Delivery.key.desc())).all()


def of_result(session: Session, result: Result) -> Delivery | None:
    """Find the delivery of a version of a result."""
    return session.scalar(select(Delivery).where(Delivery.result_key == result.key))


def is_of_result(session: Session, delivery: Delivery, *, review_key: int, version: int | None) -> bool:
    """Tell whether a delivery is of a version of a review's result, or of the newest that is released."""
    if delivery.result_key is None or delivery.review_key != review_key:
        return False
    released = select(Result).where(Result.review_key == review_key, Result.released_at.is_not(None))
    if version is not None:
        released = released.where(Result.version == version)
    shown = session.scalar(released.order_by(Result.version.desc()).limit(1))
    return shown is not None and shown.key == delivery.result_key


def found(session: Session, key: int) -> Delivery:
    """Find a delivery by key.

    Raises:
        NotFound: there is none.
    """
    delivery = session.get(Delivery, key)
    if delivery is None:
        raise NotFound("Expected to find delivery {key}, but there is none", key=key)
    return delivery


def on_the_way(session: Session, *, by: Identity) -> Sequence[Delivery]:
    """List what was sent to somebody and has not lain in the inbox yet."""
    waiting = _own(by).where(Delivery.delivered_at.is_(None), Delivery.opened_at.is_(None))
    return session.scalars(waiting.order_by(Delivery.key)).all()


def unopened(session: Session, *, by: Identity) -> Sequence[Delivery]:
    """List what was sent to somebody and is not opened yet."""
    return session.scalars(_own(by).where(Delivery.opened_at.is_(None)).order_by(Delivery.key)).all()


def arrive(session: Session, *, by: Identity) -> None:
    """Record that what was sent to somebody lies in the inbox before them, by their own login."""
    arrived = on_the_way(session, by=by)
    for delivery in arrived:
        delivery.delivered_at = clock.now(session)
    _tell(session, arrived, by)


def open_(session: Session, opened: Iterable[Delivery], *, by: Identity) -> None:
    """Record that somebody reads what was sent to them, by their own login; what is opened is delivered.

    Raises:
        Forbidden: it was sent to somebody else: rights come from the login, never from a link (E-64).
    """
    read = list(opened)
    for delivery in read:
        note_opened(session, delivery, by=by)
    _tell(session, read, by)


def note_opened(session: Session, delivery: Delivery, *, by: Identity) -> None:
    """Record that somebody reads what was sent to them, and leave it to the caller to tell the process.

    Raises:
        Forbidden: it was sent to somebody else.
    """
    reviews.expect_person(session, delivery.person_key, by, Sentence("open delivery {key}", key=delivery.key))
    delivery.opened_at = delivery.opened_at or clock.now(session)
    delivery.delivered_at = delivery.delivered_at or delivery.opened_at
    _settle(session, delivery)


def serve(session: Session, delivery: Delivery, service: Service, *, by: Identity) -> None:
    """Record a second service as HR, and let the process that waits for the proof go on.

    Raises:
        Forbidden: `by` is not HR, or the addressee: nobody proves the delivery to oneself but by reading.
        Conflict: it is served already.
        Invalid: the day lies ahead or before it was sent, the reference is missing, or nobody witnessed it.
    """
    note_service(session, delivery, service, by=by)
    _tell(session, [delivery], by)


def note_service(session: Session, delivery: Delivery, service: Service, *, by: Identity) -> None:
    """Record a second service as HR, and leave it to the caller to tell the process.

    Raises:
        Forbidden, Conflict, Invalid: as `serve`.
    """
    intent = Sentence("record the service of delivery {key}", key=delivery.key)
    scopes.expect_review(session, reviews.found(session, delivery.review_key), by=by, intent=intent)
    if people.by_key(session, delivery.person_key).username == by.username:
        raise Forbidden("Expected to {intent}, but it is one's own", intent=intent)
    if delivery.served_at is not None:
        raise Conflict("Expected to {intent}, but it is served already", intent=intent)
    zone = zone_of(session, delivery)
    if problems := _service_problems(session, delivery, service, zone, by):
        raise Invalid("Expected to {intent}, but its proof is not complete", problems, intent=intent)
    midnight = datetime.combine(service.served_on, time(), zone)
    delivery.served_at = max(midnight, delivery.sent_at)  # the hour is not known; no paper comes before it is sent
    delivery.means, delivery.reference = service.means, service.reference
    delivery.witness_key = service.witness.key if service.witness else None
    delivery.served_by, delivery.recorded_at = by.username, clock.now(session)
    _settle(session, delivery)


def publication(session: Session, delivery: Delivery) -> Publication:
    """Give the message that tells a process on which day a delivery is proven, by the cycle's zone."""
    return Publication(PROVEN, str(delivery.key), {"provenOn": proven_on(session, delivery)})


def proven_on(session: Session, delivery: Delivery) -> str | None:
    """Give the day on which a delivery is proven, by the cycle's zone; None where it is not."""
    if delivery.proven_at is None:
        return None
    return delivery.proven_at.astimezone(zone_of(session, delivery)).date().isoformat()


def zone_of(session: Session, delivery: Delivery) -> ZoneInfo:
    """Give the zone of the cycle that a delivery belongs to."""
    return ZoneInfo(_cycle(session, delivery).zone)


def _own(by: Identity) -> Select[Delivery]:
    return select(Delivery).join(Person, Person.key == Delivery.person_key).where(Person.username == by.username)


def _cycle(session: Session, delivery: Delivery) -> Cycle:
    return session.get_one(Cycle, session.get_one(Review, delivery.review_key).cycle_key)


def _settle(session: Session, delivery: Delivery) -> None:
    """Date the proof by the cycle's terms, once and for all; the appraisee is told that the window is open."""
    if delivery.proven_at is not None:
        return
    proof = terms.of_cycle(session, _cycle(session, delivery).key).proof
    accepted = [delivery.served_at]
    if proof is not Proof.SERVED:
        accepted.append(delivery.opened_at)
    if proof is Proof.DELIVERED:
        accepted.append(delivery.delivered_at)
    delivery.proven_at = min((instant for instant in accepted if instant is not None), default=None)
    if delivery.proven_at is not None and delivery.result_key is not None:
        _tell_of_window(session, delivery)


def _tell_of_window(session: Session, delivery: Delivery) -> None:
    review = session.get_one(Review, delivery.review_key)
    if windows.is_open(session, review):
        notices.write(session, delivery.person_key, "appeal-window", review=str(review.key))


def _tell(session: Session, deliveries: Iterable[Delivery], by: Identity) -> None:
    """Let the processes go on that wait for the proof of these; who waits no more is not told."""
    session.flush()  # they read it
    for delivery in deliveries:
        _settle(session, delivery)
        if delivery.proven_at is not None:
            messages.publish(session, publication(session, delivery), by=by.trusted())


def _service_problems(
    session: Session, delivery: Delivery, service: Service, zone: ZoneInfo, by: Identity
) -> list[Problem]:
    problems = []
    if not service.reference.strip():
        problems.append(Problem(Sentence("It must not be empty"), "reference", "empty"))
    if service.served_on > calendars.today(session, zone):
        problems.append(Problem(Sentence("The day of service lies ahead"), "servedOn", "not-served"))
    if service.served_on < delivery.sent_at.astimezone(zone).date():
        problems.append(Problem(Sentence("The day of service lies before the day it was sent"), "servedOn", "early"))
    if service.means is Means.WITNESS:
        problems += _witness_problems(delivery, service.witness, by)
    return problems


def _witness_problems(delivery: Delivery, witness: Person | None, by: Identity) -> list[Problem]:
    if witness is None:
        return [Problem(Sentence("Who witnessed it must be said"), "witness", "empty")]
    if witness.key == delivery.person_key or witness.username == by.username:
        sentence = Sentence("{name} cannot witness the own act", name=witness.name)
        return [Problem(sentence, "witness", "own-witness")]
    return []
