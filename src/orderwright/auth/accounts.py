"""Customers' accounts: whether a password is right. A customer is global or belongs to stores, and signs in only there."""

from __future__ import annotations

from collections.abc import Callable

from orderwright.auth.guessing import Guesses
from orderwright.auth.passwords import verify_password
from orderwright.errors import InvalidCredentialsError
from orderwright.storage.database import Database
from orderwright.storage.tables import credentials


class Accounts:
    """Checks passwords, more slowly after wrong ones.

    `claimed` gives the value that the holder of an e-mail address has claimed, in a store (by its key) or globally (None).
    """

    def __init__(self, database: Database, claimed: Callable[[str, str | None], str], guesses: Guesses | None = None) -> None:
        self._database = database
        self._claimed = claimed
        self._guesses = guesses or Guesses()

    async def authenticate_customer(
        self, project_key: str, email: str, password: str, *, store_key: str | None = None, peer: str | None = None
    ) -> str:
        """The id of the customer with this e-mail address, whatever its letters' case, and this password.

        Without a store only global customers are found, with one only those of that store. Raises InvalidCredentialsError for
        no such customer, one without a password and a wrong one alike, and OverCapacity where too many are waiting.
        """
        return (await self.signed_in(project_key, email, password, store_key, peer))[0]

    async def signed_in(
        self, project_key: str, email: str, password: str, store_key: str | None, peer: str | None
    ) -> tuple[str, str]:
        """The same, and the hash that the password was found to match."""
        claimed = self._claimed(email, store_key)
        async with self._guesses.attempt(f"{project_key}/{claimed}", peer) as attempt:
            found = await credentials.find_account(self._database, project_key, claimed)
            customer, hash = found or ("", None)
            attempt.right = await verify_password(hash, password)
            attempt.judged = True
            if not attempt.right or hash is None:
                raise InvalidCredentialsError
            return customer, hash

    async def confirms(self, project_key: str, customer_id: str, password: str, peer: str | None = None) -> bool:
        """Whether this is the password of a customer who is known already, such as before she changes it."""
        async with self._guesses.attempt(f"{project_key}/{customer_id}", peer) as attempt:
            hash = await credentials.find_password(self._database, project_key, customer_id)
            attempt.right = await verify_password(hash, password)
            attempt.judged = True
            return attempt.right
