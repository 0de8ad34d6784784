"""Passwords: what is stored, what matches it, and that the event loop goes on meanwhile."""

import asyncio
import statistics
import time

import pytest

from orderwright.auth import passwords
from orderwright.auth.passwords import MAX_PASSWORD, hash_password, verify_password
from orderwright.errors import ApiError, OverCapacityError


def test_a_hash_matches_its_password_only() -> None:
    async def work() -> None:
        hash = await hash_password("pässwörd")
        assert hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert hash != await hash_password("pässwörd")
        assert await verify_password(hash, "pässwörd")
        for wrong in ("passwörd", "", "pässwörd ", "x" * 5000):
            assert not await verify_password(hash, wrong)
        for nothing in (None, ""):
            assert not await verify_password(nothing, "")

    asyncio.run(work())


def test_a_password_has_a_bound() -> None:
    async def work() -> None:
        longest = "é" * (MAX_PASSWORD // 2)
        assert await verify_password(await hash_password(longest), longest)
        with pytest.raises(ApiError) as refused:
            await hash_password(longest + "x")
        assert (refused.value.status, refused.value.code) == (400, "InvalidInput")

    asyncio.run(work())


def test_an_unknown_account_takes_as_long_as_a_wrong_password() -> None:
    async def work() -> None:
        hash = await hash_password("right")

        async def median(stored: str | None) -> float:
            taken = []
            for _ in range(9):
                started = time.process_time()
                assert not await verify_password(stored, "wrong")
                taken.append(time.process_time() - started)
            return statistics.median(taken)

        wrong, unknown = await median(hash), await median(None)
        assert 0.6 < unknown / wrong < 1.7

    asyncio.run(work())


def test_the_loop_goes_on_while_passwords_are_checked() -> None:
    async def work() -> None:
        hash = await hash_password("right")
        checks = [asyncio.create_task(verify_password(hash, "right")) for _ in range(20)]
        turns = 0
        while not all(check.done() for check in checks):
            await asyncio.sleep(0.001)
            turns += 1
        assert all([await check for check in checks])
        assert turns > 40  # 20 checks take some 20 ms each; on the loop itself there would be hardly more turns than checks

    asyncio.run(work())


def test_more_than_can_be_checked_in_time_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "MAX_WAITING", 3)

    async def work() -> None:
        ended = await asyncio.gather(*(verify_password(None, "x") for _ in range(8)), return_exceptions=True)
        assert [type(one) for one in ended] == [bool] * 3 + [OverCapacityError] * 5
        assert await verify_password(None, "x") is False

    asyncio.run(work())
