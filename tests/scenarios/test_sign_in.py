"""From an anonymous visitor to a customer: what she left behind is hers, once, whoever signs her in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from live import Client
from shop_setup import BERLIN, by_key, eur, open_shop

ADA: dict[str, Any] = {"email": "Ada@example.com", "password": "correct horse"}


@pytest.fixture
def market(shop: Client) -> Client:
    """A shop with its goods, and one customer."""
    open_shop(shop)
    shop.create("customers", ADA)
    return shop


def cart_of(session: Client, *lines: tuple[str, int], **more: Any) -> dict[str, Any]:
    """A cart that the caller made at the door of her own."""
    items = [{"sku": sku, "quantity": quantity} for sku, quantity in lines]
    made: dict[str, Any] = session.create("me/carts", {"currency": "EUR", "country": "DE", "lineItems": items, **more})
    return made


def sign_in(caller: Client, path: str = "login", **more: Any) -> dict[str, Any]:
    answer = caller.send("POST", path, {**ADA, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def quantities(cart: dict[str, Any]) -> dict[str, int]:
    return {line["variant"]["sku"]: line["quantity"] for line in cart["lineItems"]}


def test_signing_in_without_a_cart_answers_only_the_customer(market: Client) -> None:
    result = sign_in(market)
    assert set(result) == {"customer"}
    assert result["customer"]["email"] == ADA["email"]
    assert "correct horse" not in str(result)


def test_the_email_may_be_written_in_any_case_and_the_password_may_not(market: Client) -> None:
    assert sign_in(market, email="ADA@EXAMPLE.COM")["customer"]["email"] == "Ada@example.com"
    for wrong in ({"password": "Correct Horse"}, {"email": "eve@example.com"}, {"password": "x"}):
        for path in ("login", "me/login"):
            error = market.refused(400, "POST", path, {**ADA, **wrong})
            assert (error["code"], error["message"]) == (
                "InvalidCredentials",
                "Account with the given credentials not found.",
            )


def test_an_anonymous_cart_becomes_the_customers_when_she_signs_in_herself(market: Client) -> None:
    guest = market.anonymous("visitor")
    cart = cart_of(guest, ("mug", 2))
    assert (cart["anonymousId"], "customerId" in cart) == ("visitor", False)
    result = sign_in(guest, "me/login")
    assert result["cart"]["id"] == cart["id"]
    assert (result["cart"]["customerId"], "anonymousId" in result["cart"]) == (result["customer"]["id"], False)
    ada = market.signed_in(ADA["email"], ADA["password"])
    assert ada.get("me/active-cart")["id"] == cart["id"]
    assert guest.refused(404, "GET", f"me/carts/{cart['id']}")["code"] == "ResourceNotFound"


def test_an_anonymous_cart_is_merged_into_the_one_the_customer_has(market: Client) -> None:
    ada = market.signed_in(ADA["email"], ADA["password"])
    own = cart_of(ada, ("mug", 1), ("tea", 5))
    guest = market.anonymous()
    left = cart_of(guest, ("mug", 3), ("tea", 2))
    result = sign_in(guest, "me/login")
    assert (result["cart"]["id"], quantities(result["cart"])) == (own["id"], {"mug": 3, "tea": 5})
    # 3 x 19.99 + 5 x 24.50
    assert result["cart"]["totalPrice"]["centAmount"] == 5997 + 12_250
    assert market.get(f"carts/{left['id']}")["cartState"] == "Merged"


def test_the_guests_cart_may_take_the_place_of_the_customers(market: Client) -> None:
    ada = market.signed_in(ADA["email"], ADA["password"])
    own = cart_of(ada, ("tea", 5))
    guest = market.anonymous()
    left = cart_of(guest, ("mug", 1))
    result = sign_in(guest, "me/login", activeCartSignInMode="UseAsNewActiveCustomerCart")
    assert (result["cart"]["id"], quantities(result["cart"])) == (left["id"], {"mug": 1})
    assert ada.get("me/active-cart")["id"] == left["id"]
    assert quantities(ada.get(f"me/carts/{own['id']}")) == {"tea": 5}


def test_the_shop_names_the_cart_or_the_session_that_it_hands_over(market: Client) -> None:
    first = cart_of(market.anonymous("one"), ("mug", 1))
    assert sign_in(market, anonymousCart=by_id(first["id"]))["cart"]["id"] == first["id"]
    second = cart_of(market.anonymous("two"), ("tea", 1))
    result = sign_in(market, anonymousId="two", anonymousCartSignInMode="MergeWithExistingCustomerCart")
    assert quantities(result["cart"]) == {"mug": 1, "tea": 1}
    assert market.get(f"carts/{second['id']}")["cartState"] == "Merged"
    third = cart_of(market.anonymous("three"), ("tea", 4))
    assert quantities(sign_in(market, anonymousCartId=third["id"])["cart"]) == {"mug": 1, "tea": 4}


def by_id(id: str) -> dict[str, str]:
    return {"typeId": "cart", "id": id}


def test_a_wrong_anonymous_id_is_refused_and_hands_nothing_over(market: Client) -> None:
    cart = cart_of(market.anonymous("mine"), ("mug", 1))
    sent = {**ADA, "anonymousCart": by_id(cart["id"]), "anonymousId": "yours"}
    assert market.refused(400, "POST", "login", sent)["code"] == "InvalidOperation"
    unknown = {**ADA, "anonymousCart": {"typeId": "cart", "key": "no-such-cart"}}
    assert market.refused(400, "POST", "login", unknown)["code"] == "ReferencedResourceNotFound"
    for email in ("new-1@example.com", "new-2@example.com"):
        for draft in (sent, unknown):
            market.refused(400, "POST", "customers", {**draft, "email": email})
        assert market.send("HEAD", f'customers?where=email="{email}"').status_code == 404
    assert market.get(f"carts/{cart['id']}") == cart


def test_who_signs_up_brings_along_what_she_made_as_a_guest(market: Client) -> None:
    guest = market.anonymous("eve-1")
    cart = cart_of(guest, ("mug", 2), shippingAddress=BERLIN, shippingMethod=by_key("shipping-method", "parcel"))
    order = guest.create("me/orders", {"id": cart["id"], "version": cart["version"]})
    payment = guest.create("me/payments", {"amountPlanned": eur(4593)})
    open_cart = cart_of(guest, ("tea", 1))
    result = guest.create("me/signup", {"email": "eve@example.com", "password": "secret"})
    eve_id = result["customer"]["id"]
    assert (result["cart"]["id"], result["cart"]["customerId"]) == (open_cart["id"], eve_id)
    eve = market.signed_in("eve@example.com", "secret")
    seen = eve.get(f"me/orders/{order['id']}")
    assert (seen["customerId"], seen["totalPrice"]["centAmount"]) == (eve_id, 4593)
    assert eve.get(f"me/carts/{cart['id']}")["cartState"] == "Ordered"
    assert eve.get(f"me/payments/{payment['id']}")["customer"]["id"] == eve_id
    for path in (f"me/orders/{order['id']}", f"me/carts/{cart['id']}", f"me/payments/{payment['id']}"):
        assert guest.refused(404, "GET", path)["code"] == "ResourceNotFound"
    whole = market.create("customers", {"email": "kim@example.com", "password": "secret", "anonymousId": "nobody"})
    assert set(whole) == {"customer"}


def test_a_shop_signs_up_a_customer_with_the_cart_of_her_visit(market: Client) -> None:
    cart = cart_of(market.anonymous("kim-1"), ("mug", 1))
    draft = {"email": "kim@example.com", "password": "secret", "anonymousCart": by_id(cart["id"]), "anonymousId": "kim-1"}
    result = market.create("customers", draft)
    assert (result["cart"]["id"], result["cart"]["customerId"]) == (cart["id"], result["customer"]["id"])


def test_a_merge_without_a_sign_in(market: Client) -> None:
    ada_id = sign_in(market)["customer"]["id"]
    path = f"carts/customer-id={ada_id}/merge"
    first = cart_of(market.anonymous("first"), ("mug", 1))
    answer = market.send("POST", path, {"anonymousId": "first"})
    assert (answer.status_code, answer.json()["id"], answer.json()["customerId"]) == (200, first["id"], ada_id)
    second = cart_of(market.anonymous("second"), ("mug", 4))
    merged = market.send("POST", path, {"anonymousCart": by_id(second["id"]), "updateProductData": True}).json()
    assert (merged["id"], quantities(merged)) == (first["id"], {"mug": 4})
    third = cart_of(market.anonymous("third"), ("tea", 1))
    new = market.send("POST", path, {"anonymousId": "third", "mergeMode": "UseAsNewActiveCustomerCart"}).json()
    assert (new["id"], quantities(new)) == (third["id"], {"tea": 1})
    assert market.refused(400, "POST", path, {})["code"] == "RequiredField"
    wrong = {"anonymousId": "third", "anonymousCart": by_id(second["id"])}
    assert market.refused(400, "POST", path, wrong)["code"] == "InvalidOperation"
    again = {"anonymousCart": by_id(second["id"])}
    assert market.refused(400, "POST", path, again)["code"] == "InvalidOperation"
    assert market.refused(400, "POST", path, {"anonymousId": "nobody"})["code"] == "ReferencedResourceNotFound"


def test_within_a_store_only_its_customers_sign_in_and_only_its_carts_are_theirs(market: Client) -> None:
    for key in ("berlin", "paris"):
        market.create("stores", {"key": key})
    market.create("in-store/key=berlin/customers", {"email": "bea@example.com", "password": "secret"})
    bea = {"email": "bea@example.com", "password": "secret"}
    guest = market.anonymous("bea-1")
    cart = guest.create("in-store/key=berlin/me/carts", {"currency": "EUR", "lineItems": [{"sku": "mug"}]})
    for path in ("login", "in-store/key=paris/login", "in-store/key=paris/me/login", "me/login"):
        assert guest_or(market, guest, path).refused(400, "POST", path, bea)["code"] == "InvalidCredentials"
    answer = guest.send("POST", "in-store/key=berlin/me/login", bea)
    assert (answer.status_code, answer.json()["cart"]["id"]) == (200, cart["id"])
    session = market.signed_in("bea@example.com", "secret", "berlin")
    assert session.get("in-store/key=berlin/me/active-cart")["id"] == cart["id"]
    assert session.refused(404, "GET", "in-store/key=paris/me/active-cart")["code"] == "ResourceNotFound"
    shop_side = market.send("POST", "in-store/key=berlin/login", bea)
    assert (shop_side.status_code, shop_side.json()["cart"]["id"]) == (200, cart["id"])
    merged = market.send("POST", f"in-store/key=berlin/carts/customer-id={cart_owner(shop_side)}/merge", {"anonymousId": "x"})
    assert merged.json()["errors"][0]["code"] == "ReferencedResourceNotFound"
    result = market.anonymous("dan-1").create("in-store/key=berlin/me/signup", {"email": "dan@example.com", "password": "secret"})
    assert result["customer"]["stores"] == [{"typeId": "store", "key": "berlin"}]


def guest_or(market: Client, guest: Client, path: str) -> Client:
    """Customers' own paths are for their own sessions."""
    return guest if "me/" in path else market


def cart_owner(answer: Any) -> str:
    return str(answer.json()["cart"]["customerId"])


def test_twenty_sign_ins_at_once_hand_one_cart_over_once(market: Client) -> None:
    ada = market.signed_in(ADA["email"], ADA["password"])
    own = cart_of(ada, ("tea", 1))
    guest = market.anonymous()
    left = cart_of(guest, ("mug", 2))
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: guest.send("POST", "me/login", ADA), range(20)))
    assert {answer.status_code for answer in answers} == {200}
    after = ada.get(f"me/carts/{own['id']}")
    assert (quantities(after), after["cartState"]) == ({"tea": 1, "mug": 2}, "Active")
    assert market.get(f"carts/{left['id']}")["cartState"] == "Merged"
