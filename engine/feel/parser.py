"""Read FEEL text into a syntax tree (DMN 1.5, section 10.3.1.2)."""

from __future__ import annotations

from decimal import Decimal, DecimalException

from engine.feel import syntax as ast
from engine.feel.cursor import Cursor
from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import Kind, Token
from engine.feel.literals import parse_at
from engine.feel.names import RESERVED, KnownNames
from engine.feel.numbers import CONTEXT
from engine.feel.statements import STATEMENTS, read_type

MAXIMUM_DEPTH = 150
MAXIMUM_NODES = 20_000

_TEST_SIGNS = frozenset(["<", "<=", ">", ">=", "=", "!="])
_NO_START = frozenset([".", ")", ",", "}", "]", "*", "/", "=", "!=", "and", "or", "in", "then", "else", "return"])
_LEVELS = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 3}
_CONSTANTS = {"true": True, "false": False, "null": None}


def parse(text: str, known: KnownNames) -> ast.Node:
    """Read an expression.

    Raises:
        FeelSyntaxError: the text is no expression, or nested beyond the limits.
    """
    parser = Parser(text, known)
    node = parser.expression()
    parser.finish()
    return parser.measured(node)


def parse_unary_tests(text: str, known: KnownNames) -> ast.UnaryTests | None:
    """Read a decision table's cell; None stands for `-`, which everything passes.

    Raises:
        FeelSyntaxError: the text is no unary tests.
    """
    parser = Parser(text, known)
    if parser.only("-") or parser.peek().kind is Kind.END:
        return None
    negated = parser.negated_whole()
    if negated:
        parser.take()
        parser.take()
    tests = [parser.test()]
    while parser.accept(","):
        tests.append(parser.test())
    if negated:
        parser.expect(")")
    parser.finish()
    node = ast.UnaryTests(0, tuple(tests), negated)
    parser.measured(node)
    return node


