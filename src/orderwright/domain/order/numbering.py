"""Order numbers that the shop has made up: a template of the project or of a store, filled for orders that come without one."""

from __future__ import annotations

import re
from typing import Final

from orderwright.domain.order.model import Order
from orderwright.engine.facts import Facts
from orderwright.engine.model import Value
from orderwright.engine.numbering import Numbering
from orderwright.engine.references import Wanted
from orderwright.engine.scalars import DateTime
from orderwright.errors import ApiError, invalid_input, invalid_operation

PROJECT_SCOPE: Final = ""
MOST = 256
"""Characters that an order number may have."""
_FORM = (
    "An order number template holds {seq}, or {seq:06} with leading zeros, and besides it {year}, {month}, {day}, {store} "
    "and plain characters"
)
_PLACEHOLDER = re.compile(r"\{(year|month|day|store|seq)(?::0([1-9]|1[0-8]))?\}")
# Where the parts of a date stand in an instant.
_DATE: Final = {"year": slice(0, 4), "month": slice(5, 7), "day": slice(8, 10)}


class OrderNumberTemplate(Value):
    """How the orders of a scope are numbered; `id` is the scope, and `generation` another one each time it is set."""

    id: str
    template: str
    gap_free: bool = False
    generation: int = 0


def scope_of(store_key: str | None) -> str:
    """The name under which a template and its counters are kept: one for the project, one for each store."""
    return PROJECT_SCOPE if store_key is None else f"store:{store_key}"


def numbering(order: Order, facts: Facts) -> Numbering | None:
    """How an order is to be numbered: by its store's template before the project's; None where it has a number, or there is
    no template. Raises `InvalidOperation` for a store whose key makes the number too long.

    commercetools: Orders, OrderFromCartDraft (`orderNumber`).
    """
    if order.order_number is not None:
        return None
    store_key = order.store.key if order.store is not None else None
    for scope in (*((scope_of(store_key),) if store_key is not None else ()), PROJECT_SCOPE):
        found = facts.catalogue.get(Wanted("order-number-template", "id", scope))
        if found is not None:
            return filled(found, store_key, facts.now)
    return None


def filled(template: OrderNumberTemplate, store_key: str | None, now: DateTime) -> Numbering:
    """A template with everything but the number. Raises `InvalidOperation` for a number that would be too long."""
    text = template.template
    values = {name: now[part] for name, part in _DATE.items()} | {"store": store_key or ""}
    counted = next(match for match in _PLACEHOLDER.finditer(text) if match[1] == "seq")
    width = int(counted[2] or 1)
    before, after = (_PLACEHOLDER.sub(lambda match: values[match[1]], part) for part in _around(text, counted))
    if len(before) + max(width, 18) + len(after) > MOST:
        raise invalid_operation(f"The order number that the template '{text}' makes is longer than {MOST} characters.")
    return Numbering(
        scope=template.id,
        period=period_of(text, now),
        before=before,
        width=width,
        after=after,
        gap_free=template.gap_free,
        generation=template.generation,
        member="order_number",
        field="orderNumber",
    )


def period_of(template: str, now: DateTime) -> str:
    """The period in which numbers are counted, such as `2025-11`: the parts of the date (UTC) that the template names. Each
    begins at 1."""
    named = {match[1] for match in _PLACEHOLDER.finditer(template)}
    return "-".join(now[part] for name, part in _DATE.items() if name in named)


def made_alike(template: str, scope: str, other: str, other_scope: str) -> bool:
    """Whether two scopes would make the same numbers, each counting for itself. Zero padding makes no difference once numbers
    grow, and in a store's own template `{store}` is a constant."""
    return _plain(template, scope) == _plain(other, other_scope)


def _plain(template: str, scope: str) -> str:
    _, of_store, store_key = scope.partition("store:")
    values = {"seq": "{seq}", "store": store_key if of_store else "{store}"}
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), template)


def check_template(template: str) -> None:
    """Raises `InvalidInput` for a template that makes no order numbers, or the same ones again in another year."""
    named = [match[1] for match in _PLACEHOLDER.finditer(template)]
    plain = _PLACEHOLDER.sub("", template)
    if named.count("seq") != 1:
        raise _refused("needs {seq} exactly once")
    if "{" in plain or "}" in plain:
        raise _refused("has braces that belong to none of its placeholders")
    if any(match[2] and match[1] != "seq" for match in _PLACEHOLDER.finditer(template)):
        raise _refused("can give a width only to {seq}")
    if re.fullmatch(r"[!-~]*", plain) is None or len(template) > MOST // 2:
        raise _refused(f"has at most {MOST // 2} printable ASCII characters and no blanks")
    if ("month" in named and "year" not in named) or ("day" in named and "month" not in named):
        raise _refused("with {month} needs {year} and with {day} both: counting begins anew in each of them")


def _refused(reason: str) -> ApiError:
    return invalid_input(f"{_FORM}; a template {reason}.")


def _around(text: str, match: re.Match[str]) -> tuple[str, str]:
    return text[: match.start()], text[match.end() :]
