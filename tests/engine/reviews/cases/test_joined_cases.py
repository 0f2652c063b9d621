"""Joined cases as the processes play them: one panel, one hearing, a decision for each; and how they come apart."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from demonstration import Demonstration, bound_to, column
from sqlalchemy import select

from engine import clock, db, identity
from engine.bpmn import chores
from engine.bpmn.models import InstanceState, ProcessInstance, TaskState, UserTask
from engine.errors import Conflict
from engine.reviews.cases import appeals, joinders
from engine.reviews.models import (
    Appeal,
    AppealState,
    Leave,
    LeaveKind,
    PanelMember,
    PanelState,
    Person,
    Recusal,
    Result,
    Verdict,
    Vote,
)
from engine.reviews.organisation import kinships, people
from engine.reviews.panels import vacancies
from engine.reviews.walks.acts import fire_due

ITEM = "innovation_adopted"
LEADING, OTHER = "zhang.wei", "he.ping"


class Case:
    """Two appeals about one target, before the demo company's panels."""

    def __init__(self, company):
        self.company = company

    def prepare(self):
        """Carry two reviews to their release, and let both appraisees appeal."""
        company = self.company
        company.launch()
        company.import_actuals()
        for name in (LEADING, OTHER):
            company.agree_on_targets(name)
            company.rate(name)
        company.release(("xu.lan", "ma.chao"))
        for name in (LEADING, OTHER):
            self.lodge(name)

    def lodge(self, name):
        """Let somebody appeal about the same target."""
        with db.transaction() as session:
            by = identity.identity_of(session, name)
            said = {"grounds": "目标口径变了", "items": [ITEM], "remedy": "按原口径"}
            appeals.lodge(session, self.company.review(session, name), **said, by=by)

    def appeal(self, session, name):
        """Find somebody's appeal."""
        return session.scalars(select(Appeal).where(Appeal.lodged_by == name)).one()

    def join(self):
        """Join the other to the leading one, as HR."""
        with db.transaction() as session:
            by = identity.identity_of(session, "zhao.min")
            both = self.appeal(session, LEADING), [self.appeal(session, OTHER)]
            joinders.join(session, *both, reason="同一目标", by=by)

    def admit(self, *names):
        """Admit appeals, as HR."""
        for name in names:
            self.company.do("zhao.min", "admit_appeal", name, admission="admitted")

    def exchange(self, *names):
        """Let the sides of each case say theirs."""
        for name in names:
            self.company.do("li.na", "produce_basis", name, bases=column("text", {ITEM: "按新口径"}))
            self.company.do(name, "comment_basis", name, text="新口径没有告知")

    def seat(self, appraisee=LEADING):
        """Let the panel of a case declare and sit, nobody objecting; return the accounts, the chair's first."""
        for name in self.holders("declare_conflict", appraisee):
            self.company.do(name, "declare_conflict", appraisee, conflict="no")
        for name in self.holders("challenge_panel", appraisee):
            self.company.do(name, "challenge_panel", appraisee, members={})
        return self.seats(appraisee)

    def hear(self, chair):
        """Have the leading case heard on the papers."""
        self.company.do(chair, "prepare_hearing", LEADING, mode="written", reason="书面记录齐全")

    def holders(self, element, appraisee):
        """Name who holds the open tasks of an element in somebody's case."""
        with db.reading() as session:
            review = self.company.review(session, appraisee)
            own = select(UserTask.assignee).join(ProcessInstance, ProcessInstance.key == UserTask.instance_key)
            named = own.where(ProcessInstance.business_id == str(review.key), UserTask.element_id == element)
            return list(session.scalars(named.where(UserTask.state == TaskState.CREATED).order_by(UserTask.key)))

    def seats(self, appraisee):
        """Name who sits in somebody's case, the chair first."""
        with db.reading() as session:
            own = select(Person.username).join(PanelMember, PanelMember.person_key == Person.key)
            sat = own.where(PanelMember.appeal_key == self.appeal(session, appraisee).key)
            return list(session.scalars(sat.where(PanelMember.state == PanelState.SEATED).order_by(PanelMember.place)))

    def vote(self, appraisee, verdicts):
        """Let members vote in somebody's case."""
        for name, verdict in verdicts.items():
            self.company.do(name, "cast_vote", appraisee, verdict=verdict, reasons="按记录")

    def decide(self, appraisee, chair, **given):
        """Let the chair write what was deliberated, and the decision."""
        self.company.do(chair, "deliberate", appraisee, minutes="逐案合议")
        self.company.do(chair, "write_decision", appraisee, reasons="口径未告知", **given)

    def found(self, appraisee):
        """Tell how an appeal ended, and which version of the result is in force."""
        with db.reading() as session:
            appeal = self.appeal(session, appraisee)
            own = select(Result.version).where(Result.review_key == appeal.review_key)
            newest = session.scalars(own.order_by(Result.version.desc())).first()
            return appeal.state, appeal.verdict, newest

    def is_running(self, appraisee):
        """Tell whether the arbitration of somebody's appeal still runs."""
        with db.reading() as session:
            key = self.appeal(session, appraisee).instance_key
            family = (ProcessInstance.key == key) | (ProcessInstance.root_key == key)
            active = select(ProcessInstance.key).where(family, ProcessInstance.state == InstanceState.ACTIVE)
            return session.scalar(active.limit(1)) is not None


