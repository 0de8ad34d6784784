"""An Emporix order that is made becomes an order of the house: an import, and beside it what is kept of it as it came.

Of an entry whose SKU the shop sells a line item is made, of every other a custom line item. Amounts go to the nearest minor unit
where the house counts in these; a unit's price keeps all its digits (high precision). Net, gross and tax are as they were sent.
What fees come to is one more custom line item. The exact figures are in what is kept (`domain/order/kept.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from msgspec import Raw
from msgspec.structs import replace

from orderwright.domain.amounts.money import cents
from orderwright.domain.amounts.money import typed as typed_money
from orderwright.domain.amounts.tax import TaxPortionDraft
from orderwright.domain.business_unit.naming import wherever_it_buys
from orderwright.domain.custom.addresses import AddressDraft
from orderwright.domain.custom.custom_object import saved
from orderwright.domain.customer.model import Customer
from orderwright.domain.goods.price import PriceDraft
from orderwright.domain.goods.product.variant import VariantSnapshot
from orderwright.domain.order.importing.create import create_imported
from orderwright.domain.order.importing.drafts import (
    CustomLineItemImportDraft,
    ImportedTaxRate,
    LineItemImportDraft,
    OrderImportDraft,
    ProductVariantImportDraft,
    ShippingInfoImportDraft,
    TaxedItemPriceDraft,
    TaxedPriceDraft,
)
from orderwright.domain.order.kept import bound
from orderwright.domain.order.model import Order
from orderwright.domain.sale.discounts.portions import DiscountedLineItemPrice, DiscountedLineItemPriceForQuantity
from orderwright.domain.sale.lines.items import CustomLineItem, LineItem
from orderwright.domain.sale.shipping.model import ShippingRateDraft
from orderwright.emporix import model
from orderwright.emporix.amounts import EXACT, cents_of, decimal, minor_units, money_of
from orderwright.emporix.bodies import read_body
from orderwright.emporix.keeping import kept_of
from orderwright.emporix.restricting import MEMBER as RESTRICTION
from orderwright.emporix.restricting import check_valid, said
from orderwright.emporix.statuses import STATES
from orderwright.emporix.table.sums import NOTHING
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts, Found
from orderwright.engine.json.codec import plain
from orderwright.engine.model import KeyReference, Value
from orderwright.engine.references import ResourceIdentifier, Wanted
from orderwright.engine.scalars import UUID
from orderwright.errors import invalid_field, required_field

FEES: Final = "fees"
"""The slug of the custom line item that all fees are."""
_MOST_NUMBER: Final = 256
"""Characters of an order's number."""


class Draft(Value):
    """An order as it was sent: what the house reads of it, and all of it."""

    order: model.SalesOrderCreation
    sent: dict[str, Any]

    def wants_on(self, found: Found) -> Iterator[Wanted]:
        """The customer by her id, where her number was told."""
        yield from (Wanted("customer", "id", each.id) for each in map(found.get, _buyer(self.order)) if each is not None)

    def wants(self) -> Iterator[Wanted]:
        """The customer, the store, the business unit and the variants that it may mean. None of them need be here."""
        order = self.order
        yield from _buyer(order)
        if order.site_code:
            yield Wanted("store", "key", order.site_code)
        if order.legal_entity_id:
            yield Wanted("business-unit", "key", order.legal_entity_id)
        for sku in dict.fromkeys(entry.product.sku for entry in order.entries if entry.product is not None and entry.product.sku):
            yield Wanted("variant", "sku", sku)


def read_draft(body: bytes) -> Draft:
    """The draft of a request's body. Raises `InvalidJsonInput` with the path of what is wrong, and what `saved` raises for what
    would be kept and cannot be."""
    order, body = read_body(model.SalesOrderCreation, body)
    sent: dict[str, Any] = plain(bytes(saved(Raw(body))))
    return Draft(order=order, sent=sent)


def create(draft: Draft, facts: Facts) -> Change[Order]:
    """The order that a draft becomes, with what is kept of it.

    Where neither the order nor a price says a currency, it is the project's first one.

    Raises `RequiredField` for the schema of a mixin, `InvalidField` for a currency that is none, a rate above 100 per cent and a
    restriction that the tenant has not, and what an import raises.
    """
    check_mixins(draft.order)
    reading = _Reading(draft.order, facts)
    change = create_imported(reading.imported(), facts)
    order = replace(reading.discounted(change.after), business_unit=reading.unit(), country=draft.order.country_code)
    restriction = said(draft.order.restriction, draft.order.site_code, facts.project)
    check_valid(restriction, facts.project)
    sent = {**draft.sent, RESTRICTION: restriction}
    return replace_after(change, bound(order, kept_of(sent, draft.order, order, reading.inclusive, facts.project.key)))


