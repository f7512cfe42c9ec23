"""The fetcher: a URL → its bytes, politely, within limits, archived before anybody reads them.

Every look at the web is a row (`Fetch`), those that failed too: a fault is a row with an `error` sentence that begins
with the fault's name (`FAULTS`), never an exception. Each answer on the way (redirects, answers before a retry, the
host's robots.txt) is a row of its own, in `Fetched.trail`.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import ssl
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Literal, Protocol, Self, get_args
from urllib.parse import urljoin

import httpx
import stamina

from ingest.archive import Archive, Exchange, Location, Truncated
from ingest.characters import clean
from ingest.connect import AddressForbiddenError, ConnectTransport, NameNotResolvedError, host_of, leave_if_more_came
from ingest.content_coding import ACCEPTED, CodingError, TooLargeError, decode
from ingest.errors import FetchError, InputError
from ingest.fetch_record import Fetch
from ingest.politeness import HostGate, gate
from ingest.retries import tell_retries
from ingest.robots import PRODUCT, Robots, read_robots
from ingest.version import kezek_version

Fault = Literal[
    "bad_url",
    "name_not_resolved",
    "address_forbidden",
    "connect_failed",
    "connect_timeout",
    "tls_failed",
    "read_timeout",
    "total_timeout",
    "disconnected",
    "protocol_error",
    "too_large",
    "bad_coding",
    "too_many_redirects",
    "bad_redirect",
    "robots_forbidden",
    "robots_unavailable",
    "host_closed",
]
FAULTS: tuple[Fault, ...] = get_args(Fault)
"""The names that `Fetch.error` begins with.

host_closed: the host sent a Retry-After that is longer than the cap, and that time is not over; robots_unavailable: its
robots.txt could not be had, so nothing is read from it for now; too_large: on the wire, or decoded (a compression bomb).
"""

_PASSING: frozenset[Fault] = frozenset(
    {
        "name_not_resolved",
        "connect_failed",
        "connect_timeout",
        "read_timeout",
        "total_timeout",
        "disconnected",
        # HTTP/2 says good-bye with it, and what another answer left on the connection looks like it.
        "protocol_error",
    }
)
_UNREACHABLE: frozenset[Fault] = frozenset(
    {"name_not_resolved", "address_forbidden", "connect_failed", "connect_timeout", "tls_failed", "host_closed"}
)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How the web is read. Times are seconds (`_s`), sizes bytes."""

    contact: str | None = None
    """E-mail or URL in the User-Agent, so that a webmaster can reach whoever runs this."""
    host_delay_s: float = 1.0
    """Least time between the starts of two requests to one host; a Crawl-delay or a source's own may make it longer."""
    host_concurrency: int = 2
    """Most requests to one host at once."""
    connect_timeout_s: float = 10.0
    """For resolving the name, connecting and TLS, each."""
    read_timeout_s: float = 20.0
    """Most time without a byte."""
    total_timeout_s: float = 60.0
    """For one request from connecting to the body's last byte, however steadily it drips."""
    max_wire_bytes: int = 10_000_000
    """Largest body as sent."""
    max_body_bytes: int = 25_000_000
    """Largest body once decoded."""
    max_redirects: int = 5
    attempts: int = 3
    """Most requests for one hop, where the fault is a passing one (a timeout, a reset, 408, 425, 429, 5xx)."""
    backoff_initial_s: float = 1.0
    backoff_max_s: float = 20.0
    backoff_jitter_s: float = 1.0
    """The wait before the n-th retry is initial · 2^(n-1) plus up to the jitter, at most the max."""
    retry_after_cap_s: float = 60.0
    """A Retry-After up to this is waited for; a longer one closes the host to this process until it is over."""
    robots_timeout_s: float = 10.0
    """Total time for one request for robots.txt."""
    robots_unavailable_s: float = 600.0
    """How long a robots.txt that could not be had keeps the host closed before it is asked for again."""
    max_crawl_delay_s: float = 30.0
    """A longer Crawl-delay is taken as this."""
    allow_private_addresses: bool = False
    """Let links reach loopback and private networks. For tests and closed networks; never for the open web."""
    connect_to: Mapping[str, str] = field(default_factory=dict)
    """Host pattern → `ADDRESS:PORT`: these hosts are reached there, by plain HTTP (see ingest.connect)."""
    http2: bool = True
    ca_file: str | None = None
    """Certificates (PEM) to trust besides the well-known ones, for a network with an authority of its own."""

    @property
    def user_agent(self) -> str:
        """What kezek calls itself: name, version and how to reach who runs it."""
        return f"{PRODUCT}/{kezek_version()} (news archive{f'; +{self.contact}' if self.contact else ''})"


