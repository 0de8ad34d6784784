"""What strangers may make: by address, and all together."""

import pytest

from orderwright.auth.openings import ENTRIES, Openings, Rate, TooManyError


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def taken(openings: Openings, peer: str | None, times: int) -> int:
    """How many of so many are let through."""
    found = 0
    for _ in range(times):
        try:
            openings.take(peer)
            found += 1
        except TooManyError as error:
            assert error.status == 429 and error.retry_after >= 1
    return found


def test_an_address_has_so_many_at_once_and_then_so_many_a_second() -> None:
    clock = Clock()
    openings = Openings(Rate(5, 0.5), Rate(1_000, 100), clock)
    assert taken(openings, "203.0.113.7", 9) == 5
    assert taken(openings, "203.0.113.8", 1) == 1
    clock.now += 3  # one and a half
    assert taken(openings, "203.0.113.7", 4) == 1
    with pytest.raises(TooManyError) as refused:
        openings.take("203.0.113.7")
    assert refused.value.retry_after == 1  # half of one is missing, at half of one a second
    clock.now += 1_000
    assert taken(openings, "203.0.113.7", 9) == 5


def test_what_is_refused_is_not_counted() -> None:
    clock = Clock()
    openings = Openings(Rate(2, 0.1), Rate(1_000, 100), clock)
    assert taken(openings, "203.0.113.7", 50) == 2
    clock.now += 10
    assert taken(openings, "203.0.113.7", 50) == 1


def test_all_addresses_have_so_many_together() -> None:
    clock = Clock()
    openings = Openings(Rate(5, 1), Rate(8, 2), clock)
    assert [taken(openings, f"203.0.113.{n}", 3) for n in range(4)] == [3, 3, 2, 0]
    clock.now += 1
    assert [taken(openings, f"203.0.113.{n}", 3) for n in range(4, 7)] == [2, 0, 0]


def test_a_network_of_ipv6_is_one_address() -> None:
    openings = Openings(Rate(3, 1), Rate(1_000, 100), Clock())
    assert sum(taken(openings, f"2001:db8:1:2::{n}", 1) for n in range(1, 9)) == 3
    assert taken(openings, "2001:db8:1:3::1", 1) == 1


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "::ffff:127.0.0.1", None, "nothing"])
def test_this_machine_and_what_is_no_address_count_for_all_only(peer: str | None) -> None:
    openings = Openings(Rate(1, 1), Rate(4, 1), Clock())
    assert taken(openings, peer, 9) == 4
    assert len(openings) == 0
    assert taken(openings, "203.0.113.7", 1) == 0


def test_addresses_are_forgotten() -> None:
    openings = Openings(Rate(1, 1), Rate(10**9, 1), Clock())
    for n in range(ENTRIES + 50):
        openings.take(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}")
    assert len(openings) == ENTRIES
