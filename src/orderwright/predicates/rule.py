"""Rules: the predicates of shipping methods and discounts, which speak of a cart in dotted names, money and functions.

    rule     = term { "or" term };  term = factor { "and" factor }
    factor   = "not" factor | "(" rule ")" | "true" | "false" | function | operand condition | name "(" rule ")"
    operand  = value | name { "." name } | function;  function = name "(" rule ")"
             (a factor of a name or a function alone asks whether it is true)
    condition = operator operand | "=" values | "!=" values | [ "not" ] "in" values | "contains" ("all" | "any") values
              | "contains" value | "is" [ "not" ] ("defined" | "empty")

A rule becomes a function at once, which selects of plain documents those that satisfy it (`rows.py`). It means what `tree` says a
predicate means: a name that leads through arrays stands for each of their elements, a comparison with what is missing is false,
values of different types never compare.
Money is compared exactly, with a text such as "10.00 EUR", and never with money of another currency.
"""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from msgspec import Struct

from orderwright.engine.scalars import UUID, DateTime, number
from orderwright.predicates.closure import ORDER, typed
from orderwright.predicates.fields import Place, root
from orderwright.predicates.grammar import MAX_DEPTH
from orderwright.predicates.operands import Operand, equal, found, same
from orderwright.predicates.rows import TRUE, Column, Rows, Select, all_of, any_of, selected
from orderwright.predicates.tokens import Source, Token, tokens
from orderwright.predicates.tree import PredicateError
from orderwright.predicates.vocabulary import Read, Scope, Typed, Vocabulary, among, in_order, kinds_at, money_text

_ID = re.compile(UUID)
# Of two letters, where a field holds one. What is misspelled would be true for no cart, and nobody would see why.
_COUNTRY = re.compile("[A-Z]{2}")


class Term(Struct, frozen=True):
    """A part of a rule, with the names that it asks for. `select` tells which of some documents satisfy it; call it often."""

    select: Select
    names: frozenset[str]

    def test(self, document: Any) -> bool:
        """Whether one plain document satisfies it. Who has several, or several rules, makes `Rows` of them."""
        return bool(self.select(Rows((document,))))


class Rule(Term, frozen=True):
    """A rule that was read.

    `names` are those it asks for, in dots, within functions and conditions of items those of the items first (`lineItems`,
    `lineItems.sku`). `references` are the types and ids of what it compares an id with, each once.
    """

    references: tuple[tuple[str, str], ...]
    terms: tuple[Term, ...]
    """All of them must hold: a rule may be asked in parts, as far as each is known."""


def compile_rule(text: str, vocabulary: Vocabulary, parameter: str = "predicate") -> Callable[[Any], bool]:
    """As `read_rule`, for those who only ask whether a document satisfies it."""
    return read_rule(text, vocabulary, parameter).test


def read_rule(text: str, vocabulary: Vocabulary, parameter: str = "predicate") -> Rule:
    """The rule that a text spells; `parameter` is what the errors call it.

    Raises PredicateError for a syntax error, an unknown name, values of types that do not compare, and for what is longer than
    20,000 characters or nested deeper than 50 levels. What is no predicate at all is told first, wherever it stands: a name can
    be wrong only in a text that has names.
    """
    return _Rule(Source(text, parameter), vocabulary).whole()


