"""A shirt shop with product discounts, and whole decisions in it: what an update makes of a document, and what it tells."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from domain.changes import made, with_documents
from domain.facts import NOW
from domain.facts import facts as read
from domain.goods.shirts import PART, SHIRT
from orderwright.domain.goods.product_discount.model import ProductDiscount
from orderwright.domain.goods.product_discount.resource import RESOURCE
from orderwright.engine.access import Access
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import decode_body
from orderwright.engine.messages import Message
from orderwright.engine.model import ClientLogging
from orderwright.engine.references import Wanted
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import DateTime
from orderwright.engine.steps import drained
from orderwright.engine.unit.decision import Decided, Deed, decide

SALE = {"name": {"en": "Sale"}, "value": {"type": "relative", "permyriad": 1000}, "predicate": "1 = 1", "sortOrder": "0.5"}


def euro_amount(cents: int) -> dict[str, Any]:
    return {"type": "absolute", "money": [{"currencyCode": "EUR", "centAmount": cents}]}


def discount(number: int, **changes: Any) -> ProductDiscount:
    """An active discount of 10 % of every price, but for what the changes say."""
    draft = {**SALE, "isActive": True, **changes}
    found: ProductDiscount = made(RESOURCE, draft, read(first_id=8000 + number))
    return found


def shop_with(
    *discounts: ProductDiscount,
    beside: Iterable[tuple[str, Any]] = (),
    found: Sequence[tuple[Wanted, Any]] = (),
    now: DateTime = NOW,
    tells: bool = False,
) -> Facts:
    """The shop with the two product types and these discounts. If it `tells`, nothing else was looked for than what was found."""
    types = [("product-type", each) for each in (SHIRT, PART)]
    catalogue = with_documents(*types, *(("product-discount", each) for each in discounts), *beside).catalogue
    facts = read(catalogue, found=found, now=now, first_id=5000)
    if not tells:
        return facts
    asked = [name for name, _ in found]
    return Facts(now=now, new_id=facts.new_id, who=facts.who, catalogue=catalogue, found=dict(found), asked=asked)


def decided(resource: ResourceType, before: Any, facts: Facts, *actions: dict[str, Any]) -> Decided:
    """What an update comes to."""
    body = json.dumps({"version": before.version, "actions": actions}).encode()
    update = decode_body(resource.actions.update_type(), body)
    return _decided(Deed(resource=resource, access=_ACCESS, facts=facts, actions=update.actions), before)


def drafted(resource: ResourceType, draft: dict[str, Any], facts: Facts) -> Decided:
    """What a draft comes to."""
    sent = decode_body(resource.draft, json.dumps(draft).encode())
    return _decided(Deed(resource=resource, access=_ACCESS, facts=facts, draft=sent), None)


def renewed(resource: ResourceType, before: Any, facts: Facts, action: Any) -> Decided:
    """What the queue of renewals makes of a document."""
    return _decided(Deed(resource=resource, access=_ACCESS, facts=facts, actions=[action]), before)


def told(decided: Decided, kind: type[Message]) -> list[Any]:
    return [message for message in decided.change.messages if isinstance(message, kind)]


def _decided(deed: Deed, before: Any) -> Decided:
    return drained(decide(deed, before))


_ACCESS = Access(shard="shop", who=ClientLogging(client_id="test"))
