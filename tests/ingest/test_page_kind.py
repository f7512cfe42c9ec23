"""Whose reader takes a response."""

import pytest

from ingest.page_kind import page_kind

AT = "https://outlet.example/"


@pytest.mark.parametrize(
    ("body", "url", "kind"),
    [
        (b"<html>", "https://t.me/s/kpp", "channel"),
        (b"<html>", AT, "article"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a <rss> -->\n<html>", AT, "article"),
        (b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "b">]><rss>', AT, "feed"),
        (b"<rdf:RDF xmlns=''>", AT, "feed"),
        ("<?xml version='1.0'?><feed>".encode("utf-16"), AT, "feed"),
        (b'\xef\xbb\xbf {"version": "https:\\/\\/jsonfeed.org\\/version\\/1.1", "items": []}', AT, "feed"),
        (b'{"items": []}', AT, "article"),
        (b"<sitemapindex>", AT, "sitemap"),
        (b"<ns0:urlset>", AT, "sitemap"),
        (b"", AT, "article"),
    ],
)
def test_what_a_response_is(body: bytes, url: str, kind: str) -> None:
    assert page_kind(body, url) == kind
    assert page_kind(body, url.replace("t.me", "telegram.dog"), channel_host="telegram.dog") == kind
