"""Evidence: the documents that people hand in with an appeal, an objection, a self-evaluation or a duty."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.bpmn import documents
from engine.bpmn.documents import Document
from engine.errors import Conflict, Forbidden, Invalid, Problem
from engine.identity import Identity
from engine.reviews.cases import recordings
from engine.reviews.cycle import reviews
from engine.reviews.models import (
    PENDING,
    Appeal,
    AppealStatement,
    Evidence,
    Occasion,
    Person,
    Review,
    ReviewState,
    SignOff,
)
from engine.reviews.sentences import Sentence

MOST = 20
"""How many documents one appeal takes."""


RECORDING = "录音 Recording"
"""The kind of a recording among the evidence of a review."""

OPEN = (ReviewState.RUNNING, ReviewState.RELEASED)
"""The states in which a review takes one."""


def attach_to_appeal(session: Session, appeal: Appeal, named: Collection[int], *, by: Identity) -> None:
    """Hand own documents in with an appeal.

    Raises:
        Invalid: there are too many, or one does not exist, is somebody else's, is handed in already, or is a recording
            of which nothing is said.
    """
    intent = Sentence("attach evidence to appeal {key}", key=appeal.key)
    _expect_fit(session, named, intent)
    if not all(documents.hand_in(session, key, by=by) for key in named):
        problem = Problem(Sentence("There is no such file of yours that can be handed in"), "documents", "unknown-file")
        raise Invalid("Expected to {intent}, but not every file is there", [problem], intent=intent)
    session.add_all(Evidence(document_key=key, appeal_key=appeal.key) for key in named)


def attach_recording_to_appeal(session: Session, appeal: Appeal, key: int, *, by: Identity) -> None:
    """Hand an own recording, of which is said what must be, in with one's own appeal.

    Raises:
        Forbidden: `by` is not the appellant.
        Conflict: the appeal is over.
        Invalid: it does not exist, is somebody else's, is handed in already, or nothing is said of it.
    """
    intent = Sentence("attach a recording to appeal {key}", key=appeal.key)
    reviews.expect_person(session, reviews.found(session, appeal.review_key).appraisee_key, by, intent)
    if appeal.state not in PENDING:
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=appeal.state.value)
    attach_to_appeal(session, appeal, [key], by=by)


def attach_to_statement(session: Session, statement: AppealStatement, named: Collection[int]) -> None:
    """Keep the documents that were handed in with the answer's form beside the statement.

    Raises:
        Invalid: there are too many, or one is a recording of which nothing is said.
    """
    _expect_fit(session, named, Sentence("attach evidence to appeal {appeal_key}", appeal_key=statement.appeal_key))
    session.add_all(Evidence(document_key=key, statement_key=statement.key) for key in named)


def attach_to_sign_off(session: Session, sign_off: SignOff, named: Collection[int]) -> None:
    """Keep the documents that were handed in with the answer's form beside the answer.

    Raises:
        Invalid: there are too many, or one is a recording of which nothing is said.
    """
    _expect_fit(session, named, Sentence("attach evidence to answer {key}", key=sign_off.key))
    session.add_all(Evidence(document_key=key, sign_off_key=sign_off.key) for key in named)


def attach_to_occasion(session: Session, occasion: Occasion, named: Iterable[int]) -> None:
    """Keep the documents that were handed in with the form of a recurring duty beside its occasion."""
    session.add_all(Evidence(document_key=key, occasion_key=occasion.key) for key in named)


def attach_pack(
    session: Session, review: Review, named: Mapping[str, Collection[int]], required: Iterable[str]
) -> None:
    """Keep the evidence pack of a self-evaluation, by kind (L002-17); what was handed in before stays.

    Raises:
        Invalid: a kind that the rules require has no file, each being named; there are too many files, or one is a
            recording of which nothing is said.
    """
    files = [key for keys in named.values() for key in keys]
    _expect_fit(session, files, Sentence("hand in the evidence pack of review {key}", key=review.key))
    there = set(session.scalars(select(Evidence.kind).where(Evidence.review_key == review.key)))
    problems = [
        Problem(Sentence("{name} is not handed in", name=kind), f"pack[{number}].files", "missing-evidence")
        for number, kind in enumerate(required)
        if kind not in there and not named.get(kind)
    ]
    if problems:
        raise Invalid(
            "Expected to hand in the evidence pack of review {key}, but it has gaps", problems, key=review.key
        )
    session.add_all(
        Evidence(document_key=key, review_key=review.key, kind=kind) for kind, keys in named.items() for key in keys
    )


def attach_recording(session: Session, review: Review, key: int, *, by: Identity) -> None:
    """Hand an own recording, of which is said what must be, in as evidence of a review (L001-03).

    Raises:
        Forbidden: `by` is neither appraisee nor superior.
        Conflict: the review is not begun, or it is over.
        Invalid: it does not exist, is somebody else's, is handed in already, or nothing is said of it.
    """
    intent = Sentence("attach a recording to review {key}", key=review.key)
    reviews.expect_state(review, intent, *OPEN)
    if not _has_part(session, review, by):
        raise Forbidden(
            "Expected to {intent}, but {username} is neither appraisee nor superior",
            intent=intent,
            username=by.username,
        )
    recordings.expect_declared(session, [key], intent)
    if not documents.hand_in(session, key, by=by):
        problem = Problem(Sentence("There is no such file of yours that can be handed in"), "documents", "unknown-file")
        raise Invalid("Expected to {intent}, but not every file is there", [problem], intent=intent)
    session.add(Evidence(document_key=key, review_key=review.key, kind=RECORDING))


def takes_recordings(session: Session, review: Review, by: Identity) -> bool:
    """Tell whether somebody may hand a recording in as evidence of a review now."""
    return review.state in OPEN and _has_part(session, review, by)


def of_appeal(session: Session, appeal: Appeal) -> Sequence[Document]:
    """List the documents of an appeal."""
    return _listed(session, Evidence.appeal_key == appeal.key)


def of_statement(session: Session, statement: AppealStatement) -> Sequence[Document]:
    """List the documents of a statement."""
    return _listed(session, Evidence.statement_key == statement.key)


def of_sign_off(session: Session, sign_off: SignOff) -> Sequence[Document]:
    """List the documents of an answer to a result."""
    return _listed(session, Evidence.sign_off_key == sign_off.key)


def of_occasion(session: Session, occasion: Occasion) -> Sequence[Document]:
    """List the documents of an occasion of a recurring duty."""
    return _listed(session, Evidence.occasion_key == occasion.key)


def pack_of(session: Session, review: Review) -> Sequence[Document]:
    """List the documents of the evidence pack of a review's self-evaluation."""
    return _listed(session, Evidence.review_key == review.key)


def _has_part(session: Session, review: Review, by: Identity) -> bool:
    part = select(Person.key).where(
        Person.username == by.username, Person.key.in_([review.appraisee_key, review.superior_key])
    )
    return session.scalar(part) is not None


def _expect_fit(session: Session, named: Collection[int], intent: str) -> None:
    if len(named) > MOST:
        problem = Problem(Sentence("At most {most} files are taken", most=MOST), "documents", "too-many-files")
        raise Invalid("Expected to {intent}, but there are {count} files", [problem], intent=intent, count=len(named))
    recordings.expect_declared(session, named, intent)


def _listed(session: Session, condition: ColumnElement[bool]) -> Sequence[Document]:
    wanted = select(Document).join(Evidence, Evidence.document_key == Document.key).where(condition)
    return session.scalars(wanted.order_by(Document.key)).all()
