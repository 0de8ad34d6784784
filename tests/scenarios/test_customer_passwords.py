"""What customers prove themselves with: passwords, the tokens that reset them and verify emails, and what nobody may read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from signing_up import ADA, DOORS, at_once, post, run, signed_up, told, with_stores

from live import Client

ABSENT = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.fixture
def stores(shop: Client) -> Client:
    return with_stores(shop)


@pytest.mark.parametrize("door", DOORS)
def test_passwords_are_reset_by_a_token_and_changed_by_the_old_one(stores: Client, door: str, database_url: str) -> None:
    made = signed_up(stores, door)
    asked = {"email": "ADA@example.com"}
    token = post(stores, f"{door}customers/password-token", asked)
    assert (token["customerId"], token["invalidateOlderTokens"], token["lastModifiedAt"]) == (
        made["id"],
        False,
        token["createdAt"],
    )
    assert stores.get(f"{door}customers/password-token={token['value']}") == made  # and no new version
    older = post(stores, f"{door}customers/password-token", {**asked, "ttlMinutes": 60})
    voiding = post(stores, f"{door}customers/password-token", {**asked, "ttlMinutes": 61, "invalidateOlderTokens": True})
    for gone in (token, older):
        path = f"{door}customers/password-token={gone['value']}"
        assert stores.refused(404, "GET", path)["code"] == "ResourceNotFound"
    spare = post(stores, f"{door}customers/password-token", asked)
    reset = {"tokenValue": voiding["value"], "newPassword": "second secret"}
    stale = stores.refused(409, "POST", f"{door}customers/password/reset", {**reset, "version": 7})
    assert (stale["currentVersion"], "action" in stale) == (1, False)
    after = post(stores, f"{door}customers/password/reset", {**reset, "version": 1})
    assert after == {**made, "version": 2, "lastModifiedAt": after["lastModifiedAt"]}
    for used in (voiding, spare):
        error = stores.refused(404, "POST", f"{door}customers/password/reset", {**reset, "tokenValue": used["value"]})
        assert used["value"] not in str(error)
    change = {"id": made["id"], "version": 2, "currentPassword": "first secret", "newPassword": "third secret"}
    error = stores.refused(400, "POST", f"{door}customers/password", change)
    assert error == {"code": "InvalidCurrentPassword", "message": "The given current password does not match."}
    right = {**change, "currentPassword": "second secret"}
    assert stores.refused(409, "POST", f"{door}customers/password", {**right, "version": 1})["currentVersion"] == 2
    assert post(stores, f"{door}customers/password", right)["version"] == 3
    again = {**change, "version": 3, "currentPassword": "third secret", "newPassword": "fourth secret"}
    assert post(stores, f"{door}customers/password", again)["version"] == 4
    assert (
        stores.refused(404, "POST", f"{door}customers/password-token", {"email": "b@example.com"})["code"] == "ResourceNotFound"
    )
    assert stores.refused(404, "POST", f"{door}customers/password", {**again, "id": ABSENT})["code"] == "ResourceNotFound"
    updated = [message["reset"] for message in told(stores) if message["type"] == "CustomerPasswordUpdated"]
    assert updated == [True, False, False]
    created = {m["expiresAt"]: m for m in told(stores) if m["type"] == "CustomerPasswordTokenCreated"}
    assert len(created) == 4
    # Only a token that is good for an hour at most is told to those who read Messages.
    assert [each.get("value") for each in created.values()].count(None) == 3
    message = created[older["expiresAt"]]
    assert (message["value"], message["customerId"]) == (older["value"], made["id"])
    assert message["resource"] == {"typeId": "customer-password-token", "id": older["id"]}
    assert (message["sequenceNumber"], message["resourceVersion"]) == (1, 1)
    kept = run(database_url, "SELECT body FROM document WHERE shard = $1", stores.project)
    kept += run(database_url, "SELECT body FROM message WHERE shard = $1", stores.project)
    kept += run(database_url, "SELECT hash FROM password WHERE shard = $1", stores.project)
    kept += run(database_url, "SELECT hash FROM customer_token WHERE shard = $1", stores.project)
    texts = " ".join(str(row[0]) for row in kept)
    assert "secret" not in texts and spare["value"] not in texts and "$argon2id$" in texts


@pytest.mark.parametrize("door", DOORS)
def test_an_email_is_verified_by_a_token(stores: Client, door: str) -> None:
    made = signed_up(stores, door)
    asked = {"id": made["id"], "ttlMinutes": 60}
    first = post(stores, f"{door}customers/email-token", asked)
    second = post(stores, f"{door}customers/email-token", {**asked, "version": 1, "ttlMinutes": 4320})
    third = post(stores, f"{door}customers/email-token", {**asked, "invalidateOlderTokens": True})
    assert third["invalidateOlderTokens"] is True
    for gone in (first, second):
        assert stores.refused(404, "GET", f"{door}customers/email-token={gone['value']}")["code"] == "ResourceNotFound"
    assert stores.get(f"{door}customers/email-token={third['value']}") == made
    # A token of one kind is none of the other.
    assert stores.refused(404, "GET", f"{door}customers/password-token={third['value']}")["code"] == "ResourceNotFound"
    assert (
        stores.refused(409, "POST", f"{door}customers/email-token", {**asked, "version": 2})["code"] == "ConcurrentModification"
    )
    after = post(stores, f"{door}customers/email/confirm", {"tokenValue": third["value"]})
    assert (after["isEmailVerified"], after["version"]) == (True, 2)
    assert stores.refused(404, "POST", f"{door}customers/email/confirm", {"tokenValue": third["value"]})
    late = post(stores, f"{door}customers/email-token", asked)
    changed = stores.update(f"{door}customers/{made['id']}", 2, {"action": "changeEmail", "email": "new@example.com"})
    assert changed["isEmailVerified"] is False
    # What was sent to the old address says nothing of the new one.
    assert stores.refused(404, "POST", f"{door}customers/email/confirm", {"tokenValue": late["value"]})
    for wrong in ({"id": "no-uuid", "ttlMinutes": 5}, {"id": made["id"]}, {**asked, "ttlMinutes": 0}):
        assert stores.refused(400, "POST", f"{door}customers/email-token", wrong)["code"] == "InvalidJsonInput"
    created = [message for message in told(stores) if message["type"] == "CustomerEmailTokenCreated"]
    assert [message.get("value") for message in created] == [first["value"], None, third["value"], late["value"]]
    assert {message["resource"]["typeId"] for message in created} == {"customer-email-token"}
    assert [message["type"] for message in told(stores)].count("CustomerEmailVerified") == 1


@pytest.mark.parametrize("door", DOORS)
def test_what_was_sent_to_the_old_address_resets_no_password(stores: Client, door: str) -> None:
    made = signed_up(stores, door)
    token = post(stores, f"{door}customers/password-token", {"email": made["email"]})["value"]
    stores.update(f"{door}customers/{made['id']}", 1, {"action": "changeEmail", "email": "new@example.com"})
    reset = {"tokenValue": token, "newPassword": "of a stranger"}
    assert stores.refused(404, "GET", f"{door}customers/password-token={token}")["code"] == "ResourceNotFound"
    assert stores.refused(404, "POST", f"{door}customers/password/reset", reset)["code"] == "ResourceNotFound"
    assert stores.refused(404, "POST", f"{door}customers/password-token", {"email": made["email"]})
    fresh = post(stores, f"{door}customers/password-token", {"email": "NEW@example.com"})["value"]
    change = {"id": made["id"], "version": 2, "currentPassword": "first secret", "newPassword": "second secret"}
    assert post(stores, f"{door}customers/password", change)["version"] == 3
    # She knows her password: what could have reset the one before is of no use to anybody.
    assert stores.refused(404, "POST", f"{door}customers/password/reset", {**reset, "tokenValue": fresh})
    login = post(stores, f"{door}login", {"email": "new@example.com", "password": "second secret"})
    assert login["customer"]["id"] == made["id"]


def test_a_token_that_is_asked_for_while_the_address_changes_is_none(stores: Client) -> None:
    made = signed_up(stores)
    path, email = f"customers/{made['id']}", made["email"]
    for round in range(1, 9):
        change = {"version": round, "actions": [{"action": "changeEmail", "email": f"{round}@example.com"}]}
        with ThreadPoolExecutor(5) as pool:
            asked = [pool.submit(stores.send, "POST", "customers/password-token", {"email": email}) for _ in range(2)]
            changed = pool.submit(stores.send, "POST", path, change)
            asked += [pool.submit(stores.send, "POST", "customers/password-token", {"email": email}) for _ in range(2)]
        assert changed.result().status_code == 200
        for answer in (each.result() for each in asked):
            # Before the change or after it, and 409 where others came first five times.
            assert answer.status_code in (200, 404, 409), answer.text
            if answer.status_code == 200:
                stores.refused(404, "GET", f"customers/password-token={answer.json()['value']}")
        email = f"{round}@example.com"


def test_an_expired_token_is_told_as_such(stores: Client, database_url: str) -> None:
    made = signed_up(stores)
    password = post(stores, "customers/password-token", {"email": made["email"]})["value"]
    email = post(stores, "customers/email-token", {"id": made["id"], "ttlMinutes": 5})["value"]
    run(database_url, "UPDATE customer_token SET expires_at = now() - interval '1 s' WHERE shard = $1", stores.project)
    for method, path, body, code in (
        ("GET", f"customers/password-token={password}", None, "ExpiredCustomerPasswordToken"),
        ("POST", "customers/password/reset", {"tokenValue": password, "newPassword": "n"}, "ExpiredCustomerPasswordToken"),
        ("GET", f"customers/email-token={email}", None, "ExpiredCustomerEmailToken"),
        ("POST", "customers/email/confirm", {"tokenValue": email}, "ExpiredCustomerEmailToken"),
    ):
        assert stores.refused(400, method, path, body)["code"] == code
        # The store that does not know the customer is told nothing of her tokens either.
        assert stores.refused(404, method, f"in-store/key=berlin/{path}", body)["code"] == "ResourceNotFound"
    assert stores.get(f"customers/{made['id']}") == made


def test_a_customer_without_a_password(stores: Client) -> None:
    made = stores.create("customers", {"email": "a@example.com", "authenticationMode": "ExternalAuth"})["customer"]
    assert "password" not in made
    assert stores.refused(400, "POST", "customers", {"email": "b@example.com"})["code"] == "RequiredField"
    error = stores.refused(400, "POST", "customers/password-token", {"email": made["email"]})
    assert (error["code"], "action" in error) == ("InvalidOperation", False)
    change = {"id": made["id"], "version": 1, "currentPassword": "", "newPassword": "n"}
    assert stores.refused(400, "POST", "customers/password", change)["code"] == "InvalidJsonInput"
    error = stores.refused(400, "POST", "customers/password", {**change, "currentPassword": "any"})
    assert error["code"] == "InvalidCurrentPassword"
    path = f"customers/{made['id']}"
    chosen = {"action": "setAuthenticationMode", "authMode": "Password"}
    bad = {"version": 1, "actions": [{**chosen, "password": "my secret"}, {"action": "setLocale", "locale": "it"}]}
    assert "secret" not in str(stores.refused(400, "POST", path, bad))
    assert stores.refused(400, "POST", path, {"version": 1, "actions": [chosen]})["code"] == "RequiredField"
    # Of several passwords the last one counts, whatever came before it.
    outside = {"action": "setAuthenticationMode", "authMode": "ExternalAuth"}
    after = stores.update(path, 1, {**chosen, "password": "one"}, outside, {**chosen, "password": "two"})
    assert (after["authenticationMode"], after["password"]) == ("Password", "****aGg=")
    # The mode that is set already changes no password.
    error = stores.refused(400, "POST", path, {"version": 2, "actions": [{**chosen, "password": "three"}]})
    assert (error["code"], "three" in str(error)) == ("InvalidInput", False)
    assert stores.refused(400, "POST", "customers/password", {**change, "version": 2, "currentPassword": "one"})
    assert post(stores, "customers/password", {**change, "version": 2, "currentPassword": "two"})["version"] == 3


def test_of_many_who_come_with_one_token_one_succeeds(stores: Client) -> None:
    made = signed_up(stores)
    token = post(stores, "customers/password-token", {"email": made["email"]})["value"]
    statuses = at_once(
        stores, "customers/password/reset", [{"tokenValue": token, "newPassword": f"secret {n}"} for n in range(8)]
    )
    assert statuses == {200: 1, 404: 7}
    assert stores.get(f"customers/{made['id']}")["version"] == 2
    token = post(stores, "customers/email-token", {"id": made["id"], "ttlMinutes": 5})["value"]
    assert at_once(stores, "customers/email/confirm", [{"tokenValue": token}] * 8) == {200: 1, 404: 7}


def own_token(shop: Client, password: str, store: str = "") -> str:
    """A token of the customer, by the password flow."""
    form = {"grant_type": "password", "username": ADA["email"], "password": password}
    path = f"/oauth/{shop.project}/{store}customers/token"
    answer = shop.http.post(path, data=form, auth=(shop.client_id, shop.client_secret))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


@pytest.mark.parametrize("door", DOORS)
def test_a_customers_own_password_and_email(stores: Client, door: str) -> None:
    made = signed_up(stores, door)
    mine = own_token(stores, ADA["password"], door)
    other = signed_up(stores, door, email="b@example.com")
    change = {"version": 1, "currentPassword": "wrong", "newPassword": "second secret"}
    error = stores.refused(400, "POST", f"{door}me/password", change, token=mine)
    assert error["code"] == "InvalidCurrentPassword"
    answer = stores.send("POST", f"{door}me/password", {**change, "currentPassword": ADA["password"]}, token=mine)
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    kinds = ("email-token", {"id": other["id"], "ttlMinutes": 5}), ("password-token", {"email": other["email"]})
    of_email, of_password = (post(stores, f"{door}customers/{path}", body)["value"] for path, body in kinds)
    foreign = {"tokenValue": of_password, "newPassword": "mine now"}
    # Another customer's tokens are none at my door.
    assert stores.refused(404, "POST", f"{door}me/email/confirm", {"tokenValue": of_email}, token=mine)
    assert stores.refused(404, "POST", f"{door}me/password/reset", foreign, token=mine)
    token = post(stores, f"{door}customers/email-token", {"id": made["id"], "ttlMinutes": 5})["value"]
    answer = stores.send("POST", f"{door}me/email/confirm", {"tokenValue": token}, token=mine)
    assert (answer.status_code, answer.json()["isEmailVerified"]) == (200, True)
    reset = {"tokenValue": post(stores, f"{door}customers/password-token", {"email": ADA["email"]})["value"], "newPassword": "3"}
    answer = stores.send("POST", f"{door}me/password/reset", reset, token=mine)
    assert (answer.status_code, answer.json()["version"]) == (200, 4)
    assert own_token(stores, "3", door)
