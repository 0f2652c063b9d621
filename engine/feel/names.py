"""Find names in a row of tokens: a name may hold spaces, and even operators and keywords, where it is known.

DMN 1.5, section 10.3.1.2: the longest known name wins. A run of plain words that no known name covers is one name
too, because two words side by side mean nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import Kind, Token, tokenize

_BRANCHES = ("if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "function")
RESERVED = frozenset([*_BRANCHES, "and", "or", "between", "instance", "true", "false", "null"])


def _words(tokens: Sequence[Token]) -> tuple[str, ...]:
    """Return the texts of a name's tokens; around a sign it matters whether there is a gap: `a-b` is not `a - b`."""
    words = [token.text for token in tokens]
    for index in range(1, len(tokens)):
        before, token = tokens[index - 1], tokens[index]
        if Kind.SIGN in (before.kind, token.kind) and before.at + len(before.text) < token.at:
            words[index] = " " + token.text
    return tuple(words)


class KnownNames:
    """Names of more than one token, by their first token and their length."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_first: dict[str, dict[int, dict[tuple[str, ...], str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Know a name from here on."""
        if name.isidentifier():
            return
        try:
            words = _words(tokenize(name)[:-1])
        except FeelSyntaxError:
            return
        if len(words) > 1:
            self._by_first.setdefault(words[0], {}).setdefault(len(words), {})[words] = name

    def copy(self) -> KnownNames:
        """Return names that can be added to without changing these."""
        twin = KnownNames()
        for first, by_length in self._by_first.items():
            twin._by_first[first] = {length: dict(names) for length, names in by_length.items()}
        return twin

    def match(self, tokens: Sequence[Token], at: int) -> tuple[str, int]:
        """Return the name that begins at a token and how many tokens it takes; none takes 0."""
        known, length = self._longest(tokens, at)
        run = at
        while tokens[run].kind is Kind.NAME and tokens[run].text not in RESERVED:
            run += 1
        if run - at > length:
            return " ".join(token.text for token in tokens[at:run]), run - at
        return known, length

    def _longest(self, tokens: Sequence[Token], at: int) -> tuple[str, int]:
        by_length = self._by_first.get(tokens[at].text, {})
        for length in sorted(by_length, reverse=True):
            name = by_length[length].get(_words(tokens[at : at + length]))
            if name is not None:
                return name, length
        return "", 0
