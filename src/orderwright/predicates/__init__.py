"""The predicate language: text to a tree, the tree against a type, and from there to jsonpath or to a function."""

from orderwright.predicates.check import check
from orderwright.predicates.closure import compile
from orderwright.predicates.grammar import parse
from orderwright.predicates.jsonpath import to_jsonpath
from orderwright.predicates.rows import Rows, Select, places
from orderwright.predicates.rule import Rule, compile_rule, read_rule
from orderwright.predicates.sort import Sort, parse_sort
from orderwright.predicates.tree import Predicate, PredicateError
from orderwright.predicates.vocabulary import Function, Vocabulary, money_of

__all__ = [
    "Function",
    "Predicate",
    "PredicateError",
    "Rows",
    "Rule",
    "Select",
    "Sort",
    "Vocabulary",
    "check",
    "compile",
    "compile_rule",
    "money_of",
    "parse",
    "parse_sort",
    "places",
    "read_rule",
    "to_jsonpath",
]
