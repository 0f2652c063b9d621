"""Cut a text into tokens (DMN 1.5, section 10.3.1.2)."""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from engine.feel.errors import FeelSyntaxError

MAXIMUM_LENGTH = 50_000


class Kind(Enum):
    """What a token is."""

    NUMBER = "number"
    STRING = "string"
    AT = "at literal"
    NAME = "name"
    SIGN = "sign"
    END = "end"


class Token(NamedTuple):
    """One token: its kind, its text as written, its value, and where it begins."""

    kind: Kind
    text: str
    value: str
    at: int


_NAME_START = (
    r"A-Za-z_\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3005-\u3007\u3021-\uD7FF\uF900-\uFDCF\uFDF0-\uFEFF\uFF10-\uFF19\uFF21-\uFF3A\uFF41-\uFF5A\uFF66-\uFFDC"
    r"\U00010000-\U000EFFFF"
)
_NAME_PART = _NAME_START + r"0-9\u00B7\u0300-\u036F\u203F-\u2040"
_TOKEN = re.compile(
    rf"""
    (?P<space>(?:[\s\u0085\u00A0\u1680\u180E\u2000-\u200B\u2028\u2029\u202F\u205F\u3000\uFEFF]|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)+)
    |(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?(?![{_NAME_START}]))
    |(?P<string>"(?:[^"\\]|\\.)*")
    |(?P<at>@\s*"(?:[^"\\]|\\.)*")
    |(?P<name>[{_NAME_START}][{_NAME_PART}]*)
    |(?P<sign>\.\.|\*\*|->|<=|>=|!=|[-+*/=<>(){{}}\[\],.:?'])
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{6}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'"}
_WIDE = dict(zip("（），。：“”＝＞＜", '(),.:""=><', strict=True))
_KINDS = {"number": Kind.NUMBER, "string": Kind.STRING, "at": Kind.AT, "name": Kind.NAME, "sign": Kind.SIGN}


def tokenize(text: str) -> list[Token]:
    """Cut the text into tokens, the last of them an END.

    Raises:
        FeelSyntaxError: a character that begins no token, or a text beyond the length limit.
    """
    if len(text) > MAXIMUM_LENGTH:
        raise FeelSyntaxError(
            "Expected at most {most} characters, but there are {count}", most=MAXIMUM_LENGTH, count=len(text)
        )
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _stray(text, at)
        if match.lastgroup != "space":
            tokens.append(_token(match, text))
        at = match.end()
    tokens.append(Token(Kind.END, "", "", len(text)))
    return tokens


def _token(match: re.Match[str], text: str) -> Token:
    kind = _KINDS[str(match.lastgroup)]
    written = match.group()
    value = written
    if kind is Kind.STRING:
        value = _unescape(written[1:-1], text, match.start())
    elif kind is Kind.AT:
        value = _unescape(written[written.index('"') + 1 : -1], text, match.start())
    return Token(kind, written, value, match.start())


def _stray(text: str, at: int) -> FeelSyntaxError:
    character = text[at]
    if character == '"':
        return FeelSyntaxError("Expected the string to end with a quotation mark, but the text ends first", text, at)
    if text.startswith("/*", at):
        return FeelSyntaxError("Expected the comment to end with */, but the text ends first", text, at)
    if character in _WIDE:
        wanted = _WIDE[character]
        return FeelSyntaxError(
            "Expected {wanted}, but found the full-width {character}", text, at, wanted=wanted, character=character
        )
    return FeelSyntaxError("Expected no {character!r} here", text, at, character=character)


def _unescape(body: str, text: str, at: int) -> str:
    if "\\" not in body:
        return body

    def character(match: re.Match[str]) -> str:
        code = match.group(1)
        if len(code) > 1:
            if int(code[1:], 16) > 0x10FFFF:
                raise FeelSyntaxError("Expected a Unicode character, but {code} is none", text, at, code=f"\\{code}")
            return chr(int(code[1:], 16))
        return _ESCAPED.get(code, "\\" + code)

    plain = _ESCAPE.sub(character, body)
    try:  # \uD83D\uDC0E is one character, written as JSON writes it
        return plain.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise FeelSyntaxError(
            "Expected a string of whole characters, but one is half a surrogate pair", text, at
        ) from None
