"""Bytes to text: what is declared is checked against the bytes."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.charset import decode

RUSSIAN = (
    "<html><head>{meta}</head><body><p>На границе с Казахстаном стоят фуры. Водители говорят, что проверяют каждую машину, "
    "а в таможне отвечают: «Замедления нет».</p><p>Очередь у поста «Маштаково» — 300 грузовиков.</p></body></html>"
)
ENCODINGS = ("cp1251", "koi8-r", "iso8859-5", "cp866")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("declared", ["", "utf-8", "iso-8859-1", "right"])
@pytest.mark.parametrize("place", ["meta", "header"])
def test_a_wrong_or_missing_declaration_is_overruled(encoding: str, declared: str, place: str) -> None:
    charset = encoding if declared == "right" else declared
    meta = f'<meta charset="{charset}">' if charset and place == "meta" else ""
    header = f"text/html; charset={charset}" if charset and place == "header" else None
    page = RUSSIAN.format(meta=meta)
    if encoding in ("koi8-r", "iso8859-5", "cp866"):
        page = page.replace("«", '"').replace("»", '"').replace("—", "-")
    decoded = decode(page.encode(encoding), header)
    assert decoded.text == page
    assert decoded.encoding == encoding


def test_valid_utf8_is_utf8_whatever_is_declared() -> None:
    page = RUSSIAN.format(meta='<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">')
    assert decode(page.encode(), "text/html; charset=koi8-r").text == page


def test_kazakh_letters_survive() -> None:
    page = (
        "<p>Шекарада жүк көліктері кезекте тұр: әр көлік қайта тексеріледі, деді қызметкер. Ұзындығы — 5 шақырым.</p>"
    )
    assert decode(page.encode(), "text/html; charset=windows-1251").text == page


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_decides(encoding: str) -> None:
    assert decode("<p>Очередь</p>".encode(encoding), "text/html; charset=windows-1251").text == "<p>Очередь</p>"


def test_a_cut_letter_does_not_make_a_page_another_encoding() -> None:
    page = RUSSIAN.format(meta="").encode()
    decoded = decode(page[: page.rindex("в".encode()) + 1])
    assert decoded.encoding == "utf-8"
    assert "Казахстаном" in decoded.text


def test_german_in_latin_1_is_no_cyrillic() -> None:
    page = "<p>Die Straße über die Grenze ist für Lkw gesperrt, heißt es. Die Fahrer müssen länger warten.</p>"
    assert decode(page.encode("cp1252"), "text/html; charset=iso-8859-1").text == page


@given(st.binary(max_size=400), st.one_of(st.none(), st.text(max_size=40)))
def test_no_bytes_fail(body: bytes, header: str | None) -> None:
    assert isinstance(decode(body, header).text, str)


def _cyrillic_pages(articles: Path) -> list[bytes]:
    rows = [json.loads(line) for line in (articles / "manifest.jsonl").read_text("utf-8").splitlines()]
    return [gzip.decompress((articles / row["file"]).read_bytes()) for row in rows if row["lang"] in ("ru", "uk")]
