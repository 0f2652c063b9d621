"""Measure the language: reading an expression, evaluating it, and deciding with a table of 50 rules and 4 inputs.

Beside it stands feelin under Node, where both are installed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
import time
import timeit
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from engine import dmn, feel

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "web" / "node_modules"
CONDITION = "score >= 90 and count(raters) >= 2"
VARIABLES = {"score": 91, "raters": ["ann", "bob"], "department": "d4", "years": 5, "post": "sales"}
SPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def table() -> bytes:
    """Write a table of 50 bands; the last but five matches."""
    inputs = "".join(f"<input><inputExpression><text>{name}</text></inputExpression></input>" for name in INPUTS)
    rules = "".join(
        f"<rule>{entry('input', f'[{2 * n}..{2 * n + 2})')}{entry('input', f'&quot;d{n % 5}&quot;, &quot;d4&quot;')}"
        f"{entry('input', '&gt;= 3')}{entry('input', '-')}{entry('output', f'&quot;g{n}&quot;')}</rule>"
        for n in range(50)
    )
    body = f'<decisionTable id="t">{inputs}<output name="grade"/>{rules}</decisionTable>'
    return (
        f'<definitions xmlns="{SPACE}" namespace="b"><decision id="d" name="d">{body}</decision></definitions>'.encode()
    )


INPUTS = ("score", "department", "years", "post")


def entry(kind: str, text: str) -> str:
    """Write a cell."""
    return f"<{kind}Entry><text>{text}</text></{kind}Entry>"


def microseconds(call: Callable[[], object], times: int) -> float:
    """Measure the processor's time per call, the best of ten rounds."""
    return min(timeit.repeat(call, number=times, repeat=10, timer=time.process_time)) / times * 1e6


def theirs() -> dict[str, float]:
    """Measure feelin under Node; nothing where it is not installed."""
    node = shutil.which("node") or shutil.which("node", path=sysconfig.get_path("scripts"))
    if node is None or not (MODULES / "@bpmn-io" / "feelin").is_dir():
        return {}
    script = Path(__file__).with_name("feelin.mjs")
    command = [node, str(script), str(MODULES), CONDITION, json.dumps(VARIABLES)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    found: dict[str, float] = json.loads(done.stdout)
    return found


def line(what: str, limit: str, ours: float, other: float | None = None) -> None:
    """Print one measurement beside what it is to be, and beside feelin's."""
    beside = "" if other is None else f"{other:10.2f}"
    print(f"{what:58} {limit:>14} {ours:10.2f} {beside}".rstrip())


def main() -> None:
    """Print a table of microseconds: of the processor's time, the best of ten rounds."""
    expression = feel.compile(CONDITION)
    (decision,) = dmn.compile_dmn(table(), "bench.dmn")
    assert decision.evaluate(VARIABLES).output == "g45"
    feelin = theirs()
    read = microseconds(lambda: feel.compile_expression(CONDITION), 200)
    evaluated = microseconds(lambda: expression.evaluate(VARIABLES), 5000)
    decided = microseconds(lambda: decision.evaluate(VARIABLES), 200)
    print(f"{'microseconds':58} {'to be':>14} {'ours':>10} {'feelin':>10}")
    line(f"read {CONDITION}", "at most 1000", read, feelin.get("read"))
    line(f"evaluate {CONDITION}", "about 2", evaluated)
    line("read and evaluate it, as feelin does each time", "", read + evaluated, feelin.get("evaluated"))
    line("decide with 50 rules and 4 inputs", "at most 100", decided)


if __name__ == "__main__":
    main()
