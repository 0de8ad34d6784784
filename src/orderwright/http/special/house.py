"""What the paths that are more than a verb are made of."""

from __future__ import annotations

from dataclasses import dataclass

from orderwright.auth.accounts import Accounts
from orderwright.auth.tokens import Tokens
from orderwright.storage.database import Database
from orderwright.verbs.hand_over import HandOver
from orderwright.verbs.verbs import Verbs


@dataclass(frozen=True)
class House:
    """What endpoints may use."""

    verbs: Verbs
    accounts: Accounts
    tokens: Tokens
    hand_over: HandOver

    @property
    def database(self) -> Database:
        """What all of them write to."""
        return self.verbs.documents.database
