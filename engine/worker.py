"""The worker: does what is due (timers, starts, chores), drops messages whose time is over, seals the history.

Any number of workers may share a PostgreSQL database. What one of them has in hand the others pass by, and what a dead
one had in hand is taken over.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Event, Thread

from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from engine import db, idempotency
from engine.attempts import attempt
from engine.bpmn import chores, documents, messages, seals, starts, timers

PAUSE = 0.5
"""Seconds between two looks at the clock: what is due now happens within a second."""

BATCH = 100

SWEEP = 60.0
"""Seconds between two sweeps: expired messages, old answers and unused documents go, the history is sealed."""

STALLED_AFTER = timedelta(seconds=30)
"""How long a worker of procrastinate may be silent before its jobs are taken over."""

SILENT = STALLED_AFTER.total_seconds()

POLLING = 1.0
"""Seconds until procrastinate looks for jobs though nobody told it of one: a notice may come before it listens."""

CONCURRENCY = 4


def run(stop: Event) -> None:
    """Work until `stop` is set, on the database this process is bound to."""
    carrier = None if db.bound().sqlite else Thread(target=_keep_carrying, args=(stop,), name="chores")
    if carrier:
        carrier.start()
    swept = float("-inf")
    while not stop.is_set():
        if time.monotonic() - swept > SWEEP:
            attempt("drop expired messages", expire_messages)
            attempt("forget old answers", forget_answers)
            attempt("drop documents that nobody handed in", sweep_documents)
            attempt("seal the history", seal_history)
            swept = time.monotonic()
        attempt("look for what is due", partial(work_once, stop))
        stop.wait(PAUSE)
    if carrier:
        carrier.join()


def work_once(stop: Event | None = None) -> int:
    """Do all whose time has come, timers, starts and chores, until none is left; return how many were in hand."""
    done = 0
    while not (stop and stop.is_set()) and (found := _wake_timers() + _start_processes() + _do_chores()):
        done += found
    return done


def expire_messages() -> None:
    """Drop the kept messages whose time is over."""
    db.transact(messages.expire)


def forget_answers() -> None:
    """Drop the answers kept for requests that are sent again, once they are old."""
    db.transact(idempotency.forget)


def sweep_documents() -> None:
    """Drop the documents that were uploaded and never handed in."""
    db.transact(documents.sweep)


def seal_history() -> None:
    """Seal what the history has gained."""
    db.transact(seals.add)


def _wake_timers() -> int:
    """Fire a batch of due timers, each in its own transaction; return how many fired or failed."""
    with db.reading() as session:
        found = timers.due(session, limit=BATCH)
    return sum(_wake(timer) for timer in found)


def _wake(timer: timers.Due) -> bool:
    """Whether a timer fired, or its failure was noted."""
    what = f"fire timer {timer[2]} of process instance {timer[0]}"
    fired: list[bool] = []
    error = attempt(what, lambda: fired.append(db.transact(partial(_fire, timer))))
    return fired[0] if error is None else _noted(what, error, partial(_fail_timer, timer, error))


def _fire(timer: timers.Due, session: Session) -> bool:
    """Fire a timer, unless another worker has this instance in hand: it passes by rather than waits."""
    mine = db.bound().sqlite or session.scalar(
        text("SELECT pg_try_advisory_xact_lock(:instance)"), {"instance": timer[0]}
    )
    return bool(mine) and timers.fire(session, timer)


def _fail_timer(timer: timers.Due, error: Exception) -> None:
    db.transact(lambda session: timers.fail(session, timer, error))


def _start_processes() -> int:
    """Start a batch of processes whose time has come, each in its own transaction; return how many were in hand."""
    with db.reading() as session:
        found = starts.due(session, limit=BATCH)
    return sum(_begin(start) for start in found)


def _begin(start: starts.Due) -> bool:
    """Whether a process started, or its failure was noted."""
    what = f"start process {start.process_id} at {start.element_id}"
    begun: list[bool] = []
    error = attempt(what, lambda: begun.append(db.transact(lambda session: starts.fire(session, start))))
    return begun[0] if error is None else _noted(what, error, partial(_fail_start, start, db.reason(error)))


def _fail_start(start: starts.Due, reason: str) -> None:
    db.transact(lambda session: starts.fail(session, start, reason))


def _do_chores() -> int:
    """Do the chores that wait in the database, or give them to procrastinate; return how many."""
    with db.reading() as session:
        found = chores.due(session, limit=BATCH)
    if not found:
        return 0
    if db.bound().sqlite:
        return sum(_do(key) for key in found)
    return db.transact(lambda session: chores.hand_over_due(session, limit=BATCH))


def _do(key: int) -> bool:
    """Whether a chore was done, or its failure was noted."""
    what = f"do chore {key}"
    error = attempt(what, partial(_run_chore, key))
    return error is None or _noted(what, error, partial(_fail_chore, key, db.reason(error)))


def _run_chore(key: int) -> None:
    db.transact(lambda session: chores.run(session, key))


def _fail_chore(key: int, reason: str) -> None:
    db.transact(lambda session: chores.fail(session, key, reason))


def _noted(what: str, error: Exception, note: Callable[[], None]) -> bool:
    """Whether a failure was noted in the database. One of the database itself is not: the work is still due."""
    return not isinstance(error, OperationalError) and attempt(f"note the failure to {what}", note) is None


class Retry(BaseRetryStrategy):
    """The one retry policy (`chores.retry_after`), in procrastinate's words; the database's own troubles count not."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when a failed job is tried again, or None if it is not."""
        wait = STALLED_AFTER if isinstance(exception, OperationalError) else chores.retry_after(job.attempts + 1)
        return RetryDecision(retry_in={"seconds": int(wait.total_seconds())}) if wait else None


