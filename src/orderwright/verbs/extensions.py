"""API extensions on the way of a write: asked after the domain has decided and before anything is stored.

Nothing is held meanwhile: no connection, no lock, no transaction. What they want done is run by the domain with the request's own
actions, once more from what was loaded, and the write compares and sets the version that was loaded then.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import weakref
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

from orderwright.domain.extension.answers import answered, question
from orderwright.domain.extension.model import Extension, ExtensionAction
from orderwright.domain.extension.refusals import bad_response, no_response, predicate_failed, update_actions_failed
from orderwright.domain.extension.triggers import Call, Layers, called_by, condition
from orderwright.engine.access import Access
from orderwright.engine.actions import is_sent
from orderwright.engine.json.codec import encode, plain
from orderwright.engine.model import Action
from orderwright.engine.resource import ResourceType
from orderwright.engine.unit.decision import Decided, Deed
from orderwright.engine.unit.making import stamped
from orderwright.errors import ApiError
from orderwright.outside.guarded_http import AnswerTooLargeError, GuardedHttp, NotReachedError
from orderwright.predicates.strict import MissingFieldError
from orderwright.telemetry import calls
from orderwright.verbs.slices import breathe

MOST_BYTES = 2 * 1024 * 1024
"""Of an extension's answer."""
AT_ONCE = 50
"""Calls of one extension from one process; others wait, which counts as its time."""

Expand = Callable[[bytes, Sequence[str], Access], Awaitable[bytes]]
"""Embeds what paths lead to in a document, as far as that is not too much."""
State = tuple[Deed, Decided]
_log = logging.getLogger("orderwright")


class Added(NamedTuple):
    """What extensions want done besides, to the document as they were shown it."""

    actions: tuple[Action, ...]
    document: Any


class Asked:
    """What one request has asked extensions, however often its write is tried: an extension may take money, so it is asked once.

    `wanted` are its answers by its id. Each run of the domain gives the same ids, in their order: what an extension was shown is
    there by its id when its actions are done.
    """

    def __init__(self, new_id: Callable[[], str]) -> None:
        self.wanted: dict[str, tuple[Action, ...]] = {}
        self._new_id = new_id
        self._given: list[str] = []

    def ids_from_the_first(self) -> Callable[[], str]:
        """What gives the ids to one run."""
        left = itertools.count()

        def next_id() -> str:
            place = next(left)
            if place == len(self._given):
                self._given.append(self._new_id())
            return self._given[place]

        return next_id


Anew = Callable[[Added], Awaitable[State]]
"""Decides once more, with what is added to the request."""


