"""XPath regular expressions (XQuery and XPath Functions 3.1, section 5.6) that cannot hang.

The `regex` library watches a time limit while it matches: all matching of one evaluation together may take a fifth of
a second.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import regex

from engine.feel.errors import FeelEvaluationError, NullResult
from engine.feel.patterns import literal, translate
from engine.feel.run import REGEX_SECONDS, Run

MAXIMUM_PATTERN = 1_000
_REPLACEMENT = re.compile(r"\\(\\|\$)|\$(\d+)|([\\$])", re.ASCII)


def found(run: Run, text: str, pattern: str, flags: str) -> bool:
    """Tell whether a pattern matches anywhere in a text.

    Raises:
        NullResult: the pattern or a flag is wrong.
        FeelEvaluationError: matching takes too long.
    """
    return (
        _timed(run, lambda seconds: _compiled(pattern, flags).search(text, timeout=seconds, concurrent=True))
        is not None
    )


def replaced(run: Run, text: str, pattern: str, replacement: str, flags: str) -> str:
    """Replace every match in a text; `$1` stands for the first group.

    Raises:
        NullResult: the pattern, the replacement or a flag is wrong, or the pattern matches nothing at all.
        FeelEvaluationError: matching takes too long.
    """
    compiled = _compiled(pattern, flags)
    _refuse_empty(run, compiled, pattern)
    template = _literally(replacement) if "q" in flags else _template(replacement, compiled.groups)
    pieces = _timed(run, lambda seconds: list(compiled.finditer(text, timeout=seconds, concurrent=True)))
    parts: list[str] = []
    size = end = 0
    for match in pieces:
        parts.extend((text[end : match.start()], template(match)))
        end = match.end()
        size += len(parts[-1])
        run.spend(1 + len(parts[-1]) // 16)
    parts.append(text[end:])
    return "".join(parts)


def split(run: Run, text: str, pattern: str) -> list[str]:
    """Cut a text at every match.

    Raises:
        NullResult: the pattern is wrong, or it matches nothing at all.
        FeelEvaluationError: matching takes too long.
    """
    compiled = _compiled(pattern, "")
    _refuse_empty(run, compiled, pattern)
    parts: list[str] = []
    end = 0
    for match in _timed(run, lambda seconds: list(compiled.finditer(text, timeout=seconds, concurrent=True))):
        parts.append(text[end : match.start()])
        end = match.end()
    return [*parts, text[end:]]


def _timed(run: Run, match: Callable[[float], Any]) -> Any:
    """Match within what is left of the time; time that the machine gave to others does not count."""
    start = time.thread_time()
    budget = max(run.regex_seconds, 0.001)
    try:
        while True:
            try:
                return match(budget)
            except TimeoutError:
                if time.thread_time() - start >= budget / 2:
                    raise
    except TimeoutError:
        raise FeelEvaluationError(
            f"Expected patterns to match within {REGEX_SECONDS:g} seconds, but one takes longer"
        ) from None
    finally:
        run.regex_seconds -= time.thread_time() - start


def _refuse_empty(run: Run, compiled: regex.Pattern[str], pattern: str) -> None:
    if _timed(run, lambda seconds: compiled.search("", timeout=seconds)) is not None:
        raise NullResult(f"the pattern {pattern} matches the empty text")


def _template(replacement: str, groups: int) -> Callable[[regex.Match[str]], str]:
    parts: list[str | int] = []
    end = 0
    for match in _REPLACEMENT.finditer(replacement):
        escaped, digits, stray = match.groups()
        if stray:
            raise NullResult(f"the replacement {replacement} has a \\ or $ that means nothing")
        parts.append(replacement[end : match.start()])
        parts.extend([escaped] if escaped else _numbered(digits, groups))
        end = match.end()
    parts.append(replacement[end:])

    def fill(match: regex.Match[str]) -> str:
        return "".join(part if isinstance(part, str) else match.group(part) or "" for part in parts)

    return fill


def _numbered(digits: str, groups: int) -> list[str | int]:
    """Read `$12`: the group 12 where there is one, else the group 1 and a 2; where there is no such group, nothing."""
    length = len(digits)
    while length > 1 and int(digits[:length]) > groups:
        length -= 1
    number = int(digits[:length])
    return [number if number <= groups else "", digits[length:]]


def _literally(replacement: str) -> Callable[[regex.Match[str]], str]:
    return lambda _: replacement


@lru_cache(maxsize=256)
def _compiled(pattern: str, flags: str) -> regex.Pattern[str]:
    if len(pattern) > MAXIMUM_PATTERN:
        raise FeelEvaluationError(f"Expected patterns of at most {MAXIMUM_PATTERN} characters, but one is longer")
    if not set(flags) <= set("smixq"):
        raise NullResult(f"the flags {flags} are not among s, m, i, x and q")
    translated = "".join(map(literal, pattern)) if "q" in flags else translate(pattern, flags)
    if "i" in flags:
        translated = "(?i-f)" + translated  # case is folded character by character: ß is not ss
    try:
        return regex.compile(translated, regex.VERSION1, cache_pattern=False)
    except (regex.error, OverflowError, RecursionError) as error:
        raise NullResult(f"{pattern} is no pattern: {error}") from None
