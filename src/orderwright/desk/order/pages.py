"""The paths of one order."""

from __future__ import annotations

import functools
from typing import Final

from orderwright.desk.order import acting, beside, editing, explaining, picking, raw, reading
from orderwright.desk.order.forms.table import FORMS
from orderwright.desk.visit import Row

PAGES: Final = (
    Row("orders/{id}", "GET", reading.page),
    Row("orders/{id}/explain", "GET", explaining.page),
    Row("orders/{id}/raw", "GET", raw.page),
    *(Row(f"orders/{{id}}/{name}", "GET", picking.pages(name)) for name in picking.PAGES),
    *(Row(f"orders/{{id}}/{name}", "GET", acting.back) for name in FORMS if name not in picking.PAGES),
    *(Row(f"orders/{{id}}/{name}", "POST", functools.partial(acting.act, name=name)) for name in FORMS),
    Row("orders/{id}/note", "POST", beside.note),
    Row("orders/{id}/replay", "POST", beside.replay),
    *(Row(f"orders/{{id}}/{name}", "GET", acting.back) for name in ("note", "replay")),
    Row("orders/{id}/edit", "GET", editing.page),
    Row("orders/{id}/edit", "POST", editing.make),
    Row("orders/{id}/edits/{edit}", "GET", editing.preview),
    Row("orders/{id}/edits/{edit}/apply", "POST", editing.apply),
    Row("orders/{id}/edits/{edit}/discard", "POST", editing.discard),
    *(Row(f"orders/{{id}}/edits/{{edit}}/{name}", "GET", editing.back) for name in ("apply", "discard")),
)
