"""Tests of engine.reviews.panels.formations: members declare, are replaced by their lots or from outside, and sit."""

from datetime import date

import pytest
from sqlalchemy import select

from engine.errors import Conflict, Forbidden, Invalid
from engine.identity import SYSTEM
from engine.reviews import access
from engine.reviews.cases import appeals, panels, votes
from engine.reviews.models import Appeal, AppealState, LeaveKind, PanelState, Recusal, Role, Verdict, Vote
from engine.reviews.organisation import absences, people
from engine.reviews.panels import draws, formations


@pytest.fixture
def pool(session, company):
    """Let three more people be drawn, two of them from the office."""
    for username, department in {"tao": "office", "min": "office", "zoe": "product"}.items():
        company[username] = people.hire(
            session,
            employee_id=f"X-{username}",
            username=username,
            name=username,
            department=department,
            employed_from=date(2024, 1, 1),
            roles=(Role.PANEL,),
            by=SYSTEM,
        )


@pytest.fixture
def appeal(session, released, act):
    lodged = appeals.lodge(session, released, grounds="x", items=["collaboration"], remedy="y", by=act("ann"))
    appeals.admit(lodged, by=act("hui"))
    draws.draw(session, lodged, size=3, by=act("hui"))
    return lodged


@pytest.fixture
def names(session, appeal):
    """The accounts of those who are called and not excluded, the chair's first."""
    return lambda: [people.by_key(session, one.person_key).username for one in panels.of_appeal(session, appeal)]


@pytest.fixture
def called(session, appeal, names):
    """The first three accounts by their lots."""
    formations.fill(session, appeal)
    return names()


@pytest.fixture
def declare(session, appeal, act):
    def say(*usernames, conflict=False, statement=""):
        for name in usernames:
            formations.declare(session, appeal, conflict=conflict, statement=statement, by=act(name))

    return say


def codes(refused):
    return {(problem.where, problem.code) for problem in refused.value.problems}


def sees(session, identity):
    return len(session.scalars(select(Appeal).where(access.appeals(session, identity))).all())


def test_nothing_of_the_case_is_shown_before_the_panel_sits(session, appeal, called, declare, act):
    before = [sees(session, act(name)) for name in called]
    declare(*called)
    declared = [sees(session, act(name)) for name in called]
    formations.seat(session, appeal)

    assert (before, declared) == ([0, 0, 0], [0, 0, 0])
    assert [sees(session, act(name)) for name in called] == [1, 1, 1]
    assert appeal.state is AppealState.HEARD


@pytest.mark.usefixtures("pool")
def test_a_conflict_is_named_and_the_next_lot_takes_the_place(session, appeal, called, declare, names):
    with pytest.raises(Invalid, match="not said"):
        declare(called[0], conflict=True)
    declare(called[0], conflict=True, statement="合伙投资")

    (newcomer,) = formations.fill(session, appeal)

    first = next(one for one in panels.called(session, appeal) if one.state is PanelState.EXCLUDED)
    assert (first.exclusion, first.exclusion_reason, first.chair) == (Recusal.DECLARED, "合伙投资", False)
    assert (newcomer.stands_for_key, newcomer.place) == (first.key, 4)
    assert names()[0] == called[1]
    assert [one.chair for one in panels.of_appeal(session, appeal)] == [True, False, False]


def test_who_has_declared_or_was_not_called_declares_nothing(called, declare):
    declare(called[0])

    with pytest.raises(Conflict, match="declared already"):
        declare(called[0])
    with pytest.raises(Forbidden, match="was not called"):
        declare("hui")


@pytest.mark.usefixtures("pool")
def test_who_says_nothing_is_not_taken_to_have_no_conflict(session, appeal, called, declare, names):
    declare(*called[:2])

    formations.exclude_silent(session, appeal)
    formations.fill(session, appeal)

    assert called[2] not in names()
    assert [one.exclusion for one in panels.called(session, appeal)][:3] == [None, None, Recusal.SILENT]


@pytest.mark.usefixtures("pool", "called")
def test_a_lot_whose_holder_has_become_unable_since_is_passed_over(session, appeal, names):
    lots = draws.of_appeal(session, appeal)
    reserve = [people.by_employee_id(session, one) for one in lots.order if one not in _ids(session, appeal)]
    absences.enter_leave(session, reserve[0], LeaveKind.SICK, date(2025, 6, 1), None, by=SYSTEM)
    formations.exclude(session, panels.of_appeal(session, appeal)[0], Recusal.DECLARED, "x")

    formations.fill(session, appeal)

    assert reserve[0].username not in names()
    assert reserve[1].username in names()


