"""Who may be named as a rater, who may take over, and what becomes of those who decline or are gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from engine import clock
from engine.errors import Conflict, Forbidden, Invalid
from engine.identity import SYSTEM, Account
from engine.reviews.cycle import cycles
from engine.reviews.models import Line, RaterState
from engine.reviews.organisation import employments, lines, people
from engine.reviews.rating import candidacies, departures, nominations, raters, ratings
from engine.reviews.rating.ratings import Given
from engine.reviews.rulebook import rulebooks, templates
from engine.reviews.rulebook.publishing import publishing_problems
from engine.reviews.rulebook.rules import Approver, Nominator
from engine.reviews.scores import scorecards

OUTSIDERS = {"pan", "shi", "hui", "fan", "ou", "qin", "wei"}


@pytest.fixture(name="enrol")
def _enrol(session, company, mended, act):
    """Enrol ann in a cycle whose cross group has some rules."""

    def enrol(label="2025 Q3", **rules):
        groups = [replace(one, **rules) if one.id == "cross" else one for one in mended.rater_groups]
        written = rulebooks.write(replace(mended, rater_groups=tuple(groups)))
        template = templates.draft(session, label, written, title=label, by=act("hui"))
        templates.publish(session, template.key, by=act("hui"))
        dates = {"starts_on": date(2025, 7, 1), "ends_on": date(2025, 9, 30)}
        cycle = cycles.draft(session, label=label, template_key=template.key, by=act("hui"), **dates)
        return cycles.enrol(session, cycle, company["ann"], by=act("hui"))

    return enrol


@pytest.fixture(name="launch")
def _launch(session, enrol, act):
    """Launch such a cycle."""

    def launch(**rules):
        review = enrol(**rules)
        cycles.launch(session, cycles.found(session, review.cycle_key), by=act("hui"))
        return review

    return launch


def group_of(session, review, group_id="cross"):
    return next(one for one in raters.groups(session, review) if one.id == group_id)


def states(session, review, group_id="cross"):
    named = raters.of_review(session, review, group_id)
    return {people.by_key(session, one.person_key).username: one.state.value for one in named}


def codes(refused):
    return {(problem.where, problem.code) for problem in refused.value.problems}


def test_the_appraisee_nominates_and_the_superior_approves(session, launch, company, act):
    review = launch(nominated_by=Nominator.APPRAISEE, approved_by=Approver.SUPERIOR, fewest=2)

    nominations.propose(session, review, "cross", [company["pan"], company["shi"]], by=act("ann"))
    proposed = states(session, review)
    nominations.return_(session, review, "cross", reason="换一位", by=act("sun"))
    nominations.propose(session, review, "cross", [company["pan"], company["wei"]], by=act("ann"))
    nominations.approve(session, review, "cross", by=act("sun"))

    assert proposed == {"pan": "nominated", "shi": "nominated"}
    assert states(session, review) == {"pan": "asked", "wei": "asked"}


def test_nobody_nominates_or_approves_for_another(session, launch, company, act):
    review = launch(nominated_by=Nominator.APPRAISEE, approved_by=Approver.SUPERIOR)

    with pytest.raises(Forbidden):
        nominations.propose(session, review, "cross", [company["pan"]], by=act("sun"))
    nominations.propose(session, review, "cross", [company["pan"]], by=act("ann"))
    with pytest.raises(Forbidden):
        nominations.approve(session, review, "cross", by=act("ann"))


def test_a_nomination_names_as_many_as_the_rules_say_and_whom_they_let(session, launch, company, act):
    review = launch(nominated_by=Nominator.APPRAISEE, fewest=2, outside=True, departments=("product", "sales"))

    with pytest.raises(Invalid) as refused:
        nominations.propose(session, review, "cross", [company["ann"]], by=act("ann"))
    with pytest.raises(Invalid) as excluded:
        nominations.propose(session, review, "cross", [company["dai"], company["shi"]], by=act("ann"))

    assert codes(refused) == {("raters", "nomination-count"), ("ann", "own")}
    assert codes(excluded) == {("dai", "same-department"), ("shi", "other-department")}


def test_candidates_are_those_whom_no_rule_excludes(session, launch, company):
    review = launch(nominated_by=Nominator.APPRAISEE, outside=True, departments=("product", "service"))
    group = group_of(session, review)

    offered = {person.username for person in candidacies.candidates(session, review, group)}

    free = {name for name, one in company.items() if not [*candidacies.exclusions(session, review, group, one)]}
    assert offered == free == {"pan", "qin", "shi", "wei"}


def test_e20_somebody_who_rates_enough_appraisees_is_not_named_for_another(session, enrol, company, act):
    review = enrol(load=1)
    raters.nominate(session, review, company["pan"], group_id="cross", by=act("hui"))
    cycle = cycles.found(session, review.cycle_key)
    other = cycles.enrol(session, cycle, company["wei"], by=act("hui"))

    with pytest.raises(Invalid) as refused:
        raters.nominate(session, other, company["pan"], group_id="cross", by=act("hui"))

    assert codes(refused) == {("pan", "overloaded")}
    assert company["pan"] not in candidacies.candidates(session, other, group_of(session, other))


def test_e20_the_launch_check_lists_whoever_rates_as_many_as_the_rules_let(session, enrol, company, act):
    review = enrol(load=1)
    raters.nominate(session, review, company["pan"], group_id="cross", by=act("hui"))

    found = cycles.check(session, cycles.found(session, review.cycle_key))

    warned = [(one.problem.where, one.blocks) for one in found if one.problem.code == "rater-loaded"]
    assert warned == [(company["pan"].employee_id, False)]


def test_e22_a_rater_declines_with_a_reason_and_another_takes_the_place(session, review, company, act):
    (pan, _) = raters.of_review(session, review, "cross")
    with pytest.raises(Invalid):
        departures.decline(session, pan, reason=" ", by=act("pan"))
    with pytest.raises(Forbidden):
        departures.decline(session, pan, reason="太忙", by=act("shi"))

    departures.decline(session, pan, reason="太忙", by=act("pan"))
    nominations.replace(session, pan, company["wei"], by=act("hui"))

    assert (pan.state, pan.reason) == (RaterState.DECLINED, "太忙")
    assert states(session, review) == {"pan": "declined", "shi": "asked", "wei": "asked"}
    assert raters.holder_of(session, pan.key).person_key == company["wei"].key


def test_e22_a_place_is_taken_once_and_only_if_it_is_free(session, review, company, act):
    (pan, shi) = raters.of_review(session, review, "cross")
    departures.decline(session, pan, reason="太忙", by=act("pan"))
    nominations.replace(session, pan, company["wei"], by=act("hui"))

    for rater in (pan, shi):
        with pytest.raises(Conflict):
            nominations.replace(session, rater, company["ou"], by=act("hui"))
    with pytest.raises(Forbidden):
        nominations.replace(session, shi, company["ou"], by=act("ann"))


@pytest.mark.parametrize(("group", "username"), [("self", "ann"), ("superior", "sun")])
def test_nobody_declines_a_rating_of_the_own_position(session, review, act, group, username):
    (rater,) = raters.of_review(session, review, group)

    with pytest.raises(Conflict):
        departures.decline(session, rater, reason="太忙", by=act(username))


@pytest.mark.parametrize("gone", ["left", "disabled"])
def test_e06_the_task_of_a_rater_who_is_gone_goes_back_for_a_replacement(session, review, company, gone):
    if gone == "left":
        employments.spells_of(session, company["pan"].key)[0].valid_until = date(2025, 7, 3)
    else:
        session.get_one(Account, "pan").disabled = True
    clock.pin(session, clock.now(session) + timedelta(days=3))

    departures.withdraw_gone(session, review.cycle_key)

    assert states(session, review) == {"pan": "declined", "shi": "asked"}


def test_e06_a_rating_given_before_somebody_left_stands(session, review, given, act):
    ratings.submit(session, review, *given["pan"], by=act("pan"))
    raters.reopen(session, review)
    session.get_one(Account, "pan").disabled = True

    departures.withdraw_gone(session, review.cycle_key)

    assert states(session, review)["pan"] == "submitted"


def test_e07_a_rating_is_not_handed_on_to_somebody_below_the_appraisee(session, review, company):
    hired = date(2024, 1, 1)
    lines.assign(session, company["fan"], company["ann"], valid_from=hired, by=SYSTEM)
    lines.assign(session, company["ou"], company["fan"], valid_from=hired, by=SYSTEM)

    for below in ("fan", "ou"):
        with pytest.raises(Forbidden):
            departures.delegate(session, review, "superior", company["sun"], company[below])


def test_e08_a_rating_never_reaches_the_appraisee_however_often_it_is_handed_on(session, review, company):
    departures.delegate(session, review, "superior", company["sun"], company["dai"])
    departures.delegate(session, review, "superior", company["dai"], company["ou"])

    for holder in ("ou", "sun"):
        with pytest.raises((Forbidden, Conflict)):
            departures.delegate(session, review, "superior", company[holder], company["ann"])

    assert states(session, review, "superior") == {"sun": "declined", "dai": "declined", "ou": "asked"}


def test_nobody_rates_oneself_for_another(session, review, company):
    with pytest.raises(Forbidden):
        departures.delegate(session, review, "self", company["ann"], company["dai"])


def test_a_rating_that_was_handed_on_can_be_taken_back(session, review, company, given, act):
    departures.delegate(session, review, "superior", company["sun"], company["dai"])
    departures.delegate(session, review, "superior", company["dai"], company["sun"])

    ratings.submit(session, review, *given["sun"], by=act("sun"))

    assert states(session, review, "superior") == {"sun": "submitted", "dai": "declined"}


def test_a_reopened_rating_goes_back_to_the_position_and_counts_once(session, measured, company, given, act):
    departures.delegate(session, measured, "superior", company["sun"], company["dai"])
    for name, (group, answers) in given.items():
        ratings.submit(session, measured, group, answers, by=act("dai" if name == "sun" else name))
    raters.reopen(session, measured)
    for name, (group, answers) in given.items():
        ratings.submit(session, measured, group, answers, by=act(name))

    score = scorecards.compute(session, measured)

    assert states(session, measured, "superior") == {"sun": "submitted", "dai": "declined"}
    assert str(score.total) == "87.68"


def test_e10_a_dotted_line_is_a_group_of_its_own_and_is_left_out_without_one(session, enrol, company, act):
    by_line = enrol(nominated_by=Nominator.LINE)
    cycle = cycles.found(session, by_line.cycle_key)
    without = [one.problem.code for one in cycles.check(session, cycle) if not one.blocks]
    day = date(2025, 1, 1)
    lines.assign(session, company["ann"], company["ou"], valid_from=day, kind=Line.MATRIX, by=SYSTEM)

    cycles.launch(session, cycle, by=act("hui"))

    assert "no-dotted-line" in without
    assert states(session, by_line) == {"ou": "asked"}


def test_e10_without_a_dotted_line_the_others_carry_its_weight(session, launch, measure, given, act):
    review = launch(nominated_by=Nominator.LINE)
    measure(review)
    for name in ("ann", "sun"):
        ratings.submit(session, review, *given[name], by=act(name))

    figure = scorecards.compute(session, review).figure

    rating = figure.find("total_exact", "qualitative", "points", "collaboration", "rating")
    assert (rating.absent, dict(rating.shares)) == (("cross",), {"self": Fraction(25), "superior": Fraction(75)})


def test_l001_08_there_is_no_rating_without_a_case_of_some_length(session, enrol, company, act):
    review = enrol(case_length=20)
    raters.nominate(session, review, company["pan"], group_id="cross", by=act("hui"))
    cycles.launch(session, cycles.found(session, review.cycle_key), by=act("hui"))
    case = {"project": "甲", "fact": "协调三个部门", "figure": "28 天到 15 天"}

    with pytest.raises(Invalid) as without:
        ratings.submit(session, review, "cross", {"collaboration": Given("4")}, by=act("pan"))
    with pytest.raises(Invalid) as short:
        ratings.submit(session, review, "cross", {"collaboration": Given("4", case=case)}, by=act("pan"))
    told = {**case, "suggestion": "提前一周共享排期"}
    (rating,) = ratings.submit(session, review, "cross", {"collaboration": Given("4", case=told)}, by=act("pan"))

    assert codes(without) == {("collaboration", f"case-{part}") for part in ("project", "fact", "figure")}
    assert codes(short) == {("collaboration", "case-fact")}
    assert rating.case == told


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ({"id": "self", "anonymous": True}, "one-person-group"),
        ({"anonymous": True, "smallest": 1}, "smallest-too-small"),
        ({"fewest": 3, "most": 2}, "nomination-bounds"),
        ({"most": 3, "quorum": 4}, "quorum-too-high"),
        ({"most": 2, "anonymous": True}, "never-shown"),
    ],
)
def test_rules_of_a_group_that_contradict_one_another_are_not_published(mended, rules, code):
    changed = rules.get("id", "cross")
    groups = tuple(replace(one, **rules) if one.id == changed else one for one in mended.rater_groups)

    found = publishing_problems(replace(mended, rater_groups=groups))

    assert [problem.code for problem in found] == [code]
