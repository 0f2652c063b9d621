"""The command line. Exit status 0: done; 1: refused, the sentence on standard error; 2: wrong usage."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from types import FrameType
from typing import IO, Any

import click
import waitress
from sqlalchemy.orm import Session

from engine import backups, db, identity, migrations, settings, worker
from engine.bpmn import deployments, history, quarantine
from engine.bpmn.files import Resource
from engine.errors import Invalid, NotFound, Problem, Refusal
from engine.findings import Finding
from engine.reviews import demo, walks
from engine.reviews.case_files import verification
from engine.reviews.cycle import cycles, launches
from engine.reviews.deadlines import holidays as _  # noqa: F401 - registers the chores of its calendars
from engine.reviews.meetings import duties
from engine.reviews.models import CycleState, Role
from engine.reviews.organisation.rosters import files, imports
from engine.reviews.organisation.rosters.state import Effect
from engine.reviews.reports import disclosures
from engine.reviews.rulebook import library, rulebooks, templates
from engine.reviews.scores import actuals, recomputations
from engine.reviews.walks import stories
from engine.reviews.walks.stages import shipped
from engine.settings import ROOT

DEPLOYABLE = (".bpmn", ".dmn", ".form")
PROCESSES = ROOT / "processes"

COMPANY = "company.toml"
"""What a folder of processes has beside them: the people of its walks."""

OPERATOR = identity.Identity("admin", frozenset({identity.OPERATORS, Role.HR}))
"""Whoever may run a command on the machine acts as the account `admin`."""


class Refused(click.ClickException):
    """A refusal, said in its own sentence."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        """Say it on standard error."""
        click.echo(self.message, file=file or sys.stderr)


class Commands(click.Group):
    """The commands, each of which may be refused."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            raise Refused(str(refusal)) from refusal
        finally:
            db.unbind()


@click.group(cls=Commands)
def main() -> None:
    """Performance-review cycles that run as BPMN processes."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for chatty in ("alembic", "procrastinate"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The port; 0 takes a free one."
)
def serve(host: str, port: int) -> None:
    """Serve the API and the pages; on SQLite, do the background work as well."""
    from api import create_app, waiting  # noqa: PLC0415 - the one place where the engine starts what stands on it
    from web import register as pages  # noqa: PLC0415 - the same

    database = opened()
    quarantine.prepare()
    register_admin(database)
    server = waitress.create_server(create_app(pages=pages), host=host, port=port, **waiting.SERVER)
    stop = stopped_by_signals(SystemExit)
    click.echo(f"Serving at http://{host}:{server.effective_port}")
    working = Thread(target=worker.run, args=(stop,), name="worker") if database.sqlite else None
    if working:
        working.start()
    try:
        server.run()
    finally:
        stop.set()
        if working:
            working.join()


@main.command()
def work() -> None:
    """Do background work: timers, chores. Any number of workers may share a PostgreSQL database."""
    opened()
    stop = stopped_by_signals()
    click.echo("Working")
    worker.run(stop)


@main.command()
def migrate() -> None:
    """Bring the database to this version's tables."""
    opened()
    click.echo("The database has this version's tables")


@main.command()
@click.argument("path", type=click.Path(path_type=Path))
def deploy(path: Path) -> None:
    """Deploy a file, or every .bpmn, .dmn and .form file in a folder."""
    quarantine.prepare()
    opened()
    found = deployments.read(resources(path), by=identity.SYSTEM)
    deployed = db.transact(lambda session: deployments.deploy(session, found, by=identity.SYSTEM))
    warn(deployed.warnings)
    for made in deployed.definitions:
        click.echo(f"{made.resource_name}: version {made.version}, key {made.key}")


@main.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
def check(path: Path | None) -> None:
    """Check a file or a folder as `deploy` does, and deploy nothing; without PATH, every process shipped.

    A folder that is laid out as `processes` is, with a `company.toml`, has its walks played too.
    """
    quarantine.prepare()
    opened()
    found = deployments.read(resources(path or PROCESSES), by=identity.SYSTEM)
    with db.reading() as session:
        warn(deployments.check(session, found).warnings)
    click.echo(f"{len(found)} files are in order")
    folder = path or PROCESSES
    if (folder / COMPANY).exists():
        play(folder)


