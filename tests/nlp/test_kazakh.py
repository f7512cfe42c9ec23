"""Kazakh: words and numbers with endings, names in all their cases, both scripts."""

from __future__ import annotations

import pytest

from nlp.languages.kk.latin import cyrillic, is_latin, skeleton
from nlp.languages.kk.names import alias_keys, token_keys
from nlp.languages.kk.stemmer import stem, strip_case
from nlp.linker import matcher
from nlp.pipeline import load

CASES = {
    "Қазақстан": "Қазақстанның Қазақстанға Қазақстанды Қазақстанда Қазақстаннан Қазақстанмен Қазақстандағы",
    "Ресей": "Ресейдің Ресейге Ресейді Ресейде Ресейден Ресеймен Ресейдегі",
    "Қытай": "Қытайдың Қытайға Қытайды Қытайда Қытайдан Қытаймен",
    "Алматы": "Алматының Алматыға Алматыны Алматыда Алматыдан Алматымен Алматыдағы",
    "Астана": "Астананың Астанаға Астананы Астанада Астанадан Астанамен",
    "Ақтөбе": "Ақтөбенің Ақтөбеге Ақтөбені Ақтөбеде Ақтөбеден Ақтөбемен",
    "Атырау": "Атыраудың Атырауға Атырауды Атырауда Атыраудан Атыраумен",
    "Сырым": "Сырымның Сырымға Сырымды Сырымда Сырымнан Сырыммен",
    "Жайсаң": "Жайсаңның Жайсаңға Жайсаңды Жайсаңда Жайсаңнан Жайсаңмен",
    "Орал": "Оралдың Оралға Оралды Оралда Оралдан Оралмен",
    "Семей": "Семейдің Семейге Семейді Семейде Семейден",
    "Шымкент": "Шымкенттің Шымкентке Шымкентті Шымкентте Шымкенттен Шымкентпен",
    "Қарағанды": "Қарағандының Қарағандыға Қарағандыны Қарағандыда Қарағандыдан",
    "Өскемен": "Өскеменнің Өскеменге Өскеменді Өскеменде Өскеменнен",
    "Грузия": "Грузияның Грузияға Грузияны Грузияда Грузиядан Грузиямен",
    "Тоқаев": "Тоқаевтың Тоқаевқа Тоқаевты Тоқаевта Тоқаевтан Тоқаевпен",
    "Жұманғарин": "Жұманғариннің Жұманғаринге Жұманғаринді Жұманғаринде Жұманғариннен Жұманғаринмен",
    "Маштақов": "Маштақовтың Маштақовқа Маштақовты Маштақовта Маштақовтан Маштақовпен",
    "Иванова": "Иванованың Ивановаға Иванованы Ивановадан Ивановамен",
    "Беларусь": "Беларусьтің Беларуське Беларусьті Беларусьте Беларусьтен Беларусьпен",
    "ауданы": "ауданының ауданына ауданын ауданында ауданынан",
    "Айдын": "Айдынның Айдынға Айдынды Айдыннан Айдынмен",
    "комитеті": "комитетінің комитетіне комитетін комитетінде комитетінен комитетімен комитетіндегі",
    "министрлігі": "министрлігінің министрлігіне министрлігін министрлігінде министрлігінен министрлігімен",
    "басқармасы": "басқармасының басқармасына басқармасын басқармасында басқармасынан басқармасымен",
    "бекеттері": "бекеттерінің бекеттеріне бекеттерін бекеттерінде бекеттерінен бекеттерімен",
}
"""A name, or the head word of one → its forms in the cases."""


@pytest.mark.parametrize("bare", CASES)
def test_a_name_loses_each_of_its_cases(bare: str) -> None:
    assert {strip_case(form) for form in (bare, *CASES[bare].split())} == {bare}


@pytest.mark.parametrize("bare", CASES)
def test_a_name_is_found_in_each_of_its_cases(bare: str) -> None:
    missed = [form for form in (bare, *CASES[bare].split()) if not alias_keys(bare) & token_keys(form)]
    assert missed == []


