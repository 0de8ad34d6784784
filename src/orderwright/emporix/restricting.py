"""What a tenant's settings say of the restriction of orders: which there are, and whether a site stands for one.

A tenant without the list has any. Where an order says no restriction, its site stands for it if the tenant has switched that on;
it keeps an empty text, which is none, if that is switched off. Without the setting a site that is a store stands for it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from orderwright.domain.shop.project.model import Project
from orderwright.engine.facts import Facts
from orderwright.engine.references import Wanted
from orderwright.errors import ApiError, unauthorized

MEMBER: Final = "restriction"
NONE: Final = ""


def check_valid(restriction: Any, project: Project) -> None:
    """Raises 400 for a restriction that the tenant has not."""
    settings = project.tenant_configurations
    valid = None if settings is None or settings.restrictions is None else settings.restrictions.value
    if restriction in (None, NONE) or valid is None or restriction in valid:
        return
    raise ApiError(400, "InvalidField", f"The restriction '{restriction}' is none of the tenant's.", field=MEMBER)


def said(restriction: Any, site: str | None, project: Project) -> Any:
    """What an order keeps of the restriction that it says; nothing, where its store is to stand for it."""
    settings = project.tenant_configurations
    sync = None if settings is None else settings.enable_sync_between_restrictions_and_site_codes
    if restriction not in (None, NONE):
        return restriction
    if sync is None:
        return None
    return (site or None) if sync.value else NONE


def check_own(restriction: Any, site: str | None, restrictions: Collection[str], facts: Facts) -> None:
    """A caller who is confined to restrictions leaves no order that does not exist for it. Raises 403."""
    if not restrictions:
        return
    stands = said(restriction, site, facts.project)
    if stands is None and site and facts.look_up(Wanted("store", "key", site)) is not None:
        stands = site
    if stands not in restrictions:
        raise unauthorized(f"The token is confined to the restriction {', '.join(restrictions)}.")
