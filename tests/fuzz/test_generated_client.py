"""A client that openapi-python-client generates from our own document reads what a shop reads."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from live import Client
from orderwright import app
from shop_setup import cart_draft, open_shop, order_draft

PACKAGE = "generated_from_our_document"
TOOL = "openapi_python_client"


@pytest.fixture
def generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the generator said. The package of the client can be imported then."""
    if importlib.util.find_spec(TOOL) is None:
        assert not os.environ.get("CI"), f"{TOOL} is missing, and CI must not skip this test"
        pytest.skip(f"{TOOL} is not installed")
    source, config = tmp_path / "openapi.json", tmp_path / "config.json"
    source.write_bytes(app.openapi_bytes())
    config.write_text(json.dumps({"post_hooks": []}))
    command = [sys.executable, "-m", TOOL, "generate", "--path", str(source), "--config", str(config)]
    done = subprocess.run(
        [*command, "--meta", "none", "--output-path", str(tmp_path / PACKAGE)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    monkeypatch.syspath_prepend(tmp_path)
    return done.stdout + done.stderr


def operation(tag: str, name: str) -> Any:
    """The module of a generated operation."""
    return import_module(f"{PACKAGE}.api.{tag}.{name}")


def with_instants(value: Any) -> Any:
    """The same JSON with instants in the place of their texts, which the client writes in another form."""
    if isinstance(value, dict):
        return {name: with_instants(member) for name, member in value.items()}
    if isinstance(value, list):
        return [with_instants(member) for member in value]
    is_instant = isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value)
    return datetime.fromisoformat(value) if is_instant else value


def test_a_generated_client_reads_a_cart_an_order_and_a_tax_category(shop: Client, generated: str) -> None:
    # Bodies that are images are beyond this generator; there is nothing else that it could not read.
    assert generated.count("WARNING") == 1 and "/products/{id}/images" in generated
    assert "Unable to process schema" not in generated
    open_shop(shop)
    cart = shop.create("carts", cart_draft(("mug", 2)))
    order = shop.create("orders", order_draft(shop.create("carts", cart_draft(("tea", 1)))))
    client = import_module(f"{PACKAGE}.client").AuthenticatedClient(base_url=shop.url, token=shop.token)
    with client:
        read = operation("carts", "get_project_carts_id").sync(shop.project, cart["id"], client=client)
        assert (type(read).__name__, read.id, read.version) == ("Cart", cart["id"], 1)
        assert [(line.quantity, line.price.value.cent_amount) for line in read.line_items] == [(2, 1999)]
        assert (read.total_price.cent_amount, read.total_price.currency_code) == (2 * 1999 + 595, "EUR")
        assert read.line_items[0].tax_rate.amount == 0.19
        assert with_instants(read.to_dict()) == with_instants(cart)

        bought = operation("orders", "get_project_orders_id").sync(shop.project, order["id"], client=client)
        assert (type(bought).__name__, bought.id, bought.order_state) == ("Order", order["id"], "Open")
        assert bought.line_items[0].variant.sku == "tea"
        assert with_instants(bought.to_dict()) == with_instants(order)

        page = operation("tax_categories", "query_project_tax_categories").sync(
            shop.project, client=client, where=['key = "standard"'], limit=5
        )
        (category,) = page.results
        assert (page.count, page.total, category.key) == (1, 1, "standard")
        assert sorted((rate.country, rate.amount, rate.included_in_price) for rate in category.rates) == [
            ("DE", 0.19, True),
            ("US", 0.08875, False),
        ]

        refusal = operation("carts", "get_project_carts_id").sync(shop.project, order["id"], client=client)
        assert (type(refusal).__name__, refusal.status_code) == ("ErrorResponse", 404)
        assert refusal.errors[0].code == "ResourceNotFound"
        unknown = import_module(f"{PACKAGE}.client").AuthenticatedClient(base_url=shop.url, token="nobody's")
        with unknown:
            refusal = operation("carts", "get_project_carts_id").sync(shop.project, cart["id"], client=unknown)
        assert (type(refusal).__name__, refusal.error) == ("AuthErrorResponse", "invalid_token")
