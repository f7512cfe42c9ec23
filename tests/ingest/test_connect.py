"""Which addresses a link may lead to, and which hosts are sent elsewhere."""

from __future__ import annotations

import asyncio
import ipaddress

import httpcore
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.connect import AddressForbiddenError, CheckedBackend, ConnectTransport, is_public

from .small_web import Page, SmallWeb

PRIVATE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "192.88.99.1", "::", "::1", "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b:1::7f00:1", "fec0::1", "4000::1", "5f00::1", "3fff::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "8.8.8.8", "95.161.64.1", "172.32.0.1", "2606:4700:4700::1111", "2a02:6b8::1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_special_ranges_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_the_rest_is(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_is_what_it_is_in_any_wrapping(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    wrapped = [
        ipaddress.IPv6Address(0xFFFF << 32 | number),  # mapped
        ipaddress.IPv6Address(0x2002 << 112 | number << 80),  # 6to4
        ipaddress.IPv6Address(0x0064FF9B << 96 | number),  # NAT64
    ]
    assert {is_public(str(address))} == {is_public(str(wrap)) for wrap in wrapped}


def test_a_name_is_checked_by_all_of_its_addresses() -> None:
    class Names(asyncio.SelectorEventLoop):
        async def getaddrinfo(self, host: str, port: int, **options: object) -> list[tuple[object, ...]]:  # type: ignore[override]
            return [(2, 1, 6, "", ("95.161.64.1", port)), (2, 1, 6, "", ("127.0.0.1", port))]

    with asyncio.Runner(loop_factory=Names) as runner, pytest.raises(AddressForbiddenError, match=r"127\.0\.0\.1"):
        runner.run(CheckedBackend().connect_tcp("two-faced.example", 80, timeout=1))


def test_the_first_address_that_answers_is_taken() -> None:
    web = SmallWeb()

    class Names(asyncio.SelectorEventLoop):
        async def getaddrinfo(self, host: str, port: int, **options: object) -> list[tuple[object, ...]]:  # type: ignore[override]
            resolved.append(host)
            return [(2, 1, 6, "", (address, port)) for address in ("127.0.0.2", "127.0.0.1")]

    resolved: list[str] = []

    async def connect() -> None:
        port = int(web.address.partition(":")[2])
        stream: httpcore.AsyncNetworkStream = await CheckedBackend(allow_private=True).connect_tcp(
            "two.example", port, 1
        )
        assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"
        await stream.aclose()

    with web.running(), asyncio.Runner(loop_factory=Names) as runner:
        runner.run(connect())
    assert resolved == ["two.example"], "a second answer might be another one, which nobody has checked"


def test_hosts_are_sent_by_the_first_pattern_that_matches() -> None:
    one, other = SmallWeb(), SmallWeb()
    one["a.example/x?y=1"] = Page("one")
    one["xn--80aahvyq9b.xn--p1ai/x"] = Page("three")
    other["b.test/x?y=1"] = Page("other")

    async def texts() -> list[str]:
        transport = ConnectTransport(
            {"*.EXAMPLE": one.address, "b.*": other.address, "*.рф": one.address, "*": "127.0.0.1:1"}, False, True
        )
        async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
            urls = ("https://A.example/x?y=1", "http://b.test:8080/x?y=1", "http://граница.рф/x")
            return [(await client.get(url)).text for url in urls]

    with one.running(), other.running():
        assert asyncio.run(texts()) == ["one", "other", "three"]
