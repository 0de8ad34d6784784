"""How an amount of minor units is split: always into whole ones that add up to it."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright.domain.amounts.money import Roundings, rounding


def prorate(amount: int, weights: Sequence[int], told: Roundings | None = None) -> list[int]:
    """Split `amount` minor units by `weights`; the parts always sum to it, the largest remainders get the odd ones.

    Of equal remainders the earlier part comes first. Weights that are all zero say nothing about shares, so they count
    as equal. A negative amount is split as its opposite is. Each part is `told` of, in their order. Raises `ValueError` for a
    negative weight or no weights.
    """
    if not weights or min(weights) < 0:
        raise ValueError("an amount is split by at least one weight, none of them negative")
    total = sum(weights)
    if total == 0:
        weights, total = [1] * len(weights), len(weights)
    shares = [divmod(abs(amount) * weight, total) for weight in weights]
    parts = [whole for whole, _ in shares]
    by_remainder = sorted(range(len(parts)), key=lambda place: -shares[place][1])
    for place in by_remainder[: abs(amount) - sum(parts)]:
        parts[place] += 1
    parts = [-part for part in parts] if amount < 0 else parts
    if told is not None:
        exactly = ((amount * weight, part) for weight, part in zip(weights, parts, strict=True))
        told.extend(rounding(share, total, part, "LargestRemainder") for share, part in exactly)
    return parts
