"""The paths of one order."""

from __future__ import annotations

import functools
from typing import Final

from orderwright.desk.order import acting, picking, raw, reading
from orderwright.desk.order.forms import FORMS
from orderwright.desk.visit import Row

PAGES: Final = (
    Row("orders/{id}", "GET", reading.page),
    Row("orders/{id}/raw", "GET", raw.page),
    *(Row(f"orders/{{id}}/{name}", "GET", picking.pages(name)) for name in picking.PAGES),
    *(Row(f"orders/{{id}}/{name}", "GET", acting.back) for name in FORMS if name not in picking.PAGES),
    *(Row(f"orders/{{id}}/{name}", "POST", functools.partial(acting.act, name=name)) for name in FORMS),
)
