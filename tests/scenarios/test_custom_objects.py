"""Custom objects over HTTP: made, replaced, queried into their values, raced for, deleted."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from live import Client, Server

VALUE = {"colours": ["red", "blue"], "size": {"width": 10.5, "unit": "cm"}, "stock": [{"at": "berlin", "count": 3}], "none": None}


def draft(key: str, value: Any, container: str = "shelf", **more: Any) -> dict[str, Any]:
    return {"container": container, "key": key, "value": value, **more}


def put(shop: Client, key: str, value: Any, **more: Any) -> Any:
    """The object that replaced another one."""
    answer = shop.send("POST", "custom-objects", draft(key, value, **more))
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_made_replaced_and_deleted(shop: Client) -> None:
    made = shop.create("custom-objects", draft("a", VALUE))
    assert (made["container"], made["key"], made["version"]) == ("shelf", "a", 1)
    assert made["value"] == {
        "colours": ["red", "blue"],
        "size": {"width": 10.5, "unit": "cm"},
        "stock": [{"at": "berlin", "count": 3}],
    }
    assert shop.get("custom-objects/shelf/a") == made
    replaced = put(shop, "a", ["now", None, 1])
    assert (replaced["id"], replaced["version"], replaced["value"]) == (made["id"], 2, ["now", None, 1])
    assert put(shop, "a", True, version=2)["version"] == 3
    assert put(shop, "a", True)["version"] == 3
    stale = shop.refused(409, "POST", "custom-objects", draft("a", False, version=2))
    assert (stale["code"], stale["currentVersion"]) == ("ConcurrentModification", 3)
    assert shop.create("custom-objects", draft("a", "another container", container="desk"))["version"] == 1
    assert shop.get("custom-objects/shelf/a")["value"] is True
    # No object has the version 0: it says that there is to be none yet.
    for version in (7, 1, -1):
        stale = shop.refused(409, "POST", "custom-objects", draft("fresh", 1, version=version))
        assert (stale["code"], stale["currentVersion"]) == ("ConcurrentModification", 0)
    assert shop.send("HEAD", "custom-objects/shelf/fresh").status_code == 404
    assert shop.create("custom-objects", draft("fresh", 1, version=0))["version"] == 1
    stale = shop.refused(409, "POST", "custom-objects", draft("fresh", 2, version=0))
    assert (stale["code"], stale["currentVersion"]) == ("ConcurrentModification", 1)
    path = "custom-objects/shelf/a"
    assert shop.send("HEAD", path).status_code == 200
    assert shop.refused(409, "DELETE", path, params={"version": 1})["code"] == "ConcurrentModification"
    gone = shop.send("DELETE", path, params={"dataErasure": "true"})
    assert (gone.status_code, gone.json()["value"]) == (200, True)
    assert shop.send("HEAD", path).status_code == 404
    assert shop.refused(404, "GET", path)["code"] == "ResourceNotFound"
    assert shop.refused(404, "DELETE", path)["code"] == "ResourceNotFound"
    assert shop.delete("custom-objects/desk/a", 1)["container"] == "desk"
    assert shop.create("custom-objects", draft("a", "again"))["version"] == 1


def test_queries_reach_into_values(shop: Client) -> None:
    for key, value in (("a", VALUE), ("b", {**VALUE, "size": {"width": 3, "unit": "in"}}), ("c", "plain"), ("d", 7)):
        shop.create("custom-objects", draft(key, value))
    shop.create("custom-objects", draft("a", {"colours": ["red"]}, container="desk"))

    def found(where: str, path: str = "custom-objects") -> list[str]:
        page = shop.get(path, params={"where": where, "sort": ["container asc", "key asc"]})
        return [f"{one['container']}/{one['key']}" for one in page["results"]]

    assert found('container = "desk"') == ["desk/a"]
    assert found('key = "a"') == ["desk/a", "shelf/a"]
    assert found('value(colours contains any ("red"))') == ["desk/a", "shelf/a", "shelf/b"]
    assert found('value(size(width > 10 and unit = "cm"))') == ["shelf/a"]
    assert found('value(stock(at = "berlin" and count >= 3))', "custom-objects/shelf") == ["shelf/a", "shelf/b"]
    assert found('value = "plain"') == ["shelf/c"]
    assert found("value > 6") == ["shelf/d"]
    assert found("value(size is not defined)", "custom-objects/desk") == ["desk/a"]
    page = shop.get("custom-objects/shelf", params={"limit": 2, "sort": "key desc"})
    assert ([one["key"] for one in page["results"]], page["total"], page["count"]) == (["d", "c"], 4, 2)
    by_variable = {"where": "value(size(unit = :unit))", "var.unit": "in"}
    assert [one["key"] for one in shop.get("custom-objects/shelf", params=by_variable)["results"]] == ["b"]
    assert shop.get("custom-objects/nowhere")["results"] == []
    assert shop.send("HEAD", "custom-objects", params={"where": 'value(size(unit = "in"))'}).status_code == 200
    assert shop.send("HEAD", "custom-objects", params={"where": 'value(size(unit = "mm"))'}).status_code == 404
    assert shop.send("HEAD", "custom-objects/shelf").status_code == 200
    assert shop.send("HEAD", "custom-objects/nowhere").status_code == 404
    assert shop.refused(400, "GET", "custom-objects/no container")["code"] == "InvalidInput"
    assert shop.refused(400, "GET", "custom-objects", params={"where": 'colour = "red"'})["code"] == "InvalidInput"


def test_references_in_values_are_expanded(shop: Client) -> None:
    zone = shop.create("zones", {"name": "Z", "key": "zone-z", "locations": []})
    shop.create("custom-objects", draft("a", {"zone": {"typeId": "zone", "id": zone["id"]}}))
    assert shop.get("custom-objects/shelf/a", params={"expand": "value.zone"})["value"]["zone"]["obj"]["key"] == "zone-z"


@pytest.mark.parametrize(
    "text",
    [
        "0.12345678901234567890123",
        "123456789012345678901234567890",
        "1.50",
        "-1e300",
        '"ü\\u00e4\\ud83d\\ude00"',
        "[]",
        "{}",
        '""',
    ],
)
def test_values_are_kept_to_the_digit(shop: Client, text: str) -> None:
    body = b'{"container": "c", "key": "k", "value": {"v": %s}}' % text.encode()
    made = shop.send("POST", "custom-objects", body, headers={"Content-Type": "application/json"})
    assert made.status_code == 201, made.text
    value = made.content.partition(b'"value":')[2]
    wanted = text if text[0] != '"' else json.dumps(json.loads(text), ensure_ascii=False)
    assert value.decode().lower().replace("+", "") == f'{{"v":{wanted}}}}}'
    assert shop.send("GET", "custom-objects/c/k").content == made.content


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('{"container":"c","key":"k"}', "InvalidJsonInput"),
        ('{"container":"c","key":"k","value":null}', "RequiredField"),
        ('{"container":"c","key":null,"value":{"a":1}}', "InvalidJsonInput"),
        ('{"container":"c c","key":"k","value":1}', "InvalidJsonInput"),
        ('{"container":"c","key":"k/k","value":1}', "InvalidJsonInput"),
        ('{"container":"c","key":"","value":1}', "InvalidJsonInput"),
        ('{"container":"c","key":"%s","value":1}' % ("k" * 257), "InvalidJsonInput"),
        ('{"container":"c","key":"k","value":1,"version":1.5}', "InvalidJsonInput"),
        ('{"container":"c","key":"k","value":%s}' % ("[" * 51 + "]" * 51), "InvalidJsonInput"),
        ('{"container":"c","key":"k","value":%s}' % ("[" * 100_000 + "]" * 100_000), "InvalidJsonInput"),
        ('{"container":"c","key":"k","value":%s}' % ("1" * 401), "InvalidJsonInput"),
        ('{"container":"c","key":"k","value":1e999999}', "InvalidJsonInput"),
        ('{"container":"c","key":"k","value":NaN}', "InvalidJsonInput"),
        ('{"container":"c","key":"k","value":"\\u0000"}', "InvalidJsonInput"),
        ('{"container":"c","key":"k","value":{"\\ud800":1}}', "InvalidJsonInput"),
        ('{"container":"c","key":"k","value":[1,}', "InvalidJsonInput"),
    ],
)
def test_what_is_no_custom_object(shop: Client, body: str, code: str) -> None:
    error = shop.refused(400, "POST", "custom-objects", body.encode(), headers={"Content-Type": "application/json"})
    assert error["code"] == code
    assert shop.get("custom-objects")["results"] == []


def test_fifty_racing_for_one_name_end_in_one_object(shop: Client) -> None:
    headers = {"Authorization": f"Bearer {shop.token}"}

    def one(number: int) -> int:
        with httpx.Client(base_url=shop.url, headers=headers, timeout=30, verify=False) as http:
            return http.post(f"/{shop.project}/custom-objects", json=draft("hot", {"by": number})).status_code

    with ThreadPoolExecutor(50) as pool:
        statuses = sorted(pool.map(one, range(50)))
    assert statuses == [200] * 49 + [201]
    page = shop.get("custom-objects")
    assert (page["total"], page["results"][0]["version"]) == (1, 50)
    assert page["results"][0]["value"]["by"] in range(50)


def test_deletions_race_with_writers(shop: Client) -> None:
    headers = {"Authorization": f"Bearer {shop.token}"}

    def one(number: int) -> int:
        with httpx.Client(base_url=shop.url, headers=headers, timeout=30, verify=False) as http:
            if number % 3 == 0:
                return http.delete(f"/{shop.project}/custom-objects/shelf/hot").status_code
            return http.post(f"/{shop.project}/custom-objects", json=draft("hot", number)).status_code

    with ThreadPoolExecutor(30) as pool:
        answers = list(enumerate(pool.map(one, range(30))))
    assert {status for number, status in answers if number % 3} <= {200, 201}
    assert {status for number, status in answers if number % 3 == 0} <= {200, 404}
    # As many were made as were deleted, and one more where one is left.
    left = 1 if shop.send("HEAD", "custom-objects/shelf/hot").status_code == 200 else 0
    made = sum(status == 201 for _, status in answers)
    deleted = sum(status == 200 for number, status in answers if number % 3 == 0)
    assert made == deleted + left


def test_any_of_the_four_subjects_opens_them(shop: Client, client_with: Any) -> None:
    shop.create("custom-objects", draft("a", 1))
    for subject in ("products", "orders", "customers", "key_value_documents"):
        viewer = client_with(shop.project, f"view_{subject}:{shop.project}")
        assert viewer.get("custom-objects/shelf/a")["value"] == 1
        assert viewer.send("POST", "custom-objects", draft("a", 2)).status_code == 403
        assert viewer.send("DELETE", "custom-objects/shelf/a").status_code == 403
        manager = client_with(shop.project, f"manage_{subject}:{shop.project}")
        assert manager.send("POST", "custom-objects", draft("a", 1)).status_code == 200
    stranger = client_with(shop.project, f"manage_states:{shop.project}")
    assert stranger.send("GET", "custom-objects/shelf/a").status_code == 403


def test_the_check_reads_numbers_exactly(shop: Client, server: Server) -> None:
    """PostgreSQL writes -1e300 with all its zeros, which as a float is another number."""
    body = b'{"container": "c", "key": "k", "value": [-1e300, 1.50, 0.12345678901234567890123]}'
    assert shop.send("POST", "custom-objects", body, headers={"Content-Type": "application/json"}).status_code == 201
    assert server.command("check") == "Every row agrees with its document.\n"
