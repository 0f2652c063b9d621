"""Who can complete which task, by the operation that hears it: what a use case refuses, nobody is given (E-59).

Tasks of HR, finance and the union are addressed to groups: who is no candidate of such a task is not given it anyhow.
"""

from __future__ import annotations

from engine.bpmn import holders
from engine.bpmn.operations import Call
from engine.errors import Forbidden, NotFound
from engine.identity import Identity
from engine.reviews.cases import panels, representations
from engine.reviews.cycle import reviews
from engine.reviews.meetings import defences, diagnoses, occasions
from engine.reviews.models import Person, Role, TargetState
from engine.reviews.operations import calls
from engine.reviews.operations.raters import group_of
from engine.reviews.organisation import people, scopes
from engine.reviews.panels import formations, motions, recusals, vacancies
from engine.reviews.plans import exits, mentoring, plans, statements
from engine.reviews.rating import nominations, raters
from engine.reviews.release import calibration
from engine.reviews.sentences import Sentence
from engine.reviews.signing import interviews, targets

BY_GROUP = frozenset(
    {
        "reviewflow.admit-appeal",
        "reviewflow.answer-suggestion",
        "reviewflow.appoint-outsiders",
        "reviewflow.approve-change",
        "reviewflow.assess-plan",
        "reviewflow.carry-out",
        "reviewflow.check-exit",
        "reviewflow.confirm-actuals",
        "reviewflow.confirm-plan",
        "reviewflow.convene-defence",
        "reviewflow.decide-change",
        "reviewflow.decide-follow-up",
        "reviewflow.decide-indicators",
        "reviewflow.decide-late",
        "reviewflow.decide-launch",
        "reviewflow.decide-reopening",
        "reviewflow.delegate-rating",
        "reviewflow.extend-ratings",
        "reviewflow.grant-follow-up",
        "reviewflow.hear-union",
        "reviewflow.hold-formal-point",
        "reviewflow.judge-application",
        "reviewflow.name-rater",
        "reviewflow.open-diagnosis",
        "reviewflow.propose-indicators",
        "reviewflow.publish-audit",
        "reviewflow.publish-regulation",
        "reviewflow.record-procedure",
        "reviewflow.record-refusal",
        "reviewflow.record-service",
        "reviewflow.record-training",
        "reviewflow.serve-exit-notice",
    }
)
"""The operations that ask for a role, or for nobody in particular: whoever may claim the task may be given it."""


@holders.holds(
    "reviewflow.apply-for-offer",
    "reviewflow.ask-second-evaluation",
    "reviewflow.choose-option",
    "reviewflow.confirm-minutes",
    "reviewflow.prepare-defence",
    "reviewflow.record-practice",
    "reviewflow.record-summary",
    "reviewflow.record-targets",
    "reviewflow.record-week",
    "reviewflow.sign-targets",
    "reviewflow.write-ability-plan",
)
def appraisee(call: Call, who: Identity, intent: Sentence) -> None:
    """Let nobody sign or speak for the appraisee."""
    reviews.expect_person(call.session, calls.review(call).appraisee_key, who, intent)


@holders.holds(
    "reviewflow.agree-ability-plan",
    "reviewflow.answer-summary",
    "reviewflow.countersign",
    "reviewflow.evaluate-again",
    "reviewflow.name-focus",
    "reviewflow.record-interview",
)
def superior(call: Call, who: Identity, intent: Sentence) -> None:
    """Let nobody speak for the superior; who follows one is named in a mid-cycle change."""
    reviews.expect_person(call.session, calls.review(call).superior_key, who, intent)


@holders.holds("reviewflow.sign-result")
def signer(call: Call, who: Identity, intent: Sentence) -> None:
    """Let the appraisee sign, and for a team its superior."""
    reviews.expect_person(call.session, interviews.signer_key(call.session, calls.review(call)), who, intent)


@holders.holds("reviewflow.decide-targets")
def target_level(call: Call, who: Identity, intent: Sentence) -> None:
    """Let the level decide before which the targets lie."""
    review = calls.review(call)
    sheet = targets.of_review(call.session, review)
    first = sheet is not None and sheet.state is TargetState.DRAFTED
    reviews.expect_person(call.session, review.superior_key if first else review.second_superior_key, who, intent)


