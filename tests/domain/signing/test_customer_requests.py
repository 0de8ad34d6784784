"""What is asked of accounts: the defaults that the specification names, and passwords that nothing shows."""

import msgspec
import pytest

from orderwright.domain.goods.product_selection import AssignedProductSelection
from orderwright.domain.signing.requests import (
    CustomerChangePassword,
    CustomerCreateEmailToken,
    CustomerCreatePasswordResetToken,
    CustomerResetPassword,
    MyCustomerEmailVerify,
)
from orderwright.domain.signing.sign_in import CustomerSignin, MyCustomerSignin
from orderwright.engine.json.codec import decode_body, encode
from orderwright.errors import ApiError

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
ADA = {"email": "ada@example.com", "password": "correct horse"}


def test_a_sign_in_merges_carts_unless_told_otherwise_and_shows_no_password() -> None:
    mine = decode_body(MyCustomerSignin, msgspec.json.encode(ADA))
    theirs = decode_body(CustomerSignin, msgspec.json.encode({**ADA, "anonymousId": "visit"}))
    assert mine.active_cart_sign_in_mode == theirs.anonymous_cart_sign_in_mode == "MergeWithExistingCustomerCart"
    assert (theirs.anonymous_id, theirs.update_product_data, mine.password.reveal()) == ("visit", False, "correct horse")
    for request in (mine, theirs):
        assert "correct horse" not in f"{request!r} {encode(request).decode()}"


def test_a_password_token_lives_a_day_and_an_email_token_as_long_as_is_said() -> None:
    assert decode_body(CustomerCreatePasswordResetToken, b'{"email":"a"}').ttl_minutes == 24 * 60
    for wrong in (b'{"id":"%s"}' % ID.encode(), b'{"id":"%s","ttlMinutes":0}' % ID.encode()):
        with pytest.raises(ApiError, match="valid JSON") as refusal:
            decode_body(CustomerCreateEmailToken, wrong)
        assert str(refusal.value.fields["detailedErrorMessage"]).startswith("ttlMinutes")


def test_only_a_shop_may_say_the_version_that_it_expects() -> None:
    reset = decode_body(CustomerResetPassword, b'{"tokenValue":"t","newPassword":"n","version":3}')
    change = decode_body(CustomerChangePassword, b'{"id":"%s","version":2,"currentPassword":"c","newPassword":"n"}' % ID.encode())
    assert (reset.version, change.version, change.id) == (3, 2, ID)
    assert "version" not in MyCustomerEmailVerify.__struct_fields__


def test_a_products_selections_are_asked_for_by_selection_and_time() -> None:
    assert AssignedProductSelection.__struct_encode_fields__ == ("productSelection", "createdAt")