def replace_after(change: Change[Order], order: Order) -> Change[Order]:
    """The change with another order made."""
    return Change(order, *change.messages, effects=change.effects)


class _Reading:
    """What a draft says, as amounts and rates of its one currency."""

    def __init__(self, order: model.SalesOrderCreation, facts: Facts) -> None:
        self._order = order
        self._facts = facts
        self.currency = _currency(order, facts.project.currencies)
        self.inclusive = all(map(_inclusive, order.entries))
        self._country = _country(order)

    def imported(self) -> OrderImportDraft:
        order, states = self._order, STATES[self._order.status]
        lines, items = self._items()
        store = self._known("store", order.site_code)
        customer = None if order.customer is None else order.customer
        return OrderImportDraft(
            total_price=cents_of(self._total(), self.currency),
            order_number=_number(order),
            customer_id=self._customer(),
            customer_email=customer.email if customer else None,
            store=None if store is None else ResourceIdentifier(key=store.key),
            line_items=lines,
            custom_line_items=items,
            taxed_price=self._taxed_order(),
            billing_address=address_draft(order.billing_address),
            shipping_address=address_draft(order.shipping_address),
            shipping_info=self._shipping(),
            payment_state=states.payment_state,
            shipment_state=states.shipment_state,
            order_state=states.order_state,
            completed_at=self._facts.now if states.order_state == "Complete" else None,
        )

    def discounted(self, order: Order) -> Order:
        """The order with what was taken off its items, which an import does not know of."""
        lines, items = iter(order.line_items), iter(order.custom_line_items)
        made: list[LineItem | CustomLineItem] = []
        for entry in self._order.entries:
            item = next(lines) if self._sold(entry) else next(items)
            made.append(self._discounted(item, entry) if entry.calculated_price is not None else item)
        return replace(
            order,
            line_items=tuple(item for item in made if isinstance(item, LineItem)),
            custom_line_items=(*(item for item in made if isinstance(item, CustomLineItem)), *items),
        )

    def _discounted(self, item: LineItem | CustomLineItem, entry: model.Entry) -> LineItem | CustomLineItem:
        paid = _form(self._paid(entry), _inclusive(entry))
        total = cents(self.currency, minor_units(paid, self.currency))
        if total == item.total_price:
            return item
        # Twenty decimals are as many as money may have.
        unit = EXACT.quantize(EXACT.divide(paid, Decimal(item.quantity)), Decimal(1).scaleb(-12))
        price = DiscountedLineItemPrice(value=typed_money(money_of(unit, self.currency), "price"), included_discounts=())
        portion = DiscountedLineItemPriceForQuantity(quantity=item.quantity, discounted_price=price)
        return replace(item, total_price=total, discounted_price_per_quantity=(portion,))

    def unit(self) -> KeyReference | None:
        """The legal entity, if it is here. Of which sites it is, only the first dialect asks."""
        found = self._known("business-unit", self._order.legal_entity_id)
        return None if found is None else wherever_it_buys(found, self._customer())

    def _known(self, type_id: str, key: str | None) -> Any:
        """What is here under a key. A site or an entity of another system need not be."""
        return self._facts.look_up(Wanted(type_id, "key", key)) if key else None

    def _customer(self) -> str | None:
        found = (self._facts.look_up(wanted) for wanted in _buyer(self._order))
        return next((each.id for each in found if isinstance(each, Customer)), None)

    def _sold(self, entry: model.Entry) -> bool:
        sku = entry.product.sku if entry.product is not None else None
        found = self._facts.look_up(Wanted("variant", "sku", sku)) if sku else None
        return isinstance(found, VariantSnapshot)

    def _items(self) -> tuple[tuple[LineItemImportDraft, ...], tuple[CustomLineItemImportDraft, ...]]:
        lines: list[LineItemImportDraft] = []
        items: list[CustomLineItemImportDraft] = []
        for entry in self._order.entries:
            unit = money_of(self._unit(entry), self.currency)
            paid = None if entry.calculated_price is None else self._paid(entry)
            rate = self._rate(entry.calculated_unit_price or paid, _inclusive(entry), entry)
            tax: dict[str, Any] = {"tax_rate": rate, "taxed_price": self._taxed(paid) if rate and paid else None}
            if self._sold(entry) and entry.product is not None:
                variant = ProductVariantImportDraft(sku=entry.product.sku)
                line = LineItemImportDraft(
                    name=_name(entry), variant=variant, quantity=entry.amount, price=PriceDraft(value=unit), **tax
                )
                lines.append(line)
            else:
                items.append(
                    CustomLineItemImportDraft(name=_name(entry), slug=_slug(entry), quantity=entry.amount, money=unit, **tax)
                )
        fees = self._order.calculated_price.total_fee if self._order.calculated_price else None
        if fees is not None and self._form(fees):
            rate = self._rate(fees, self.inclusive, None)
            money = money_of(self._form(fees), self.currency)
            tax = {"tax_rate": rate, "taxed_price": self._taxed(fees) if rate else None}
            items.append(CustomLineItemImportDraft(name={"en": "Fees"}, slug=FEES, quantity=1, money=money, **tax))
        return tuple(lines), tuple(items)

    def _unit(self, entry: model.Entry) -> Decimal:
        if entry.calculated_unit_price is not None:
            calculated = entry.calculated_unit_price
            return _exact(calculated.gross_value if _inclusive(entry) else calculated.net_value)
        price = entry.price or model.Price()
        for given in (entry.unit_price, price.effective_amount, price.original_amount):
            if given is not None:
                return _exact(given)
        return NOTHING

    def _paid(self, entry: model.Entry) -> model.Calculated:
        """What an entry costs after discounts and without fees, which are an item of their own."""
        assert entry.calculated_price is not None
        return entry.calculated_price.discounted_price or entry.calculated_price.price or entry.calculated_price.final_price

    def _form(self, figures: model.Calculated) -> Decimal:
        return _form(figures, self.inclusive)

    def _total(self) -> Decimal:
        order = self._order
        if order.calculated_price is not None and order.calculated_price.final_price is not None:
            return self._form(order.calculated_price.final_price)
        if order.total_price is not None:
            return _exact(order.total_price)
        total = NOTHING
        for entry in order.entries:
            paid = EXACT.multiply(self._unit(entry), Decimal(entry.amount))
            total = EXACT.add(total, _form(self._paid(entry), _inclusive(entry)) if entry.calculated_price else paid)
        return EXACT.add(total, _exact(order.shipping.total.amount)) if order.shipping else total

    def _shipping(self) -> ShippingInfoImportDraft | None:
        order = self._order
        calculated = order.calculated_price.total_shipping if order.calculated_price else None
        if calculated is None and order.shipping is None:
            return None
        lines = order.shipping.lines if order.shipping else ()
        amount = self._form(calculated) if calculated else _exact(order.shipping.total.amount if order.shipping else 0)
        price = cents_of(amount, self.currency)
        rate = self._rate(calculated, self.inclusive, None)
        return ShippingInfoImportDraft(
            shipping_method_name=lines[0].code if lines else "Shipping",
            price=price,
            shipping_rate=ShippingRateDraft(price=price),
            tax_rate=rate,
            taxed_price=self._taxed(calculated) if rate and calculated else None,
        )

    def _rate(self, figures: model.Calculated | None, inclusive: bool, entry: model.Entry | None) -> ImportedTaxRate | None:
        """The rate of some figures. Without a country it is none that the house could have."""
        matched = entry.price_match_details.tax_country if entry is not None and entry.price_match_details else None
        country = matched if matched and re.fullmatch("[A-Z]{2}", matched) else self._country
        if figures is None or figures.tax_rate is None or country is None:
            return None
        share = _exact(figures.tax_rate).scaleb(-2, EXACT)
        name = figures.tax_code or "Tax"
        return ImportedTaxRate(name=name, amount=share, included_in_price=inclusive, country=country)

    def _taxed(self, figures: model.Calculated) -> TaxedItemPriceDraft:
        net, gross = (minor_units(_exact(value), self.currency) for value in (figures.net_value, figures.gross_value))
        tax = _money(gross - net, self.currency)
        rate = None if figures.tax_rate is None else _exact(figures.tax_rate).scaleb(-2, EXACT)
        portions = () if rate is None else (TaxPortionDraft(rate=rate, amount=tax, name=figures.tax_code),)
        return TaxedItemPriceDraft(
            total_net=_money(net, self.currency), total_gross=_money(gross, self.currency), tax_portions=portions, total_tax=tax
        )

    def _taxed_order(self) -> TaxedPriceDraft | None:
        final = self._order.calculated_price.final_price if self._order.calculated_price else None
        if final is None:
            return None
        lines = final.tax_aggregate.lines if final.tax_aggregate else ()
        portions = [self._taxed(line).tax_portions for line in (lines if isinstance(lines, tuple) else (lines,))]
        whole = self._taxed(final)
        return TaxedPriceDraft(
            total_net=whole.total_net,
            total_gross=whole.total_gross,
            tax_portions=tuple(portion for each in portions for portion in each),
            total_tax=whole.total_tax,
        )


