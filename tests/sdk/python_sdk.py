"""A shop as the Python SDK sees it. The SDK takes long to import, so only the test that uses it does."""

from __future__ import annotations

from typing import Any

import commercetools
import httpx
from commercetools.platform import models
from commercetools.utils import BaseTokenSaver

from live import Client

OWN_SCOPES = ("manage_my_orders", "manage_my_profile")


class Session(BaseTokenSaver):  # type: ignore[misc]  # the SDK's base class is not typed
    """Gives the SDK a token of an owner: by itself it knows only the client-credentials flow."""

    def __init__(self, token: dict[str, Any]) -> None:
        self._token = token

    def add_token(self, client_id: str, scope: str, token: dict[str, Any]) -> None:
        self._token = token

    def get_token(self, client_id: str, scope: str) -> dict[str, Any]:
        return self._token


class Shop:
    """A project as the Python SDK sees it, for the merchant and for owners."""

    def __init__(self, made: Client) -> None:
        self._made = made

    def client(self, token: dict[str, Any] | None = None) -> Any:
        made = self._made
        platform = commercetools.platform.Client(
            client_id=made.client_id,
            client_secret=made.client_secret,
            scope=[f"manage_project:{made.project}"],
            url=made.url,
            token_url=f"{made.url}/oauth/token",
            token_saver=Session(token) if token else None,
        )
        return platform.with_project_key(made.project)

    def owner(self, path: str, **form: str) -> Any:
        made = self._made
        scope = " ".join(f"{name}:{made.project}" for name in OWN_SCOPES)
        address = f"{made.url}/oauth/{made.project}/{path}"
        answer = httpx.post(address, data={**form, "scope": scope}, auth=(made.client_id, made.client_secret))
        assert answer.status_code == 200, answer.text
        return self.client(answer.json())


def euros(cents: int) -> models.Money:
    return models.Money(currency_code="EUR", cent_amount=cents)


def open_shop(merchant: Any) -> str:
    """A tax category, a zone, a shipping method, a product `mug`; the shipping method's id."""
    rate = models.TaxRateDraft(name="19%", amount=0.19, included_in_price=True, country="DE")
    taxes = merchant.tax_categories().post(models.TaxCategoryDraft(key="standard", name="Standard", rates=[rate]))
    zone = merchant.zones().post(models.ZoneDraft(name="Germany", locations=[models.Location(country="DE")]))
    category = models.TaxCategoryResourceIdentifier(id=taxes.id)
    method = merchant.shipping_methods().post(
        models.ShippingMethodDraft(
            name="Parcel",
            is_default=True,
            tax_category=category,
            zone_rates=[
                models.ZoneRateDraft(
                    zone=models.ZoneResourceIdentifier(id=zone.id),
                    shipping_rates=[models.ShippingRateDraft(price=euros(495))],
                )
            ],
        )
    )
    merchant.product_types().post(models.ProductTypeDraft(key="goods", name="Goods", description="Anything."))
    add_product(merchant, "mug", 1299)
    return str(method.id)


def add_product(merchant: Any, sku: str, cents: int) -> str:
    """One more product, at a price in EUR; its id."""
    made = merchant.products().post(
        models.ProductDraft(
            product_type=models.ProductTypeResourceIdentifier(key="goods"),
            name={"en": sku},
            slug={"en": f"{sku}-slug"},
            publish=True,
            tax_category=models.TaxCategoryResourceIdentifier(key="standard"),
            master_variant=models.ProductVariantDraft(sku=sku, prices=[models.PriceDraft(value=euros(cents))]),
        )
    )
    return str(made.id)
