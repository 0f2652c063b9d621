"""Tests of plans whose appraisee or mentor has left: a mid-cycle change ends the one and hands the other over."""

from datetime import date

import pytest

from engine import clock
from engine.reviews.changes import events
from engine.reviews.models import ChangeKind, Choice, CycleChange, Outcome, PlanState
from engine.reviews.organisation import people
from engine.reviews.plans import mentoring, plans


@pytest.fixture
def leaves(session, cycle, company):
    """Enter that somebody has left, followed by somebody or nobody; return the change and its items by part."""

    def enter(username, to=None):
        change = CycleChange(
            cycle_key=cycle.key,
            kind=ChangeKind.LEAVER,
            effective_on=date(2025, 9, 22),
            reason="个人原因离职",
            details={"people": [str(company[username].key)], "to": str(company[to].key) if to else None},
            entered_by="hui",
            entered_at=clock.now(session),
        )
        return change, {one.part: one for one in events.items(session, change)}

    return enter


def test_a_leavers_own_plan_ends_as_resigned_without_a_finding(session, observed, leaves, act):
    change, items = leaves("ann")

    part = events.PARTS["plan"]
    offered = part.choices(session, change, items["plan"])
    part.apply(session, change, items["plan"], Choice.APPLY, act("hui"))

    assert offered == (Choice.APPLY, Choice.KEEP)
    assert (observed.state, observed.outcome) == (PlanState.ENDED, Outcome.RESIGNED)
    assert (observed.reason, observed.decided_by) == ("个人原因离职", "hui")


def test_e85_who_follows_a_mentor_who_left_takes_over_and_the_superior_cannot(session, observed, leaves, act):
    change, items = leaves("pan", to="shi")
    to_superior, same = leaves("pan", to="sun")

    part = events.PARTS["mentor"]
    offered = part.choices(session, change, items["mentor"])
    refused = part.choices(session, to_superior, same["mentor"])
    part.apply(session, change, items["mentor"], Choice.HAND_OVER, act("hui"))

    assert (offered, refused) == ((Choice.HAND_OVER, Choice.KEEP), (Choice.KEEP,))
    assert mentoring.current(session, observed).username == "shi"


def test_without_anybody_who_follows_the_superior_is_asked_for_another_mentor(session, observed, leaves):
    change, items = leaves("pan")

    part = events.PARTS["mentor"]
    told = part.foresee(session, change, items["mentor"], Choice.KEEP)

    assert told == {"from": "pan", "to": "pan", "notes": ["mentor-asked"]}


def test_who_follows_a_superior_who_left_leads_the_plan_unless_that_one_mentors_it(session, observed, leaves, act):
    change, items = leaves("sun", to="dai")
    to_mentor, same = leaves("sun", to="pan")

    part = events.PARTS["led-plan"]
    offered = part.choices(session, change, items["led-plan"])
    refused = part.choices(session, to_mentor, same["led-plan"])
    told = part.foresee(session, change, items["led-plan"], Choice.HAND_OVER)
    part.apply(session, change, items["led-plan"], Choice.HAND_OVER, act("hui"))

    assert (offered, refused) == ((Choice.HAND_OVER, Choice.KEEP), (Choice.KEEP,))
    assert (told["from"], told["to"]) == ("sun", "dai")
    assert plans.superior_key(session, observed) == people.named(session, "dai").key
