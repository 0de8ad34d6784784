"""Settings: defaults, every variable, and one sentence for each value that cannot be used."""

from pathlib import Path

import pytest

from orderwright.settings import Settings, SettingsError


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert Settings.from_environment({"ORDERWRIGHT_LOG_LEVEL": " ", "HOME": "/root"}) == Settings(
        database_url=None,
        data_dir=Path("/var/lib/orderwright"),
        log_level="info",
        pool_size=10,
        query_pool_size=4,
        query_timeout_ms=5000,
        queue_limit=1000,
        token_lifetime_s=172800,
        refresh_token_lifetime_s=17280000,
        proxies=0,
        sweep_period_s=300,
        connection_limit=4096,
        address_connection_limit=512,
        body_memory_mb=64,
        allowed_hosts=(),
        metrics_token=None,
        delivery_lease_s=40,
    )


def test_an_ordinary_user_keeps_data_beside_the_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.chdir(tmp_path)
    assert Settings.from_environment({}).data_dir == tmp_path / ".orderwright"


def test_every_variable(tmp_path: Path) -> None:
    assert Settings.from_environment(
        {
            "ORDERWRIGHT_DATABASE_URL": "postgresql://u:p@db/orders",
            "ORDERWRIGHT_DATA_DIR": str(tmp_path),
            "ORDERWRIGHT_LOG_LEVEL": "WARNING",
            "ORDERWRIGHT_POOL_SIZE": "20",
            "ORDERWRIGHT_QUERY_POOL_SIZE": "2",
            "ORDERWRIGHT_QUERY_TIMEOUT_MS": "250",
            "ORDERWRIGHT_QUEUE_LIMIT": "0",
            "ORDERWRIGHT_TOKEN_LIFETIME_S": "60",
            "ORDERWRIGHT_REFRESH_TOKEN_LIFETIME_S": "120",
            "ORDERWRIGHT_PROXIES": "1",
            "ORDERWRIGHT_SWEEP_PERIOD_S": "30",
            "ORDERWRIGHT_CONNECTION_LIMIT": "100",
            "ORDERWRIGHT_ADDRESS_CONNECTION_LIMIT": "0",
            "ORDERWRIGHT_BODY_MEMORY_MB": "32",
            "ORDERWRIGHT_ALLOWED_HOSTS": "ERP.internal, localhost:8080,[::1]:81",
            "ORDERWRIGHT_METRICS_TOKEN": "0123456789abcdef",
            "ORDERWRIGHT_DELIVERY_LEASE_S": "5",
        }
    ) == Settings(
        database_url="postgresql://u:p@db/orders",
        data_dir=tmp_path,
        log_level="warning",
        pool_size=20,
        query_pool_size=2,
        query_timeout_ms=250,
        queue_limit=0,
        token_lifetime_s=60,
        refresh_token_lifetime_s=120,
        proxies=1,
        sweep_period_s=30,
        connection_limit=100,
        address_connection_limit=0,
        body_memory_mb=32,
        allowed_hosts=("erp.internal", "localhost:8080", "[::1]:81"),
        metrics_token="0123456789abcdef",
        delivery_lease_s=5,
    )


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("POOL_SIZE", "0", "ORDERWRIGHT_POOL_SIZE must be a whole number from 1 to 1000, not '0'."),
        ("POOL_SIZE", "1001", "ORDERWRIGHT_POOL_SIZE must be a whole number from 1 to 1000, not '1001'."),
        ("POOL_SIZE", "٤", "ORDERWRIGHT_POOL_SIZE must be a whole number from 1 to 1000, not '٤'."),
        ("QUEUE_LIMIT", "-1", "ORDERWRIGHT_QUEUE_LIMIT must be a whole number from 0 to 1000000, not '-1'."),
        ("QUERY_TIMEOUT_MS", "5s", "ORDERWRIGHT_QUERY_TIMEOUT_MS must be a whole number from 1 to 3600000, not '5s'."),
        ("LOG_LEVEL", "loud", "ORDERWRIGHT_LOG_LEVEL must be one of debug, info, warning, error, critical, not 'loud'."),
        ("DATA_DIR", "/etc/passwd", "ORDERWRIGHT_DATA_DIR must be a directory, and /etc/passwd is a file."),
        ("METRICS_TOKEN", "short", "ORDERWRIGHT_METRICS_TOKEN must have at least 16 printable ASCII characters and no space."),
        (
            "DATABASE_URL",
            "mysql://root:geheim@db/orders",
            "ORDERWRIGHT_DATABASE_URL must be a URL such as postgresql://user:password@host:5432/database.",
        ),
    ],
)
def test_a_bad_value_is_one_sentence(variable: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({f"ORDERWRIGHT_{variable}": value})
    assert str(refused.value) == sentence