@pytest.mark.parametrize(
    "forms",
    [
        "бекет бекеті бекеттер бекеттері бекеттерінде бекеттен бекетке",
        "министрлік министрлігі министрлігінің министрліктер министрліктердің",
        "агенттік агенттігі агенттігіне агенттіктен",
        "шекара шекарасы шекарасында шекараға шекаралар шекаралардан",
        "кезек кезегі кезегінде кезектер кезекте",
        "талап талабы талабынан талаптар талаптарды",
    ],
)
def test_forms_of_one_word_have_one_stem(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


def test_names_that_only_look_like_a_case_stay() -> None:
    names = "Қарағанды Өскемен Айдын Алтын Қордай Сұлтан Талдықорған Дархан Бектенов Скляр Мантуров Путин Илек Маңғыстау Риддер"
    assert [strip_case(name) for name in names.split()] == names.split()


@pytest.mark.parametrize("form", ["МКК-нің", "МКК-ге", "МКК-дан", "МКК", "МКК-мен"])
def test_an_acronym_stands_before_its_ending(form: str) -> None:
    assert alias_keys("МКК") & token_keys(form)


@pytest.mark.parametrize(
    "text",
    ["280", "280-ге", "3-ші", "15-інші", "2-3", "1,5", "мыңға", "үш", "жүзден", "елуден", "үшінші", "екіншісі", "оныншы",
     "жиырмасыншы", "қырқыншы", "екеуі", "бесеудің", "мыңдаған", "жүздеген", "ондаған", "миллионнан"],
)  # fmt: skip
def test_numbers(text: str) -> None:
    assert load("kk", []).vocab[text].like_num


@pytest.mark.parametrize("text", ["Сырым", "кезек", "күн", "онда", "бірге", "жоқ", "②", "²", "ХХ-ғасыр", "Алты-бақан"])
def test_no_numbers(text: str) -> None:
    assert not load("kk", []).vocab[text].like_num


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Жамбыл обл. 10 млн. теңге", "Жамбыл|обл.|10|млн.|теңге"),
        ("т.б. мәселелер", "т.б.|мәселелер"),
        ("«Сырым» бекетінде", "«|Сырым|»|бекетінде"),
        ("МКК-нің төрағасы", "МКК-нің|төрағасы"),
        ("3-ші күн, 280-ге жуық", "3-ші|күн|,|280-ге|жуық"),
        ("сағат 14:30-да", "сағат|14:30-да"),
        ("Ақсай–Илек", "Ақсай|–|Илек"),
        ("Қазақстан-Ресей шекарасы", "Қазақстан|-|Ресей|шекарасы"),
        ("Қасым-Жомарт Нұр-Сұлтанда", "Қасым-Жомарт|Нұр-Сұлтанда"),
        ("бекет(өткел)", "бекет|(|өткел|)"),
        ("Uzynko'lde s'ekara", "Uzynko'lde|s'ekara"),
    ],
)
def test_tokens(text: str, words: str) -> None:
    assert "|".join(token.text for token in load("kk", []).make_doc(text)) == words


def test_stop_words() -> None:
    doc = load("kk", []).make_doc("Бұл кезек туралы және шекара үшін")
    assert [token.text for token in doc if not token.is_stop] == ["кезек", "шекара"]


SPELLINGS = {
    "Жұманғарин": "Jumanğarin Jumangarin Zhumangarin Zhūmanğarın Zhu'mang'arin Zhumangharin Júmanǵarın",
    "Қазақстан": "Qazaqstan",
    "Маңғыстау": "Mañğystau Mangystau Mańǵystaý Mangghystau Mang'ystay'",
    "Шымкент": "Shymkent Şymkent Šymkent S'ymkent",
    "Ақжайық": "Aqjaiyq Aqjayyq Aqjaıyq",
    "Жайсаң": "Jaisañ Zhaysang Jaısań Jaysan'",
    "Тоқаев": "Toqaev Toqayev Tokayev",
    "Қошқарбаев": "Qoshqarbaev Qoşqarbaev Koshkarbayev",
    "Әбілқайыр": "Äbilqaiyr Abilqayyr A'bilqai'yr Aebilqaiyr",
    "кірістер": "kirister kırıster",
    "Чулаков": "Chulakov Çulakov",
}
"""Cyrillic → the same in the alphabets there have been."""


