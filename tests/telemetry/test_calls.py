"""What headers tell of the extensions that a request has called."""

from __future__ import annotations

import asyncio

from orderwright.telemetry import calls
from orderwright.telemetry.calls import Call, Calls


def test_the_total_is_the_time_in_which_at_least_one_was_called() -> None:
    """Ten to forty and twenty to fifty overlap; the third comes later. The last is still under way."""
    made = [
        Call("1", "b", 0.020, 0.050, 200),
        Call("2", "a", 0.010, 0.040, 200),
        Call("3", "c", 0.060, 0.065, 200),
        Call("4", "d", 0.070),
    ]
    (timing,) = Calls(made).headers(200)
    assert timing == (
        "server-timing",
        'extension;desc="b";dur=30.0, extension;desc="a";dur=30.0, extension;desc="c";dur=5.0, total;dur=45.0',
    )


def test_who_is_to_blame_is_told_of_refusals_only() -> None:
    made = [Call("1", "a", 0.0, 0.1, 200), Call("2", "b", 0.0, 0.1, 503)]
    assert dict(Calls(made, "2").headers(502))["ct-upstream-status-code"] == "503"
    assert "ct-upstream-status-code" not in dict(Calls(made, "2").headers(201))
    assert "ct-upstream-status-code" not in dict(Calls(made).headers(400))
    assert Calls([], "2").headers(400) == ()


def test_requests_side_by_side_have_calls_of_their_own() -> None:
    async def request(name: str) -> list[str]:
        mine = calls.begin()
        await asyncio.sleep(0)
        calls.calling(name, name).answered(200)
        await asyncio.gather(asyncio.to_thread(calls.blame, name))
        assert mine.blamed == name
        return [call.name for call in mine.made]

    async def both() -> list[list[str]]:
        return list(await asyncio.gather(request("one"), request("other")))

    assert asyncio.run(both()) == [["one"], ["other"]]
