"""The course of an appeal: late, mended, settled, suspended, represented, joined, reviewed twice, and its embargo."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select

from engine import clock
from engine.bpmn import documents
from engine.bpmn.documents import Upload
from engine.errors import Conflict, Forbidden, Invalid
from engine.identity import SYSTEM
from engine.reviews import access
from engine.reviews.cases import (
    appeals,
    decisions,
    joinders,
    lodgings,
    outcomes,
    panels,
    readings,
    reevaluations,
    representations,
    second_reviews,
    statements,
    suspensions,
    votes,
)
from engine.reviews.cases.lodgings import Typed
from engine.reviews.models import (
    Appeal,
    AppealState,
    AppealStatement,
    Notice,
    PanelMember,
    PanelState,
    Result,
    ResultConsequence,
    Standing,
    StatementKind,
    Verdict,
    Vote,
)
from engine.reviews.organisation import people
from engine.reviews.release import results
from engine.reviews.rulebook.rules import Level

LEVELS = (
    Level(id="excellent", name="优秀", guideline=Fraction(20)),
    Level(id="good", name="良好", guideline=Fraction(70)),
    Level(id="to_improve", name="待改进", guideline=Fraction(10)),
)
GROUNDS = {"grounds": "协作评分缺少事实", "items": ["collaboration"], "remedy": "重新评分"}


@pytest.fixture
def appeal(session, released, act):
    """Ann's appeal, admitted."""
    lodged = appeals.lodge(session, released, **GROUNDS, by=act("ann"))
    appeals.admit(lodged, by=act("hui"))
    return lodged


@pytest.fixture
def heard(session, appeal, seat):
    """The appeal before its panel."""
    seat(appeal)
    return appeal


@pytest.fixture
def judges(session, heard, act):
    """The identities of those who judge, the chair first."""
    members = sorted(panels.of_appeal(session, heard), key=lambda one: not one.chair)
    return [act(people.by_key(session, member.person_key).username) for member in members]


@pytest.fixture
def decide(session, heard, judges):
    """Let the panel decide by a verdict each, and its chair write it."""

    def run(*verdicts, given=None):
        for by, verdict in zip(judges, verdicts, strict=True):
            votes.cast(session, heard, verdict, reasons="记录", by=by)
        return decisions.decide(session, heard, reasons="有记录", given=given, by=judges[0])

    return run


def upload(session, by):
    return documents.upload(session, Upload("证明.txt", b"new", {}), by=by).key


def test_e67_the_clock_is_suspended_once_at_a_time_with_a_reason_and_prolonged_once(session, appeal, act):
    hr, ends = act("hui"), clock.now(session).date() + timedelta(days=5)
    with pytest.raises(Invalid):
        suspensions.suspend(session, appeal, until=ends, reason=" ", by=hr)
    with pytest.raises(Invalid, match="not for"):
        suspensions.suspend(session, appeal, until=ends - timedelta(days=30), reason="等待外部成员", by=hr)
    with pytest.raises(Forbidden):
        suspensions.suspend(session, appeal, until=ends, reason="等待", by=act("sun"))

    suspensions.suspend(session, appeal, until=ends, reason="等待外部成员", by=hr)
    suspensions.prolong(session, appeal, reason="案情复杂", by=hr)

    with pytest.raises(Conflict, match="is suspended"):
        suspensions.suspend(session, appeal, until=ends, reason="再等", by=hr)
    with pytest.raises(Conflict, match="only once"):
        suspensions.prolong(session, appeal, reason="仍然复杂", by=hr)
    suspensions.resume(session, appeal, by=hr)
    assert suspensions.current(session, appeal) is None


class TestOfAUnitWithAGuideline:
    """Grades of which a share is advised, in a unit however small."""

    @pytest.fixture
    def mended(self, mended):
        return replace(mended, levels=LEVELS, smallest_group=1)

    def test_e72_and_e73_a_correction_stands_where_it_exceeds_the_guideline_and_hr_is_told(
        self, session, decide, heard, released
    ):
        decide(Verdict.CORRECTED, Verdict.CORRECTED, Verdict.UPHELD, given={"innovation_adopted": "5"})
        after = results.compute(session, released, by=SYSTEM)
        results.grade(session, released, "优秀", total=after.total)

        outcomes.follow(session, heard, by=SYSTEM)

        told = session.scalars(select(Notice).where(Notice.kind == "distribution-exceeded")).all()
        assert (after.version, after.grade) == (2, "优秀")
        assert [(one.details["count"], one.details["advised"]) for one in told] == [(1, 0)]
        assert set(session.scalars(select(ResultConsequence.after_key))) <= {after.key}


