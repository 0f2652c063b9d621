"""A walk as HR writes it: a TOML file of steps, which may continue another walk."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.errors import Invalid, Problem

HEADER = {
    "title": str,
    "title_en": str,
    "starts": datetime,
    "continues": str,
    "cycle": dict,
    "terms": dict,
    "step": list,
}
CYCLE = {
    "rules": str,
    "label": str,
    "appraisee": str,
    "cross_raters": list,
    "starts_on": date,
    "ends_on": date,
    "by": str,
}
DRAFTED = {"drafted": bool, "kind": str}
"""What the cycle of a walk may say besides: that the walk launches it itself; which kind it is, such as team."""
STEP = {"who": str, "does": str, "with": dict, "message": str, "passes": str, "refused": str, "expect": dict}
EXPECTATIONS: dict[str, type] = {
    "ability_plan": dict,
    "follow_up": dict,
    "open": dict,
    "due": dict,
    "ended": list,
    "running": list,
    "sheet": dict,
    "figures": dict,
    "answer": str,
    "appeal": dict,
    "occasion": dict,
    "plan": dict,
    "exit": dict,
    "calibration": dict,
    "change": dict,
    "reopening": dict,
    "cycle": dict,
    "delivery": dict,
    "targets": dict,
    "review": dict,
}
"""What each part of a walk may say, and as what kind of value."""

_KINDS = {str: "a text", bool: "true or false", dict: "a table", list: "a list", date: "a date", datetime: "an instant"}

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
    """A walk, with the steps of the walks that it continues.

    Attributes:
        terms: its own, where it does not go by its rules'.
        continues: the walk from whose end it goes on; None where it begins anew, as with other terms.
        own: its steps after that end.
    """

    path: Path
    title: str
    starts: datetime
    cycle: Mapping[str, Any]
    steps: tuple[Step, ...]
    terms: Mapping[str, Any] | None = None
    continues: Path | None = None
    own: tuple[Step, ...] = ()


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
        made = before.starts, before.cycle, before.steps + steps
        if "terms" in script:
            return Walk(path, script["title"], *made, script["terms"], own=before.steps + steps)
        return Walk(path, script["title"], *made, before.terms, continues=before.path, own=steps)
    return Walk(path, script["title"], script["starts"], script["cycle"], steps, script.get("terms"), own=steps)


def _loaded(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except FileNotFoundError:
        raise _refusal(path, Problem("There is no such file.", path.name, "no-walk")) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _refusal(path, Problem(f"It is no TOML: {error}.", path.name, "no-toml")) from None


def _problems(script: Mapping[str, Any], where: str) -> Iterator[Problem]:
    if misfits := list(_misfits(script, HEADER, where)):
        yield from misfits
        return
    if "title" not in script:
        yield Problem("The walk has no title.", where, "no-title")
    yield from _beginning_problems(script, where)
    for number, step in enumerate(script.get("step", ()), start=1):
        yield from _step_problems(step, f"{where}: step {number}")


def _beginning_problems(script: Mapping[str, Any], where: str) -> Iterator[Problem]:
    if "continues" in script:
        return
    if "starts" not in script or script["starts"].tzinfo is None:
        sentence = "The walk says neither what it continues nor the instant it starts at, with a zone."
        yield Problem(sentence, where, "no-start")
    if "cycle" not in script:
        yield Problem("The walk has no cycle.", where, "no-cycle")
        return
    yield from _misfits(script["cycle"], CYCLE | DRAFTED, where)
    for name in sorted(set(CYCLE) - set(script["cycle"])):
        yield Problem(f"The cycle does not say {name}.", where, "no-cycle")


def _step_problems(step: object, where: str) -> Iterator[Problem]:
    misfits = list(_misfits(step, STEP, where))
    yield from misfits
    if misfits or not isinstance(step, dict):
        return
    yield from _misfits(step.get("expect", {}), EXPECTATIONS, where)
    if ("who" in step) != ("does" in step) or sum(name in step for name in ("does", "message", "passes")) != 1:
        yield Problem("A step says who does what, which message arrives, or what time passes.", where, "no-act")


def _misfits(table: object, known: Mapping[str, type], where: str) -> Iterator[Problem]:
    """Yield what no walk says, and what is said as another kind of value."""
    if not isinstance(table, dict):
        yield Problem("A step is a table.", where, "wrong-kind")
        return
    for name, value in table.items():
        if name not in known:
            yield Problem(f"Nothing in a walk is called {name}.", where, "unknown")
        elif not isinstance(value, known[name]):
            yield Problem(f"What is called {name} must be {_KINDS[known[name]]}.", where, "wrong-kind")


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
