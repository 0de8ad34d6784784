"""Clients as shops use them, unchanged: the Python SDK and the official TypeScript SDK, from an empty project to an order."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from live import Client, Server
from receiving import receiving

HERE = Path(__file__).parent
# 3 mugs at 12.99 and a parcel at 4.95; 19 % of it are included: 43.92 / 1.19 is 36.91 (36.9075...) net.
GOODS, TOTAL, TAX = 3897, 4392, 701
# 3.00 less by a code, and a sticker for nothing: 35.97 / 1.19 is 30.23 (30.2269) net, so 5.74 of tax, and 0.79 of the parcel.
REDUCED, WITH_CODE, REDUCED_TAX = 3597, 4092, 653


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::marshmallow.warnings.RemovedInMarshmallow4Warning")
def test_the_python_sdk_has_a_cart_extended(shop: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    import commercetools
    from commercetools.platform import models
    from python_sdk import Shop

    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the SDK's OAuth library wants HTTPS, even of this machine
    merchant = Shop(shop).client()
    with receiving((200, {"actions": [{"action": "setCountry", "country": "DE"}]}), (404, {})) as receiver:
        on_carts = models.ExtensionTrigger(
            resource_type_id=models.ExtensionResourceTypeId.CART,
            actions=[models.ExtensionAction.CREATE, models.ExtensionAction.UPDATE],
        )
        header = models.AuthorizationHeaderAuthentication(header_value="Bearer 0123456789abcdef")
        destination = models.HttpDestination(url=receiver.url, authentication=header)
        draft = models.ExtensionDraft(key="country", destination=destination, triggers=[on_carts], timeout_in_ms=1000)
        made = merchant.extensions().post(draft)
        assert (made.destination.authentication.header_value, made.timeout_in_ms) == ("****cdef", 1000)
        cart = merchant.carts().post(models.CartDraft(currency="EUR"))
        assert cart.country == "DE"
        with pytest.raises(commercetools.CommercetoolsError) as refused:
            merchant.carts().post(models.CartDraft(currency="EUR"))
        assert (refused.value.code, refused.value.errors[0]["extensionKey"]) == ("ExtensionBadResponse", "country")
    actions = [models.ExtensionSetTimeoutInMsAction(timeout_in_ms=500), models.ExtensionSetKeyAction(key="land")]
    found = merchant.extensions().with_key("country").post(models.ExtensionUpdate(version=made.version, actions=actions))
    assert (found.key, found.timeout_in_ms, found.version) == ("land", 500, 2)
    assert merchant.extensions().with_id(made.id).delete(version=2).id == made.id


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::marshmallow.warnings.RemovedInMarshmallow4Warning")
def test_the_python_sdk_from_an_anonymous_visit_to_an_order(shop: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    import commercetools
    from commercetools.platform import models
    from python_sdk import Shop, open_shop

    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the SDK's OAuth library wants HTTPS, even of this machine
    project = Shop(shop)
    merchant = project.client()
    method_id = open_shop(merchant)
    visitor = project.owner("anonymous/token", grant_type="client_credentials", anonymous_id="visit-1")
    cart = visitor.me().carts().post(models.MyCartDraft(currency="EUR", country="DE"))
    actions = [
        models.MyCartAddLineItemAction(sku="mug", quantity=3),
        models.MyCartSetShippingAddressAction(address=models.BaseAddress(country="DE", city="Berlin")),
        models.MyCartSetShippingMethodAction(shipping_method=models.ShippingMethodResourceIdentifier(id=method_id)),
    ]
    cart = visitor.me().carts().with_id(cart.id).post(models.MyCartUpdate(version=cart.version, actions=actions))
    assert cart.anonymous_id == "visit-1"
    assert (cart.line_items[0].total_price.cent_amount, cart.total_price.cent_amount) == (GOODS, TOTAL)
    assert cart.taxed_price.total_tax.cent_amount == TAX
    ada = models.MyCustomerDraft(email="ada@example.com", password="correct horse")
    signed_up = visitor.me().signup().post(ada)
    assert signed_up.cart.id == cart.id
    hers = project.owner("customers/token", grant_type="password", username="ada@example.com", password="correct horse")
    active = hers.me().active_cart().get()
    order = hers.me().orders().post(models.MyOrderFromCartDraft(id=active.id, version=active.version))
    assert (order.total_price.cent_amount, order.customer_id) == (TOTAL, signed_up.customer.id)
    found = merchant.orders().get(where=f'customerId = "{signed_up.customer.id}"', expand=["cart"])
    assert [(result.id, result.cart.obj.cart_state.value) for result in found.results] == [(order.id, "Ordered")]
    with pytest.raises(commercetools.CommercetoolsError) as refused:
        hers.me().orders().post(models.MyOrderFromCartDraft(id=active.id, version=active.version))
    assert refused.value.code == "ConcurrentModification"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::marshmallow.warnings.RemovedInMarshmallow4Warning")
def test_the_python_sdk_checks_out_with_a_code_and_a_gift(shop: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    import commercetools
    from commercetools.platform import models
    from python_sdk import Shop, add_product, euros, open_shop

    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the SDK's OAuth library wants HTTPS, even of this machine
    project = Shop(shop)
    merchant = project.client()
    method = models.ShippingMethodResourceIdentifier(id=open_shop(merchant))
    sticker = models.ProductResourceIdentifier(id=add_product(merchant, "sticker", 100))
    three_off = merchant.cart_discounts().post(
        models.CartDiscountDraft(
            name={"en": "Three off"},
            value=models.CartDiscountValueAbsoluteDraft(money=[euros(300)]),
            target=models.CartDiscountLineItemsTarget(predicate="true"),
            cart_predicate="true",
            sort_order="0.5",
            requires_discount_code=True,
        )
    )
    merchant.cart_discounts().post(
        models.CartDiscountDraft(
            name={"en": "A sticker"},
            value=models.CartDiscountValueGiftLineItemDraft(product=sticker, variant_id=1),
            cart_predicate='totalPrice >= "30.00 EUR"',
            sort_order="0.4",
            requires_discount_code=False,
        )
    )
    reference = models.CartDiscountResourceIdentifier(id=three_off.id)
    code = merchant.discount_codes().post(
        models.DiscountCodeDraft(code="WELCOME", cart_discounts=[reference], max_applications=1)
    )
    visitor = project.owner("anonymous/token", grant_type="client_credentials", anonymous_id="visit-1")
    draft = models.MyCartDraft(
        currency="EUR",
        country="DE",
        line_items=[models.MyLineItemDraft(sku="mug", quantity=3)],
        shipping_address=models.BaseAddress(country="DE", city="Berlin"),
        shipping_method=method,
        discount_codes=["WELCOME"],
    )
    cart, late = visitor.me().carts().post(draft), visitor.me().carts().post(draft)
    assert {line.variant.sku: (line.line_item_mode.value, line.total_price.cent_amount) for line in cart.line_items} == {
        "mug": ("Standard", REDUCED),
        "sticker": ("GiftLineItem", 0),
    }
    order = visitor.me().orders().post(models.MyOrderFromCartDraft(id=cart.id, version=cart.version))
    assert (order.total_price.cent_amount, order.taxed_price.total_tax.cent_amount) == (WITH_CODE, REDUCED_TAX)
    assert [each.discount_code.id for each in order.discount_codes] == [code.id]
    with pytest.raises(commercetools.CommercetoolsError) as refused:
        visitor.me().orders().post(models.MyOrderFromCartDraft(id=late.id, version=late.version))
    assert refused.value.code == "DiscountCodeNonApplicable"


@pytest.fixture(scope="session")
def packages() -> Path:
    """The TypeScript SDK, installed as its lock file says."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=HERE, check=True, capture_output=True, timeout=300)
    return HERE