@main.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--cycle", "label", help="The label of the cycle, such as 2025 Q3; not needed while only one runs.")
@click.option("--dry-run", is_flag=True, help="Name the errors, row by row, and import nothing.")
@click.option("--partly", is_flag=True, help="Of the organisation, import the good rows where others are wrong.")
def import_(file: Path, label: str | None, *, dry_run: bool, partly: bool) -> None:
    """Import the organisation or a cycle's actual values from a workbook or CSV file, or rules from a TOML file.

    All of it, or none. Which of the first two a file holds is told by its sheets or columns; a TOML file holds a
    template, indicators for the library, or recurring duties.
    """
    opened()
    content = file.read_bytes()
    if file.suffix == ".toml":
        click.echo(db.transact(lambda session: import_rules(session, file.name, content, dry_run=dry_run)))
        return
    if files.is_roster(file.name, content):
        import_roster(file.name, content, dry_run=dry_run, partly=partly)
        return

    def enter(session: Session) -> str:
        cycle = cycles.labelled(session, label) if label else cycles.only_running(session)
        if dry_run:
            return f"{len(actuals.check_csv(session, cycle, content, by=OPERATOR))} rows are in order"
        return f"{len(actuals.import_csv(session, cycle, content, by=OPERATOR))} actual values are imported"

    click.echo(db.transact(enter))


@main.command()
@click.argument("label", metavar="CYCLE")
def launch(label: str) -> None:
    """Have the cycle of a label launched and begin its reviews, a hundred in a transaction."""
    opened()
    cycle = db.transact(lambda session: launches.request(session, cycles.labelled(session, label), by=OPERATOR))
    if cycle.state is not CycleState.LAUNCHED:
        click.echo("The launch is under way: its tasks are in the inboxes of those concerned")
        return
    while db.transact(lambda session: cycles.begin_waiting(session, cycles.labelled(session, label), by=OPERATOR)):
        pass
    with db.reading() as session:
        reviews = cycles.reviews_of(session, cycles.labelled(session, label))
        begun = sum(review.instance_key is not None for review in reviews)
    click.echo(f"{begun} reviews have begun")


@main.command(name="demo")
@click.option("--story/--no-story", default=True, help="Whether more people stand in the states that a cycle leads to.")
def demo_(story: bool) -> None:  # noqa: FBT001 - as click passes it
    """Make the demo company, once, and print its accounts: role, username, password."""
    opened()
    found = deployments.read(shipped(PROCESSES), by=identity.SYSTEM)

    def make(session: Session) -> list[demo.Login]:
        deployments.deploy(session, found, by=identity.SYSTEM)
        return demo.create(session)

    logins = db.transact(make)
    if story:
        logins += _told()
    for role, username, password in logins:
        click.echo(f"{role} {username} {password}")


def _told() -> list[demo.Login]:
    """Tell the story of the demo company, once; return the accounts of its people."""
    if db.transact(demo.employ_story):
        db.bind(replace(db.bound().settings, controlled_clock=True))  # of this process alone
        stories.tell(demo.story(), PROCESSES)
    return demo.story_logins()


@main.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
def verify(file: Path | None) -> None:
    """Prove that the history is as it was written and that every result follows from its inputs.

    With FILE, a case file as JSON: that it is as it was handed out, and agrees with the history and the records.
    """
    opened()
    if file:
        verify_case_file(file)
        return
    with db.reading() as session:
        findings = [*history.verify(session), *disclosures.verify(session)]
        differences = list(recomputations.of_results(session))
    if findings:
        problems = [Problem(finding, code="history") for finding in findings]
        raise Invalid("Expected to verify the history, but it was changed", problems)
    if differences:
        raise Invalid("Expected to recompute the results, but some do not follow from their inputs", differences)
    click.echo("The history is as it was written")
    click.echo("Every result follows from its inputs")


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Write the database to FILE while it is in use. The secret that signs the history is not in it."""
    opened()
    backups.write(file)
    click.echo(f"The backup is in {file}")


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite a database that is not empty.")
def restore(file: Path, *, force: bool) -> None:
    """Put the backup in FILE in the place of the database, and bring it to this version's tables."""
    database = db.bind(settings.load())
    backups.restore(file, force=force)
    migrations.upgrade(database)
    click.echo(f"The database is that of {file}")


def verify_case_file(file: Path) -> None:
    """Prove that a case file says what is on record.

    Raises:
        Invalid: it is none, or something in it is not so, each named.
    """
    with db.reading() as session:
        findings = list(verification.verify(session, file.read_bytes()))
    if findings:
        problems = [Problem(finding, code="case-file") for finding in findings]
        raise Invalid(f"Expected to verify {file.name}, but it does not agree with what is on record", problems)
    click.echo(f"{file.name} agrees with the history and the records")