class Extender:
    """Asks extensions. `types` are all resource types by id: an extension may do what the project itself may, whatever door the
    request has come by."""

    def __init__(self, http: GuardedHttp, types: Mapping[str, ResourceType], expand: Expand) -> None:
        self._http = http
        self._types = types
        self._expand = expand
        self._turns: weakref.WeakValueDictionary[tuple[str, str], asyncio.Semaphore] = weakref.WeakValueDictionary()

    def called(self, deed: Deed, before: Any) -> Layers:
        """Whom a write may call: nobody for an update without actions."""
        if deed.draft is None and not deed.actions:
            return ()
        return called_by(deed.facts.catalogue, deed.resource.type_id, "Create" if before is None else "Update")

    async def extended(self, layers: Layers, first: State, anew: Anew, old: str | None, asked: Asked) -> State:
        """The decision after all extensions were asked; `old` are the bytes of the document before an update. Nobody is asked of
        what an endpoint does beside a document that keeps its version, such as making a customer's token.

        Raises an extension's own refusal, `ExtensionBadResponse`, `ExtensionNoResponse`, `ExtensionUpdateActionsFailed` and
        `ExtensionPredicateEvaluationFailed`.
        """
        deed, decided = first
        if decided.before is not None and decided.keeps_version and not any(map(is_sent, deed.actions or ())):
            return first
        round_ = _Round(self, first, anew, old)
        for layer in layers:
            new = [call for call in layer if call.extension.id not in asked.wanted]
            found = await asyncio.gather(*(round_.ask(call) for call in new), return_exceptions=True)
            for call, wanted in zip(new, found, strict=True):
                if isinstance(wanted, BaseException):
                    calls.blame(call.extension.id)
                    raise wanted
                asked.wanted[call.extension.id] = tuple(wanted)
            round_.wanted |= {call.extension.id: (call.extension, asked.wanted[call.extension.id]) for call in layer}
        return await round_.state(frozenset(round_.wanted))

    async def ask(
        self, extension: Extension, action: ExtensionAction, state: State, document: bytes, old: str | None
    ) -> Sequence[Action]:
        """What an extension wants done to a document."""
        deed, decided = state
        kind = self._types[deed.resource.type_id]
        shown = await self._shown(extension, document, deed.access)
        before = None
        if old is not None and extension.sees_old:
            before = await self._shown(extension, kind.embedded(old.encode()), deed.access)
        body = question(action, kind.type_id, decided.after.id, shown, before)
        await breathe(len(body))
        headers = {"Content-Type": "application/json", "User-Agent": "orderwright", **extension.headers}
        if deed.access.correlation_id is not None:
            headers["X-Correlation-ID"] = deed.access.correlation_id
        status, answer = await self._post(deed.access.shard, extension, headers, body)
        await breathe(len(answer))
        return answered(extension, status, answer, kind.actions)

    def document(self, state: State) -> bytes:
        """The document as it would be stored, and as it is shown inside others."""
        deed, decided = state
        return self._types[deed.resource.type_id].embedded(encode(stamped(decided, deed.facts)))

    async def _shown(self, extension: Extension, document: bytes, access: Access) -> bytes:
        if not extension.expansion_paths:
            return document
        return await self._expand(document, extension.expansion_paths, Access(shard=access.shard, who=access.who))

    async def _post(self, shard: str, extension: Extension, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        turn = self._turns.setdefault((shard, extension.id), asyncio.Semaphore(AT_ONCE))
        call = calls.calling(extension.id, extension.key or extension.id)
        url, seconds = extension.destination.url, extension.timeout_s
        try:
            async with asyncio.timeout(seconds), turn:
                answer = await self._http.post(url, headers, body, timeout_s=seconds, most_bytes=MOST_BYTES)
        except (TimeoutError, NotReachedError) as error:
            # The operator learns why; who has named the server learns nothing of what stands inside.
            _log.warning("The extension %s of %s gave no answer: %s", extension.id, shard, error)
            call.answered(None)
            raise no_response(extension) from None
        except AnswerTooLargeError as error:
            call.answered(error.status)
            raise bad_response(extension, "The extension returned too much.", error.status) from None
        call.answered(answer.status)
        return answer.status, answer.body


class _Round:
    """The extensions of one write: what each wants done, and the states that this makes."""

    def __init__(self, extender: Extender, first: State, anew: Anew, old: str | None) -> None:
        self.wanted: dict[str, tuple[Extension, tuple[Action, ...]]] = {}
        self._extender = extender
        self._first = first
        self._anew = anew
        self._old = old
        self._action: ExtensionAction = "Create" if first[1].before is None else "Update"
        self._states: dict[frozenset[str], asyncio.Future[tuple[State, bytes]]] = {}

    async def ask(self, call: Call) -> Sequence[Action]:
        """What one wants done, after what those want that it waits for."""
        state, document = await self._shown(call.ancestors)
        if not self._holds(call, state, document):
            return ()
        return await self._extender.ask(call.extension, self._action, state, document, self._old)

    def _holds(self, call: Call, state: State, document: bytes) -> bool:
        if not call.conditions:
            return True
        read = plain(document)
        try:
            return any(condition(text, state[0].resource.type_id)(read) for text in call.conditions)
        except MissingFieldError as error:
            raise predicate_failed(call.extension, error.field) from None

    async def _shown(self, ids: frozenset[str]) -> tuple[State, bytes]:
        """The state after what some want, and its document: made once for all who ask for it."""
        acting = frozenset(id for id in ids if id in self.wanted and self.wanted[id][1])
        if acting not in self._states:
            self._states[acting] = asyncio.ensure_future(self._made(acting))
        return await asyncio.shield(self._states[acting])

    async def _made(self, acting: frozenset[str]) -> tuple[State, bytes]:
        state = await self.state(acting)
        document = self._extender.document(state)
        await breathe(len(document))
        return state, document

    async def state(self, ids: frozenset[str]) -> State:
        """The decision with all that some want, in the order in which they were asked."""
        acting = [(extension, actions) for id, (extension, actions) in self.wanted.items() if id in ids and actions]
        if not acting:
            return self._first
        added = tuple(action for _, actions in acting for action in actions)
        try:
            return await self._anew(Added(added, self._first[1].after))
        except ApiError as error:
            # The request alone could be done. What others have changed meanwhile, and what is too much now, is not their fault.
            if error.status != 400:
                raise
            blamed = _to_blame(acting, error)
            calls.blame(blamed.id)
            raise update_actions_failed(blamed, error) from None


def _to_blame(acting: Sequence[tuple[Extension, tuple[Action, ...]]], error: ApiError) -> Extension:
    """Whose action has failed; the last one where nobody's has by itself."""
    failed = error.fields.get("action")
    of = [extension for extension, actions in acting if any(action is failed for action in actions)]
    return of[0] if of else acting[-1][0]
