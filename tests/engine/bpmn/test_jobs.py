"""Jobs: taken by workers, completed, failed, ended by errors; what becomes of those that nobody completes."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from company import ANN, complete, deploy, later, open_tasks, start, state, variables
from sqlalchemy import func, select

from engine import db
from engine.bpmn import history, incidents, instances, jobs
from engine.bpmn.history import Event
from engine.bpmn.jobs import Failure, Taken, Thrown, Wanted
from engine.bpmn.models import IncidentRecord, Job, JobState
from engine.bpmn.store import Instance
from engine.errors import Conflict, ErrorType, Forbidden, Incident, Invalid, NotFound
from engine.identity import SYSTEM

pytestmark = pytest.mark.usefixtures("database")

ORDER = """
    start s
    job pay: type payment; retries 2
    user u: assignee ann
    end e
    s > pay > u > e
"""

CAUGHT = """
    start s
    job pay: type payment
    boundary refused on pay: error NO_MONEY
    user again: assignee ann
    end e
    end f
    s > pay > e
    refused > again > f
"""


def wanted(limit: int = 10, *, seconds: float = 60, **more: Any) -> Wanted:
    return Wanted("payment", limit, timedelta(seconds=seconds), **more)


def take(limit: int = 10, *, seconds: float = 60, **more: Any) -> list[Taken]:
    with db.transaction() as session:
        return jobs.activate(session, wanted(limit, seconds=seconds, **more), by=SYSTEM)


def take_one(**more: Any) -> Taken:
    (taken,) = take(**more)
    return taken


def finish(taken: Taken, lease: str | None = None, **content: Any) -> None:
    with db.transaction() as session:
        jobs.complete(session, taken.job.key, by=SYSTEM, variables=content, lease=lease)


def fail(taken: Taken, retries: int, *, back_off: float = 0, **content: Any) -> None:
    failure = Failure("the bank is closed", retries, timedelta(seconds=back_off), content)
    with db.transaction() as session:
        jobs.fail(session, taken.job.key, failure, by=SYSTEM)


def throw(taken: Taken, code: str, **content: Any) -> None:
    with db.transaction() as session:
        jobs.throw(session, taken.job.key, Thrown(code, "so it is", content), by=SYSTEM)


def read(taken: Taken) -> Job:
    with db.reading() as session:
        return session.get_one(Job, taken.job.key)


def incident() -> IncidentRecord:
    with db.reading() as session:
        (found,) = incidents.open_ones(session)
        return found


def resolve(found: IncidentRecord, *, another_try: bool = False) -> None:
    with db.transaction() as session:
        incidents.resolve(session, found.key, by=SYSTEM, another_try=another_try)


def events(instance: Instance) -> list[Event]:
    with db.reading() as session:
        assert list(history.verify(session)) == []
        return [entry.event for entry in history.of(session, instance.key)]


def test_a_worker_takes_a_job_and_completes_it() -> None:
    deploy(ORDER)
    instance = start(amount=120, currency="CNY")

    taken = take_one(worker="cashier", variables=["amount"])
    finish(taken, receipt="r-1")

    assert (taken.job.worker, taken.job.retries, taken.variables) == ("cashier", 2, {"amount": 120})
    assert list(open_tasks()) == ["u"]
    assert variables(instance) == {"amount": 120, "currency": "CNY", "receipt": "r-1"}
    assert read(taken).state is JobState.COMPLETED
    assert events(instance) == [Event.STARTED, Event.JOB_COMPLETED]


def test_output_mappings_choose_what_a_job_leaves_behind() -> None:
    deploy("start s\njob pay: type payment; in sum = amount * 2; out paid = receipt\nend e\ns > pay > e")
    instance = start(amount=60)

    taken = take_one()
    finish(taken, receipt="r-1", route="elsewhere")

    assert taken.variables["sum"] == 120
    assert variables(instance) == {"amount": 60, "paid": "r-1"}


def test_a_job_in_hand_is_nobody_elses_until_its_time_is_over() -> None:
    deploy(ORDER)
    start()
    first = take_one(worker="one", seconds=30)

    assert take(worker="two") == []
    later(seconds=31)
    second = take_one(worker="two")

    assert (second.job.key, read(first).worker) == (first.job.key, "two")


def test_the_oldest_jobs_are_taken_first_unless_others_have_priority() -> None:
    deploy(ORDER)
    keys = [start().key for _ in range(4)]
    with db.transaction() as session:
        urgent = session.scalars(select(Job).where(Job.instance_key == keys[2])).one()
        jobs.update(session, urgent.key, {"priority": 5}, by=SYSTEM)

    order = [taken.job.instance_key for taken in take(3)]

    assert order == [keys[2], keys[0], keys[1]]


def test_a_failed_job_is_tried_again_after_its_back_off() -> None:
    deploy(ORDER)
    instance = start()

    fail(take_one(), 1, back_off=60, tried="monday")
    too_early = take()
    later(seconds=61)
    again = take_one()

    assert too_early == []
    assert (again.job.retries, again.job.error_message) == (1, "the bank is closed")
    assert again.variables == {"tried": "monday"}
    assert variables(instance) == {}
    assert events(instance) == [Event.STARTED, Event.JOB_FAILED]


def test_a_job_without_retries_is_an_incident_until_somebody_gives_it_some() -> None:
    deploy(ORDER)
    instance = start()
    fail(take_one(), 0)
    found = incident()

    with pytest.raises(Conflict, match="no retries left"):
        resolve(found)
    with db.transaction() as session:
        jobs.update(session, found.job_key or 0, {"retries": 1}, by=SYSTEM)
    not_yet = take()
    resolve(found)
    finish(take_one())

    assert (found.kind, found.message, found.element_id) == (ErrorType.JOB_NO_RETRIES, "the bank is closed", "pay")
    assert not_yet == []
    assert list(open_tasks()) == ["u"]
    assert events(instance)[1:] == [Event.JOB_FAILED, Event.INCIDENT, Event.RESOLVED, Event.JOB_COMPLETED]


def test_resolving_with_another_try_gives_the_job_one() -> None:
    deploy(ORDER)
    start()
    fail(take_one(), 0)

    resolve(incident(), another_try=True)

    assert take_one().job.retries == 1


def test_an_error_is_caught_by_the_event_on_the_border() -> None:
    deploy(CAUGHT)
    instance = start()
    taken = take_one()

    throw(taken, "NO_MONEY", missing=30)

    assert list(open_tasks()) == ["again"]
    assert variables(instance) == {"missing": 30}
    job = read(taken)
    assert (job.state, job.error_code, job.error_message) == (JobState.ERROR_THROWN, "NO_MONEY", "so it is")


def test_an_error_that_nothing_catches_is_an_incident_and_the_job_can_be_done_again() -> None:
    deploy(CAUGHT)
    instance = start()
    throw(take_one(), "NO_BANK")
    found = incident()

    resolve(found)
    finish(take_one())

    assert (found.kind, found.element_id) == (ErrorType.UNHANDLED_ERROR_EVENT, "pay")
    assert "nothing catches the error NO_BANK" in found.message
    assert state(instance) == "COMPLETED"


def test_an_error_is_caught_where_the_process_was_called() -> None:
    deploy(
        """
        start s
        call c: calls middle
        boundary refused on c: error NO_MONEY
        user v: assignee ann
        end e
        end f
        s > c > e
        refused > v > f
        """,
        middle="start s\ncall c: calls child\nend e\ns > c > e",
        child="start s\njob pay: type payment\nend e\ns > pay > e",
    )
    instance = start()

    throw(take_one(), "NO_MONEY", missing=30)

    assert list(open_tasks()) == ["v"]
    assert variables(instance) == {"missing": 30}


def test_a_job_whose_following_step_fails_is_done_and_the_step_an_incident() -> None:
    deploy("start s\njob pay: type payment\nexclusive x\nend e\nend f\ns > pay > x > e [score > 3]\nx > f [score <= 3]")
    instance = start(score="high")
    taken = take_one()

    finish(taken, receipt="r-1")

    found = incident()
    assert (found.kind, found.element_id, found.job_key) == (ErrorType.CONDITION_ERROR, "x", None)
    assert (read(taken).state, state(instance)) == (JobState.COMPLETED, "ACTIVE")
    assert variables(instance) == {"score": "high"}
    with pytest.raises(Conflict, match="already completed"):
        finish(taken)


def test_a_job_that_the_process_goes_on_without_is_cancelled_with_its_incident() -> None:
    deploy(
        """
        start s
        job pay: type payment
        boundary late on pay: duration PT1H
        user u: assignee ann
        end e
        end f
        s > pay > e
        late > u > f
        """
    )
    instance = start()
    taken = take_one()
    fail(taken, 0)

    later(hours=2)

    assert read(taken).state is JobState.CANCELED
    with db.reading() as session:
        assert incidents.open_ones(session) == []
        assert instances.get(session, instance.key).incidents == 0
    with pytest.raises(Conflict, match="already canceled"):
        finish(taken)


def test_cancelling_an_instance_cancels_its_jobs() -> None:
    deploy(ORDER)
    instance = start()
    taken = take_one()

    with db.transaction() as session:
        instances.cancel(session, instance.key, by=SYSTEM)

    with pytest.raises(Conflict, match="already canceled"):
        finish(taken)
    assert take() == []


def test_what_is_not_in_hand_is_neither_completed_nor_failed_nor_ended_by_an_error() -> None:
    deploy(ORDER)
    start()
    taken = take_one()
    fail(taken, 2)

    for act in (lambda: finish(taken), lambda: fail(taken, 1), lambda: throw(taken, "E")):
        with pytest.raises(Conflict, match="no worker has it in hand"):
            act()


def test_an_unknown_job_is_not_found() -> None:
    with pytest.raises(NotFound), db.transaction() as session:
        jobs.complete(session, 42, by=SYSTEM, variables={})


def test_jobs_are_for_operators() -> None:
    deploy(ORDER)
    start()
    taken = take_one()

    with db.transaction() as session:
        with pytest.raises(Forbidden):
            jobs.activate(session, wanted(), by=ANN)
        with pytest.raises(NotFound):
            jobs.complete(session, taken.job.key, by=ANN, variables={})


def test_a_lease_shuts_out_the_worker_that_was_too_slow() -> None:
    deploy(ORDER)
    start()
    slow = take_one(seconds=10, leased=True)
    later(seconds=11)
    unleased = take()
    quick = take_one(leased=True)

    with pytest.raises(Conflict, match="lease"):
        finish(slow, lease=slow.job.lease)
    finish(quick, lease=quick.job.lease)

    assert unleased == []
    assert list(open_tasks()) == ["u"]


def test_a_worker_asks_for_more_time() -> None:
    deploy(ORDER)
    start()
    taken = take_one(seconds=10)
    with db.transaction() as session:
        jobs.update(session, taken.job.key, {"timeout": timedelta(minutes=5)}, by=SYSTEM)

    later(seconds=60)

    assert take() == []


def test_time_is_given_only_to_who_has_a_job_in_hand() -> None:
    deploy(ORDER)
    start()
    taken = take_one()
    fail(taken, 1)

    with pytest.raises(Conflict, match="no worker has it in hand"), db.transaction() as session:
        jobs.update(session, taken.job.key, {"timeout": timedelta(minutes=5)}, by=SYSTEM)


def test_a_job_that_could_never_be_tried_is_no_job() -> None:
    deploy("start s\nuser u: assignee ann\njob pay: type payment; retries 0\nend e\ns > u > pay > e")
    start()

    with pytest.raises(Incident, match="its retries must be at least 1"):
        complete("u")


def test_a_type_of_ours_that_names_no_operation_is_refused_when_it_is_computed_too() -> None:
    deploy('start s\nuser u: assignee ann\njob pay: type ="reviewflow.test-" + what\nend e\ns > u > pay > e')
    start(what="nothing")
    with pytest.raises(Invalid, match="no operation reviewflow"):
        deploy("start s\njob pay: type reviewflow.test-nothing\nend e\ns > pay > e")

    with pytest.raises(Incident, match="no operation reviewflow"):
        complete("u")


def test_workers_at_once_share_the_jobs_and_none_gets_anothers() -> None:
    deploy(ORDER)
    keys = [start().key for _ in range(12)]

    shares = at_once(*[lambda: [taken.job.instance_key for taken in take(4)]] * 4)

    assert sorted(key for share in shares for key in share) == sorted(keys)


def test_of_two_completions_of_one_job_exactly_one_wins() -> None:
    deploy(ORDER)
    start()
    taken = take_one()

    def completing() -> list[int]:
        try:
            finish(taken)
        except Conflict:
            return []
        return [1]

    assert sorted(at_once(completing, completing)) == [[], [1]]
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 1
    assert list(open_tasks()) == ["u"]


def at_once(*acts: Callable[[], list[int]]) -> list[list[int]]:
    """Let each act begin at the same moment in a thread of its own; return what each returned."""
    together = Barrier(len(acts))
    ends: list[list[int]] = [[] for _ in acts]

    def run(number: int, act: Callable[[], list[int]]) -> None:
        together.wait()
        ends[number] = act()

    threads = [Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends
