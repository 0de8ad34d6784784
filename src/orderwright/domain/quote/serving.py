"""What is shown of a request or a quote: all that is stored of it but what stands beside its terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from orderwright.domain.quote.terms import Terms
from orderwright.engine.json.codec import decoder, encode

T = TypeVar("T", bound=Terms)


@dataclass(frozen=True)
class Serving(Generic[T]):
    """The two ways to show one: of its struct, and of its stored bytes."""

    model: type[T]

    def document(self, stored: T) -> T:
        """Only the members that the model has."""
        members: dict[str, Any] = {name: getattr(stored, name) for name in self.model.__struct_fields__}
        return self.model(**members)

    def body(self, stored: bytes) -> bytes:
        """The same of the bytes. What the model does not know is left out as they are read."""
        return encode(decoder(self.model).decode(stored))


def serving(model: type[T]) -> Serving[T]:
    """How documents of a model are shown."""
    return Serving(model)
