"""Orders as this dialect makes them: the same type, of another draft."""

from __future__ import annotations

from dataclasses import replace

from orderwright.domain.order.resource import IMPORTED
from orderwright.emporix.changing import actions
from orderwright.emporix.drafts import Draft, create
from orderwright.emporix.splitting import split

actions.handles(split)
# What a body says is `model.SalesOrderCreation`; `read_draft` makes the draft of it.
RESOURCE = replace(IMPORTED, draft=Draft, create=create, actions=actions)
