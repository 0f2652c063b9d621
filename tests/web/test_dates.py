from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from engine import db
from engine.bpmn.models import UserTask
from web.dates import Deadline, Urgency

SHANGHAI = ZoneInfo("Asia/Shanghai")


def deadline(at: str, now: str = "2025-10-09T10:00") -> Deadline:
    at_, now_ = (datetime.fromisoformat(text).replace(tzinfo=SHANGHAI) for text in (at, now))
    return Deadline(at_, now_, SHANGHAI)


def test_a_deadline_at_midnight_is_the_end_of_the_day_before():
    assert deadline("2025-10-11T00:00").text == "2025-10-10 24:00"


def test_a_deadline_within_the_day_is_written_to_the_minute():
    assert deadline("2025-10-11T18:30").text == "2025-10-11 18:30"


@pytest.mark.parametrize(
    ("at", "urgency"),
    [
        ("2025-10-09T10:00", Urgency.OVERDUE),
        ("2025-10-11T09:59", Urgency.SOON),
        ("2025-10-11T10:00", Urgency.LATER),
    ],
)
def test_a_deadline_is_soon_in_its_last_two_days(at, urgency):
    assert deadline(at).urgency is urgency


def test_a_deadline_beyond_the_last_holiday_notice_is_marked(company, at):
    company.launch()
    with db.transaction() as session:
        key = company.task(session, "draft_targets", "zhang.wei").key
        session.get_one(UserTask, key).due_at = datetime(2041, 3, 1, 16, tzinfo=UTC)

    page = at("zhang.wei", "zh_CN").reads(f"/tasks/{key}")

    assert "2041-03-01 24:00（暂定）" in page


def test_e47_a_deadline_in_another_zone_says_whose_clock_it_goes_by():
    at = datetime.fromisoformat("2025-11-25T22:30:00+00:00")

    assert Deadline(at, at, ZoneInfo("America/New_York")).text == "2025-11-25 17:30 America/New_York"
