"""The languages of a project."""

from __future__ import annotations

from orderwright.engine.facts import Facts
from orderwright.errors import invalid_field


def check_locale(locale: str | None, facts: Facts) -> None:
    """The locale of a cart, an order or a customer is one of the project's languages. Raises `InvalidField`."""
    if locale is not None and locale not in facts.project.languages:
        raise invalid_field("locale", locale, list(facts.project.languages))
