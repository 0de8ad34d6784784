"""What a customer tells of herself in the second dialect, and how she is shown there."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import replace

from orderwright.domain.custom.addresses import AddressDraft
from orderwright.domain.customer.details import BESIDE, SET_BY, DetailedDraft
from orderwright.domain.customer.model import Customer, Email
from orderwright.emporix.drafts import address_draft
from orderwright.emporix.model import Address, Line
from orderwright.engine.model import Value
from orderwright.engine.scalars import Key, Secret, Text


class Business(Value):
    """The company that she shops for. Its legal entities are not hers to change, and stand in answers only."""

    company_registration_id: Text | None = None


class Details(Value):
    """Members that she may tell and change."""

    title: Text | None = None
    first_name: Text | None = None
    middle_name: Text | None = None
    last_name: Text | None = None
    company: Text | None = None
    contact_email: Email | None = None
    contact_phone: Text | None = None
    preferred_language: Text | None = None
    preferred_currency: Text | None = None
    preferred_site: Key | None = None
    b2b: Business | None = None


class HerAddress(Address):
    """An address of hers, as far as she tells it, and what it is for."""

    street: Line = ""
    city: Line = ""
    zip_code: Line = ""
    tags: tuple[Text, ...] = ()


def members(details: Details) -> dict[str, Any]:
    """What was told, by its name in the dialect."""
    found: dict[str, Any] = msgspec.to_builtins(details)
    return {name: value for name, value in found.items() if value != {}}


def drafted(email: str, password: Secret, details: Details | None, address: HerAddress | None) -> DetailedDraft:
    """The draft of a sign-up."""
    told = members(details or Details())
    uses = () if address is None else address.tags
    return DetailedDraft(
        email=email,
        password=password,
        title=told.get("title"),
        first_name=told.get("firstName"),
        middle_name=told.get("middleName"),
        last_name=told.get("lastName"),
        company_name=told.get("company"),
        addresses=() if address is None else (_address(address),),
        default_billing_address=0 if "BILLING" in uses else None,
        default_shipping_address=0 if "SHIPPING" in uses else None,
        details={name: told[name] for name in BESIDE if name in told},
    )


def _address(address: HerAddress) -> AddressDraft:
    draft = address_draft(address)
    assert draft is not None, "there is one"
    return replace(draft, **{name: getattr(draft, name) or None for name in ("street_name", "city", "postal_code")})


def shown(customer: Customer, beside: dict[str, Any], entities: list[dict[str, Any]]) -> dict[str, Any]:
    """The customer as she sees herself, with the legal entities that she acts for."""
    business = {**beside.get("b2b", {}), "legalEntities": entities}
    own = {
        "title": customer.title,
        "firstName": customer.first_name,
        "middleName": customer.middle_name,
        "lastName": customer.last_name,
        "company": customer.company_name,
        "preferredLanguage": customer.locale,
    }
    return {
        "id": customer.id,
        "customerNumber": customer.customer_number or customer.id,
        "contactEmail": customer.email,
        **{name: value for name, value in own.items() if value is not None},
        **beside,
        "b2b": business,
        "metadata": {
            "version": customer.version,
            "createdAt": customer.created_at,
            "modifiedAt": customer.last_modified_at,
        },
    }


def changed(told: dict[str, Any]) -> list[dict[str, Any]]:
    """The actions on the document that set these members, None for one that is taken away."""
    found = []
    for name, action in SET_BY.items():
        if name in told:
            member = action.removeprefix("set")
            found.append({"action": action, member[0].lower() + member[1:]: told[name]})
    return found
