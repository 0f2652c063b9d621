"""What panel formation calls: the draw, declarations, motions, replacements, and the seating."""

from __future__ import annotations

from functools import partial

from engine import calendars, keys
from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.errors import Incident, Invalid, NotFound, Problem
from engine.reviews.cases import panels, proceedings, suspensions, votes
from engine.reviews.models import Appeal, AppealState, PanelMember, PanelState, Person, Recusal
from engine.reviews.operations import calls
from engine.reviews.organisation import employments, people
from engine.reviews.panels import draws, formations, motions, recusals, vacancies
from engine.reviews.sentences import Sentence


@operation("reviewflow.draw-panel")
def draw(call: Call) -> Variables:
    """Draw as many members as the header `size` says; sets `asked` (accounts that must declare) and `missing`."""
    size = call.headers.get("size", str(panels.SMALLEST))
    if not size.isascii() or not size.isdigit():
        raise Incident(
            "Expected to draw a panel at {element}, but its header size is {size!r}, no number",
            element=call.element_id,
            size=size,
        )
    draws.draw(call.session, calls.appeal(call), size=int(size), by=calls.actor(call))
    return replace(call)


@operation("reviewflow.replace-members")
def replace(call: Call) -> Variables:
    """Exclude who did not declare in time, or is recused by now, and call the next; sets `asked` and `missing`.

    Sets `unannounced` too, for diagrams of before.
    """
    formations.exclude_silent(call.session, calls.appeal(call))
    return _refilled(call)


@operation("reviewflow.declaration-sheet")
def declaration(call: Call) -> Variables:
    """Fill a form with the names of the parties, and nothing else of the case."""
    names = [person.name for person in recusals.parties(call.session, calls.appeal(call))]
    return {"appellantName": names[0], "respondentName": names[1] if len(names) > 1 else ""}


@operation("reviewflow.declare-conflict")
def declare(call: Call) -> Variables:
    """Record what a member declares; who declares a conflict is excluded."""
    conflict, statement = calls.text(call, "conflict") == "yes", calls.text(call, "statement")
    formations.declare(call.session, calls.appeal(call), conflict=conflict, statement=statement, by=calls.actor(call))
    return {}


@operation("reviewflow.announce-panel")
def announce(call: Call) -> Variables:
    """Tell the parties who is to sit; sets `parties`, their accounts."""
    return {"parties": [party.username for party in motions.announce(call.session, calls.appeal(call))]}


@operation("reviewflow.challenge-sheet")
def challenge_sheet(call: Call) -> Variables:
    """Fill a form with a row for each member to whom one may object."""
    appeal = calls.appeal(call)
    about = [member for member in panels.of_appeal(call.session, appeal) if member.state is PanelState.DECLARED]
    return {"members": [_row(call, member) for member in about]}


@operation("reviewflow.challenge-panel")
def challenge(call: Call) -> Variables:
    """Record a party's motions: a row with a reason is one, a row without is none."""
    appeal, by = calls.appeal(call), calls.actor(call)
    members = {
        people.by_key(call.session, one.person_key).username: one for one in panels.of_appeal(call.session, appeal)
    }
    for row in calls.rows(call, "members"):
        if reason := str(row.get("reason") or "").strip():
            motions.make(call.session, appeal, members[str(row["member"])], reason=reason, by=by)
    return {}


@operation("reviewflow.list-motions")
def list_motions(call: Call) -> Variables:
    """Call who replaces excluded members, and list the motions that wait for a decision.

    Sets `asked`, `missing`, and `motions`, each with `motion` (key) and `decider` (account).
    """
    standing = _refilled(call)
    waiting = motions.assign(call.session, calls.appeal(call))
    if waiting and calls.appeal(call).state is AppealState.ADMITTED:
        vacancies.watch(call.session, calls.appeal(call))  # whoever is to decide may go before the panel sits
    listed = [{"motion": str(motion.key), "decider": decider.username} for motion, decider in waiting]
    return {**standing, "motions": listed}


@operation("reviewflow.motion-sheet")
def motion_sheet(call: Call) -> Variables:
    """Fill a form with a motion: who asks it, about whom, why, and what the member declared."""
    motion = motions.found(call.session, calls.listed(call, "motion"))
    member = call.session.get_one(PanelMember, motion.member_key)
    return {
        "memberName": people.by_key(call.session, member.person_key).name,
        "partyName": people.by_key(call.session, motion.party_key).name,
        "ground": motion.reason,
        "statement": member.statement,
    }


@operation("reviewflow.decide-motion")
def decide_motion(call: Call) -> Variables:
    """Record the decision on a motion; who is excluded by it is replaced."""
    motion = motions.found(call.session, calls.listed(call, "motion"))
    granted, reason = calls.text(call, "decision") == "grant", calls.text(call, "reason")
    motions.decide(call.session, motion, granted=granted, reason=reason, by=calls.actor(call))
    if granted:
        _vacate(call)
    return {}


