"""The Type that a payment and its parts have here, and amounts, as they are sent and as they are stored."""

from typing import Any

from domain.facts import NOW, custom_field, uid
from orderwright.domain.custom.model import CustomFieldStringType, ResourceTypeId, Type

KINDS: tuple[ResourceTypeId, ...] = ("payment", "payment-method-info", "transaction", "payment-interface-interaction")
BORN: dict[str, Any] = {"version": 1, "created_at": NOW, "last_modified_at": NOW}
EXTRA = Type(
    id=uid(30), key="extra", name={"en": "Extra"}, resource_type_ids=KINDS,
    field_definitions=(custom_field("note", CustomFieldStringType()),), **BORN,
)  # fmt: skip


def eur(cents: int) -> dict[str, Any]:
    return {"currencyCode": "EUR", "centAmount": cents}


def typed_eur(cents: int) -> dict[str, Any]:
    return {"type": "centPrecision", "currencyCode": "EUR", "centAmount": cents, "fractionDigits": 2}


def note(text: str) -> dict[str, Any]:
    return {"type": {"typeId": "type", "key": "extra"}, "fields": {"note": text}}


def stored_note(text: str) -> dict[str, Any]:
    return {"type": {"typeId": "type", "id": uid(30)}, "fields": {"note": text}}
