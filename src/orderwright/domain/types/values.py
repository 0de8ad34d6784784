"""The values of custom fields: from what is sent into the one form that is stored, by the field's type."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from typing import Any

import msgspec

from orderwright.domain.money import Money, typed
from orderwright.domain.types.definitions import innermost_type
from orderwright.domain.types.model import (
    CustomFieldBooleanType,
    CustomFieldDateTimeType,
    CustomFieldDateType,
    CustomFieldEnumType,
    CustomFieldLocalizedEnumType,
    CustomFieldLocalizedStringType,
    CustomFieldMoneyType,
    CustomFieldNumberType,
    CustomFieldReferenceType,
    CustomFieldSetType,
    CustomFieldStringType,
    CustomFieldTimeType,
    FieldDefinition,
    FieldType,
)
from orderwright.engine.codec import to_builtins
from orderwright.engine.model import Reference
from orderwright.engine.scalars import DateTime, LocalizedString
from orderwright.errors import ApiError, invalid_field


def stored_value(definition: FieldDefinition, value: Any) -> Any:
    """The value as it is stored: money typed, dates and times in their one form, each element of a set once.

    Raises `InvalidField` with the field's name; for an enum it lists the keys that are allowed.
    """
    try:
        return _stored(definition.type, value)
    except (msgspec.ValidationError, ValueError, TypeError, OverflowError, ApiError):
        # A value of the wrong shape can fail in many ways; to the sender they are one.
        raise invalid_field(definition.name, value, _choices(definition.type)) from None


def _stored(field_type: FieldType, value: Any) -> Any:
    return _FORMS[type(field_type)](field_type, value)


def _exactly(expected: type) -> Callable[[Any, Any], Any]:
    def stored(_type: Any, value: Any) -> Any:
        if type(value) is not expected:
            raise TypeError(value)
        return value

    return stored


def _number(_type: CustomFieldNumberType, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(value)
    return value


def _localized(_type: CustomFieldLocalizedStringType, value: Any) -> dict[str, str]:
    return msgspec.convert(value, LocalizedString)


def _choice(field_type: CustomFieldEnumType | CustomFieldLocalizedEnumType, value: Any) -> str:
    for choice in field_type.values:
        if choice.key == value:
            return choice.key
    raise ValueError(value)


def _money(_type: CustomFieldMoneyType, value: Any) -> Any:
    money = msgspec.convert(value, Money)
    if money.type != "centPrecision":
        raise ValueError(value)
    return to_builtins(typed(money, "value"))


def _date(_type: CustomFieldDateType, value: Any) -> str:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise ValueError(value)
    return date.fromisoformat(value).isoformat()


def _time(_type: CustomFieldTimeType, value: Any) -> str:
    if not re.fullmatch(r"\d{2}:\d{2}:\d{2}(\.\d{1,6})?", value, re.ASCII):
        raise ValueError(value)
    seconds, _, fraction = value.partition(".")
    return time.fromisoformat(f"{seconds}.{fraction:0<6}").isoformat("milliseconds")


def _date_time(_type: CustomFieldDateTimeType, value: Any) -> str:
    # A day alone is an instant to Python; to the API it is not.
    if not re.match(r"\d{4}-\d{2}-\d{2}T\d", value, re.ASCII):
        raise ValueError(value)
    return str.__str__(DateTime.parse(value))


def _reference(field_type: CustomFieldReferenceType, value: Any) -> Any:
    reference = msgspec.convert(value, Reference)
    if reference.type_id != field_type.reference_type_id:
        raise ValueError(value)
    return to_builtins(reference)


def _set(field_type: CustomFieldSetType, value: Any) -> list[Any]:
    elements = (_stored(field_type.element_type, element) for element in msgspec.convert(value, list[Any]))
    # Objects are the same whatever the order of their members; 1 and 1.0 are one number.
    found: dict[Any, Any] = {}
    for element in elements:
        found.setdefault(msgspec.json.encode(element, order="sorted") if isinstance(element, dict | list) else element, element)
    return list(found.values())


_FORMS: dict[type, Callable[[Any, Any], Any]] = {
    CustomFieldBooleanType: _exactly(bool),
    CustomFieldStringType: _exactly(str),
    CustomFieldLocalizedStringType: _localized,
    CustomFieldEnumType: _choice,
    CustomFieldLocalizedEnumType: _choice,
    CustomFieldNumberType: _number,
    CustomFieldMoneyType: _money,
    CustomFieldDateType: _date,
    CustomFieldTimeType: _time,
    CustomFieldDateTimeType: _date_time,
    CustomFieldReferenceType: _reference,
    CustomFieldSetType: _set,
}


def _choices(field_type: FieldType) -> list[Any] | None:
    innermost = innermost_type(field_type)
    if isinstance(innermost, CustomFieldEnumType | CustomFieldLocalizedEnumType):
        return [choice.key for choice in innermost.values]
    return None
