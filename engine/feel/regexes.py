"""XPath regular expressions (XQuery and XPath Functions 3.1, section 5.6) that cannot hang.

A pattern is translated into the syntax of the `regex` library, which watches a time limit while it matches: all
matching of one evaluation together may take a fifth of a second. What XPath does not know (looking around) is refused.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import regex

from engine.feel.errors import FeelEvaluationError, NullResult
from engine.feel.run import REGEX_SECONDS, Run

MAXIMUM_PATTERN = 1_000
_MAXIMUM_REPETITION = 1_000
_FLAGS = {"m": regex.MULTILINE, "i": regex.IGNORECASE}
_CLASSES = {
    "d": r"\p{Nd}",
    "D": r"\P{Nd}",
    "s": r" \t\n\r",
    "i": r"\p{L}_:",
    "c": r"\p{L}\p{N}\p{M}_:.\-\u00B7",
}
_NEGATIVE = {"S": "s", "I": "i", "C": "c"}
_LITERAL_ESCAPES = frozenset("nrt\\|.-^?*+{}()[]$")
_PROPERTY = re.compile(r"\\[pP]\{(Is)?([A-Za-z0-9_-]+)\}")
_REPETITION = re.compile(r"\{(\d{1,5})(?:,(\d{0,5}))?\}", re.ASCII)
_REPLACEMENT = re.compile(r"\\(\\|\$)|\$(\d)|([\\$])", re.ASCII)


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
    start = time.perf_counter()
    try:
        return match(max(run.regex_seconds, 0.001))
    except TimeoutError:
        raise FeelEvaluationError(
            f"Expected patterns to match within {REGEX_SECONDS:g} seconds, but one takes longer"
        ) from None
    finally:
        run.regex_seconds -= time.perf_counter() - start


def _refuse_empty(run: Run, compiled: regex.Pattern[str], pattern: str) -> None:
    if _timed(run, lambda seconds: compiled.search("", timeout=seconds)) is not None:
        raise NullResult(f"the pattern {pattern} matches the empty text")


def _template(replacement: str, groups: int) -> Callable[[regex.Match[str]], str]:
    parts: list[str | int] = []
    end = 0
    for match in _REPLACEMENT.finditer(replacement):
        if match.group(3):
            raise NullResult(f"the replacement {replacement} has a \\ or $ that means nothing")
        parts.append(replacement[end : match.start()])
        parts.append(match.group(1) or int(match.group(2)))
        end = match.end()
    parts.append(replacement[end:])

    def fill(match: regex.Match[str]) -> str:
        return "".join(part if isinstance(part, str) else _group(match, part, groups) for part in parts)

    return fill


def _group(match: regex.Match[str], number: int, groups: int) -> str:
    return (match.group(number) or "") if number <= groups else ""


def _literally(replacement: str) -> Callable[[regex.Match[str]], str]:
    return lambda _: replacement


@lru_cache(maxsize=256)
def _compiled(pattern: str, flags: str) -> regex.Pattern[str]:
    if len(pattern) > MAXIMUM_PATTERN:
        raise FeelEvaluationError(f"Expected patterns of at most {MAXIMUM_PATTERN} characters, but one is longer")
    if not set(flags) <= set("smixq"):
        raise NullResult(f"the flags {flags} are not among s, m, i, x and q")
    options = regex.VERSION1
    for flag, option in _FLAGS.items():
        options |= option if flag in flags else 0
    translated = regex.escape(pattern) if "q" in flags else _Translation(pattern, flags).pattern()
    try:
        return regex.compile(translated, options, cache_pattern=False)
    except (regex.error, OverflowError, RecursionError) as error:
        raise NullResult(f"{pattern} is no pattern: {error}") from None


class _Translation:
    """One pattern on its way from XPath's syntax to that of `regex`."""

    def __init__(self, pattern: str, flags: str) -> None:
        self._pattern = pattern
        self._flags = flags
        self._at = 0
        self._out: list[str] = []

    def pattern(self) -> str:
        """Return the translated pattern."""
        while self._at < len(self._pattern):
            self._piece(self._pattern[self._at])
        return "".join(self._out)

    def _wrong(self, why: str) -> NullResult:
        return NullResult(f"{self._pattern} is no pattern: {why}")

    def _put(self, text: str, length: int = 1) -> None:
        self._out.append(text)
        self._at += length

    def _piece(self, character: str) -> None:
        if character == "\\":
            self._put(*self._escape(inside=False))
        elif character == "[":
            self._put(self._set(), 0)
        elif character == "(":
            self._group()
        elif character in "*+?{":
            self._quantifier(character)
        elif character in "}]":
            raise self._wrong(f"{character} stands alone")
        elif character.isspace() and "x" in self._flags:
            self._at += 1
        else:
            self._put(self._plain(character))

    def _plain(self, character: str) -> str:
        if character == ".":
            return r"(?s:.)" if "s" in self._flags else r"[^\n\r]"
        if character == "$" and "m" not in self._flags:
            return r"\Z"
        return character if character in "^$|)" else regex.escape(character)

    def _group(self) -> None:
        if self._pattern.startswith("(?:", self._at):
            self._put("(?:", 3)
        elif self._pattern.startswith("(?", self._at):
            raise self._wrong("(? begins nothing that XPath knows")
        else:
            self._put("(")

    def _quantifier(self, character: str) -> None:
        if character == "{":
            match = _REPETITION.match(self._pattern, self._at)
            if match is None or max(int(match.group(1)), int(match.group(2) or 0)) > _MAXIMUM_REPETITION:
                raise self._wrong(f"{{ begins no repetition of at most {_MAXIMUM_REPETITION}")
            self._put(match.group(), len(match.group()))
        else:
            self._put(character)
        if self._pattern.startswith("?", self._at):
            self._put("?")
        if self._pattern[self._at : self._at + 1] in ("*", "+", "?", "{"):
            raise self._wrong("a repetition is repeated")

    def _escape(self, *, inside: bool) -> tuple[str, int]:
        following = self._pattern[self._at + 1 : self._at + 2]
        if following in ("p", "P"):
            match = _PROPERTY.match(self._pattern, self._at)
            if match is None:
                raise self._wrong("a property is written \\p{...}")
            return f"\\{following}{{{'In' if match.group(1) else ''}{match.group(2)}}}", len(match.group())
        if following in ("w", "W"):
            return ("[^" if following == "w" else "[") + r"\p{P}\p{Z}\p{C}]", 2
        if following in _CLASSES:
            return (_CLASSES[following] if inside else f"[{_CLASSES[following]}]"), 2
        if following in _NEGATIVE:
            return f"[^{_CLASSES[_NEGATIVE[following]]}]", 2
        if following in _LITERAL_ESCAPES and following:
            return f"\\{following}", 2
        if following.isdigit() and following != "0" and not inside:
            return f"\\{following}", 2
        raise self._wrong(f"\\{following} means nothing")

    def _set(self) -> str:
        self._at += 1
        parts = ["["]
        if self._pattern.startswith("^", self._at):
            parts.append("^")
            self._at += 1
        start = len(parts)
        while not self._pattern.startswith("]", self._at) or len(parts) == start:
            if self._at >= len(self._pattern):
                raise self._wrong("[ is not closed")
            if self._pattern.startswith("-[", self._at):
                self._at += 1
                parts = ["[", *parts, "]--", self._set()]
                break
            parts.append(self._member())
        if not self._pattern.startswith("]", self._at):
            raise self._wrong("[ is not closed")
        self._at += 1
        return "".join(parts) + "]"

    def _member(self) -> str:
        character = self._pattern[self._at]
        if character == "\\":
            text, length = self._escape(inside=True)
            self._at += length
            return text
        self._at += 1
        if character == "[":
            raise self._wrong("[ stands inside [")
        return "-" if character == "-" else regex.escape(character)