class Parser(Cursor):
    """One reading of one text, by recursive descent."""

    def __init__(self, text: str, known: KnownNames) -> None:
        super().__init__(text, known)
        self._lists_of_tests = False

    def measured(self, node: ast.Node) -> ast.Node:
        """Return the tree if it is within the limits."""
        size, depth = ast.measure(node)
        if size > MAXIMUM_NODES:
            raise FeelSyntaxError(
                "Expected at most {most} parts, but there are {count}", self.text, most=MAXIMUM_NODES, count=size
            )
        if depth > MAXIMUM_DEPTH:
            raise FeelSyntaxError(
                "Expected at most {most} levels, but there are {count}", self.text, most=MAXIMUM_DEPTH, count=depth
            )
        return node

    def expression(self) -> ast.Node:
        """Read an expression of any kind."""
        self.deeper()
        self._lists_of_tests = False
        node = self._logic("or")
        self.nesting -= 1
        return node

    def test(self) -> ast.Node:
        """Read one unary test."""
        if self.peek().text in _TEST_SIGNS and self.peek().kind is Kind.SIGN:
            return self._signed_test()
        return self.expression()

    def negated_whole(self) -> bool:
        """Tell whether the whole text is `not(...)`."""
        if not self.at("not") or self.tokens[1].text != "(":
            return False
        depth = 0
        for index, token in enumerate(self.tokens):
            if token.kind is Kind.SIGN and token.text in "([":
                depth += 1
            elif token.kind is Kind.SIGN and token.text in ")]":
                depth -= 1
                if depth == 0:
                    return self.tokens[index + 1].kind is Kind.END
        return False

    def _signed_test(self) -> ast.Node:
        sign = self.take()
        return ast.Test(sign.at, sign.text, self._arithmetic(1))

    def _logic(self, word: str) -> ast.Node:
        at = self.peek().at
        operands = [self._logic("and") if word == "or" else self._comparison()]
        while self.accept(word):
            operands.append(self._logic("and") if word == "or" else self._comparison())
        return operands[0] if len(operands) == 1 else ast.Logic(at, word, tuple(operands))

    def _comparison(self) -> ast.Node:
        left = self._arithmetic(1)
        while True:
            token = self.peek()
            if token.kind is Kind.SIGN and token.text in _TEST_SIGNS:
                self.take()
                left = ast.Comparison(token.at, token.text, left, self._arithmetic(1))
            elif self.accept("between"):
                low = self._arithmetic(1)
                self.expect("and")
                left = ast.Between(token.at, left, low, self._arithmetic(1))
            elif self.accept("in"):
                left = ast.In(token.at, left, self._tests())
            else:
                return left

    def _tests(self) -> tuple[ast.Node, ...]:
        if self.peek().kind is Kind.SIGN and self.peek().text in _TEST_SIGNS:
            return (self._signed_test(),)
        self._lists_of_tests = True
        node = self._arithmetic(1)
        self._lists_of_tests = False
        return node.tests if isinstance(node, ast.TestList) else (node,)

    def _arithmetic(self, level: int) -> ast.Node:
        left = self._unary()
        while self.peek().kind is Kind.SIGN and _LEVELS.get(self.peek().text, 0) >= level:
            sign = self.take()
            right = self._arithmetic(_LEVELS[sign.text] + 1)
            left = ast.Arithmetic(sign.at, sign.text, left, right)
        return left

    def _unary(self) -> ast.Node:
        if not self.at("-"):
            return self._postfix()
        sign = self.take()
        self.deeper()
        operand = self._unary()
        self.nesting -= 1
        if isinstance(operand, ast.Literal) and isinstance(operand.value, Decimal):
            return ast.Literal(sign.at, CONTEXT.minus(operand.value))
        return ast.Negation(sign.at, operand)

    def _postfix(self) -> ast.Node:
        node = self._primary()
        while True:
            token = self.peek()
            if token.kind is Kind.SIGN and token.text == ".":
                self.take()
                node = ast.Path(token.at, node, self._step())
            elif token.kind is Kind.SIGN and token.text == "(":
                node = self._call(node)
            elif token.kind is Kind.SIGN and token.text == "[" and self._opens_filter():
                self.take()
                node = ast.Filter(token.at, node, self.expression())
                self.expect("]")
            elif token.text == "instance" and self.tokens[self.position + 1].text == "of":
                self.position += 2
                node = ast.InstanceOf(token.at, node, read_type(self))
            else:
                return node

    def _step(self) -> str:
        """Take the name after a point, where even a reserved word is only a name."""
        if self.peek().text in RESERVED and self.peek().kind is Kind.NAME:
            return self.take().text
        return self.name()

    def _opens_filter(self) -> bool:
        """Tell a filter from the end of a range that is written `[1..10[`."""
        following = self.tokens[self.position + 1]
        return following.text not in _NO_START and following.kind is not Kind.END

    def _primary(self) -> ast.Node:
        token = self.peek()
        tests_welcome, self._lists_of_tests = self._lists_of_tests, False
        if token.kind is Kind.NUMBER:
            return ast.Literal(self.take().at, self._number(token))
        if token.kind is Kind.STRING:
            return ast.Literal(self.take().at, token.value)
        if token.kind is Kind.AT:
            return ast.Literal(self.take().at, parse_at(token.value))
        if token.kind is Kind.SIGN:
            return self._bracketed(token, tests_welcome=tests_welcome)
        if token.kind is Kind.NAME and token.text in RESERVED and not self.known.match(self.tokens, self.position)[1]:
            return self._word(token)
        if token.kind is Kind.END:
            raise self.wrong("Expected an expression")
        return ast.Name(token.at, self.name())

    def _word(self, token: Token) -> ast.Node:
        if token.text in _CONSTANTS:
            return ast.Literal(self.take().at, _CONSTANTS[token.text])
        if token.text in STATEMENTS:
            return STATEMENTS[token.text](self)
        raise self.wrong("Expected an expression")

    def _number(self, token: Token) -> Decimal:
        try:
            return CONTEXT.create_decimal(token.text)
        except DecimalException:
            raise FeelSyntaxError(
                "Expected a number of FEEL, but {number} is out of its bounds",
                self.text,
                token.at,
                number=token.text[:40],
            ) from None

    def _bracketed(self, token: Token, *, tests_welcome: bool) -> ast.Node:
        if token.text == "(":
            return self._parenthesis(tests_welcome=tests_welcome)
        if token.text == "[":
            return self._list_or_range()
        if token.text == "]":
            self.take()
            return self._range(token, self.expression(), low_closed=False)
        if token.text == "{":
            return self._context()
        if token.text == "?":
            return ast.Name(self.take().at, "?")
        if token.text in _TEST_SIGNS:
            return self._signed_test()
        raise self.wrong("Expected an expression")

    def _parenthesis(self, *, tests_welcome: bool) -> ast.Node:
        opening = self.take()
        inner = self.test()
        if self.at(".."):
            return self._range(opening, inner, low_closed=False)
        tests = [inner]
        while tests_welcome and self.accept(","):
            tests.append(self.test())
        self.expect(")")
        return inner if len(tests) == 1 else ast.TestList(opening.at, tuple(tests))

    def _list_or_range(self) -> ast.Node:
        opening = self.take()
        if self.accept("]"):
            return ast.ListOf(opening.at, ())
        items = [self.expression()]
        if self.at(".."):
            return self._range(opening, items[0], low_closed=True)
        while self.accept(","):
            items.append(self.expression())
        self.expect("]")
        return ast.ListOf(opening.at, tuple(items))

    def _range(self, opening: Token, low: ast.Node, *, low_closed: bool) -> ast.Node:
        self.expect("..")
        high = self.expression()
        if not (self.at("]") or self.at(")") or self.at("[")):
            raise self.wrong("Expected the range to end with ] or )")
        return ast.Range(opening.at, low, high, low_closed, self.take().text == "]")

    def _context(self) -> ast.Node:
        opening = self.take()
        entries: list[ast.Entry] = []
        keys: set[str] = set()
        while not self.accept("}"):
            if entries:
                self.expect(",")
            at = self.peek().at
            key = self._key()
            self.expect(":")
            if key in keys:
                raise FeelSyntaxError("Expected each key once, but {key} comes twice", self.text, at, key=key)
            keys.add(key)
            entries.append(ast.Entry(at, key, self.expression()))
        return ast.Context(opening.at, tuple(entries))

    def _key(self) -> str:
        if self.peek().kind is not Kind.STRING:
            return self.loose_name(":")
        key = self.take().value
        self.known.add(key)
        return key

    def _call(self, function: ast.Node) -> ast.Node:
        opening = self.take()
        arguments: list[ast.Node] = []
        names: list[str] = []
        while not self.accept(")"):
            if arguments:
                self.expect(",")
            name = self._argument_name()
            if arguments and bool(name) != bool(names):
                raise self.wrong("Expected all arguments with names, or none")
            if name:
                names.append(name)
            arguments.append(self.expression())
        return ast.Call(opening.at, function, tuple(arguments), tuple(names))

    def _argument_name(self) -> str:
        end = self.position
        while self.tokens[end].kind is Kind.NAME or (end > self.position and self.tokens[end].text in ("-", "'")):
            end += 1
        if end == self.position or self.tokens[end].text != ":" or self.tokens[end].kind is not Kind.SIGN:
            return ""
        name = self.written(self.position, end)
        self.position = end + 1
        return name