@dataclass(frozen=True, slots=True)
class Validators:
    """What makes a request conditional: the ETag and Last-Modified of the copy that is already here.

    `fetched_at` is when that copy was fetched, where known: the archive says so beside an answer of 304.
    """

    etag: str | None = None
    last_modified: str | None = None
    fetched_at: datetime | None = None

    @property
    def headers(self) -> dict[bytes, bytes]:
        """The request's headers. What no header may hold is left out; it can't have come from one."""
        stated = {b"If-None-Match": self.etag, b"If-Modified-Since": self.last_modified}
        values = {name: (value or "").strip() for name, value in stated.items()}
        return {name: value.encode() for name, value in values.items() if value and value.isprintable()}


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of one `get`: its row, and the body where the response is whole (of any status), decoded.

    `trail` holds the rows of everything that was asked on the way, in order; its last is `fetch`. `validators` are the
    response's own, for asking again.
    """

    fetch: Fetch
    body: bytes | None
    trail: tuple[Fetch, ...]
    validators: Validators = Validators()

    @property
    def ok(self) -> bool:
        """True for a whole response that says success."""
        return self.body is not None and self.fetch.error is None and 200 <= (self.fetch.status or 0) < 300

    @property
    def not_modified(self) -> bool:
        """True where the copy that the validators name is still good."""
        return self.fetch.status == 304

    @property
    def gone(self) -> bool:
        """True where the server says that there is no such page (404) or no more (410)."""
        return self.fetch.error is None and self.fetch.status in (404, 410)

    @property
    def fault(self) -> str | None:
        """The name of the fault, one of FAULTS; None where there is none."""
        return self.fetch.error.partition(":")[0] if self.fetch.error else None


class Get(Protocol):
    """What reads a URL for one source."""

    async def __call__(self, url: str, *, validators: Validators | None = None) -> Fetched:
        """What came of it; never an exception because of the web."""
        ...


def fetch_id(run_id: str, url: str, told_apart_by: str) -> str:
    """A stable id of one look at `url` in one run. What tells looks apart is, for the fetcher, time and ordinal."""
    identity = f"{run_id}\n{url}\n{told_apart_by}".encode("utf-8", "surrogatepass")
    return "f" + hashlib.sha256(identity).hexdigest()[:15]


@dataclass(frozen=True, slots=True)
class _Reply:
    """One request's outcome: an exchange (whole or cut), or none; and the fault, if any."""

    url: str
    at: datetime
    exchange: Exchange | None
    location: Location | None
    body: bytes | None
    fault: Fault | None
    reason: str | None

    @property
    def error(self) -> str | None:
        return f"{self.fault}: {_one_line(self.reason or 'nothing more is known')}." if self.fault else None

    @property
    def status(self) -> int | None:
        return self.exchange.status if self.exchange else None

    def header(self, name: str) -> str | None:
        return self.exchange.header(name) if self.exchange else None


@dataclass(frozen=True, slots=True)
class _Question:
    """One request that may be made more than once; `cookies` are those of its `get`."""

    url: httpx.URL
    source_id: str
    validators: Validators
    cookies: httpx.Cookies
    delay_s: float
    total_s: float