def import_rules(session: Session, name: str, content: bytes, *, dry_run: bool) -> str:
    """Take indicators over into the library, plan recurring duties, or draft a template; say which.

    Raises:
        Invalid: they are not written as indicators, duties or templates are; each place is named.
    """
    parts = rulebooks.parse_toml(name, content)
    if "duty" in parts:
        return import_duties(session, parts, dry_run=dry_run)
    if "indicators" not in parts:
        book = rulebooks.parse(name, content)
        if dry_run:
            rulebooks.read(library.expanded(session, book.rules))
            return f"{book.title} is in order"
        row = templates.draft_file(session, name, content, by=OPERATOR)
        return f"{row.template_id} is drafted as version {row.version}"
    indicators = library.read_file(name, content)
    if dry_run:
        return f"{len(indicators)} indicators are in order"
    defined = library.take_over(session, indicators, by=OPERATOR)
    return f"{len(defined)} of {len(indicators)} indicators are new or have changed"


def import_duties(session: Session, parts: Mapping[str, Any], *, dry_run: bool) -> str:
    """Plan the duties of a file that do not recur yet, or only read them all.

    Raises:
        Invalid: one is not written as duties are; each place is named.
    """
    if dry_run:
        return f"{len(duties.read_file(parts))} duties are in order"
    return f"{len(duties.plan_file(session, parts, by=OPERATOR))} duties recur from now on"


def import_roster(name: str, content: bytes, *, dry_run: bool, partly: bool) -> None:
    """Import the organisation, or only tell what would change and what is wrong.

    Raises:
        Invalid: a row is wrong, and not only the good ones are to be imported; each is named.
    """

    def enter(session: Session) -> imports.Preview:
        if dry_run:
            return imports.check(session, name, content, by=OPERATOR)
        return imports.enter(session, name, content, by=OPERATOR, partly=partly)

    preview = db.transact(enter)
    counts = ", ".join(f"{preview.count(effect)} {effect.value}" for effect in Effect)
    click.echo(f"{preview.rows} rows: {counts}, {preview.unchanged} unchanged, {len(preview.bad)} wrong")
    for change in preview.changes if dry_run else ():
        click.echo(f"{change.effect.value} {change.sheet.name} {' '.join(filter(None, change.after.values()))}")
    for problem in preview.problems:
        click.echo(f"wrong: {problem}", err=True)
    if dry_run and preview.bad:
        raise Invalid(f"Expected to import {name}, but {len(preview.bad)} of {preview.rows} rows are wrong")


def play(folder: Path) -> None:
    """Play the walks of a folder of processes.

    Raises:
        Invalid: something did not hold, walk by walk.
    """
    problems = walks.check(folder)
    if problems:
        raise Invalid(f"Expected every walk in {folder} to hold, but some did not", problems)
    click.echo(f"{len(walks.found_in(folder))} walks hold")


def warn(warnings: Sequence[Finding]) -> None:
    """Say on standard error what is worth knowing of files that are in order."""
    for warning in warnings:
        click.echo(str(warning), err=True)


def opened() -> db.Database:
    """Bind this process to the database of the settings, with this version's tables."""
    database = db.bind(settings.load())
    migrations.upgrade(database)
    return database


def register_admin(database: db.Database) -> None:
    """Give the account `admin` the password of the settings; without one it cannot log in."""
    groups = frozenset({identity.OPERATORS})
    password = database.settings.admin_password
    db.transact(lambda session: identity.register(session, "admin", password=password, groups=groups))


def resources(path: Path) -> list[Resource]:
    """Read a file, or every file in a folder that can be deployed; of processes the forms beside them too.

    Raises:
        NotFound: there is no such file or folder.
    """
    if not path.exists():
        raise NotFound(f"Expected to read {path}, but there is no such file or folder")
    if path.is_file():
        return [Resource(path.name, path.read_bytes())]
    if (path / COMPANY).exists():
        return shipped(path)
    found = sorted(file for file in path.rglob("*") if file.suffix in DEPLOYABLE)
    return [Resource(file.relative_to(path).as_posix(), file.read_bytes()) for file in found]


def stopped_by_signals(raising: type[SystemExit] | None = None) -> Event:
    """Return an event that SIGTERM and SIGINT set; waitress ends its loop by an exception."""
    stop = Event()

    def set_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        if raising:
            raise raising

    signal.signal(signal.SIGTERM, set_stop)
    signal.signal(signal.SIGINT, set_stop)
    return stop
