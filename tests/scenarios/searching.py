"""The expressions of a search, and the custom fields that are searched."""

from __future__ import annotations

from typing import Any

LOCALIZED = {"en": "Search"}


def text_field(name: str, type: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "label": LOCALIZED, "required": False, "type": type}


def exact(field: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"exact": {"field": field, "value": value, **more}}


def fulltext(field: str, value: str, **more: Any) -> dict[str, Any]:
    return {"fullText": {"field": field, "value": value, **more}}


def prefix(field: str, value: str, **more: Any) -> dict[str, Any]:
    return {"prefix": {"field": field, "value": value, **more}}


def wildcard(field: str, value: str, **more: Any) -> dict[str, Any]:
    return {"wildcard": {"field": field, "value": value, **more}}


def within(field: str, **more: Any) -> dict[str, Any]:
    return {"range": {"field": field, **more}}


def exists(field: str, **more: Any) -> dict[str, Any]:
    return {"exists": {"field": field, **more}}


def case(each: Any) -> str:
    """The name of a case, the same in every process: sets are sorted."""
    return str(sorted(each) if isinstance(each, set) else each)[:100]
