"""Which addresses count as public."""

from __future__ import annotations

import pytest

from orderwright.outside.addresses import Allowed, is_public


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_addresses_of_the_internet_may_be_called(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.0.9",
        "0.0.0.0",  # noqa: S104 - nothing is bound
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",  # the metadata of most clouds
        "100.100.100.200",  # those of Alibaba's, in the shared range
        "168.63.129.16",  # those of Azure's, which is public by its number
        "192.0.0.192",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",  # what was private before fd00::/8
        "fd00:ec2::254",  # the metadata of AWS by IPv6
        "ff02::1",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",  # 127.0.0.1 behind NAT64
        "2002:7f00:1::",  # 127.0.0.1 by 6to4
        "2001:0:7f00:1::",  # Teredo, whose server is 127.0.0.1
    ],
)
def test_what_only_this_server_can_reach_may_not(address: str) -> None:
    assert not is_public(address)


def test_an_operator_allows_a_host_or_one_port_of_it() -> None:
    allowed = Allowed(("erp.internal", "localhost:8080", "[::1]:81"))
    assert allowed.names("erp.internal", 80)
    assert allowed.names("ERP.internal.", 8443)
    assert allowed.names("localhost", 8080)
    assert not allowed.names("localhost", 5432)
    assert allowed.names("::1", 81)
    assert not allowed.names("::1", 82)
    assert not allowed.names("other.erp.internal", 80)
