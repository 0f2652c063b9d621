"""Statements: what the sides, the chair and the panel say in the course of an appeal, each kept as it was made."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.errors import Invalid, Problem
from engine.identity import Identity
from engine.reviews import access, notices
from engine.reviews.cases import appeals, evidence, panels, representations, votes
from engine.reviews.cycle import reviews
from engine.reviews.models import Appeal, AppealState, AppealStatement, StatementKind
from engine.reviews.sentences import Sentence, expect_text


def of_appeal(session: Session, appeal: Appeal, *, by: Identity) -> Sequence[AppealStatement]:
    """List what was said in an appeal, as far as somebody may know of it, the oldest first."""
    own = select(AppealStatement).where(AppealStatement.appeal_key == appeal.key, access.statements(session, by))
    return session.scalars(own.order_by(AppealStatement.key)).all()


def newest(session: Session, appeal: Appeal, kind: StatementKind) -> AppealStatement | None:
    """Find the newest statement of a kind."""
    own = select(AppealStatement).where(AppealStatement.appeal_key == appeal.key, AppealStatement.kind == kind)
    return session.scalar(own.order_by(AppealStatement.key.desc()).limit(1))


def cure(session: Session, appeal: Appeal, text: str, *, documents: Collection[int], by: Identity) -> AppealStatement:
    """Mend what HR found missing, as the appellant; HR looks at it again.

    Raises:
        Forbidden: `by` does not speak for the appellant.
        Conflict: the appeal was not given back.
        Invalid: nothing is said, or a document is none that one can hand in.
    """
    intent = Sentence("mend appeal {key}", key=appeal.key)
    representations.expect_speaker(session, appeal, by, intent)
    appeals.expect_state(appeal, intent, AppealState.RETURNED)
    made = make(session, appeal, StatementKind.CURE, text, documents=documents, by=by, intent=intent)
    appeals.take_up(appeal)
    return made


def produce_basis(
    session: Session, appeal: Appeal, bases: Mapping[str, str], *, text: str, documents: Collection[int], by: Identity
) -> AppealStatement:
    """Produce the basis of the scores in dispute, by indicator, as who answers for the rater's side.

    Raises:
        Forbidden: `by` does not answer for the rater's side.
        Conflict: the appeal is not before a panel.
        Invalid: an indicator in dispute has no basis, or a document is none that one can hand in.
    """
    intent = Sentence("produce the basis of the scores in appeal {key}", key=appeal.key)
    reviews.expect_person(session, appeal.respondent_key, by, intent)
    appeals.expect_state(appeal, intent, AppealState.ADMITTED, AppealState.HEARD)
    missing = [
        Problem(Sentence("It must not be empty"), name, "empty")
        for name in disputed(session, appeal)
        if not bases.get(name, "").strip()
    ]
    if missing:
        raise Invalid("Expected to {intent}, but not every score in dispute has one", missing, intent=intent)
    lines = [{"indicator": name, "text": said} for name, said in bases.items()]
    made = make(session, appeal, StatementKind.BASIS, text, lines, documents=documents, by=by, intent=intent)
    speaker = representations.speaker(session, appeal)
    notices.write(session, speaker.key, "appeal-basis", appeal=str(appeal.key))
    return made


def note_silence(session: Session, appeal: Appeal) -> AppealStatement:
    """Note that the rater's side produced nothing in time: it is decided on the record, and the burden is theirs."""
    silence = AppealStatement(
        appeal_key=appeal.key, kind=StatementKind.SILENCE, text="", made_by="", made_at=clock.now(session)
    )
    session.add(silence)
    session.flush()  # what the panel is told
    return silence


def is_silent(session: Session, appeal: Appeal) -> bool:
    """Tell whether the rater's side has produced no basis although it was to (E-78)."""
    basis = newest(session, appeal, StatementKind.BASIS)
    return basis is None and newest(session, appeal, StatementKind.SILENCE) is not None


def comment(session: Session, appeal: Appeal, text: str, *, documents: Collection[int], by: Identity) -> None:
    """Comment on what the rater's side has produced, as the appellant.

    Raises:
        Forbidden: `by` does not speak for the appellant.
        Conflict: the appeal is not before a panel.
        Invalid: nothing is said, or a document is none that one can hand in.
    """
    intent = Sentence("comment in appeal {key}", key=appeal.key)
    representations.expect_speaker(session, appeal, by, intent)
    appeals.expect_state(appeal, intent, AppealState.ADMITTED, AppealState.HEARD)
    make(session, appeal, StatementKind.COMMENT, text, documents=documents, by=by, intent=intent)
    if appeal.respondent_key is not None:
        notices.write(session, appeal.respondent_key, "appeal-commented", appeal=str(appeal.key))


def summon(session: Session, appeal: Appeal, on: date, place: str, *, by: Identity) -> None:
    """Ask both sides to a hearing, as the chair; nobody has to come.

    Raises:
        Forbidden: `by` does not chair the panel.
        Conflict: the appeal is not heard.
        Invalid: no place is given, or the day lies behind.
    """
    intent = Sentence("call a hearing of appeal {key}", key=appeal.key)
    appeals.expect_state(appeal, intent, AppealState.HEARD)
    panels.expect_chair(session, appeal, by, intent)
    expect_text(place, "place", intent)
    if on < calendars.today(session):
        problem = Problem(Sentence("The day lies behind"), "heldOn", "over")
        raise Invalid("Expected to {intent}, but not for that day", [problem], intent=intent)
    for key in {representations.speaker(session, appeal).key, appeal.respondent_key}:
        if key is not None:
            notices.write(session, key, "appeal-hearing", appeal=str(appeal.key), on=on.isoformat(), place=place)


def record_minutes(session: Session, appeal: Appeal, kind: StatementKind, minutes: str, *, by: Identity) -> None:
    """Write down how the case was heard, or what the panel deliberated after the last vote, as the chair.

    What the panel deliberated nobody outside it ever sees.

    Raises:
        Forbidden: `by` does not chair the panel.
        Conflict: the appeal is not heard, or the panel would deliberate before the last vote.
        Invalid: nothing is said.
    """
    intent = Sentence("record the {kind} of appeal {key}", kind=kind.value, key=appeal.key)
    appeals.expect_state(appeal, intent, AppealState.HEARD)
    panels.expect_chair(session, appeal, by, intent)
    if kind is StatementKind.DELIBERATION:
        votes.opened(session, appeal)
    make(session, appeal, kind, minutes, by=by, intent=intent)


def disputed(session: Session, appeal: Appeal) -> list[str]:
    """Name the indicators in dispute: those that the appeal names, else all."""
    review = reviews.found(session, appeal.review_key)
    return list(appeal.items) or [one.id for one in reviews.template(session, review).indicators]


def make(
    session: Session,
    appeal: Appeal,
    kind: StatementKind,
    text: str,
    lines: Sequence[Mapping[str, str]] = (),
    *,
    documents: Collection[int] = (),
    by: Identity,
    intent: str,
) -> AppealStatement:
    """Keep a statement as it was made, with its documents; who may make it has been asked.

    Raises:
        Invalid: nothing is said, or a document is none that one can hand in.
    """
    if not lines:
        expect_text(text, "text", intent)
    statement = AppealStatement(
        appeal_key=appeal.key,
        kind=kind,
        text=text,
        lines=[dict(line) for line in lines],
        made_by=by.username,
        made_at=clock.now(session),
    )
    session.add(statement)
    session.flush()  # its documents refer to it
    evidence.attach_to_statement(session, statement, documents)
    return statement
