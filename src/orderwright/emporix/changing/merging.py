"""An order that is changed in this dialect: what was sent, merged into what is shown, becomes actions of the house.

A status is a move, a shipment a delivery with one parcel. Addresses and the e-mail have actions already, which tell what they
always tell. Everything that only this dialect has is kept anew. Figures and entries are not changed in this way, nor what an
order is known by: these are refused. What the server sets itself (`READ_ONLY`) is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Annotated, Any, ClassVar, Final

from msgspec import Meta, Raw
from msgspec.structs import replace

from orderwright.domain.amounts.money import typed as typed_money
from orderwright.domain.custom.addresses import Address, AddressDraft
from orderwright.domain.custom.custom_object import saved
from orderwright.domain.custom.fields import CustomFieldsDraft
from orderwright.domain.order.actions import actions as of_the_house
from orderwright.domain.order.actions.addresses import SetShippingAddress
from orderwright.domain.order.kept import MADE, PARTS, bound, in_force, kept
from orderwright.domain.order.messages import DeliveryAdded, ParcelAddedToDelivery
from orderwright.domain.order.model import Order
from orderwright.domain.sale.actions.shared import SetBillingAddress, SetCustomerEmail
from orderwright.domain.sale.shipping.deliveries import DeliveryDraft, ParcelDraft, TrackingData, delivery_from, parcel_from
from orderwright.domain.sale.shipping.model import ShippingInfo, ShippingRate
from orderwright.domain.sale.shipping.several import deliveries_of, infos_of, with_info
from orderwright.emporix import model
from orderwright.emporix.amounts import cents_of
from orderwright.emporix.drafts import address_draft, check_mixins
from orderwright.emporix.keeping import without_owned
from orderwright.emporix.restricting import MEMBER as RESTRICTION
from orderwright.emporix.restricting import check_valid
from orderwright.emporix.statuses import MarkCompleted, Status, check_move, move, status_of
from orderwright.emporix.table.entries import EXPECTED
from orderwright.emporix.table.fields import OF_ADDRESS
from orderwright.emporix.table.sums import NOTHING
from orderwright.engine.actions import ActionSet, Change
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import decode_body, encode, plain
from orderwright.engine.model import Action, Value
from orderwright.engine.references import ResourceIdentifier
from orderwright.engine.scalars import DateTime, Text
from orderwright.errors import ApiError, concurrent_modification, invalid_operation

MAX_SHIPMENTS: Final = 100
READ_ONLY: Final = ("id", "created", "completed", "lastStatusChange", "createdBy")
FIXED: Final = (
    *PARTS["figures"][1], "currency", "countryCode", "siteCode", "legalEntityId", "cartId", "checkout", "orderType",
    "masterOrder", "subOrders", "splitInfo",
)  # fmt: skip
"""What a change of an order may say, but not change."""
_STAYS: Final = (*READ_ONLY, *FIXED, "status", "shipments", "customer")
_ADDRESSES: Final[Mapping[str, type[SetShippingAddress] | type[SetBillingAddress]]] = {
    "shippingAddress": SetShippingAddress,
    "billingAddress": SetBillingAddress,
}
_ENTRIES: Final = [{"amount": 0}]
_DAY: Final = r"^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-][\d:]+)?)?$"
"""A date, with a time or without one, which is kept as it came."""
_LEFT: Final = ("id", "key", "title", "salutation", "region", "mobile", "p_o_box", "email", "fax", "external_id")
"""What an address of the house has and this dialect has no word for."""


class Shipment(Value):
    """What was sent."""

    shipped_date: DateTime
    carrier: Text
    tracking_number: Text | None = None
    expect_delivery_on: Annotated[str, Meta(max_length=40, pattern=_DAY)] | None = None


class Update(model.SalesOrderCreation):
    """The members of a change, as far as the house reads them."""

    shipments: Annotated[tuple[Shipment, ...], Meta(max_length=MAX_SHIPMENTS)] = ()


class AddShipment(Action):
    """Add a delivery that is one parcel, sent at its time. Of several shippings it is the first one's."""

    sent: ClassVar[bool] = False
    shipment: Shipment


class Keep(Action):
    """Keep something else of the order, which is true of the order as it is then."""

    sent: ClassVar[bool] = False
    kept: dict[str, Any]


actions: ActionSet[Order] = ActionSet(Order, "EmporixOrder")
actions.include(of_the_house)


