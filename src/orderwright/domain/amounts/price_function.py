"""The price function of a shipping tier: a cent amount from a score, by `+`, `-`, `*`, parentheses, numbers and `x`.

    sum     = product { ("+" | "-") product };  product = factor { "*" factor }
    factor  = number | "x" | "-" factor | "(" sum ")"

It is read into steps once and run on a stack, in whole numbers and exact fractions: there is no float and no `eval`.
commercetools: Shipping Methods, PriceFunction.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

MAX_LENGTH = 500
MAX_DEPTH = 50

_TOKEN = re.compile(r"\s*(?:(?P<number>[0-9]{1,15}(?:\.[0-9]{1,10})?)(?![0-9.])|(?P<sign>[-+*()x]))\s*")
_APPLY: dict[str, Callable[[Fraction, Fraction], Fraction]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}

# A number, the score (None), or an operation on the two values before it.
Step = Fraction | str | None


class PriceFunctionError(ValueError):
    """The text is no price function."""


def evaluate(function: str, score: int) -> Fraction:
    """The value for a score, exact and not yet rounded to cents. Raises PriceFunctionError."""
    stack: list[Fraction] = []
    for step in steps(function):
        if isinstance(step, str):
            right = stack.pop()
            stack[-1] = _APPLY[step](stack[-1], right)
        else:
            stack.append(Fraction(score) if step is None else step)
    return stack.pop()


@lru_cache(maxsize=512)
def steps(function: str) -> tuple[Step, ...]:
    """The function in the order it is computed. Raises PriceFunctionError for another language, length or depth."""
    return _Reader(_tokens(function)).whole()


def _tokens(function: str) -> list[str]:
    if len(function) > MAX_LENGTH:
        raise PriceFunctionError(f"The function is longer than {MAX_LENGTH} characters.")
    found: list[str] = []
    position = 0
    while position < len(function):
        match = _TOKEN.match(function, position)
        if match is None:
            raise PriceFunctionError(f"Unexpected character at position {position + 1}.")
        found.append(match["number"] or match["sign"])
        position = match.end()
    return [*found, ""]


class _Reader:
    """Recursive descent over the tokens, the last of which is empty."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._steps: list[Step] = []

    def whole(self) -> tuple[Step, ...]:
        self._sum()
        if self._tokens[self._at]:
            raise PriceFunctionError(f"Unexpected '{self._tokens[self._at]}'.")
        return tuple(self._steps)

    def _chain(self, signs: str, part: Callable[[], None]) -> None:
        part()
        while self._tokens[self._at] and self._tokens[self._at] in signs:
            sign = self._next()
            part()
            self._steps.append(sign)

    def _sum(self) -> None:
        self._chain("+-", lambda: self._chain("*", self._factor))

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _factor(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise PriceFunctionError(f"The function is nested deeper than {MAX_DEPTH} levels.")
        word = self._tokens[self._at]
        if word in ("", "+", "*", ")"):
            raise PriceFunctionError(f"Unexpected '{word}'." if word else "Unexpected end of the function.")
        self._at += 1
        if word == "-":
            self._steps.append(Fraction(0))
            self._factor()
            self._steps.append("-")
        elif word == "(":
            self._sum()
            if self._next() != ")":
                raise PriceFunctionError("A closing parenthesis is missing.")
        else:
            self._steps.append(None if word == "x" else Fraction(word))
        self._depth -= 1
