"""Language of news and short posts."""

from __future__ import annotations

import random

import pytest

from nlp.function_words import CYRILLIC, KAZAKH, RUSSIAN
from nlp.language import detect

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
    ("Kolejka ciężarówek na granicy wynosi dziś osiem kilometrów", "pl"),
    ("عربي نص هنا", "und"),
    ("🚛🚛", "und"),
    ("", "und"),
    ("12:40 — 350", "und"),
    ("https://example.com/queue #очередь_на_границе", "ru"),
]
SHORT = [
    ("🚛 Сырым хвост 5 км 😡", "ru"),
    ("Стоим 🙏 #Сырым #кордон", "ru"),
    ("#Сырым #кезек #шекара", "kk"),
    ("Көлік жоқ", "kk"),
    ("Сырым — 200 көлік 🚛", "kk"),
    ("No queue today", "en"),
    ("Border closed 🚧", "en"),
    ("#Syrym #queue #trucks", "en"),
    ("Хвост", "ru"),
    ("👍👍👍 5/5", "und"),
    ("@someone https://t.me/x/1", "und"),
    ("Qazaqstan", "kk"),
    ("Jük kölikteri", "kk"),
    ("Stau an der Grenze", "de"),
    ("Sınır kapalı", "tr"),
]
OTHERS = {
    "de": [
        "Hunderte Lastwagen stehen seit Tagen an der Grenze zwischen Kasachstan und Russland.",
        "Die Fahrer warten auf die Zollabfertigung, und niemand sagt ihnen, wie lange es noch dauert.",
        "Das Ministerium hat die Vorwurfe nicht kommentiert und verweist auf die Behorden in Moskau.",
    ],
    "fr": [
        "Des centaines de camions attendent depuis plusieurs jours à la frontière avec la Russie.",
        "Les chauffeurs ne savent pas quand la douane va rouvrir le poste, selon le ministère.",
    ],
    "es": ["Cientos de camiones esperan en la frontera entre Kazajistán y Rusia desde el lunes por la noche."],
    "it": ["Centinaia di camion sono fermi al confine tra Kazakistan e Russia, dicono gli autisti della zona."],
    "pl": ["Setki ciężarówek stoją w kolejce na granicy, a kierowcy czekają już trzeci dzień na odprawę."],
    "tr": [
        "Kazakistan ile Rusya arasındaki sınırda yüzlerce kamyon üç gündür bekliyor.",
        "Sofor dernegi gumruk icin daha fazla personel istiyor ve bu durum cok zor diyor.",
        "Yuk araclari sinirda bekliyor, soforler bu durumdan cok sikayetci ve bir cozum istiyor.",
    ],
    "uz": [
        "Chegarada yuk mashinalari navbati besh kilometrga yetdi va haydovchilar yordam so'ramoqda.",
        "Qozog'iston bilan Rossiya chegarasida yuzlab yuk mashinalari uch kundan beri turibdi.",
        "Чегарада юк машиналари навбати беш километрга етди, ҳайдовчилар ёрдам сўрамоқда.",
    ],
    "az": ["Sərhəddə yüzlərlə yük maşını növbədə gözləyir və sürücülər kömək istəyirlər."],
    "uk": [
        "Водії кажуть, що черга на кордоні зростає щодня, а митниця працює повільно.",
        "Вантажівки стоять третю добу, води немає, і ніхто нічого не пояснює.",
    ],
    "be": ["Чаргі грузавікоў на мяжы не змяншаюцца, кіроўцы чакаюць ужо трэці дзень і просяць дапамогі."],
    "ky": [
        "Чек арада жүк ташуучу унаалардын кезеги беш чакырымга жетти, айдоочулар жардам сурап жатышат.",
        "Бажы кызматы кезек эртең азаят деп билдирди, бирок айдоочулар ишенбей жатат.",
    ],
    "tt": ["Чиктә йөк машиналары чираты биш километрга җитте, йөртүчеләр инде өч көн көтә."],
    "ba": ["Сиктә йөк машиналары сираты биш саҡрымға етте, водителдәр инде өс көн көтә, тип хәбәр иттеләр."],
    "tg": ["Дар сарҳад садҳо мошини боркаш се рӯз боз меистанд, ронандагон аз ҳукумат ёрӣ мепурсанд."],
    "bg": ["Стотици камиони чакат на границата, а шофьорите казват, че опашката ще расте и през нощта."],
    "sr": ["Стотине камиона чека на граници, а возачи кажу да царина ради споро и да нема довољно људи."],
    "mn": ["Хилийн боомт дээр олон зуун ачааны машин гурав хоног хүлээж байна гэж жолооч нар хэлэв."],
}
NOT_OTHERS = [
    ("Атырау облысына қойылған уақытша шектеу алынды.", "kk"),
    ("Облыста алдағы уақытта алты индустриалды аумақ ашу жоспарланған.", "kk"),
    ("Өткен аптада әуекомпания бес жүз мыңыншы жолаушысын тасымалдады.", "kk"),
    ("Бекетте он күн болды деп отыр.", "kk"),
    ("По договору между двумя странами о нефтепроводе от прошлого года груз идёт по графику.", "ru"),
    ("Однако между постами возникает пограничная зона, которая переходит в город.", "ru"),
    ("Да не было там за весь год такого, или не видел никто.", "ru"),
]
"""Kazakh without the letters that only Kazakh has, Russian without ы and э."""
LATIN_KAZAKH = [
    "Serik Jumanğarin Syrym beketinde jük kölikteriniñ kezegi azaidy dep mälimdedi.",
    "Qazaqstan men Resei şekarasynda jüzdegen jük köligi kezekte tūr.",
    "Qazaqstan men Resey shekarasynda zhuk kolikterinin kezegi 5 shaqyrymga zhetti.",
    "Kezek köp, jürgizuşiler üş künnen beri kütip jatyr.",
    "Keden qyzmeti kezektiñ sebebin tüsindirdi, bıraq jürgizuşiler kelispeidi.",
    "Shekarada 200 júk kóligi kezekte tur, dep habarlady Memlekettik kirister komiteti.",
]
NOT_RUSSIAN = [
    "Segodnya na granitse opyat ochered, stoim uzhe tretiy den, vody net",
    "Privet rebyata, kto stoit na Syryme, skolko mashin seychas?",
]
ENGLISH = [
    "Hundreds of trucks have been stuck at the border for days, drivers say.",
    "Kazakhstan, Russia agree to speed up checks of trucks",
    "Deputy Prime Minister Serık Jūmanğarin said the queue at Jaisañ had gone.",
    "Syrym: 300 trucks, 11 km. Is anyone moving?",
    "Die-hard drivers wait in line, and so do the rest of us.",
]

