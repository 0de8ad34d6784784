"""Who asks in the second dialect, and what that caller may do and see: tenants, scopes, restrictions, customers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from orderwright.auth.principal import Principal
from orderwright.auth.refusals import insufficient_scope, no_vendors_scope
from orderwright.auth.saas_tokens import customer_named
from orderwright.auth.scopes import restrictions_of
from orderwright.auth.tokens import Tokens
from orderwright.emporix.asking import where_field
from orderwright.engine.access import Access, shard_of
from orderwright.engine.model import ClientLogging, Reference
from orderwright.errors import ApiError, AuthError, resource_not_found
from orderwright.http.wire.exchange import Request
from orderwright.predicates.tree import Or, Predicate
from orderwright.storage.documents.documents import Documents

_TENANT: Final = re.compile("[a-z][a-z0-9]{2,15}")
ENTITY: Final = "legal_entity:"
"""How a legal entity stands among the words of a token's scope: the one that the customer has chosen to act for."""
_VIEW: Final = ("view_orders", "manage_orders", "manage_project")
_MANAGE: Final = _VIEW[1:]
_READ, _UPDATE, _COMPLETED = "order.order_read", "order.order_update", "order.order_update_completed"

OF_VENDORS: Final = ("order.order_manage_by_vendor", "order.order_read_by_vendor")
"""What the published description gives to a vendor for its own orders. Nothing in it says how a token names the vendor, so that
these open no order rather than those of all vendors."""

_CONFIGURE: Final = ("configuration.configuration_view", "configuration.configuration_manage")
_SETTINGS: Final = ("manage_project_settings", "manage_project")

# By operation: the scopes of this dialect, of which one is enough, and those of the other one, which a project's clients have.
OPERATIONS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "read": ((_READ,), _VIEW),
    "create": (("order.order_create",), _MANAGE),
    "update": ((_UPDATE, _COMPLETED), _MANAGE),
    "delete": (("order.order_delete",), _MANAGE),
    "read_transitions": ((_READ, _UPDATE, _COMPLETED), _VIEW),
    "read_history": ((_READ, _UPDATE), _VIEW),
    "split": ((_UPDATE,), _MANAGE),
    "view_configuration": (_CONFIGURE, ("view_project_settings", *_SETTINGS)),
    "manage_configuration": (_CONFIGURE[1:], _SETTINGS),
}


class Caller(Struct, frozen=True):
    """A caller at a door of a tenant. `where` is what the orders must satisfy that exist for the caller; it belongs into every
    query, beside what `access` confines it to. None of the `restrictions` is all. A customer who acts for a legal `entity` has
    only orders that are the entity's."""

    tenant: str
    access: Access
    restrictions: tuple[str, ...] = ()
    shopper: bool = False
    entity: str | None = None

    @property
    def where(self) -> tuple[Predicate, ...]:
        """The caller's restrictions and legal entity as predicates."""
        found: list[Predicate] = []
        if self.restrictions:
            alternatives = tuple(where_field("restriction", value) for value in self.restrictions)
            found.append(alternatives[0] if len(alternatives) == 1 else Or(alternatives))
        if self.entity is not None:
            found.append(where_field("legalEntityId", self.entity))
        return tuple(found)

    @property
    def customer(self) -> bool:
        """Whether it is a customer, who sees her own, or as a `shopper` also what others ordered for her company."""
        return self.shopper or self.access.customer_id is not None


class Guard:
    """Lets callers in. Raises 401 for a token that is none here, 403 for one that does not open the operation, 404 for what is no
    tenant, 400 for a header `Emporix-Tenant` that names another one than the path."""

    def __init__(self, tokens: Tokens, documents: Documents) -> None:
        self._tokens = tokens
        self._documents = documents

    async def of_tenant(self, request: Request, tenant: str, operation: str) -> Caller:
        """The caller of one of the tenant's own operations. A token of a customer or a visitor opens none of them."""
        principal = await self.principal(request, tenant)
        own, others = OPERATIONS[operation]
        if is_service(principal):
            if not principal.scopes.isdisjoint(f"{name}:{tenant}" for name in others):
                return _caller(request, tenant, principal)
            restrictions = restrictions_of(principal.scopes, own)
            if restrictions is not None:
                return _caller(request, tenant, principal, restrictions)
            of_vendors = [name for name in OF_VENDORS if restrictions_of(principal.scopes, (name,)) is not None]
            if of_vendors:
                raise no_vendors_scope(of_vendors, list(own))
        raise insufficient_scope(list(own))

    async def of_customer(self, request: Request, tenant: str, scope: str) -> Caller:
        """The customer who asks for what is hers. Raises 403 for a caller who is none."""
        caller, _ = await self.customer(request, tenant, scope)
        if caller.access.customer_id is None:
            raise insufficient_scope([scope])
        return caller

    async def customer(self, request: Request, tenant: str, scope: str) -> tuple[Caller, Principal]:
        """The customer in whose name a request is, if it is in one's: whose token it is; or, beside a service token that has the
        scope, whom the header `saas-token` names. Her own token opens what is hers whatever its scopes are; where the scope is
        restricted, so is she. Raises 401 for such a header that names nobody who is here."""
        principal = await self.principal(request, tenant)
        restrictions = restrictions_of(principal.scopes, (scope,))
        customer, word = principal.customer_id, request.headers.get("saas-token")
        if is_service(principal) and restrictions is not None and word is not None:
            customer = await customer_named(self._documents.database, tenant, word)
        return _caller(request, tenant, principal, restrictions or (), customer), principal

    async def principal(self, request: Request, tenant: str) -> Principal:
        """Whoever has a token of the tenant, whatever it opens."""
        if _TENANT.fullmatch(tenant) is None:
            raise resource_not_found(named=f"tenant '{tenant[:40]}'")
        try:
            principal = await self._tokens.principal(request.headers.get("authorization"), tenant)
        except AuthError:
            if await self._documents.catalogue_version(shard_of(tenant)) is None:
                raise resource_not_found(named=f"tenant '{tenant}'") from None
            raise
        told = request.headers.get("emporix-tenant", tenant)
        if told != tenant:
            message = f"The header Emporix-Tenant names '{told[:40]}', and the path '{tenant}'."
            raise ApiError(400, "InvalidInput", message, field="Emporix-Tenant")
        return principal


def is_service(principal: Principal) -> bool:
    """Whether a token is that of an API client itself."""
    return principal.customer_id is None and principal.anonymous_id is None


def entity_of(principal: Principal) -> str | None:
    """The legal entity that a token's customer acts for."""
    return next((word.removeprefix(ENTITY) for word in principal.scopes if word.startswith(ENTITY)), None)


def _caller(
    request: Request, tenant: str, principal: Principal, restrictions: tuple[str, ...] = (), customer: str | None = None
) -> Caller:
    access = Access(
        shard=shard_of(tenant),
        customer_id=customer,
        who=ClientLogging(
            client_id=principal.client_id,
            customer=None if customer is None else Reference(type_id="customer", id=customer),
        ),
        correlation_id=request.correlation_id,
    )
    return Caller(tenant, access, restrictions, entity=entity_of(principal))
