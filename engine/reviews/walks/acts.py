"""What happens in a walk: somebody completes a task, HR acts, a message arrives, time goes by."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock, db, identity
from engine.bpmn import documents, messages, starts, tasks, timers
from engine.bpmn.documents import Upload
from engine.bpmn.models import ProcessInstance, TaskState, UserTask
from engine.errors import Invalid, NotFound
from engine.identity import SYSTEM, Identity
from engine.reviews.cases import appeals
from engine.reviews.cycle import reopenings, reviews
from engine.reviews.feedback import check_ins, suggestions
from engine.reviews.meetings import diagnoses
from engine.reviews.models import Adjustment, Calibration, Verdict
from engine.reviews.organisation import people
from engine.reviews.rating import departures, raters
from engine.reviews.release import adjustments, calibration, results
from engine.reviews.release.adjustments import Change
from engine.reviews.release.calibration import Guidance
from engine.reviews.reports import sheets
from engine.reviews.rulebook import library, proposals
from engine.reviews.scores import actuals
from engine.reviews.scores.actuals import Value
from engine.reviews.signing import closings, deliveries
from engine.reviews.walks import aftermaths, beginnings, changes, courses, meetings, plan_acts
from engine.reviews.walks.beginnings import Act, expect_answers
from engine.reviews.walks.scripts import Step
from engine.reviews.walks.stages import Stage

ROW_NAMES = ("indicator", "member")
"""What the rows of a form's list are about."""

_SPAN = re.compile(r"(\d+) (working day|day|week|month)s?")


def perform(step: Step, stage: Stage) -> None:
    """Let happen what a step says.

    Raises:
        engine.errors.Refusal: the product refuses it.
    """
    if step.passes:
        _pass(step, stage)
        return
    with db.transaction() as session:
        if step.message:
            _publish(session, step, stage)
        elif act := ACTS.get(step.does):
            act(session, stage, step.answers, identity.identity_of(session, step.who))
        else:
            _complete(session, step, stage, identity.identity_of(session, step.who))


def open_tasks(session: Session) -> Sequence[UserTask]:
    """List the open tasks, the oldest first."""
    return session.scalars(
        select(UserTask).where(UserTask.state == TaskState.CREATED).order_by(UserTask.key)
    ).all()  # fmt: skip


def _complete(session: Session, step: Step, stage: Stage, by: Identity) -> None:
    """Complete the actor's own task of that element, else any, so that it is refused as the product refuses it.

    Of several such tasks one of the stage's own review comes first.
    """
    found = [task for task in open_tasks(session) if task.element_id == step.does]
    own = [task for task in found if task.assignee in (None, by.username)]
    if not found:
        raise NotFound(f"Expected to complete task {step.does}, but no such task is open")
    task = max(own or found, key=lambda one: _is_about(session, one, stage))
    shown = tasks.paper(session, task.key, by=by).variables
    answers = {name: _picked(session, value, by) for name, value in _filled_in(step.answers, shown).items()}
    tasks.complete(session, task.key, by=by, variables=answers)


def _is_about(session: Session, task: UserTask, stage: Stage) -> bool:
    instance = session.get_one(ProcessInstance, task.instance_key)
    return instance.business_id == str(stage.review_key)


def _filled_in(answers: Mapping[str, Any], shown: Mapping[str, Any]) -> dict[str, Any]:
    """Put answers to named rows into the order in which the form shows its rows, as a browser does."""
    filled = dict(answers)
    for name, rows in answers.items():
        before = shown.get(name)
        if not isinstance(rows, list) or not isinstance(before, list) or not (key := _named_by([*rows, *before])):
            continue
        given = {row[key]: row for row in rows}
        ordered = [given.pop(row[key], {key: row[key]}) for row in before]
        filled[name] = [*ordered, *given.values()]
    return filled


def _picked(session: Session, answer: object, by: Identity) -> object:
    """Upload the files that an answer names, also in its rows, as a browser does; any other answer stays as it is."""
    if isinstance(answer, dict):
        return {name: _picked(session, part, by) for name, part in answer.items()}
    if not isinstance(answer, list):
        return answer
    if not answer or not all(isinstance(one, dict) and "file" in one for one in answer):
        return [_picked(session, one, by) for one in answer]
    files = [Upload(one["file"], str(one.get("text", "")).encode(), {}) for one in answer]
    return [documents.reference(documents.upload(session, file, by=by)) for file in files]


