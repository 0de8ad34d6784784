"""Paged queries: what becomes a column's condition, what the index serves, and the rows that come back."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from orderwright.engine.access import Visible
from orderwright.predicates import Predicate, PredicateError, Sort, check, parse
from orderwright.storage.documents.columns import Collection, Column, Statement
from orderwright.storage.queries.queries import (
    FEW,
    PageRequest,
    count_sql,
    exists_sql,
    found_sql,
    page_sql,
    reported_total,
    sample_sql,
    walk_sql,
)

ORDERS = Collection(
    "order",
    {
        "id": Column("id", "uuid"),
        "version": Column("version", "bigint"),
        "createdAt": Column("created_at", "timestamptz"),
        "orderNumber": Column("order_number"),
        "orderState": Column("state"),
        "customerEmail": Column("customer_email"),
        "store.key": Column("store_key"),
    },
    bulk=frozenset({"lineItems.variant.attributes"}),
)
MESSAGES = Collection(None, {"id": Column("id", "uuid"), "createdAt": Column("created_at", "timestamptz")})
CHANNELS = Collection("channel", {})
START = datetime(2024, 5, 1, tzinfo=UTC)


def where(*texts: str) -> tuple[Predicate, ...]:
    return tuple(check(parse(text, {}), Any) for text in texts)


def conditions(*texts: str, source: Collection = ORDERS, **more: Any) -> tuple[str, tuple[Any, ...]]:
    """What follows the shard and the type: the conditions, and the arguments bound in them."""
    statement = exists_sql(source, "demo", where(*texts), visible=(), **more)
    text = statement.text.removeprefix("WITH found AS MATERIALIZED (SELECT 1 ").removeprefix("SELECT EXISTS (SELECT 1 ")
    text = text.removesuffix(") SELECT EXISTS (SELECT 1 FROM found)")
    prefix = "FROM document WHERE shard = $1 AND type = $2"
    assert text.startswith(prefix)
    assert statement.args[:2] == ("demo", source.type)
    return text.removeprefix(prefix).removesuffix(")").removeprefix(" AND "), statement.args[2:]


@pytest.mark.parametrize(
    ("text", "sql", "args"),
    [
        ('orderNumber = "N1"', "order_number = $3::text", ("N1",)),
        ('orderNumber > "N1"', 'order_number COLLATE "C" > $3::text', ("N1",)),
        ('orderNumber in ("N1", "N2")', "order_number = ANY ($3::text[])", (["N1", "N2"],)),
        ('orderState not in ("Open")', "state <> ALL ($3::text[])", (["Open"],)),
        ('orderState != "Open"', "state != $3::text", ("Open",)),
        ("customerEmail is not defined", "customer_email IS NULL", ()),
        ("customerEmail is defined", "customer_email IS NOT NULL", ()),
        ("version > 3", "version > $3::numeric", (3,)),
        ('createdAt >= "2024-05-01T00:00:00.000Z"', "created_at >= $3::timestamptz", (START,)),
        (
            'id > "00000000-0000-4000-8000-000000000001"',
            "id > $3::uuid",
            (UUID("00000000-0000-4000-8000-000000000001"),),
        ),
        ('store(key = "berlin")', "store_key = $3::text", ("berlin",)),
        # What a column cannot hold is left to the jsonpath, which no document satisfies.
        ('id = "62921"', "query @? $3::jsonpath", ('$ ? (exists(@."id" ? (@ == "62921")))',)),
        ('createdAt > "soon"', "query @? $3::jsonpath", ('$ ? (exists(@."createdAt" ? (@ > "soon")))',)),
        ('orderNumber in ("N1", 5)', "query @? $3::jsonpath", ('$ ? (exists(@."orderNumber" ? ((@ == "N1" || @ == 5))))',)),
        ("orderNumber = 5", "query @? $3::jsonpath", ('$ ? (exists(@."orderNumber" ? (@ == 5)))',)),
        # One jsonpath for all that is left.
        (
            'country = "DE" and orderState = "Open" and origin = "Customer"',
            "state = $3::text AND query @? $4::jsonpath",
            ("Open", '$ ? ((exists(@."country" ? (@ == "DE")) && exists(@."origin" ? (@ == "Customer"))))'),
        ),
        (
            'store(key = "berlin" and typeId = "store")',
            "store_key = $3::text AND query @? $4::jsonpath",
            ("berlin", '$ ? (exists(@."store" ? (exists(@."typeId" ? (@ == "store")))))'),
        ),
        # Only the outermost `and` is opened.
        (
            'orderState = "Open" or country = "DE"',
            "query @? $3::jsonpath",
            ('$ ? ((exists(@."orderState" ? (@ == "Open")) || exists(@."country" ? (@ == "DE"))))',),
        ),
        # What a column does not hold is none of its values.
        (
            'not(orderState = "Open") and not(orderNumber in ("N1", "N2"))',
            "(state = $3::text) IS NOT TRUE AND (order_number = ANY ($4::text[])) IS NOT TRUE",
            ("Open", ["N1", "N2"]),
        ),
        ('not(not(orderState = "Open"))', "query @? $3::jsonpath", ('$ ? (!(!(exists(@."orderState" ? (@ == "Open")))))',)),
        # What `query` leaves out is read from the body, after the rest.
        (
            'lineItems(variant(attributes(name = "x"))) and country = "DE"',
            "query @? $3::jsonpath AND body::jsonb @? $4::jsonpath",
            (
                '$ ? (exists(@."country" ? (@ == "DE")))',
                '$ ? (exists(@."lineItems" ? (exists(@."variant" ? '
                '(exists(@."attributes" ? (exists(@."name" ? (@ == "x")))))))))',
            ),
        ),
        (
            "lineItems(variant is defined)",
            "query @? $3::jsonpath",
            ('$ ? (exists(@."lineItems" ? ((@."variant".type() != "null"))))',),
        ),
    ],
)
def test_conditions(text: str, sql: str, args: tuple[Any, ...]) -> None:
    assert conditions(text) == (sql, args)


def test_several_where_parameters_must_all_hold() -> None:
    assert conditions('orderState = "Open"', 'orderNumber = "N1"') == (
        "state = $3::text AND order_number = $4::text",
        ("Open", "N1"),
    )


def test_every_statement_names_shard_type_and_the_doors_filter() -> None:
    visible = (("store_key", "berlin"), ("customer_id", "c1"))
    page = PageRequest(where('orderState = "Open"'), (Sort(("createdAt",), descending=True),), 20, 40)
    tail = "FROM document WHERE shard = $1 AND type = $2 AND store_key = $3 AND customer_id = $4 AND state = $5::text"
    args = ("demo", "order", "berlin", "c1", "Open")
    assert page_sql(ORDERS, "demo", page, visible=visible) == Statement(
        f"SELECT id, version, body {tail} ORDER BY created_at DESC, id DESC LIMIT $6 OFFSET $7", (*args, 20, 40)
    )
    assert count_sql(ORDERS, "demo", page, visible=visible) == Statement(
        f"SELECT count(*) FROM (SELECT 1 {tail} LIMIT $6) AS counted",  # noqa: S608 - the text that is expected, never run
        (*args, 10_001),
    )
    assert exists_sql(ORDERS, "demo", page.where, visible=visible) == Statement(f"SELECT EXISTS (SELECT 1 {tail})", args)
    with pytest.raises(TypeError, match="visible"):
        page_sql(ORDERS, "demo", page)  # type: ignore[call-arg]  # the very mistake that the signature refuses


def test_the_total_is_exact_without_where_and_stops_with_it() -> None:
    assert (
        count_sql(ORDERS, "demo", PageRequest(), visible=()).text
        == "SELECT count(*) FROM document WHERE shard = $1 AND type = $2"
    )
    assert reported_total(10_001, PageRequest(where("a = 1"))) == 10_000
    assert reported_total(9_999, PageRequest(where("a = 1"))) == 9_999
    assert reported_total(12_345, PageRequest()) == 12_345
    # A dialect whose totals stop everywhere does not have all counted where nothing is asked.
    assert reported_total(12_345, PageRequest(exact=False)) == 10_000
    assert count_sql(ORDERS, "demo", PageRequest(exact=False), visible=()) == Statement(
        "SELECT count(*) FROM (SELECT 1 FROM document WHERE shard = $1 AND type = $2 LIMIT $3) AS counted",
        ("demo", "order", 10_001),
    )


@pytest.mark.parametrize(
    ("sort", "order", "bound"),
    [
        ((), "id ASC", ()),
        ((Sort(("createdAt",)),), "created_at ASC, id ASC", ()),
        ((Sort(("id",), descending=True),), "id DESC", ()),
        ((Sort(("orderNumber",)), Sort(("version",), True)), 'order_number COLLATE "C" ASC, version DESC, id DESC', ()),
        ((Sort(("name", "en-US")),), "query #> $3::text[] ASC, id ASC", (["name", "en-US"],)),
        ((Sort(("custom", "fields", "x'; --")),), "query #> $3::text[] ASC, id ASC", (["custom", "fields", "x'; --"],)),
    ],
)
def test_order_is_completed_by_id(sort: tuple[Sort, ...], order: str, bound: tuple[Any, ...]) -> None:
    statement = page_sql(ORDERS, "demo", PageRequest(sort=sort), visible=())
    assert f" ORDER BY {order} LIMIT" in statement.text
    assert statement.args == ("demo", "order", *bound, 20, 0)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('lineItems(variant(sku = "S"))', True),
        ("custom(fields(a = 1)) and custom(fields(b > 2))", True),
        ("custom(fields(a in (1, 2)))", True),
        ("custom(fields(a contains all (1, 2)))", True),
        ("custom(fields(a = 1 or b = 2))", True),
        ("custom(fields(a = 1 or b > 2))", False),
        ("custom(fields(a != 1))", False),
        ("custom(fields(a not in (1, 2)))", False),
        ("not (custom(fields(a = 1)))", False),
        ("custom(fields(a is defined))", False),
        ("custom(fields(a is not empty))", False),
        # The bulk is read: no index on the values inside the queried copy helps.
        ('lineItems(variant(attributes(name = "x")))', False),
        # An index has the rows of a column's value, but not in the order of a page.
        ('orderNumber = "N7"', True),
        ('orderNumber in ("N7", "N8")', True),
        ('orderState = "Open" and version > 1', True),
        ('orderNumber not in ("N7", "N8")', False),
        ('store(key = "berlin")', True),
        ('createdAt > "2024-05-01T00:00:00.000Z"', True),
        ('createdAt != "2024-05-01T00:00:00.000Z"', False),
        ('orderNumber > "N7"', False),
        ("version = 1", False),
    ],
)
def test_what_names_a_value_is_found_by_it_first(text: str, named: bool) -> None:
    assert (found_sql(ORDERS, "demo", PageRequest(where(text)), visible=()) is not None) is named


def test_what_an_index_has_in_order_is_not_found_first() -> None:
    newest = (Sort(("createdAt",), descending=True),)
    assert found_sql(ORDERS, "demo", PageRequest(where('orderState = "Open"'), newest), visible=()) is None
    assert found_sql(ORDERS, "demo", PageRequest(where('createdAt > "2024-05-01T00:00:00.000Z"'), newest), visible=()) is None
    assert found_sql(ORDERS, "demo", PageRequest(sort=newest), visible=(("store_key", "berlin"),)) is None
    for more in (PageRequest(), PageRequest(with_total=False)):
        hers = found_sql(ORDERS, "demo", more, visible=(("customer_id", "c1"),))
        assert hers is not None
        # No document is opened for them, so that many may be found, though no total is asked for.
        assert hers[1] == 10_001


def test_what_is_found_is_counted_and_then_put_in_order() -> None:
    page = PageRequest(where('orderState = "Open" and custom(fields(a = 1))'), (Sort(("createdAt",), descending=True),), 20, 40)
    by_value = found_sql(ORDERS, "demo", page, visible=(("store_key", "berlin"),))
    assert by_value is not None
    statement, bound = by_value
    path = '$ ? (exists(@."custom" ? (exists(@."fields" ? (exists(@."a" ? (@ == 1)))))))'
    assert statement.text == (
        "WITH found AS MATERIALIZED (SELECT id, version, body, created_at FROM document WHERE shard = $1 AND type = $2"
        " AND store_key = $3 AND state = $4::text AND query @? $5::jsonpath),"
        " firsts AS MATERIALIZED (SELECT * FROM found LIMIT $6)"
        " SELECT id, version, body, (SELECT count(*) FROM firsts) AS counted FROM firsts"
        " ORDER BY created_at DESC, id DESC LIMIT $7 OFFSET $8"
    )
    assert statement.args == ("demo", "order", "berlin", "Open", path, 10_001, 20, 40)
    assert bound == 10_001
    few = found_sql(ORDERS, "demo", PageRequest(page.where, with_total=False), visible=())
    assert few is not None
    assert few[1] == FEW + 1
    # Where the page begins behind all that is counted, more has to be found.
    far = found_sql(ORDERS, "demo", PageRequest(page.where, limit=500, offset=10_000), visible=())
    assert far is not None
    assert far[1] == 10_501


def test_a_frequent_predicate_is_asked_on_the_way_through_the_order() -> None:
    page = PageRequest(where("custom(fields(a = 1))"))
    assert " AND jsonb_path_exists(query, $3::jsonpath, '{}', true) ORDER BY id" in (
        page_sql(ORDERS, "demo", page, visible=(), frequent=True).text
    )


def test_a_document_is_taken_along_where_its_order_is_inside_it() -> None:
    by_value = found_sql(ORDERS, "demo", PageRequest(where("custom(fields(a = 1))"), (Sort(("country",)),)), visible=())
    assert by_value is not None
    assert by_value[0].text.startswith("WITH found AS MATERIALIZED (SELECT id, version, body, query FROM document")


def test_a_page_far_behind_is_counted_on_the_way_to_it() -> None:
    page = PageRequest(where("custom(fields(a = 1))"), (Sort(("createdAt",)),), 20, 9_900)
    path = '$ ? (exists(@."custom" ? (exists(@."fields" ? (exists(@."a" ? (@ == 1)))))))'
    statement = walk_sql(ORDERS, "demo", page, visible=())
    assert statement.text == (
        "WITH firsts AS MATERIALIZED (SELECT id, version, body, created_at FROM document WHERE shard = $1 AND type = $2"
        " AND jsonb_path_exists(query, $3::jsonpath, '{}', true) ORDER BY created_at ASC, id ASC LIMIT $4)"
        " SELECT id, version, body, (SELECT count(*) FROM firsts) AS counted FROM firsts"
        " ORDER BY created_at ASC, id ASC LIMIT $5 OFFSET $6"
    )
    assert statement.args == ("demo", "order", path, 10_001, 20, 9_900)
    farther = PageRequest(page.where, page.sort, 500, 10_000)
    assert walk_sql(ORDERS, "demo", farther, visible=()).args[3:] == (10_500, 500, 10_000)


def test_a_sample_is_taken_where_a_value_is_named_and_columns_give_the_order(fetch: Any) -> None:
    newest = (Sort(("createdAt",), descending=True),)

    def sampled(text: str, sort: tuple[Sort, ...] = newest, source: Collection = ORDERS) -> int | None:
        statement = sample_sql(source, "demo", PageRequest(where(text), sort), visible=())
        return fetch(statement)[0][0] if statement else None

    # The newest 200 are N2800 to N2999, whose ranks are 200 to 1; every third is open.
    assert sampled('shippingAddress(country = "DE")') == 200
    assert sampled('shippingAddress(country = "DE") and custom(fields(rank > 150))') == 50
    assert sampled("custom(fields(rank = 201))") == 0
    assert sampled('orderState = "Open" and shippingAddress(country = "DE")') == 200
    assert sampled("custom(fields(rank = 1))", ()) == 0  # by id, N0 to N199
    assert sampled("custom(fields(rank > 150))") is None
    assert sampled("custom(fields(rank = 1))", (Sort(("custom", "fields", "rank")),)) is None
    assert sampled("custom(fields(rank = 1))", source=MESSAGES) is None


def test_messages_have_no_type_and_version_one() -> None:
    assert page_sql(MESSAGES, "demo", PageRequest(), visible=()).text == (
        "SELECT id, 1::bigint AS version, body FROM message WHERE shard = $1 ORDER BY id ASC LIMIT $2 OFFSET $3"
    )


def test_a_circle_inside_a_field_is_refused() -> None:
    with pytest.raises(PredicateError, match="'within circle' applies to a field of the resource itself"):
        exists_sql(CHANNELS, "demo", where("a(p within circle(0, 0, 1))"), visible=())


@pytest.fixture(scope="module")
def fetch(database_url: str) -> Iterator[Any]:
    """Runs a statement in a schema of its own that holds 3,000 orders, some channels and two messages."""
    schema = f"queries_{uuid4().hex}"
    with asyncio.Runner() as runner:
        connection: asyncpg.Connection[asyncpg.Record] = runner.run(asyncpg.connect(database_url))
        runner.run(_prepare(connection, schema))

        def run(statement: Statement, prefix: str = "") -> list[asyncpg.Record]:
            return runner.run(connection.fetch(prefix + statement.text, *statement.args))

        yield run
        runner.run(connection.execute(f"DROP SCHEMA {schema} CASCADE"))
        runner.run(connection.close())


def _order(number: int) -> dict[str, Any]:
    """Order N0 to N2999, a minute apart; every third has no store, every fifth no number, ten share a city."""
    order: dict[str, Any] = {
        "id": str(UUID(int=number + 1)),
        "version": number % 4 + 1,
        "createdAt": (START + timedelta(minutes=number)).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "orderState": ("Open", "Confirmed", "Complete")[number % 3],
        "shippingAddress": {"city": f"City {number // 10}", "country": "DE"},
        "lineItems": [{"quantity": number % 7, "variant": {"sku": f"sku-{number}", "attributes": [{"name": f"attr-{number}"}]}}],
        "custom": {"fields": {"rank": 3000 - number}},
    }
    if number % 5:
        order["orderNumber"] = f"N{number}"
    if number % 3:
        order["store"] = {"typeId": "store", "key": f"store-{number % 3}"}
    return order


async def _prepare(connection: Any, schema: str) -> None:
    await connection.execute(f"CREATE SCHEMA {schema}")
    await connection.execute(f"SET search_path TO {schema}")
    # As on a disk without moving parts, and as the embedded server is set: otherwise a small table is rather read whole.
    await connection.execute("SET random_page_cost TO 1.1")
    await connection.execute((files("orderwright.storage") / "migrations" / "0001_initial.sql").read_text())
    await connection.executemany(
        "INSERT INTO document (shard, type, id, version, created_at, last_modified_at, order_number, store_key, state,"
        " message_sequence, write_id, body, query) VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, 0, $3, $9, $10::jsonb)",
        [_row("demo", "order", _order(number)) for number in range(3_000)]
        + [_row("other", "order", _order(1) | {"id": str(uuid4())}), _row("demo", "cart", _order(1) | {"id": str(uuid4())})]
        + [_row("demo", "channel", {"id": str(uuid4()), "key": key, **place}) for key, place in PLACES.items()],
    )
    for sequence in (1, 2):
        body = json.dumps({"id": str(UUID(int=sequence)), "version": 1, "type": "OrderCreated"})
        await connection.execute(
            "INSERT INTO message (shard, id, created_at, resource_id, sequence_number, type, body, query)"
            " VALUES ('demo', $1, $2, $1, $3, 'OrderCreated', $4::text, $4::text::jsonb)",
            *(UUID(int=sequence), START, sequence, body),
        )
    await connection.execute("ANALYZE document")


def _row(shard: str, kind: str, document: dict[str, Any]) -> tuple[Any, ...]:
    slim = json.loads(json.dumps(document))
    for line in slim.get("lineItems", []):
        del line["variant"]["attributes"]
    created = datetime.fromisoformat(document.get("createdAt", START.isoformat()))
    columns = document.get("orderNumber"), document.get("store", {}).get("key"), document.get("orderState")
    texts = json.dumps(document), json.dumps(slim)
    return shard, kind, UUID(document["id"]), document.get("version", 1), created, *columns, *texts


# Longitude, latitude. One degree of latitude is 111.195 km.
PLACES: dict[str, dict[str, Any]] = {
    "here": {"geoLocation": {"type": "Point", "coordinates": [10.0, 60.0]}},
    "north": {"geoLocation": {"type": "Point", "coordinates": [10.0, 61.0]}},
    "antipode": {"geoLocation": {"type": "Point", "coordinates": [-170.0, -60.0]}},
    "nowhere": {},
    "odd": {"geoLocation": {"coordinates": ["a", None]}},
}


def numbers(rows: list[asyncpg.Record]) -> list[int]:
    return [row["id"].int - 1 for row in rows]


def found(fetch: Any, *texts: str, visible: Visible = ()) -> list[int]:
    page = PageRequest(where(*texts), (Sort(("createdAt",)),), limit=500)
    rows = numbers(fetch(page_sql(ORDERS, "demo", page, visible=visible)))
    assert numbers(fetch(page_sql(ORDERS, "demo", page, visible=visible, frequent=True))) == rows
    if by_value := found_sql(ORDERS, "demo", page, visible=visible):
        by_value_rows = fetch(by_value[0])
        assert numbers(by_value_rows) == rows
        assert {row["counted"] for row in by_value_rows} <= {len(rows)}
    walked = fetch(walk_sql(ORDERS, "demo", page, visible=visible))
    assert (numbers(walked), {row["counted"] for row in walked}) == (rows, {len(rows)} if rows else set())
    assert [[len(rows)]] == [list(row) for row in fetch(count_sql(ORDERS, "demo", page, visible=visible))]
    assert [[bool(rows)]] == [list(row) for row in fetch(exists_sql(ORDERS, "demo", page.where, visible=visible))]
    return rows


def test_rows_that_predicates_find(fetch: Any) -> None:
    assert found(fetch, 'orderNumber = "N7"') == [7]
    assert found(fetch, 'orderNumber in ("N7", "N5", "N11")') == [7, 11]
    some = 'shippingAddress(city in ("City 0", "City 3", "City 10", "City 299"))'
    assert found(fetch, 'orderNumber >= "N2998"', some) == [3, 4, 6, 7, 8, 9, 31, 32, 33, 34, 36, 37, 38, 39, 2998, 2999]
    assert found(fetch, 'createdAt < "2024-05-01T00:02:00.000Z"') == [0, 1]
    assert found(fetch, "version = 1.0", 'shippingAddress(city = "City 0")') == [0, 4, 8]
    assert found(fetch, "version = 1.5") == []
    assert found(fetch, "version < 1e30", 'orderNumber = "N1"') == [1]
    assert found(fetch, 'orderNumber != "N1"', 'shippingAddress(city = "City 0")') == [2, 3, 4, 6, 7, 8, 9]
    assert found(fetch, "orderNumber is not defined", 'shippingAddress(city = "City 0")') == [0, 5]
    assert found(fetch, 'store(key = "store-1" and typeId = "store") and shippingAddress(city = "City 0")') == [1, 4, 7]
    assert found(fetch, 'lineItems(variant(attributes(name = "attr-42")))') == [42]
    assert found(fetch, 'id = "not a uuid"') == []
    assert found(fetch, f'id = "{UUID(int=11)}"') == [10]
    assert found(fetch, f'id = "{str(UUID(int=11)).upper()}"') == []
    assert found(fetch, f'id > "{UUID(int=2998)}"') == [2998, 2999]


def test_the_doors_filter_hides_rows(fetch: Any) -> None:
    assert found(fetch, 'shippingAddress(city = "City 0")', visible=(("store_key", "store-2"),)) == [2, 5, 8]
    assert found(fetch, 'orderNumber = "N7"', visible=(("store_key", "store-2"),)) == []
    nobody: Any = None  # no door says this; if one did, nothing would be seen
    assert found(fetch, visible=(("store_key", nobody),)) == []


def test_pages_follow_each_other_without_gaps(fetch: Any) -> None:
    sort = (Sort(("orderState",), descending=True),)
    requests = [PageRequest((), sort, 500, offset) for offset in range(0, 3500, 500)]
    pages = [numbers(fetch(page_sql(ORDERS, "demo", request, visible=()))) for request in requests]
    assert [len(page) for page in pages] == [500] * 6 + [0]
    assert [number for page in pages for number in page] == [
        number for state in (0, 1, 2) for number in range(2999, -1, -1) if number % 3 == state
    ]
    assert [list(row) for row in fetch(count_sql(ORDERS, "demo", PageRequest(), visible=()))] == [[3000]]
    assert fetch(page_sql(ORDERS, "demo", PageRequest(limit=0), visible=())) == []


@pytest.mark.parametrize("key", ["createdAt", "orderNumber", "custom.fields.rank", "version", "id"])
def test_what_is_found_by_value_is_sorted_alike(fetch: Any, key: str) -> None:
    cities = where('shippingAddress(city in ("City 0", "City 3"))')
    page = PageRequest(cities, (Sort(tuple(key.split(".")), descending=True),), limit=7, offset=4)
    by_value = found_sql(ORDERS, "demo", page, visible=())
    assert by_value is not None
    rows = fetch(by_value[0])
    assert numbers(rows) == numbers(fetch(page_sql(ORDERS, "demo", page, visible=())))
    assert [row["counted"] for row in rows] == [20] * 7


def test_sorting_by_a_path_is_by_number_not_by_text(fetch: Any) -> None:
    page = PageRequest(sort=(Sort(("custom", "fields", "rank")),), limit=3)
    assert numbers(fetch(page_sql(ORDERS, "demo", page, visible=()))) == [2999, 2998, 2997]


def test_rows_carry_the_very_body(fetch: Any) -> None:
    (row,) = fetch(page_sql(ORDERS, "demo", PageRequest(where('orderNumber = "N7"')), visible=()))
    assert (row["id"], row["version"], row["body"]) == (UUID(int=8), 4, json.dumps(_order(7)))
    first, _ = fetch(page_sql(MESSAGES, "demo", PageRequest(where('type = "OrderCreated"')), visible=()))
    assert (first["id"], first["version"]) == (UUID(int=1), 1)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("geoLocation within circle(10, 60, 1)", ["here"]),
        ("geoLocation within circle(10, 60, 111196)", ["here", "north"]),
        ("geoLocation within circle(10, 60, 111194)", ["here"]),
        ("geoLocation within circle(10, 60, 20015087)", ["antipode", "here", "north"]),
        ("not geoLocation within circle(10, 60, 111196)", ["antipode", "nowhere", "odd"]),
        ('geoLocation within circle(10, 60, 1) or key = "odd"', ["here", "odd"]),
        ('geoLocation within circle(10, 60, 111196) and key != "here"', ["north"]),
        ('key is not defined or (geoLocation within circle(10, 60, 111196) and key != "here")', ["north"]),
    ],
)
def test_circles_are_found_by_sql(fetch: Any, text: str, keys: list[str]) -> None:
    rows = fetch(page_sql(CHANNELS, "demo", PageRequest(where(text)), visible=()))
    assert sorted(json.loads(row["body"])["key"] for row in rows) == keys


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ('orderNumber = "N7"', "document_order_number"),
        ('createdAt > "2024-05-03T01:00:00.000Z"', "document_created"),
        ('shippingAddress(city = "City 7" and country = "DE")', "document_query"),
        ('lineItems(variant(sku = "sku-7") and quantity > 1)', "document_query"),
        ('shippingAddress(city in ("City 7", "City 8"))', "document_query"),
        ('lineItems(variant(sku = "sku-7")) or shippingAddress(city = "City 8")', "document_query"),
        ("custom(fields(rank = 17))", "document_query"),
    ],
)
def test_an_index_serves_it(fetch: Any, text: str, index: str) -> None:
    statement = exists_sql(ORDERS, "demo", where(text), visible=())
    text = statement.text
    # By itself, a statement that wants one row only may be planned as a walk through the table.
    inner = text if text.startswith("WITH ") else text.removeprefix("SELECT EXISTS (").removesuffix(")")
    assert any(index in row[0] for row in fetch(Statement(inner, statement.args), "EXPLAIN "))


@pytest.mark.parametrize("sort", [(), (Sort(("createdAt",), descending=True),)])
@pytest.mark.parametrize("with_total", [True, False])
def test_an_index_serves_a_sorted_page_of_what_is_rare(fetch: Any, sort: tuple[Sort, ...], with_total: bool) -> None:
    page = PageRequest(where('lineItems(variant(sku = "sku-7"))'), sort, with_total=with_total)
    by_value = found_sql(ORDERS, "demo", page, visible=())
    assert by_value is not None
    plan = [row[0] for row in fetch(by_value[0], "EXPLAIN ")]
    assert any("document_query" in line for line in plan)
    assert not any("document_created" in line or "document_pk" in line or "Seq Scan" in line for line in plan)
