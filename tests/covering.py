"""The branches of the domain that its own tests reach, measured while all tests run: `make coverage`.

Measuring makes Python slower, so it rests while other tests run; those drive servers in other processes anyway.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

MEASURED = {"domain"}
TESTS = Path(__file__).parent


class Covering:
    """Begins with the first import of what is measured, for the lines that run then, and rests from the end of collection."""

    def __init__(self) -> None:
        import coverage  # which is nothing to a run that does not measure

        self._coverage = coverage.Coverage(data_suffix=True)
        self._coverage.start()

    def pytest_collection_finish(self) -> None:
        self._coverage.stop()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        if item.path.relative_to(TESTS).parts[0] not in MEASURED:
            return (yield)
        self._coverage.start()
        try:
            return (yield)
        finally:
            self._coverage.stop()

    def pytest_sessionfinish(self) -> None:
        self._coverage.stop()
        self._coverage.save()


COVERING = Covering() if os.environ.get("ORDERWRIGHT_TEST_COVERAGE") else None
