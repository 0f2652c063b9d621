"""The panel's page of a case: the case, how the scores came about, single ratings on record, notes, and the vote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.bpmn import tasks
from engine.bpmn.documents import Document
from engine.bpmn.models import UserTask
from engine.errors import Conflict, NotFound
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.cases import evidence, panels, proceedings, verdicts, votes
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import (
    Appeal,
    PanelDraw,
    PanelMember,
    PanelState,
    Rater,
    Rating,
    Recusal,
    RecusalMotion,
    Result,
    Review,
    Role,
    Vote,
)
from engine.reviews.organisation import people
from engine.reviews.panels import deliberations, draws, motions, recusals, sight
from engine.reviews.rating import openings
from engine.reviews.reports import sheets
from engine.sentences import Sentence
from web import names, results, sentences
from web.addresses import go
from web.appeals import VERDICTS
from web.dates import instant
from web.languages import N_, gettext
from web.results import Section

STATES = {
    PanelState.ASKED: (N_("Asked to declare"), "info"),
    PanelState.DECLARED: (N_("Declared no conflict"), "info"),
    PanelState.SEATED: (N_("Sits"), "good"),
    PanelState.EXCLUDED: (N_("Excluded"), "empty"),
}


@dataclass(frozen=True, slots=True)
class MemberLine:
    """Somebody who was called to the panel."""

    name: str
    chair: bool
    state: str
    state_kind: str
    reason: str
    """Why HR named somebody from outside, or why somebody is excluded; empty for who may not know."""
    verdict: str
    reasons: str


@dataclass(frozen=True, slots=True)
class RatingLine:
    """One single rating, and who gave it."""

    rater: str
    group: str
    indicator: str
    rating: str
    comment: str


@dataclass(frozen=True, slots=True)
class Lots:
    """The draw, for HR."""

    seed: str
    order: tuple[str, ...]
    excluded: tuple[tuple[str, str], ...]
    holds: bool


@dataclass(frozen=True, slots=True)
class CasePage:
    """What the page shows; what lies before the panel is None for who does not sit."""

    key: int
    review_key: int
    appellant: str
    cycle: str
    appeal: Appeal
    items: tuple[str, ...]
    evidence: Sequence[Document]
    members: tuple[MemberLine, ...]
    motions: tuple[tuple[str, str, str], ...]
    sits: bool
    sections: tuple[Section, ...]
    ratings: tuple[RatingLine, ...]
    anonymous: bool
    """Whether there are ratings that can be read on record alone."""
    notes: tuple[tuple[str, str, str], ...]
    choices: tuple[tuple[str, str], ...]
    """The verdicts to choose from; empty where whoever asks has no vote to cast now."""
    lots: Lots | None


blueprint = Blueprint("panels", __name__)


class Case(View):
    """The case as it lies before its panel."""

    def get(self, key: int) -> str:
        """Show it to its panel, and to HR who is on it."""
        return render_template("panel.html", page=read(self.session, key, by=auth.caller()))


class Notes(View):
    """What a member notes."""

    def post(self, key: int) -> Response:
        """Write a note."""
        deliberations.note(
            self.session, found(self.session, key, auth.caller()), request.form.get("text", ""), by=auth.caller()
        )
        return go(url_for(".case", key=key))


class Names(View):
    """Anonymous ratings with who gave them."""

    def post(self, key: int) -> str:
        """Show them once, and keep who looked and why."""
        review = reviews.found(self.session, found(self.session, key, auth.caller()).review_key)
        opened = openings.open_ratings(self.session, review, reason=request.form.get("reason", ""), by=auth.caller())
        return render_template("parts/ratings.html", ratings=_lines(self.session, review, opened))


class Votes(View):
    """One's vote."""

    def post(self, key: int) -> Response:
        """Cast it, by completing the task in which one is asked for it."""
        task = _task(self.session, found(self.session, key, auth.caller()), auth.caller())
        if task is None:
            raise Conflict(
                "Expected to vote on appeal {key}, but {username} is not asked to",
                key=key,
                username=auth.caller().username,
            )
        answers = {name: request.form[name] for name in ("verdict", "reasons") if request.form.get(name)}
        tasks.complete(self.session, task.key, by=auth.caller(), variables=answers)
        flash(gettext("Your vote is cast. Nobody sees it before all are."))
        return go(url_for(".case", key=key))


