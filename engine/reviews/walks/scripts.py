"""A walk as HR writes it: a TOML file of steps, which may continue another walk."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.errors import Invalid, Problem

HEADER = {"title", "title_en", "starts", "continues", "cycle", "step"}
CYCLE = {"rules", "label", "appraisee", "cross_raters", "starts_on", "ends_on", "by"}
STEP = {"who", "does", "with", "message", "passes", "refused", "expect"}
EXPECTATIONS = {"open", "due", "ended", "running", "sheet", "figures", "appeal", "plan"}

_PREDECESSORS = 20


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens, and what must hold after it.

    Attributes:
        where: the file and the number of the step, for whoever has to mend it.
        who: the account that acts.
        does: the task it completes, by its element id, or one of HR's acts, such as `release results`.
        answers: what it fills in.
        message: the message that arrives, where nobody acts.
        passes: how much time goes by, such as `5 working days`, where nobody acts.
        refused: words that the refusal must contain; empty where the step must succeed.
        expected: what must hold afterwards.
    """

    where: str
    who: str = ""
    does: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""
    passes: str = ""
    refused: str = ""
    expected: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk, with the steps of the walks that it continues."""

    path: Path
    title: str
    starts: datetime
    cycle: Mapping[str, Any]
    steps: tuple[Step, ...]


def found_in(folder: Path) -> list[Path]:
    """List the walks of the processes in a folder."""
    return sorted(folder.glob("*/walks/*.toml"))


def read(path: Path) -> Walk:
    """Read a walk and those that it continues.

    Raises:
        Invalid: a file is missing, is no TOML, or says what no walk says; each place is named.
    """
    return _read(path, _PREDECESSORS)


def _read(path: Path, left: int) -> Walk:
    if not left:
        raise _refusal(path, Problem("It continues itself.", path.name, "endless-walk"))
    script = _loaded(path)
    if problems := list(_problems(script, path.name)):
        raise _refusal(path, *problems)
    steps = tuple(_steps(script, path.name))
    if "continues" in script:
        before = _read(path.parent / script["continues"], left - 1)
        return Walk(path, script["title"], before.starts, before.cycle, before.steps + steps)
    return Walk(path, script["title"], script["starts"], script["cycle"], steps)


def _loaded(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except FileNotFoundError:
        raise _refusal(path, Problem("There is no such file.", path.name, "no-walk")) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _refusal(path, Problem(f"It is no TOML: {error}.", path.name, "no-toml")) from None


def _problems(script: Mapping[str, Any], where: str) -> Iterator[Problem]:
    yield from _strangers(script, HEADER, where)
    if not isinstance(script.get("title"), str):
        yield Problem("The walk has no title.", where, "no-title")
    yield from _beginning_problems(script, where)
    for number, step in enumerate(script.get("step", ()), start=1):
        place = f"{where}: step {number}"
        yield from _strangers(step, STEP, place)
        yield from _strangers(step.get("expect", {}), EXPECTATIONS, place)
        if ("who" in step) != ("does" in step) or sum(name in step for name in ("does", "message", "passes")) != 1:
            yield Problem("A step says who does what, which message arrives, or what time passes.", place, "no-act")


def _beginning_problems(script: Mapping[str, Any], where: str) -> Iterator[Problem]:
    if "continues" in script:
        return
    cycle, starts = script.get("cycle"), script.get("starts")
    if not isinstance(starts, datetime) or starts.tzinfo is None:
        yield Problem(
            "The walk says neither what it continues nor the instant it starts at, with a zone.", where, "no-start"
        )
    if not isinstance(cycle, Mapping):
        yield Problem("The walk has no cycle.", where, "no-cycle")
        return
    yield from _strangers(cycle, CYCLE, where)
    for name in sorted(CYCLE - set(cycle)):
        yield Problem(f"The cycle does not say {name}.", where, "no-cycle")


def _strangers(table: Mapping[str, Any], known: set[str], where: str) -> Iterator[Problem]:
    for name in table:
        if name not in known:
            yield Problem(f"Nothing in a walk is called {name}.", where, "unknown")


def _steps(script: Mapping[str, Any], where: str) -> Iterator[Step]:
    for number, step in enumerate(script.get("step", ()), start=1):
        yield Step(
            where=f"{where}: step {number}",
            who=step.get("who", ""),
            does=step.get("does", ""),
            answers=step.get("with", {}),
            message=step.get("message", ""),
            passes=step.get("passes", ""),
            refused=step.get("refused", ""),
            expected=step.get("expect", {}),
        )


def _refusal(path: Path, *problems: Problem) -> Invalid:
    return Invalid(f"Expected to read walk {path.name}, but it is not written as walks are", problems)