def test_e75_there_is_one_second_review_on_new_evidence_alone(session, decide, heard, act):
    decide(Verdict.UPHELD, Verdict.UPHELD, Verdict.CORRECTED)
    ann = act("ann")
    with pytest.raises(Invalid) as nothing:
        second_reviews.ask(session, heard, grounds="还是不服", documents=[], by=ann)
    with pytest.raises(Forbidden):
        second_reviews.ask(session, heard, grounds="代为申请", documents=[1], by=act("sun"))
    second = Appeal(
        review_key=heard.review_key,
        result_key=heard.result_key,
        grounds="新证据",
        items=heard.items,
        remedy=heard.remedy,
        lodged_by="ann",
        lodged_at=clock.now(session),
        earlier_key=heard.key,
        state=AppealState.DECIDED,
    )
    session.add(second)
    session.flush()

    with pytest.raises(Conflict, match="no third"):
        second_reviews.ask(session, heard, grounds="再审", documents=[upload(session, ann)], by=ann)
    with pytest.raises(Conflict, match="no third"):
        second_reviews.ask(session, second, grounds="再审", documents=[upload(session, ann)], by=ann)

    assert {problem.code for problem in nothing.value.problems} == {"no-evidence"}
    assert (heard.round, second.round) == (1, 2)


def test_e75_a_second_review_is_asked_for_in_time(session, decide, heard, act):
    decide(Verdict.UPHELD, Verdict.UPHELD, Verdict.CORRECTED)
    sent = session.scalars(select(second_reviews.Delivery).where(second_reviews.Delivery.appeal_key == heard.key)).one()
    sent.proven_at = clock.now(session)
    clock.pin(session, clock.now(session) + timedelta(days=20))

    with pytest.raises(Conflict, match="the window closed at"):
        second_reviews.ask(session, heard, grounds="新证据", documents=[upload(session, act("ann"))], by=act("ann"))

    assert not second_reviews.is_open(session, heard)


def test_e76_appeals_about_one_matter_are_heard_by_one_panel_and_decided_one_by_one(session, appeal, seat, act):
    twin = Appeal(
        review_key=appeal.review_key,
        result_key=appeal.result_key,
        grounds="同一目标",
        items=["collaboration"],
        remedy="更正",
        lodged_by="ann",
        lodged_at=clock.now(session),
        state=AppealState.ADMITTED,
    )
    other = Appeal(
        review_key=appeal.review_key,
        result_key=appeal.result_key,
        grounds="别的事",
        items=["sales_revenue"],
        remedy="更正",
        lodged_by="ann",
        lodged_at=clock.now(session),
        state=AppealState.ADMITTED,
    )
    session.add_all([twin, other])
    session.flush()
    with pytest.raises(Invalid, match="not about one matter"):
        joinders.join(session, appeal, [other], reason="同一目标", by=act("hui"))

    joinders.join(session, appeal, [twin], reason="同一目标", by=act("hui"))
    seat(appeal)
    joinders.share(session, appeal)
    joinders.take_seat(twin)

    seats = session.scalars(select(PanelMember).where(PanelMember.appeal_key == twin.key)).all()
    assert joinders.heard_together(session, twin) == [twin, appeal]
    assert {one.state for one in seats} == {PanelState.SEATED}
    assert {one.person_key for one in seats} == {one.person_key for one in panels.seated(session, appeal)}
    assert (twin.state, twin.verdict) == (AppealState.HEARD, None)
    with pytest.raises(Conflict):
        joinders.join(session, appeal, [twin], reason="再次合并", by=act("hui"))


