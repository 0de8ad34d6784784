"""What makes generated requests reach what is there: paths get the ids of documents, and bodies the versions of these.

Three requests of four are changed so; the fourth goes as it was generated, and names what is not there. FUZZ_SHARE is how much of
what could be asked is asked, from 0 to 1; of a small operation everything is.
"""

from __future__ import annotations

import atexit
import itertools
import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import schemathesis

SHARE = float(os.environ.get("FUZZ_SHARE", "0.1"))
SMALL = 30
"""Cases of an operation that are asked whatever the share is."""
PROJECT, STORE, EMAIL = (os.environ[f"FUZZ_{name}"] for name in ("PROJECT", "STORE", "EMAIL"))
# The first document of a path; what else it names stands below that one.
NAMED = re.compile(r"(?P<collection>.*?/(?P<name>[a-z-]+))/(?:[a-z-]+=)?\{(?!projectKey|storeKey)(?P<parameter>\w+)\}")
MEMBERS = {"customerId": "customerId", "orderNumber": "orderNumber", "key": "key", "id": "id", "name": "container"}
# The caller herself must stay as she is, and so must the API client.
SPARED = {"customers": f'email != "{EMAIL}"'}
UNTOUCHED = {"api-clients"}
# Where every case sends the same key, all but the first would be refused for it.
KEYED_ONE_IN = 20

_cases: Counter[str] = Counter()
_answers: Counter[str] = Counter()
_calls = itertools.count()
_known: dict[tuple[str, str], list[dict[str, Any]]] = {}
_bearer = {"Authorization": f"Bearer {os.environ['FUZZ_TOKEN']}"}
_http = httpx.Client(base_url=os.environ["FUZZ_URL"], headers=_bearer, timeout=30)


@schemathesis.hook
def filter_case(_context: Any, case: Any) -> bool:
    """Whether a case is asked: the same ones each time."""
    operation = case.operation.label
    _cases[operation] += 1
    number = _cases[operation]
    return number <= SMALL or int(number * SHARE) > int((number - 1) * SHARE)


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """Name a document that is there, at its version."""
    number = next(_calls)
    if case.headers and number % KEYED_ONE_IN:
        case.headers.pop("Idempotency-Key", None)
    # What is sent is to be looked at, which a query parameter that leads nowhere would keep it from.
    if case.operation.method == "post" and case.query and number % KEYED_ONE_IN:
        case.query.clear()
    found = NAMED.match(case.operation.path)
    if found is None or number % 4 == 0 or found["name"] in UNTOUCHED or found["parameter"] not in MEMBERS:
        return
    member = MEMBERS[found["parameter"]]
    collection = found["collection"].format(projectKey=PROJECT, storeKey=STORE)
    document = _standing(collection, member, SPARED.get(found["name"]), number)
    if document is None:
        return
    for parameter in case.path_parameters:
        if parameter in MEMBERS and MEMBERS[parameter] in document:
            case.path_parameters[parameter] = document[MEMBERS[parameter]]
    if isinstance(case.body, dict) and isinstance(case.body.get("version"), int):
        case.body["version"] = document["version"]
    # What is deleted is missed by those that follow, so few are.
    if case.operation.method == "delete" and number % 4 == 1:
        case.query["version"] = document["version"]


def _standing(collection: str, member: str, spared: str | None, number: int) -> dict[str, Any] | None:
    """One of the latest documents of a collection that have a member, another one each time."""
    if (collection, member) not in _known:
        predicates = [f"{member} is defined", *([spared] if spared else [])]
        asked: dict[str, Any] = {"where": predicates, "limit": 5, "sort": "createdAt desc", "withTotal": "false"}
        answer = _http.get(collection, params=asked)
        _known[collection, member] = answer.json()["results"] if answer.status_code == 200 else []
    results = _known[collection, member]
    return results[number % len(results)] if results else None


@schemathesis.hook
def after_call(_context: Any, case: Any, response: Any) -> None:
    """Count what was answered, and forget what has changed."""
    _answers[f"{case.operation.label} {response.status_code}"] += 1
    if case.operation.method in ("post", "delete") and response.status_code < 300:
        _known.clear()


@atexit.register
def _tell() -> None:
    if tally := os.environ.get("FUZZ_TALLY"):
        Path(tally).write_text(json.dumps(_answers))