class _TryAgainError(FetchError):
    """A passing fault; `wait_s` is what the host asked for, None where it asked for nothing."""

    def __init__(self, reply: _Reply, wait_s: float | None) -> None:
        super().__init__(reply.error or f"HTTP status {reply.status}")
        self.reply = reply
        self.wait_s = wait_s


class _CutError(FetchError):
    """The response can't be had, or not as a whole."""

    def __init__(self, fault: Fault, reason: str, truncated: Truncated = "disconnect") -> None:
        super().__init__(reason)
        self.fault = fault
        self.reason = reason
        self.truncated = truncated


class _Cookies(DefaultCookiePolicy):
    """Takes the cookies that a header may hold; other letters than ASCII could not be sent back."""

    def set_ok(self, cookie: Cookie, request: object) -> bool:
        stated = f"{cookie.name}{cookie.value or ''}"
        return stated.isascii() and stated.isprintable() and super().set_ok(cookie, request)  # type: ignore[arg-type]


class Fetcher:
    """Reads URLs for one run. An async context manager; hosts' limits are shared by all fetchers of the process.

    `now` is the clock of the rows (aware; default: the machine's, in UTC). Raises InputError where the settings can't be
    used: a contact that fits no header, an address without a port, a file without certificates.
    """

    def __init__(
        self,
        archive: Archive,
        settings: FetchSettings,
        run_id: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if not settings.user_agent.isprintable():
            raise InputError(f"The contact {settings.contact!r} has characters that no header can hold.")
        self.archive = archive
        self.settings = settings
        self.run_id = run_id
        self._now = now
        # Forcing a record to the disk takes its time; other requests go on meanwhile.
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="archive")
        self._looks: Counter[str] = Counter()
        self._robots: dict[str, tuple[float, Robots, _Reply | None]] = {}
        self._robots_locks: dict[str, asyncio.Lock] = {}
        # The transport itself, not httpx's client, which follows, keeps and refuses more than is asked of it (it raises
        # on a Location that is no URL, and the answer is lost; it takes and sends cookies, passwords, a proxy's address).
        self._transport = ConnectTransport(
            settings.connect_to, settings.allow_private_addresses, settings.http2, settings.ca_file
        )
        self._headers = {
            b"Accept": b"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
            b"Accept-Encoding": ACCEPTED.encode(),
            b"Connection": b"keep-alive",
            b"User-Agent": settings.user_agent.encode(),
            b"Accept-Language": b"ru,kk;q=0.9,en;q=0.8",
        }
        self._timeouts = httpx.Timeout(
            settings.read_timeout_s, connect=settings.connect_timeout_s, pool=settings.total_timeout_s
        ).as_dict()

    async def __aenter__(self) -> Self:
        tell_retries()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        # What is being written is whole before anybody can close the archive.
        self._writer.shutdown()
        await self._transport.aclose()

    async def get(
        self,
        url: str,
        source_id: str,
        *,
        validators: Validators | None = None,
        robots_override: str | None = None,
        min_delay_s: float | None = None,
    ) -> Fetched:
        """What `url` answers, after redirects and retries. A fault is a row; raises ArchiveError and nothing else.

        `robots_override` is the reason for reading what robots.txt forbids; without one it is obeyed. `min_delay_s` is
        the source's own least time between requests to the host. The rows have `url` without the characters that can't
        be stored.
        """
        trail: list[Fetch] = []
        # No cookie outlives its `get`: every page is read as by somebody who comes for the first time.
        cookies = httpx.Cookies(CookieJar(_Cookies()))
        current = url
        for _ in range(self.settings.max_redirects + 1):
            # A reason to read one host in spite of its robots.txt is none for the host that it redirects to.
            override = robots_override if robots_override and _host(current) == _host(url) else None
            reply = await self._hop(current, source_id, validators, cookies, override, min_delay_s or 0.0, trail)
            location = reply.header("Location") or ""
            following = _join(current, location) if reply.status in _REDIRECTS else None
            if following is None:
                if reply.status in _REDIRECTS and not reply.fault:
                    reason = f"{current[:200]} redirects to {location[:200]!r}, which is no URL"
                    reply = _with_fault(reply, "bad_redirect", reason)
                return self._fetched(url, source_id, reply, trail)
            # Nobody reads the body of a redirect: one that is broken is a row, and the redirect is followed all the same.
            trail.append(self._row(current, reply.url, source_id, reply))
            current = following
            if validators:
                # A date says little of another address, whose page may always have been older.
                validators = replace(validators, last_modified=None)
        # The last hop's row is on the trail already, as an answer of its own: this one says that nothing came of it.
        reason = f"{url[:200]} was redirected more than {self.settings.max_redirects} times, at last to {current[:200]}"
        return self._fetched(url, source_id, self._refuse(current, "too_many_redirects", reason, source_id), trail)

    async def _hop(
        self,
        url: str,
        source_id: str,
        validators: Validators | None,
        cookies: httpx.Cookies,
        robots_override: str | None,
        delay_s: float,
        trail: list[Fetch],
    ) -> _Reply:
        """One URL without its redirects; the rows of robots.txt and of answers before a retry go to `trail`."""
        try:
            parsed = _parsed(url)
        except _CutError as error:
            return self._refuse(url, error.fault, error.reason, source_id)
        door = gate(host_of(parsed), self.settings.host_concurrency)
        delay = max(self.settings.host_delay_s, delay_s)
        if not robots_override:
            robots, unreachable = await self._robots_of(parsed, source_id, door, delay, trail)
            if unreachable is not None:
                return self._refuse(url, unreachable.fault or "robots_unavailable", unreachable.reason or "", source_id)
            if refusal := robots.refusal(str(parsed)):
                name, _, reason = refusal.partition(": ")
                fault: Fault = "robots_unavailable" if name == "robots_unavailable" else "robots_forbidden"
                return self._refuse(url, fault, reason.rstrip("."), source_id)
            delay = max(delay, min(robots.delay_s, self.settings.max_crawl_delay_s))
        question = _Question(
            parsed, source_id, validators or Validators(), cookies, delay, self.settings.total_timeout_s
        )
        return await self._ask_again(question, door, url, trail)

    async def _ask_again(self, question: _Question, door: HostGate, url: str, trail: list[Fetch]) -> _Reply:
        """The answer, where the fault is a passing one after some more tries, whose rows (of `url`) go to `trail`."""
        settings = self.settings
        reply: _Reply | None = None
        attempts = stamina.retry_context(
            on=self._backoff,
            attempts=settings.attempts,
            timeout=None,
            wait_initial=settings.backoff_initial_s,
            wait_max=settings.backoff_max_s,
            wait_jitter=settings.backoff_jitter_s,
        )
        try:
            async for attempt in attempts:
                with attempt:
                    if reply is not None:
                        trail.append(self._row(url, reply.url, question.source_id, reply))
                    reply = await self._ask(question, door)
                    if reply.status in _REDIRECTS:
                        return reply
                    if reply.fault in _PASSING or (reply.fault is None and is_passing(reply.status)):
                        raise _TryAgainError(reply, self._asked_to_wait(reply, door))
                    return reply
        except _TryAgainError as error:
            return error.reply
        raise AssertionError("stamina ends with a result or an exception")

    def _backoff(self, error: Exception) -> bool | float:
        """stamina's hook: whether to try again, and after how many seconds where the host has said so."""
        if not isinstance(error, _TryAgainError):
            return False
        if error.wait_s is None:
            return True
        if error.wait_s > self.settings.retry_after_cap_s:
            return False
        return error.wait_s + random.uniform(0, self.settings.backoff_jitter_s)

    def _asked_to_wait(self, reply: _Reply, door: HostGate) -> float | None:
        """The response's Retry-After in seconds; the whole host waits for it, not only this URL."""
        wait_s = retry_after_s(reply.header("Retry-After"), datetime.now(UTC))
        if wait_s is None:
            return None
        if wait_s > self.settings.retry_after_cap_s:
            door.close_for(wait_s)
        else:
            door.hold_for(wait_s)
        return wait_s

    async def _robots_of(
        self, url: httpx.URL, source_id: str, door: HostGate, delay_s: float, trail: list[Fetch]
    ) -> tuple[Robots, _Reply | None]:
        """The host's robots.txt; and where no connection came about at all, the reply that says so."""
        origin = str(url.copy_with(raw_path=b"/")).rstrip("/")
        lock = self._robots_locks.setdefault(origin, asyncio.Lock())
        loop = asyncio.get_running_loop()
        async with lock:
            if origin in self._robots and self._robots[origin][0] > loop.time():
                return self._robots[origin][1:]
            address = f"{origin}/robots.txt"
            current = httpx.URL(address)
            cookies = httpx.Cookies(CookieJar(_Cookies()))
            for _ in range(self.settings.max_redirects + 1):
                question = _Question(current, source_id, Validators(), cookies, delay_s, self.settings.robots_timeout_s)
                reply = await self._ask_again(question, door, address, trail)
                trail.append(self._row(address, reply.url, source_id, reply))
                following = _join(str(current), reply.header("Location") or "")
                if reply.status not in _REDIRECTS or following is None:
                    break
                try:
                    current = _parsed(following)
                except _CutError as error:
                    reply = self._refuse(following, error.fault, error.reason, source_id)
                    trail.append(self._row(address, reply.url, source_id, reply))
                    break
                door = gate(host_of(current), self.settings.host_concurrency)
            robots = read_robots(reply.status, reply.body, reply.reason)
            lasts = self.settings.robots_unavailable_s if robots.unavailable else 86_400.0
            unreachable = reply if reply.fault in _UNREACHABLE and host_of(current) == host_of(url) else None
            self._robots[origin] = (loop.time() + lasts, robots, unreachable)
            return robots, unreachable

    async def _ask(self, question: _Question, door: HostGate) -> _Reply:
        """One request, in its turn; what came, whole or cut, is in the archive when this returns."""
        url, source_id, total_s = question.url, question.source_id, question.total_s
        if closed_s := door.closed_for_s():
            reason = f"{host_of(url)} has asked not to be visited for {closed_s:.0f} more seconds"
            return self._refuse(str(url), "host_closed", reason, source_id)
        async with door.turn(question.delay_s):
            at = self._now()
            request = httpx.Request(
                "GET",
                url,
                headers={b"Host": url.netloc, **self._headers, **question.validators.headers},
                cookies=question.cookies,
                extensions={"timeout": self._timeouts},
            )
            response: httpx.Response | None = None
            raw = bytearray()
            body: bytes | None = None
            cut: _CutError | None = None
            whole = False
            try:
                async with asyncio.timeout(total_s):
                    response = await self._send(request)
                    try:
                        if response.status_code in _REDIRECTS:
                            question.cookies.extract_cookies(response)
                        await self._read(response, raw)
                    finally:
                        await response.aclose()
                whole = True
                body = decode(bytes(raw), response.headers.get("Content-Encoding"), self.settings.max_body_bytes)
            except TooLargeError as error:
                cut = _CutError("too_large", str(error).rstrip("."))
            except CodingError as error:
                cut = _CutError("bad_coding", str(error).rstrip("."))
            except _CutError as error:
                cut = error
            except TimeoutError:
                cut = _CutError("total_timeout", f"the response was not whole after {total_s:g} s", "time")
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                cut = _explain(error, host_of(url), self.settings)
        if response is None:
            assert cut is not None
            return self._refuse(str(url), cut.fault, cut.reason, source_id, at)
        exchange = _exchange(
            url,
            at,
            request,
            response,
            bytes(raw),
            truncated=cut.truncated if cut and not whole else None,
            unchanged_since=question.validators.fetched_at if response.status_code == 304 else None,
        )
        location = await asyncio.get_running_loop().run_in_executor(
            self._writer, self.archive.write, exchange, self.run_id, source_id
        )
        reply = _Reply(str(url), at, exchange, location, body, None, None)
        return _with_fault(reply, cut.fault, cut.reason) if cut else reply

    async def _send(self, request: httpx.Request) -> httpx.Response:
        """The response as far as its headers."""
        try:
            response = await self._transport.handle_async_request(request)
        except ValueError as error:  # httpcore's, for an HTTP/2 status that is no number
            raise _CutError("protocol_error", f"the answer can't be understood ({error})") from error
        response.request = request
        return response

    async def _read(self, response: httpx.Response, raw: bytearray) -> None:
        if not 100 <= response.status_code <= 999:
            raise _CutError("protocol_error", f"{response.status_code} is no HTTP status")
        limit = self.settings.max_wire_bytes
        declared = response.headers.get("Content-Length", "")
        # int() refuses more than 4300 digits; so many are too many bytes in any case.
        if declared.isascii() and declared.isdigit() and (len(declared) > 20 or int(declared) > limit):
            raise _CutError(
                "too_large", f"the response announces {declared} bytes, more than the limit of {limit}", "length"
            )
        assert isinstance(response.stream, httpx.AsyncByteStream)
        async for chunk in response.stream:
            raw += chunk
            if len(raw) > limit:
                raise _CutError("too_large", f"the response passes the limit of {limit} bytes", "length")
        await leave_if_more_came(response)

    def _refuse(self, url: str, fault: Fault, reason: str, source_id: str, at: datetime | None = None) -> _Reply:
        """No response: the archive says why."""
        reply = _Reply(clean(url), at or self._now(), None, None, None, fault, reason)
        self.archive.write_error(reply.url, reply.at, reply.error or fault, self.run_id, source_id)
        return reply

    def _row(self, url: str, final_url: str, source_id: str, reply: _Reply) -> Fetch:
        url = clean(url)
        self._looks[url] += 1
        told_apart_by = f"{reply.at.isoformat()} {self._looks[url]}"
        return Fetch(
            fetch_id=fetch_id(self.run_id, url, told_apart_by),
            run_id=self.run_id,
            source_id=source_id,
            url=url,
            final_url=final_url,
            fetched_at=reply.at,
            status=reply.status,
            content_type=_stated(reply, "Content-Type"),
            bytes=len(reply.body) if reply.body is not None else len(reply.exchange.body) if reply.exchange else 0,
            # An answer of 304 has no body of its own, not an empty one.
            sha256=hashlib.sha256(reply.body).hexdigest() if reply.body is not None and reply.status != 304 else None,
            warc_file=reply.location.warc_file if reply.location else None,
            warc_offset=reply.location.warc_offset if reply.location else None,
            error=reply.error,
            etag=_stated(reply, "ETag"),
            last_modified=_stated(reply, "Last-Modified"),
        )

    def _fetched(self, url: str, source_id: str, reply: _Reply, trail: list[Fetch]) -> Fetched:
        row = self._row(url, reply.url, source_id, reply)
        return Fetched(
            fetch=row,
            body=reply.body if reply.fault is None else None,
            trail=(*trail, row),
            validators=Validators(row.etag, row.last_modified, row.fetched_at),
        )