@holders.holds("reviewflow.impose-targets")
def last_level(call: Call, who: Identity, intent: Sentence) -> None:
    """Let the second level impose targets, and the superior where there is none."""
    review = calls.review(call)
    reviews.expect_person(call.session, review.second_superior_key or review.superior_key, who, intent)


@holders.holds("reviewflow.record-ratings")
def rater(call: Call, who: Identity, intent: Sentence) -> None:
    """Let those rate who are asked to; a delegate and a new superior become one as soon as the task is given."""
    review, group = calls.review(call), calls.group(call)
    person = people.named(call.session, who.username)
    rates = {one.person_key for one in raters.of_review(call.session, review, group)}
    leads = group == raters.SUPERIOR and person.key == review.superior_key
    if not leads and person.key not in rates:
        raise Forbidden("Expected to {intent}, but {username} does not rate", intent=intent, username=who.username)


@holders.holds("reviewflow.nominate-raters")
def nominator(call: Call, who: Identity, intent: Sentence) -> None:
    """Let whoever the rules name nominate, or HR in that one's place."""
    _or_hr(call, nominations.nominator_of(call.session, calls.review(call), group_of(call)), who, intent)


@holders.holds("reviewflow.approve-raters")
def approver(call: Call, who: Identity, intent: Sentence) -> None:
    """Let the superior approve nominations where the rules say so, or HR."""
    _or_hr(call, nominations.approver_of(call.session, calls.review(call), group_of(call)), who, intent)


@holders.holds("reviewflow.replace-rater")
def replacer(call: Call, who: Identity, intent: Sentence) -> None:
    """Let whoever chose the raters name replacements, or HR."""
    _or_hr(call, nominations.replacer_of(call.session, calls.review(call), group_of(call)), who, intent)


@holders.holds("reviewflow.approve-calibration")
def second_level(call: Call, who: Identity, intent: Sentence) -> None:
    """Let the session's approver approve."""
    reviews.expect_person(call.session, calls.calibration(call).approver_key, who, intent)


@holders.holds("reviewflow.close-session")
def session_chair(call: Call, who: Identity, intent: Sentence) -> None:
    """Let the session's chair lock it."""
    reviews.expect_person(call.session, calibration.chair_of(call.session, calls.calibration(call)).key, who, intent)


@holders.holds("reviewflow.agree-change")
def owner(call: Call, who: Identity, intent: Sentence) -> None:
    """Let the owner of a change agree to it."""
    reviews.expect_person(call.session, calls.change(call).owner_key, who, intent)


@holders.holds("reviewflow.answer-offer", "reviewflow.comment-basis", "reviewflow.cure-appeal")
def speaker(call: Call, who: Identity, intent: Sentence) -> None:
    """Let whoever speaks for the appellant speak."""
    representations.expect_speaker(call.session, calls.appeal(call), who, intent)


@holders.holds("reviewflow.make-offer", "reviewflow.produce-basis")
def respondent(call: Call, who: Identity, intent: Sentence) -> None:
    """Let the rater's side answer."""
    reviews.expect_person(call.session, calls.appeal(call).respondent_key, who, intent)


@holders.holds("reviewflow.challenge-panel")
def party(call: Call, who: Identity, intent: Sentence) -> None:
    """Let the parties object."""
    if who.username not in {one.username for one in recusals.parties(call.session, calls.appeal(call))}:
        raise Forbidden("Expected to {intent}, but {username} is no party", intent=intent, username=who.username)


@holders.holds("reviewflow.declare-conflict")
def called(call: Call, who: Identity, intent: Sentence) -> None:
    """Let those declare who are called to the panel."""
    formations.expect_called(call.session, calls.appeal(call), who, intent)


@holders.holds("reviewflow.cast-vote")
def member(call: Call, who: Identity, intent: Sentence) -> None:
    """Let those vote who sit on the panel, are not recused, and have no other vote, cast or to be cast."""
    appeal = calls.appeal(call)
    panels.expect_seat(call.session, appeal, who, intent)
    recusals.expect_none(call.session, appeal, who, intent)
    if who.username not in vacancies.voteless(call.session, appeal):
        raise Forbidden(
            "Expected to {intent}, but {username} has voted, or is asked to", intent=intent, username=who.username
        )


