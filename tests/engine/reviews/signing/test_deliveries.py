"""Deliveries, closed steps and targets without a signature, on the demo company's processes."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine import clock, db, identity
from engine.bpmn import messages, tasks
from engine.bpmn.messages import Publication
from engine.bpmn.models import TaskState, UserTask
from engine.errors import Conflict, Forbidden, Incident, Invalid, NotFound
from engine.reviews import demo, notices
from engine.reviews.cases import appeals, windows
from engine.reviews.cycle import cycles, reviews, terms
from engine.reviews.cycle.terms import Terms
from engine.reviews.models import (
    Answer,
    Delivery,
    DeliveryState,
    Letter,
    Means,
    Proof,
    ReviewState,
    SignOff,
    TemplateVersion,
)
from engine.reviews.release import results
from engine.reviews.settlements import dues
from engine.reviews.signing import closings, deliveries, interviews, letters, targets
from engine.reviews.signing.deliveries import Service

MAIL = Service(means=Means.MAIL, served_on=date(2025, 9, 22), reference="XA123456789CN")


@pytest.fixture(name="terms_of")
def _terms_of(demonstration):
    """Let the cycle go by other terms before it is launched."""

    def choose(**chosen):
        with db.transaction() as session:
            by = identity.identity_of(session, demo.OFFICER)
            terms.choose(session, demonstration.cycle(session), Terms(**chosen), by=by)

    return choose


@pytest.fixture
def release(demonstration):
    """Bring the demo company to the release of Zhang Wei's result."""

    def run():
        demonstration.launch()
        demonstration.agree_on_targets()
        demonstration.import_actuals()
        demonstration.rate()
        demonstration.release()
        return demonstration

    return run


def acting(name):
    """Give the identity of an account."""
    with db.reading() as session:
        return identity.identity_of(session, name)


def sent(demonstration, session):
    """Find the delivery of Zhang Wei's result."""
    result = select(Delivery).where(Delivery.result_key.is_not(None))
    return session.scalars(result.order_by(Delivery.key.desc())).first()


def does(work):
    """Do something in a transaction of its own."""
    with db.transaction() as session:
        return work(session)


def kinds(name):
    with db.reading() as session:
        return [notice.kind for notice in notices.of_person(session, by=identity.identity_of(session, name))]


def is_open(element):
    with db.reading() as session:
        opened = select(UserTask.key).where(UserTask.element_id == element, UserTask.state == TaskState.CREATED)
        return session.scalars(opened).first() is not None


def test_e49_a_result_is_sent_delivered_and_opened_each_with_its_instant(release):
    world = release()
    states = [does(lambda session: sent(world, session).state)]
    world.pass_time(timedelta(hours=1))
    does(lambda session: deliveries.arrive(session, by=acting("zhang.wei")))
    states.append(does(lambda session: sent(world, session).state))
    world.pass_time(timedelta(hours=1))

    does(lambda session: deliveries.open_(session, [sent(world, session)], by=acting("zhang.wei")))

    with db.reading() as session:
        delivery = sent(world, session)
        instants = (delivery.sent_at, delivery.delivered_at, delivery.opened_at)
    assert [*states, delivery.state] == [DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.OPENED]
    assert [later - instants[0] for later in instants] == [timedelta(0), timedelta(hours=1), timedelta(hours=2)]
    assert delivery.proven_at == delivery.opened_at
    assert "appeal-window" in kinds("zhang.wei")


def test_e64_what_was_sent_to_another_is_not_opened_by_reading_it(release):
    world = release()

    with pytest.raises(Forbidden):
        does(lambda session: deliveries.open_(session, [sent(world, session)], by=acting("li.na")))

    with db.reading() as session:
        assert sent(world, session).state is DeliveryState.SENT
        assert not deliveries.unopened(session, by=acting("li.na"))


