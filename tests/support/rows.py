"""The table of BPMN's elements as it stands in `tests/conformance/`; `README.md` there says how one writes a row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from diagrams import NODE

FOLDER = Path(__file__).resolve().parent.parent / "conformance"


@dataclass(frozen=True)
class Step:
    """Something that happens, and what it must do: entries of a trace, or the refusal it must meet."""

    line: str
    verb: str
    rest: str
    expected: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """One row of the table. `ending` is the state and the variables at the end; `findings` those of a refusal."""

    sentence: str
    diagrams: dict[str, str]
    steps: tuple[Step, ...] = ()
    ending: tuple[str, str] | None = None
    findings: frozenset[str] = frozenset()


Table = dict[str, list[Row]]
"""The rows by group."""


def table() -> Table:
    """Read the whole table: the rows of each group."""
    return {path.stem: list(_rows_of(path)) for path in sorted(FOLDER.glob("*.rows"))}


def _rows_of(path: Path) -> Iterator[Row]:
    for text in re.split(r"^# ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        sentence, _, rest = text.partition("\n")
        drawing, _, checks = rest.partition("\n---\n")
        yield _row(sentence.strip(), _diagrams(drawing), checks.strip().splitlines())


def _diagrams(text: str) -> dict[str, str]:
    """Split into processes; the first is `p`, others begin with a line such as `process q`."""
    first, *others = re.split(r"^process (\w+)\n", text, flags=re.MULTILINE)
    found = {"p": first, **dict(zip(others[::2], others[1::2], strict=True))}
    return {name: complete_drawing(drawing) for name, drawing in found.items()}


def complete_drawing(text: str) -> str:
    """Declare what flows name and nothing declares: starts, ends, and user tasks between them."""
    lines = [line for line in text.splitlines() if line.strip()]
    declared = {found["id"] for line in lines if (found := NODE.fullmatch(line)) and " > " not in line.split(":")[0]}
    declared |= {name for line in lines if line.strip().startswith("<") for name in re.findall(r'\bid="(\w+)"', line)}
    chains = [re.findall(r"(?:^|(?<= > ))(\w+)(?: \[.*?\])?(?= > |$)", line.strip()) for line in lines]
    sources = {name for chain in chains for name in chain[:-1]}
    targets = {name for chain in chains for name in chain[1:]}
    drawn: list[str] = []
    for line, chain in zip(lines, chains, strict=True):
        indent = line[: len(line) - len(line.lstrip())]
        for name in dict.fromkeys(chain if len(chain) > 1 else ()):
            if name not in declared:
                kind = "start" if name not in targets else "user" if name in sources else "end"
                drawn.append(f"{indent}{kind} {name}")
                declared.add(name)
        drawn.append(line)
    return "\n".join(drawn)


def _row(sentence: str, diagrams: dict[str, str], checks: list[str]) -> Row:
    last, steps = checks[-1], tuple(map(step, checks[:-1]))
    state, _, rest = last.partition(" ")
    if state == "refused":
        return Row(sentence, diagrams, findings=frozenset(part.strip() for part in rest.split(",")))
    assert state in ("completed", "active", "terminated"), f"{sentence}: {last}"
    return Row(sentence, diagrams, steps, (state.upper(), rest))


def step(line: str) -> Step:
    """Read a line that says what happens and what it must do."""
    found = re.fullmatch(r"(?P<verb>\w+) ?(?P<rest>.*):(?P<expected>[^:]*)", line)
    assert found, line
    return Step(line, found["verb"], found["rest"].strip(), tuple(found["expected"].split()))