@pytest.mark.parametrize("name", SPELLINGS)
def test_one_skeleton_for_all_spellings(name: str) -> None:
    assert {skeleton(other) for other in SPELLINGS[name].split()} == {skeleton(name)}


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("Жұманғарин", "Jumanğarin Jumanğarinniñ Jumangaringe Zhumangarindi Jumanğarinmen"),
        ("Сырым", "Syrym Syrymnyñ Syrymnyn Syrymğa Syrymda Syrymnan Syrymdağy"),
        ("комитеті", "komiteti komitetiniñ komitetinin komitetine komitetinde komitetimen komitetındegi"),
        ("Жайсаң", "Jaisañ Jaisañnyñ Jaisañğa Zhaisangda"),
        ("Шымкент", "Shymkentte Şymkentke Shymkenttiñ Shymkentten"),
        ("МКК", "MKK MKK-niñ MKK-ge"),
    ],
)
def test_a_latin_form_is_found(name: str, forms: str) -> None:
    assert [form for form in forms.split() if not alias_keys(name) & token_keys(form)] == []


@pytest.mark.parametrize(
    ("name", "other"),
    [("Сырым", "Syrena"), ("Орал", "Oral-B"), ("Жайсаң", "Jason"), ("Атамекен", "Atlant"), ("МКК", "MKS")],
)
def test_other_latin_words_are_not(name: str, other: str) -> None:
    assert not alias_keys(name) & token_keys(other)


def test_a_latin_sentence_in_cyrillic() -> None:
    assert [cyrillic(word) for word in ["Serik", "Jumanğarın", "Aqtöbede", "kezekti", "kördi"]] == [
        "Серік", "Жуманғарин", "Ақтөбеде", "кезекті", "көрді",
    ]  # fmt: skip
    assert is_latin(["Syrym", "beketinde", "300", "kölik", "tur"])
    assert not is_latin(["«Wildberries»", "компаниясы", "Iphone", "сатады"])


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Serik Jumanğarın Syrym beketine bardy.", ["person.zhumangarin", "crossing.syrym"]),
        (
            "Serik Jumangarinniñ aituynsha, Memlekettik kirister komiteti jauap berdi.",
            ["person.zhumangarin", "agency.src"],
        ),
        ("MKK-niñ mälimetinshe, Qazaqstanda kezek joq.", ["agency.src", "place.kazakhstan"]),
    ],
)
def test_latin_kazakh_finds_the_knowledge_base(text: str, ids: list[str]) -> None:
    nlp = load("kk")
    assert [match.known.id for match in matcher(nlp)(nlp.make_doc(text))] == ids


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Кезек туралы Саратов кедені хабарлады.", [("ORG", "Саратов кедені")]),
        ("Тасымалдаушылар альянсының сарапшысы келді.", [("ORG", "Тасымалдаушылар альянсы")]),
        ("Бұл туралы Шолақ облыстық көлік басқармасы айтты.", [("ORG", "Шолақ облыстық көлік басқармасы")]),
        ("Аудан әкімдігі жауап бермеді.", []),
        ("Базар қаланың орталық бөлігінде.", []),
        ("Бұл жайлы KezekTrans компаниясының өкілі айтты.", [("ORG", "KezekTrans")]),
        ("Хабарды Jolda.kz сайты таратты.", [("ORG", "Jolda.kz")]),
        ("Бүгін «Көктас» директоры сөйледі.", [("ORG", "Көктас")]),
        ("«Көктас», «Қызылтас» және «Ақтас» бекеттері жабық.", [("CHECKPOINT", "Көктас"), ("CHECKPOINT", "Қызылтас"),
                                                             ("CHECKPOINT", "Ақтас")]),
        ("Кеше «Гаудан – Көктас» өткелі жабылды.", [("CHECKPOINT", "Гаудан"), ("CHECKPOINT", "Көктас")]),
        ("Кеше Қызылтас – Көктас өткелі жабылды.", [("CHECKPOINT", "Қызылтас"), ("CHECKPOINT", "Көктас")]),
        ("Бұл туралы Ресей Ішкі істер министрлігі айтты.", [("PLACE", "Ресей"), ("ORG", "Ішкі істер министрлігі")]),
        ("Жазбаны Сергей Лобода қалдырды.", [("PERSON", "Сергей Лобода")]),
    ],
)  # fmt: skip
def test_names_that_word_order_shows(text: str, names: list[tuple[str, str]]) -> None:
    assert [(entity.label_, entity._.name) for entity in load("kk")(text).ents] == names
