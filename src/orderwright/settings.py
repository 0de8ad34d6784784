"""The settings of a process: one frozen struct, read once from the environment."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec

_HOST = re.compile(r"([a-z0-9]([a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")
LEAST_TOKEN = 16
LOG_LEVELS = ("debug", "info", "warning", "error", "critical")


class SettingsError(Exception):
    """A setting cannot be used; the text is one sentence that names the variable."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What can be configured; each field is the variable `ORDERWRIGHT_` with the field's name in capitals.

    `database_url` None means the embedded PostgreSQL under `data_dir`. The pools' sizes are connections of one process;
    `query_timeout_ms` ends a query in the database; `queue_limit` is how many requests may wait for a connection before 503.
    Tokens live `token_lifetime_s`, refresh tokens `refresh_token_lifetime_s` from their last use, unless their API client
    says otherwise. `proxies` is how many proxies stand before the server and add to X-Forwarded-For.
    What is over is swept about every `sweep_period_s`. The next three bound what a process takes in: connections of all clients
    and of one address (0 for any number), and the bytes of request bodies under way. `allowed_hosts` may be called though their
    addresses are not public, each `host` or `host:port`. Who shows `metrics_token` may read the metrics. A destination of
    subscriptions is one process's for `delivery_lease_s` from each batch on.
    """

    database_url: str | None
    data_dir: Path
    log_level: str
    pool_size: int
    query_pool_size: int
    query_timeout_ms: int
    queue_limit: int
    token_lifetime_s: int
    refresh_token_lifetime_s: int
    proxies: int
    sweep_period_s: int
    connection_limit: int
    address_connection_limit: int
    body_memory_mb: int
    allowed_hosts: tuple[str, ...]
    metrics_token: str | None
    delivery_lease_s: int

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """Read every setting; an absent or empty variable is its default.

        Raises SettingsError with one sentence when a value cannot be used.
        """
        values: dict[str, Any] = {}
        for field, (default, read) in _FIELDS.items():
            name = f"ORDERWRIGHT_{field.upper()}"
            raw = environ.get(name, "").strip()
            try:
                values[field] = read(raw) if raw else default()
            except ValueError as error:
                raise SettingsError(f"{name} {error}.") from None
        return cls(**values)


def default_data_dir() -> Path:
    """`.orderwright` where the command is run; root's lies where an unprivileged PostgreSQL can reach it."""
    return Path("/var/lib/orderwright") if os.geteuid() == 0 else Path(".orderwright").absolute()


def _postgresql_url(raw: str) -> str:
    # The value may hold a password, so the sentence does not repeat it.
    if urlsplit(raw).scheme not in ("postgresql", "postgres"):
        raise ValueError("must be a URL such as postgresql://user:password@host:5432/database")
    return raw


def _directory(raw: str) -> Path:
    path = Path(raw).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise ValueError(f"must be a directory, and {path} is a file")
    return path


def _log_level(raw: str) -> str:
    if raw.lower() not in LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}, not {raw!r}")
    return raw.lower()


def _whole_number(least: int, most: int) -> Callable[[str], int]:
    def read(raw: str) -> int:
        if not (raw.isascii() and raw.isdigit() and len(raw) <= 9 and least <= int(raw) <= most):
            raise ValueError(f"must be a whole number from {least} to {most}, not {raw!r}")
        return int(raw)

    return read


def _hosts(raw: str) -> tuple[str, ...]:
    hosts = tuple(host.strip().lower() for host in raw.split(",") if host.strip())
    for host in hosts:
        if _HOST.fullmatch(host) is None:
            raise ValueError(f"must list hosts such as erp.internal or localhost:8080 with commas between, not {host!r}")
    return hosts


def _token(raw: str) -> str:
    # It opens a door, so the sentence does not repeat it.
    if not (len(raw) >= LEAST_TOKEN and raw.isascii() and raw.isprintable() and " " not in raw):
        raise ValueError(f"must have at least {LEAST_TOKEN} printable ASCII characters and no space")
    return raw


_FIELDS: dict[str, tuple[Callable[[], Any], Callable[[str], Any]]] = {
    "database_url": (lambda: None, _postgresql_url),
    "data_dir": (default_data_dir, _directory),
    "log_level": (lambda: "info", _log_level),
    "pool_size": (lambda: 10, _whole_number(1, 1_000)),
    "query_pool_size": (lambda: 4, _whole_number(1, 1_000)),
    "query_timeout_ms": (lambda: 5_000, _whole_number(1, 3_600_000)),
    "queue_limit": (lambda: 1_000, _whole_number(0, 1_000_000)),
    "token_lifetime_s": (lambda: 172_800, _whole_number(1, 31_536_000)),
    "refresh_token_lifetime_s": (lambda: 17_280_000, _whole_number(1, 315_360_000)),
    "proxies": (lambda: 0, _whole_number(0, 10)),
    "sweep_period_s": (lambda: 300, _whole_number(1, 86_400)),
    "connection_limit": (lambda: 4_096, _whole_number(16, 1_000_000)),
    "address_connection_limit": (lambda: 512, _whole_number(0, 1_000_000)),
    "body_memory_mb": (lambda: 64, _whole_number(16, 100_000)),
    "allowed_hosts": (tuple, _hosts),
    "metrics_token": (lambda: None, _token),
    "delivery_lease_s": (lambda: 40, _whole_number(2, 3_600)),
}