def _named_by(rows: Sequence[Any]) -> str:
    """Name the column that tells the rows of a list apart; empty where none does."""
    return next((key for key in ROW_NAMES if all(isinstance(row, dict) and key in row for row in rows)), "")


def _publish(session: Session, step: Step, stage: Stage) -> None:
    message = messages.Publication(step.message, str(stage.review_key), step.answers)
    messages.correlate(session, message, by=SYSTEM)


def _pass(step: Step, stage: Stage) -> None:
    """Move the clock to the end of the last day, and let every timer fire that is due by then."""
    with db.transaction() as session:
        zone = ZoneInfo(stage.cycle(session).zone)
        clock.pin(session, _later(session, step.passes, zone))
    fire_due()


def fire_due() -> None:
    """Let every timer fire that is due, and those that this makes due, each in a transaction of its own."""
    while True:
        with db.reading() as session:
            due = timers.due(session)
        if not due:
            return
        for timer in due:
            with db.transaction() as session:
                timers.fire(session, timer)


def _later(session: Session, span: str, zone: ZoneInfo) -> datetime:
    match = _SPAN.fullmatch(span)
    if match is None:
        raise Invalid(f"Expected to let {span} pass, but a time is written like 5 working days, 1 week or 3 months")
    count, unit = int(match[1]), match[2]
    day = calendars.today(session, zone)
    calendar = calendars.calendar(session)
    if unit == "working day":
        day = calendar.add_working_days(day, count)
    elif unit == "month":
        day = calendar.add_months(day, count)
    else:
        day += timedelta(days=count * (7 if unit == "week" else 1))
    return calendars.end_of(day, zone)


