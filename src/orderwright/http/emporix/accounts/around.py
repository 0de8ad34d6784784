"""What the pages of a shop ask for beside its orders: the context of a session, the sites and currencies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orderwright.domain.shop.project.model import Project
from orderwright.domain.shop.store.model import Store
from orderwright.engine.facts import Facts
from orderwright.errors import resource_not_found
from orderwright.http.emporix.accounts.callers import CONTEXT, Caller, caller
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer, Request, json_answer
from orderwright.http.wire.mounts import Served
from orderwright.storage.tables import customer_details


def served(house: House) -> Iterator[Served]:
    """The rows of them."""

    async def context(request: Request, names: tuple[str, ...]) -> Answer:
        asked = await caller(house, request, names[0])
        facts = await house.verbs.facts(asked.access, ())
        return json_answer(200, _context(asked, facts, await _preferred(house, asked)))

    async def sites(request: Request, names: tuple[str, ...]) -> Answer:
        asked = await caller(house, request, names[0])
        return json_answer(200, _sites(await house.verbs.facts(asked.access, ())))

    async def site(request: Request, names: tuple[str, ...]) -> Answer:
        asked = await caller(house, request, names[0])
        found = (each for each in _sites(await house.verbs.facts(asked.access, ())) if each["code"] == names[1])
        one = next(found, None)
        if one is None:
            raise resource_not_found(named=f"site '{names[1][:256]}'")
        return json_answer(200, one)

    async def currencies(request: Request, names: tuple[str, ...]) -> Answer:
        asked = await caller(house, request, names[0])
        project: Project = (await house.verbs.facts(asked.access, ())).project
        # A currency has no name here but its code.
        return json_answer(200, [{"code": code, "name": code} for code in project.currencies])

    yield Served("currency/{tenant}/currencies", "GET", currencies)
    yield Served("session-context/{tenant}/me/context", "GET", context)
    yield Served("site/{tenant}/sites", "GET", sites)
    yield Served("site/{tenant}/sites/{siteCode}", "GET", site)


async def _preferred(house: House, asked: Caller) -> dict[str, Any]:
    customer_id = asked.principal.customer_id
    return {} if customer_id is None else await customer_details.find(house.database, asked.tenant, customer_id)


def _context(asked: Caller, facts: Facts, preferred: dict[str, Any]) -> dict[str, Any]:
    """The site, currency and language that the caller prefers, else those that were chosen when the session was opened, where the
    shop has them, else its first ones. Nothing of it is changed later, so that there is one version only."""
    project: Project = facts.project
    chosen = dict(word.removeprefix(CONTEXT).split("=", 1) for word in asked.context)
    sites = [store.key for store in facts.catalogue.all("store")]
    found: dict[str, Any] = {
        "sessionId": asked.session_id,
        "customerId": asked.principal.customer_id,
        "siteCode": _one_of(sites, preferred.get("preferredSite"), chosen.get("siteCode")),
        "currency": _one_of(list(project.currencies), preferred.get("preferredCurrency"), chosen.get("currency")),
        "language": _one_of(list(project.languages), preferred.get("preferredLanguage"), chosen.get("language")),
        "targetLocation": _one_of(list(project.countries), chosen.get("targetLocation")),
    }
    return {**{name: value for name, value in found.items() if value is not None}, "metadata": {"version": 1}}


def _one_of(offered: list[str], *wanted: str | None) -> str | None:
    """The first of those wanted that is offered, whether in capital letters or not; else the first that is."""
    spelled = {each.casefold(): each for each in reversed(offered)}
    found = (spelled.get(each.casefold()) for each in wanted if each)
    return next((each for each in found if each is not None), next(iter(offered), None))


def _sites(facts: Facts) -> list[dict[str, Any]]:
    """A site for each store, whose key is the site's code in orders; the oldest one is the default. What a store leaves open, the
    project says."""
    project: Project = facts.project
    found = []
    for place, store in enumerate(facts.catalogue.all("store")):
        languages = list(store.languages or project.languages)
        found.append(
            {
                "code": store.key,
                "name": _name(store, languages),
                "active": True,
                "default": place == 0,
                "currency": next(iter(project.currencies), None),
                "availableCurrencies": list(project.currencies),
                "languages": languages,
                "defaultLanguage": next(iter(languages), None),
                "homeBase": {"address": {"country": next(iter(_countries(store, project)), None)}},
                "shipToCountries": _countries(store, project),
            }
        )
    return found


def _countries(store: Store, project: Project) -> list[str]:
    return [listed.code for listed in store.countries] or list(project.countries)


def _name(store: Store, languages: list[str]) -> str:
    names = store.name or {}
    return next((names[language] for language in languages if language in names), next(iter(names.values()), store.key))
