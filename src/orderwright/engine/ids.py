"""Identifiers. The domain takes them from outside, so that a test or a replay can give its own."""

from __future__ import annotations

import secrets
import time


def new_id() -> str:
    """A version 7 UUID: 48 bits of milliseconds, then 74 random bits.

    Ids that rise with time fill index pages one after another; random ones would touch (and log) a page each.
    """
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) & ~(0x3 << 62) | (0x7 << 76) | (0x2 << 62)
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
