"""A plan of ann's: proposed, written with pan as mentor, and observed from the end of November 2025."""

from datetime import UTC, date, datetime

import pytest

from engine import clock
from engine.reviews.plans import answers, drafts, gates, plans, spans
from engine.reviews.plans.drafts import Objective
from engine.reviews.plans.trainings import Training

TRAINING = "谈判训练 16 学时"
OBJECTIVES = [Objective("续约率达到 85%", "CRM 月报", "每周辅导一小时")]


@pytest.fixture
def attended():
    """A training that ann attended on the first day."""
    return Training("谈判训练", "培训学院", "冯老师", "16", date(2025, 11, 30), attended=True, test="85 分")


@pytest.fixture
def at(session):
    """Move the clock to the morning of a day."""
    return lambda year, month, day: clock.pin(session, datetime(year, month, day, 2, 0, tzinfo=UTC))


@pytest.fixture
def plan(session, released, act):
    """A plan that HR proposed."""
    return plans.propose(session, released, grounds="连续两个月未达标", by=act("hui"))


@pytest.fixture
def written(session, plan, company, act):
    """The plan as sun wrote it."""
    gates.confirm(session, plan, reason="目标合理", targets_reasonable=True, by=act("hui"))
    drafts.draft(session, plan, OBJECTIVES, mentor=company["pan"], training=TRAINING, by=act("sun"))
    return plan


@pytest.fixture
def observed(session, written, act, at):
    """The plan under observation."""
    answers.answer(session, written, accepted=True, comment="", by=act("ann"))
    at(2025, 11, 30)
    spans.begin(session, written)
    return written