@actions.handles
def add_shipment(order: Order, action: AddShipment, facts: Facts) -> Change[Order]:
    """An order that nobody shipped is from now on shipped for nothing. Raises `InvalidOperation` for one that is to have several
    shippings and has none yet."""
    if not infos_of(order):
        order = _shipped_for_nothing(order)
    info = infos_of(order)[0]
    shipment = action.shipment
    tracking = TrackingData(tracking_id=shipment.tracking_number, carrier=shipment.carrier, is_return=False)
    parcel = replace(parcel_from(ParcelDraft(tracking_data=tracking), facts), created_at=shipment.shipped_date)
    empty = replace(delivery_from(DeliveryDraft(), facts), created_at=shipment.shipped_date)
    delivery = replace(empty, parcels=(parcel,))
    if shipment.expect_delivery_on is not None:
        order = _expecting(order, parcel.id, shipment.expect_delivery_on)
    key = next((each.shipping_key for each in order.shipping if each.shipping_info is info), None)
    after = with_info(order, info, replace(info, deliveries=(*(info.deliveries or ()), delivery)))
    added = DeliveryAdded(delivery=empty, shipping_key=key)
    return Change(after, added, ParcelAddedToDelivery(delivery=delivery, parcel=parcel, shipping_key=key))


@actions.handles
def mark_completed(order: Order, _action: MarkCompleted, facts: Facts) -> Order:
    return replace(order, completed_at=facts.now)


@actions.handles
def keep(order: Order, action: Keep, facts: Facts) -> Order:
    """Raises `InvalidField` for another restriction that the tenant has not."""
    restriction = action.kept.get(RESTRICTION)
    if restriction != (kept(order) or {}).get(RESTRICTION):
        check_valid(restriction, facts.project)
    return bound(order, action.kept)


def _expecting(order: Order, parcel: str, day: str) -> Order:
    """The order with the day on which a parcel is expected, of which the first dialect knows nothing."""
    keeps = {name: value for name, value in (kept(in_force(order)) or {}).items() if name != MADE}
    return bound(order, {**keeps, EXPECTED: {**keeps.get(EXPECTED, {}), parcel: day}})


def _shipped_for_nothing(order: Order) -> Order:
    if order.shipping_mode != "Single":
        raise invalid_operation("The order has no shipping yet.")
    keeps = kept(in_force(order))
    nothing = typed_money(cents_of(NOTHING, order.total_price.currency_code), "shipping")
    info = ShippingInfo(
        shipping_method_name="Shipping",
        price=nothing,
        shipping_rate=ShippingRate(price=nothing, tiers=()),
        shipping_method_state="MatchesCart",
    )
    after = replace(order, shipping_info=info)
    return after if keeps is None else bound(after, {name: value for name, value in keeps.items() if name != MADE})


def changes(order: Order, shown: Mapping[str, Any], sent: Mapping[str, Any], *, whole: bool) -> tuple[Action, ...]:
    """The actions by which the `order`, which is `shown` so, becomes what was sent: merged with it, or, where that is the
    `whole`, without the members that were left out.

    Raises 409 for a version (`metadata.version`) that is not the order's, `InvalidOperation` for a member that is not changed
    in this way, what `check_move` raises, and as the creation of an order does for what is malformed.
    """
    version = _at(sent, "metadata.version")
    if version is not None and version != order.version:
        raise concurrent_modification(order.id, version if isinstance(version, int) else 0, order.version)
    before = {name: shown[name] for name in _STAYS if name in shown} if whole else shown
    after: dict[str, Any] = {**merged(before, sent), **{name: shown[name] for name in READ_ONLY if name in shown}}
    if whole and isinstance(after.get("metadata", {}), Mapping):
        after["metadata"] = {"mixins": _at(shown, "metadata.mixins") or {}, **after.get("metadata", {})}
    changed = [name for name in dict.fromkeys((*shown, *after)) if _differs(name, shown, after)]
    _check_fixed(order, changed, shown, after)
    typed = _typed(after, changed)
    found = [*_shipments(shown, typed, changed), *_of_the_order(order, after, typed, changed)]
    keeps = _kept(order, after, changed)
    if keeps is not None:
        found.append(Keep(kept=keeps))
    to: Status = typed.status
    if "status" in changed:
        shipped = bool(deliveries_of(order)) or any(isinstance(each, AddShipment) for each in found)
        check_move(status_of(order), to, customer=False, shipped=shipped)
        found += move(status_of(order), to)
    return tuple(found)