def test_e76_who_was_joined_goes_on_alone_where_the_leading_case_ends(session, appeal, act):
    twin = Appeal(
        review_key=appeal.review_key,
        result_key=appeal.result_key,
        grounds="同一目标",
        items=["collaboration"],
        remedy="更正",
        lodged_by="ann",
        lodged_at=clock.now(session),
        state=AppealState.ADMITTED,
    )
    session.add(twin)
    session.flush()
    joinders.join(session, appeal, [twin], reason="同一目标", by=act("hui"))

    appeals.withdraw(session, appeal, by=act("ann"))

    assert twin.joined_to_key is None


def test_e77_a_representative_goes_on_and_nobody_of_the_other_side_can_be_it(session, appeal, company, act):
    hr = act("hui")
    for name in ("sun", "hui"):
        with pytest.raises(Invalid):
            representations.appoint(
                session, appeal, company[name], standing=Standing.INCAPABLE, proof="病历", by=hr
            )  # fmt: skip
    with pytest.raises(Invalid):
        representations.appoint(session, appeal, company["fan"], standing=Standing.DIED, proof=" ", by=hr)

    representations.appoint(session, appeal, company["fan"], standing=Standing.INCAPABLE, proof="监护证明", by=hr)

    seen = session.scalars(select(Appeal).where(access.appeals(session, act("fan")))).all()
    assert representations.speaker(session, appeal) is company["fan"]
    assert seen == [appeal]
    appeals.withdraw(session, appeal, by=act("fan"))
    assert appeal.state is AppealState.WITHDRAWN


def test_e77_an_appeal_that_nobody_pursues_is_closed_by_hr_with_a_reason(session, appeal, act):
    with pytest.raises(Invalid):
        appeals.lapse(session, appeal, reasons=" ", by=act("hui"))
    with pytest.raises(Forbidden):
        appeals.lapse(session, appeal, reasons="不再追究", by=act("sun"))

    appeals.lapse(session, appeal, reasons="申诉人去世,亲属不再申诉", by=act("hui"))

    assert appeal.state is AppealState.LAPSED


def test_e78_where_the_rater_is_silent_the_burden_is_the_raters(session, heard, judges, company, act):
    statements.note_silence(session, heard)
    for by, verdict in zip(judges, (Verdict.UPHELD, Verdict.CORRECTED, Verdict.REEVALUATED), strict=True):
        votes.cast(session, heard, verdict, reasons="记录", by=by)

    verdict = decisions.decide(session, heard, reasons="评价方未举证", by=judges[0])
    reevaluations.name(session, heard, company["fan"], by=act("hui"))

    assert (verdict, heard.state) == (Verdict.REEVALUATED, AppealState.REEVALUATED)
    with pytest.raises(Invalid):
        reevaluations.name(session, heard, company["sun"], by=act("hui"))


def test_e80_who_rates_again_never_makes_the_result_worse(session, decide, heard, company, act):
    decide(Verdict.REEVALUATED, Verdict.REEVALUATED, Verdict.UPHELD)
    reevaluations.name(session, heard, company["fan"], by=act("hui"))
    names = [one.id for one in reevaluations.indicators(session, heard)]
    with pytest.raises(Invalid):
        reevaluations.rate(session, heard, {}, text="没有评分", by=act("fan"))

    changed = reevaluations.rate(session, heard, dict.fromkeys(names, "1"), text="记录不足", by=act("fan"))

    told = session.scalars(select(AppealStatement).where(AppealStatement.kind == StatementKind.REEVALUATION)).one()
    assert (changed, heard.state, told.made_by) == (False, AppealState.DECIDED, "fan")


def test_e80_a_result_is_annulled_only_for_who_asked_for_it(session, heard, judges, released):
    with pytest.raises(Invalid) as refused:
        votes.cast(session, heard, Verdict.ANNULLED, reasons="程序违规", by=judges[0])
    heard.sought = Verdict.ANNULLED
    for by in judges:
        votes.cast(session, heard, Verdict.ANNULLED, reasons="程序违规", by=by)

    decisions.decide(session, heard, reasons="未告知标准", by=judges[0])
    decisions.annul(session, heard, by=SYSTEM)

    newest = session.scalars(select(Result).order_by(Result.version.desc())).first()
    assert [problem.code for problem in refused.value.problems] == ["not-sought"]
    assert (newest.version, newest.annulled, newest.grade) == (2, True, None)


