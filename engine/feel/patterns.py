"""Translate XPath's regular expressions (XQuery and XPath Functions 3.1, section 5.6.1) into those of `regex`.

What XPath does not know (looking around, possessive repetition, scripts, named groups) is refused.
"""

from __future__ import annotations

import re

from engine.feel.errors import NullResult

_MAXIMUM_REPETITION = 1_000
_CLASSES = {
    "d": r"\p{Nd}",
    "D": r"\P{Nd}",
    "s": r" \t\n\r",
    "i": r"\p{L}_:",
    "c": r"\p{L}\p{N}\p{M}_:.\-\u00B7",
}
_NEGATIVE = {"S": "s", "I": "i", "C": "c"}
_LITERAL_ESCAPES = frozenset("nrt\\|.-^?*+{}()[]$")
_CATEGORY = r"L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?"
_PROPERTY = re.compile(rf"\\[pP]\{{(?:Is([A-Za-z0-9-]+)|({_CATEGORY}))\}}")
_CASED = ("Lu", "Ll", "Lt")
_REPETITION = re.compile(r"\{(\d{1,5})(?:,(\d{0,5}))?\}", re.ASCII)
_REFERENCE = re.compile(r"[1-9]\d{0,3}", re.ASCII)
_CLASS_OR_BLANK = re.compile(r"\\[\s\S]|[\[\]]|[ \t\n\r]+")
_LINE_START = r"(?:\A|(?<=\n)(?!\Z))"
_LINE_END = r"(?=\n|\Z)"


def translate(pattern: str, flags: str) -> str:
    """Return the pattern in the syntax of `regex`.

    Raises:
        NullResult: it is no pattern of XPath.
    """
    return _Translation(pattern, flags).pattern()


def literal(character: str) -> str:
    """Return what matches one character and nothing else, within a class or outside."""
    if character.isalnum() or character == "_":
        return character
    return f"\\x{ord(character):02x}" if ord(character) < 256 else character


def _without_blanks(pattern: str) -> str:
    """Take the blanks out that the flag `x` makes meaningless: all but those in classes."""
    depth = 0
    parts: list[str] = []
    end = 0
    for match in _CLASS_OR_BLANK.finditer(pattern):
        found = match.group()
        parts.append(pattern[end : match.start()])
        end = match.end()
        depth += {"[": 1, "]": -1}.get(found, 0)
        if depth or not found.isspace():
            # an escape may be torn from its character by a blank: `\ s` is `\s`
            parts.append(found if depth or found[0] != "\\" or not found[1:].isspace() else "\\")
    return "".join(parts) + pattern[end:]


