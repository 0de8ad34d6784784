"""Guessing passwords gets slower and slower; knowing one never stops working. Clocks stand still until a test moves them."""

import asyncio

import pytest

from orderwright.auth import guessing
from orderwright.auth.guessing import Guesses, network_of
from orderwright.errors import OverCapacityError


class Clock:
    """Time that passes only by waiting."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waits.append(round(seconds, 3))
        self.now += seconds

    def guesses(self) -> Guesses:
        return Guesses(lambda: self.now, self.sleep)


async def attempt(guesses: Guesses, right: bool, account: str = "k/ada", peer: str = "192.0.2.1") -> None:
    async with guesses.attempt(account, peer) as made:
        made.judged, made.right = True, right


def test_five_failures_are_free_then_each_doubles_the_wait_up_to_ten_seconds() -> None:
    clock = Clock()
    guesses = clock.guesses()

    async def guess() -> None:
        for _ in range(5):
            await attempt(guesses, False)
        assert clock.waits == []
        for _ in range(8):
            await attempt(guesses, False)

    asyncio.run(guess())
    # Halving in five minutes takes a little off each count: 5 failures, 0.2 s later a little under 6, and so on.
    assert clock.waits[0] == 0.2
    doubled = [later / earlier for earlier, later in zip(clock.waits, clock.waits[1:], strict=False) if later < 10]
    assert all(1.8 < ratio <= 2.0 for ratio in doubled)
    assert clock.waits[-1] == 10.0


def test_a_right_password_is_right_after_the_wait_and_the_account_is_forgiven() -> None:
    clock = Clock()
    guesses = clock.guesses()

    async def work() -> None:
        for _ in range(7):
            await attempt(guesses, False)
        clock.waits.clear()
        await attempt(guesses, True)
        assert len(clock.waits) == 1
        await attempt(guesses, True)
        assert len(clock.waits) == 1

    asyncio.run(work())


def test_an_account_under_attack_waits_from_every_address_and_others_do_not_wait() -> None:
    clock = Clock()
    guesses = clock.guesses()

    async def work() -> None:
        for number in range(6):
            await attempt(guesses, False, peer=f"192.0.2.{number}")
        clock.waits.clear()
        await attempt(guesses, False, peer="198.51.100.7")
        assert len(clock.waits) == 1
        await attempt(guesses, False, account="k/grace", peer="192.0.2.1")
        assert len(clock.waits) == 1

    asyncio.run(work())


def test_an_address_that_fails_with_hundreds_of_accounts_waits() -> None:
    clock = Clock()
    guesses = clock.guesses()

    async def work() -> None:
        for number in range(300):
            await attempt(guesses, False, account=f"k/{number}")
        assert clock.waits == []
        await attempt(guesses, False, account="k/next")
        assert clock.waits == [0.2]
        await attempt(guesses, False, account="k/next", peer="198.51.100.7")
        assert clock.waits == [0.2]

    asyncio.run(work())


def test_failures_are_forgotten_by_halves() -> None:
    clock = Clock()
    guesses = clock.guesses()

    async def work() -> None:
        for _ in range(5):
            await attempt(guesses, False)
        clock.now += guessing.HALF_LIFE_S
        await attempt(guesses, False)  # 2.5 and one are still free
        assert clock.waits == []

    asyncio.run(work())


def test_guesses_sent_at_once_count_each_other() -> None:
    waits: list[float] = []
    release = asyncio.Event()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await release.wait()

    async def work() -> None:
        guesses = Guesses(lambda: 0.0, sleep)
        for _ in range(5):
            await attempt(guesses, False)
        tasks = [asyncio.create_task(attempt(guesses, False)) for _ in range(20)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert waits == [0.2, 0.4, 0.8, 1.6, 3.2]  # five wait, the others are told to come back
        other = asyncio.create_task(attempt(guesses, True, peer="198.51.100.7"))
        await asyncio.sleep(0)
        release.set()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        refused = [error for error in ended if isinstance(error, OverCapacityError)]
        assert len(refused) == 15 and all(1 <= error.retry_after <= 10 for error in refused)
        await other  # the owner, from elsewhere, waits and gets in
        assert not guesses._waiting

    asyncio.run(work())


def test_what_was_not_judged_is_no_failure() -> None:
    clock = Clock()
    guesses = clock.guesses()

    async def work() -> None:
        for _ in range(50):
            with pytest.raises(RuntimeError):
                async with guesses.attempt("k/ada", None):
                    raise RuntimeError
        await attempt(guesses, True)
        assert clock.waits == []

    asyncio.run(work())


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guessing, "ENTRIES", 10)
    guesses = Clock().guesses()

    async def work() -> None:
        for number in range(100):
            await attempt(guesses, False, account=f"k/{number}", peer=f"192.0.2.{number}")

    asyncio.run(work())
    assert len(guesses._accounts) == len(guesses._addresses) == 10


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        (None, "unknown"),
        ("no address", "unknown"),
    ],
)
def test_the_address_that_is_counted(peer: str | None, network: str) -> None:
    assert network_of(peer) == network