class _Rule:
    def __init__(self, source: Source, vocabulary: Vocabulary) -> None:
        self._source = source
        self._tokens = tokens(source)
        self._at = 0
        self._depth = 0
        self._vocabulary = vocabulary
        self._scope = Scope(vocabulary, root(vocabulary.model))
        self._within = ""
        self._names: set[str] = set()
        # The terms of each alternative of the whole.
        self._terms: list[list[Term]] = []
        self._references: dict[tuple[str, str], None] = {}
        # The first thing that a predicate asks for and that is not there: told once the text is known to be one.
        self._wrong: PredicateError | None = None

    def whole(self) -> Rule:
        select = self._rule()
        if self._token.kind != "end":
            raise self._expected("'and', 'or' or end of input")
        if self._wrong is not None:
            raise self._wrong
        names = frozenset(self._names)
        terms = self._terms[0] if len(self._terms) == 1 else [Term(select, names)]
        return Rule(select, names, tuple(self._references), tuple(terms))

    # What stands next, and moving past it.

    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    def _word(self, text: str) -> bool:
        found = self._token.kind == "name" and self._token.text.lower() == text
        self._at += found
        return found

    def _sign(self, text: str) -> bool:
        found = self._token.kind == "sign" and self._token.text == text
        self._at += found
        return found

    def _opens(self) -> bool:
        following = self._tokens[min(self._at + 1, len(self._tokens) - 1)]
        return following.kind == "sign" and following.text == "("

    def _expected(self, what: str) -> PredicateError:
        return self._source.error(self._token.position, what)

    def _error(self, reason: str, position: int | None = None) -> PredicateError:
        place = self._source.place(self._token.position if position is None else position)
        return PredicateError(self._source.parameter, f"{reason.removesuffix('.')} ({place}).")

    def _note(self, error: PredicateError) -> None:
        if self._wrong is None:
            self._wrong = error

    # Terms.

    def _rule(self) -> Select:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._error(f"The predicate is nested deeper than {MAX_DEPTH} levels.")
        select = self._chain("or", any_of, self._alternative if self._depth == 1 else self._conjunction)
        self._depth -= 1
        return select

    def _conjunction(self) -> Select:
        return self._chain("and", all_of, self._factor)

    def _alternative(self) -> Select:
        """As `_conjunction`, one of those that the whole consists of."""
        self._terms.append([])
        return self._chain("and", all_of, self._term)

    def _term(self) -> Select:
        before, self._names = self._names, set()
        select = self._factor()
        self._terms[-1].append(Term(select, frozenset(self._names)))
        self._names |= before
        return select

    def _chain(self, word: str, join: Callable[[Sequence[Select]], Select], part: Callable[[], Select]) -> Select:
        parts = [part()]
        while self._word(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else join(parts)

    def _factor(self) -> Select:
        negated = False
        while self._word("not"):
            negated = not negated
        select = self._positive()
        return (lambda rows: rows.all ^ select(rows)) if negated else select

    def _positive(self) -> Select:
        if self._sign("("):
            select = self._rule()
            self._close()
            return select
        token = self._token
        if token.kind in ("name", "quoted name") and self._opens() and token.text not in self._scope.vocabulary.functions:
            return self._nested(token.text)
        operand = self._operand()
        return self._bare(operand) if self._ends() else self._condition(operand)

    def _bare(self, operand: Operand) -> Select:
        """What stands alone asks whether it is true."""
        if operand.kinds.isdisjoint({"boolean", "any"}):
            self._note(self._error("What is neither true nor false is compared with a value.", operand.position))
        return lambda rows: operand.column(rows).equal((TRUE,))

    def _ends(self) -> bool:
        token = self._token
        ends = token.kind == "end" or (token.kind == "sign" and token.text == ")")
        return ends or (token.kind == "name" and token.text.lower() in ("and", "or"))

    def _close(self) -> None:
        if not self._sign(")"):
            raise self._expected("'and', 'or' or ')'")

    def _nested(self, field: str) -> Select:
        token = self._token
        read, place = self._path([field], token)
        self._at += 2
        inner = self._inside(Scope(self._scope.vocabulary.inner.get(field, Vocabulary(None)), place), field)
        if self._wrong is not None and not self._ends():
            # It may have been meant to be a function.
            return self._condition(Operand(lambda rows: rows.column((field,), read), kinds_at(place), position=token.position))
        return lambda rows: selected(bool(inner(each)) for each in rows.below(f"{field}()", read))

    def _inside(self, scope: Scope, name: str) -> Select:
        """The rule up to the closing parenthesis, asked of another kind of document, to which the name leads."""
        outer, self._scope = self._scope, scope
        self._names.add(f"{self._within}{name}")
        around, self._within = self._within, f"{self._within}{name}."
        select = self._rule()
        self._close()
        self._scope, self._within = outer, around
        return select

    # Operands.

    def _path(self, steps: list[str], token: Token, *, right: bool = False) -> tuple[Read, Place]:
        """How a name is read, and what may stand there; anything may where it leads nowhere, which is noted. On the right of an
        operator a value stands: that it may be a name as well is more than the API promises."""
        try:
            return self._scope.path(steps, lambda reason: self._error(reason, token.position))
        except PredicateError as error:
            if right:
                raise self._source.error(token.position, "a string, a number, true or false") from None
            self._note(error)
            return lambda _at: (), root(Any)

    def _operand(self, *, right: bool = False) -> Operand:
        token = self._token
        if token.kind == "name" and token.text in self._scope.vocabulary.functions and self._opens():
            return self._function(token)
        if token.kind in ("string", "number") or (token.kind == "name" and token.text.lower() in ("true", "false")):
            value = self._literal()
            kind = typed(value)[0]
            return Operand(lambda rows: Column([(value,)] * len(rows.documents)), frozenset((kind,)), value, token.position)
        if token.kind not in ("name", "quoted name"):
            raise self._expected("not, a field, a function or a value")
        steps = [token.text]
        self._at += 1
        while self._sign("."):
            if self._token.kind not in ("name", "quoted name"):
                raise self._expected("the name of a field")
            steps.append(self._token.text)
            self._at += 1
        read, place = self._path(steps, token, right=right)
        name = self._within + ".".join(steps)
        self._names.add(name)
        path = tuple(steps)
        return Operand(lambda rows: rows.column(path, read), kinds_at(place), position=token.position, name=name)

    def _function(self, token: Token) -> Operand:
        vocabulary = self._scope.vocabulary
        function = vocabulary.functions[token.text]
        inner, items = vocabulary.inner[function.items], vocabulary.items[function.items]
        self._at += 2
        select = self._inside(Scope(inner, root(inner.model)), function.items)
        text = self._source.text[token.position : self._token.position]
        if function.reads is not None:
            self._names.add(f"{self._within}{function.items}.{function.reads}")

        def answers(rows: Rows) -> Column:
            asked = zip(rows.documents, rows.below(function.items, items), strict=True)
            values = [function.compute(at, each.documents, each.chosen(select(each))) for at, each in asked]
            return Column([() if value is None else (value,) for value in values])

        return Operand(
            lambda rows: rows.once(text, lambda: answers(rows)), frozenset((function.answers,)), position=token.position
        )

    def _literal(self) -> Any:
        token = self._token
        value: Any = token.text
        if token.kind == "number":
            value = number(token.text)
        elif token.kind == "name" and token.text.lower() in ("true", "false"):
            value = token.text.lower() == "true"
        if value is None or (token.kind not in ("string", "number") and not isinstance(value, bool)):
            raise self._expected("a string, a number, true or false")
        self._at += 1
        return value

    def _values(self) -> list[Any]:
        if not self._sign("("):
            raise self._expected("'('")
        values = [self._literal()]
        while self._sign(","):
            values.append(self._literal())
        if not self._sign(")"):
            raise self._expected("',' or ')'")
        return values

    # Conditions.

    def _condition(self, left: Operand) -> Select:
        token, column = self._token, left.column
        if token.kind == "sign" and token.text in ("=", "!=", *ORDER):
            self._at += 1
            if token.text in ("=", "!=") and self._token.kind == "sign" and self._token.text == "(":
                return same(left, self._literals(left), negated=token.text == "!=")
            return self._compared(left, token.text, self._operand(right=True))
        if self._word("is"):
            negated = self._word("not")
            if self._word("defined"):
                return lambda rows: column(rows).defined() ^ (rows.all if negated else 0)
            if self._word("empty"):
                return lambda rows: column(rows).filled() ^ (0 if negated else rows.all)
            raise self._expected("defined or empty" if negated else "not, defined or empty")
        if self._word("contains"):
            every = self._word("all")
            if not every and not self._word("any"):
                if self._token.kind not in ("string", "number"):
                    raise self._expected("all, any or a value")
                return equal(left, [self._meant(self._literal(), left)])
            wanted = self._literals(left)
            return all_of([equal(left, [each]) for each in wanted]) if every else equal(left, wanted)
        negated = self._word("not")
        if not self._word("in"):
            raise self._expected("an operator, 'in', 'contains' or 'is'")
        return equal(left, self._literals(left), negated=negated)

    def _literals(self, left: Operand) -> list[Typed]:
        return [self._meant(value, left) for value in self._values()]

    def _compared(self, left: Operand, operator: str, right: Operand) -> Select:
        one, two = self._side(left, right), self._side(right, left)
        kinds = left.kinds | right.kinds
        if left.literal is None and right.literal is None and "any" not in kinds and left.kinds.isdisjoint(right.kinds):
            self._note(self._error("The two sides of a comparison are of different types.", left.position))
        equality, negated = operator in ("=", "!="), operator == "!="
        if two is not None and one is None:
            limit = two
            return equal(left, [limit], negated=negated) if equality else lambda rows: left.column(rows).ordered(operator, limit)
        holds = partial(among, negated=negated) if equality else partial(in_order, ORDER[operator])
        of_left, of_right = found(left, one), found(right, two)
        return lambda rows: selected(map(holds, of_left(rows), of_right(rows)))

    def _side(self, side: Operand, other: Operand) -> Typed | None:
        """The literal on one side, as the other side's type has it; None where there is none."""
        return None if side.literal is None else self._meant(side.literal, other)

    def _meant(self, value: Any, other: Operand) -> Typed:
        """A literal as the other side has it. Where it can not be of its type, that is noted."""
        kinds, position = other.kinds, other.position
        kind, _ = scalar = typed(value)
        refers = self._vocabulary.refers(other.name)
        if refers is not None and kind == "string" and _ID.fullmatch(value):
            self._references[refers, value] = None
        money = money_text(value) if "money" in kinds else None
        if money is not None or "any" in kinds:
            return money or scalar
        if "money" in kinds:
            self._note(self._error('Money is compared with a text such as "10.00 EUR".', position))
        elif kind == "string" and "date-time" in kinds:
            try:
                return "string", str(DateTime.parse(value))
            except (ValueError, OverflowError):
                self._note(self._error('A date and time is expected, such as "2017-01-04T19:54:49.797Z".', position))
        elif kind not in kinds:
            expected = " or a ".join(sorted(kinds - {"object"})) or "field of an object"
            self._note(self._error(f"A {expected} is expected, not a {kind}.", position))
        elif other.name.rpartition(".")[2] == "country" and not _COUNTRY.fullmatch(value):
            self._note(self._error(f"Invalid country code '{value}' provided for the field '{other.name}'.", position))
        return scalar