def _keep_carrying(stop: Event) -> None:
    """Run procrastinate until `stop` is set, and again whenever the database has been away."""
    while not stop.is_set():
        attempt("carry chores", lambda: asyncio.run(_carry(stop)))
        stop.wait(PAUSE)


async def _carry(stop: Event) -> None:
    """Run procrastinate's worker until `stop` is set."""
    app = _app()
    async with app.open_async():
        working = asyncio.create_task(
            app.run_worker_async(
                queues=[chores.QUEUE],
                concurrency=CONCURRENCY,
                install_signal_handlers=False,
                fetch_job_polling_interval=POLLING,
                delete_jobs="successful",
                stalled_worker_timeout=SILENT,
            )
        )
        looked = float("-inf")
        while not stop.is_set() and not working.done():
            if time.monotonic() - looked > SILENT:
                await _take_over(app)
                looked = time.monotonic()
            await asyncio.wait([working], timeout=PAUSE)
        working.cancel()
        await asyncio.wait([working])
        if not working.cancelled() and (error := working.exception()):
            raise error


async def _take_over(app: App) -> None:
    """Have the jobs of dead workers done by the living."""
    for job in await app.job_manager.get_stalled_jobs(queue=chores.QUEUE, seconds_since_heartbeat=SILENT):
        await app.job_manager.retry_job(job)


def _app() -> App:
    """Return procrastinate's application, whose tasks are the chores."""
    url = make_url(db.bound().settings.database_url).set(drivername="postgresql")
    app = App(connector=PsycopgConnector(conninfo=url.render_as_string(hide_password=False)))
    for name in chores.REGISTERED:
        app.task(name=name, queue=chores.QUEUE, retry=Retry(), pass_context=True)(partial(_carry_out, name))
    return app


def _carry_out(name: str, context: JobContext, **arguments: object) -> None:
    """Do a chore that procrastinate brings; one that fails for the last time is kept for somebody to look at."""
    work = partial(_perform, name, arguments)
    if chores.retry_after(context.job.attempts + 1):
        work()
        return
    error = attempt(f"do chore {name}", work)
    if isinstance(error, OperationalError):
        raise error
    if error:
        db.transact(lambda session: chores.keep(session, name, arguments, db.reason(error)))


def _perform(name: str, arguments: dict[str, object]) -> None:
    db.transact(lambda session: chores.perform(session, name, arguments))
