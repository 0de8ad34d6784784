"""Images that are uploaded: stored with their product, served to everybody, dropped with what showed them."""

from __future__ import annotations

import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from live import Client


def png(width: int, height: int) -> bytes:
    """A whole black picture."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    rows = zlib.compress((b"\0" + b"\0\0\0" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


# The shortest picture of its kind: 1 by 1 pixel.
GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002014400 3b".replace(" ", ""))


@pytest.fixture
def tea(shop: Client) -> Client:
    shop.create("product-types", {"key": "any", "name": "any", "description": "any"})
    draft = {
        "key": "tea",
        "productType": {"typeId": "product-type", "key": "any"},
        "name": {"en": "Tea"},
        "slug": {"en": "tea"},
        "masterVariant": {"sku": "black"},
        "variants": [{"sku": "green"}],
    }
    shop.create("products", draft)
    return shop


def upload(shop: Client, content: bytes, kind: str = "image/png", **params: Any) -> httpx.Response:
    path = f"products/{shop.get('products/key=tea')['id']}/images"
    return shop.send("POST", path, content, headers={"Content-Type": kind}, params=params)


def test_an_upload_is_served(tea: Client) -> None:
    content = png(30, 20)
    answer = upload(tea, content, filename="My tea.png")
    assert answer.status_code == 200
    data = answer.json()["masterData"]
    (image,) = data["staged"]["masterVariant"]["images"]
    assert (image["dimensions"], data["current"]["masterVariant"]["images"]) == ({"w": 30, "h": 20}, [])
    assert image["url"].startswith(f"{tea.url}/images/{tea.project}/") and image["url"].endswith("/My-tea.png")
    seen = httpx.get(image["url"], verify=False)
    assert (seen.status_code, seen.headers["content-type"], seen.content) == (200, "image/png", content)
    assert "immutable" in seen.headers["cache-control"]
    assert httpx.head(image["url"]).status_code == 200
    other = image["url"].replace(f"/{tea.project}/", "/other/")
    absent = (other, f"{tea.url}/images/x", f"{tea.url}/images")
    assert [httpx.get(url, verify=False).status_code for url in absent] == [404, 404, 404]
    (message,) = tea.get("messages", params={"where": 'type = "ProductImageAdded"'})["results"]
    assert (message["variantId"], message["image"], message["staged"]) == (1, image, True)
    # A proxy that ends TLS is reached by another scheme.
    secure = tea.send(
        "POST",
        f"products/{answer.json()['id']}/images?sku=green&staged=false",
        GIF,
        headers={"Content-Type": "image/gif", "X-Forwarded-Proto": "https", "Host": "shop.example.com"},
    ).json()["masterData"]
    (green,) = secure["current"]["variants"][0]["images"]
    assert green["url"].startswith("https://shop.example.com/images/") and green["url"].endswith("/image.gif")
    assert (green["dimensions"], secure["staged"]["variants"][0]["images"]) == ({"w": 1, "h": 1}, [green])


def test_what_nobody_shows_any_more_is_dropped(tea: Client) -> None:
    def shown(url: str) -> int:
        return httpx.get(url, verify=False).status_code

    def act(**action: Any) -> None:
        tea.update("products/key=tea", tea.get("products/key=tea")["version"], action)

    def urls(**params: Any) -> str:
        images = upload(tea, png(1, 1), **params).json()["masterData"]["staged"]["masterVariant"]["images"]
        return str(images[-1]["url"])

    first, second, third = urls(staged="false"), urls(), urls()
    act(action="removeImage", variantId=1, imageUrl=first)
    assert shown(first) == 200  # the current description has it still
    act(action="removeImage", variantId=1, imageUrl=second)
    assert (shown(first), shown(second)) == (200, 404)
    act(action="publish")
    assert (shown(first), shown(third)) == (404, 200)
    fourth = urls()
    act(action="revertStagedChanges")
    assert shown(fourth) == 404
    act(action="unpublish")
    product = tea.get("products/key=tea")
    tea.delete("products/key=tea", product["version"])
    assert shown(third) == 404
    removed = {
        message["type"]: message["removedImageUrls"]
        for message in tea.get("messages", params={"limit": 500})["results"]
        if "removedImageUrls" in message
    }
    assert removed["ProductPublished"] == [first]
    assert removed["ProductRevertedStagedChanges"] == [fourth]
    assert removed["ProductDeleted"] == [third]


def test_many_at_once(tea: Client) -> None:
    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(lambda size: upload(tea, png(size, 1)).status_code, range(1, 9)))
    images = tea.get("products/key=tea")["masterData"]["staged"]["masterVariant"]["images"]
    assert len(images) == statuses.count(200) and set(statuses) <= {200, 409}
    assert len({image["url"] for image in images}) == len(images)


def test_what_is_no_image_is_refused(tea: Client) -> None:
    def code(status: int, answer: httpx.Response) -> str:
        assert answer.status_code == status, answer.text
        return str(answer.json()["errors"][0]["code"])

    good = png(2, 2)
    before = tea.get("products/key=tea")
    assert code(400, upload(tea, b"hello")) == "InvalidInput"
    assert code(400, upload(tea, b"")) == "InvalidInput"
    assert code(400, upload(tea, good[:20])) == "InvalidInput"
    assert code(400, upload(tea, png(1, 1).replace(struct.pack(">II", 1, 1), struct.pack(">II", 0, 1)))) == "InvalidInput"
    assert code(400, upload(tea, good, "application/json")) == "InvalidInput"
    assert code(400, upload(tea, good, variant="x")) == "InvalidInput"
    assert code(400, upload(tea, good, staged="perhaps")) == "InvalidInput"
    for params in ({"variant": 9}, {"sku": "none"}, {"variant": 1, "sku": "green"}):
        refusal = upload(tea, good, **params)
        assert code(400, refusal) == "InvalidOperation"
        assert "action" not in refusal.json()["errors"][0]
    assert code(413, upload(tea, good + b"\0" * 10 * 1024 * 1024)) == "ContentTooLarge"
    large = upload(tea, good + b"\0" * (10 * 1024 * 1024 - len(good)))
    assert large.status_code == 200
    after = tea.get("products/key=tea")
    assert (after["version"], before["version"]) == (2, 1)
    unknown = tea.send(
        "POST", "products/0f8fad5b-d9cb-469f-a165-70867728950e/images", good, headers={"Content-Type": "image/png"}
    )
    assert code(404, unknown) == "ResourceNotFound"
