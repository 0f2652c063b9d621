"""Drafts on the server: kept while they are typed, and read by whoever took the task over."""

from __future__ import annotations

import pytest
from demonstration import TARGETS, column
from sqlalchemy import select

from engine import db, identity
from engine.bpmn import drafts, tasks
from engine.bpmn.models import TaskDraft
from engine.reviews.organisation import people

TYPED = {"comment": "先写下目标的依据"}


@pytest.fixture
def typed(at, company):
    """A task of Zhang Wei's, with what he typed into its form."""
    company.launch()
    with db.reading() as session:
        task = company.task(session, "draft_targets", "zhang.wei").key
    answer = at("zhang.wei").answers(f"/tasks/{task}/draft", TYPED)
    assert answer.status_code == 204
    return task


def draft_key():
    with db.reading() as session:
        return session.scalars(select(TaskDraft.key)).one()


def test_what_was_typed_is_in_the_form_again_in_another_browser(at, typed):
    page = at("zhang.wei").client.get(f"/tasks/{typed}").get_data(as_text=True)

    assert "\\u5148\\u5199\\u4e0b" in page or "先写下目标的依据" in page


def test_a_draft_is_its_authors_alone_and_nobody_keeps_one_for_another(at, typed):
    address = f"/drafts/{draft_key()}"

    at("zhang.wei").reads(address)
    for other in ("zhao.min", "li.na"):
        at(other).reads(address, status=404)
    assert at("li.na").answers(f"/tasks/{typed}/draft", TYPED).status_code == 404


def test_e54_of_two_who_submit_at_once_the_second_keeps_the_text_as_a_note(at, company, typed):
    second = at("zhang.wei")
    company.do("zhang.wei", "draft_targets", targets=column("target", TARGETS))

    slower = second.answers(f"/tasks/{typed}/completion", {"comment": "第二个窗口里写的"})
    kept = second.answers(f"/tasks/{typed}/draft", {"comment": "第二个窗口里写的"})

    assert (slower.status_code, kept.status_code) == (409, 204)
    assert "What you typed into it is kept as a note" in second.reads(f"/tasks/{typed}")
    with db.reading() as session:
        assert drafts.answers(session.scalars(select(TaskDraft)).one()) == {"comment": "第二个窗口里写的"}
        assert company.task(session, "review_targets", "li.na")


def test_whoever_took_the_task_over_reads_it_goes_on_with_it_and_hr_reads_it_too(at, company):
    company.launch()
    company.do("zhang.wei", "draft_targets", targets=column("target", TARGETS))
    with db.reading() as session:
        key = company.task(session, "review_targets", "li.na").key
    at("li.na").answers(f"/tasks/{key}/draft", TYPED)
    with db.transaction() as session:
        company.review(session).superior_key = people.named(session, "he.ping").key
        session.flush()
        task = tasks.assign(session, key, "he.ping", by=identity.SYSTEM)
        drafts.offer(session, task, "he.ping")
    address = f"/drafts/{draft_key()}"

    shown = at("he.ping").reads(f"/tasks/{key}")
    at("zhao.min").reads(address)
    at("he.ping").sends(f"{address}/taking")

    assert "left a draft for this task" in shown
    with db.reading() as session:
        kept = {one.username: drafts.answers(one) for one in session.scalars(select(TaskDraft))}
    assert kept == {"li.na": TYPED, "he.ping": TYPED}
