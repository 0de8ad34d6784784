"""The API itself, below the key of a project."""

from __future__ import annotations

from orderwright.auth.principal import Principal
from orderwright.errors import AuthError, resource_not_found
from orderwright.http.api.routes import Routes
from orderwright.http.mounts import dialect
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer, Request
from orderwright.http.wire.mounts import Mount


def mount(house: House, routes: Routes) -> Mount:
    """What has the paths that nothing else has: their first word is a project's key, or that of none."""

    async def guard(authorization: str | None, project_key: str) -> Principal:
        try:
            return await house.tokens.principal(authorization, project_key)
        except AuthError:
            if await house.verbs.documents.catalogue_version(project_key) is None:
                raise resource_not_found(key=project_key) from None
            raise

    async def answer(request: Request) -> Answer:
        return await routes.answer(request, guard)

    return dialect.mount(house, answer)