@pytest.fixture(scope="module")
def lodged(drafted, tmp_path_factory):
    """A directory with a database in which two people have appealed about one target."""
    directory = shutil.copytree(drafted, tmp_path_factory.mktemp("joined") / "lodged")
    with bound_to(directory):
        Case(Demonstration()).prepare()
    return directory


@pytest.fixture(scope="module")
def shared(lodged, tmp_path_factory):
    """A directory with a database in which both are joined, admitted and heard together."""
    directory = shutil.copytree(lodged, tmp_path_factory.mktemp("joined") / "heard")
    with bound_to(directory):
        case = Case(Demonstration())
        case.join()
        case.admit(LEADING, OTHER)
        case.exchange(LEADING, OTHER)
        case.hear(case.seat()[0])
    return directory


@pytest.fixture
def case(lodged, tmp_path):
    """Both appeals, lodged."""
    with bound_to(shutil.copytree(lodged, tmp_path / "case")):
        yield Case(Demonstration())


@pytest.fixture
def heard(shared, tmp_path):
    """Both appeals, heard by one panel which is to vote."""
    with bound_to(shutil.copytree(shared, tmp_path / "heard")):
        yield Case(Demonstration())


def test_e76_one_panel_hears_both_and_decides_each_on_its_own_votes(heard):
    chair, *others = heard.seats(LEADING)
    first, second = others

    heard.vote(LEADING, {chair: "corrected", first: "corrected", second: "upheld"})
    heard.vote(OTHER, {chair: "upheld", first: "upheld", second: "corrected"})
    heard.decide(LEADING, chair, corrections=column("rating", {ITEM: 5}))
    heard.decide(OTHER, chair)

    assert heard.seats(OTHER) == heard.seats(LEADING)
    assert heard.found(LEADING) == (AppealState.DECIDED, Verdict.CORRECTED, 2)
    assert heard.found(OTHER) == (AppealState.DECIDED, Verdict.UPHELD, 1)
    assert not heard.is_running(LEADING)
    assert not heard.is_running(OTHER)


def test_e76_who_withdraws_after_the_hearing_leaves_the_other_case_to_its_panel(heard):
    chair, *others = heard.seats(LEADING)
    with db.transaction() as session:
        appeals.withdraw(session, heard.appeal(session, LEADING), by=identity.identity_of(session, LEADING))

    heard.vote(OTHER, dict.fromkeys((chair, *others), "upheld"))
    heard.decide(OTHER, chair)

    assert heard.found(LEADING)[0] is AppealState.WITHDRAWN
    assert heard.found(OTHER) == (AppealState.DECIDED, Verdict.UPHELD, 1)


