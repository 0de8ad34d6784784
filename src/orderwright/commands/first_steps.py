"""What `orderwright run` prints: where the server is, a client for it, the way to the order desk, and three commands that place
an order."""

import base64
import contextlib
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from orderwright.auth.clients import ClientCredentials

PROJECT = "demo"
SCOPE = f"manage_project:{PROJECT}"
ADDRESS = {
    "country": "DE",
    "firstName": "Ada",
    "streetName": "Lindenweg",
    "streetNumber": "1",
    "postalCode": "10969",
    "city": "Berlin",
}


LINK_S = 3_600
"""Seconds for which the link to the order desk may be used, once."""


def text(url: str, data_dir: Path, new_client: "Callable[[], ClientCredentials]", new_link: "Callable[[str], str]") -> str:
    """The whole message. Asks the running server for a token and a product, so what it shows has worked once already.

    `new_link` makes the word of a link for the client of an id.
    """
    client = _client(url, data_dir / "demo-client.json", new_client)
    sku = _a_sku(url, _token(url, client) or "")
    cart = {
        "currency": "EUR",
        "country": "DE",
        "lineItems": [{"sku": sku, "quantity": 2}],
        "shippingAddress": ADDRESS,
    }
    order = {"version": 1, "cart": {"typeId": "cart", "id": "'$CART'"}}
    send = "-H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json'"
    first = 'grep -o \'"{}":"[^"]*"\' | head -1 | cut -d\'"\' -f4'
    return "\n".join((
        "",
        f"Orderwright listens at {url}",
        f"  project        {PROJECT}",
        f"  client id      {client['clientId']}",
        f"  client secret  {client['clientSecret']}",
        f"  order desk     {url}/desk/{PROJECT}/enter/{new_link(client['clientId'])}",
        f"                 (opens once, within {LINK_S // 60} minutes; later, sign in at {url}/desk)",
        "",
        "Your first order: a token, a cart, the order.",
        "",
        f"TOKEN=$(curl -s -u '{client['clientId']}:{client['clientSecret']}' -d grant_type=client_credentials "
        f"{url}/oauth/token | {first.format('access_token')})",
        f"CART=$(curl -s {send} -d '{json.dumps(cart)}' {url}/{PROJECT}/carts | {first.format('id')})",
        f"curl -s {send} -d '{json.dumps(order)}' {url}/{PROJECT}/orders",
        "",
    ))  # fmt: skip


def shown(client: "ClientCredentials") -> dict[str, str]:
    """A new client as the outside reads it; the only time its secret is known."""
    return {
        "clientId": client.client_id,
        "clientSecret": client.client_secret,
        "scope": client.scope,
        "projectKey": client.project_key,
    }


def _client(url: str, path: Path, new_client: "Callable[[], ClientCredentials]") -> dict[str, str]:
    """The same client at every start. Secrets are stored hashed, so what was printed is kept in a file of mode 0600.

    A file that the database does not know (it was replaced by another) is replaced as well.
    """
    with contextlib.suppress(FileNotFoundError, msgspec.DecodeError):
        kept = msgspec.json.decode(path.read_bytes(), type=dict[str, str])
        if {"clientId", "clientSecret"} <= kept.keys() and _token(url, kept):
            return kept
    client = shown(new_client())
    _keep(path, json.dumps(client))
    return client


def _keep(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)  # with a database of the operator's own the directory may not exist yet
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content + "\n")
    fresh.replace(path)


def _token(url: str, client: dict[str, str]) -> str | None:
    """An access token, or None when the server does not know the client."""
    pair = f"{client['clientId']}:{client['clientSecret']}".encode()
    request = urllib.request.Request(  # noqa: S310 - our own server's address
        f"{url}/oauth/token", b"grant_type=client_credentials", {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    )
    try:
        return str(_json(request)["access_token"])
    except urllib.error.HTTPError as error:
        if error.code in (400, 401):
            return None
        raise


def _a_sku(url: str, token: str) -> str:
    """The master variant of the first product that the demo project sells now."""
    where = urllib.parse.urlencode({"limit": 1, "sort": "createdAt asc", "where": "masterData(published=true)"})
    request = urllib.request.Request(f"{url}/{PROJECT}/products?{where}", headers={"Authorization": f"Bearer {token}"})  # noqa: S310 - as above
    products = _json(request)["results"]
    return str(products[0]["masterData"]["current"]["masterVariant"]["sku"]) if products else "SKU-OF-YOUR-PRODUCT"


def _json(request: urllib.request.Request) -> Any:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
        return json.load(answer)