def ran(script: str, shop: Client, server: Server, packages: Path) -> Any:
    """What a script printed."""
    given = {"PROJECT": shop.project, "CLIENT_ID": shop.client_id, "CLIENT_SECRET": shop.client_secret}
    done = subprocess.run(
        ["node", script],
        cwd=packages,
        env={**os.environ, "ORDERWRIGHT_URL": server.url, **given},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_typescript_sdk_from_an_anonymous_visit_to_an_order(shop: Client, server: Server, packages: Path) -> None:
    assert ran("scenario.mjs", shop, server, packages) == {
        "anonymousId": "visit-1",
        "total": TOTAL,
        "tax": TAX,
        "sameCart": True,
        "owner": True,
        "ordered": TOTAL,
        "cartState": "Ordered",
        "eve": "eve@example.com",
        "stranger": {"status": 404, "code": "ResourceNotFound"},
        "wrongPassword": {"status": 400, "code": "InvalidCredentials"},
        "stale": {"status": 409, "code": "ConcurrentModification"},
    }


def test_the_typescript_sdk_from_a_quote_request_to_an_order(shop: Client, server: Server, packages: Path) -> None:
    """3 mugs less a tenth are 3 times 11.69 (11.691), less a fifth 3 times 10.39 (10.392), and the parcel is 4.95.

    Of 36.12, 31.17 and 4.95 are taxed apart: 31.17 / 1.19 is 26.19 (26.1932...) and 4.95 / 1.19 is 4.16 (4.1596...) net.
    """
    assert ran("quotes.mjs", shop, server, packages) == {
        "asked": TOTAL,
        "offers": [3 * 1169 + 495, 3 * 1039 + 495],
        "states": ["DeclinedForRenegotiation", "RenegotiationAddressed", "Accepted"],
        "comment": "A fifth, please",
        "stale": {"status": 400, "code": "InvalidOperation"},
        "ordered": 3612,
        "tax": 3612 - 2619 - 416,
        "quote": True,
        "origin": "Quote",
        "cartState": "Ordered",
        "again": {"status": 409, "code": "ConcurrentModification"},
    }


def test_the_typescript_sdk_checks_out_with_a_code_and_a_gift(shop: Client, server: Server, packages: Path) -> None:
    assert ran("discounts.mjs", shop, server, packages) == {
        "before": TOTAL,
        "lines": {"mug": ["Standard", REDUCED], "sticker": ["GiftLineItem", 0]},
        "codes": [["MatchesCart", True]],
        "ordered": WITH_CODE,
        "tax": REDUCED_TAX,
        "kept": [True],
        "usedUp": ["MaxApplicationReached"],
        "refused": {"status": 400, "code": "DiscountCodeNonApplicable"},
    }
