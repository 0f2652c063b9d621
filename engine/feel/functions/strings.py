"""Functions of strings (DMN 1.5, table 74), and the conversions to numbers and strings (table 72)."""

from __future__ import annotations

from decimal import Decimal, DecimalException

from engine.feel import regexes
from engine.feel.errors import FeelEvaluationError, NullResult
from engine.feel.functions.registry import builtin
from engine.feel.numbers import CONTEXT
from engine.feel.run import MAXIMUM_TEXT, Run
from engine.feel.text import to_text
from engine.feel.values import Value, kind


@builtin("string(from: any)")
def _string(run: Run, value: Value) -> str | None:
    return None if value is None else run.text(to_text(value))


@builtin("number(from: string)")
def _plain_number(run: Run, text: str) -> Decimal:
    return _number(run, text)


@builtin("number(from: string, grouping separator: string?, decimal separator: string?)")
def _number(_: Run, text: str, grouping: str | None = None, point: str | None = None) -> Decimal:
    if grouping not in (None, " ", ",", ".") or point not in (None, ".", ",") or (grouping and grouping == point):
        raise NullResult("the separators must be different: a blank, a comma or a point, and a comma or a point")
    plain = text.replace(grouping, "") if grouping else text
    if point == ",":
        plain = plain.replace(".", "?").replace(",", ".")
    digits = plain.lstrip("+-") if plain[:1] in ("+", "-") else plain
    if not digits[:1] or not digits.isascii() or not set(digits) <= set("0123456789.eE+-"):
        raise NullResult(f'"{text[:60]}" is no number')
    try:
        return CONTEXT.create_decimal(plain)
    except DecimalException:
        raise NullResult(f'"{text[:60]}" is no number') from None


@builtin("substring(string: string, start position: number, [length: number?])")
def _substring(_: Run, text: str, start: Decimal, length: Decimal | None = None) -> str:
    first = _position(start)
    count = len(text) if length is None else _position(length)
    if first == 0 or abs(first) > len(text):
        raise NullResult(f"there is no character {start} in a text of {len(text)}")
    if count < 1:
        raise NullResult("the length must be at least 1")
    begin = first - 1 if first > 0 else len(text) + first
    return text[begin : begin + count]


def _position(number: Decimal) -> int:
    return int(number) if abs(number) < 10**15 else 10**15


@builtin("string length(string: string)")
def _length(_: Run, text: str) -> Decimal:
    return Decimal(len(text))


@builtin("upper case(string: string)")
def _upper(run: Run, text: str) -> str:
    return run.text(text.upper())


@builtin("lower case(string: string)")
def _lower(run: Run, text: str) -> str:
    return run.text(text.lower())


@builtin("substring before(string: string, match: string)")
def _before(_: Run, text: str, match: str) -> str:
    found = text.find(match)
    return text[:found] if found > 0 else ""


@builtin("substring after(string: string, match: string)")
def _after(_: Run, text: str, match: str) -> str:
    found = text.find(match)
    return text[found + len(match) :] if found >= 0 else ""


@builtin("contains(string: string, match: string)")
def _contains(_: Run, text: str, match: str) -> bool:
    return match in text


@builtin("starts with(string: string, match: string)")
def _starts(_: Run, text: str, match: str) -> bool:
    return text.startswith(match)


@builtin("ends with(string: string, match: string)")
def _ends(_: Run, text: str, match: str) -> bool:
    return text.endswith(match)


@builtin("matches(input: string, pattern: string, [flags: string?])")
def _matches(run: Run, text: str, pattern: str, flags: str | None = None) -> bool:
    return regexes.found(run, text, pattern, flags or "")


@builtin("replace(input: string, pattern: string, replacement: string, [flags: string?])")
def _replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    return run.text(regexes.replaced(run, text, pattern, replacement, flags or ""))


@builtin("split(string: string, delimiter: string)")
def _split(run: Run, text: str, delimiter: str) -> list[Value]:
    parts = regexes.split(run, text, delimiter)
    run.spend(len(parts))
    return parts


@builtin("string join(list: list, [delimiter: string?])")
def _join(run: Run, parts: list[Value], delimiter: str | None = None) -> str:
    for part in parts:
        if part is not None and type(part) is not str:
            raise NullResult(f"a {kind(part)} in the list is no string")
    run.spend(len(parts))
    texts = [part for part in parts if part is not None]
    if sum(map(len, texts)) + len(delimiter or "") * len(texts) > MAXIMUM_TEXT:
        raise FeelEvaluationError(f"Expected texts of at most {MAXIMUM_TEXT} characters, but one is longer")
    return (delimiter or "").join(texts)
