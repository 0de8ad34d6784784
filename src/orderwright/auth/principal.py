"""Who a request comes from, and what it may do."""

from __future__ import annotations

from typing import Self

import msgspec

from orderwright.auth.refusals import insufficient_scope


class Principal(msgspec.Struct, frozen=True):
    """The caller: the API client whose token it is, and the customer or anonymous session that the token was issued to.

    `origins` are those from which the client's browsers may read answers, none being any.
    """

    client_id: str
    project_key: str
    scopes: frozenset[str]
    customer_id: str | None = None
    anonymous_id: str | None = None
    origins: frozenset[str] = frozenset()

    @classmethod
    def of(cls, client_id: str, project_key: str, scope: str) -> Self:
        """Read a token's scope; the owner stands in it as `customer_id:ID` or `anonymous_id:ID`."""
        scopes = frozenset(scope.split())
        owner = {kind: value for kind, colon, value in (entry.partition(":") for entry in scopes) if colon}
        return cls(client_id, project_key, scopes, owner.get("customer_id"), owner.get("anonymous_id"))

    def require(self, *any_of: str) -> None:
        """Raise `insufficient_scope` (403) unless the caller has one of these; none given is never enough."""
        if self.scopes.isdisjoint(any_of):
            raise insufficient_scope(list(any_of))
