"""What answers show beside the stored documents: read for them, portion by portion, and never more than an answer may hold."""

from __future__ import annotations

from itertools import islice

from orderwright.engine.access import Access
from orderwright.engine.json.codec import decoder, encode
from orderwright.engine.resource import Joined, ResourceType
from orderwright.storage.refusals import AnswerTooLargeError
from orderwright.verbs.slices import breathe
from orderwright.verbs.verbs import Verbs

PORTION = 20
"""Of so many names the documents are in memory at once, such as products with their variants."""


async def with_joined(
    verbs: Verbs, resource: ResourceType, bodies: list[bytes], members: frozenset[tuple[str, ...]], access: Access, most: int
) -> list[bytes]:
    """The documents with the members that are asked for of those that their type has.

    Raises AnswerTooLargeError where all together would have more than `most` bytes.
    """
    joined = resource.joined
    asked = frozenset() if joined is None else members & joined.members
    if joined is None or not asked:
        return bodies
    shown: list[bytes] = []
    size = sum(map(len, bodies))
    for body in bodies:
        after = await _shown(verbs, resource, joined, body, asked, access, most - size)
        size += len(after) - len(body)
        shown.append(after)
    return shown


async def _shown(
    verbs: Verbs,
    resource: ResourceType,
    joined: Joined,
    body: bytes,
    asked: frozenset[tuple[str, ...]],
    access: Access,
    room: int,
) -> bytes:
    document = decoder(resource.model).decode(body)
    wanted = iter(dict.fromkeys(joined.wants(document)))
    after = body
    while portion := list(islice(wanted, PORTION)):
        document = joined.shown(document, asked, await verbs.facts(access, portion))
        after = encode(document)
        if len(after) - len(body) > room:
            raise AnswerTooLargeError(room + len(body))
        await breathe(len(after))
    return after