def is_passing(status: int | None) -> bool:
    """Whether another try may meet another status: 408, 425, 429, and all that say that the server is at fault."""
    return status in (408, 425, 429) or 500 <= (status or 0) <= 599


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for, in either form (RFC 9110, 10.2.3); None for none or nonsense."""
    if not value:
        return None
    seconds = value.strip()
    if seconds.isascii() and seconds.isdigit():
        return float(seconds)
    try:
        when = parsedate_to_datetime(value)
        return max(0.0, ((when if when.tzinfo else when.replace(tzinfo=UTC)) - now).total_seconds())
    except (ValueError, OverflowError):
        return None


def _with_fault(reply: _Reply, fault: Fault, reason: str) -> _Reply:
    return _Reply(reply.url, reply.at, reply.exchange, reply.location, reply.body, fault, reason)


def _host(url: str) -> str | None:
    try:
        return host_of(httpx.URL(url))
    except (httpx.InvalidURL, ValueError):
        return None


def _parsed(url: str) -> httpx.URL:
    """The URL without its fragment, which is for readers only. Raises _CutError where nobody can or may ask for it."""
    try:
        parsed = httpx.URL(url).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise _CutError("bad_url", f"{url[:200]!r} is no URL ({error})") from error
    if parsed.scheme not in ("http", "https") or not parsed.raw_host or (parsed.port or 0) > 65_535:
        raise _CutError("bad_url", f"{url[:200]!r} is no http or https URL")
    if parsed.userinfo:
        raise _CutError("bad_url", "the URL has a user name or password in it")
    return parsed


def _join(base: str, location: str) -> str | None:
    try:
        return str(httpx.URL(urljoin(base, location.strip()))) if location else None
    except (httpx.InvalidURL, ValueError):
        return None


def _explain(error: httpx.HTTPError | httpx.InvalidURL, host: str, settings: FetchSettings) -> _CutError:
    """The fault behind httpx's exception, most specific first."""
    cause = error.__cause__
    text = _one_line(str(error) or type(error).__name__)
    if isinstance(cause, AddressForbiddenError):
        return _CutError("address_forbidden", text)
    if isinstance(cause, NameNotResolvedError):
        return _CutError("name_not_resolved", text)
    if isinstance(error, httpx.ConnectTimeout):
        return _CutError("connect_timeout", f"no connection to {host} within {settings.connect_timeout_s:g} s", "time")
    if isinstance(error, httpx.ConnectError):
        tls = isinstance(cause and cause.__cause__, ssl.SSLError) or "SSL" in text or "CERTIFICATE" in text
        return _CutError("tls_failed" if tls else "connect_failed", f"no connection to {host} ({text})")
    if isinstance(error, httpx.TimeoutException):
        return _CutError("read_timeout", f"{host} sent nothing for {settings.read_timeout_s:g} s", "time")
    if isinstance(error, httpx.NetworkError) or "without sending" in text or "disconnected" in text:
        return _CutError("disconnected", f"{host} closed the connection ({text})")
    if isinstance(error, (httpx.UnsupportedProtocol, httpx.InvalidURL)):
        return _CutError("bad_url", text)
    return _CutError("protocol_error", f"{host} does not speak HTTP as it should ({text})")


