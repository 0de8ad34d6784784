"""The predicate language: text and variables to a tree, by recursive descent.

    predicate  = term { "or" term };  term = factor { "and" factor }
    factor     = "not" factor | "(" predicate ")" | field condition
    condition  = "(" predicate ")" | operator value | [ "not" ] "in" values | "contains" ("all" | "any") values
               | "is" [ "not" ] ("defined" | "empty") | "within" "circle" "(" longitude "," latitude "," metres ")"
    values     = "(" value { "," value } ")" | :variable

Key words are read in any case, and are field names where a field is expected (all but `not`).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from orderwright.engine.scalars import MAX_DIGITS, number
from orderwright.predicates.tokens import Kind, Source, Token, tokens
from orderwright.predicates.tree import (
    And,
    Compare,
    ContainsAll,
    In,
    IsDefined,
    IsEmpty,
    Loose,
    Nested,
    Not,
    Operator,
    Or,
    Predicate,
    PredicateError,
    Scalar,
    Value,
    WithinCircle,
)

MAX_DEPTH = 50

_OPERATORS: dict[str, Operator] = {"=": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def parse(text: str, variables: Mapping[str, Sequence[str]], parameter: str = "where") -> Predicate:
    """Read a predicate; `variables` are the values sent for each `:name`.

    A variable's value in double quotes is a string; a bare one becomes `Loose`, which `check` settles by its field.
    Raises PredicateError for a syntax error with line and column, an unbound variable, a text over 20,000
    characters and more than 50 levels.
    """
    return _Parser(Source(text, parameter), variables).whole()


class _Parser:
    def __init__(self, source: Source, variables: Mapping[str, Sequence[str]]) -> None:
        self._source = source
        self._variables = variables
        self._tokens = iter(tokens(source))
        self._token = next(self._tokens)  # which stands next
        self._depth = 0

    def whole(self) -> Predicate:
        tree = self._predicate()
        if self._token.kind != "end":
            raise self._expected("'and', 'or' or end of input")
        return tree

    # Moving past what stands next; never past the end, which nothing takes.

    def _move(self) -> None:
        self._token = next(self._tokens)

    def _take(self, kind: Kind, text: str | None = None) -> Token | None:
        token = self._token
        if token.kind != kind or (text is not None and token.text.lower() != text):
            return None
        self._move()
        return token

    def _word(self, text: str) -> bool:
        return self._take("name", text) is not None

    def _sign(self, text: str) -> bool:
        return self._take("sign", text) is not None

    def _expected(self, what: str, at: Token | None = None) -> PredicateError:
        return self._source.error((at or self._token).position, what)

    def _close(self, expected: str = "')'") -> None:
        if not self._sign(")"):
            raise self._expected(expected)

    # Terms.

    def _predicate(self) -> Predicate:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise PredicateError(self._source.parameter, f"The predicate is nested deeper than {MAX_DEPTH} levels.")
        tree = self._chain("or", Or, lambda: self._chain("and", And, self._factor))
        self._depth -= 1
        return tree

    def _chain(self, word: str, node: type[And] | type[Or], part: Callable[[], Predicate]) -> Predicate:
        parts = [part()]
        while self._word(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else node(tuple(parts))

    def _factor(self) -> Predicate:
        negated = False
        while self._word("not"):
            negated = not negated
        if self._sign("("):
            tree = self._predicate()
            self._close("'and', 'or' or ')'")
        else:
            field = self._take("name") or self._take("quoted name")
            if field is None:
                raise self._expected("not or conditional expression")
            tree = self._condition(field.text)
        return Not(tree) if negated else tree

    def _condition(self, field: str) -> Predicate:
        if self._sign("("):
            inner = self._predicate()
            self._close("'and', 'or' or ')'")
            return Nested(field, inner)
        operator = _OPERATORS.get(self._token.text) if self._token.kind == "sign" else None
        if operator is not None:
            self._move()
            return Compare(field, operator, self._value())
        if self._word("is"):
            negated = self._word("not")
            if self._word("defined"):
                return IsDefined(field, negated)
            if self._word("empty"):
                return IsEmpty(field, negated)
            raise self._expected("defined or empty" if negated else "not, defined or empty")
        if self._word("contains"):
            if self._word("all"):
                return ContainsAll(field, self._values())
            if self._word("any"):
                return In(field, self._values())
            raise self._expected("all or any")
        if self._word("within"):
            return self._circle(field)
        negated = self._word("not")
        if self._word("in"):
            return In(field, self._values(), negated)
        raise self._expected("in" if negated else "comparison operator, not, in, contains, is, within or '('")

    def _circle(self, field: str) -> Predicate:
        if not self._word("circle"):
            raise self._expected("circle")
        token = self._token
        read = [number(value.text) if isinstance(value, Loose) else value for value in self._values()]
        numbers = [float(Decimal(value)) for value in read if isinstance(value, int | Decimal) and not isinstance(value, bool)]
        if len(numbers) != 3 or len(read) != 3:
            raise self._expected("longitude, latitude and metres", token)
        longitude, latitude, metres = numbers
        if not (abs(longitude) <= 180 and abs(latitude) <= 90 and metres >= 0 and math.isfinite(metres)):
            raise self._expected("a longitude up to 180, a latitude up to 90 degrees and a radius that is not negative", token)
        return WithinCircle(field, longitude, latitude, metres)

    # Values.

    def _values(self) -> tuple[Value, ...]:
        variable = self._take("variable")
        if variable is not None:
            return self._bound(variable)
        if not self._sign("("):
            raise self._expected("'(' or input parameter")
        found: list[Value] = []
        while True:
            variable = self._take("variable")
            found.extend(self._bound(variable) if variable else (self._literal(),))
            if not self._sign(","):
                self._close("comma or ')'")
                return tuple(found)

    def _value(self) -> Value:
        variable = self._take("variable")
        if variable is None:
            return self._literal()
        bound = self._bound(variable)
        if len(bound) != 1:
            raise PredicateError(
                self._source.parameter, f"The input parameter '{variable.text}' has {len(bound)} values where one is compared."
            )
        return bound[0]

    def _literal(self) -> Scalar:
        token = self._token
        if token.kind == "string":
            self._move()
            return token.text
        if token.kind == "number":
            value = number(token.text)
            if value is None:
                raise self._expected(f"a number of at most {MAX_DIGITS} digits")
            self._move()
            return value
        if token.kind == "name" and token.text.lower() in ("true", "false"):
            self._move()
            return token.text.lower() == "true"
        raise self._expected("input parameter or primitive value")

    def _bound(self, variable: Token) -> tuple[Value, ...]:
        sent = self._variables.get(variable.text)
        if not sent:
            raise PredicateError(self._source.parameter, f"The input parameter '{variable.text}' is not bound to a value.")
        return tuple(self._sent(variable.text, text) for text in sent)

    def _sent(self, name: str, text: str) -> Value:
        source = Source(text, f"var.{name}")
        if len(text) > 1 and text[0] == text[-1] == '"':
            token, *rest = tokens(source)
            if len(rest) == 1 and token.kind == "string":
                return token.text
            raise source.error(rest[0].position if rest else 0, "one quoted string")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise source.error(0, "text without half a surrogate pair") from None
        if "\x00" in text:
            raise source.error(text.index("\x00"), "text without null characters")
        return Loose(text)
