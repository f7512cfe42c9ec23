"""Language of news and short posts."""

from __future__ import annotations

import pytest

from nlp.language import detect, detect_sentences

CASES = [
    ("Машины стоят", "ru"),
    ("Сырым стоит!! хвост 11 км #граница", "ru"),
    ("Кезек бар", "kk"),
    ("Жүк көп", "kk"),
    ("Жүргізушілер кезекте екі күннен бері тұр", "kk"),
    ("Trucks stuck", "en"),
    ("The queue at Syrym is eight kilometres long", "en"),
    ("Черги на кордоні з Польщею не зменшуються", "uk"),
    ("Жүк ташуучу унаалар чек арада турат", "ky"),
    ("Кыргызстан менен чек арада кезек жок", "ky"),
    ("Очередь на «Құрманғазы» 5 км, стоим сутки", "ru"),
    ("Сырым. Кезек көп, жүргізушілер күтіп тұр. Всё стоит.", "kk"),
    ("Kolejka ciężarówek na granicy wynosi dziś osiem kilometrów", "und"),
    ("عربي نص هنا", "und"),
    ("🚛🚛", "und"),
    ("", "und"),
    ("12:40 — 350", "und"),
    ("https://example.com/queue #очередь_на_границе", "ru"),
]


@pytest.mark.parametrize(("text", "lang"), CASES)
def test_detect(text: str, lang: str) -> None:
    assert detect(text) == lang


def test_mixed_post_sentence_by_sentence() -> None:
    text = "Жүргізушілер кезекте тұр. Водители ждут открытия поста."
    assert [(text[start:end].strip(), lang) for start, end, lang in detect_sentences(text)] == [
        ("Жүргізушілер кезекте тұр.", "kk"),
        ("Водители ждут открытия поста.", "ru"),
    ]


def test_annotated_documents(shared: object) -> None:
    import json
    from pathlib import Path

    lines = (Path(str(shared)) / "claims" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    documents = [json.loads(line) for line in lines]
    wrong = [d["id"] for d in documents if detect(f"{d['title']}\n{d['text']}") != d["lang"]]
    assert wrong == []