@operation("reviewflow.outside-candidates")
def outside(call: Call) -> Variables:
    """Fill a form with who is missing, why those of the pool cannot sit, and who could be named from outside."""
    session, appeal = call.session, calls.appeal(call)
    gone = [member for member in panels.called(session, appeal) if member.exclusion]
    return {
        "missing": formations.missing(session, appeal),
        "excluded": [*_barred(call, appeal), *(_excluded(call, member) for member in gone)],
        "candidates": [_option(call, person) for person in formations.from_outside(session, appeal)],
    }


@operation("reviewflow.suspend-appeal")
def suspend(call: Call) -> Variables:
    """Let the appeal's clock stand still from here on, but for what comes next in this process."""
    act = partial(suspensions.pause, appeal=calls.appeal(call), entered_before=keys.issue())
    calls.afterwards(call, act)
    return {}


@operation("reviewflow.resume-appeal")
def resume(call: Call) -> Variables:
    """Let the appeal's clock run again, if it is the process that stopped it."""
    calls.afterwards(call, partial(suspensions.go_on, appeal=calls.appeal(call)))
    return {}


@operation("reviewflow.appoint-outsiders")
def appoint(call: Call) -> Variables:
    """Call the members whom HR names from outside, or record that there are none; sets `asked` and `missing`."""
    session, appeal, by, reason = call.session, calls.appeal(call), calls.actor(call), calls.text(call, "reason")
    if calls.text(call, "decision") == "impossible":
        formations.give_up(session, appeal, reason=reason, by=by)
    else:
        named = call.variables.get("members")
        people_ = [_person(call, str(name)) for name in named] if isinstance(named, list) else []
        formations.appoint(session, appeal, people_, reason=reason, by=by)
    return _standing(call, appeal)


@operation("reviewflow.seat-panel")
def seat(call: Call) -> Variables:
    """Seat the panel, whose members read the case from now on; sets `panel` (the chair first) and `chair`.

    Whoever takes a place on one that sits is given the open tasks of that place.
    """
    appeal = calls.appeal(call)
    sat = appeal.state is AppealState.HEARD
    names = [_account(call, member) for member in formations.seat(call.session, appeal)]
    if sat:
        calls.afterwards(call, partial(vacancies.fill_places, appeal=appeal, by=calls.actor(call)))
    else:
        vacancies.watch(call.session, appeal)
    return {"panel": names, "chair": names[0]}


@operation("reviewflow.list-voteless")
def list_voteless(call: Call) -> Variables:
    """Name who sits and has not voted although the panel has begun to vote; sets `voteless`."""
    appeal = calls.appeal(call)
    begun = proceedings.has_begun(call.session, appeal, votes.CASTING)
    return {"voteless": vacancies.voteless(call.session, appeal) if begun else []}


def _refilled(call: Call) -> Variables:
    """Exclude who is recused by now, whether or not they sit, and call the next."""
    appeal = calls.appeal(call)
    if any(member.declared_at for member in formations.exclude_recused(call.session, appeal)):
        _vacate(call)
    formations.fill(call.session, appeal)
    return _standing(call, appeal)


def _vacate(call: Call) -> None:
    """Take the tasks from who was excluded, where the panel sits."""
    appeal = calls.appeal(call)
    if appeal.state is AppealState.HEARD:
        calls.afterwards(call, partial(vacancies.vacate, appeal=appeal, by=calls.actor(call)))


def _standing(call: Call, appeal: Appeal) -> Variables:
    members = panels.of_appeal(call.session, appeal)
    return {
        "asked": [_account(call, member) for member in members if member.state is PanelState.ASKED],
        "missing": formations.missing(call.session, appeal),
        "unannounced": motions.unannounced(call.session, appeal),
    }


def _account(call: Call, member: PanelMember) -> str:
    return people.by_key(call.session, member.person_key).username


def _row(call: Call, member: PanelMember) -> dict[str, object]:
    person = people.by_key(call.session, member.person_key)
    chair = "(组长 chair)" if member.chair else ""
    return {"member": person.username, "name": f"{_option(call, person)['label']}{chair}", "reason": None}


def _barred(call: Call, appeal: Appeal) -> list[dict[str, str]]:
    """Name those of the pool who were not drawn, with every reason."""
    lots = draws.in_force(call.session, appeal)
    return [
        {
            "name": people.by_employee_id(call.session, employee_id).name,
            "reason": "; ".join(recusals.reason_of(Recusal(why)) for why in reasons),
        }
        for employee_id, reasons in (lots.excluded if lots else {}).items()
    ]


def _excluded(call: Call, member: PanelMember) -> dict[str, str]:
    person = people.by_key(call.session, member.person_key)
    return {"name": person.name, "reason": recusals.reason_of(member.exclusion) if member.exclusion else ""}


def _option(call: Call, person: Person) -> dict[str, str]:
    department = employments.department_of(call.session, person.key, calendars.today(call.session))
    return {"label": f"{person.name}({department.name if department else ''})", "value": person.username}


def _person(call: Call, username: str) -> Person:
    try:
        return people.named(call.session, username)
    except NotFound as unknown:
        problem = Problem(Sentence("Nobody has the account {name}", name=username), "members", "unknown-person")
        raise Invalid("Expected to appoint members, but not everybody is known", [problem]) from unknown
