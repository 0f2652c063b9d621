"""The papers of a review: what was sent, delivered and opened, and when; until when one may appeal; closed steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.errors import Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews.cases import windows
from engine.reviews.cycle import cycles, reviews, terms
from engine.reviews.models import Delivery, DeliveryState, Means, Person, Proof, Result, Review
from engine.reviews.organisation import people, scopes
from engine.reviews.sentences import Sentence
from engine.reviews.settlements import dues
from engine.reviews.signing import closings, deliveries
from engine.reviews.signing.closings import ANSWERS
from engine.reviews.signing.deliveries import Service
from web import names
from web import reviews as review_pages
from web.addresses import go
from web.dates import Deadline, instant
from web.languages import N_, gettext

STATES = {
    DeliveryState.SENT: (N_("Sent"), "info"),
    DeliveryState.DELIVERED: (N_("Delivered"), "info"),
    DeliveryState.SERVED: (N_("Served"), "good"),
    DeliveryState.OPENED: (N_("Opened"), "good"),
}
MEANS = {Means.MAIL: N_("Registered mail"), Means.WITNESS: N_("Handed over before a witness")}
PROOFS = {
    Proof.OPENED: N_("opened by the person, or served a second time"),
    Proof.DELIVERED: N_("in the inbox of the person, who was logged in, or served a second time"),
    Proof.SERVED: N_("served a second time: registered mail, or handed over before a witness"),
}


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper on its way."""

    key: int
    title: str
    address: str
    state: str
    state_kind: str
    events: tuple[tuple[str, str], ...]
    """What happened to it, and when."""
    until: str
    """Until when one may appeal against it; empty where that is not known, or not possible."""
    closed: bool
    """Whether that time is over."""
    servable: bool
    """Whether the reader may record a second service."""


@dataclass(frozen=True, slots=True)
class ClosedStep:
    """A step that HR closed."""

    name: str
    holder: str
    by: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class PapersPage:
    """What the page of papers shows."""

    key: int
    appraisee: str
    cycle: str
    zone: str
    proof: str
    appeal_days: int
    papers: tuple[Paper, ...]
    closed: tuple[ClosedStep, ...]
    settlement: str
    held: tuple[str, ...]
    closable: str
    """The open step that the reader may close; empty where there is none."""


blueprint = Blueprint("papers", __name__)


class Index(View):
    """The papers of a review."""

    def get(self, key: int) -> str:
        """Show what was sent, and how far it is."""
        means = [(one.value, gettext(label)) for one, label in MEANS.items()]
        return render_template("papers.html", page=read(self.session, key, by=auth.caller()), means=means)


class ClosingOfStep(View):
    """The closing of a stuck step."""

    def post(self, key: int) -> Response:
        """Close it, as HR."""
        review = reviews.found(self.session, key)
        closing = closings.close(self.session, review, reason=request.form.get("reason", ""), by=auth.caller())
        flash(gettext("Closed: {step}").format(step=names.local(closing.name)))
        return go(url_for(".index", key=key))


class SecondService(View):
    """The second service of a paper."""

    def post(self, key: int) -> Response:
        """Record it, as HR."""
        delivery = deliveries.found(self.session, key)
        deliveries.serve(self.session, delivery, _service(self.session), by=auth.caller())
        flash(gettext("The second service is recorded."))
        return go(url_for(".index", key=delivery.review_key))


blueprint.add_url_rule("/reviews/<key:key>/papers", view_func=Index.as_view("index"))
blueprint.add_url_rule("/reviews/<key:key>/closing", view_func=ClosingOfStep.as_view("close"))
blueprint.add_url_rule("/deliveries/<key:key>/service", view_func=SecondService.as_view("serve"))


def read(session: Session, key: int, *, by: Identity) -> PapersPage:
    """Read what the page of a review's papers shows to somebody.

    Raises:
        NotFound: there is no such review, or none that `by` may know of.
    """
    line = review_pages.read(session, key, by=by).line
    review = reviews.found(session, key)
    cycle = cycles.found(session, review.cycle_key)
    sent = deliveries.of_review(session, review, by=by)
    keeps = scopes.keeps(session, review, by)
    if not are_open(session, review, by=by):
        raise NotFound(
            "Expected to find the papers of review {key}, but there are none that {username} may see",
            key=key,
            username=by.username,
        )
    chosen = terms.of_cycle(session, cycle.key)
    settlement = dues.of_review(session, review) if any(one.result_key for one in sent) else None
    indicators = {one.id: names.either(one.name, one.name_en) for one in reviews.template(session, review).indicators}
    steps = closings.closable(session, review) if keeps else ()
    return PapersPage(
        key=key,
        appraisee=line.appraisee,
        cycle=cycle.label,
        zone=cycle.zone,
        proof=gettext(PROOFS[chosen.proof]),
        appeal_days=chosen.appeal_days,
        papers=tuple(_paper(session, review, one, by) for one in sent),
        closed=tuple(_closed(session, review, ZoneInfo(cycle.zone), by)),
        settlement=settlement.due_on.isoformat() if settlement else "",
        held=tuple(indicators[name] for name in settlement.held) if settlement else (),
        closable=names.local(steps[0].task.name) if steps else "",
    )


