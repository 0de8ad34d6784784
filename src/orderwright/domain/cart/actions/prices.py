"""What lines cost: the customer group and the channel that prices are selected for, and prices from outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from orderwright.domain.amounts.money import Money
from orderwright.domain.cart.actions.line_items import lines_named, prices_of_line
from orderwright.domain.cart.actions.registry import actions
from orderwright.domain.sale.lines.items import ExternalLineItemTotalPrice
from orderwright.domain.sale.lines.parts import OnLineItem, named_line, with_line
from orderwright.domain.sale.lines.pricing import ExternalPrices, distribution_channel, with_external_price, with_selected_price
from orderwright.domain.sale.lines.variants import prices_of_all
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.refresh import REFRESHING
from orderwright.domain.sale.stock import check_quantity, wanted_stock
from orderwright.domain.shop.channel.roles import channel_in_role
from orderwright.engine.actions import Change, WantsOn
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.references import ChannelIdentifier, CustomerGroupIdentifier, Wanted
from orderwright.errors import invalid_operation


class SetCustomerGroup(Action):
    """The group that prices are selected for, of a cart that is no customer's."""

    customer_group: CustomerGroupIdentifier | None = None

    def wants_on(self, _cart: Cart) -> WantsOn:
        """Every line's prices."""
        return prices_of_all


class _PricedLine(OnLineItem):
    """A line that is priced anew."""

    def wants_on(self, cart: Cart) -> Iterator[Wanted]:
        """The line's prices."""
        return prices_of_line(cart, self)


class SetLineItemPrice(_PricedLine):
    """The price of a unit from outside; without it a price is selected again."""

    external_price: Money | None = None


class SetLineItemTotalPrice(_PricedLine):
    """What the line costs, from outside; without it a price is selected again."""

    external_total_price: ExternalLineItemTotalPrice | None = None


class SetLineItemDistributionChannel(_PricedLine):
    """The channel that the line is sold through."""

    distribution_channel: ChannelIdentifier | None = None


class SetLineItemSupplyChannel(OnLineItem):
    """The channel that the line's units come from."""

    supply_channel: ChannelIdentifier | None = None

    def wants_on(self, cart: Cart) -> Iterable[Wanted]:
        """How many of it each channel lets a line hold."""
        return wanted_stock(lines_named(cart, self))


@actions.handles
def set_customer_group(cart: Cart, action: SetCustomerGroup, facts: Facts) -> Cart | Change[Cart]:
    """Raises `InvalidOperation` for a customer's cart, `MatchingPriceNotFound` and `MissingTaxRateForCountry`."""
    if cart.customer_id is not None:
        raise invalid_operation("The cart belongs to a customer, whose customer group it takes.")
    group = facts.reference("customer-group", action.customer_group)
    return cart if group == cart.customer_group else Change(replace(cart, customer_group=group), then=REFRESHING)


@actions.handles
def set_line_item_price(cart: Cart, action: SetLineItemPrice, facts: Facts) -> Cart:
    """Raises what the price from outside or the selection raises."""
    line = named_line(cart, action)
    after = with_external_price(line, ExternalPrices(price=action.external_price), "ExternalPrice", cart, facts)
    return with_line(cart, after)


@actions.handles
def set_line_item_total_price(cart: Cart, action: SetLineItemTotalPrice, facts: Facts) -> Cart:
    """Raises `InvalidOperation` for a gift, and what the price from outside or the selection raises."""
    line = named_line(cart, action)
    if line.line_item_mode == "GiftLineItem":
        raise invalid_operation(f"The line item '{line.id}' is a gift: its price is not set from outside.")
    after = with_external_price(line, ExternalPrices(total=action.external_total_price), "ExternalTotal", cart, facts)
    return with_line(cart, after)


@actions.handles
def set_line_item_distribution_channel(cart: Cart, action: SetLineItemDistributionChannel, facts: Facts) -> Cart:
    """Raises `ReferencedResourceNotFound`, `MissingRoleOnChannel`, `InvalidOperation`, `MatchingPriceNotFound`."""
    line = named_line(cart, action)
    channel = distribution_channel(action.distribution_channel, cart, facts)
    if channel == line.distribution_channel:
        return cart
    after = replace(line, distribution_channel=channel, last_modified_at=facts.now)
    if after.price_mode == "Platform":
        after = with_selected_price(after, cart, facts)
    return with_line(cart, after)


@actions.handles
def set_line_item_supply_channel(cart: Cart, action: SetLineItemSupplyChannel, facts: Facts) -> Cart:
    """Raises `ReferencedResourceNotFound`, `MissingRoleOnChannel`, or a limit of the channel's inventory entry."""
    line = named_line(cart, action)
    channel = channel_in_role(action.supply_channel, "InventorySupply", facts)
    if channel == line.supply_channel:
        return cart
    after = check_quantity(replace(line, supply_channel=channel, last_modified_at=facts.now), facts)
    return with_line(cart, after)