def test_e49_an_unproven_delivery_never_closes_the_window_and_hr_serves_again(release):
    world = release()
    world.pass_time(timedelta(days=400))
    waiting = is_open("serve_again")
    with db.reading() as session:
        review = world.review(session)
        before = (windows.is_open(session, review), windows.closes_at(session, review))

    does(lambda session: deliveries.serve(session, sent(world, session), MAIL, by=acting(demo.OFFICER)))

    with db.reading() as session:
        delivery = sent(world, session)
    assert (waiting, before) == (True, (True, None))
    assert not is_open("serve_again")
    assert (delivery.state, delivery.means) == (DeliveryState.SERVED, Means.MAIL)
    world.pass_time(timedelta(0))
    with db.reading() as session:
        assert not windows.is_open(session, world.review(session))
        assert windows.closed_at(session, world.review(session)).isoformat() == "2025-09-28T16:00:00+00:00"


@pytest.mark.parametrize(
    ("proof", "proven"),
    [(Proof.OPENED, [False, True, True]), (Proof.DELIVERED, [True, True, True]), (Proof.SERVED, [False, False, True])],
)
def test_e49_what_proves_a_delivery_is_the_cycles_to_say(release, terms_of, proof, proven):
    terms_of(proof=proof)
    world = release()
    acts = [
        lambda session: deliveries.arrive(session, by=acting("zhang.wei")),
        lambda session: deliveries.open_(session, [sent(world, session)], by=acting("zhang.wei")),
        lambda session: deliveries.serve(session, sent(world, session), MAIL, by=acting(demo.OFFICER)),
    ]

    found = []
    for act in acts:
        does(act)
        found.append(does(lambda session: sent(world, session).proven_at is not None))

    assert found == proven


def test_e49_a_second_service_needs_its_proof(release):
    world = release()
    wrong = {
        "reference": Service(means=Means.MAIL, served_on=date(2025, 9, 22), reference=" "),
        "ahead": Service(means=Means.MAIL, served_on=date(2025, 9, 23), reference="X"),
        "before": Service(means=Means.MAIL, served_on=date(2025, 9, 21), reference="X"),
        "witness": Service(means=Means.WITNESS, served_on=date(2025, 9, 22), reference="X"),
    }

    codes = {}
    for name, service in wrong.items():
        with pytest.raises(Invalid) as refused:
            does(lambda session, given=service: deliveries.serve(session, sent(world, session), given, by=hr()))
        codes[name] = [problem.code for problem in refused.value.problems]

    assert codes == {"reference": ["empty"], "ahead": ["not-served"], "before": ["early"], "witness": ["empty"]}
    with pytest.raises(Forbidden):
        does(lambda session: deliveries.serve(session, sent(world, session), MAIL, by=acting("li.na")))


def hr():
    return acting(demo.OFFICER)


def test_e40_the_clock_closes_the_window_before_any_timer_is_woken(release):
    world = release()
    does(lambda session: deliveries.open_(session, [sent(world, session)], by=acting("zhang.wei")))
    with db.reading() as session:
        closing = windows.closes_at(session, world.review(session))

    does(lambda session: clock.pin(session, closing + timedelta(minutes=1)))  # no worker wakes the timer

    with pytest.raises(
        Conflict, match="the window closed at 2025-09-29T00:00:00\\+08:00, and it is 2025-09-29T00:01:00"
    ):
        does(lambda session: lodge(session, world.review(session)))


def test_e41_an_appeal_is_in_time_until_the_last_second_of_the_last_day(release):
    world = release()
    does(lambda session: deliveries.open_(session, [sent(world, session)], by=acting("zhang.wei")))
    with db.reading() as session:
        closing = windows.closes_at(session, world.review(session))

    does(lambda session: clock.pin(session, closing - timedelta(seconds=1)))

    assert does(lambda session: lodge(session, world.review(session))).lodged_at == closing - timedelta(seconds=1)


def lodge(session, review):
    by = identity.identity_of(session, "zhang.wei")
    return appeals.lodge(session, review, grounds="评分偏低", items=["collaboration"], remedy="重新评价", by=by)


