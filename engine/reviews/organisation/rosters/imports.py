"""Imports of a roster: looked at first, then entered, all rows or the good ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.errors import Invalid, Problem
from engine.identity import Identity
from engine.reviews.models import Role
from engine.reviews.organisation import people
from engine.reviews.organisation.rosters import files, state
from engine.reviews.organisation.rosters.drafts import Draft
from engine.reviews.organisation.rosters.files import Row
from engine.reviews.organisation.rosters.state import Change, Effect, State
from engine.reviews.panels import vacancies
from engine.reviews.sentences import Sentence

ROUNDS = 50
"""How often rows are left out because of rows left out before; a file that needs more is refused as a whole."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import finds and would do, or did."""

    rows: int
    """How many rows the file has."""
    changes: Sequence[Change]
    """What the good rows add and change, and what follows from them."""
    bad: Sequence[Row]
    """The rows that cannot be entered, each with its problems."""
    unchanged: int
    """How many good rows say what is known."""

    @property
    def problems(self) -> list[Problem]:
        """Everything that is wrong, in the order of the file."""
        return [problem for row in self.bad for problem in row.problems]

    def count(self, effect: Effect) -> int:
        """Count the changes of a kind."""
        return sum(change.effect is effect for change in self.changes)


def check(session: Session, name: str, content: bytes, *, by: Identity) -> Preview:
    """Look at a file and change nothing.

    Raises:
        Forbidden: `by` is not HR.
        Invalid: it cannot be read as a roster at all.
    """
    people.expect_role(by, Role.HR, Sentence("import {name}", name=name))
    return _prepared(state.load(session), files.read(name, content), name)


def enter(session: Session, name: str, content: bytes, *, by: Identity, partly: bool = False) -> Preview:
    """Enter the rows of a file: all or none, or `partly` those that are good (E-61).

    Who must not sit on a panel any more loses the seat at once.

    Raises:
        Forbidden: `by` is not HR.
        Invalid: it cannot be read as a roster, or a row is wrong and all were to be entered; each is named.
    """
    people.expect_role(by, Role.HR, Sentence("import {name}", name=name))
    held = state.load(session)
    preview = _prepared(held, files.read(name, content), name)
    if preview.bad and not partly:
        wrong, rows = len(preview.bad), preview.rows
        raise Invalid(
            "Expected to import {name}, but {wrong} of {rows} rows are wrong",
            preview.problems,
            name=name,
            wrong=wrong,
            rows=rows,
        )
    state.write(session, held, preview.changes, by=by)
    vacancies.check_all(session, by=by)
    return preview


def _prepared(held: State, rows: list[Row], name: str) -> Preview:
    """Leave out the rows that are wrong, and those that need them, until the others fit together."""
    good = [row for row in rows if not row.problems]
    for _ in range(ROUNDS):
        draft = Draft(held, good, [row for row in rows if row.problems])
        draft.check()
        left = [row for row in good if not row.problems]
        if len(left) == len(good):
            return _previewed(draft, rows)
        good = left
    problems = [problem for row in rows for problem in row.problems]
    raise Invalid("Expected to import {name}, but its wrong rows lead to ever more", problems, name=name)


def _previewed(draft: Draft, rows: list[Row]) -> Preview:
    changes = draft.changes()
    changed = {(change.sheet.name, change.sheet.key_of(change.after)) for change in changes}
    return Preview(
        rows=len(rows),
        changes=changes,
        bad=[row for row in rows if row.problems],
        unchanged=sum(named not in changed for named in draft.rows),
    )
