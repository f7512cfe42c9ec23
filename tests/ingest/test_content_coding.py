"""What was wrapped is unwrapped to the same bytes, or refused by name; never more than the limit."""

from __future__ import annotations

import gzip
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.content_coding import CodingError, TooLargeError, decode


def bare(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


@given(st.binary())
def test_each_coding_comes_off(body: bytes) -> None:
    assert decode(gzip.compress(body), "gzip") == body
    assert decode(gzip.compress(body), " X-GZIP ") == body
    assert decode(zlib.compress(body), "deflate") == body
    assert decode(bare(body), "deflate") == body
    assert decode(gzip.compress(zlib.compress(body)), "deflate, gzip") == body
    assert decode(body, None) == decode(body, "identity") == body


@given(st.binary(), st.binary())
def test_gzip_may_be_several_members_and_have_padding(one: bytes, two: bytes) -> None:
    assert decode(gzip.compress(one) + gzip.compress(two) + b"\0\0", "gzip") == one + two


@given(st.binary(), st.sampled_from(["gzip", "deflate"]))
def test_noise_is_a_coding_error_or_a_body(noise: bytes, coding: str) -> None:
    try:
        decode(noise, coding, limit=1000)
    except (CodingError, TooLargeError) as error:
        assert str(error).endswith(".")


@pytest.mark.parametrize("cut", [1, 5, 12])
def test_a_body_cut_short_is_a_coding_error(cut: int) -> None:
    with pytest.raises(CodingError, match="cut short"):
        decode(gzip.compress(b"x" * 1000)[:-cut], "gzip")


def test_nothing_passes_the_limit() -> None:
    body = bytes(1_000_000)
    assert decode(gzip.compress(body), "gzip", limit=1_000_000) == body
    for raw, coding in [
        (gzip.compress(body), "gzip"),
        (zlib.compress(body), "deflate"),
        (gzip.compress(gzip.compress(body)), "gzip, gzip"),
        (gzip.compress(body[:500_000]) * 2, "gzip"),
        (body, None),
    ]:
        with pytest.raises(TooLargeError):
            decode(raw, coding, limit=999_999)


def test_codings_made_to_be_slow_are_refused_or_quick() -> None:
    begun = time.process_time()
    assert decode(gzip.compress(b"") * 100_000, "gzip", limit=1000) == b""
    with pytest.raises(TooLargeError):
        decode(gzip.compress(b"x") * 100_000, "gzip", limit=1000)
    with pytest.raises(CodingError, match="9000 content codings"):
        decode(b"", ",".join(["gzip"] * 9000))
    assert time.process_time() - begun < 3


def test_a_coding_that_was_not_asked_for() -> None:
    with pytest.raises(CodingError, match="'br' was not asked for"):
        decode(b"x", "br")
