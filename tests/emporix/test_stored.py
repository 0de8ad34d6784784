"""Orders of both dialects side by side in the database: written by the verbs, found by `q`, and shown by each in its own way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from emporix.schema import EXAMPLES
from orderwright.app import verbs_over
from orderwright.commands.projects import create_project
from orderwright.domain.order.importing.drafts import OrderImportDraft
from orderwright.domain.order.kept import KeptOrder
from orderwright.domain.order.resource import IMPORTED, RESOURCE
from orderwright.emporix.asking import asked
from orderwright.emporix.drafts import read_draft
from orderwright.emporix.render import Beside, rendered
from orderwright.emporix.resource import RESOURCE as EMPORIX
from orderwright.engine.access import Access
from orderwright.engine.json.codec import decode_body, decoder, encode, plain
from orderwright.engine.model import ClientLogging
from orderwright.errors import ApiError
from orderwright.http.api.endpoints import collection_of
from orderwright.resources import RESOURCES
from orderwright.settings import Settings
from orderwright.storage.database import Database
from orderwright.storage.documents.check import check
from orderwright.storage.documents.documents import Lookup
from orderwright.storage.migrations import migrate
from orderwright.storage.queries.queries import PageRequest

EON1200 = EXAMPLES["EON1200"]
_numbers = count(1)


class Shop:
    """A project with the published example and two orders of the first dialect, of 42.00 and 43.00 EUR."""

    def __init__(self, runner: asyncio.Runner, database: Database, key: str) -> None:
        self.run = runner.run
        self.database = database
        self.verbs = verbs_over(database)
        self.access = Access(shard=key, who=ClientLogging(client_id="test"))
        self.run(self.verbs.create(EMPORIX, read_draft(encode(EON1200)), self.access))
        for number in (42, 43):
            money = {"currencyCode": "EUR", "centAmount": number * 100}
            item = {"name": {"en": "X"}, "slug": f"x-{number}", "quantity": 1, "money": money}
            body = {"orderNumber": f"CT-{number}", "totalPrice": money, "customLineItems": [item]}
            self.run(self.verbs.create(IMPORTED, decode_body(OrderImportDraft, encode(body)), self.access))

    def bodies(self, **parameters: str) -> tuple[list[str], int | None]:
        question = asked(tuple(parameters.items()))
        page = PageRequest(where=question.where, sort=question.sort, limit=question.limit, offset=question.offset)
        return self.run(
            self.verbs.documents.page(collection_of(RESOURCE), self.access.shard, page, RESOURCE.visible(self.access))
        )

    def ids(self, **parameters: str) -> list[str]:
        bodies, _ = self.bodies(**parameters)
        shown = [rendered(decoder(KeptOrder).decode(body), Beside(tenant="acme"), ["id"]) for body in bodies]
        return [each["id"] for each in shown]

    def update(self, number: str, *actions: dict[str, Any]) -> dict[str, Any]:
        lookup = Lookup("order_number", number)
        before = plain(self.run(self.verbs.get(RESOURCE, lookup, self.access)))
        update = decode_body(RESOURCE.actions.update_type(), encode({"version": before["version"], "actions": actions}))
        found: dict[str, Any] = plain(self.run(self.verbs.update(RESOURCE, lookup, update.version, update.actions, self.access)))
        return found


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    with asyncio.Runner() as runner:
        runner.run(migrate(database_url))
        database = runner.run(Database.connect(database_url, Settings.from_environment({})))
        key = f"dialect{next(_numbers)}"
        try:
            runner.run(create_project(database, key, ["EUR"], ["DE"], ["en"]))
            made = Shop(runner, database, key)
            yield made
            types = {resource.type_id: resource for resource in RESOURCES}
            assert runner.run(check(database, types, [key])) == []
        finally:
            for table in ("document", "claim", "message", "variant", "project"):
                runner.run(database.execute(f"DELETE FROM {table} WHERE shard = $1", key))  # noqa: S608 - the names above
            runner.run(database.close())


def test_both_are_found_by_one_query(shop: Shop) -> None:
    everything = ["EON1200", "CT-42", "CT-43"]
    assert shop.ids(sort="created") == everything
    assert shop.ids(sort="created:DESC") == everything[::-1]
    assert shop.ids(sort="created:DESC", pageSize="2", pageNumber="2") == ["EON1200"]
    assert shop.bodies(pageSize="1", q="currency:EUR")[1] == 3
    assert shop.ids(q="id:(EON1200,CT-43)", sort="id:desc") == ["EON1200", "CT-43"]
    assert shop.ids(q="calculatedPrice.finalPrice.grossValue:>42", sort="calculatedPrice.finalPrice.grossValue") == [
        "CT-43",
        "EON1200",
    ]
    assert shop.ids(q="calculatedPrice.finalPrice.grossValue:501.829") == ["EON1200"]
    assert shop.ids(q="entries.product.sku:(x-42,shirt--red)", sort="created") == ["EON1200", "CT-42"]
    assert shop.ids(q="entries.product.localizedName.en:~^X$", sort="created") == ["CT-42", "CT-43"]
    assert shop.ids(q="mixins.payments:exists") == ["EON1200"]
    assert shop.ids(q="mixins.payments:missing", sort="created") == ["CT-42", "CT-43"]
    assert shop.ids(siteCode="GrossSite", status="CREATED") == ["EON1200"]
    assert shop.ids(q="status:DECLINED") == []


def test_an_action_changes_the_one_order_that_both_show(shop: Shop) -> None:
    changed = shop.update("EON1200", {"action": "changeOrderState", "orderState": "Cancelled"})
    assert changed["version"] == 2
    assert shop.ids(q="status:DECLINED totalPrice:812.79") == ["EON1200"]
    shop.update("EON1200", {"action": "setCustomerEmail", "email": "new@example.com"})
    # Her name came with the customer that she is no longer.
    assert shop.ids(q="customer.email:new@example.com customer.firstName:missing") == ["EON1200"]
    assert shop.ids(q="customer.firstName:John") == []


def test_the_first_dialect_shows_nothing_of_what_is_kept(shop: Shop) -> None:
    bodies, _ = shop.bodies(q="id:EON1200")
    assert '"emporix":{' in bodies[0]
    assert "emporix" not in plain(RESOURCE.shown(bodies[0].encode()))
    rows = shop.run(shop.database.fetch("SELECT body FROM message WHERE shard = $1", shop.access.shard))
    assert len(rows) == 3
    assert not [row["body"] for row in rows if '"emporix":{' in row["body"]]


def test_an_order_number_is_taken_once(shop: Shop) -> None:
    with pytest.raises(ApiError) as caught:
        shop.run(shop.verbs.create(EMPORIX, read_draft(encode(EON1200)), shop.access))
    assert caught.value.code == "DuplicateField"
