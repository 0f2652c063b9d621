"""Each invariant can fail: what it forbids is put into the database, or what people remember is changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine import clock, keys
from engine.bpmn.models import (
    ElementInstance,
    ElementState,
    HistoryRow,
    IncidentRecord,
    InstanceState,
    ProcessInstance,
    TaskState,
    UserTask,
)
from engine.reviews.models import Answer, Notice, Result, SignOff, TargetDecision, TargetState
from simulation.invariants import Evidence, check
from simulation.invariants.findings import INVARIANTS

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("year")]  # one worker lives it

Spoil = Callable[[Session, Evidence], None]


def test_nothing_is_violated_before_anything_is_spoiled(spoiled: Session, evidence: Evidence) -> None:
    assert {name: found for name, found in check(spoiled, evidence).items() if found} == {}


def an_instance_waits_for_nothing(session: Session, _evidence: Evidence) -> None:
    ended = select(ProcessInstance).where(ProcessInstance.process_id == "evaluation")
    session.scalars(ended).first().state = InstanceState.ACTIVE  # type: ignore[union-attr]


def a_task_vanishes(session: Session, _evidence: Evidence) -> None:
    session.delete(_task(session, "self_evaluation"))


def a_task_is_open_that_the_history_saw_completed(session: Session, _evidence: Evidence) -> None:
    _task(session, "superior_evaluation").state = TaskState.CREATED


def a_token_stands_still(session: Session, _evidence: Evidence) -> None:
    session.scalars(select(ElementInstance)).first().state = ElementState.ACTIVE  # type: ignore[union-attr]


def a_transition_is_torn_out(session: Session, _evidence: Evidence) -> None:
    session.delete(_row(session, "TASK_COMPLETED"))


def a_transition_is_altered(session: Session, _evidence: Evidence) -> None:
    _row(session, "TASK_COMPLETED").by = "somebody.else"


def an_incident_is_raised(session: Session, _evidence: Evidence) -> None:
    task = _task(session, "self_evaluation")
    session.add(
        IncidentRecord(
            key=keys.issue(),
            instance_key=task.instance_key,
            token=task.token,
            element_id=task.element_id,
            message="no grade for 101",
            created_at=clock.now(session),
        )
    )


def a_deadline_is_a_day_late(session: Session, _evidence: Evidence) -> None:
    task = _task(session, "draft_targets")
    task.due_at = task.due_at and task.due_at + timedelta(days=1)


def a_deadline_forgets_the_late_notice(session: Session, evidence: Evidence) -> None:
    for notice in evidence.diary.notices:
        open_then = select(UserTask).where(UserTask.created_at < notice.published_at, UserTask.due_at.is_not(None))
        for task in session.scalars(open_then.where(UserTask.ended_at > notice.published_at)):
            task.due_at = task.due_at and task.due_at - timedelta(days=1)


def nobody_is_told_of_a_moved_deadline(session: Session, _evidence: Evidence) -> None:
    session.execute(delete(Notice).where(Notice.kind.in_(("deadline-moved", "task-postponed"))))


def a_timer_fires_a_minute_early(session: Session, _evidence: Evidence) -> None:
    row = _row(session, "TIMER_FIRED")
    row.at -= timedelta(minutes=1)


def a_timer_never_fires(session: Session, _evidence: Evidence) -> None:
    session.delete(_row(session, "TIMER_FIRED"))


def a_total_is_off_by_a_hundredth(session: Session, _evidence: Evidence) -> None:
    result = session.scalars(select(Result)).first()
    assert result is not None
    result.total = f"{float(result.total) + 0.01:.2f}"


def a_rating_was_never_taken_into_account(_session: Session, evidence: Evidence) -> None:
    chapter = next(one for one in evidence.diary.chapters if not one.year)
    given = chapter.ratings[next(name for name in sorted(chapter.ratings) if name in chapter.open)]
    rater = next(key for key in given if key[0] == "superior")
    given[rater] = dict.fromkeys(given[rater], "1")


def a_grade_does_not_follow(session: Session, _evidence: Evidence) -> None:
    result = session.scalars(select(Result)).first()
    assert result is not None
    result.grade = "优秀" if result.grade != "优秀" else "待改进"


def a_result_is_released_before_the_others(session: Session, _evidence: Evidence) -> None:
    result = session.scalars(select(Result).where(Result.released_at.is_not(None))).first()
    assert result is not None
    assert result.released_at is not None
    result.released_at -= timedelta(hours=1)


def somebody_has_no_result(session: Session, _evidence: Evidence) -> None:
    result = session.scalars(select(Result).where(Result.released_at.is_not(None))).first()
    assert result is not None
    session.execute(delete(SignOff).where(SignOff.review_key == result.review_key))
    result.released_at = None


def who_left_has_a_result(_session: Session, evidence: Evidence) -> None:
    chapter = next(one for one in evidence.diary.chapters if not one.year)
    chapter.closed[min(chapter.open)] = "离职"


def somebody_read_early(_session: Session, evidence: Evidence) -> None:
    evidence.diary.breaches.append("2025-10-20: li.na was not refused GET /api/reviews/1/result")


def another_signed_the_result(session: Session, _evidence: Evidence) -> None:
    sign_off = session.scalars(select(SignOff).where(SignOff.answer == Answer.AGREED)).first()
    assert sign_off is not None
    sign_off.recorded_by = "admin"


def another_signed_the_targets(session: Session, _evidence: Evidence) -> None:
    signed = session.scalars(select(TargetDecision).where(TargetDecision.state == TargetState.SIGNED)).first()
    assert signed is not None
    signed.decided_by = "admin"


def a_refusal_has_no_witness(session: Session, _evidence: Evidence) -> None:
    sign_off = session.scalars(select(SignOff).where(SignOff.answer == Answer.AGREED)).first()
    assert sign_off is not None
    sign_off.answer, sign_off.recorded_by, sign_off.witness_key = Answer.REFUSED, "admin", None


def another_did_the_task(session: Session, _evidence: Evidence) -> None:
    _task(session, "superior_evaluation").completed_by = "admin"


def somebody_remembers_what_the_database_does_not(_session: Session, evidence: Evidence) -> None:
    evidence.diary.deeds.append(replace(evidence.diary.deeds[0], task="1"))


def a_state_swells(session: Session, _evidence: Evidence) -> None:
    session.scalars(select(ProcessInstance)).first().state_blob = b" " * 20_000  # type: ignore[union-attr]


SPOILED: list[tuple[str, Spoil]] = [
    ("no-task-lost", an_instance_waits_for_nothing),
    ("history-replays", a_task_vanishes),
    ("history-replays", a_task_is_open_that_the_history_saw_completed),
    ("history-replays", a_token_stands_still),
    ("history-complete", a_transition_is_torn_out),
    ("history-complete", a_transition_is_altered),
    ("no-incident", an_incident_is_raised),
    ("deadlines", a_deadline_is_a_day_late),
    ("deadlines", a_deadline_forgets_the_late_notice),
    ("told", nobody_is_told_of_a_moved_deadline),
    ("timers", a_timer_fires_a_minute_early),
    ("timers", a_timer_never_fires),
    ("results", a_total_is_off_by_a_hundredth),
    ("results", a_rating_was_never_taken_into_account),
    ("results", a_grade_does_not_follow),
    ("release", a_result_is_released_before_the_others),
    ("scope", somebody_has_no_result),
    ("scope", who_left_has_a_result),
    ("secrecy", somebody_read_early),
    ("signatures", another_signed_the_result),
    ("signatures", another_signed_the_targets),
    ("signatures", a_refusal_has_no_witness),
    ("holders", another_did_the_task),
    ("sums", somebody_remembers_what_the_database_does_not),
    ("growth", a_state_swells),
]


@pytest.mark.parametrize(("name", "spoil"), SPOILED, ids=[spoil.__name__ for _, spoil in SPOILED])
def test_an_invariant_barks_where(name: str, spoil: Spoil, spoiled: Session, evidence: Evidence) -> None:
    spoil(spoiled, evidence)
    spoiled.flush()

    violations = list(INVARIANTS[name][1](spoiled, evidence))

    assert violations
    assert all(str(one) for one in violations)


def _task(session: Session, element: str) -> UserTask:
    done = select(UserTask).where(UserTask.element_id == element, UserTask.state == TaskState.COMPLETED)
    task = session.scalars(done.order_by(UserTask.key)).first()
    assert task is not None
    return task


def _row(session: Session, event: str) -> HistoryRow:
    row = session.scalars(select(HistoryRow).where(HistoryRow.event == event)).first()
    assert row is not None
    return row
