"""HTTP/2 over TLS with a certificate that is trusted, and what happens with one that is not."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hpack import Encoder
from hyperframe.frame import ContinuationFrame, DataFrame, GoAwayFrame, HeadersFrame, RstStreamFrame
from warcio.archiveiterator import ArchiveIterator

from ingest.archive import Archive
from ingest.errors import InputError
from ingest.fetch import Fetched, Fetcher, FetchSettings

PAGE = "<p>Очередь</p>".encode()


def make_certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate_file, key_file


def headers(*fields: tuple[str, str], stream: int = 1, last: bool = True) -> bytes:
    frame = HeadersFrame(stream, flags=["END_HEADERS", *(["END_STREAM"] if last else [])])
    frame.data = Encoder().encode(list(fields))
    return bytes(frame.serialize())


def data(body: bytes, stream: int = 1, last: bool = False) -> bytes:
    return bytes(DataFrame(stream, body, flags=["END_STREAM"] if last else []).serialize())


OK = (":status", "200")
FRAMES = {
    "/status-abc": (headers((":status", "abc")), "protocol_error"),
    "/status-empty": (headers((":status", "")), "protocol_error"),
    "/status-99999": (headers((":status", "99999")), "protocol_error"),
    "/status-negative": (headers((":status", "-1")), "protocol_error"),
    "/header-with-line-break": (headers(OK, ("x", "a\r\n\r\nb\0")), None),
    "/length-too-long": (headers(OK, ("content-length", "9"), last=False) + data(b"x", last=True), "protocol_error"),
    "/length-too-short": (headers(OK, ("content-length", "1"), last=False) + data(b"xyz", last=True), "protocol_error"),
    "/reset": (RstStreamFrame(1, error_code=2).serialize(), "protocol_error"),
    "/reset-mid-body": (headers(OK, last=False) + data(b"x") + RstStreamFrame(1, error_code=2).serialize(), "protocol_error"),
    "/good-bye": (GoAwayFrame(0, last_stream_id=0).serialize(), "protocol_error"),
    "/other-stream": (headers(OK, stream=7), "protocol_error"),
    "/body-first": (data(b"x"), "protocol_error"),
    "/early-hints": (headers((":status", "103"), last=False) * 1000, "read_timeout"),
    "/many-headers": (
        headers(OK, last=False).replace(b"\x05", b"\x01", 1) + ContinuationFrame(1, b"\0\1a\1b").serialize() * 2000,
        "protocol_error",
    ),
    "/empty-frames": (headers(OK, last=False) + data(b"") * 2000, "read_timeout"),
    "/huge": (headers(OK, last=False) + data(bytes(16_000)) * 3, "too_large"),
    "/noise": (bytes(range(255, 0, -1)) * 4, "read_timeout"),
}  # fmt: skip


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
    connection.initiate_connection()
    writer.write(connection.data_to_send())
    with contextlib.suppress(ConnectionError, h2.exceptions.ProtocolError):
        while received := await reader.read(65_536):
            for event in connection.receive_data(received):
                if isinstance(event, h2.events.RequestReceived):
                    path = dict(event.headers or [])[b":path"].decode()
                    if path in FRAMES:
                        writer.write(FRAMES[path][0])
                        continue
                    status = "404" if path == "/robots.txt" else "200"
                    connection.send_headers(event.stream_id, [(":status", status), ("content-type", "text/html")])
                    connection.send_data(event.stream_id, PAGE, end_stream=True)
            writer.write(connection.data_to_send())
    writer.close()


async def stop(server: asyncio.Server) -> None:
    server.close()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def http2_server(certificate: Path, key: Path) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.set_alpn_protocols(["h2"])
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    start = asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    server = asyncio.run_coroutine_threadsafe(start, loop).result(5)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(stop(server), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


def get(archive: Archive, settings: FetchSettings, url: str) -> Fetched:
    async def run() -> Fetched:
        async with Fetcher(archive, settings, "run") as fetcher:
            return await fetcher.get(url, "source")

    return asyncio.run(run())


def test_http2_and_its_certificate(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    trusting = FetchSettings(host_delay_s=0, attempts=1, allow_private_addresses=True, ca_file=str(certificate))
    strict = FetchSettings(host_delay_s=0, attempts=1, allow_private_addresses=True)
    with http2_server(certificate, key) as port, Archive(tmp_path / "archive") as archive:
        fetched = get(archive, trusting, f"https://127.0.0.1:{port}/page")
        refused = get(archive, strict, f"https://127.0.0.1:{port}/page")
    assert fetched.ok and fetched.body == PAGE
    assert refused.fault == "tls_failed" and refused.fetch.status is None
    row = fetched.fetch
    assert row.warc_file is not None and row.warc_offset is not None
    assert archive.read(row.warc_file, row.warc_offset, row.sha256) == PAGE
    with (tmp_path / "archive" / row.warc_file).open("rb") as file:
        protocols = [
            r.rec_headers.get_header("WARC-Protocol") for r in ArchiveIterator(file) if r.rec_type == "response"
        ]
    assert protocols == ["h2", "h2"]


def test_faulty_frames_are_rows_and_the_next_page_is_read(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    quick = FetchSettings(
        host_delay_s=0, attempts=1, read_timeout_s=0.3, total_timeout_s=0.6, max_wire_bytes=20_000,
        allow_private_addresses=True, ca_file=str(certificate),
    )  # fmt: skip

    async def read(port: int) -> dict[str, str | None]:
        faults: dict[str, str | None] = {}
        for path in FRAMES:
            # A connection of its own: the frames are those of its first stream.
            async with Fetcher(archive, quick, "run") as fetcher:
                url = f"https://127.0.0.1:{port}"
                fetched = await fetcher.get(url + path, "source", robots_override="x" * 12)
                faults[path] = fetched.fault
                row = fetched.fetch
                if row.warc_file is not None and row.warc_offset is not None and row.sha256 is not None:
                    archive.read(row.warc_file, row.warc_offset, row.sha256)
                assert (await fetcher.get(f"{url}/page", "source", robots_override="x" * 12)).ok
        return faults

    with http2_server(certificate, key) as port, Archive(tmp_path / "archive") as archive:
        faults = asyncio.run(read(port))
    assert faults == {path: fault for path, (_, fault) in FRAMES.items()}


def test_a_file_without_certificates_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("no")
    for name in ("no.pem", "none.pem"):
        with pytest.raises(InputError, match="no certificates"):
            Fetcher(Archive(tmp_path), FetchSettings(ca_file=str(tmp_path / name)), "run")
