"""The endpoints under /oauth, called as the server calls them."""

import base64
import re
from urllib.parse import quote

import msgspec
import pytest
from oauth_room import INTROSPECT, REVOKE, TOKEN, Room, basic_header

from orderwright.http.wire.limits import FORM
from orderwright.settings import Settings

GRANT = {"grant_type": "client_credentials"}


def test_a_token_for_a_client_by_basic_by_form_and_with_the_query(settings: Settings) -> None:
    with Room(settings) as room:
        made = room.client("manage_orders:{0} view_zones:{0}")
        pair = {"client_id": made.client_id, "client_secret": made.client_secret}
        query = (("grant_type", "client_credentials"), ("scope", f"view_orders:{room.key}"))
        answers = [
            room.post(TOKEN, GRANT, basic=made),
            room.post(TOKEN, GRANT | pair),
            room.post(TOKEN, GRANT | {"client_id": made.client_id}, basic=made),
            room.post(TOKEN, GRANT | {"scope": ""}, basic=made),
            room.post(TOKEN, basic=made, query=query),
            room.post(TOKEN, GRANT, basic=made, query=query),
            room.post(TOKEN, basic=made, query=query, headers={"content-type": "application/json"}),
            room.post(TOKEN, GRANT, basic=made, headers={"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}),
        ]
        scopes = [made.scope] * 4 + [f"view_orders:{room.key}"] * 3 + [made.scope]
        for (answer, body), scope in zip(answers, scopes, strict=True):
            assert answer.status == 200
            assert dict(answer.headers) == {"cache-control": "no-store", "pragma": "no-cache"}
            assert body.keys() == {"access_token", "token_type", "expires_in", "scope"}
            assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 3600, scope)
            assert re.fullmatch(r"[A-Za-z0-9_-]+", body["access_token"])
            principal = room.run(room.tokens.principal(f"Bearer {body['access_token']}", room.key))
            assert principal.scopes == set(scope.split())
        assert len({body["access_token"] for _, body in answers}) == 8


def test_both_ways_of_naming_the_client_are_percent_decoded(settings: Settings) -> None:
    """Every character of an id and a secret may be sent percent-encoded, in the form and inside Basic."""
    with Room(settings) as room:
        made = room.client()

        def encoded(text: str) -> str:
            return "".join(f"%{ord(character):02x}" for character in text)

        header = {"authorization": basic_header(encoded(made.client_id), encoded(made.client_secret))}
        assert room.post(TOKEN, GRANT, headers=header)[0].status == 200
        form = f"grant_type=client_credentials&client_id={encoded(made.client_id)}&client_secret={encoded(made.client_secret)}"
        assert room.post(TOKEN, form.encode())[0].status == 200
        scope = quote(f"view_orders:{room.key} view_zones:{room.key}").replace("%20", "+")
        _, body = room.post(TOKEN, f"grant_type=client_credentials&scope={scope}".encode(), basic=made)
        assert body["scope"] == f"view_orders:{room.key} view_zones:{room.key}"


def test_a_wrong_client_is_invalid_client_in_the_shape_of_both_standards(settings: Settings) -> None:
    with Room(settings) as room:
        made = room.client()
        wrong = msgspec.structs.replace(made, client_secret=made.client_secret[:-1])
        text = "Please provide valid client credentials using HTTP Basic Authentication."
        answer, body = room.post(TOKEN, GRANT, basic=wrong)
        assert answer.status == 401
        assert body == {
            "statusCode": 401,
            "message": text,
            "errors": [{"code": "invalid_client", "message": text}],
            "error": "invalid_client",
            "error_description": text,
        }
        assert dict(answer.headers) == {
            "cache-control": "no-store",
            "pragma": "no-cache",
            "www-authenticate": 'Basic realm="orderwright"',
        }
        for path in (TOKEN, INTROSPECT, REVOKE):
            answer, body = room.post(path, GRANT | {"token": "x"})
            assert (answer.status, body["error"]) == (401, "invalid_client")
            assert "www-authenticate" not in dict(answer.headers)


def test_a_malformed_authorization_is_invalid_client(settings: Settings) -> None:
    with Room(settings) as room:
        made = room.client()
        good = basic_header(made.client_id, made.client_secret)
        raw = good.removeprefix("Basic ")
        no_colon, not_utf8 = (base64.b64encode(data).decode() for data in (b"nocolon", b"\xff:\xff"))
        bad_percent = basic_header("%ff%fe", "x")
        assert room.post(TOKEN, GRANT, headers={"authorization": f"bAsIc {raw}"})[0].status == 200
        for header in ("", "Basic", "Basic ", f"Bearer {raw}", raw, "Basic !!!", f"Basic {no_colon}", f"Basic {not_utf8}",
                       bad_percent, basic_header("", ""), f"{good} {good}", "Basic ü", basic_header("nul\0", "x")):  # fmt: skip
            answer, body = room.post(TOKEN, GRANT, headers={"authorization": header})
            assert (answer.status, body["error"]) == (401, "invalid_client"), header


def test_a_secret_is_not_taken_from_the_query(settings: Settings) -> None:
    with Room(settings) as room:
        made = room.client()
        query = (("client_id", made.client_id), ("client_secret", made.client_secret), *GRANT.items())
        assert room.post(TOKEN, query=query)[0].status == 401


@pytest.mark.parametrize(
    ("form", "error", "text"),
    [
        ({}, "invalid_request", "Missing required parameter: grant_type."),
        ({"grant_type": ""}, "invalid_request", "Missing required parameter: grant_type."),
        ({"grant_type": "password"}, "unsupported_grant_type", "Invalid parameter: grant_type: Invalid grant type: password"),
        ({"grant_type": "refresh_token"}, "invalid_request", "Missing required parameter: refresh_token."),
        ({"grant_type": "ü\0" * 200}, "unsupported_grant_type", None),
        (GRANT | {"scope": "ManageProject"}, "invalid_scope", "Malformed parameter: scope: Invalid scope."),
        (GRANT | {"scope": "manage_project:other"}, "invalid_scope", None),
        (GRANT | {"scope": "manage_api_clients:KEY"}, "invalid_scope", None),
        (GRANT | {"client_secret": "x"}, "invalid_request", None),
        (GRANT | {"client_id": "another"}, "invalid_request", None),
        (b"grant_type=a&grant_type=b", "invalid_request", "The parameter grant_type is given more than once."),
        (b"grant_type=%ff", "invalid_request", "The body is not a well-formed form."),
        (b"\xff\xfe", "invalid_request", "The body is not a well-formed form."),
        (b"&".join(b"a%d=1" % n for n in range(60)), "invalid_request", "The body is not a well-formed form."),
    ],
)
def test_a_bad_request_is_told_by_its_error_and_gives_no_token(
    settings: Settings, form: dict[str, str] | bytes, error: str, text: str | None
) -> None:
    with Room(settings) as room:
        if isinstance(form, dict):
            form = {name: value.replace("KEY", room.key) for name, value in form.items()}
        answer, body = room.post(TOKEN, form, basic=room.client())
        assert answer.status == body["statusCode"] == 400
        assert body["error"] == body["errors"][0]["code"] == error
        assert body["message"] == body["error_description"] == body["errors"][0]["message"]
        assert len(body["message"]) < 200
        if text is not None:
            assert body["message"] == text
        assert dict(answer.headers)["cache-control"] == "no-store"
        row = room.run(room.database.fetchrow("SELECT count(*) AS n FROM token WHERE shard = $1", room.key))
        assert row is not None and row["n"] == 0


def test_a_form_is_bounded_and_must_be_a_form(settings: Settings) -> None:
    with Room(settings) as room:
        made = room.client()
        answer, body = room.post(TOKEN, b"grant_type=client_credentials&a=" + b"x" * FORM.most, basic=made)
        assert (answer.status, body["error"]) == (413, "invalid_request")
        answer, body = room.post(TOKEN, b'{"grant_type": "x"}', basic=made, headers={"content-type": "application/json"})
        assert (answer.status, body["error"]) == (400, "invalid_request")


def test_introspection_and_revocation(settings: Settings) -> None:
    with Room(settings) as room:
        made, stranger, neighbour = room.client(), room.client(project=room.other), room.client("view_zones:{}")
        token = room.post(TOKEN, GRANT, basic=made)[1]["access_token"]
        form = {"token": token, "token_type_hint": "access_token"}
        active = {"active": True, "scope": f"manage_project:{room.key}", "exp": 1777899600, "client_id": made.client_id}
        answer, body = room.post(INTROSPECT, form, basic=made)
        assert (answer.status, body) == (200, active)
        assert ("cache-control", "no-store") in answer.headers
        in_query = room.post(INTROSPECT, basic=made, query=(("token", token),), headers={"content-type": "application/json"})
        assert in_query[1] == active
        for other in ("unknown", "nul\0", "ü", token + "x"):
            assert room.post(INTROSPECT, {"token": other}, basic=made)[1] == {"active": False}
            assert room.post(REVOKE, {"token": other}, basic=made)[0].status == 200
        assert room.post(INTROSPECT, form, basic=stranger)[1] == {"active": False}
        assert room.post(REVOKE, form, basic=stranger)[0].status == 200
        assert room.post(INTROSPECT, form, basic=neighbour)[1] == {"active": False}
        answer, body = room.post(REVOKE, form, basic=neighbour)
        assert (answer.status, body["error"], body["message"]) == (
            400,
            "invalid_grant",
            "The token was issued to another API client.",
        )
        assert room.post(INTROSPECT, form, basic=made)[1] == active
        assert room.post(REVOKE, form, basic=made)[0] == (200, b"", (("cache-control", "no-store"), ("pragma", "no-cache")))
        assert room.post(INTROSPECT, form, basic=made)[1] == {"active": False}
        for path in (INTROSPECT, REVOKE):
            answer, body = room.post(path, {}, basic=made)
            assert (answer.status, body["message"]) == (400, "Missing required parameter: token.")
