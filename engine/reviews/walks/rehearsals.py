"""Running walks: each on a fresh database whose clock the walk moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from engine import db, migrations, settings
from engine.errors import Problem, Refusal
from engine.reviews.walks import acts, expectations, scripts, stages
from engine.reviews.walks.scripts import Step
from engine.reviews.walks.stages import Stage


def check(processes: Path) -> list[Problem]:
    """Run every walk of the processes in a folder, each on a database of its own; return what did not hold."""
    problems = []
    with TemporaryDirectory() as directory:
        template = Path(directory) / "template.sqlite"
        with _bound(template) as database:
            migrations.upgrade(database)
        for number, path in enumerate(scripts.found_in(processes)):
            copy = copyfile(template, template.with_name(f"walk{number}.sqlite"))
            with _bound(copy):
                problems += run(path, processes)
    return problems


def run(path: Path, processes: Path, *, between: Callable[[], object] = lambda: None) -> list[Problem]:
    """Run a walk on the fresh database this process is bound to; return what did not hold at the first failing step.

    The database's clock must be controlled. `between` is called before every step.
    """
    try:
        walk = scripts.read(path)
        stage = stages.set_up(walk, processes)
    except Refusal as refusal:
        return [Problem(str(refusal), path.name, "walk-not-begun")]
    for step in walk.steps:
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
