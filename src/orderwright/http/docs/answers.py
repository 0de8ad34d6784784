"""What operations are answered, as a shop was answered that sent what the page shows; a test asks again."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from orderwright.http.api.schemas import Schema

ANSWERS: Final = Path(__file__).with_name("answers.json")
SECOND_ANSWERS: Final = Path(__file__).with_name("second_answers.json")
"""Those of the first dialect by their schemas, and of the second one by the operations."""
_PAGE: Final = "PagedQueryResponse"
_USUAL_LIMIT: Final = 20


@functools.cache
def _kept(file: Path) -> Mapping[str, Any]:
    kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return kept


def answer_of(schema: Schema) -> Any | None:
    """An answer that a schema describes: as it came, or a page with one of those. None where none is known."""
    choices = schema.get("anyOf")
    if choices:
        return answer_of(choices[0])
    name = schema.get("$ref", "").rpartition("/")[2]
    one = _kept(ANSWERS).get(name.removesuffix(_PAGE)) if name.endswith(_PAGE) else None
    if one is not None:
        return {"limit": _USUAL_LIMIT, "offset": 0, "count": 1, "total": 1, "results": [one]}
    return _kept(ANSWERS).get(name)


def second_answer(method: str, at: str) -> Any | None:
    """What an operation of the second dialect answers. None where no answer is known."""
    return _kept(SECOND_ANSWERS).get(f"{method} {at}")
