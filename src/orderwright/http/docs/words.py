"""Plain English of the names in the code: what an operation does, and an action."""

from __future__ import annotations

import inspect
import re
from typing import Final

from orderwright.auth.scopes import needed
from orderwright.http.api.doors import Door
from orderwright.http.api.routes import Route
from orderwright.http.docs.irregular import IRREGULAR, Said

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|[A-Z]")
_PLAIN_STEPS: Final = ("id", "*")
_VERBS: Final = {
    "create": "Create {one}",
    "query": "List {all}",
    "get": "Read {one}",
    "update": "Change {one}",
    "delete": "Delete {one}",
    "head": "Ask whether there is {one}",
}
_DOES: Final = {
    "create": "What is sent is stored, and answered with its id and version.",
    "query": "A page of those that satisfy all of `where`, in the order of `sort`.",
    "get": "It is answered as it is stored; with `expand`, references have the resource beside their id.",
    "update": "The actions run in their order, all or none, if the version that is sent is the one that it has.",
    "delete": "It is deleted if `version` is the one that it has, and answered as it was.",
    "head": "The status says it, and nothing else is answered.",
}
_DOORS: Final = {"in-store": " in a store", "me": " of one's own", "in-store/me": " of one's own, in a store"}

_BESIDE: Final = {"in-store": ", in a store", "me": ", for oneself", "in-store/me": ", for oneself in a store"}
_OF_OWN: Final = {"in-store/me": ", in a store"}


def spoken(name: str) -> str:
    """A name of the code in words: `addTaxRate`, `tax-rate` and `TaxRate` have the same ones."""
    return " ".join(word if len(word) > 1 and word.isupper() else word.lower() for word in _WORD.findall(name))


def summary(route: Route, door: Door, method: str) -> str:
    """What an operation does, in some words."""
    if irregular := _irregular(route, method):
        return irregular.summary + (_OF_OWN if irregular.own else _BESIDE).get(door.name, "")
    verb = "head" if method == "HEAD" else route.verb
    collection, *steps = route.steps or ("project",)
    # `orders/edits` is a collection of its own, and what a customer does with herself has none.
    if route.family.count("/") and steps and route.family == f"{collection}/{steps[0]}":
        collection, steps = route.family, steps[1:]
    elif collection not in (*route.family.split("/"), "project"):
        collection, steps = "customer", [collection, *steps]
    many = spoken(collection)
    noun = many if route.resource is None else spoken(route.resource.type_id)
    by = "".join(f" by {spoken(step.removesuffix('='))}" for step in steps if step == "id" or step.endswith("="))
    more = [spoken(step) for step in steps if step not in _PLAIN_STEPS and not step.endswith("=")]
    if more or verb not in _VERBS or (route.resource is None and route.steps):
        said = f"{noun}{by}: {', '.join(more) or route.verb}" if more or verb not in _VERBS else f"{verb} {many}{by}"
        said = f"{said[0].upper()}{said[1:]}"
    else:
        said = _VERBS[verb].format(one=one(noun), all=many) + by
    return said + _DOORS.get(door.name, "")


def description(route: Route, door: Door, method: str) -> str:
    """What there is to know of it: what it does, what may be sent with it, and which scopes open it."""
    verb = "head" if method == "HEAD" else route.verb
    own = inspect.getdoc(route.endpoint) if inspect.ismethod(route.endpoint) else None
    usual = own is None or "Endpoints" in route.endpoint.__qualname__
    said = _irregular(route, method)
    told = [said.description if said else _DOES.get(verb, "") if usual or own is None else " ".join(own.split())]
    if route.dry_runs and method != "HEAD":
        told.append("With `dryRun` it is done and undone: the answer shows what would be stored.")
    if route.repeatable and method != "HEAD":
        told.append("With an `Idempotency-Key` it can be sent again.")
    told.append("Anybody may ask." if route.public else f"It needs one of the scopes {_scopes(route, door)}.")
    return "\n\n".join(filter(None, told))


def action_summary(action: str, described: str) -> str:
    """What an update action does: what its struct says, or its name in words."""
    return " ".join(described.split()) or f"{spoken(action).capitalize()}."


def _irregular(route: Route, method: str) -> Said | None:
    return IRREGULAR.get(f"{method} {route.at}")


def _scopes(route: Route, door: Door) -> str:
    scopes = needed("{projectKey}", route.family, route.verb, "{storeKey}" if door.in_store else None, door.own)
    return ", ".join(f"`{scope}`" for scope in scopes)


def one(noun: str) -> str:
    """A noun with its article."""
    return f"the {noun}" if noun == "project" else f"{'an' if noun[0] in 'aeio' else 'a'} {noun}"
