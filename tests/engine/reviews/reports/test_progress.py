"""Tests of engine.reviews.reports.progress: by step, department and person, and how late in working days."""

from datetime import timedelta

import pytest

from engine import db, identity
from engine.reviews import demo
from engine.reviews.reports import progress
from engine.reviews.reports.progress import EVERYTHING, Chosen


@pytest.fixture
def counted(demonstration):
    """Count the tasks of the demo cycle, a month after its launch; only Zhang Wei has drafted targets."""
    demonstration.launch()
    demonstration.agree_on_targets()
    demonstration.pass_time(timedelta(days=30))

    def count(chosen=EVERYTHING):
        with db.reading() as session:
            officer = identity.identity_of(session, demo.OFFICER)
            return progress.of_cycle(session, demonstration.cycle(session), by=officer, chosen=chosen)

    return count


def test_the_same_tasks_are_counted_by_step_department_and_person(counted):
    whole = counted()

    for tallies in (whole.steps, whole.departments.values()):
        assert (sum(one.open for one in tallies), sum(one.completed for one in tallies)) == (
            sum(step.open for step in whole.steps),
            sum(step.completed for step in whole.steps),
        )
    assert (whole.people["he.ping"].open, len(whole.people["he.ping"].late)) == (1, 1)
    assert whole.people["wang.qiang"].completed == 1


def test_lateness_counts_working_days_with_make_up_days_and_without_the_national_holiday(counted):
    """Five working days from 22 September end on Sunday the 28th, a workday; 13 more are gone by 22 October."""
    (drafting,) = (step for step in counted().steps if step.element_id == "draft_targets")

    assert {late.working_days for late in drafting.late} == {13}


def test_a_filter_chooses_and_counts_nothing_else(counted):
    drafting = counted(Chosen(element_id="draft_targets"))
    person = counted(Chosen(username="he.ping"))
    elsewhere = counted(Chosen(department_key=1))

    assert [step.element_id for step in drafting.steps] == ["draft_targets"]
    assert list(person.people) == ["he.ping"]
    assert elsewhere.steps == []