def test_e81_nobody_outside_the_panel_sees_votes_or_verdict_before_the_decision_is_served(
    session, heard, judges, released, act
):
    for by in judges:
        votes.cast(session, heard, Verdict.UPHELD, reasons="记录", by=by)
    statements.record_minutes(session, heard, StatementKind.DELIBERATION, "三人一致", by=judges[0])

    def seen(name):
        return (
            len(session.scalars(select(Vote).where(access.votes(session, act(name)))).all()),
            len(statements.of_appeal(session, heard, by=act(name))),
        )

    before = {name: seen(name) for name in ("ann", "sun", "hui")}
    decisions.decide(session, heard, reasons="有记录", by=judges[0])

    assert before == {"ann": (0, 0), "sun": (0, 0), "hui": (0, 0)}
    assert {name: seen(name) for name in ("ann", "sun", "hui")} == {"ann": (0, 0), "sun": (0, 0), "hui": (3, 0)}
    assert seen(judges[0].username) == (3, 1)


def test_e81_who_reads_a_case_is_on_record_but_for_the_appellant(session, appeal, act):
    for name in ("ann", "hui", "pan"):
        readings.note(session, appeal.key, by=act(name))
    session.flush()

    kept = readings.of_appeal(session, appeal, by=act("ann"))

    assert [one.read_by for one in kept] == ["hui"]
    with pytest.raises(Forbidden):
        readings.of_appeal(session, appeal, by=act("sun"))


def test_what_the_sides_offer_one_another_no_panel_ever_sees(session, heard, judges, act):
    heard.state = AppealState.ADMITTED
    statements.make(session, heard, StatementKind.OFFER, "更正为 4 分", by=act("sun"), intent="offer")
    heard.state = AppealState.HEARD

    seen = {by: len(statements.of_appeal(session, heard, by=act(by))) for by in ("ann", "sun", "hui")}

    assert seen == {"ann": 1, "sun": 1, "hui": 1}
    assert statements.of_appeal(session, heard, by=judges[1]) == []


def test_an_appeal_is_given_back_once_and_mended_by_the_appellant(session, released, act):
    lodged = appeals.lodge(session, released, **GROUNDS, by=act("ann"))
    with pytest.raises(Invalid):
        appeals.give_back(session, lodged, defects=" ", by=act("hui"))
    appeals.give_back(session, lodged, defects="没有事实", by=act("hui"))
    with pytest.raises(Forbidden):
        statements.cure(session, lodged, "代为补正", documents=[], by=act("sun"))

    statements.cure(session, lodged, "工单 118", documents=[], by=act("ann"))

    assert lodged.state is AppealState.LODGED
    with pytest.raises(Conflict, match="given back once"):
        appeals.give_back(session, lodged, defects="仍不完整", by=act("hui"))


def test_e40_what_was_typed_into_a_late_appeal_is_kept_in_the_place_of_what_was_kept_before(session, released, act):
    for grounds in ("第一稿", "第二稿"):
        typed = Typed(grounds=grounds, items=("collaboration",), remedy="重新评分")
        lodgings.keep(session, released, typed, [], by=act("ann"))
    with pytest.raises(Forbidden):
        lodgings.keep(session, released, typed, [], by=act("sun"))

    kept = lodgings.draft(session, released)

    assert (kept.grounds, kept.remedy) == ("第二稿", "重新评分")
    appeals.lodge(session, released, **GROUNDS, by=act("ann"))
    assert lodgings.draft(session, released) is None


def test_hr_in_the_own_case_decides_nothing_of_it(session, appeal, act):
    appeal.lodged_by = "hui"

    for act_on in (
        lambda: suspensions.suspend(session, appeal, until=date(2025, 12, 1), reason="等待", by=act("hui")),
        lambda: suspensions.prolong(session, appeal, reason="复杂", by=act("hui")),
        lambda: appeals.lapse(session, appeal, reasons="不再追究", by=act("hui")),
    ):
        with pytest.raises(Forbidden):
            act_on()

    assert session.scalars(select(Notice).where(Notice.kind == "appeal-suspended")).all() == []
