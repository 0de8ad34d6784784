"""The values of custom fields: from what is sent into the one form that is stored, by the field's type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from orderwright.domain.custom.model import (
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
from orderwright.domain.laws import forms
from orderwright.domain.laws.choices import keys_of
from orderwright.engine.json.codec import to_builtins
from orderwright.errors import invalid_field


def stored_value(definition: FieldDefinition, value: Any) -> Any:
    """The value as it is stored: money typed, dates and times in their one form, each element of a set once.

    Raises `InvalidField` with the field's name; for an enum it lists the keys that are allowed.
    """
    try:
        return _stored(definition.type, value)
    except forms.WRONG_SHAPE:
        raise invalid_field(definition.name, value, keys_of(definition.type)) from None


def _stored(field_type: FieldType, value: Any) -> Any:
    return _FORMS[type(field_type)](field_type, value)


def _choice(field_type: CustomFieldEnumType | CustomFieldLocalizedEnumType, value: Any) -> str:
    for choice in field_type.values:
        if choice.key == value:
            return choice.key
    raise ValueError(value)


def _money(_type: CustomFieldMoneyType, value: Any) -> Any:
    amount = forms.money(value)
    if amount.type != "centPrecision":
        raise ValueError(value)
    return to_builtins(amount)


def _reference(field_type: CustomFieldReferenceType, value: Any) -> Any:
    return forms.reference(value, field_type.reference_type_id)


def _set(field_type: CustomFieldSetType, value: Any) -> list[Any]:
    return forms.each_once(_stored(field_type.element_type, element) for element in msgspec.convert(value, list[Any]))


def _plain(form: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda _type, value: form(value)


_FORMS: dict[type, Callable[[Any, Any], Any]] = {
    CustomFieldBooleanType: _plain(forms.boolean),
    CustomFieldStringType: _plain(forms.text),
    CustomFieldLocalizedStringType: _plain(forms.localized),
    CustomFieldEnumType: _choice,
    CustomFieldLocalizedEnumType: _choice,
    CustomFieldNumberType: _plain(forms.number),
    CustomFieldMoneyType: _money,
    CustomFieldDateType: _plain(forms.day),
    CustomFieldTimeType: _plain(forms.time_of_day),
    CustomFieldDateTimeType: _plain(forms.instant),
    CustomFieldReferenceType: _reference,
    CustomFieldSetType: _set,
}