def test_e76_who_withdraws_before_the_hearing_is_no_party_any_more_and_the_other_gets_a_panel_of_its_own(case):
    case.join()
    case.admit(LEADING, OTHER)
    with db.transaction() as session:
        appeals.withdraw(session, case.appeal(session, LEADING), by=identity.identity_of(session, LEADING))

    seats = case.seat(OTHER)

    assert len(seats) == 3
    assert case.found(LEADING)[0] is AppealState.WITHDRAWN
    with db.reading() as session:
        assert case.appeal(session, OTHER).joined_to_key is None


def test_e76_a_withdrawn_joined_case_neither_is_heard_nor_keeps_anybody_out(case):
    case.join()
    case.admit(LEADING, OTHER)
    with db.transaction() as session:
        appeals.withdraw(session, case.appeal(session, OTHER), by=identity.identity_of(session, OTHER))
    for name in case.holders("declare_conflict", LEADING):
        case.company.do(name, "declare_conflict", LEADING, conflict="no")

    asked = case.holders("challenge_panel", LEADING)

    assert sorted(asked) == ["li.na", LEADING]


def test_e76_who_is_kin_of_one_appellant_alone_hears_neither(case):
    with db.transaction() as session:
        kin, appellant = people.named(session, "wu.fang"), people.named(session, OTHER)
        kinships.declare(session, kin, appellant, relation="表兄妹", by=identity.identity_of(session, "zhao.min"))
    case.join()
    case.admit(LEADING, OTHER)

    called = case.holders("declare_conflict", LEADING)

    assert "wu.fang" not in called
    with db.reading() as session:
        draw = session.scalars(select(PanelMember.person_key)).all()
        assert people.named(session, "wu.fang").key not in draw


def test_e76_a_member_who_goes_on_leave_is_replaced_in_both_cases_by_the_same_lot(heard):
    chair, *others = heard.seats(LEADING)
    gone = others[-1]
    heard.vote(LEADING, {gone: "upheld"})
    with db.transaction() as session:
        person = people.named(session, gone)
        session.add(Leave(person_key=person.key, kind=LeaveKind.SICK, valid_from=clock.now(session).date()))
    with db.transaction() as session:
        for name in (LEADING, OTHER):
            vacancies.look_again(session, heard.appeal(session, name).key)

    asked = {name: heard.holders("declare_conflict", name) for name in (LEADING, OTHER)}
    for name in (LEADING, OTHER):
        heard.seat(name)

    assert asked[LEADING] == asked[OTHER]
    (new,) = asked[LEADING]
    assert heard.seats(LEADING) == heard.seats(OTHER) == [chair, others[0], new]
    assert heard.holders("vote_instead", LEADING) == [new]
    assert new in heard.holders("cast_vote", OTHER)
    with db.reading() as session:
        out = session.scalars(select(PanelMember).where(PanelMember.state == PanelState.EXCLUDED)).all()
        assert {one.exclusion for one in out} == {Recusal.AWAY}
        assert len(session.scalars(select(Vote)).all()) == 1


def test_e76_a_joined_case_is_watched_after_the_leading_one_is_decided(heard):
    chair, *others = heard.seats(LEADING)
    heard.vote(LEADING, dict.fromkeys((chair, *others), "upheld"))
    heard.decide(LEADING, chair)
    with db.transaction() as session:
        person = people.named(session, others[0])
        session.add(Leave(person_key=person.key, kind=LeaveKind.SICK, valid_from=clock.now(session).date()))
        clock.pin(session, clock.now(session) + timedelta(days=1))

    fire_due()
    run_chores()

    assert others[0] not in heard.seats(OTHER)


def test_e76_what_has_lots_of_its_own_is_joined_to_nothing(case):
    case.admit(OTHER)

    with pytest.raises(Conflict, match="has lots of its own"):
        case.join()

    with db.reading() as session:
        assert case.appeal(session, OTHER).joined_to_key is None


def run_chores():
    """Do the chores whose time has come."""
    with db.reading() as session:
        due = chores.due(session)
    for key in due:
        with db.transaction() as session:
            chores.run(session, key)
