"""Resource identifiers, and which other resources a draft or an action names, so that they can be read beforehand."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from types import UnionType
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, inspect

from orderwright.engine.model import KeyReference, Reference, Value
from orderwright.engine.scalars import Id
from orderwright.errors import ApiError, invalid_json_input


class ResourceIdentifier(Value):
    """Names a resource by `id` or by `key`; both at once, or a foreign `typeId`, is `InvalidJsonInput`.

    The keys of products, states and channels are plain texts, so that the key has no pattern here.
    """

    type_id: str | None = None
    id: Id | None = None
    key: Annotated[str, Meta(min_length=1, max_length=256)] | None = None

    def __post_init__(self) -> None:
        if (self.id is None) == (self.key is None):
            raise ValueError("A resource identifier takes either `id` or `key`")


def _names(type_id: str) -> Meta:
    return Meta(extra={"type_id": type_id})


T = TypeVar("T")
Unread = Annotated[T, Meta(extra={"unread": True})]
"""What names resources that are looked at later, such as staged actions: it is neither read beforehand nor does it hold them."""


AssociateRoleIdentifier = Annotated[ResourceIdentifier, _names("associate-role")]
BusinessUnitIdentifier = Annotated[ResourceIdentifier, _names("business-unit")]
CartDiscountIdentifier = Annotated[ResourceIdentifier, _names("cart-discount")]
CartIdentifier = Annotated[ResourceIdentifier, _names("cart")]
CategoryIdentifier = Annotated[ResourceIdentifier, _names("category")]
ChannelIdentifier = Annotated[ResourceIdentifier, _names("channel")]
CustomerIdentifier = Annotated[ResourceIdentifier, _names("customer")]
CustomerGroupIdentifier = Annotated[ResourceIdentifier, _names("customer-group")]
DiscountGroupIdentifier = Annotated[ResourceIdentifier, _names("discount-group")]
ExtensionIdentifier = Annotated[ResourceIdentifier, _names("extension")]
PaymentIdentifier = Annotated[ResourceIdentifier, _names("payment")]
ProductIdentifier = Annotated[ResourceIdentifier, _names("product")]
ProductSelectionIdentifier = Annotated[ResourceIdentifier, _names("product-selection")]
ProductTypeIdentifier = Annotated[ResourceIdentifier, _names("product-type")]
QuoteIdentifier = Annotated[ResourceIdentifier, _names("quote")]
QuoteRequestIdentifier = Annotated[ResourceIdentifier, _names("quote-request")]
ShoppingListIdentifier = Annotated[ResourceIdentifier, _names("shopping-list")]
ShippingMethodIdentifier = Annotated[ResourceIdentifier, _names("shipping-method")]
StagedQuoteIdentifier = Annotated[ResourceIdentifier, _names("staged-quote")]
StateIdentifier = Annotated[ResourceIdentifier, _names("state")]
StoreIdentifier = Annotated[ResourceIdentifier, _names("store")]
TaxCategoryIdentifier = Annotated[ResourceIdentifier, _names("tax-category")]
TypeIdentifier = Annotated[ResourceIdentifier, _names("type")]
VariantIdentifier = Annotated[ResourceIdentifier, _names("variant")]
ZoneIdentifier = Annotated[ResourceIdentifier, _names("zone")]
# References where only one type may stand: a draft takes an id and no key. In a model they hold what they name: it can not be
# deleted meanwhile. A plain Reference is loose.
AssociateRoleReference = Annotated[KeyReference, _names("associate-role")]
BusinessUnitReference = Annotated[KeyReference, _names("business-unit")]
CartDiscountReference = Annotated[Reference, _names("cart-discount")]
ChannelReference = Annotated[Reference, _names("channel")]
CustomerGroupReference = Annotated[Reference, _names("customer-group")]
DiscountGroupReference = Annotated[Reference, _names("discount-group")]
OrderReference = Annotated[Reference, _names("order")]
PaymentReference = Annotated[Reference, _names("payment")]
ProductDiscountReference = Annotated[Reference, _names("product-discount")]
ProductTypeReference = Annotated[Reference, _names("product-type")]
ShippingMethodReference = Annotated[Reference, _names("shipping-method")]
StateReference = Annotated[Reference, _names("state")]
StoreReference = Annotated[KeyReference, _names("store")]
TaxCategoryReference = Annotated[Reference, _names("tax-category")]
TypeReference = Annotated[Reference, _names("type")]
ZoneReference = Annotated[Reference, _names("zone")]


class Wanted(NamedTuple):
    """Something to be read before the domain runs: a document by id or key, or by the `code` or number that it alone may have, a
    product variant by SKU or product, or all under another: those that have its id among their `ancestors`, or, of a type that
    knows its parent alone, all that are below a key. `OWNER` is whoever the document that is changed belongs to."""

    type_id: str
    by: Literal["id", "key", "code", "customerNumber", "sku", "product", "under", "uses", "owner"]
    value: str


OWNER: Final = Wanted("customer", "owner", "")


Finder = Callable[[Any], Iterator[Wanted]]


def wanted_by(value: Value) -> Iterator[Wanted]:
    """Every resource that `value` names, through all its nested structs; `wants()` of a struct adds what it alone knows.

    Raises `InvalidJsonInput` where an identifier's `typeId` is not the one its field expects.
    """
    for name, named, find in _finders(type(value)):
        member = getattr(value, name)
        if member is not None:
            yield from _within(named, find(member))
    wants = getattr(value, "wants", None)
    if wants is not None:
        yield from wants()


def wanted_by_each(member: str, values: Iterable[Value]) -> Iterator[Wanted]:
    """As `wanted_by`, of all values of a member, such as the actions of an update."""
    for value in values:
        yield from _within(member, wanted_by(value))


def _within(member: str, found: Iterator[Wanted]) -> Iterator[Wanted]:
    """What is found in a member. A refusal names the path to it, which grows from the inside."""
    try:
        yield from found
    except ApiError as error:
        detail = error.fields.get("detailedErrorMessage")
        if detail is not None:
            error.fields["detailedErrorMessage"] = f"{member} -> {detail}"
        raise


@functools.cache
def _finders(struct: type) -> tuple[tuple[str, str, Finder], ...]:
    """The fields of a struct that can name a resource, each with its name in JSON and a function to find the names in it."""
    hints = get_type_hints(struct, include_extras=True)
    found = [(field.name, field.encode_name, _finder(hints[field.name])) for field in msgspec.structs.fields(struct)]
    return tuple((name, named, find) for name, named, find in found if find is not None)


def _finder(hint: Any, type_id: str | None = None) -> Finder | None:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        told = [meta.extra for meta in arguments[1:] if isinstance(meta, Meta) and meta.extra]
        if any("unread" in extra for extra in told):
            return None
        named = [extra["type_id"] for extra in told]
        return _finder(arguments[0], named[0] if named else type_id)
    if origin in (Union, UnionType):
        inner = [find for find in (_finder(part, type_id) for part in arguments) if find]
        return _in_one_of if len(inner) > 1 else (inner[0] if inner else None)
    if origin in (tuple, list):
        item = _finder(arguments[0], type_id)
        return functools.partial(_in_each, item) if item else None
    if hint is Reference:
        return functools.partial(_in_reference, type_id)
    if hint is ResourceIdentifier:
        return functools.partial(_in_identifier, type_id)
    return _in_struct if isinstance(hint, type) and issubclass(hint, msgspec.Struct) else None


def _in_struct(value: Any) -> Iterator[Wanted]:
    return wanted_by(value)


def _in_one_of(value: Any) -> Iterator[Wanted]:
    """In one of several structs, or a list of them where both may stand."""
    for each in value if isinstance(value, tuple) else (value,):
        yield from wanted_by(each)


def _in_each(item: Finder, values: Any) -> Iterator[Wanted]:
    for value in values:
        yield from item(value)


def _in_reference(type_id: str | None, value: Reference) -> Iterator[Wanted]:
    yield Wanted(_expected(type_id, value.type_id), "id", value.id)


def _expected(type_id: str | None, given: str | None) -> str:
    if type_id is not None and given not in (None, type_id):
        raise invalid_json_input(f"typeId: Expected '{type_id}', got '{given}'")
    expected = type_id or given
    if expected is None:
        raise invalid_json_input("typeId: Missing required value")
    return expected


def _in_identifier(type_id: str | None, value: ResourceIdentifier) -> Iterator[Wanted]:
    expected = _expected(type_id, value.type_id)
    if value.id is not None:
        yield Wanted(expected, "id", value.id)
    elif value.key is not None:
        yield Wanted(expected, "key", value.key)


def held_places(model: type) -> Iterator[tuple[str, str]]:
    """Where documents of a model hold others: (type id, path of the id or key), such as `("zone", "zoneRates[*].zone.id")`."""
    for type_id, steps in _held(inspect.type_info(model), (), None):
        yield type_id, ".".join(steps).replace(".[*]", "[*]")


def _held(place: inspect.Type, within: tuple[type, ...], type_id: str | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The ways below a type; `within` are the structs around it, so that one that holds itself is entered once."""
    match place:
        case inspect.Metadata(extra={"unread": True}):
            pass
        case inspect.Metadata(type=inner, extra=extra):
            yield from _held(inner, within, (extra or {}).get("type_id"))
        case inspect.UnionType(types=types):
            for each in types:
                yield from _held(each, within, type_id)
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            yield from ((named, ("[*]", *steps)) for named, steps in _held(item, within, type_id))
        case inspect.StructType(cls=cls) if cls in (Reference, KeyReference):
            if type_id is not None:
                yield type_id, ("id" if cls is Reference else "key",)
        case inspect.StructType(cls=cls, fields=fields) if cls not in within:
            for field in fields:
                yield from ((named, (field.encode_name, *steps)) for named, steps in _held(field.type, (*within, cls), None))
