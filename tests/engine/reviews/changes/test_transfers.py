"""Tests of a transfer between departments in the middle of a cycle: two sheets by days, or one that goes on."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from changing import apply, entered
from demonstration import ACTUALS, RATINGS, TARGETS, column
from sqlalchemy import select

from engine import db, identity
from engine.bpmn import tasks
from engine.bpmn.models import TaskState, UserTask
from engine.errors import Conflict
from engine.reviews.case_files import cases
from engine.reviews.changes import records, stretches
from engine.reviews.cycle import cycles
from engine.reviews.models import ChangeKind, Cycle, Result, Review, ReviewState, TemplateVersion
from engine.reviews.organisation import people
from engine.reviews.papers import result_sheets
from engine.reviews.reports import exports, sheets
from engine.reviews.rulebook import templates
from engine.reviews.scores import actuals, recomputations
from engine.reviews.scores.breakdowns import exact
from engine.reviews.scores.quantities import rounded

MOVED = {"to": "he.ping", "effective_on": date(2025, 9, 1), "reason": "调往北区"}
CROSS = {"cross": ["chen.jing", "liu.yang"]}

OWN = b"\n".join(line for number, line in enumerate(ACTUALS.splitlines()) if number == 0 or line.startswith(b"S003"))
"""The values of Zhang Wei alone."""


@pytest.fixture
def signed(demonstration):
    demonstration.launch()
    demonstration.agree_on_targets()
    return demonstration


@pytest.fixture
def north(signed):
    """The template of the new place."""
    with db.transaction() as session:
        by = identity.identity_of(session, "zhao.min")
        own = session.get_one(TemplateVersion, signed.cycle(session).template_key)
        drafted = templates.draft(session, "north", own.rules, title="北区销售", by=by)
        templates.publish(session, drafted.key, by=by)
        return str(drafted.key)


@pytest.fixture
def split(signed, north):
    """Zhang Wei's period in two sheets, of 62 and 30 days; the key of the change."""
    key = entered(signed, ChangeKind.TRANSFER, template=north, raters=CROSS, **MOVED)
    apply(signed, key, "split")
    return key


def part_of(demonstration):
    with db.reading() as session:
        (part,) = stretches.of_review(session, demonstration.review(session))
        return part


def do(part, username, element, **answers):
    """Complete a task of the second sheet."""
    with db.transaction() as session:
        who = identity.identity_of(session, username)
        held = select(UserTask).where(UserTask.root_key == part.instance_key, UserTask.state == TaskState.CREATED)
        task = session.scalars(held.where(UserTask.element_id == element, tasks.visible_to(who))).one()
        shown = tasks.paper(session, task.key, by=who).variables
        filled = {name: _rows(value, shown.get(name)) for name, value in answers.items()}
        tasks.complete(session, task.key, by=who, variables=filled)


def _rows(answer, shown):
    if not isinstance(answer, dict):
        return answer
    return [{"indicator": row["indicator"], **answer.get(row["indicator"], {})} for row in shown]


def score(part):
    """Bring the second sheet to its total: signed under the new superior, measured and rated."""
    do(part, "zhang.wei", "draft_targets", targets=column("target", TARGETS))
    do(part, "he.ping", "review_targets", decision="approve")
    do(part, "wang.qiang", "approve_targets", decision="approve")
    do(part, "zhang.wei", "sign_targets", outcome="signed", confirmed=True)
    with db.transaction() as session:
        cycle = cycles.found(session, part.cycle_key)
        actuals.import_csv(session, cycle, OWN, by=identity.identity_of(session, "zhao.min"))
    do(part, "sun.lei", "confirm_actuals", decision="confirm")
    do(part, "zhang.wei", "self_evaluation", ratings=column("rating", RATINGS["self"]))
    do(part, "he.ping", "superior_evaluation", ratings=column("rating", dict.fromkeys(RATINGS["superior"], Decimal(3))))
    for name in ("chen.jing", "liu.yang"):
        do(part, name, "cross_evaluation", ratings=column("rating", RATINGS[name]))


def totals(review):
    with db.reading() as session:
        found = select(Result).where(Result.review_key == review.key).order_by(Result.version)
        return list(session.scalars(found))


