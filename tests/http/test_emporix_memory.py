"""What is remembered of orders that were shown: the last ones, as many as have so many bytes, each by its very bytes."""

from __future__ import annotations

from orderwright.http.emporix.memory import Memory, Shown


def key(body: str, for_customer: bool = False) -> tuple[str, bool, str, int, int]:
    return Memory.key("acme", for_customer, body)


def test_what_was_asked_for_longest_ago_is_forgotten() -> None:
    # Each counts for 500 bytes and its own 1,000: three have 4,500 together.
    memory = Memory(most=4_500)
    for body in "abc":
        memory.put(key(body), Shown(bytes=body.encode() * 1_000))
    assert memory.get(key("a")) is not None
    memory.put(key("d"), Shown(bytes=b"d" * 1_000))
    assert [body for body in "abcd" if memory.get(key(body)) is not None] == ["a", "c", "d"]
    assert len(memory) == 3


def test_what_is_put_again_counts_once() -> None:
    memory = Memory(most=3_000)
    for _ in range(10):
        memory.put(key("a"), Shown(bytes=b"a" * 1_000))
    memory.put(key("b"), Shown(bytes=b"b" * 1_000))
    assert len(memory) == 2


def test_what_is_too_large_is_not_kept() -> None:
    memory = Memory(most=1_000)
    memory.put(key("a"), Shown(bytes=b"a" * 1_001))
    assert (len(memory), memory.get(key("a"))) == (0, None)


def test_any_other_byte_is_another_order() -> None:
    body = '{"id":"' + "0" * 200
    assert len({key(body), key(body + "1"), key(body[:-1] + "1"), key("1" + body[1:]), key(body, True)}) == 5
    assert key(body) == key("".join(list(body)))
