"""Renamed attributes and choices, while products may still hold values under the old names and keys.

A definition remembers them until its products have been written anew, so that a product that is read before and written after
loses nothing. Until then nothing else can be called by an old name or key.
"""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.goods.product_type.definitions import enum_values
from orderwright.domain.goods.product_type.model import AttributeDefinition, EnumType, LocalizedEnumType, ProductType
from orderwright.domain.goods.refusals import enum_key_already_exists, enum_key_does_not_exist
from orderwright.domain.laws.choices import with_choices
from orderwright.engine.actions import ActionSet
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.errors import invalid_operation


def renamed(definition: AttributeDefinition, name: str) -> AttributeDefinition:
    """The definition under another name."""
    former = tuple(each for each in definition.former_names if each != name)
    return replace(definition, name=name, former_names=(*former, definition.name))


def rekeyed(definition: AttributeDefinition, key: str, new_key: str) -> AttributeDefinition:
    """The enum with another key of one of its choices. Raises `EnumKeyDoesNotExist` or `EnumKeyAlreadyExists`."""
    values = enum_values(definition, EnumType, LocalizedEnumType)
    if all(known.key != key for known in values):
        raise enum_key_does_not_exist(key, definition.name)
    if new_key == key:
        return definition
    if any(known.key == new_key for known in values):
        raise enum_key_already_exists(new_key, definition.name)
    check_not_former_key(definition, new_key, key)
    changed = [replace(value, key=new_key) if value.key == key else value for value in values]
    # What once had the old key, by another change, has the new one now too.
    former = {old: new_key if present == key else present for old, present in definition.former_keys.items()}
    former = {old: present for old, present in {**former, key: new_key}.items() if old != present}
    return replace(with_choices(definition, changed), former_keys=former)


def check_not_former_key(definition: AttributeDefinition, key: str, of: str | None = None) -> None:
    """Raises `InvalidOperation` for the former key of another choice. Products may still hold it, and would seem to have chosen
    the new one."""
    if definition.former_keys.get(key, of) != of:
        raise invalid_operation(f"Products are still being changed from the key '{key}' to another; try again in some minutes.")


def check_not_former(product_type: ProductType, name: str) -> None:
    """Raises `InvalidOperation` for the former name of an attribute. Products may still hold values under it, which would seem to
    be the new one's."""
    if any(name in definition.former_names for definition in product_type.attributes):
        raise invalid_operation(f"Products are still being changed from the name '{name}' to another; try again in some minutes.")


class ForgetFormer(Action):
    """Products hold none of the former names and keys any more."""


# No request can send this.
forgetting: ActionSet[ProductType] = ActionSet(ProductType, "ProductTypeRenewal")


@forgetting.handles
def forget_former(product_type: ProductType, action: ForgetFormer, facts: Facts) -> ProductType:
    """The definitions without their former names and keys."""
    attributes = tuple(replace(definition, former_names=(), former_keys={}) for definition in product_type.attributes)
    return replace(product_type, attributes=attributes)
