"""Who asks at the paths around orders: a client of the second dialect, by its own scopes, and the customer of its token."""

from __future__ import annotations

from typing import NamedTuple

from orderwright.auth import clients
from orderwright.auth.clients import ProvenClient
from orderwright.auth.principal import Principal
from orderwright.auth.refusals import insufficient_scope, invalid_token
from orderwright.auth.scopes import OF_CUSTOMERS, speaks_second
from orderwright.engine.access import Access, shard_of
from orderwright.engine.model import ClientLogging, Reference
from orderwright.errors import ApiError, AuthError, required_field
from orderwright.http.emporix import refusal as services
from orderwright.http.emporix.guard import Guard
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer, Request, json_answer

SESSION = "session_id:"
"""How a token's session stands among the words of its scope. It stays the same while its tokens change."""
CONTEXT = "context:"
"""How what was chosen for a session stands there, each as a word: its name, an equals sign and the value."""
NO_STORE = (("cache-control", "no-store"), ("pragma", "no-cache"))
_UNKNOWN_KEY = {"fault": {"faultstring": "Invalid ApiKey", "detail": {"errorcode": "oauth.v2.InvalidApiKey"}}}


class Caller(NamedTuple):
    """A request behind its token."""

    request: Request
    principal: Principal
    client: ProvenClient

    @property
    def tenant(self) -> str:
        """The project."""
        return self.principal.project_key

    @property
    def session_id(self) -> str | None:
        """The session of the token, if it is one of a session that was opened here."""
        found = (word.removeprefix(SESSION) for word in self.principal.scopes if word.startswith(SESSION))
        return next(found, self.principal.anonymous_id)

    @property
    def context(self) -> tuple[str, ...]:
        """The words of what was chosen for the session when it was opened."""
        return tuple(sorted(word for word in self.principal.scopes if word.startswith(CONTEXT)))

    @property
    def access(self) -> Access:
        """The whole project, in the name of the caller."""
        customer = self.principal.customer_id
        return Access(
            shard=shard_of(self.tenant),
            who=ClientLogging(
                client_id=self.client.id,
                customer=Reference(type_id="customer", id=customer) if customer else None,
                anonymous_id=self.principal.anonymous_id,
            ),
            correlation_id=self.request.correlation_id,
        )


async def caller(house: House, request: Request, tenant: str) -> Caller:
    """Any token of a client of this dialect. Raises what the guard raises, and 403 for a client of the other one."""
    principal = await Guard(house.tokens, house.verbs.documents).principal(request, tenant)
    row = await house.tokens.client(principal.client_id)
    if row is None:
        raise invalid_token()
    if not speaks_second(row.scope):
        raise insufficient_scope(OF_CUSTOMERS.split())
    return Caller(request, principal, clients.named(row))


async def customer(house: House, request: Request, tenant: str) -> Caller:
    """The token of a customer. Raises 401, 403."""
    found = await caller(house, request, tenant)
    if found.principal.customer_id is None:
        raise insufficient_scope(["customer_id"])
    return found


async def public_client(house: House, request: Request) -> ProvenClient:
    """The client that a request without a token names, by an id that is no secret. Raises 401 for one that is not of this dialect
    or not of the tenant, and 400 where something is missing."""
    client_id, tenant = parameter(request, "client_id"), parameter(request, "tenant", "hybris-tenant")
    row = await house.tokens.client(client_id)
    if row is None or row.project != tenant or not speaks_second(row.scope):
        raise unknown_key()
    return clients.named(row)


def optional(request: Request, *names: str) -> str | None:
    """The first parameter of any of these names that has a value."""
    return next((value for name in names for sent, value in request.query if sent == name and value), None)


def parameter(request: Request, *names: str) -> str:
    """The same, which may not be left out. Raises `RequiredField`."""
    found = optional(request, *names)
    if found is None:
        raise required_field(names[0])
    return found


def unknown_key() -> AuthError:
    """401 for a client that there is not."""
    return AuthError(401, "invalid_client", "Invalid ApiKey")


def refusal(error: ApiError) -> Answer:
    """As the services have it; a client's id that is unknown as the gateway before them has it."""
    if isinstance(error, AuthError) and error.error == "invalid_client":
        return json_answer(401, _UNKNOWN_KEY)
    return services.refusal(error)