def are_open(session: Session, review: Review, *, by: Identity) -> bool:
    """Tell whether somebody may read the page of a review's papers: the appraisee, HR, and who knows of a paper."""
    if scopes.keeps(session, review, by) or people.by_key(session, review.appraisee_key).username == by.username:
        return True
    return bool(deliveries.of_review(session, review, by=by))


def appeal_until(session: Session, review_key: int) -> str:
    """Say until when an appeal in a review is, or was, possible; a dash where that is not known."""
    review = reviews.found(session, review_key)
    zone = ZoneInfo(cycles.found(session, review.cycle_key).zone)
    at = windows.closes_at(session, review) or windows.closed_at(session, review)
    return Deadline(at, at, zone).text if at else "–"


def closed_by(session: Session, review: Review, *, by: Identity) -> str:
    """Say by whom and why the answer to the result was administratively closed; empty where it was not."""
    zone = ZoneInfo(cycles.found(session, review.cycle_key).zone)
    for closing in closings.of_review(session, review, by=by):
        if closing.operation in ANSWERS:
            person = names.of_accounts(session, [closing.closed_by])[closing.closed_by]
            text = gettext("Administratively closed by {person} on {at}: {reason}. This is no signature.")
            return text.format(person=person, at=instant(closing.closed_at, zone), reason=closing.reason)
    return ""


def _paper(session: Session, review: Review, delivery: Delivery, by: Identity) -> Paper:
    zone = deliveries.zone_of(session, delivery)
    state, kind = STATES[delivery.state]
    title, address = _title(session, delivery)
    open_until = windows.closes_at(session, review) if delivery.result_key else None
    at = delivery.closed_at or open_until
    may_serve = scopes.keeps(session, review, by) and delivery.person_key != _key_of(session, by)
    return Paper(
        key=delivery.key,
        title=title,
        address=address,
        state=gettext(state),
        state_kind=kind,
        events=tuple(_events(session, delivery, zone)),
        until=Deadline(at, at, zone).text if at else "",
        closed=delivery.closed_at is not None,
        servable=may_serve and delivery.proven_at is None,
    )


def _title(session: Session, delivery: Delivery) -> tuple[str, str]:
    if delivery.result_key:
        version = session.get_one(Result, delivery.result_key).version
        address = url_for("web.results.result", key=delivery.review_key, version=version)
        return gettext("Result sheet, version {number}").format(number=version), address
    if delivery.letter_key:
        return gettext("Commitment letter"), url_for("web.letters.letter", key=delivery.review_key)
    return gettext("Decision on the appeal"), url_for("web.appeals.case", key=delivery.appeal_key)


def _events(session: Session, delivery: Delivery, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    dated = {
        gettext("Sent"): delivery.sent_at,
        gettext("Delivered to the inbox"): delivery.delivered_at,
        gettext("Opened"): delivery.opened_at,
    }
    yield from ((label, instant(at, zone)) for label, at in dated.items() if at is not None)
    if delivery.served_at is not None:
        yield gettext("Served a second time"), f"{_day(delivery.served_at, zone)} · {_proof(session, delivery)}"
    if delivery.proven_at is not None:
        yield gettext("Delivery proven from"), _day(delivery.proven_at, zone)


def _proof(session: Session, delivery: Delivery) -> str:
    means = gettext(MEANS[delivery.means]) if delivery.means else ""
    witness = session.get(Person, delivery.witness_key) if delivery.witness_key else None
    said = [means, delivery.reference]
    if witness is not None:
        said.append(gettext("witness: {person}").format(person=names.of_person(witness)))
    return gettext(", ").join(said)


def _closed(session: Session, review: Review, zone: ZoneInfo, by: Identity) -> Iterator[ClosedStep]:
    for closing in closings.of_review(session, review, by=by):
        people = names.of_accounts(session, [closing.closed_by, closing.holder])
        yield ClosedStep(
            name=names.local(closing.name),
            holder=people.get(closing.holder, ""),
            by=people[closing.closed_by],
            at=instant(closing.closed_at, zone),
            reason=closing.reason,
        )


def _service(session: Session) -> Service:
    form = request.form
    try:
        means, served_on = Means(form.get("means", "")), date.fromisoformat(form.get("served_on", ""))
    except ValueError as unclear:
        problem = Problem(Sentence("How and on which day it was served must be said"), "servedOn", "empty")
        raise Invalid("Expected to record a second service, but its proof is not complete", [problem]) from unclear
    named = form.get("witness", "").strip()
    witness = people.called(session, named) if named and means is Means.WITNESS else None
    return Service(means=means, served_on=served_on, reference=form.get("reference", ""), witness=witness)


def _day(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).date().isoformat()


def _key_of(session: Session, by: Identity) -> int | None:
    try:
        return people.named(session, by.username).key
    except NotFound:
        return None