def _import_actuals(session: Session, stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    """Import actual values, each indicator's as text, or as a table with its source."""
    review = stage.review(session)
    employee_id = people.by_key(session, review.appraisee_key).employee_id
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(["工号", "指标", "实际值", "数据来源"])
    rows.writerows([employee_id, name, actual, "CRM"] for name, actual in given.items())
    actuals.import_csv(session, stage.cycle(session), file.getvalue().encode(), by=by)


def _release(session: Session, stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    expect_answers(given)
    results.release(session, stage.cycle(session), by=by)


def _lodge(session: Session, stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    said = {name: value for name, value in given.items() if name not in ("evidence", "sought", "late_reason")}
    expect_answers(said, "grounds", "items", "remedy")
    asked = {"sought": Verdict(given.get("sought", Verdict.CORRECTED)), "late_reason": given.get("late_reason", "")}
    papers = documents.named(_picked(session, given.get("evidence"), by))
    appeals.lodge(session, stage.review(session), **said, **asked, documents=papers, by=by)


def _convene(session: Session, stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    """Convene a session of departments, named by code."""
    expect_answers(given, "departments", "chair", "approver", "guideline", "embargo")
    calibration.convene(
        session,
        stage.cycle(session),
        [people.department(session, code) for code in given["departments"]],
        chair=people.named(session, given["chair"]),
        approver=people.named(session, given["approver"]),
        guidance=Guidance(shares={level: str(share) for level, share in given["guideline"].items()}),
        embargo=given["embargo"],
        by=by,
    )


def _propose_adjustment(session: Session, stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    change = Change(total=str(given.get("total", "")), grade=given.get("grade", ""))
    held = session.scalars(select(Calibration)).one()
    adjustments.propose(session, held, stage.review(session), change, reason=given.get("reason", ""), by=by)


def _decide_adjustment(session: Session, _stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    """Decide on the newest proposal."""
    expect_answers(given, "accepted")
    newest = session.scalars(select(Adjustment).order_by(Adjustment.key.desc()).limit(1)).one()
    adjustments.decide(session, newest, accepted=given["accepted"], by=by)


def _correct_actual(session: Session, stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    """Ask for the correction of an actual value, named by its indicator."""
    expect_answers(given, "indicator", "value", "source", "reason")
    entry = Value(given["indicator"], given["value"], "", given["source"], given["reason"])
    reopenings.correct_actual(session, stage.review(session), entry, by=by)


def _reopen_self_evaluation(session: Session, stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    expect_answers(given, "reason")
    reopenings.reopen_self_evaluation(session, stage.review(session), **given, by=by)


def _reopen_signature(session: Session, stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    expect_answers(given, "reason")
    reopenings.reopen_signature(session, stage.review(session), **given, by=by)


def _open_result(session: Session, stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    """Open the own result sheet, as its page does."""
    expect_answers(given)
    sheets.of_review(session, stage.review(session), by=by)
    deliveries.open_(session, deliveries.unopened(session, by=by), by=by)


def _post_suggestion(session: Session, stage: Stage, given: Mapping[str, Any], _by: Identity) -> None:
    """Put a suggestion into the box, by nobody, and keep its code as its author does."""
    expect_answers(given, "text")
    stage.codes.append(suggestions.post(session, given["text"]))


def _reply_to_suggestion(session: Session, stage: Stage, given: Mapping[str, Any], _by: Identity) -> None:
    """Reply with the code that the walk names, or else with the newest one."""
    suggestions.reply(session, given.get("code") or stage.codes[-1], given.get("text", ""))


def _start_if_due(process_id: str) -> Act:
    """Make the act that lets a process begin which begins by itself, if it is time."""

    def start(session: Session, _stage: Stage, given: Mapping[str, Any], _by: Identity) -> None:
        expect_answers(given)
        for due in starts.due(session):
            if due.process_id == process_id:
                starts.fire(session, due)

    return start


def _define_indicator(session: Session, _stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    """Define an indicator of the library: its id, and all that a template says of one."""
    rules = {name: value for name, value in given.items() if name != "id"}
    library.define(session, given["id"], rules, by=by)


def _schedule_check_ins(session: Session, stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    expect_answers(given)
    check_ins.schedule(session, stage.cycle(session), by=by)


def _read_inbox(session: Session, _stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    """Look into the inbox, as its page does."""
    expect_answers(given)
    deliveries.arrive(session, by=by)


def _close_review(session: Session, stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    expect_answers(given, "reason")
    reviews.close(session, stage.review(session), **given, by=by)


def _close_step(session: Session, stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    expect_answers(given, "reason")
    closings.close(session, stage.review(session), **given, by=by)


def _decline(session: Session, stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    """Decline to rate the appraisee of the walk."""
    expect_answers(given, "reason")
    person = people.named(session, by.username)
    asked = [r for r in raters.of_review(session, stage.review(session)) if r.person_key == person.key]
    if not asked:
        raise NotFound(f"Expected to decline, but {by.username} was not asked")
    departures.decline(session, asked[0], reason=given["reason"], by=by)


ACTS: Mapping[str, Act] = {
    "import actuals": _import_actuals,
    "decline rating": _decline,
    **changes.ACTS,
    "release results": _release,
    "lodge appeal": _lodge,
    **plan_acts.ACTS,
    "convene calibration": _convene,
    "propose adjustment": _propose_adjustment,
    "decide adjustment": _decide_adjustment,
    **aftermaths.ACTS,
    **beginnings.ACTS,
    **courses.ACTS,
    **meetings.ACTS,
    "post suggestion": _post_suggestion,
    "reply to suggestion": _reply_to_suggestion,
    "empty suggestion box": _start_if_due(suggestions.BOX),
    "begin indicator review": _start_if_due(proposals.PROCESS),
    "begin diagnosis": _start_if_due(diagnoses.PROCESS),
    "define indicator": _define_indicator,
    "schedule check-ins": _schedule_check_ins,
    "correct actual": _correct_actual,
    "reopen self-evaluation": _reopen_self_evaluation,
    "reopen signature": _reopen_signature,
    "open result": _open_result,
    "read inbox": _read_inbox,
    "close review": _close_review,
    "close step": _close_step,
}
"""What HR and the appraisee do outside their tasks, in a walk's words."""
