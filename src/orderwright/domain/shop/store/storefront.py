"""The storefront of a store: where its customers are sent to. Each of the ten addresses has an action and a Message."""

from __future__ import annotations

import re
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec.structs import replace

from orderwright.domain.laws.telling import new_value
from orderwright.domain.shop.store.model import Store, Storefront
from orderwright.engine.actions import ActionSet, setter
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Action
from orderwright.engine.parts import Part
from orderwright.errors import invalid_field

# RFC 6570: texts without the characters it forbids, and expressions of variables with their modifiers.
_VARIABLE: Final = r"[A-Za-z0-9_%]+(?:\.[A-Za-z0-9_%]+)*(?::[1-9][0-9]{0,3}|\*)?"
_EXPRESSION: Final = re.compile(rf"\{{[+#./;?&]?({_VARIABLE}(?:,{_VARIABLE})*)\}}", re.ASCII)
_LITERALS: Final = re.compile(r"[^\x00-\x20\x7f\"'<>\\^`{|}]*")
_TEMPLATES: Final = {"checkout_url_template": "checkoutId", "order_url_template": "orderId"}
MAX_LENGTH: Final = 2048


def storefront_rows(actions: ActionSet[Store]) -> None:
    """Add the action of each address to a store's: `faqUrl` makes `setFaqUrl`, which tells `StoreFaqUrlSet`."""
    for field, name in zip(Storefront.__struct_fields__, Storefront.__struct_encode_fields__, strict=True):
        capital = name[:1].upper() + name[1:]
        action = _struct(
            Action, f"Set{capital}", field, "An address of the storefront; without one, or with an empty one, it is removed."
        )
        told = _struct(Message, f"Store{capital}Set", field, "An address of the storefront was set or removed.")
        actions.add(action, setter(field, new_value(told, field), at=_STOREFRONT, kept=partial(_kept, field)))


def checked(storefront: Storefront | None) -> Storefront | None:
    """The storefront as it is stored: None if it is empty. Raises `InvalidField`."""
    if storefront is None:
        return None
    stored = Storefront(**{field: _address(field, getattr(storefront, field)) for field in Storefront.__struct_fields__})
    return None if stored == Storefront() else stored


def _storefront(store: Store, _action: Action) -> Storefront:
    return store.storefront or Storefront()


def _with_storefront(store: Store, _old: Storefront, new: Storefront) -> Store:
    return replace(store, storefront=None if new == Storefront() else new)


_STOREFRONT: Final = Part(_storefront, _with_storefront)


def _kept(field: str, _store: Store, value: str | None, _facts: Facts) -> str | None:
    return _address(field, value)


def _address(field: str, value: str | None) -> str | None:
    """The value as it is stored; an empty one is none. Raises `InvalidField`."""
    if not value:
        return None
    variable = _TEMPLATES.get(field)
    if len(value) > MAX_LENGTH or not (_is_https(value) if variable is None else _names(value, variable)):
        raise invalid_field(
            dict(zip(Storefront.__struct_fields__, Storefront.__struct_encode_fields__, strict=True))[field], value
        )
    return value


def _is_https(url: str) -> bool:
    """Whether it is an absolute URL of https, without anything that no URL has."""
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname) and bool(_LITERALS.fullmatch(url)) and (parts.port or 1) > 0
    except ValueError:
        return False


def _names(template: str, variable: str) -> bool:
    """Whether it is a template of RFC 6570 in which a variable stands."""
    found = [re.split(r"[:*]", each)[0] for match in _EXPRESSION.finditer(template) for each in match[1].split(",")]
    return variable in found and bool(_LITERALS.fullmatch(_EXPRESSION.sub("", template)))


def _struct(base: Any, name: str, field: str, text: str) -> Any:
    members = {
        "__annotations__": {field: str | None},
        "__module__": __name__,
        # A Message is named as its class is; other resources may have actions of the same name.
        "__qualname__": name if base is Message else f"Store.{name}",
        "__doc__": text,
        field: None,
    }
    return type(base)(name, (base,), members)