blueprint.add_url_rule("/appeals/<key:key>/panel", view_func=Case.as_view("case"))
blueprint.add_url_rule("/appeals/<key:key>/panel/names", view_func=Names.as_view("names"))
blueprint.add_url_rule("/appeals/<key:key>/panel/notes", view_func=Notes.as_view("notes"))
blueprint.add_url_rule("/appeals/<key:key>/panel/votes", view_func=Votes.as_view("votes"))


def found(session: Session, key: int, by: Identity) -> Appeal:
    """Find a case for its panel or for HR.

    Raises:
        NotFound: there is none, or none that `by` sits on or is in HR for.
        Forbidden: `by` sits on it and is recused by now.
    """
    appeal = session.scalar(select(Appeal).where(Appeal.key == key, access.appeals(session, by)))
    if appeal is None or not (panels.seat_of(session, appeal, by) or _is_hr(by)):
        raise NotFound(
            "Expected to find the panel of appeal {key}, but there is none that {username} may know of",
            key=key,
            username=by.username,
        )
    recusals.expect_none(session, appeal, by, Sentence("read the case of appeal {key}", key=key))
    return appeal


def read(session: Session, key: int, *, by: Identity) -> CasePage:
    """Read what the page shows to somebody.

    Raises:
        NotFound: there is no such case, or none that `by` sits on or is in HR for.
    """
    appeal = found(session, key, by)
    review = reviews.found(session, appeal.review_key)
    cycle = cycles.found(session, review.cycle_key)
    zone, sits = ZoneInfo(cycle.zone), panels.seat_of(session, appeal, by) is not None
    indicators = {one.id: names.either(one.name, one.name_en) for one in reviews.template(session, review).indicators}
    disputed = session.get_one(Result, appeal.result_key)
    seen = _named(session, review, by) if sits else []
    return CasePage(
        key=key,
        review_key=review.key,
        appellant=names.of_person(people.by_key(session, review.appraisee_key)),
        cycle=cycle.label,
        appeal=appeal,
        items=tuple(indicators.get(item, item) for item in appeal.items),
        evidence=evidence.of_appeal(session, appeal),
        members=tuple(_members(session, appeal, by)),
        motions=tuple(_motions(session, appeal, by)),
        sits=sits,
        sections=results.sections(sheets.of_review(session, review, by=by, version=disputed.version)) if sits else (),
        ratings=tuple(_lines(session, review, seen)),
        anonymous=sits and _has_anonymous(session, review),
        notes=tuple(
            (_name(session, note.member_key), instant(note.written_at, zone), note.text)
            for note in deliberations.of_appeal(session, appeal, by=by)
        ),
        choices=tuple(_choices(session, appeal, by)),
        lots=_lots(session, appeal, by),
    )


def _is_hr(by: Identity) -> bool:
    return Role.HR in by.groups or by.operator


def _task(session: Session, appeal: Appeal, by: Identity) -> UserTask | None:
    """Find the open task in which somebody votes on a case."""
    waiting = proceedings.open_for(session, appeal, votes.CASTING)
    return next((task for task in waiting if task.assignee == by.username), None)


def _choices(session: Session, appeal: Appeal, by: Identity) -> list[tuple[str, str]]:
    """List the verdicts that a panel may come to, for who has a vote to cast."""
    if _task(session, appeal, by) is None:
        return []
    return [(verdict.value, gettext(VERDICTS[verdict])) for verdict in verdicts.choices(appeal)]