def _money(units: int, currency: str) -> Any:
    return cents_of(Decimal(units).scaleb(-cents(currency, 0).fraction_digits, EXACT), currency)


def _form(figures: model.Calculated, inclusive: bool) -> Decimal:
    """The one of the figures that a price is written in, which holds its tax or does not."""
    return _exact(figures.gross_value if inclusive else figures.net_value)


def _exact(value: Any) -> Decimal:
    found = decimal(value)
    assert found is not None
    return found


def check_mixins(order: model.SalesOrderCreation) -> None:
    """A mixin stands beside the address of its schema, which nobody here asks. Raises `RequiredField`."""
    parts: list[tuple[str, Any]] = [("", order), ("customer.", order.customer)]
    parts += [("billingAddress.", order.billing_address), ("shippingAddress.", order.shipping_address)]
    parts += [("entries.", entry) for entry in order.entries]
    for path, part in parts:
        known = (part.metadata.mixins or {}) if part is not None and part.metadata is not None else {}
        for key in (part.mixins or {}) if part is not None else ():
            if key not in known:
                raise required_field(f"{path}metadata.mixins.{key[:100]}")


def _currency(order: model.SalesOrderCreation, currencies: Sequence[str]) -> str:
    prices = (entry.price.currency for entry in order.entries if entry.price is not None)
    found = order.currency or next((currency for currency in prices if currency), None) or currencies[0]
    for currency in prices:
        if currency not in (None, found):
            raise invalid_field("entries.price.currency", currency, [found])
    return found