def _ids(session, appeal):
    return {people.by_key(session, one.person_key).employee_id for one in panels.called(session, appeal)}


def test_a_panel_is_never_of_one_department_alone(session, pool, company, appeal, names):
    for name in ("qin", "wei", "zoe"):
        absences.enter_leave(session, company[name], LeaveKind.SICK, date(2025, 6, 1), None, by=SYSTEM)

    formations.fill(session, appeal)

    assert len(names()) == 2
    assert set(names()) < {"ou", "tao", "min"}
    assert formations.missing(session, appeal) == 1


@pytest.fixture
def short(session, appeal, called, declare):
    """The account of who declared a conflict, after which the reserve is used up."""
    declare(called[0], conflict=True, statement="师徒")
    assert formations.fill(session, appeal) == []
    return called[0]


def test_e67_hr_names_from_outside_exactly_who_is_missing_with_a_reason(session, company, appeal, short, act):
    hui, fan = act("hui"), company["fan"]

    with pytest.raises(Invalid) as two:
        formations.appoint(session, appeal, [], reason="两人也可以", by=hui)
    with pytest.raises(Invalid) as barred:
        formations.appoint(session, appeal, [company["sun"]], reason="他了解情况", by=hui)
    with pytest.raises(Invalid) as again:
        formations.appoint(session, appeal, [company[short]], reason="再请", by=hui)
    with pytest.raises(Invalid, match="not said"):
        formations.appoint(session, appeal, [fan], reason=" ", by=hui)
    with pytest.raises(Forbidden):
        formations.appoint(session, appeal, [fan], reason="x", by=act("sun"))
    formations.appoint(session, appeal, [fan], reason="库里的人已用完", by=hui)

    assert codes(two) == {("members", "panel-size")}
    assert codes(barred) == {("sun", "excluded")}
    assert codes(again) == {(short, "called")}
    outsider = panels.of_appeal(session, appeal)[-1]
    assert (outsider.appointed_by, outsider.appointment, outsider.state) == ("hui", "库里的人已用完", PanelState.ASKED)


def test_e67_that_nobody_can_be_named_is_recorded_with_the_reason(session, appeal, called, declare, act):
    with pytest.raises(Conflict, match="nobody is missing"):
        formations.give_up(session, appeal, reason="x", by=act("hui"))
    declare(called[0], conflict=True, statement="师徒")
    formations.fill(session, appeal)

    formations.give_up(session, appeal, reason="公司里已没有无关的人", by=act("hui"))

    lots = draws.of_appeal(session, appeal)
    assert (lots.given_up, lots.given_up_by) == ("公司里已没有无关的人", "hui")


def test_e71_an_even_panel_and_one_that_has_not_declared_never_sit(session, appeal, called, declare):
    with pytest.raises(Conflict, match="not every member has declared"):
        formations.seat(session, appeal)
    declare(*called)
    formations.exclude(session, panels.of_appeal(session, appeal)[0], Recusal.MOTION, "x")

    with pytest.raises(Conflict, match="it has 2 members: it takes an odd number, 3 or more"):
        formations.seat(session, appeal)


@pytest.fixture
def sat(session, appeal, called, declare):
    """The accounts of a panel that sits, the chair's first."""
    declare(*called)
    formations.seat(session, appeal)
    return called


@pytest.mark.usefixtures("pool")
def test_who_is_excluded_after_voting_counts_no_more_and_reads_nothing(session, appeal, sat, act):
    for name in sat:
        votes.cast(session, appeal, Verdict.CORRECTED, reasons="x", by=act(name))
    gone = panels.of_appeal(session, appeal)[1]

    formations.exclude(session, gone, Recusal.DECLARED, "事后发现的利害关系")
    (newcomer,) = formations.fill(session, appeal)

    username = people.by_key(session, newcomer.person_key).username
    seen = {name: _votes(session, act(name)) for name in (*sat, username, "hui")}
    assert seen == {sat[0]: 1, sat[1]: 0, sat[2]: 1, username: 0, "hui": 0}
    assert sees(session, act(sat[1])) == 0
    assert not votes.all_cast(session, appeal)
    with pytest.raises(Forbidden, match="not on its panel"):
        votes.cast(session, appeal, Verdict.UPHELD, reasons="x", by=act(sat[1]))
    with pytest.raises(Forbidden, match="not on its panel"):
        votes.cast(session, appeal, Verdict.UPHELD, reasons="x", by=act(username))


def _votes(session, identity):
    return len(session.scalars(select(Vote).where(access.votes(session, identity))).all())


def test_nobody_abstains_the_votes_that_can_be_cast_decide(session):
    assert {verdict.value for verdict in Verdict} == {"upheld", "corrected", "reevaluated", "annulled"}
