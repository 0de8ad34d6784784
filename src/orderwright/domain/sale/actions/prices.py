"""What lines cost: the customer group and the channel that prices are selected for, and prices from outside."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from orderwright.domain.amounts.money import Money
from orderwright.domain.sale.actions.line_items import prices_of_line
from orderwright.domain.sale.actions.registry import edit_actions
from orderwright.domain.sale.lines.items import ExternalLineItemTotalPrice
from orderwright.domain.sale.lines.parts import OnLineItem, named_line, with_line
from orderwright.domain.sale.lines.pricing import ExternalPrices, distribution_channel, with_external_price, with_selected_price
from orderwright.domain.sale.lines.variants import prices_of_all
from orderwright.domain.sale.model import Sale
from orderwright.domain.sale.refresh import REFRESHING
from orderwright.engine.actions import Change, WantsOn
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.references import ChannelIdentifier, CustomerGroupIdentifier, Wanted
from orderwright.errors import invalid_operation


class SetCustomerGroup(Action):
    """The group that prices are selected for, of a cart that is no customer's."""

    customer_group: CustomerGroupIdentifier | None = None

    def wants_on(self, _sale: Sale) -> WantsOn:
        """Every line's prices."""
        return prices_of_all


class _PricedLine(OnLineItem):
    """A line that is priced anew."""

    def wants_on(self, sale: Sale) -> Iterator[Wanted]:
        """The line's prices."""
        return prices_of_line(sale, self)


class SetLineItemPrice(_PricedLine):
    """The price of a unit from outside; without it a price is selected again."""

    external_price: Money | None = None


class SetLineItemTotalPrice(_PricedLine):
    """What the line costs, from outside; without it a price is selected again."""

    external_total_price: ExternalLineItemTotalPrice | None = None


class SetLineItemDistributionChannel(_PricedLine):
    """The channel that the line is sold through."""

    distribution_channel: ChannelIdentifier | None = None


@edit_actions.handles
def set_customer_group(sale: Sale, action: SetCustomerGroup, facts: Facts) -> Sale | Change[Sale]:
    """Raises `InvalidOperation` for a customer's cart, `MatchingPriceNotFound` and `MissingTaxRateForCountry`."""
    if sale.customer_id is not None:
        raise invalid_operation("The cart belongs to a customer, whose customer group it takes.")
    group = facts.reference("customer-group", action.customer_group)
    return sale if group == sale.customer_group else Change(replace(sale, customer_group=group), then=REFRESHING)


@edit_actions.handles
def set_line_item_price(sale: Sale, action: SetLineItemPrice, facts: Facts) -> Sale:
    """Raises what the price from outside or the selection raises."""
    line = named_line(sale, action)
    after = with_external_price(line, ExternalPrices(price=action.external_price), "ExternalPrice", sale, facts)
    return with_line(sale, after)


@edit_actions.handles
def set_line_item_total_price(sale: Sale, action: SetLineItemTotalPrice, facts: Facts) -> Sale:
    """Raises `InvalidOperation` for a gift, and what the price from outside or the selection raises."""
    line = named_line(sale, action)
    if line.line_item_mode == "GiftLineItem":
        raise invalid_operation(f"The line item '{line.id}' is a gift: its price is not set from outside.")
    after = with_external_price(line, ExternalPrices(total=action.external_total_price), "ExternalTotal", sale, facts)
    return with_line(sale, after)


@edit_actions.handles
def set_line_item_distribution_channel(sale: Sale, action: SetLineItemDistributionChannel, facts: Facts) -> Sale:
    """Raises `ReferencedResourceNotFound`, `MissingRoleOnChannel`, `InvalidOperation`, `MatchingPriceNotFound`."""
    line = named_line(sale, action)
    channel = distribution_channel(action.distribution_channel, sale, facts)
    if channel == line.distribution_channel:
        return sale
    after = replace(line, distribution_channel=channel, last_modified_at=facts.now)
    if after.price_mode == "Platform":
        after = with_selected_price(after, sale, facts)
    return with_line(sale, after)
