"""Bodies of requests as clients write them that know no whole numbers."""

from __future__ import annotations

from typing import Any, Final

from msgspec import MsgspecError

from orderwright.emporix.amounts import decimal
from orderwright.engine.json.codec import decode_body, encode, plain
from orderwright.errors import ApiError

_LARGEST: Final = 2**53


def read_body(expected: Any, body: bytes) -> tuple[Any, bytes]:
    """What a body says, and the bytes that it was read from. Raises as `decode_body` does.

    Clients that know no whole numbers write 2.0 where one is expected. Where that is wrong, numbers are read without decimals
    that say nothing.
    """
    try:
        return decode_body(expected, body), body
    except ApiError:
        try:
            plainer = encode(_whole(plain(body))) if b".0" in body else body
        except (MsgspecError, ValueError, RecursionError):
            plainer = body
        if plainer == body:
            raise
    return decode_body(expected, plainer), plainer


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _whole(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_whole(element) for element in value]
    number = decimal(value)
    return value if number is None or abs(number) > _LARGEST or number != int(number) else int(number)
