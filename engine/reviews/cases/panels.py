"""Panels as a case knows them: who sits on one, how many they must be, and who from HR may act."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import Forbidden, Problem
from engine.identity import Identity
from engine.reviews.models import Appeal, PanelMember, PanelState, Person, Role
from engine.reviews.organisation import people
from engine.reviews.sentences import Sentence

SMALLEST = 3
"""The fewest members of a panel."""


def of_appeal(session: Session, appeal: Appeal) -> Sequence[PanelMember]:
    """List the members of a panel who are not excluded, the chair first."""
    return [member for member in called(session, appeal) if member.state is not PanelState.EXCLUDED]


def called(session: Session, appeal: Appeal) -> Sequence[PanelMember]:
    """List everybody who was called to a panel, in the order in which they were."""
    own = select(PanelMember).where(PanelMember.appeal_key == appeal.key)
    return session.scalars(own.order_by(PanelMember.place, PanelMember.key)).all()


def seated(session: Session, appeal: Appeal) -> Sequence[PanelMember]:
    """List those who read the case and vote."""
    return [member for member in called(session, appeal) if member.state is PanelState.SEATED]


def is_whole(session: Session, appeal: Appeal) -> bool:
    """Tell whether everybody sits who is to: nobody is yet to declare, and each excluded member is replaced."""
    members = called(session, appeal)
    replaced = {member.stands_for_key for member in members}
    return all(
        member.key in replaced if member.state is PanelState.EXCLUDED else member.state is PanelState.SEATED
        for member in members
    )


def chair_of(session: Session, appeal: Appeal) -> PanelMember | None:
    """Find who chairs a panel; None where nobody is left on it."""
    return next((member for member in of_appeal(session, appeal) if member.chair), None)


def expect_chair(session: Session, appeal: Appeal, by: Identity, intent: str) -> None:
    """Let pass only who chairs the panel.

    Raises:
        Forbidden: `by` does not.
    """
    chair = chair_of(session, appeal)
    if chair is None or people.by_key(session, chair.person_key).username != by.username:
        raise Forbidden(
            "Expected to {intent}, but {username} does not chair the panel", intent=intent, username=by.username
        )


def expect_seat(session: Session, appeal: Appeal, by: Identity, intent: str) -> PanelMember:
    """Let pass only who sits on the panel.

    Raises:
        Forbidden: `by` does not.
    """
    member = seat_of(session, appeal, by)
    if member is None:
        raise Forbidden("Expected to {intent}, but {username} is not on its panel", intent=intent, username=by.username)
    return member


def seat_of(session: Session, appeal: Appeal, by: Identity) -> PanelMember | None:
    """Find the seat from which somebody reads a case and votes; None where they have none."""
    person = session.scalar(select(Person.key).where(Person.username == by.username))
    return next((member for member in seated(session, appeal) if member.person_key == person), None)


def is_size(number: int) -> bool:
    """Tell whether so many can be a panel: an odd number, three or more."""
    return number >= SMALLEST and number % 2 == 1


def size_problem(where: str) -> Problem:
    """Say how many a panel must be."""
    sentence = Sentence("A panel has an odd number of members, {least} or more", least=SMALLEST)
    return Problem(sentence, where, "panel-size")


def expect_officer(appeal: Appeal, by: Identity, intent: str) -> None:
    """Let pass only HR, and nobody from HR in the own case.

    Raises:
        Forbidden: `by` is not HR, or is the appellant.
    """
    people.expect_role(by, Role.HR, intent)
    if appeal.lodged_by == by.username:
        raise Forbidden("Expected to {intent}, but {username} lodged it", intent=intent, username=by.username)
