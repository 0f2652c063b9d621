"""The timeline of a process, as people read it."""

from __future__ import annotations

from datetime import timedelta

from engine import db


def test_reminders_name_their_task_and_not_the_day_in_the_diagram(company, at):
    company.launch()
    company.pass_time(timedelta(days=30))
    with db.reading() as session:
        review = company.review(session).key

    page = at("zhao.min").reads(f"/reviews/{review}")

    assert "Reminded: Draft targets" in page
    assert "Overdue, the next level was told: Draft targets" in page
    assert "Time is up: Day" not in page