def _exchange(
    url: httpx.URL,
    at: datetime,
    request: httpx.Request,
    response: httpx.Response,
    raw: bytes,
    truncated: Truncated | None,
    unchanged_since: datetime | None,
) -> Exchange:
    stream = response.extensions.get("network_stream")
    peer = stream.get_extra_info("server_addr") if stream is not None else None
    return Exchange(
        url=str(url),
        at=at,
        status=response.status_code,
        reason=response.reason_phrase,
        headers=_headers(response.headers),
        body=raw,
        request_target=url.raw_path.decode("ascii"),
        request_headers=_headers(request.headers),
        address=str(peer[0]) if peer else None,
        protocol=response.http_version,
        truncated=truncated,
        unchanged_since=unchanged_since,
    )


def _stated(reply: _Reply, name: str) -> str | None:
    """A header as it can be stored."""
    value = reply.header(name)
    return clean(value) if value is not None else None


def _one_line(text: str) -> str:
    """Words that a server may have chosen, fit for the end of a sentence."""
    text = " ".join(clean(text).split())
    return (text if len(text) <= 400 else f"{text[:400]}…").rstrip(".")


def _headers(headers: httpx.Headers) -> tuple[tuple[str, str], ...]:
    return tuple((_text(name), _text(value)) for name, value in headers.raw)


def _text(value: bytes) -> str:
    # Header values are Latin-1 by the book, but sites that write Cyrillic into a Location do so in UTF-8.
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
