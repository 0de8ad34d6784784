"""Which documents keep others from being deleted, as their models say it."""

from typing import Annotated

from msgspec import Meta

from notes import NOTE
from orderwright.engine.model import Reference, Resource, Value, always
from orderwright.engine.references import StoreReference, TaxCategoryReference, ZoneReference, held_places
from orderwright.engine.resource import holding
from orderwright.resources import RESOURCES


class Leaf(Value):
    """A part that may hold itself."""

    zone: ZoneReference | None = None
    loose: Reference | None = None
    inner: "Leaf | None" = None


class Tree(Resource):
    """A document with references of all kinds."""

    store: StoreReference
    leaves: tuple[Leaf, ...] = always(())
    categories: Annotated[tuple[TaxCategoryReference, ...], Meta(title="Categories")] = always(())


def test_references_of_a_type_hold_and_others_are_loose() -> None:
    assert list(held_places(Tree)) == [
        ("store", "store.key"),
        ("zone", "leaves[*].zone.id"),
        ("tax-category", "categories[*].id"),
    ]


def test_what_is_held_by_nothing_stays_as_it_is() -> None:
    assert holding([NOTE]) == (NOTE,)


def test_what_holds_a_channel_a_state_and_a_store() -> None:
    """By hand: each place where a document of the API names one, and what keeps it there."""
    held = {each.type_id: dict(each.referenced_by) for each in RESOURCES}
    lines = '@.lineItems[*].supplyChannel.id == "{id}" || @.lineItems[*].distributionChannel.id == "{id}"'
    assert held["channel"] == {
        "store": '$ ? (@.distributionChannels[*].id == "{id}" || @.supplyChannels[*].id == "{id}")',
        "standalone-price": '$ ? (@.channel.id == "{id}")',
        "inventory-entry": '$ ? (@.supplyChannel.id == "{id}")',
        "cart": f"$ ? ({lines})",
        "quote-request": f"$ ? ({lines})",
        "quote": f"$ ? ({lines})",
        "order": f'$ ? ({lines} || @.syncInfo[*].channel.id == "{{id}}")',
        "product": '$.priceChannels[*] ? (@ == "{id}")',
    }
    items = '@.lineItems[*].state[*].state.id == "{id}" || @.customLineItems[*].state[*].state.id == "{id}"'
    assert held["state"] == {
        "state": '$ ? (@.transitions[*].id == "{id}" && @.id != "{id}")',
        "product": '$ ? (@.state.id == "{id}")',
        "cart": f"$ ? ({items})",
        "order": f'$ ? ({items} || @.state.id == "{{id}}")',
        "payment": '$ ? (@.paymentStatus.state.id == "{id}")',
        "quote-request": f'$ ? ({items} || @.state.id == "{{id}}")',
        "staged-quote": '$ ? (@.state.id == "{id}")',
        "quote": f'$ ? ({items} || @.state.id == "{{id}}")',
    }
    users = {"business-unit", "cart", "cart-discount", "order", "customer", "category", "shipping-method", "shopping-list"}
    users |= {"quote-request", "staged-quote", "quote"}
    assert set(held["store"]) == users
    assert held["store"]["cart"] == '$ ? (@.store.key == "{key}")'
    assert held["store"]["customer"] == '$ ? (@.stores[*].key == "{key}")'