def test_l001_16_and_x15_a_result_is_settled_in_five_working_days_but_for_what_is_in_dispute(release):
    world = release()
    with db.reading() as session:
        before = dues.of_review(session, world.review(session))

    does(lambda session: lodge(session, world.review(session)))

    with db.reading() as session:
        disputed = dues.of_review(session, world.review(session))
    assert (before.due_on, before.held) == (date(2025, 9, 28), ())
    assert (disputed.due_on, disputed.held) == (date(2025, 9, 28), ("collaboration",))


def test_e63_what_is_asked_for_and_the_notice_of_it_come_together_or_not_at_all(demonstration):
    demonstration.launch()
    demonstration.agree_on_targets()
    demonstration.import_actuals()
    demonstration.rate()

    def releases(session):
        everybody_else = ("he.ping", "xu.lan", "ma.chao")
        left_out = {demonstration.review(session, name).key: "停薪留职" for name in everybody_else}
        results.release(session, demonstration.cycle(session), left_out=left_out, by=hr())

    def fails(session):
        releases(session)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        does(fails)
    before = is_open("hold_interview"), "result-released" in kinds("zhang.wei")
    does(releases)

    assert before == (False, False)
    assert (is_open("hold_interview"), "result-released" in kinds("zhang.wei")) == (True, True)


@pytest.mark.parametrize("signer", ["li.na", demo.OFFICER, "wang.qiang", "shen.yi"])
def test_e58_nobody_signs_a_result_for_another_and_nobody_is_given_the_task(release, signer):
    world = release()
    world.do("li.na", "hold_interview", heldOn="2025-09-22", strengths="续约", gaps="协作", evidence="88%", plan="例会")
    world.do("zhang.wei", "confirm_minutes", confirmed=True)
    operator = acting("shen.yi")
    with db.transaction() as session:
        key = world.task(session, "sign_result", "zhang.wei").key
        with pytest.raises(Forbidden):
            interviews.sign(session, world.review(session), Answer.AGREED, by=acting(signer))

    with pytest.raises(Invalid, match="could not complete it"):
        does(lambda session: tasks.assign(session, key, signer, by=operator))
    with pytest.raises((Forbidden, NotFound)):
        does(lambda session: tasks.complete(session, key, by=acting(signer), variables={"answer": "agreed"}))

    with db.reading() as session:
        assert session.scalars(select(SignOff)).all() == []
        assert sent(world, session).opened_at is None


def test_nobody_signs_targets_for_another_and_nobody_is_given_the_task(demonstration):
    demonstration.launch()
    demonstration.do("zhang.wei", "draft_targets", targets=column())
    demonstration.do("li.na", "review_targets", decision="approve")
    demonstration.do("wang.qiang", "approve_targets", decision="approve")
    with db.transaction() as session:
        key = demonstration.task(session, "sign_targets", "zhang.wei").key

    with pytest.raises(Invalid, match="could not complete it"):
        does(lambda session: tasks.assign(session, key, "li.na", by=acting("shen.yi")))
    for answers in (
        {"outcome": "signed", "confirmed": True},
        {"outcome": "declined", "reason": "x", "confirmed": True},
    ):
        with pytest.raises(NotFound):
            does(lambda session, given=answers: tasks.complete(session, key, by=acting("li.na"), variables=given))

    with db.reading() as session:
        assert session.scalars(select(Letter)).all() == []


def column():
    values = {
        "sales_revenue": "500",
        "new_customers": "20",
        "renewal_rate": "85%",
        "timely_payment": "95%",
        "marketing_roi": "1:5",
        "lead_conversion": "100",
    }
    return {indicator: {"target": target} for indicator, target in values.items()}


