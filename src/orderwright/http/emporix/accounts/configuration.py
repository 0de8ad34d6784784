"""The tenant's settings that orders go by, as Emporix' Configuration Service has them: by a key, a value and a version each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Final

from msgspec import Meta, Raw
from msgspec.structs import replace

from orderwright.domain.shop.project.model import Project, RestrictionsConfiguration, SwitchConfiguration, TenantConfigurations
from orderwright.domain.shop.project.tenants import TENANT, SetTenantConfigurations
from orderwright.engine.json.codec import decode_body, encode
from orderwright.engine.model import Value, snake
from orderwright.errors import ApiError, invalid_field, invalid_input, resource_not_found
from orderwright.http.emporix.accounts.callers import optional
from orderwright.http.emporix.guard import Guard
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer, Request, json_answer
from orderwright.http.wire.limits import FORM
from orderwright.http.wire.mounts import Served
from orderwright.storage.documents.documents import Lookup
from orderwright.verbs.again import again

KEYS: Final[dict[str, type[RestrictionsConfiguration] | type[SwitchConfiguration]]] = {
    "restrictions": RestrictionsConfiguration,
    "enableSyncBetweenRestrictionsAndSiteCodes": SwitchConfiguration,
}
_AT: Final = "configuration/{tenant}/configurations"
_NOTHING: Final = TenantConfigurations()


class Configuration(Value):
    """One setting as it is sent. None is `secured`."""

    key: Annotated[str, Meta(max_length=256)]
    value: Raw
    version: int | None = None
    secured: bool | None = None

    def made(self, version: int) -> RestrictionsConfiguration | SwitchConfiguration:
        """The setting at a version. Raises 400 for a key or a value that is not served."""
        if self.key not in KEYS:
            raise invalid_field("key", self.key, list(KEYS))
        if self.secured:
            raise invalid_field("secured", self.secured, [False])
        sent = encode({"value": self.value, "version": version})
        found: RestrictionsConfiguration | SwitchConfiguration = decode_body(KEYS[self.key], sent)
        if isinstance(found, RestrictionsConfiguration):
            return replace(found, value=tuple(dict.fromkeys(found.value)))
        return found


Change = Callable[[TenantConfigurations], TenantConfigurations]


class Configurations:
    """Reads and writes them. They stand in the project, so that each write of an order goes by those of its moment."""

    def __init__(self, house: House) -> None:
        self._verbs = house.verbs
        self._guard = Guard(house.tokens, house.verbs.documents)

    async def list(self, request: Request, names: tuple[str, ...]) -> Answer:
        """GET: all that are set, or those of them that `keys` names."""
        settings = await self._read(request, names[0])
        wanted = (optional(request, "keys") or ",".join(KEYS)).split(",")
        return json_answer(200, [_shown(key, settings) for key in KEYS if key in wanted and _of(settings, key) is not None])

    async def read(self, request: Request, names: tuple[str, ...]) -> Answer:
        """GET: one."""
        settings = await self._read(request, names[0])
        if names[1] not in KEYS or _of(settings, names[1]) is None:
            raise _no_such(names[1])
        return json_answer(200, _shown(names[1], settings))

    async def create(self, request: Request, names: tuple[str, ...]) -> Answer:
        """POST: 201 with those that were sent, all or none. Raises 409 where there is one of them."""
        sent: list[Configuration] = decode_body(list[Configuration], (await self._body(request, names[0])))
        if not 1 <= len(sent) <= len(KEYS) or len({each.key for each in sent}) < len(sent):
            raise invalid_input(f"Expected from one to {len(KEYS)} configurations of different keys.")
        made = {each.key: each.made(1) for each in sent}

        def change(settings: TenantConfigurations) -> TenantConfigurations:
            for key in made:
                if _of(settings, key) is not None:
                    raise ApiError(409, "DuplicateField", f"The configuration '{key}' exists already.", field="key")
            return replace(settings, **{snake(key): value for key, value in made.items()})

        after = await self._write(request, names[0], change)
        return json_answer(201, [_shown(each.key, after) for each in sent])

    async def put(self, request: Request, names: tuple[str, ...]) -> Answer:
        """PUT: 200 with the setting. Raises 409 for a version that is not the setting's, 400 where it is not set."""
        sent: Configuration = decode_body(Configuration, (await self._body(request, names[0])))
        if sent.key != names[1]:
            raise invalid_input("The keys of the path and of the body are not the same.")
        sent.made(1)

        def change(settings: TenantConfigurations) -> TenantConfigurations:
            before = _of(settings, sent.key)
            if before is None:
                raise invalid_input(f"The configuration '{sent.key}' does not exist.")
            if sent.version not in (None, before.version):
                message = f"The configuration '{sent.key}' has the version {before.version}."
                raise ApiError(409, "OldVersion", message, field="version")
            return replace(settings, **{snake(sent.key): sent.made(before.version + 1)})

        return json_answer(200, _shown(sent.key, await self._write(request, names[0], change)))

    async def delete(self, request: Request, names: tuple[str, ...]) -> Answer:
        """DELETE: 204. Raises 404."""

        def change(settings: TenantConfigurations) -> TenantConfigurations:
            if names[1] not in KEYS or _of(settings, names[1]) is None:
                raise _no_such(names[1])
            return replace(settings, **{snake(names[1]): None})

        await self._write(request, names[0], change)
        return Answer(204)

    async def _body(self, request: Request, tenant: str) -> bytes:
        await self._guard.of_tenant(request, tenant, "manage_configuration")
        return (await request.with_body(FORM)).body

    async def _read(self, request: Request, tenant: str) -> TenantConfigurations:
        caller = await self._guard.of_tenant(request, tenant, "view_configuration")
        project: Project = (await self._verbs.facts(caller.access, ())).project
        return project.tenant_configurations or _NOTHING

    async def _write(self, request: Request, tenant: str, change: Change) -> TenantConfigurations:
        """Change what is set by then, again where another request has changed the project meanwhile."""
        caller = await self._guard.of_tenant(request, tenant, "manage_configuration")

        async def once() -> TenantConfigurations:
            project: Project = (await self._verbs.facts(caller.access, ())).project
            after = change(project.tenant_configurations or _NOTHING)
            kept = None if after == _NOTHING else after
            action = SetTenantConfigurations(tenant_configurations=kept)
            await self._verbs.update(TENANT, Lookup("id", project.id), project.version, [action], caller.access)
            return after

        return await again(once, lambda error: error.code == "ConcurrentModification")


def served(house: House) -> Iterator[Served]:
    """The rows of them."""
    made = Configurations(house)
    yield Served(_AT, "GET", made.list)
    yield Served(_AT, "POST", made.create)
    yield Served(f"{_AT}/{{propertyKey}}", "GET", made.read)
    yield Served(f"{_AT}/{{propertyKey}}", "PUT", made.put)
    yield Served(f"{_AT}/{{propertyKey}}", "DELETE", made.delete)


def _of(settings: TenantConfigurations, key: str) -> Any:
    return getattr(settings, snake(key))


def _shown(key: str, settings: TenantConfigurations) -> dict[str, Any]:
    found = _of(settings, key)
    return {"key": key, "secured": False, "value": found.value, "version": found.version}


def _no_such(key: str) -> ApiError:
    return resource_not_found(named=f"configuration '{key[:200]}'")
