"""Orders as this dialect makes them: the same type, of another draft."""

from __future__ import annotations

from dataclasses import replace

from orderwright.domain.order.resource import IMPORTED
from orderwright.emporix.changing.merging import actions
from orderwright.emporix.changing.recalculating import recalculate
from orderwright.emporix.changing.splitting import split
from orderwright.emporix.drafts import Draft, create

actions.handles(split)
actions.handles(recalculate)
# What a body says is `model.SalesOrderCreation`; `read_draft` makes the draft of it.
RESOURCE = replace(IMPORTED, draft=Draft, create=create, actions=actions)