def test_e59_a_closed_step_is_a_state_of_its_own_and_never_a_signature(release):
    world = release()
    held = does(lambda session: closings.close(session, world.review(session), reason="上级离职", by=hr()))
    waiting = is_open("sign_result")

    answered = does(lambda session: closings.close(session, world.review(session), reason="员工失联", by=hr()))

    with db.reading() as session:
        review = world.review(session)
        steps = closings.of_review(session, review, by=acting("zhang.wei"))
        assert session.scalars(select(SignOff)).all() == []
    assert (held.element_id, held.holder, waiting) == ("hold_interview", "li.na", True)
    assert (answered.element_id, answered.holder) == ("sign_result", "zhang.wei")
    assert (review.state, review.closing_reason) == (ReviewState.CLOSED, "zhao.min: 员工失联")
    assert [(step.closed_by, step.reason) for step in steps] == [("zhao.min", "上级离职"), ("zhao.min", "员工失联")]
    assert kinds("zhang.wei").count("step-closed") == 2
    assert "step-closed" in kinds("li.na")
    with pytest.raises(Conflict, match="none can be closed"):
        does(lambda session: closings.close(session, world.review(session), reason="again", by=hr()))


def test_e59_and_e95_hr_closes_no_step_of_the_own_review(release):
    world = release()
    own = acting("zhang.wei")
    officer = identity.Identity(own.username, own.groups | {"hr"})

    with pytest.raises(Forbidden, match="one's own"):
        does(lambda session: closings.close(session, world.review(session), reason="eilt", by=officer))


def test_an_operators_message_closes_no_step_with_a_signature(release):
    world = release()
    with db.reading() as session:
        key = world.review(session).key

    message = Publication(closings.CLOSED, str(key))
    for _ in range(3):
        does(lambda session: messages.publish(session, message, by=acting("shen.yi")))

    with db.reading() as session:
        assert session.scalars(select(SignOff)).all() == []
        assert reviews.found(session, key).state is ReviewState.RELEASED


def test_l003_11_a_commitment_letter_is_kept_word_for_word_with_its_digest(demonstration):
    demonstration.launch()
    demonstration.agree_on_targets()

    with db.reading() as session:
        review = demonstration.review(session)
        letter = letters.of_review(session, review, by=acting("zhang.wei"))
        delivery = session.scalars(select(Delivery)).one()
        with pytest.raises(NotFound):
            letters.of_review(session, review, by=acting("chen.jing"))
        digest = targets.of_review(session, review).digest
    row = letter.content["targets"][0]
    assert (letter.content["name"], letter.content["outcome"], letter.content["signedBy"]) == ("张伟", "signed", "张伟")
    assert (row["target"], row["unit"], row["weight"]) == ("500", "万元", "30")
    assert (letters.is_intact(letter), digest) == (True, letter.digest)
    assert delivery.state is DeliveryState.OPENED
    row["target"] = "5"
    assert not letters.is_intact(letter)


def test_l000_02_weights_out_of_their_bounds_stop_the_sign_off_of_targets(demonstration):
    demonstration.launch()
    demonstration.do("zhang.wei", "draft_targets", targets=column())
    with db.transaction() as session:  # as if a table by post had given other weights since the template was published
        rules = session.get_one(TemplateVersion, demonstration.review(session).template_key)
        rules.rules = {**rules.rules, "constraints": [{"of": "long", "minimum": "20"}]}
    db.bound().compiled.clear()  # what this process has read before

    with pytest.raises(Incident, match=r"their rules do not fit: .*long"):
        demonstration.do("li.na", "review_targets", decision="approve")

    with db.reading() as session:
        assert demonstration.task(session, "review_targets", "li.na").state == "CREATED"


def test_terms_are_frozen_by_the_launch_and_name_what_is_wrong(demonstration, terms_of):
    with pytest.raises(Invalid) as refused:
        terms_of(appeal_days=0, returns=61)
    with pytest.raises(Invalid) as unknown:
        terms.read({"prof": "opened", "proof": "by pigeon"})
    terms_of(appeal_days=10)
    demonstration.launch()

    with pytest.raises(Conflict, match="frozen"):
        terms_of(appeal_days=3)

    with db.reading() as session:
        cycle = demonstration.cycle(session)
        assert terms.of_cycle(session, cycle.key).appeal_days == 10
        assert cycles.found(session, cycle.key).state.value == "launched"
    assert {problem.where for problem in refused.value.problems} == {"terms/appeal_days", "terms/returns"}
    assert {problem.where for problem in unknown.value.problems} == {"terms/prof", "terms/proof"}
