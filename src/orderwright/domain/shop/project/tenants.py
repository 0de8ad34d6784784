"""The settings of a project as the second dialect's tenant: no client of the API changes them."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Final

from orderwright.domain.shop.project.model import Project, TenantConfigurations
from orderwright.domain.shop.project.resource import RESOURCE
from orderwright.engine.actions import ActionSet, setter
from orderwright.engine.model import Action


class SetTenantConfigurations(Action):
    """All of them."""

    sent: ClassVar[bool] = False
    tenant_configurations: TenantConfigurations | None = None


tenant_actions: Final[ActionSet[Project]] = ActionSet(Project, "Tenant")
tenant_actions.add(SetTenantConfigurations, setter("tenant_configurations"))
TENANT: Final = replace(RESOURCE, actions=tenant_actions)
"""Projects as their tenants change them."""
