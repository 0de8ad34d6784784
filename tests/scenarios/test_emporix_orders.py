"""A tenant's orders in the second dialect: made, found, read, moved and deleted, beside those of the first one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from emporix_shop import ALL, EON1200, Tenant, refused

from emporix.schema import problems
from live import Server


@pytest.fixture
def tenant(server: Server) -> Tenant:
    return Tenant(server)


def test_an_order_is_made_read_and_deleted(tenant: Tenant) -> None:
    answer = tenant.send("POST", "salesorders", EON1200)
    assert (answer.status_code, answer.json()) == (201, {"id": "EON1200"})
    order = tenant.get("salesorders/EON1200")
    assert problems("salesOrder", order) == []
    assert order["calculatedPrice"]["finalPrice"]["grossValue"] == 501.829
    assert (order["status"], order["metadata"]["version"], order["siteCode"]) == ("CREATED", 1, "GrossSite")
    # The first dialect has the same order, in whole cents.
    same = tenant.shop.get("orders/order-number=EON1200")
    assert (same["totalPrice"]["centAmount"], same["orderState"], "emporix" in same) == (50183, "Open", False)
    assert refused(tenant.send("POST", "salesorders", EON1200), 409)["details"][0]["field"] == "orderNumber"
    assert tenant.ids() == ["EON1200"]
    assert tenant.send("DELETE", "salesorders/EON1200").status_code == 204
    refused(tenant.send("DELETE", "salesorders/EON1200"), 404)
    refused(tenant.send("GET", "salesorders/EON1200"), 404)
    tenant.shop.refused(404, "GET", f"orders/{same['id']}")


def test_lists_have_the_orders_of_both_dialects(tenant: Tenant) -> None:
    tenant.order("E-1")
    tenant.imported("C-2")
    tenant.order("E-3", status="IN_CHECKOUT")
    page = tenant.send("GET", "salesorders/", params={"sort": "created:DESC", "pageSize": 2})
    assert page.headers["x-total-count"] == "3"
    assert [problem for order in page.json() for problem in problems("salesOrder", order)] == []
    assert [order["id"] for order in page.json()] == ["E-3", "C-2"]
    assert tenant.ids(sort="created:desc", pageSize=2, pageNumber=2) == ["E-1"]
    assert tenant.ids(pageNumber=2) == []
    assert tenant.ids(status="IN_CHECKOUT") == ["E-3"]
    assert tenant.ids(sort="status:desc,id:desc") == ["E-3", "E-1", "C-2"]  # IN_CHECKOUT, and CREATED
    assert tenant.ids(sort="status,id", q="status:(CREATED,IN_CHECKOUT)") == ["C-2", "E-1", "E-3"]
    # As a dashboard sends them: a list of alternatives, dotted fields.
    assert tenant.ids(q="status:(SHIPPED OR CREATED)", sort="created:asc") == ["E-1", "C-2"]
    assert tenant.get("salesorders", q="id:C-2", fields="id,calculatedPrice.finalPrice.grossValue") == [
        {"id": "C-2", "calculatedPrice": {"finalPrice": {"grossValue": 42}}}
    ]
    head = tenant.send("HEAD", "salesorders", params={"q": "status:CREATED"})
    assert (head.status_code, head.headers["x-total-count"], head.content) == (200, "2", b"")
    found = tenant.send("POST", "salesorders/search", {"q": "id:(E-1,C-2)"}, params={"sort": "id:desc", "pageSize": 1})
    assert ([order["id"] for order in found.json()], found.headers["x-total-count"]) == (["E-1"], "2")


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"pageSize": "0"}, "pageSize"),
        ({"pageSize": "501"}, "pageSize"),
        ({"pageNumber": "0"}, "pageNumber"),
        ({"pageNumber": "1000000"}, "pageNumber"),
        ({"pageSize": "x"}, "pageSize"),
        ({"q": "status:"}, "q"),
        ({"q": "nothing:1"}, "nothing"),
        ({"q": "id:(a"}, "q"),
        ({"sort": "entries.id"}, "sort"),
        ({"status": "LOST"}, "status"),
    ],
    ids=str,
)
def test_what_cannot_be_asked(tenant: Tenant, parameters: dict[str, str], named: str) -> None:
    told = refused(tenant.send("GET", "salesorders", params=parameters), 400)
    assert named in told["message"]
    assert [each["field"] for each in told["details"]] == list(parameters)


def test_a_search_is_no_logical_compound(tenant: Tenant) -> None:
    tenant.order("E-1")
    compound = {"$or": [{"q": "id:E-2"}, {"q": "id:E-3"}]}
    told = refused(tenant.send("POST", "salesorders/search", {"q": "", "compoundLogicalQuery": compound}), 400)
    assert told["details"][0]["message"].startswith("compoundLogicalQuery: This field is not served")
    assert len(tenant.send("POST", "salesorders/search", {"q": "", "compoundLogicalQuery": {}}).json()) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"entries": []},
        {**EON1200, "status": "LOST"},
        {**EON1200, "entries": [{"amount": -1}]},
        {**EON1200, "mixins": {"some": {"a": 1}}},
    ],
    ids=["empty", "no entries", "status", "amount", "mixin without schema"],
)
def test_what_is_refused_is_not_stored(tenant: Tenant, body: dict[str, Any]) -> None:
    refused(tenant.send("POST", "salesorders", body), 400)
    assert tenant.ids() == []


def test_a_refusal_names_the_member(tenant: Tenant) -> None:
    for body, field in (
        ({}, "entries"),
        ({"entries": [{"amount": "one"}]}, "entries.amount"),
        ({**EON1200, "shippingAddress": {}}, "shippingAddress.contactName"),
        ({**EON1200, "mixins": {"generalAttributes": {"orderNumber": 7}}}, "mixins.generalAttributes.orderNumber"),
    ):
        assert [each["field"] for each in refused(tenant.send("POST", "salesorders", body), 400)["details"]] == [field]
    (told,) = refused(tenant.send("POST", "salesorders", []), 400)["details"]
    assert "field" not in told


def test_an_order_goes_its_way(tenant: Tenant) -> None:
    tenant.order("E-1", status="IN_CHECKOUT")
    assert tenant.get("salesorders/E-1/transitions") == [{"status": "CREATED"}, {"status": "DECLINED"}]
    refused(tenant.send("POST", "salesorders/E-1/transitions", {"status": "SHIPPED"}), 400)
    refused(tenant.send("POST", "salesorders/E-1/transitions", {"status": "LOST"}), 400)
    for status in ("CREATED", "CONFIRMED"):
        answer = tenant.send("POST", "salesorders/E-1/transitions", {"status": status, "comment": "By phone."})
        assert (answer.status_code, answer.content) == (204, b"")
    # Nothing was sent yet.
    assert tenant.get("salesorders/E-1/transitions") == [{"status": "COMPLETED"}, {"status": "DECLINED"}]
    message = refused(tenant.send("POST", "salesorders/E-1/transitions", {"status": "SHIPPED"}), 400)["message"]
    assert "It has no shipment" in message
    assert tenant.send("POST", "salesorders/E-1/transitions", {"status": "COMPLETED"}).status_code == 204
    assert tenant.get("salesorders/E-1/transitions") == []
    assert tenant.history("E-1") == ["IN_CHECKOUT", "CREATED", "CONFIRMED", "COMPLETED"]
    order = tenant.get("salesorders/E-1")
    assert (order["status"], order["lastStatusChange"] > order["created"]) == ("COMPLETED", True)
    assert order["completed"] == order["lastStatusChange"]
    assert tenant.ids(q="status:COMPLETED") == tenant.ids(q=f'completed:"{order["completed"]}"') == ["E-1"]
    told = tenant.shop.get("messages")
    types = [message["type"] for message in told["results"] if message["resource"]["typeId"] == "order"]
    assert sorted(types) == ["OrderImported", "OrderPaymentStateChanged", "OrderStateChanged", "OrderStateChanged"]
    assert tenant.shop.get("orders/order-number=E-1")["orderState"] == "Complete"


def test_an_order_of_the_first_dialect_has_a_history(tenant: Tenant) -> None:
    order = tenant.imported("C-1")
    for state in ("Confirmed", "Cancelled"):
        order = tenant.shop.update(f"orders/{order['id']}", order["version"], {"action": "changeOrderState", "orderState": state})
    # By its number, which is its id here; its id of the first dialect leads to it as well.
    assert tenant.history("C-1") == tenant.history(order["id"]) == ["CREATED", "CONFIRMED", "DECLINED"]
    last = tenant.get("salesorders/C-1/historical-transitions")
    assert last["metadata"] == {"version": 2, "createdAt": order["createdAt"], "modifiedAt": order["lastModifiedAt"]}
    assert tenant.get("salesorders/C-1")["lastStatusChange"] == order["lastModifiedAt"]


def test_what_was_shown_before_is_never_old(tenant: Tenant) -> None:
    money = {"currencyCode": "EUR", "centAmount": 4200}
    payment = tenant.shop.create("payments", {"amountPlanned": money, "paymentMethodInfo": {"method": "CARD"}})
    order = tenant.imported("C-1", paymentInfo={"payments": [{"typeId": "payment", "id": payment["id"]}]})

    def shown() -> tuple[str, str, int]:
        one, (listed,) = tenant.get("salesorders/C-1"), tenant.get("salesorders")
        assert one == listed
        return one["status"], one["payments"][0]["status"], one["payments"][0]["paidAmount"]

    assert shown() == shown() == ("CREATED", "PENDING", 0)
    charge = {"action": "addTransaction", "transaction": {"type": "Charge", "amount": money, "state": "Success"}}
    payment = tenant.shop.update(f"payments/{payment['id']}", payment["version"], charge)
    # The order is as it was, and its payment is not.
    assert shown() == shown() == ("CREATED", "CAPTURE_SUCCESS", 42)
    order = tenant.shop.update(
        f"orders/{order['id']}", order["version"], {"action": "changeOrderState", "orderState": "Confirmed"}
    )
    assert shown() == ("CONFIRMED", "CAPTURE_SUCCESS", 42)
    tenant.shop.update(
        f"orders/{order['id']}",
        order["version"],
        {"action": "removePayment", "payment": {"typeId": "payment", "id": payment["id"]}},
    )
    assert (tenant.get("salesorders/C-1")["payments"], tenant.get("salesorders")[0]["payments"]) == ([], [])
    # By the id that the first dialect knows it by, and by a number that looks like one.
    assert tenant.get(f"salesorders/{order['id'].upper()}")["id"] == "C-1"
    tenant.imported("00000000-0000-4000-8000-00000000000a")
    assert tenant.get("salesorders/00000000-0000-4000-8000-00000000000a")["id"] == "00000000-0000-4000-8000-00000000000a"


def test_a_cart_is_checked_out_once(tenant: Tenant) -> None:
    body = {**EON1200, "checkout": True, "cartId": "cart-1", "mixins": {}, "metadata": {}}
    body.pop("id", None)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: tenant.send("POST", "salesorders", body), range(4)))
    made = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    assert tenant.ids() == made and len(made) == 1
    for answer in answers:
        if answer.status_code != 201:
            assert (answer.status_code, answer.json()["type"]) == (409, "Conflict")
            details = {each["field"]: each for each in answer.json()["details"]}
            assert details["cartId"]["type"] == "unique_checkout_cartId_index"
            assert details["existingOrderId"]["message"] == made[0]
    # Without the flag a cart may have many.
    again = tenant.send("POST", "salesorders", {**body, "checkout": False})
    assert again.status_code == 201
    assert tenant.send("DELETE", f"salesorders/{made[0]}").status_code == 204
    assert tenant.send("POST", "salesorders", body).status_code == 201
    assert tenant.disagreeing() == []


def test_a_scope_opens_its_operations_only(tenant: Tenant) -> None:
    tenant.order("E-1")
    operations = {
        "order.order_read": [("GET", ""), ("HEAD", ""), ("POST", "/search"), ("GET", "/E-1"), ("GET", "/E-1/transitions")],
        "order.order_create": [("POST", "")],
        "order.order_update": [("POST", "/E-1/transitions")],
        "order.order_delete": [("DELETE", "/E-1")],
    }
    clients = {scope: tenant.client(scope) for scope in operations}
    for scope, needed in operations.items():
        for method, path in needed:
            for held, client in clients.items():
                if held == scope or (held == "order.order_update" and path.endswith("/transitions")):
                    continue
                answer = tenant.send(method, f"salesorders{path}", {} if method == "POST" else None, who=client)
                assert answer.status_code == 403, (method, path, held)
    assert scope in refused(tenant.send("DELETE", "salesorders/E-1", who=clients["order.order_read"]), 403)["message"]
    # A client of the first dialect may do what its scopes say.
    assert tenant.ids(who=tenant.client(f"view_orders:{tenant.key}")) == ["E-1"]
    refused(tenant.send("DELETE", "salesorders/E-1", who=tenant.client(f"view_orders:{tenant.key}")), 403)
    refused(tenant.send("GET", "salesorders", who=tenant.client(f"view_products:{tenant.key}")), 403)
    assert tenant.send("DELETE", "salesorders/E-1", who=tenant.client(f"manage_orders:{tenant.key}")).status_code == 204


def test_a_restriction_keeps_the_others_away(tenant: Tenant) -> None:
    tenant.order("DE-1", restriction="DE")
    tenant.order("AT-1", restriction="AT")
    tenant.order("XX-1")
    german = tenant.client(" ".join(f"{scope}--DE" for scope in ALL.split()))
    assert tenant.ids(who=german) == ["DE-1"]
    assert tenant.send("HEAD", "salesorders", who=german).headers["x-total-count"] == "1"
    assert tenant.ids(who=german, q="restriction:AT") == []
    assert tenant.get("salesorders/DE-1", who=german)["restriction"] == "DE"
    for method, path, body in (("GET", "", None), ("DELETE", "", None), ("POST", "/transitions", {"status": "DECLINED"})):
        refused(tenant.send(method, f"salesorders/AT-1{path}", body, who=german), 404)
    refused(tenant.send("POST", "salesorders", {**EON1200, "restriction": "AT"}, who=german), 403)
    assert tenant.send("POST", "salesorders", {**EON1200, "restriction": "DE"}, who=german).status_code == 201
    assert sorted(tenant.ids(who=tenant.client("order.order_read--DE order.order_read--AT"))) == ["AT-1", "DE-1", "EON1200"]
    assert len(tenant.ids(who=tenant.client("order.order_read--DE order.order_read"))) == 4


def test_strangers(tenant: Tenant, server: Server) -> None:
    tenant.order("E-1")
    url = f"/order-v2/{tenant.key}/salesorders/E-1"
    for headers in ({}, {"Authorization": "Bearer nothing"}, {"Authorization": f"Bearer {Tenant(server).api.token}"}):
        answer = tenant.api.http.get(url, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["fault"]["detail"]["errorcode"] == "oauth.v2.InvalidAccessToken"
    refused(tenant.send("GET", "salesorders/E-1", who=tenant.shop.anonymous()), 403)
    refused(tenant.send("GET", "salesorders/E-1", who=tenant.customer("ada@example.com")), 403)
    refused(tenant.send("GET", "salesorders/E-1", headers={"Emporix-Tenant": "another"}), 400)
    assert tenant.send("GET", "salesorders/E-1", headers={"Emporix-Tenant": tenant.key}).status_code == 200
    # What is no tenant is nowhere, with a good token of it as well.
    server.project("no-tenant")
    odd = server.client("no-tenant")
    for key in ("no-tenant", "ab", "nobodyhere", "a" * 17):
        answer = odd.http.get(f"/order-v2/{key}/salesorders", headers={"Authorization": f"Bearer {odd.token}"})
        refused(answer, 404)
    refused(tenant.send("GET", "nothing"), 404)
    assert tenant.send("DELETE", "salesorders").status_code == 405
    refused(tenant.send("GET", "salesorders/" + "9" * 300), 404)


def test_a_page_of_a_browser_may_read_the_total(tenant: Tenant) -> None:
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "PATCH"}
    answer = tenant.api.http.options(f"/order-v2/{tenant.key}/salesorders/E-1", headers=asked)
    assert {"PUT", "PATCH", "DELETE"} <= set(answer.headers["access-control-allow-methods"].split(", "))
    answer = tenant.send("GET", "salesorders", headers={"Origin": "https://shop.example"})
    assert "X-Total-Count" in answer.headers["access-control-expose-headers"]
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"


# The lines of the published description, and those that clients send, each with the orders that it finds: E-1 is CREATED, E-2
# is DECLINED.
FOUND: dict[str, list[str]] = {
    "currency:USD": [],
    "currency:EUR": ["E-1", "E-2"],
    "totalPrice:42": ["E-1", "E-2"],
    "totalPrice:>42": [],
    "totalPrice:<50": ["E-1", "E-2"],
    "totalPrice:>=42": ["E-1", "E-2"],
    "totalPrice:(>=10 AND <=41.99)": [],
    'created:(>="2021-05-18T07:27:27.455Z" AND <"2121-05-20T07:27:27.455Z")': ["E-1", "E-2"],
    "mixins.erp.urgent:true": ["E-1"],
    "mixins.erp.urgent:false": [],
    "billingAddress.contactPhone:null": ["E-1", "E-2"],
    "mixins.erp:exists": ["E-1"],
    "mixins.erp:missing": ["E-2"],
    "id:(E-1,E-9)": ["E-1"],
    "id:E-2 status:DECLINED": ["E-2"],
    "id:E-1 status:DECLINED": [],
    "id:~2$": ["E-2"],
    "status:(SHIPPED OR CONFIRMED OR CREATED OR IN_CHECKOUT)": ["E-1"],
    "customer.email:a@b.example": ["E-1"],
    "entries.product.sku:x": ["E-1", "E-2"],
}


def test_the_query_language(tenant: Tenant) -> None:
    erp = {"erp": {"urgent": True}, "generalAttributes": {"orderNumber": "E-1"}}
    schemas = {name: f"https://e.example/{name}" for name in erp}
    tenant.order("E-1", mixins=erp, metadata={"mixins": schemas}, customer={"email": "a@b.example"})
    tenant.order("E-2", status="DECLINED")
    for q, ids in FOUND.items():
        assert tenant.ids(q=q, sort="id") == ids, q
        # As clients do it, whose spaces are pluses.
        plus = q.replace("+", "%2B").replace(" ", "+").replace(">", "%3E").replace("<", "%3C").replace('"', "%22")
        assert [order["id"] for order in tenant.send("GET", f"salesorders?sort=id&q={plus}").json()] == ids, q
        found = tenant.send("POST", "salesorders/search?sort=id", {"q": q})
        assert ([order["id"] for order in found.json()], found.headers["x-total-count"]) == (ids, str(len(ids))), q
