"""What predicates ask of a cart and its items that neither holds: it is put beside their plain JSON, where a rule names it.

Keys of what is referred to stand in the catalogue. The customer and the categories of products are read beforehand, and only
where a rule that may be asked names them (`wanted_by_rules`). A name whose document is not there, or was not read, leads to
nothing.
commercetools: Discount Predicate Field Identifiers, Cart Predicates.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from orderwright.domain.customer.model import Customer
from orderwright.domain.goods.category.model import Category
from orderwright.domain.goods.product.variant import VariantSnapshot
from orderwright.domain.sale.lines.items import LineItem
from orderwright.domain.sale.lines.variants import current_variant, wanted_groups, wanted_variants
from orderwright.domain.sale.model import Sale
from orderwright.domain.sale.predicates import CustomerAsked, GroupAssignment, Named
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import to_builtins
from orderwright.engine.model import Reference
from orderwright.engine.references import Wanted

Names = Collection[str]
"""Of rules that are asked, what they name beside the document (`beside`)."""
Plain = dict[str, Any]
_OWN_OF_CUSTOMER: Final = ("customer.id", "customer.customerGroup.")
_CATEGORIES, _ANCESTORS = "categories", "categoriesWithAncestors"
# Where references stand whose keys are asked, by the type of what they refer to. Type fields of custom fields stand in all.
_KEYS_OF_LINES: Final = {
    "productType": "product-type",
    "supplyChannel": "channel",
    "distributionChannel": "channel",
    "price.channel": "channel",
    "price.customerGroup": "customer-group",
    "custom.type": "type",
}
_KEYS_OF_CUSTOM_LINES: Final = {"taxCategory": "tax-category", "custom.type": "type"}
_KEYS_OF_INFOS: Final = {"shippingInfo.taxCategory": "tax-category", "shippingInfo.shippingMethod": "shipping-method"}
_KEYS_OF_CARTS: Final = {
    **_KEYS_OF_INFOS,
    "customerGroup": "customer-group",
    "custom.type": "type",
    "shippingAddress.custom.type": "type",
    "billingAddress.custom.type": "type",
    "customer.custom.type": "type",
}


@lru_cache(maxsize=8_192)
def beside(names: frozenset[str]) -> frozenset[str]:
    """What a rule names that no cart holds. Most rules name nothing of it."""
    return frozenset(name for name in names if _of_customer((name,)) or _of_categories((name,)) or name.endswith(".key"))


def cart_view(plain: Plain, sale: Sale, names: Names, facts: Facts) -> Plain:
    """The plain JSON of a cart with all that rules of these names ask of it and of its items. It is the caller's own, and changed
    in place; done twice, it stays the same."""
    if not names:
        return plain
    if _of_customer(names):
        _put_customer(plain, sale, facts)
    _put_keys(plain, _KEYS_OF_CARTS, names, facts)
    for each in plain.get("shipping", ()):
        _put_keys(each, _KEYS_OF_INFOS, names, facts)
    for line, item in zip(plain["lineItems"], sale.line_items, strict=True) if "lineItems" in plain else ():
        line_view(line, item, names, facts)
    for custom in plain.get("customLineItems", ()):
        custom_line_view(custom, names, facts)
    return plain


def line_view(plain: Plain, line: LineItem, names: Names, facts: Facts) -> Plain:
    """The same of a line item."""
    _put_keys(plain, _KEYS_OF_LINES, names, facts)
    if _of_categories(names):
        snapshot = current_variant(line, facts)
        own = _categories(snapshot.categories if snapshot is not None else (), facts)
        plain[_CATEGORIES] = [_named(category) for category in own]
        if _named_in(names, _ANCESTORS):
            # One whose key nobody asks for was not read.
            ids = dict.fromkeys(id for each in own for id in (each.id, *(above.id for above in each.ancestors)))
            keys = ((id, _key("category", id, facts)) for id in ids)
            plain[_ANCESTORS] = [{"id": id} if key is None else {"id": id, "key": key} for id, key in keys]
    return plain


def custom_line_view(plain: Plain, names: Names, facts: Facts) -> Plain:
    """The same of a custom line item."""
    _put_keys(plain, _KEYS_OF_CUSTOM_LINES, names, facts)
    return plain


def need(names: Names, customer_id: str | None, lines: Sequence[LineItem], facts: Facts) -> None:
    """Raises `UnreadError` for what must be read before rules of these names are asked, and was not."""
    if names:
        facts.need(wanted_by_rules(names, customer_id, lines, facts.found))


def wanted_by_rules(
    names: Names, customer_id: str | None, lines: Sequence[LineItem], found: Mapping[Wanted, Any]
) -> Iterator[Wanted]:
    """What must be read before rules of these names are asked: the customer; of lines the variants, then the categories of all
    variants that were found, then the categories above these. Nothing where no rule names them."""
    if _of_customer(names):
        yield from wanted_groups(customer_id)
    if not _of_categories(names):
        return
    yield from wanted_variants(lines)
    for value in list(found.values()):
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, VariantSnapshot):
                yield from (Wanted("category", "id", reference.id) for reference in each.categories)
            elif isinstance(each, Category) and any(name.endswith(f"{_ANCESTORS}.key") for name in names):
                yield from (Wanted("category", "id", reference.id) for reference in each.ancestors)


def _of_customer(names: Names) -> bool:
    return any(name.startswith("customer.") and not f"{name}.".startswith(_OWN_OF_CUSTOMER) for name in names)


def _of_categories(names: Names) -> bool:
    return _named_in(names, _CATEGORIES) or _named_in(names, _ANCESTORS)


def _named_in(names: Names, step: str) -> bool:
    return any(name == step or name.startswith(f"{step}.") or f".{step}." in f"{name}." for name in names)


def _put_customer(plain: Plain, sale: Sale, facts: Facts) -> None:
    customer = None if sale.customer_id is None else facts.look_up(Wanted("customer", "id", sale.customer_id))
    if not isinstance(customer, Customer):
        return
    groups = tuple(
        GroupAssignment(
            customer_group=Named(id=each.customer_group.id, key=_key("customer-group", each.customer_group.id, facts))
        )
        for each in customer.customer_group_assignments
    )
    members = {name: getattr(customer, name) for name in CustomerAsked.__struct_fields__}
    plain["customer"] = to_builtins(CustomerAsked(**{**members, "customer_group_assignments": groups}))
    if sale.customer_email is None:
        # `customer.email` is that of the cart, which may say another one than the account, or none.
        plain["customerEmail"] = customer.email


def _put_keys(plain: Plain, places: Mapping[str, str], names: Names, facts: Facts) -> None:
    """Put keys beside the ids of references, where a name ends in one."""
    for path, type_id in places.items():
        last = path.rpartition(".")[2]
        if not any(name.endswith(f"{last}.key") for name in names):
            continue
        at: Any = plain
        for step in path.split("."):
            at = at.get(step) if isinstance(at, dict) else None
        if isinstance(at, dict) and "id" in at:
            key = _key(type_id, at["id"], facts)
            if key is not None:
                at["key"] = key


def _key(type_id: str, id: str, facts: Facts) -> str | None:
    found = facts.look_up(Wanted(type_id, "id", id))
    key: str | None = getattr(found, "key", None)
    return key


def _categories(references: Iterable[Reference], facts: Facts) -> list[Category]:
    """The categories that were read."""
    found = (facts.look_up(Wanted("category", "id", each.id)) for each in references)
    return [each for each in found if isinstance(each, Category)]


def _named(category: Category) -> Plain:
    return {"id": category.id, **({} if category.key is None else {"key": category.key})}
