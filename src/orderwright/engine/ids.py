"""Identifiers. The domain takes them from outside, so that a test or a replay can give its own."""

from __future__ import annotations

import secrets
import time
from datetime import datetime


def new_id() -> str:
    """A version 7 UUID: 48 bits of milliseconds, then 74 random bits.

    Ids that rise with time fill index pages one after another; random ones would touch (and log) a page each.
    """
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    return _text(value & ~(0xF << 76) & ~(0x3 << 62) | (0x7 << 76) | (0x2 << 62))


def first_id(at: datetime) -> str:
    """The id before all that are made from an instant on, and after all that were made before it."""
    return _text(int(at.timestamp() * 1000) << 80)


def _text(value: int) -> str:
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