class _Translation:
    """One pattern on its way."""

    def __init__(self, pattern: str, flags: str) -> None:
        self._pattern = _without_blanks(pattern) if "x" in flags else pattern
        self._flags = flags
        self._at = 0
        self._out: list[str] = []
        self._groups = 0
        self._open: list[int] = []  # the numbers of the groups around; 0 for one that captures nothing

    def pattern(self) -> str:
        """Return the translated pattern."""
        while self._at < len(self._pattern):
            self._piece(self._pattern[self._at])
        if self._open:
            raise self._wrong("( is not closed")
        return "".join(self._out)

    def _wrong(self, why: str) -> NullResult:
        return NullResult(f"{self._pattern} is no pattern: {why}")

    def _put(self, text: str, length: int = 1) -> None:
        self._out.append(text)
        self._at += length

    def _piece(self, character: str) -> None:
        if character == "\\":
            self._put(*self._escape())
        elif character == "[":
            self._put(self._set(), 0)
        elif character in "()":
            self._group(character)
        elif character in "*+?{":
            self._quantifier(character)
        elif character in "}]":
            raise self._wrong(f"{character} stands alone")
        else:
            self._put(self._plain(character))

    def _plain(self, character: str) -> str:
        if character == ".":
            return r"(?s:.)" if "s" in self._flags else r"[^\n\r]"
        if character == "^":
            return _LINE_START if "m" in self._flags else r"\A"
        if character == "$":
            return _LINE_END if "m" in self._flags else r"\Z"
        return "|" if character == "|" else literal(character)

    def _group(self, character: str) -> None:
        if character == ")":
            if not self._open:
                raise self._wrong(") closes nothing")
            self._open.pop()
            self._put(")")
        elif self._pattern.startswith("(?:", self._at):
            self._open.append(0)
            self._put("(?:", 3)
        elif self._pattern.startswith("(?", self._at):
            raise self._wrong("(? begins nothing that XPath knows")
        else:
            self._groups += 1
            self._open.append(self._groups)
            self._put("(")

    def _quantifier(self, character: str) -> None:
        if not self._out or self._out[-1] in ("(", "(?:", "|"):
            raise self._wrong(f"{character} repeats nothing")
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

    def _escape(self) -> tuple[str, int]:
        """Translate an escape outside a class; return it and how long it was."""
        following = self._pattern[self._at + 1 : self._at + 2]
        if reference := _REFERENCE.match(self._pattern, self._at + 1):
            return self._back(reference.group())
        text, length = self._class_escape(following)
        if following == "p" and "i" in self._flags and text[3:-1] in _CASED:
            return f"(?-i:{text})", length
        return (f"[{text}]" if following in _CLASSES else text), length

    def _back(self, digits: str) -> tuple[str, int]:
        """Refer back to a group; one that matched nothing stands for the empty text."""
        while len(digits) > 1 and int(digits) > self._groups:
            digits = digits[:-1]
        if int(digits) > self._groups or int(digits) in self._open:
            raise self._wrong(f"\\{digits} refers to no group that has ended")
        return f"(?:(?({digits})\\{digits}))", 1 + len(digits)

    def _class_escape(self, following: str) -> tuple[str, int]:
        if following in ("p", "P"):
            match = _PROPERTY.match(self._pattern, self._at)
            if match is None:
                raise self._wrong("a property is a category or a block, written \\p{...}")
            block, category = match.groups()
            return f"\\{following}{{{'In' + block if block else category}}}", len(match.group())
        if following in ("w", "W"):
            return ("[^" if following == "w" else "[") + r"\p{P}\p{Z}\p{C}]", 2
        if following in _CLASSES:
            return _CLASSES[following], 2
        if following in _NEGATIVE:
            return f"[^{_CLASSES[_NEGATIVE[following]]}]", 2
        if following and following in _LITERAL_ESCAPES:
            return f"\\{following}", 2
        raise self._wrong(f"\\{following} means nothing")

    def _set(self) -> str:
        self._at += 1
        negative = self._pattern.startswith("^", self._at)
        self._at += negative
        members: list[str] = []
        without = ""
        while not self._pattern.startswith("]", self._at):
            if self._at >= len(self._pattern):
                raise self._wrong("[ is not closed")
            if members and self._pattern.startswith("-[", self._at):
                self._at += 1
                without = self._set()
                break
            members.append(self._member())
        if not members or not self._pattern.startswith("]", self._at):
            raise self._wrong("[ is not closed" if members else "[] holds no character")
        self._at += 1
        inner = f"[{'^' if negative else ''}{''.join(members)}]"
        return f"[{inner}--{without}]" if without else inner

    def _member(self) -> str:
        """Translate a character, a range of them or an escape within a class."""
        first, single = self._character()
        if not self._pattern.startswith("-", self._at) or self._pattern[self._at + 1 : self._at + 2] in ("]", "[", ""):
            return first
        if not single:
            return first
        self._at += 1
        last, ends = self._character()
        if not ends:
            raise self._wrong("a range ends with no character")
        return f"{first}-{last}"

    def _character(self) -> tuple[str, bool]:
        """Translate what stands in a class; tell whether it is a single character."""
        character = self._pattern[self._at]
        if character == "\\":
            following = self._pattern[self._at + 1 : self._at + 2]
            text, length = self._class_escape(following)
            self._at += length
            return text, following in _LITERAL_ESCAPES
        if character == "[":
            raise self._wrong("[ stands inside [")
        self._at += 1
        return literal(character), True
