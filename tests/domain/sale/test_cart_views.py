"""What rules ask of a cart that it does not hold: keys, the customer, categories of products."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.cart.buying import create
from domain.changes import made
from domain.facts import EXTRA, MUG, NOW, VARIANTS, uid
from domain.facts import facts as read
from orderwright.domain.cart import resource as cart_resource
from orderwright.domain.customer.model import Customer, CustomerGroupAssignment
from orderwright.domain.goods.category.model import Category
from orderwright.domain.sale.discounts.asking import named_by_all
from orderwright.domain.sale.discounts.resources import cart_discount
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.predicates import known_rule
from orderwright.domain.sale.views import beside, cart_view, line_view, wanted_by_rules
from orderwright.domain.shop.channel.model import Channel
from orderwright.domain.shop.customer_group import CustomerGroup
from orderwright.engine.facts import Catalogue, Facts, Found
from orderwright.engine.json.codec import to_builtins
from orderwright.engine.model import Reference
from orderwright.engine.references import Wanted


def born(number: int) -> dict[str, Any]:
    return {"id": uid(number), "version": 1, "created_at": NOW, "last_modified_at": NOW}


def to(type_id: str, document: Any) -> Reference:
    return Reference(type_id=type_id, id=document.id)


VIP = CustomerGroup(**born(61), key="vip", name="VIP")
CLUB = CustomerGroup(**born(62), key="club", name="Club")
DEPOT = Channel(**born(63), key="depot", roles=("InventorySupply",))
HOME = Category(**born(64), key="home", name={"en": "Home"}, slug={"en": "home"}, order_hint="0.1")
KITCHEN = Category(
    **born(65), key="kitchen", name={"en": "K"}, slug={"en": "kitchen"}, order_hint="0.2", ancestors=(to("category", HOME),)
)
NAMELESS = Category(**born(66), name={"en": "N"}, slug={"en": "nameless"}, order_hint="0.3")
ADA = Customer(
    **born(67),
    email="ada@example.com",
    customer_number="C-1",
    first_name="Ada",
    is_email_verified=True,
    customer_group_assignments=(CustomerGroupAssignment(customer_group=to("customer-group", CLUB)),),
    authentication_mode="Password",
)
IN_KITCHEN = replace(MUG, categories=(to("category", KITCHEN), to("category", NAMELESS)))
FOUND: list[tuple[Wanted, Any]] = [(Wanted("category", "id", each.id), each) for each in (HOME, KITCHEN, NAMELESS)]
FOUND += [(Wanted("customer", "id", ADA.id), ADA)]


def known() -> Facts:
    base = read().catalogue
    types = ("project", "tax-category", "zone", "shipping-method", "store", "type")
    rules = [(type_id, document) for type_id in types for document in base.all(type_id)]
    more = [("customer-group", VIP), ("customer-group", CLUB), ("channel", DEPOT)]
    return read(Catalogue(1, [*rules, *more]), (IN_KITCHEN, *VARIANTS[1:]), found=FOUND)


def a_cart() -> Cart:
    lines = [{"sku": "mug-blue", "quantity": 2}, {"sku": "book"}]
    shipped: dict[str, Any] = {"shippingMethod": {"key": "standard"}, "shippingAddress": {"country": "DE"}}
    cart = create(lineItems=lines, **shipped, custom={"type": {"key": "extra"}})
    mug, book = cart.line_items
    mug = replace(mug, supply_channel=to("channel", DEPOT))
    return replace(cart, customer_id=ADA.id, customer_group=to("customer-group", VIP), line_items=(mug, book))


def asked(text: str, facts: Facts | None = None) -> bool:
    rule = known_rule(text)
    assert rule is not None, text
    cart = a_cart()
    return rule.test(cart_view(to_builtins(cart), cart, beside(rule.names), facts or known()))


@pytest.mark.parametrize(
    "text",
    [
        'customer.customerNumber = "C-1" and customer.firstName = "Ada"',
        "customer.isEmailVerified and customer.lastName is not defined",
        'customer.email = "ada@example.com"',
        "customer.customerGroup is defined",
        'customer.createdAt < "2030-01-01T00:00:00.000Z"',
        'customer.customerGroup.key = "vip" and customerGroup.key = "vip"',
        f'customer.customerGroup.id = "{VIP.id}"',
        'customer.customerGroupAssignments.customerGroup.key contains any ("club", "x")',
        f'customer.customerGroupAssignments.customerGroup.id contains "{CLUB.id}"',
        'shippingInfo.taxCategory.key = "standard" and shippingInfo.shippingMethod.key = "standard"',
        'shippingInfoExists(taxCategory.key = "standard" and shippingMethod.key = "standard")',
        'custom.type.key = "extra"',
        f'custom.type.id = "{EXTRA.id}"',
        'lineItemCount(supplyChannel.key = "depot") = 2',
        f'lineItemExists(supplyChannel.id = "{DEPOT.id}")',
        'lineItemCount(categories.key contains "kitchen") = 2',
        f'lineItemExists(categories.id = ("{KITCHEN.id}", "{NAMELESS.id}"))',
        'not lineItemExists(categories.key = "home")',
        'lineItemExists(categoriesWithAncestors.key contains all ("home", "kitchen"))',
        f'lineItemTotal(categoriesWithAncestors.id contains "{HOME.id}") = "19.98 EUR"',
        f'lineItemExists(categoriesWithAncestors.id = ("{HOME.id}", "{KITCHEN.id}", "{NAMELESS.id}"))',
        "lineItemCount(categories is empty) = 1",
        "forAllLineItems(price.discount.id is not defined)",
        "lineItemExists(variant.id = 1 and variant.key is not defined)",
    ],
)
def test_it_is_there(text: str) -> None:
    assert asked(text)


@pytest.mark.parametrize(
    "text",
    [
        'customer.customerNumber = "C-2"',
        'customer.customerGroup.key = "club"',
        'lineItemExists(supplyChannel.key = "store")',
        'lineItemExists(distributionChannel.key = "depot")',
        f'lineItemExists(categories.id = ("{KITCHEN.id}"))',
        'custom.type.key = "other"',
    ],
)
def test_it_is_another(text: str) -> None:
    assert not asked(text)


def test_the_email_of_a_cart_goes_before_that_of_the_account() -> None:
    rule = known_rule('customer.email = "ada@example.com"')
    assert rule is not None
    for email, held in ((None, True), ("eve@example.com", False)):
        cart = replace(a_cart(), customer_email=email)
        assert rule.test(cart_view(to_builtins(cart), cart, beside(rule.names), known())) is held
    nobody = replace(a_cart(), customer_id=None, customer_email="ada@example.com")
    assert rule.test(cart_view(to_builtins(nobody), nobody, beside(rule.names), known()))


def test_what_was_not_read_leads_to_nothing() -> None:
    nothing = read()
    for text in (
        "customer.key is defined",
        'customer.customerGroup.key = "vip"',
        'lineItemExists(categories.key contains "kitchen")',
        'lineItemExists(supplyChannel.key = "depot")',
    ):
        assert not asked(text, nothing)


def test_what_nobody_asks_is_not_put_there() -> None:
    cart = a_cart()
    plain = to_builtins(cart)
    ordinary = frozenset({"totalPrice", "customer.id", "customer.customerGroup.id", "lineItems.sku", "shippingInfo.price"})
    assert beside(ordinary) == frozenset()
    assert cart_view(to_builtins(cart), cart, ordinary, known()) == plain
    names = frozenset({"lineItems.categories.id"})
    line = line_view(to_builtins(cart.line_items[0]), cart.line_items[0], names, known())
    assert line["categories"] == [{"id": KITCHEN.id, "key": "kitchen"}, {"id": NAMELESS.id}]
    assert line_view(dict(line), cart.line_items[0], names, known()) == line


def wanted(*names: str, found: dict[Wanted, Any]) -> set[Wanted]:
    return set(wanted_by_rules(frozenset(names), ADA.id, a_cart().line_items, found))


def test_only_what_is_named_is_read() -> None:
    assert wanted("customer.id", "customer.customerGroup.key", "lineItems.sku", "totalPrice", found={}) == set()
    assert wanted("customer.customerNumber", found={}) == {Wanted("customer", "id", ADA.id)}
    variants = {Wanted("variant", "sku", "mug-blue"), Wanted("variant", "sku", "book")}
    assert wanted("categories.id", found={}) == variants
    first = {Wanted("variant", "sku", "mug-blue"): IN_KITCHEN, Wanted("variant", "product", uid(51)): (VARIANTS[2],)}
    in_them = {Wanted("category", "id", KITCHEN.id), Wanted("category", "id", NAMELESS.id)}
    assert wanted("lineItems.categoriesWithAncestors.key", found=first) == variants | in_them
    second = {**first, Wanted("category", "id", KITCHEN.id): KITCHEN}
    above = {Wanted("category", "id", HOME.id)}
    assert wanted("categoriesWithAncestors.key", found=second) == variants | in_them | above
    # Their ids stand in the categories themselves.
    assert wanted("categoriesWithAncestors.id", found=second) == variants | in_them


def test_what_every_cart_is_tried_with_is_read_before_it_is_asked() -> None:
    facts = known()
    types = ("project", "tax-category", "zone", "shipping-method", "store", "type")
    rules = [(type_id, document) for type_id in types for document in facts.catalogue.all(type_id)]
    sale: dict[str, Any] = {"name": {"en": "Sale"}, "value": {"type": "relative", "permyriad": 1000}, "sortOrder": "0.5"}
    home = {"type": "lineItems", "predicate": 'categoriesWithAncestors.key contains "home"'}
    at_home = made(cart_discount.RESOURCE, {**sale, "cartPredicate": 'customer.key = "ada"', "target": home})
    idle = replace(at_home, is_active=False)
    for discount, names in ((at_home, {"customer.key", "categoriesWithAncestors.key"}), (idle, set())):
        catalogue = Catalogue(1, [*rules, ("cart-discount", discount)])
        assert named_by_all(catalogue) == names
        found = Found()
        found.catalogue = catalogue
        variants = {Wanted("variant", "sku", "mug-blue"), Wanted("variant", "sku", "book"), Wanted("customer", "id", ADA.id)}
        assert set(cart_resource.RESOURCE.wants(a_cart(), found)) == (variants if names else set())
    asking = [
        (type_id, replace(each, predicate='customer.title = "Dr"')) for type_id, each in rules if type_id == "shipping-method"
    ]
    assert named_by_all(Catalogue(1, asking)) == {"customer.title"}
