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


class KnownNames:
    """Names of more than one token, by their first token."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_first: dict[str, dict[tuple[str, ...], str]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Know a name from here on."""
        if name.isidentifier():
            return
        try:
            words = tuple(token.text for token in tokenize(name)[:-1])
        except FeelSyntaxError:
            return
        if len(words) > 1:
            self._by_first.setdefault(words[0], {})[words] = name

    def copy(self) -> KnownNames:
        """Return names that can be added to without changing these."""
        twin = KnownNames()
        twin._by_first = {first: dict(names) for first, names in self._by_first.items()}
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
        best, length = "", 0
        for words, name in self._by_first.get(tokens[at].text, {}).items():
            if len(words) > length and tuple(token.text for token in tokens[at : at + len(words)]) == words:
                best, length = name, len(words)
        return best, length
