"""What was typed into the fields of a form, read into what the API's actions are made of. All of it is pure.

What raises here raises InvalidInput, in English; the page says it in the visitor's language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from orderwright.desk.visit import Fields
from orderwright.domain.amounts.currencies import FRACTION_DIGITS
from orderwright.errors import ApiError, invalid_input

Json = Mapping[str, Any]
NO_NUMBER: Final = "A quantity is a whole number, written in digits."
NO_AMOUNT: Final = "An amount is written in digits, with no more of them behind the point than its currency has."
NO_VERSION: Final = "The form does not say which version it is about."
NOTHING: Final = "Nothing was chosen."
SAYINGS: Final = (NO_NUMBER, NO_AMOUNT, NO_VERSION, NOTHING)
_DIGITS: Final = 15
_AMOUNT: Final = re.compile(r"-?[0-9]{1,15}(?:[.,][0-9]{1,6})?")

ADDRESS: Final = (
    ("title", "Title"),
    ("salutation", "Salutation"),
    ("firstName", "First name"),
    ("lastName", "Last name"),
    ("company", "Company"),
    ("department", "Department"),
    ("streetName", "Street"),
    ("streetNumber", "House number"),
    ("additionalStreetInfo", "More on the street"),
    ("building", "Building"),
    ("apartment", "Apartment"),
    ("pOBox", "P.O. box"),
    ("postalCode", "Postal code"),
    ("city", "City"),
    ("region", "Region"),
    ("state", "State or province"),
    ("country", "Country"),
    ("email", "E-mail"),
    ("phone", "Phone"),
    ("mobile", "Mobile phone"),
    ("fax", "Fax"),
    ("additionalAddressInfo", "More on the address"),
)
"""The members of an address that are typed, and what each is called. Its key, its ids and its custom fields stay as they are."""
MEASURES: Final = (
    ("lengthInMillimeter", "Length (mm)"),
    ("widthInMillimeter", "Width (mm)"),
    ("heightInMillimeter", "Height (mm)"),
    ("weightInGram", "Weight (g)"),
)
"""The measurements of a parcel, and what each is called."""


def text(form: Fields, name: str) -> str:
    """The one value of a field, without the space around it; an empty text for none."""
    return form.get(name, ("",))[0].strip()


def whole(form: Fields, name: str) -> int | None:
    """The whole number in a field, which is not negative; None where nothing was typed."""
    typed = text(form, name)
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal()) or len(typed) > _DIGITS:
        raise invalid_input(NO_NUMBER)
    return int(typed)


def version(form: Fields, name: str = "version") -> int:
    """The version that a page has shown."""
    found = whole(form, name)
    if found is None:
        raise invalid_input(NO_VERSION)
    return found


def quantities(form: Fields, prefix: str) -> Iterator[tuple[str, int]]:
    """What stands behind a prefix in the names of fields, and the number in each; those without a number are left out."""
    for name in form:
        if name.startswith(prefix) and (number := whole(form, name)) is not None:
            yield name.removeprefix(prefix), number


def picked(form: Fields, prefix: str) -> list[tuple[str, int]]:
    """The same without those of which there are none. Raises for a form on which nothing was picked."""
    found = [(name, number) for name, number in quantities(form, prefix) if number]
    if not found:
        raise nothing()
    return found


def nothing() -> ApiError:
    """What is said of a form on which nothing was chosen."""
    return invalid_input(NOTHING)


def money(form: Fields, name: str, currency: str) -> dict[str, Any]:
    """The amount in a field, in the minor units of a currency. A comma is a point."""
    typed = text(form, name)
    if _AMOUNT.fullmatch(typed) is None:
        raise invalid_input(NO_AMOUNT)
    amount = Decimal(typed.replace(",", "."))
    # "1,250" may be meant as a thousand and more: whoever writes so is asked again.
    if -int(amount.as_tuple().exponent) > FRACTION_DIGITS[currency]:
        raise invalid_input(NO_AMOUNT)
    return {"currencyCode": currency, "centAmount": int(amount.scaleb(FRACTION_DIGITS[currency]))}


def given(**members: Any) -> dict[str, Any]:
    """The members that have a value."""
    return {name: value for name, value in members.items() if value not in (None, "", [], {})}


def address(form: Fields, before: Json | None) -> dict[str, Any] | None:
    """The address that was typed; None where all fields are empty. What is not typed of it stays as it was before."""
    typed = given(**{name: text(form, name) for name, _ in ADDRESS})
    if not typed:
        return None
    names = {name for name, _ in ADDRESS}
    return {name: value for name, value in (before or {}).items() if name not in names} | typed


def parcel(form: Fields, prefix: str, before: Json | None = None) -> dict[str, Any]:
    """What a parcel is made of: its measurements, and how its carrier names it; nothing where nothing was typed."""
    measures = given(**{name: whole(form, f"{prefix}{name}") for name, _ in MEASURES})
    names = {name: text(form, f"{prefix}{name}") for name in ("carrier", "trackingId")}
    return given(measurements=measures, trackingData=(dict(before or {}) | given(**names)) if any(names.values()) else None)
