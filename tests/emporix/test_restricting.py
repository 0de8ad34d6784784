"""What a tenant's settings make of the restriction of an order."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from domain.facts import PROJECT, facts
from orderwright.domain.shop.project.model import RestrictionsConfiguration, SwitchConfiguration, TenantConfigurations
from orderwright.emporix.restricting import check_own, check_valid, said
from orderwright.errors import ApiError


def project(*restrictions: str, sync: bool | None = None) -> Any:
    """The project with a list, unless none is given, and the switch, unless it is None."""
    settings = TenantConfigurations(
        restrictions=RestrictionsConfiguration(value=restrictions) if restrictions else None,
        enable_sync_between_restrictions_and_site_codes=None if sync is None else SwitchConfiguration(value=sync),
    )
    return replace(PROJECT, tenant_configurations=settings)


@pytest.mark.parametrize(
    ("restriction", "site", "sync", "kept"),
    [
        ("AT", "DE", None, "AT"),
        ("AT", "DE", True, "AT"),
        ("AT", "DE", False, "AT"),
        (None, "DE", None, None),  # its store stands for it, if it is one
        ("", "DE", None, None),
        (None, "DE", True, "DE"),
        (None, None, True, None),
        (None, "DE", False, ""),
        (None, None, False, ""),
        (5, "DE", True, 5),  # which is refused as no text
    ],
)
def test_what_is_kept(restriction: Any, site: str | None, sync: bool | None, kept: Any) -> None:
    assert said(restriction, site, project(sync=sync)) == kept


def test_a_list_says_which_there_are() -> None:
    for valid in (None, "", "DE"):
        check_valid(valid, project("DE", "AT"))
    with pytest.raises(ApiError) as refused:
        check_valid("FR", project("DE", "AT"))
    assert (refused.value.status, refused.value.fields["field"]) == (400, "restriction")
    check_valid("FR", project())
    check_valid("FR", PROJECT)


def test_who_is_confined_leaves_no_order_that_is_not_there_for_her() -> None:
    check_own("DE", None, ("DE", "AT"), facts())
    check_own("FR", None, (), facts())
    check_own(None, "berlin", ("berlin",), facts())  # a store
    for restriction, site in (("FR", "berlin"), (None, None), (None, "nowhere"), ("", "nowhere")):
        with pytest.raises(ApiError) as refused:
            check_own(restriction, site, ("berlin", "nowhere"), facts())
        assert refused.value.status == 403