def test_e09_the_preview_shows_two_sheets_with_their_days(signed, north):
    key = entered(signed, ChangeKind.TRANSFER, template=north, raters=CROSS, **MOVED)

    with db.reading() as session:
        (told,) = records.found(session, key).preview
    sheets = [(one["from"], one["until"], one["weight"]) for one in told["effects"]["sheets"]]
    assert told["choice"] == "split"
    assert sheets == [("2025-07-01", "2025-08-31", "62/92"), ("2025-09-01", "2025-09-30", "30/92")]


def test_e09_two_sheets_are_scored_by_their_own_superiors_and_weighed_by_days(signed, split):
    part = part_of(signed)
    with db.reading() as session:
        whole = signed.review(session)
    with db.transaction() as session:
        own_cycle = signed.cycle(session)
        actuals.import_csv(session, own_cycle, ACTUALS, by=identity.identity_of(session, "zhao.min"))
    signed.rate()
    with pytest.raises(Conflict, match="wait for what a change"):
        signed.release()

    score(part)

    (own,) = totals(part)
    first, second = totals(whole)
    expected = (exact(first.figures["inputs"][0]) * 62 + exact(own.figures["inputs"][0]) * 30) / 92
    assert first.total == "87.68"
    assert exact(second.figures["inputs"][0]) == expected
    assert Fraction(second.total) == Fraction((expected * 200 + 1) // 2, 100)
    with db.reading() as session:
        assert not list(recomputations.of_results(session))
        assert session.get_one(Review, part.key).state is ReviewState.CLOSED
    signed.release()
    with db.reading() as session:
        assert signed.task(session, "hold_interview", "he.ping")
        assert signed.review(session).superior_key == people.named(session, "he.ping").key
    expect_everywhere(signed, part, own)


def expect_everywhere(demonstration, part, own):
    """Both sheets stand in the printed result, the paper, the export and the case file, for the appraisee too."""
    with db.transaction() as session:
        hr, appraisee = (identity.identity_of(session, name) for name in ("zhao.min", "zhang.wei"))
        review = demonstration.review(session)
        sheet = sheets.of_review(session, review, by=appraisee)
        second = str(rounded(exact(own.figures["inputs"][0]), 2))
        days = [("2025-07-01 – 2025-08-31", "62", "87.68"), ("2025-09-01 – 2025-09-30", "30", second)]
        assert sheet.by_days() == days
        assert [len(one.sections) for one in (sheet, *sheet.sheets)] == [2, 2]
        assert result_sheets.of_review(session, review, by=appraisee).startswith(b"%PDF")
        table = exports.of_results(session, demonstration.cycle(session), form=exports.Form.CSV, by=hr).decode()
        assert f"2025-09-01 – 2025-09-30: {second} × 30" in table
        assert cases.found(session, cases.Subject.REVIEW, review.key, by=hr).reviews == {review.key, part.key}


def test_e09_the_second_sheets_are_no_cycle_of_their_own_to_the_outside(signed, split):
    with db.reading() as session:
        held = session.scalars(select(Cycle).where(Cycle.stretches_of_key.is_not(None))).one()
        assert cycles.only_running(session).key == signed.cycle(session).key
        assert (held.pilot, held.parent_key, held.process_id) == (True, None, "review-stretch")


def test_e09_by_the_same_rules_one_sheet_goes_on_and_the_superiors_share_it_by_days(signed):
    key = entered(signed, ChangeKind.TRANSFER, **MOVED)

    with db.reading() as session:
        (told,) = records.found(session, key).preview
    apply(signed, key, "split")

    assert told["choices"] == ["hand-over", "split", "both", "keep"]
    assert told["effects"]["notes"] == ["one-sheet"]
    with db.reading() as session:
        assert stretches.of_review(session, signed.review(session)) == []


def test_e09_there_are_no_two_sheets_before_the_first_targets_are_signed(demonstration):
    demonstration.launch()
    with db.transaction() as session:
        by = identity.identity_of(session, "zhao.min")
        own = session.get_one(TemplateVersion, demonstration.cycle(session).template_key)
        other = templates.draft(session, "north", own.rules, title="北区销售", by=by)
        templates.publish(session, other.key, by=by)

    key = entered(demonstration, ChangeKind.TRANSFER, template=str(other.key), raters=CROSS, **MOVED)

    with db.reading() as session:
        (told,) = records.found(session, key).preview
    assert told["choices"] == ["hand-over", "both", "keep"]
    assert "targets-unsigned" in told["effects"]["notes"]
