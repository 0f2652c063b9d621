"""Walk over the tokens of a text."""

from __future__ import annotations

from abc import ABC, abstractmethod

from engine.feel import syntax as ast
from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import Kind, Token, tokenize
from engine.feel.names import KnownNames

MAXIMUM_NESTING = 50


ENDS = ", but the text ends"
FINDS = ", but found {found}"
"""What stands where something else was expected."""


class Cursor(ABC):
    """The tokens of a text, taken one after the other."""

    def __init__(self, text: str, known: KnownNames) -> None:
        self.text = text
        self.known = known
        self.tokens = tokenize(text)
        self.position = 0
        self.nesting = 0

    @abstractmethod
    def expression(self) -> ast.Node:
        """Read an expression of any kind."""

    def peek(self) -> Token:
        """Look at the next token."""
        return self.tokens[self.position]

    def take(self) -> Token:
        """Take the next token."""
        token = self.tokens[self.position]
        if token.kind is not Kind.END:
            self.position += 1
        return token

    def at(self, text: str) -> bool:
        """Tell whether the next token is this sign or word."""
        token = self.tokens[self.position]
        return token.text == text and token.kind in (Kind.SIGN, Kind.NAME)

    def accept(self, text: str) -> bool:
        """Take the next token if it is this sign or word."""
        if self.at(text):
            self.position += 1
            return True
        return False

    def expect(self, text: str) -> Token:
        """Take the next token, which must be this sign or word."""
        if not self.at(text):
            raise self.wrong("Expected {wanted}", wanted=text)
        return self.take()

    def only(self, text: str) -> bool:
        """Tell whether the whole text is this one token."""
        return len(self.tokens) == 2 and self.at(text)

    def deeper(self) -> None:
        """Go one level down.

        Raises:
            FeelSyntaxError: that is a level too many.
        """
        self.nesting += 1
        if self.nesting > MAXIMUM_NESTING:
            raise self.wrong("Expected at most {most} levels inside each other", most=MAXIMUM_NESTING)

    def finish(self) -> None:
        """Expect the end."""
        if self.peek().kind is not Kind.END:
            raise self.wrong("Expected the end of the expression or an operator")

    def wrong(self, expected: str, **values: object) -> FeelSyntaxError:
        """Say what was expected and what stands there instead."""
        token = self.peek()
        if token.kind is Kind.END:
            return FeelSyntaxError(expected + ENDS, self.text, token.at, **values)
        return FeelSyntaxError(expected + FINDS, self.text, token.at, **values, found=token.text)

    def name(self) -> str:
        """Take a name, as long as a known one reaches."""
        name, length = self.known.match(self.tokens, self.position)
        if not length:
            raise self.wrong("Expected a name")
        self.position += length
        return name

    def loose_name(self, *ends: str) -> str:
        """Take the name that is being declared here: every token before one of the ends."""
        start = self.position
        while not any(self.at(end) for end in ends):
            if self.peek().kind in (Kind.END, Kind.STRING, Kind.AT):
                raise self.wrong("Expected {ends} after the name", ends=" or ".join(ends))
            self.position += 1
        if start == self.position:
            raise self.wrong("Expected a name")
        first = self.tokens[start]
        name = self.written(start, self.position)
        if first.kind is not Kind.NAME and first.text != "?":
            raise FeelSyntaxError(
                "Expected a name to begin with a letter, but found {name}", self.text, first.at, name=name
            )
        self.known.add(name)
        return name

    def written(self, start: int, end: int) -> str:
        """Return a row of tokens as it is written, each gap one space."""
        last = self.tokens[end - 1]
        return " ".join(self.text[self.tokens[start].at : last.at + len(last.text)].split())