def _differs(name: str, shown: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a member is to be another one. What is fixed may be said in part: of what it leaves out it says nothing."""
    if name in FIXED and name in shown and name in after:
        return not _says(after[name], shown[name])
    return shown.get(name) != after.get(name)


def _says(part: Any, whole: Any) -> bool:
    """Whether all of a part is in the whole."""
    if isinstance(part, Mapping) and isinstance(whole, Mapping):
        return all(name in whole and _says(value, whole[name]) for name, value in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        return len(part) == len(whole) and all(map(_says, part, whole))
    return bool(part == whole)


def read_change(body: bytes) -> dict[str, Any]:
    """What was sent, with the members that are null. Raises as `read_draft` does."""
    decode_body(dict[str, Any], body)
    saved(Raw(body))
    sent: dict[str, Any] = plain(body)
    return sent


def merged(target: Any, patch: Any) -> Any:
    """JSON merge patch (RFC 7396): objects by their members, of which null takes one away; anything else as a whole."""
    if not isinstance(patch, Mapping):
        return patch
    found = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = merged(found.get(name), value)
    return found


def _typed(after: Mapping[str, Any], changed: list[str]) -> Update:
    """What was changed, as the house reads it. The rest is as it was shown, and may lack what a creation needs."""
    read = {name: after[name] for name in (*changed, "metadata", "mixins") if name in after}
    typed: Update = decode_body(Update, encode({**read, "entries": _ENTRIES}))
    check_mixins(typed)
    return typed


def _check_fixed(order: Order, changed: list[str], shown: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    fixed = [name for name in changed if name in FIXED]
    paths = ["customer.id", "mixins.generalAttributes.orderNumber"]
    paths += ["mixins.custom"] if order.custom is not None else []
    paths += ["payments"] if order.payment_info is not None else []
    fixed += [path for path in paths if _at(shown, path) != _at(after, path) and not _gone(after, path)]
    for name in fixed:
        raise ApiError(400, "InvalidOperation", f"The member '{name}' of an order is not changed in this way.", field=name)


def _gone(after: Mapping[str, Any], path: str) -> bool:
    """Whether a member that the server tells itself was only left out with what it stands in."""
    return path.startswith("mixins.") and _at(after, path) is None


def _shipments(shown: Mapping[str, Any], typed: Update, changed: list[str]) -> Iterator[Action]:
    """Those that are not there yet: a shipment is not taken back."""
    if "shipments" not in changed:
        return
    known: list[Shipment] = decode_body(list[Shipment], encode(shown.get("shipments", [])))
    for shipment in typed.shipments:
        if shipment in known:
            known.remove(shipment)
        else:
            yield AddShipment(shipment=shipment)


def _of_the_order(order: Order, after: Mapping[str, Any], typed: Update, changed: list[str]) -> Iterator[Action]:
    for name, action in _ADDRESSES.items():
        if name in changed:
            is_billing = name == "billingAddress"
            sent = typed.billing_address if is_billing else typed.shipping_address
            yield action(address=_address(sent, order.billing_address if is_billing else order.shipping_address))
    if "customer" in changed and typed.customer is not None and typed.customer.email != (order.customer_email or ""):
        yield SetCustomerEmail(email=typed.customer.email)


def _address(sent: model.Address | None, old: Address | None) -> AddressDraft | None:
    """The draft of an address, with what the old one has that this dialect has no word for."""
    draft = address_draft(sent)
    if draft is None or old is None:
        return draft
    custom = None
    if old.custom is not None:
        custom = CustomFieldsDraft(type=ResourceIdentifier(id=old.custom.type.id), fields=old.custom.fields)
    return replace(draft, **{name: getattr(old, name) for name in _LEFT}, custom=custom)


def _kept(order: Order, after: Mapping[str, Any], changed: list[str]) -> dict[str, Any] | None:
    """What is kept from now on; None where that stays as it is."""
    own = [name for name in changed if name not in ("status", "shipments") and not name.startswith("@")]
    if not own:
        return None
    before = kept(in_force(order)) or {}
    found = {name: value for name, value in before.items() if name != MADE}
    for name in own:
        if name in after:
            found[name] = after[name]
        else:
            found.pop(name, None)
    for name in _ADDRESSES:
        if name in own and name in found:
            found[name] = {part: value for part, value in found[name].items() if part not in OF_ADDRESS}
    hidden = ("mixins.custom", "metadata.mixins.custom") if order.custom is not None else ()
    found = without_owned(deepcopy(found), *hidden)
    empty: tuple[Any, ...] = ({}, None)
    found = {name: value for name, value in found.items() if value not in empty}
    return found if found or before else None


def _at(document: Mapping[str, Any], path: str) -> Any:
    at: Any = document
    for step in path.split("."):
        at = at.get(step) if isinstance(at, Mapping) else None
    return at
