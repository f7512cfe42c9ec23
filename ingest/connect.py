"""How a connection is made: which address a host name may lead to, and where some hosts are sent instead.

A link on a page is a stranger's word. It may name the loopback, the machine's own network or a cloud's metadata
service, directly, by a redirect, or by a name that resolves there (CWE-918). So the check sits where the connection is
made: the name is resolved once, every address it has is checked, and the connection goes to a checked address.
"""

from __future__ import annotations

import asyncio
import fnmatch
import ipaddress
import socket
import ssl
from collections.abc import Iterable, Mapping
from typing import Any

import httpcore
import httpx

from ingest.errors import InputError

_UNICAST = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is given out to be reached from everywhere (IANA, IPv6 Global Unicast Address Assignments)."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NEVER = (ipaddress.ip_network("192.88.99.0/24"), ipaddress.ip_network("3fff::/20"))
"""Retired relays, and addresses of documents: special by now, but not yet so for every Python."""


class AddressForbiddenError(httpcore.ConnectError):
    """The host name leads to an address that a link may never reach."""


class NameNotResolvedError(httpcore.ConnectError):
    """The host name has no address."""


def is_public(address: str) -> bool:
    """True for an address in the public internet.

    False for loopback, private, link-local, multicast and reserved ranges (IANA's special-purpose registries), also
    when one of them is wrapped in IPv6 (mapped, 6to4, Teredo, NAT64).
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if (inner := ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])) is not None:
            return is_public(str(inner))
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip not in _UNICAST:
            return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _NEVER)


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Connects to public addresses only (all, with `allow_private`), and to the one that was checked."""

    def __init__(self, allow_private: bool = False) -> None:
        self._allow_private = allow_private
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address of `host` that answers. Raises httpcore.ConnectError, ConnectTimeout."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"{host} was not resolved in time") from error
        except (OSError, UnicodeError) as error:
            raise NameNotResolvedError(f"{host} has no address: {error}") from error
        addresses = list(dict.fromkeys(str(item[4][0]) for item in found))
        for address in addresses:
            if not self._allow_private and not is_public(address):
                raise AddressForbiddenError(f"{host} leads to {address}, which is no public address")
        refused: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                refused = error
        raise refused or NameNotResolvedError(f"{host} has no address")


class ConnectTransport(httpx.AsyncBaseTransport):
    """httpx's transport with CheckedBackend, and with `connect_to`: host pattern → `ADDRESS:PORT`.

    A host that matches a pattern (shell style, `*.example`, first match wins) is reached at that address by plain HTTP,
    whatever its scheme and port; the `Host` header and the stored URL stay. The mapping names the address itself, so
    it is allowed. Raises InputError for a mapping that is no `ADDRESS:PORT`, and for a `ca_file` without certificates.
    """

    def __init__(
        self, connect_to: Mapping[str, str], allow_private: bool, http2: bool, ca_file: str | None = None
    ) -> None:
        self._connect_to = {_in_ascii(pattern): _address(value) for pattern, value in connect_to.items()}
        context = _ssl_context(ca_file)
        self._checked = _transport(CheckedBackend(allow_private), http2, context)
        self._mapped = _transport(CheckedBackend(allow_private=True), False, context)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request, to where its host is mapped or to its checked address."""
        for pattern, (address, port) in self._connect_to.items():
            if fnmatch.fnmatchcase(host_of(request.url), pattern):
                there = httpx.Request(
                    request.method,
                    request.url.copy_with(scheme="http", host=address, port=port),
                    headers=request.headers,
                    stream=request.stream,
                    extensions=request.extensions,
                )
                return await self._mapped.handle_async_request(there)
        return await self._checked.handle_async_request(request)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._checked.aclose()
        await self._mapped.aclose()


def host_of(url: httpx.URL) -> str:
    """The host as in the DNS (`xn--…`), in lower case. httpx's own `host` raises where that is no name of words."""
    return url.raw_host.decode("ascii").lower().rstrip(".")


def _in_ascii(pattern: str) -> str:
    labels = pattern.lower().split(".")
    return ".".join(label if label.isascii() else label.encode("idna").decode() for label in labels)


async def leave_if_more_came(response: httpx.Response) -> None:
    """Close the connection of a response that is whole, if the server sent more than the response's length: the next
    answer on the connection would begin with that, and be taken for another page's."""
    # There is no public way from httpx's stream to httpcore's connection and its parser (fixed by httpx<0.29).
    stream = getattr(getattr(response.stream, "_httpcore_stream", None), "_stream", None)
    connection = getattr(stream, "_connection", None)
    if isinstance(connection, httpcore.AsyncHTTP11Connection) and connection._h11_state.trailing_data[0]:
        await connection.aclose()


def _ssl_context(ca_file: str | None) -> ssl.SSLContext:
    context = httpx.create_ssl_context(trust_env=False)
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except OSError as error:
            raise InputError(f"{ca_file} has no certificates that can be read: {error}.") from error
    return context


def _transport(backend: CheckedBackend, http2: bool, context: ssl.SSLContext) -> httpx.AsyncHTTPTransport:
    transport = httpx.AsyncHTTPTransport(verify=context, http2=http2, trust_env=False)
    # httpx has no parameter for the network backend; its pool is httpcore's, which has one (fixed by httpx<0.29).
    transport._pool = httpcore.AsyncConnectionPool(
        ssl_context=context,
        http1=True,
        http2=http2,
        network_backend=backend,
        max_connections=100,
        max_keepalive_connections=20,
        keepalive_expiry=5.0,
    )
    return transport


def _address(value: str) -> tuple[str, int]:
    address, separator, port = value.rpartition(":")
    if not separator or not address or not port.isdigit():
        raise InputError(f"connect_to leads to {value!r}, but wants ADDRESS:PORT.")
    return address.strip("[]"), int(port)
