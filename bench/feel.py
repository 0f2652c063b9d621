"""Measure the language: reading an expression, evaluating it, and deciding with a table of 50 rules and 4 inputs."""

from __future__ import annotations

import sys
import timeit
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from engine import dmn, feel

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
    """Measure the best of five rounds, per call."""
    return min(timeit.repeat(call, number=times, repeat=5)) / times * 1e6


def main() -> None:
    """Print one line per measurement."""
    expression = feel.compile(CONDITION)
    (decision,) = dmn.compile_dmn(table(), "bench.dmn")
    assert decision.evaluate(VARIABLES).output == "g45"
    print(f"read       {CONDITION}: {microseconds(lambda: feel.compile_expression(CONDITION), 200):8.1f} µs")
    print(f"evaluate   {CONDITION}: {microseconds(lambda: expression.evaluate(VARIABLES), 5000):8.2f} µs")
    print(f"decide     50 rules, 4 inputs: {microseconds(lambda: decision.evaluate(VARIABLES), 200):8.1f} µs")


if __name__ == "__main__":
    main()
