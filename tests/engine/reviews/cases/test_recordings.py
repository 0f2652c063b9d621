"""E-96: voices as evidence, with purpose, notice and an end."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from engine import clock
from engine.bpmn import chores, documents
from engine.bpmn.documents import Document, Upload
from engine.errors import Conflict, Invalid, NotFound
from engine.reviews.cases import appeals, evidence, recordings
from engine.reviews.cases.recordings import Declaration
from engine.reviews.models import Recording

SAID = Declaration("证明主管当场承认漏算", "孙立、安然", "谈话开始时当面告知并记入纪要", date(2026, 7, 1))


@pytest.fixture
def appeal(session, released, act):
    return appeals.lodge(session, released, grounds="缺少事实", items=["collaboration"], remedy="重评", by=act("ann"))


@pytest.fixture
def recording(session, company, act):
    """A recording that Ann has uploaded."""
    return documents.upload(session, Upload("谈话.mp3", b"ID3\x03voice", {}), by=act(company["ann"].username))


def test_e96_a_recording_is_not_taken_before_purpose_notice_and_last_day_are_said(session, appeal, recording, act):
    with pytest.raises(Invalid) as refused:
        evidence.attach_to_appeal(session, appeal, [recording.key], by=act("ann"))
    recordings.declare(session, recording.key, SAID, by=act("ann"))

    evidence.attach_to_appeal(session, appeal, [recording.key], by=act("ann"))

    assert [problem.code for problem in refused.value.problems] == ["undeclared-recording"]
    assert [one.name for one in evidence.of_appeal(session, appeal)] == ["谈话.mp3"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"purpose": " "}, "purpose"),
        ({"heard": ""}, "heard"),
        ({"notice": ""}, "notice"),
        ({"kept_until": date(2025, 7, 1)}, "keptUntil"),
        ({"kept_until": date(2029, 1, 1)}, "keptUntil"),
    ],
)
def test_e96_what_is_not_said_is_named(session, recording, act, change, where):
    with pytest.raises(Invalid) as refused:
        recordings.declare(session, recording.key, replace(SAID, **change), by=act("ann"))

    assert [problem.where for problem in refused.value.problems] == [where]


def test_e96_after_its_last_day_the_content_is_erased_and_what_was_said_stays(session, appeal, recording, act):
    recordings.declare(session, recording.key, SAID, by=act("ann"))
    evidence.attach_to_appeal(session, appeal, [recording.key], by=act("ann"))
    assert chores.due(session) == []
    clock.pin(session, datetime(2026, 7, 1, 16, 0, tzinfo=UTC))  # the second of July has begun in Shanghai

    for key in chores.due(session):
        chores.run(session, key)

    session.expire_all()
    kept = session.get_one(Recording, recording.key)
    assert (session.get_one(Document, recording.key).content, kept.purpose) == (b"", SAID.purpose)
    assert kept.erased_at is not None


def test_only_ones_own_recording_is_declared_and_once(session, recording, act):
    with pytest.raises(NotFound):
        recordings.declare(session, recording.key, SAID, by=act("sun"))
    recordings.declare(session, recording.key, SAID, by=act("ann"))

    with pytest.raises(Conflict):
        recordings.declare(session, recording.key, SAID, by=act("ann"))


def test_any_other_file_needs_nothing_said(session, appeal, act):
    paper = documents.upload(session, Upload("纪要.txt", b"text", {}), by=act("ann"))

    evidence.attach_to_appeal(session, appeal, [paper.key], by=act("ann"))

    assert len(evidence.of_appeal(session, appeal)) == 1