@holders.holds(
    "reviewflow.prepare-hearing",
    "reviewflow.record-deliberation",
    "reviewflow.record-hearing",
    "reviewflow.write-decision",
)
def panel_chair(call: Call, who: Identity, intent: Sentence) -> None:
    """Let the chair of the panel speak for it."""
    panels.expect_chair(call.session, calls.appeal(call), who, intent)


@holders.holds("reviewflow.decide-motion")
def decider_of_motion(call: Call, who: Identity, intent: Sentence) -> None:
    """Let a motion be decided by whoever is named for it."""
    motion = motions.found(call.session, calls.listed(call, "motion"))
    reviews.expect_person(call.session, motion.decider_key, who, intent)


@holders.holds("reviewflow.rate-again")
def new_rater(call: Call, who: Identity, intent: Sentence) -> None:
    """Let those rate again whom HR named."""
    reviews.expect_person(call.session, calls.appeal(call).new_rater_key, who, intent)


@holders.holds("reviewflow.answer-plan", "reviewflow.answer-transfer")
def observed(call: Call, who: Identity, intent: Sentence) -> None:
    """Let nobody sign for whom a plan is about."""
    reviews.expect_person(call.session, calls.plan(call).appraisee_key, who, intent)


@holders.holds(
    "reviewflow.judge-plan",
    "reviewflow.record-plan-check-in",
    "reviewflow.record-plan-talk",
    "reviewflow.write-plan",
)
def plan_lead(call: Call, who: Identity, intent: Sentence) -> None:
    """Let whoever leads a plan write it, talk it over and judge it."""
    reviews.expect_person(call.session, plans.superior_key(call.session, calls.plan(call)), who, intent)


@holders.holds("reviewflow.replace-mentor")
def lead_or_hr(call: Call, who: Identity, intent: Sentence) -> None:
    """Let the superior name another mentor, or HR."""
    mentoring.expect_lead(call.session, calls.plan(call), who, intent)


@holders.holds("reviewflow.record-mentor-note")
def mentor(call: Call, who: Identity, intent: Sentence) -> None:
    """Let the mentor write the notes of the week."""
    reviews.expect_person(call.session, calls.plan(call).mentor_key, who, intent)


@holders.holds("reviewflow.state-on-plan")
def witness(call: Call, who: Identity, intent: Sentence) -> None:
    """Let those state what they saw who led one of the periods."""
    if who.username not in {one.username for one in statements.witnesses(call.session, calls.plan(call))}:
        raise Forbidden(
            "Expected to {intent}, but {username} led none of the periods", intent=intent, username=who.username
        )


@holders.holds("reviewflow.decide-exit")
def decider_of_exit(call: Call, who: Identity, intent: Sentence) -> None:
    """Let an exit be decided by the person outside the line whom HR named."""
    reviews.expect_person(call.session, exits.expected(call.session, calls.plan(call)).decider_key, who, intent)


@holders.holds("reviewflow.record-opinion")
def listener(call: Call, who: Identity, intent: Sentence) -> None:
    """Let those speak of a defence who sit on its panel."""
    defence = defences.of_review(call.session, calls.review(call))
    if defence is None:
        raise NotFound("Expected to {intent}, but there is no panel", intent=intent)
    defences.expect_member(call.session, defence, who, intent)


@holders.holds("reviewflow.record-diagnosis-interview")
def interviewer(call: Call, who: Identity, intent: Sentence) -> None:
    """Let an interview be recorded by who holds it."""
    row = diagnoses.interview(call.session, int(calls.text(call, "interviewKey")))
    reviews.expect_person(call.session, row.interviewer_key, who, intent)


@holders.holds("reviewflow.confirm-duty")
def another(call: Call, who: Identity, intent: Sentence) -> None:
    """Let a duty be confirmed by another than who carried it out."""
    occasions.expect_another(occasions.found(call.session, int(calls.text(call, "occasion"))), who, intent)


def _or_hr(call: Call, person: Person | None, who: Identity, intent: Sentence) -> None:
    """Let pass one person, and HR, but nobody from HR in the own review (E-95)."""
    if person is not None and person.username == who.username:
        return
    people.expect_role(who, Role.HR, intent)
    if scopes.is_own(call.session, calls.review(call), who):
        raise Forbidden("Expected to {intent}, but it is one's own", intent=intent)
