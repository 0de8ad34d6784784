"""What orders have beside the five verbs: the import of one that was made elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from orderwright.engine.resource import ResourceType
from orderwright.http.api.doors import Door
from orderwright.http.api.endpoints import Endpoints
from orderwright.http.api.routes import Route, Routes
from orderwright.verbs.verbs import Verbs


def serve_import(routes: Routes, verbs: Verbs, imports: ResourceType, doors: Iterable[Door]) -> None:
    """Put the import into the table, after the paths that all resources have; `imports` are orders made from its draft."""
    route = Route("create", Endpoints(verbs, imports).create, imports.path, imports)
    routes.add(imports.path, "import", "POST", route, doors)