def _country(order: model.SalesOrderCreation) -> str | None:
    addresses = [address.country for address in (order.shipping_address, order.billing_address) if address is not None]
    return next(iter([order.country_code, *addresses] if order.country_code else addresses), None)


def _inclusive(entry: model.Entry) -> bool:
    """Whether an entry's price holds its tax: as its tax says, else as its price is the gross one of a unit."""
    if entry.tax is not None and entry.tax.lines:
        return entry.tax.lines[0].inclusive
    unit, price = entry.calculated_unit_price, entry.price
    if unit is None or price is None or price.original_amount is None:
        return True
    return _exact(price.original_amount) != _exact(unit.net_value) or _exact(unit.net_value) == _exact(unit.gross_value)


def _buyer(order: model.SalesOrderCreation) -> tuple[Wanted, ...]:
    """The customer, if one is named: by the id of the house, or by the number that is her id in this dialect."""
    id = order.customer.id if order.customer is not None else None
    known = re.fullmatch(UUID, id or "")
    return (Wanted("customer", "id" if known else "customerNumber", id.lower() if known else id),) if id else ()


def _number(order: model.SalesOrderCreation) -> str | None:
    """Its number; none is one without characters. Raises `InvalidField` for one that no order may have."""
    general = (order.mixins or {}).get("generalAttributes")
    number = general.get("orderNumber") if isinstance(general, Mapping) else None
    if number is not None and (not isinstance(number, str) or len(number) > _MOST_NUMBER):
        raise invalid_field("mixins.generalAttributes.orderNumber", number)
    return number or None


def _name(entry: model.Entry) -> dict[str, str]:
    product = entry.product or model.Product()
    return product.localized_name or {"en": product.name or product.sku or product.id or entry.item_yrn or "Entry"}


def _slug(entry: model.Entry) -> str:
    product = entry.product or model.Product()
    text = product.sku or product.id or (entry.item_yrn or "").rpartition(";")[2] or entry.id or "entry"
    slug = re.sub("[^a-zA-Z0-9_-]+", "-", text)[:256]
    return slug if len(slug) > 1 else f"e-{slug}"


def address_draft(address: model.Address | None) -> AddressDraft | None:
    if address is None:
        return None
    first, space, last = address.contact_name.rpartition(" ")
    split = bool(space and first and last)
    return AddressDraft(
        country=address.country,
        first_name=first if split else None,
        last_name=last if split else address.contact_name,
        company=address.company_name,
        street_name=address.street,
        street_number=address.street_number,
        additional_street_info=address.street_appendix,
        additional_address_info=address.extra_line1,
        building=address.extra_line2,
        apartment=address.extra_line3,
        department=address.extra_line4,
        postal_code=address.zip_code,
        city=address.city,
        state=address.state,
        phone=address.contact_phone,
    )
