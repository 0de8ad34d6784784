"""The languages of a project: what is written in one must be in one of them."""

from __future__ import annotations

from orderwright.engine.facts import Facts
from orderwright.errors import invalid_field


def check_locale(locale: str | None, facts: Facts) -> None:
    """A cart's locale is one of the project's languages. Raises `InvalidField`."""
    if locale is not None and locale not in facts.project.languages:
        raise invalid_field("locale", locale, list(facts.project.languages))
