"""Occasions: a duty in one period, carried out, handed in, attended and confirmed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn import messages
from engine.bpmn.messages import Publication
from engine.calendars import same_day_months_later
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.identity import SYSTEM, Identity
from engine.reviews import access
from engine.reviews.cases import evidence
from engine.reviews.meetings import duties
from engine.reviews.meetings.duties import Audience, Holder
from engine.reviews.meetings.periods import Period
from engine.reviews.models import Attendance, Duty, Occasion, OccasionState, Person, Role
from engine.reviews.organisation import employments, people
from engine.reviews.sentences import Sentence, expect_text

DUE = "duty-due"
"""The message that starts one occasion."""


@dataclass(frozen=True, slots=True)
class Account:
    """What whoever carried a duty out says of it.

    Attributes:
        handed_in: what each thing that is due is, or where it lies, by its name.
        attended: who attended, by the person's key, and what is said of it; whoever should have must be told of.
        documents: the files that came with it.
    """

    report: str
    handed_in: Mapping[str, str]
    attended: Mapping[int, tuple[bool, str]]
    documents: Sequence[int]


def begin(session: Session, duty: Duty, period: Period) -> Occasion | None:
    """Begin an occasion of a duty, unless HR has ended it; one that nobody should attend is over at once."""
    if duty.ended_at is not None:
        return None
    rules = duties.rules_of(duty)
    day = duties.due_on(session, rules, period)
    occasion = Occasion(duty_key=duty.key, period=period.label, due_on=day, begun_at=clock.now(session))
    session.add(occasion)
    session.flush()  # who should attend refers to it, and its process reads it
    audience = _audience(session, rules.attended_by, day) if rules.attended_by else []
    session.add_all(Attendance(occasion_key=occasion.key, person_key=person.key) for person in audience)
    if rules.attended_by is not None and not audience:
        occasion.state = OccasionState.EMPTY
        return occasion
    base, offset = period.edge(rules.on, rules.count)
    variables = {
        "occasion": str(occasion.key),
        "base": base.isoformat(),
        "offset": offset,
        "toConfirm": rules.confirmed_by is not None,
        **holder(session, "doer", rules.done_by),
        **holder(session, "confirmer", rules.confirmed_by),
    }
    messages.publish(session, Publication(DUE, str(occasion.key), variables), by=SYSTEM)
    return occasion


def found(session: Session, key: int) -> Occasion:
    """Find an occasion by key.

    Raises:
        NotFound: there is none.
    """
    occasion = session.get(Occasion, key)
    if occasion is None:
        raise NotFound("Expected to find occasion {key}, but there is none", key=key)
    return occasion


def of_duty(session: Session, duty: Duty, *, by: Identity) -> Sequence[Occasion]:
    """List the occasions of a duty that somebody may know of, the newest first."""
    own = select(Occasion).where(Occasion.duty_key == duty.key, access.occasions(session, by))
    return session.scalars(own.order_by(Occasion.period.desc())).all()


def holder(session: Session, name: str, said: Holder | None) -> dict[str, object]:
    """Name whose task it is; where a department has no head, it lies before HR, who hands it on."""
    assignee: str | None = None
    groups: list[str] = []
    if said is not None and said.role is not None:
        groups = [said.role.value]
    elif said is not None:
        assignee = said.person or _head(session, said.head_of or "")
        groups = [] if assignee else [Role.HR.value]
    return {name: assignee, f"{name}Groups": groups}


def attendance(session: Session, occasion: Occasion, *, by: Identity) -> Sequence[tuple[Attendance, Person]]:
    """List who should attend an occasion, by employee id, as far as somebody may know."""
    rows = select(Attendance, Person).join(Person, Person.key == Attendance.person_key)
    mine = rows.where(Attendance.occasion_key == occasion.key, access.attendance(session, by))
    return [(one, person) for one, person in session.execute(mine.order_by(Person.employee_id))]


def carry_out(session: Session, occasion: Occasion, account: Account, *, by: Identity) -> None:
    """Say what was done, what is handed in and who attended, as whoever holds the task.

    Raises:
        Conflict: it is carried out.
        Invalid: something that is due is missing, or somebody who should have attended; each is named.
    """
    duty = duties.found(session, occasion.duty_key)
    intent = Sentence("carry out {duty_id} of {period}", duty_id=duty.duty_id, period=occasion.period)
    if occasion.state is not OccasionState.OPEN:
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=occasion.state.value)
    rules = duties.rules_of(duty)
    expect_text(account.report, "report", intent)
    invited = [row for row, _ in attendance(session, occasion, by=SYSTEM)]
    if problems := _gaps(rules, account, invited):
        raise Invalid("Expected to {intent}, but something is missing", problems, intent=intent)
    for row in invited:
        row.attended, row.note = account.attended[row.person_key]
    evidence.attach_to_occasion(session, occasion, account.documents)
    occasion.report = account.report
    occasion.handed_in = [{"name": name, "text": account.handed_in[name]} for name in rules.hands_in]
    occasion.done_by, occasion.done_at = by.username, clock.now(session)
    occasion.state = OccasionState.CARRIED_OUT if rules.confirmed_by else OccasionState.DONE


def confirm(session: Session, occasion: Occasion, *, accepted: bool, remark: str, by: Identity) -> None:
    """Confirm what was carried out, or return it with a reason, as another than who did it.

    Raises:
        Forbidden: `by` carried it out.
        Conflict: it does not wait for a confirmation.
        Invalid: it is returned without a reason.
    """
    duty = duties.found(session, occasion.duty_key)
    intent = Sentence("confirm {duty_id} of {period}", duty_id=duty.duty_id, period=occasion.period)
    if occasion.state is not OccasionState.CARRIED_OUT:
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=occasion.state.value)
    expect_another(occasion, by, intent)
    if not accepted:
        expect_text(remark, "remark", intent)
    occasion.remark, occasion.confirmed_by, occasion.confirmed_at = remark, by.username, clock.now(session)
    occasion.state = OccasionState.DONE if accepted else OccasionState.OPEN


def expect_another(occasion: Occasion, by: Identity, intent: str) -> None:
    """Let pass everybody but who carried it out.

    Raises:
        Forbidden: `by` did.
    """
    if occasion.done_by == by.username:
        raise Forbidden(
            "Expected to {intent}, but {username} carried it out: another confirms", intent=intent, username=by.username
        )


def _gaps(rules: duties.Rules, account: Account, invited: Sequence[Attendance]) -> list[Problem]:
    problems = [
        Problem(Sentence("{name} is not handed in", name=name), f"handedIn[{number}].text", "missing")
        for number, name in enumerate(rules.hands_in)
        if not account.handed_in.get(name, "").strip()
    ]
    if {row.person_key for row in invited} != set(account.attended):
        problems.append(Problem(Sentence("Each of those who should attend is told of"), "attendance", "missing"))
    if len(account.documents) < rules.files:
        problems.append(
            Problem(Sentence("At least {least} files are due", least=rules.files), "files", "too-few-files")
        )
    return problems


def _audience(session: Session, audience: Audience, day: date) -> Sequence[Person]:
    """Choose who should attend on a day, by department and length of employment."""
    staff = session.scalars(select(Person).where(employments.employed_on(day)).order_by(Person.employee_id))
    return [person for person in staff if _belongs(session, person, audience, day)]


def _belongs(session: Session, person: Person, audience: Audience, day: date) -> bool:
    department = employments.department_of(session, person.key, day)
    if audience.departments and (department is None or department.code not in audience.departments):
        return False
    spell = employments.spell_of(session, person.key, day)
    if spell is None:
        return False
    joined = spell.valid_from
    if audience.joined_within and joined <= same_day_months_later(day, -audience.joined_within):
        return False
    return not audience.employed_for or joined <= same_day_months_later(day, -audience.employed_for)


def _head(session: Session, code: str) -> str | None:
    key = people.department(session, code).head_key
    return people.by_key(session, key).username if key is not None else None
