"""Formations: members are called by their lots, declare, are replaced from the reserve or from outside, and sit."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.errors import Conflict, Forbidden, Invalid, Problem
from engine.identity import Identity
from engine.reviews import notices
from engine.reviews.cases import panels
from engine.reviews.models import Appeal, AppealState, PanelMember, PanelState, Person, Recusal
from engine.reviews.organisation import employments, people
from engine.reviews.panels import draws, recusals
from engine.reviews.panels.recusals import Reasons
from engine.reviews.sentences import Sentence, expect_text


def fill(session: Session, appeal: Appeal) -> list[PanelMember]:
    """Call those whose lots come next until the panel is full or the reserve used up; return who is called.

    Whoever has become unable since the draw is passed over, and the panel is never of one department alone.
    """
    lots, barred = draws.in_force(session, appeal), recusals.of_appeal(session, appeal)
    called: list[PanelMember] = []
    while lots is not None and missing(session, appeal) and (person := _next(session, appeal, lots.order, barred)):
        called.append(_call(session, appeal, person))
    crown(session, appeal)
    return called


def missing(session: Session, appeal: Appeal) -> int:
    """Tell how many members a panel lacks."""
    lots = draws.in_force(session, appeal)
    return (lots.size if lots else panels.SMALLEST) - len(panels.of_appeal(session, appeal))


def appoint(session: Session, appeal: Appeal, named: Sequence[Person], *, reason: str, by: Identity) -> None:
    """Call members from outside the pool, as HR, where the reserve is used up (E-67).

    Raises:
        Forbidden: `by` is not HR, or is the appellant.
        Invalid: they would not make the panel whole, one is recused or was called before, all are of one department,
            or no reason is given.
    """
    intent = Sentence("appoint members of the panel of appeal {key}", key=appeal.key)
    panels.expect_officer(appeal, by, intent)
    expect_text(reason, "reason", intent)
    if problems := _appointment_problems(session, appeal, named):
        raise Invalid("Expected to {intent}, but these people cannot be it", problems, intent=intent)
    for person in named:
        member = _call(session, appeal, person)
        member.appointed_by, member.appointment = by.username, reason
    crown(session, appeal)


def from_outside(session: Session, appeal: Appeal) -> Sequence[Person]:
    """List whom HR may name from outside: whoever is employed, not recused and was not called before."""
    away = {*recusals.of_appeal(session, appeal), *(member.person_key for member in panels.called(session, appeal))}
    employed = employments.employed_on(calendars.today(session))
    return session.scalars(select(Person).where(employed, Person.key.not_in(away)).order_by(Person.employee_id)).all()


def give_up(session: Session, appeal: Appeal, *, reason: str, by: Identity) -> None:
    """Record, as HR, that nobody can be named from outside either, with the reason.

    Raises:
        Forbidden: `by` is not HR, or is the appellant.
        Conflict: no lots were drawn, or nobody is missing.
        Invalid: no reason is given.
    """
    intent = Sentence("give up the panel of appeal {key}", key=appeal.key)
    panels.expect_officer(appeal, by, intent)
    lots = draws.in_force(session, appeal)
    if lots is None or not missing(session, appeal):
        raise Conflict("Expected to {intent}, but nobody is missing", intent=intent)
    expect_text(reason, "reason", intent)
    lots.given_up, lots.given_up_by = reason, by.username


def declare(session: Session, appeal: Appeal, *, conflict: bool, statement: str, by: Identity) -> PanelMember:
    """Declare whether one has a conflict, before anything of the case is shown; who has one is excluded.

    Raises:
        Forbidden: `by` was not called to the panel.
        Conflict: `by` has declared, or is excluded.
        Invalid: what the conflict is is not said.
    """
    intent = Sentence("declare on the panel of appeal {key}", key=appeal.key)
    member = expect_called(session, appeal, by, intent)
    if member.state is not PanelState.ASKED:
        raise Conflict(
            "Expected to {intent}, but {username} is {state} already",
            intent=intent,
            username=by.username,
            state=member.state.value,
        )
    if conflict:
        expect_text(statement, "statement", intent)
    member.statement, member.declared_at = statement, clock.now(session)
    if conflict:
        exclude(session, member, Recusal.DECLARED, statement)
    else:
        member.state = PanelState.DECLARED
    return member


def expect_called(session: Session, appeal: Appeal, by: Identity, intent: str) -> PanelMember:
    """Let pass only who was called to the panel.

    Raises:
        Forbidden: `by` was not.
    """
    person = people.named(session, by.username)
    member = next((one for one in panels.called(session, appeal) if one.person_key == person.key), None)
    if member is None:
        raise Forbidden(
            "Expected to {intent}, but {username} was not called to it", intent=intent, username=by.username
        )
    return member


def exclude(session: Session, member: PanelMember, why: Recusal, reason: str = "") -> None:
    """Exclude a member, who then neither reads nor votes."""
    member.state, member.exclusion, member.exclusion_reason = PanelState.EXCLUDED, why, reason
    member.chair, member.excluded_at = False, clock.now(session)
    session.flush()  # who is still there is asked next


def exclude_silent(session: Session, appeal: Appeal) -> None:
    """Exclude whoever was called and did not declare in time: nobody is taken to have no conflict."""
    for member in panels.of_appeal(session, appeal):
        if member.state is PanelState.ASKED:
            exclude(session, member, Recusal.SILENT)


def exclude_recused(session: Session, appeal: Appeal) -> list[PanelMember]:
    """Exclude whoever is on the panel and recused by now, whatever they were when they were called; return them."""
    barred = recusals.of_appeal(session, appeal)
    gone = [member for member in panels.of_appeal(session, appeal) if member.person_key in barred]
    for member in gone:
        exclude(session, member, barred[member.person_key][0])
    crown(session, appeal)
    return gone


def crown(session: Session, appeal: Appeal) -> None:
    """Let the first in place of those who are there chair the panel."""
    for number, member in enumerate(panels.of_appeal(session, appeal)):
        member.chair = number == 0


def seat(session: Session, appeal: Appeal) -> Sequence[PanelMember]:
    """Let the panel sit, or whoever takes a place on it: from now on they read the case.

    Raises:
        Conflict: members are missing, or have not declared, or the appeal is neither admitted nor heard; an even number
            never sits.
    """
    intent = Sentence("seat the panel of appeal {key}", key=appeal.key)
    members = panels.of_appeal(session, appeal)
    if appeal.state not in (AppealState.ADMITTED, AppealState.HEARD):
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=appeal.state.value)
    if not panels.is_size(len(members)):
        raise Conflict(
            "Expected to {intent}, but it has {count} members: it takes an odd number, 3 or more",
            intent=intent,
            count=len(members),
        )
    if any(member.state is PanelState.ASKED for member in members):
        raise Conflict("Expected to {intent}, but not every member has declared", intent=intent)
    for member in members:
        if member.state is PanelState.SEATED:
            continue
        member.state = PanelState.SEATED
        notices.write(
            session, member.person_key, "panel-convened", appeal=str(appeal.key), review=str(appeal.review_key)
        )
    appeal.state = AppealState.HEARD
    return members


def _next(session: Session, appeal: Appeal, order: Sequence[str], barred: Reasons) -> Person | None:
    """Find whose lot comes next: not called yet, not recused by now, and not the last of one department alone."""
    known = {member.person_key for member in panels.called(session, appeal)}
    for employee_id in order:
        person = people.by_employee_id(session, employee_id)
        if person.key not in known and person.key not in barred and not _narrows(session, appeal, [person]):
            return person
    return None


def _narrows(session: Session, appeal: Appeal, named: Sequence[Person]) -> bool:
    """Tell whether a panel that these complete would be of one department alone."""
    if len(named) < missing(session, appeal):
        return False
    today = calendars.today(session)
    keys = [*(member.person_key for member in panels.of_appeal(session, appeal)), *(person.key for person in named)]
    departments = {employments.department_of(session, key, today) for key in keys}
    return len(departments) == 1


def _call(session: Session, appeal: Appeal, person: Person) -> PanelMember:
    """Call somebody, who is told whose appeal it is and nothing more."""
    before = panels.called(session, appeal)
    replaced = {member.stands_for_key for member in before}
    gone = (one.key for one in before if one.state is PanelState.EXCLUDED and one.key not in replaced)
    member = PanelMember(
        appeal_key=appeal.key,
        person_key=person.key,
        place=len(before) + 1,
        called_at=clock.now(session),
        stands_for_key=next(gone, None),
    )
    session.add(member)
    session.flush()  # the next call counts it
    notices.write(session, person.key, "panel-called", review=str(appeal.review_key))
    return member


def _appointment_problems(session: Session, appeal: Appeal, named: Sequence[Person]) -> list[Problem]:
    """Name why people cannot make a panel whole; of one that nothing is said against, nothing is said."""
    problems = []
    if len({person.key for person in named}) != missing(session, appeal):
        problems.append(panels.size_problem("members"))
    barred = recusals.of_appeal(session, appeal)
    known = {member.person_key for member in panels.called(session, appeal)}
    for person in named:
        if why := barred.get(person.key):
            sentence = Sentence("{name} is recused: {reason}", name=person.name, reason=recusals.reason_of(why[0]))
            problems.append(Problem(sentence, person.username, "excluded"))
        elif person.key in known:
            problems.append(Problem(Sentence("{name} was called before", name=person.name), person.username, "called"))
    if not problems and _narrows(session, appeal, named):
        sentence = Sentence("A panel is never of one department alone")
        problems.append(Problem(sentence, "members", "one-department"))
    return problems