ONE_WORD_TELLS = [
    ("800 фур на Сырыме.", "ru"),
    ("800 trucks at Syrym.", "en"),
    ("Сырымда 800 жүк көлігі тұр.", "kk"),
    ("Караузек: 40 машин на въезд", "ru"),
    ("Жайсан - 120 авто, Сырым - 90 авто за сутки", "ru"),
    ("Russia tightens border checks, Kazakh trucks stuck", "en"),
    ("Астана мен Алматы", "kk"),
    ("Таскалада пойыз бар", "kk"),
]
MIXED = [
    (
        "Serik Zhumangarin blamed Russia's migration rules, Reuters reports.{}Серик Жумангарин связал задержки с "
        "миграционными правилами России.{}800 trucks at Syrym.{}800 фур на Сырыме.",
        {"ru", "en"},
    ),
    (
        "Serik Zhumangarin, Sergei Sobyanin, Kassym-Jomart Tokayev, Astana, Almaty.{}Водители стоят на границе третьи сутки.{}",
        {"ru"},
    ),
    (
        "Die Fahrer warten auf die Zollabfertigung, und niemand sagt ihnen, wie lange es noch dauert, sagt der Mann.{}"
        "Водители стоят на границе уже третьи сутки, воды нет.{}",
        {"ru"},
    ),
    (
        "Водії кажуть, що черга на кордоні зростає щодня, а митниця працює повільно, і ніхто нічого не пояснює.{}"
        "The drivers say that the queue is caused by new checks of Russian customs.{}",
        {"en"},
    ),
    (
        "Чегарада юк машиналари навбати беш километрга етди, ҳайдовчилар ёрдам сўрамоқда ва кутмоқда.{}"
        "Жүргізушілер кезекте үш күннен бері тұр, су да жоқ.{}",
        {"kk"},
    ),
]
"""Texts, with places for what stands between their sentences, and the languages that may be theirs."""


@pytest.mark.parametrize(("text", "lang"), ONE_WORD_TELLS)
def test_one_word_tells(text: str, lang: str) -> None:
    assert detect(text) == lang


@pytest.mark.parametrize("between", [" ", "\n", "\n\n"])
@pytest.mark.parametrize(("text", "langs"), MIXED)
def test_a_text_with_a_clear_sentence_is_read(text: str, langs: set[str], between: str) -> None:
    assert detect(text.replace("{}", between)) in langs


@pytest.mark.parametrize(("text", "lang"), [(text, lang) for lang, texts in OTHERS.items() for text in texts])
def test_none_of_the_three(text: str, lang: str) -> None:
    assert detect(text) == lang


@pytest.mark.parametrize(("text", "lang"), NOT_OTHERS)
def test_is_not_taken_for_another(text: str, lang: str) -> None:
    assert detect(text) == lang


def test_no_small_word_of_the_three_is_another_languages() -> None:
    for words in CYRILLIC.values():
        assert not words & (RUSSIAN | KAZAKH)


@pytest.mark.parametrize("text", LATIN_KAZAKH)
def test_kazakh_in_latin_letters(text: str) -> None:
    assert detect(text) == "kk"


@pytest.mark.parametrize("text", NOT_RUSSIAN)
def test_russian_in_latin_letters_is_no_language_of_the_three(text: str) -> None:
    assert detect(text) == "und"


@pytest.mark.parametrize("text", ENGLISH)
def test_english(text: str) -> None:
    assert detect(text) == "en"


@pytest.mark.parametrize(("text", "lang"), SHORT)
def test_short_posts(text: str, lang: str) -> None:
    assert detect(text) == lang


@pytest.mark.parametrize(("text", "lang"), CASES)
def test_detect(text: str, lang: str) -> None:
    assert detect(text) == lang


def test_annotated_documents(shared: object) -> None:
    import json
    from pathlib import Path

    lines = (Path(str(shared)) / "claims" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    documents = [json.loads(line) for line in lines]
    wrong = [d["id"] for d in documents if detect(f"{d['title']}\n{d['text']}") != d["lang"]]
    assert wrong == []


@pytest.mark.parametrize("size", [50, 500, 50_000])
def test_binary_is_in_no_language(size: int) -> None:
    noise = random.Random(size)
    assert {detect("".join(chr(noise.randrange(256)) for _ in range(size))) for _ in range(10)} == {"und"}