def _members(session: Session, appeal: Appeal, by: Identity) -> list[MemberLine]:
    visible = select(Vote).where(Vote.appeal_key == appeal.key, access.votes(session, by))
    cast = {vote.member_key: vote for vote in session.scalars(visible)}
    own = select(PanelMember).where(PanelMember.appeal_key == appeal.key, sight.panel_members(session, by))
    return [
        _member(session, member, cast.get(member.key), tells=_is_hr(by))
        for member in session.scalars(own.order_by(PanelMember.place, PanelMember.key))
    ]


def _member(session: Session, member: PanelMember, vote: Vote | None, *, tells: bool) -> MemberLine:
    state, kind = STATES[member.state]
    said = [member.appointment]
    if member.exclusion is not None:
        said = [sentences.translated(recusals.reason_of(member.exclusion)), member.exclusion_reason]
    return MemberLine(
        name=names.of_person(people.by_key(session, member.person_key)),
        chair=member.chair,
        state=gettext(state),
        state_kind=kind,
        reason=gettext(": ").join(text for text in said if text) if tells else "",
        verdict=gettext(VERDICTS[vote.verdict]) if vote else "",
        reasons=vote.reasons if vote else "",
    )


def _motions(session: Session, appeal: Appeal, by: Identity) -> list[tuple[str, str, str]]:
    """Tell who asked that whom be excluded and why, and what was decided."""
    return [
        (
            f"{names.of_person(people.by_key(session, one.party_key))} → {_name(session, one.member_key)}",
            one.reason,
            _decision(one),
        )
        for one in motions.of_appeal(session, appeal, by=by)
    ]


def _decision(motion: RecusalMotion) -> str:
    if motion.granted is None:
        return gettext("not decided yet")
    return gettext(": ").join((gettext("granted") if motion.granted else gettext("denied"), motion.decision))


def _name(session: Session, member_key: int) -> str:
    return names.of_person(people.by_key(session, session.get_one(PanelMember, member_key).person_key))


def _named(session: Session, review: Review, by: Identity) -> list[tuple[Rater, Rating]]:
    """Read the single ratings that the panel sees without further ado."""
    rows = session.execute(
        select(Rater, Rating)
        .join(Rating, Rating.rater_key == Rater.key)
        .where(Rating.review_key == review.key, access.ratings(session, by))
        .order_by(Rating.key)
    )
    return [(rater, rating) for rater, rating in rows]


def _has_anonymous(session: Session, review: Review) -> bool:
    own = select(Rater.key).where(Rater.review_key == review.key, Rater.anonymous)
    return session.scalar(own.limit(1)) is not None


def _lines(session: Session, review: Review, given: Sequence[tuple[Rater, Rating]]) -> list[RatingLine]:
    template = reviews.template(session, review)
    indicators = {one.id: names.either(one.name, one.name_en) for one in template.indicators}
    groups = {one.id: names.either(one.name, one.name_en) for one in template.rater_groups}
    return [
        RatingLine(
            rater=names.of_person(people.by_key(session, rater.person_key)),
            group=groups.get(rater.group_id, rater.group_id),
            indicator=indicators.get(rating.indicator_id, rating.indicator_id),
            rating=rating.rating,
            comment=" · ".join([text for text in (rating.comment, *rating.case.values()) if text]),
        )
        for rater, rating in given
    ]


def _lots(session: Session, appeal: Appeal, by: Identity) -> Lots | None:
    own = select(PanelDraw).where(PanelDraw.appeal_key == appeal.key, sight.draws(session, by))
    lots = session.scalar(own)
    if lots is None:
        return None
    called = {one: names.of_person(people.by_employee_id(session, one)) for one in (*lots.order, *lots.excluded)}
    reasons = {
        one: gettext(", ").join(sentences.translated(recusals.reason_of(Recusal(why))) for why in whys)
        for one, whys in lots.excluded.items()
    }
    return Lots(
        seed=lots.seed,
        order=tuple(f"{called[one]} ({one})" for one in lots.order),
        excluded=tuple((called[one], why) for one, why in reasons.items()),
        holds=draws.holds(lots),
    )
