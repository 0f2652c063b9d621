"""Running walks: each on a fresh database whose clock the walk moves."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from engine import db, migrations, settings
from engine.errors import Problem, Refusal
from engine.reviews.walks import acts, expectations, scripts, stages
from engine.reviews.walks.scripts import Step
from engine.reviews.walks.stages import Stage

Between = Callable[[], object]


def _nothing() -> None:
    """Do nothing between two steps."""


def check(processes: Path) -> list[Problem]:
    """Run every walk of the processes in a folder, each on a database of its own; return what did not hold."""
    with TemporaryDirectory() as directory:
        rehearsal = Rehearsal(processes, Path(directory))
        return [problem for path in scripts.found_in(processes) for problem in rehearsal.play(path)]


def run(path: Path, processes: Path, *, between: Between = _nothing) -> list[Problem]:
    """Run a walk on the fresh database this process is bound to; return what did not hold at the first failing step.

    The database's clock must be controlled. `between` is called before every step.
    """
    try:
        walk = scripts.read(path)
        stage = stages.set_up(walk, processes)
    except Refusal as refusal:
        return [Problem(str(refusal), path.name, "walk-not-begun")]
    return _walked(walk.steps, stage, between)


class Rehearsal:
    """Walks played on SQLite databases in a folder: what several walks continue is played once, and copied for each."""

    def __init__(self, processes: Path, directory: Path, *, between: Between = _nothing) -> None:
        self._processes, self._directory, self._between = processes, directory, between
        self._ends: dict[Path, _End] = {}
        self._template = directory / "template.sqlite"
        with _bound(self._template) as database:
            migrations.upgrade(database)

    def play(self, path: Path) -> list[Problem]:
        """Return what did not hold at the first failing step of a walk, or of one that it continues."""
        return self._end(path.resolve()).problems

    def _end(self, path: Path) -> _End:
        if path not in self._ends:
            self._ends[path] = self._played(path)
        return self._ends[path]

    def _played(self, path: Path) -> _End:
        try:
            walk = scripts.read(path)
        except Refusal as refusal:
            return _End([Problem(str(refusal), path.name, "walk-not-begun")])
        before = self._end(walk.continues.resolve()) if walk.continues else _End([], self._template)
        if before.problems:
            return before
        database = self._directory / f"walk{len(self._ends)}.sqlite"
        _copy(before.database, database)
        with _bound(database):
            try:
                stage = before.stage.again() if before.stage else stages.set_up(walk, self._processes)
            except Refusal as refusal:
                return _End([Problem(str(refusal), path.name, "walk-not-begun")])
            return _End(_walked(walk.own, stage, self._between), database, stage)


@dataclass(frozen=True, slots=True)
class _End:
    """Where a walk ended, or what did not hold."""

    problems: list[Problem]
    database: Path = Path()
    stage: Stage | None = None


def _copy(database: Path, copy: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("VACUUM INTO ?", [str(copy)])


def _walked(steps: Sequence[Step], stage: Stage, between: Between) -> list[Problem]:
    for step in steps:
        between()
        if problems := _taken(step, stage):
            return problems
    return []


def _taken(step: Step, stage: Stage) -> list[Problem]:
    """Take one step; return what went otherwise than the walk says."""
    try:
        acts.perform(step, stage)
    except Refusal as refusal:
        if not step.refused or step.refused not in str(refusal):
            return [Problem(str(refusal), step.where, "walk-refused")]
    else:
        if step.refused:
            return [
                Problem(f"Expected a refusal that says {step.refused!r}, but it was done.", step.where, "walk-done")
            ]
    with db.reading() as session:
        found = list(expectations.differences(session, stage, step.expected))
    return [Problem(sentence, step.where, "walk-differs") for sentence in found]


@contextmanager
def _bound(path: Path) -> Iterator[db.Database]:
    environment = {"REVIEWFLOW_DATABASE_URL": f"sqlite:///{path}", "REVIEWFLOW_CONTROLLED_CLOCK": "1"}
    try:
        yield db.bind(settings.load(environment, directory=path.parent))
    finally:
        db.unbind()
