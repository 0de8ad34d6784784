"""The three kinds of struct everything is made of: values, resources, and the actions that change them."""

from __future__ import annotations

import functools
from typing import Any, ClassVar, Literal, dataclass_transform

import msgspec

from orderwright.engine.scalars import DateTime, Id


def always(value: Any) -> Any:
    """A default that is written into every answer; plain defaults are left out, as the API leaves out absent fields."""
    return msgspec.field(default_factory=lambda: value)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(always, msgspec.field))
class _Keyworded(msgspec.StructMeta):
    """Makes every subclass take keywords only: msgspec inherits all options but this one."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> Any:
        return super().__new__(cls, name, bases, namespace, **{"kw_only": True, **options})


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(always, msgspec.field))
class Value(msgspec.Struct, metaclass=_Keyworded, frozen=True, rename="camel", omit_defaults=True):
    """A frozen JSON object. Field names are the specification's, in snake_case."""


class Reference(Value):
    """A loose reference by id; what it points to is not held to exist."""

    type_id: str
    id: Id


class KeyReference(Value):
    """A reference by the key that never changes, as stores are referred to."""

    type_id: str
    key: str


AttributionSource = Literal["Import", "Export", "IntakeAgent", "PromotionsAgent", "ManagedCommerceMCP", "ProductEnrichmentAgent"]


class Attribution(Value):
    """On whose behalf another program made a change: by which way, and for which API client."""

    source: AttributionSource
    client_id: str | None = None


class ClientLogging(Value):
    """Who made a change: the API client, and the customer or anonymous session it acted for.

    Nothing here acts on behalf of another client, so `attributed_to` stands only on what comes from elsewhere; it can be asked.
    """

    client_id: str | None = None
    external_user_id: str | None = None
    customer: Reference | None = None
    anonymous_id: str | None = None
    attributed_to: Attribution | None = None


class Resource(Value):
    """What every stored document has. `version` counts changes and is compared and set on every write."""

    id: Id
    version: int
    created_at: DateTime
    last_modified_at: DateTime
    last_modified_by: ClientLogging | None = None
    created_by: ClientLogging | None = None


def action_name(class_name: str) -> str:
    """`AddLineItem` is the action `addLineItem`; a qualified name (`Cart.SetKey`) counts from its last dot."""
    name = class_name.rpartition(".")[2]
    return name[:1].lower() + name[1:]


@functools.cache
def snake(name: str) -> str:
    """`lineItems` is the field `line_items`."""
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)


class Action(Value, tag_field="action", tag=action_name):
    """One update action; the class is named as the action is, with a capital."""

    # Whether clients send it. What only the server's own endpoints make is shown in no refusal.
    sent: ClassVar[bool] = True
