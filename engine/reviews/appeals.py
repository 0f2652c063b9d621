"""Appeals: lodged by the appraisee, decided by a panel whose votes are sealed until the last is cast."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews import people, raters, results, reviews
from engine.reviews.models import Appeal, AppealState, PanelMember, Person, Review, ReviewState, Role, Verdict, Vote
from engine.reviews.sentences import Sentence

SMALLEST_PANEL = 3


def lodge(session: Session, review: Review, *, grounds: str, items: Sequence[str], remedy: str, by: Identity) -> Appeal:
    """Appeal against the own result, however it was signed (X-07).

    Raises:
        Forbidden: `by` is not the appraisee.
        Conflict: the result is not released, or an appeal against it was lodged already.
        Invalid: grounds or remedy are empty, or an item is no indicator.
    """
    intent = f"lodge an appeal in review {review.key}"
    reviews.expect_person(session, review.appraisee_key, by, intent)
    reviews.expect_state(review, intent, ReviewState.RELEASED, ReviewState.SIGNED, ReviewState.CLOSED)
    result = results.expected(session, review)
    if session.scalar(select(Appeal.key).where(Appeal.result_key == result.key)) is not None:
        raise Conflict(f"Expected to {intent}, but an appeal against this result was lodged already")
    known = {indicator.id for indicator in reviews.template(session, review).indicators}
    texts = {"grounds": grounds, "remedy": remedy}
    problems = [Problem(Sentence("It must not be empty"), name, "empty") for name in texts if not texts[name].strip()]
    problems += [
        Problem(Sentence("It is no indicator"), name, "unknown-indicator") for name in items if name not in known
    ]
    if problems:
        raise Invalid(f"Expected to {intent}, but it is not complete", problems)
    appeal = Appeal(
        review_key=review.key,
        result_key=result.key,
        items=list(items),
        lodged_by=by.username,
        lodged_at=clock.now(session),
        grounds=grounds,
        remedy=remedy,
    )
    session.add(appeal)
    session.flush()  # its process and its panel refer to it
    return appeal


def found(session: Session, key: int) -> Appeal:
    """Find an appeal by key.

    Raises:
        NotFound: there is none.
    """
    appeal = session.get(Appeal, key)
    if appeal is None:
        raise NotFound(f"Expected to find appeal {key}, but there is none")
    return appeal


def reject(session: Session, appeal: Appeal, *, reasons: str, by: Identity) -> None:
    """Find an appeal inadmissible, as HR, with reasons.

    Raises:
        Forbidden: `by` is not HR, or is the appellant.
        Conflict: it is admitted or over.
        Invalid: no reasons are given.
    """
    intent = f"reject appeal {appeal.key}"
    _expect_officer(appeal, by, intent)
    _expect_state(appeal, intent, AppealState.LODGED)
    _expect_reasons(reasons, intent)
    _end(session, appeal, AppealState.REJECTED, reasons)


def withdraw(session: Session, appeal: Appeal, *, by: Identity) -> None:
    """Take an appeal back, as the appellant.

    Raises:
        Forbidden: `by` did not lodge it.
        Conflict: it is over.
    """
    intent = f"withdraw appeal {appeal.key}"
    if appeal.lodged_by != by.username:
        raise Forbidden(f"Expected to {intent}, but {by.username} did not lodge it")
    _expect_state(appeal, intent, AppealState.LODGED, AppealState.HEARD)
    _end(session, appeal, AppealState.WITHDRAWN, "")


def convene(session: Session, appeal: Appeal, members: Sequence[Person], *, by: Identity) -> list[PanelMember]:
    """Admit an appeal and convene its panel, as HR; the first member chairs.

    Raises:
        Forbidden: `by` is not HR, or is the appellant.
        Conflict: it is convened or over.
        Invalid: the panel is even or below three, or a member is excluded; each is named.
    """
    intent = f"convene a panel for appeal {appeal.key}"
    _expect_officer(appeal, by, intent)
    _expect_state(appeal, intent, AppealState.LODGED)
    problems = panel_problems(session, appeal, members)
    if problems:
        raise Invalid(f"Expected to {intent}, but these people cannot be it", problems)
    panel = [
        PanelMember(appeal_key=appeal.key, person_key=person.key, chair=number == 0)
        for number, person in enumerate(members)
    ]
    session.add_all(panel)
    session.flush()  # votes refer to them
    appeal.state = AppealState.HEARD
    return panel


def panel_problems(session: Session, appeal: Appeal, members: Sequence[Person]) -> list[Problem]:
    """Name why people cannot be a panel: odd, at least three, and nobody who judged the appellant before (X-06)."""
    problems = []
    if len({person.key for person in members}) < SMALLEST_PANEL or len(members) % 2 == 0:
        sentence = Sentence("A panel has an odd number of members, {least} or more", least=SMALLEST_PANEL)
        problems.append(Problem(sentence, "members", "panel-size"))
    excluded = _excluded(session, appeal)
    problems += [
        Problem(Sentence("{name} is excluded: {reason}", name=p.name, reason=excluded[p.key]), p.username, "excluded")
        for p in members
        if p.key in excluded
    ]
    repeated = [p for p, times in Counter(members).items() if times > 1]
    problems += [Problem(Sentence("{name} is named twice", name=p.name), p.username, "repeated") for p in repeated]
    return problems


def panel_of(session: Session, appeal: Appeal) -> Sequence[PanelMember]:
    """List the members of a panel, the chair first."""
    return session.scalars(
        select(PanelMember).where(PanelMember.appeal_key == appeal.key).order_by(PanelMember.key)
    ).all()


def vote(session: Session, appeal: Appeal, verdict: Verdict, *, reasons: str, by: Identity) -> Vote:
    """Cast one's vote; nobody else sees it before the last is cast (`access.votes`).

    Raises:
        Forbidden: `by` is not on the panel.
        Conflict: the appeal is not heard, or `by` has voted.
        Invalid: no reasons are given.
    """
    intent = f"vote on appeal {appeal.key}"
    person = people.named(session, by.username)
    member = next((m for m in panel_of(session, appeal) if m.person_key == person.key), None)
    if member is None:
        raise Forbidden(f"Expected to {intent}, but {by.username} is not on its panel")
    _expect_state(appeal, intent, AppealState.HEARD)
    if session.scalar(select(Vote.key).where(Vote.member_key == member.key)) is not None:
        raise Conflict(f"Expected to {intent}, but {by.username} has voted")
    _expect_reasons(reasons, intent)
    cast = Vote(
        appeal_key=appeal.key,
        member_key=member.key,
        verdict=verdict,
        reasons=reasons,
        cast_at=clock.now(session),
    )
    session.add(cast)
    session.flush()  # whether all have voted is asked next
    return cast


def all_cast(session: Session, appeal: Appeal) -> bool:
    """Tell whether every member of the panel has voted."""
    return len(_votes(session, appeal)) == len(panel_of(session, appeal)) > 0


def majority(session: Session, appeal: Appeal) -> Verdict | None:
    """Name the verdict of more than half of the panel; None without one: the result then stands.

    Raises:
        Conflict: not all votes are cast: nothing of them is told before.
    """
    if not all_cast(session, appeal):
        raise Conflict(f"Expected to count the votes on appeal {appeal.key}, but not all are cast")
    votes = _votes(session, appeal)
    verdict, times = Counter(vote.verdict for vote in votes).most_common(1)[0]
    return verdict if times * 2 > len(votes) else None


def decide(session: Session, appeal: Appeal, *, reasons: str, by: Identity) -> Appeal:
    """Serve the panel's decision with its reasons, as the chair; without a majority the result stands (E-71).

    Raises:
        Forbidden: `by` does not chair the panel.
        Conflict: not all votes are cast, or the appeal is not heard.
        Invalid: no reasons are given.
    """
    intent = f"decide appeal {appeal.key}"
    _expect_state(appeal, intent, AppealState.HEARD)
    chair = next(member for member in panel_of(session, appeal) if member.chair)
    reviews.expect_person(session, chair.person_key, by, intent)
    _expect_reasons(reasons, intent)
    appeal.verdict = majority(session, appeal) or Verdict.UPHELD
    _end(session, appeal, AppealState.DECIDED, reasons)
    return appeal


def _votes(session: Session, appeal: Appeal) -> Sequence[Vote]:
    return session.scalars(select(Vote).where(Vote.appeal_key == appeal.key).order_by(Vote.key)).all()


def _excluded(session: Session, appeal: Appeal) -> dict[int, str]:
    review = reviews.found(session, appeal.review_key)
    today = calendars.today(session)
    line = {person.key: "superior line" for person in people.superiors_of(session, review.appraisee_key, today)}
    rating = {rater.person_key: "rater" for rater in raters.of_review(session, review)}
    frozen = dict.fromkeys((review.superior_key, review.second_superior_key), "approved the targets")
    named = {key: reason for key, reason in frozen.items() if key is not None}
    return {**named, **line, **rating, review.appraisee_key: "appellant"}


def _expect_officer(appeal: Appeal, by: Identity, intent: str) -> None:
    people.expect_role(by, Role.HR, intent)
    if appeal.lodged_by == by.username:
        raise Forbidden(f"Expected to {intent}, but {by.username} lodged it")


def _expect_state(appeal: Appeal, intent: str, *states: AppealState) -> None:
    if appeal.state not in states:
        raise Conflict(f"Expected to {intent}, but it is {appeal.state.value}")


def _expect_reasons(reasons: str, intent: str) -> None:
    if not reasons.strip():
        raise Invalid(f"Expected to {intent}, but no reasons are given")


def _end(session: Session, appeal: Appeal, state: AppealState, reasons: str) -> None:
    appeal.state = state
    appeal.reasons = reasons
    appeal.ended_at = clock.now(session)
