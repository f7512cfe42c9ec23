"""The knowledge base: it loads, its mistakes are named, its names are found in any case in three languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import KnowledgeError
from nlp.knowledge import FOLDER, knowledge, read_knowledge, shown_path
from nlp.languages.kk.stemmer import stem, strip_case
from nlp.linker import matcher
from nlp.pipeline import load

GOOD = '[[entity]]\nid = "crossing.a"\nlabel = "CHECKPOINT"\nside = "KZ"\nru = "Сырым"\n'
OTHER = '[[entity]]\nid = "crossing.b"\nlabel = "CHECKPOINT"\nside = "RU"\nru = "Озинки"\n'
PERSON = '[[entity]]\nid = "person.c"\nlabel = "PERSON"\nside = "KZ"\nru = "Серик Асанов"\n'
OFFICE = '[[entity]]\nid = "agency.d"\nlabel = "ORG"\nside = "UNKNOWN"\nru = "Минтранс"\n'
THIRTY_PAIRS = """
    Курмангазы Караузек, Жаныбек Вишнёвка, Орда Полынный, Таскала Озинки, Шаган Тёплое, Сырым Маштаково, Аксай Илек,
    Жайсан Сагарчин, Алимбет Орск, Карашатау Светлый, Кондыбай Комсомольский, Желкуар Мариинский, Аят Николаевка,
    Кайрак Бугристое, Убаган Звериноголовское, Акбалшык Воскресенское, Жана_жол Петухово, Кызыл_жар Казанское,
    Каракога Исилькуль, Бидаик Одесское, Урлютобе Ольховка, Косак Павловка, Найза Славгород, Амангельды Невольное,
    Коянбай Малиновое_Озеро, Шарбакты Кулунда, Жезкент Горняк, Аул Веселоярск, Убе Михайловка, Байтанат Топольное
"""
"""The road posts that Kazakhstan's electronic queue lists on the border with Russia, with the Russian post across."""


def test_all_pairs_of_the_kazakh_russian_border() -> None:
    base = knowledge()
    pairs = {
        (one.ru, base[one.pair].ru)
        for one in base.values()
        if one.label == "CHECKPOINT" and one.side == "KZ" and one.pair and base[one.pair].side == "RU"
    }
    wanted = {tuple(name.replace("_", " ") for name in pair.split()) for pair in THIRTY_PAIRS.split(",")}
    assert len(wanted) == 30
    assert pairs == wanted


def test_shipped_base_has_names_in_three_languages() -> None:
    base = knowledge()
    crossings = [known for known in base.values() if known.label == "CHECKPOINT"]
    assert len(crossings) > 170
    assert {known.side for known in crossings} == {"KZ", "RU", "CN", "OTHER"}
    assert all(known.kk and known.en for known in base.values() if known.id.startswith(("crossing", "person")))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (GOOD.replace("KZ", "USA"), 4, "side: one of 'KZ', 'RU', 'CN', 'OTHER' or 'UNKNOWN' is wanted$"),
        (
            GOOD + 'colour = "red"\n',
            6,
            "colour: there is no such key; the keys are id, label, side, ru, kk, en, aliases",
        ),
        (GOOD + "aliases.uz = ['Sirim']\n", 6, "aliases.uz: one of 'ru', 'kk' or 'en' is wanted$"),
        (GOOD + "aliases.kk = 'Sirim'\n", 6, r'aliases.kk: a list is wanted, like \["…"\]$'),
        (GOOD + "latin = [5]\n", 6, "latin: a text in quotes is wanted$"),
        (GOOD + "town = 1\n", 6, "town: true or false is wanted$"),
        (GOOD + 'needs_context = ["uz"]\n', 6, "needs_context: true, false or a list of languages is wanted$"),
        (GOOD.replace('side = "KZ"\n', ""), 1, "side: it is missing$"),
        (
            GOOD.replace("crossing.a", "Crossing A"),
            2,
            "id: wanted are small Latin letters, a dot, .*like crossing.syrym$",
        ),
        (GOOD + 'wikidata = "Q0"\n', 6, "wikidata: a Wikidata id is like Q232$"),
        (GOOD + 'wikidata = "42"\n', 6, "wikidata"),
        (GOOD + 'wikidata = "Q42"\n' + OTHER + 'wikidata = "Q42"\n', 12, "Q42 is also that of crossing.a"),
        (GOOD.replace("CHECKPOINT", "PLACE"), 3, "wants the label CHECKPOINT"),
        (GOOD.replace("crossing.a", "bridge.a"), 2, "begins with agency, crossing"),
        (PERSON + "town = true\n", 6, "only a CHECKPOINT has a town"),
        (GOOD + 'role = "minister"\n', 6, "only a PERSON has a role"),
        (GOOD + "common_surname = true\n", 6, "only a PERSON has a common_surname"),
        ("# a comment\n\n" + GOOD + OTHER + OTHER, 14, r"stands twice, first in bad\.toml, line 8"),
        (GOOD + GOOD.replace("crossing.a", "crossing.b"), 10, "the ru name 'Сырым' is also that of crossing.a"),
        (GOOD + OTHER + 'aliases.ru = ["СЫРЫМ"]\n', 11, "the ru name 'СЫРЫМ' is also that of crossing.a"),
        (GOOD + OTHER + 'aliases.ru = ["Озинки"]\n', 11, "the ru name 'Озинки' stands twice"),
        (GOOD + 'aliases.kk = [" Сырым"]\n', 6, "spaces"),
        (GOOD + 'latin = [""]\n', 6, "empty"),
        (GOOD + 'aliases.ru = ["Cырым"]\n', 6, "mixes Cyrillic and Latin"),
        (GOOD + 'pair = "crossing.z"\n', 6, r"crossing\.z is not"),
        (GOOD + 'pair = "crossing.b"\n' + OTHER, 6, r"crossing\.b names none as pair, not crossing\.a"),
        (GOOD + 'pair = "crossing.b"\n' + OTHER.replace("RU", "KZ") + 'pair = "crossing.a"\n', 6, "same side, KZ"),
        (GOOD.replace('ru = "Сырым"\n', ""), 2, "no name"),
        (GOOD + 'national = { KZ = "crossing.a" }\n', 6, "only an ORG of the side UNKNOWN has a national"),
        (OFFICE + 'national = { KZ = "agency.e" }\n', 6, r"agency\.e is no ORG of the side KZ"),
        (OFFICE + 'national = { RU = "person.c" }\n' + PERSON, 6, r"person\.c is no ORG of the side RU"),
    ],
)
def test_a_mistake_names_file_and_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    (tmp_path / "bad.toml").write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=rf"^bad\.toml, line {line} \(.*{says}"):
        read_knowledge(tmp_path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "[[entity]\n",
            r"^bad\.toml is no TOML: an entity begins with \[\[entity\]\], in double brackets \(at line 1\)$",
        ),
        (
            GOOD + GOOD[1:].replace("]]", "]"),
            r"an entity begins with \[\[entity\]\], in double brackets \(at line 6\)$",
        ),
        (GOOD[1:].replace("]]", "]"), r"^bad\.toml, line 1: an entity begins with \[\[entity\]\], in double brackets$"),
        (GOOD[1:].replace("]]", "]") + OTHER, r"begins with \[\[entity\]\], in double brackets \(at line 1\)$"),
        (GOOD + 'kk = "Сырым\n', r"^bad\.toml is no TOML: a quote is not closed \(at line 6"),
        (GOOD + 'kk = "Сырым', r"^bad\.toml is no TOML: a quote is not closed \(at end"),
        (GOOD + "kk = «Сырым»\n", r"TOML: straight quotes are wanted, \"…\" \(at line 6"),
        (GOOD + 'latin = ["Syrym", “Sirim”]\n', r"TOML: straight quotes are wanted, \"…\" \(at line 6"),
        (GOOD + "kk = Сырым\n", r"TOML: a value is a text in quotes, a list in \[\], true or false \(at line 6"),
        (GOOD + 'kk = "Союз "Дорога""\n', r'TOML: .* a quote inside of quotes is written \\" \(at line 6'),
        (GOOD + 'side = "RU"\n', r"TOML: this key stands twice in its entity \(at line 6"),
        ("[other]\nx = 1\n", r"^bad\.toml: only \[\[entity\]\] tables"),
        ('entity = [{id = "crossing.a"}]\n', r"^bad\.toml: .*line of its own"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "bad.toml").write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=says):
        read_knowledge(tmp_path)


def test_files_of_the_shipped_folder_are_named_with_it(tmp_path: Path) -> None:
    assert shown_path(FOLDER / "places.toml") == "nlp/knowledge/places.toml"
    assert shown_path(tmp_path / "places.toml") == "places.toml"


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(GOOD.replace("\n", "\r\n").encode("utf-8-sig"))
    assert list(read_knowledge(tmp_path)) == ["crossing.a"]


def test_mistakes_between_files_name_the_second(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.toml").write_text(PERSON + 'aliases.ru = ["Сырым"]\n', encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"^b\.toml, line 6 \(person\.c\): .*'Сырым' is also that of crossing\.a"):
        read_knowledge(tmp_path)


def test_ours_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(
        GOOD + 'latin = ["Syrym"]\npair = "crossing.b"\nnote = "x"\n' + OTHER + 'pair = "crossing.a"\n',
        encoding="utf-8",
    )
    found = read_knowledge(tmp_path)
    assert list(found) == ["crossing.a", "crossing.b"]
    assert [list(found["crossing.a"].names(lang)) for lang in ("ru", "kk", "en")] == [
        ["Сырым", "Syrym"],
        ["Syrym"],
        ["Syrym"],
    ]


@pytest.mark.parametrize(
    ("lang", "text", "ids"),
    [
        ("ru", "Серику Жумангарину доложили о «Сырыме» и Караузеке.", ["person.zhumangarin", "crossing.syrym", "crossing.karauzek"]),
        ("ru", "В КГД и Федеральной таможенной службе России", ["agency.src", "agency.fts"]),
        ("ru", "За Бугристым, в Маштакове, под Озинками", ["crossing.bugristoye", "crossing.mashtakovo", "crossing.ozinki"]),
        ("kk", "Серік Жұманғариннің айтуынша, «Сырымдағы» кезек", ["person.zhumangarin", "crossing.syrym"]),
        ("kk", "Мемлекеттік кірістер комитетінің ресми өкілі Құрманғазыдан Ресейге", ["agency.src", "crossing.kurmangazy", "place.russia"]),
        ("en", "Serik Zhumangarin and the State Revenue Committee at Syrym", ["person.zhumangarin", "agency.src", "crossing.syrym"]),
        ("ru", "На постах «Светлый», «Байтанат» и в Караозеке", ["crossing.svetly", "crossing.baitanat", "crossing.karauzek"]),
        ("ru", "Марата Карабаева сменил Нурлан Сауранбаев, сказали в Минтранспорта РК", ["person.karabayev", "person.sauranbayev", "agency.kz-transport"]),
        ("ru", "Как пишет Serik Jumangarin, в KazLogistics согласны", ["person.zhumangarin", "agency.kazlogistics"]),
        ("kk", "Serik Jumangarin мен Jumangarin, Ерлан Алдажұмановқа", ["person.zhumangarin", "person.zhumangarin", "person.aldazhumanov"]),
        ("en", "Serik Jumangarin, Serık Jūmanğarin and Zhumangarin at Jaisañ, Jaña jol and Aqsai – Ilek", ["person.zhumangarin"] * 3 + ["crossing.zhaisan", "crossing.zhana-zhol", "crossing.aksai", "crossing.ilek"]),
        ("ru", "Болатбек Алиев спорит с Оксаной Лут", ["person.aliyev-mazhilis", "person.lut"]),
        ("ru", "Ильхам Алиев и водитель Никитин, а также Лут и Абаев", []),
        ("ru", "сырым днём аул спит, а тёплое молоко стынет", []),
        ("en", "an oral exam", []),
    ],
)  # fmt: skip
def test_names_in_every_case(lang: str, text: str, ids: list[str]) -> None:
    nlp = load(lang)
    assert [match.known.id for match in matcher(nlp)(nlp.make_doc(text))] == ids


def test_ordinary_words_want_context() -> None:
    nlp = load("ru")
    find = matcher(nlp)
    assert [m.name for m in find(nlp.make_doc("На пункте пропуска Аул пусто."))] == ["Аул"]
    assert [m.name for m in find(nlp.make_doc("За постом «Тёплое» пусто."))] == ["Тёплое"]
    assert find(nlp.make_doc("Теплое утро. Пограничный контроль. Горняк устал.")) == []


def test_words_that_are_ordinary_in_one_language() -> None:
    ids = {
        (lang, text): [match.known.id for match in matcher(load(lang))(load(lang).make_doc(text))]
        for lang, text in (
            ("kk", "Жаңа жол ашылды."),
            ("kk", "«Жаңа жол» бекеті ашылды."),
            ("ru", "За Жана жолом пусто."),
            ("kk", "Жібек жолы бойындағы елдер."),
        )
    }
    assert list(ids.values()) == [[], ["crossing.zhana-zhol"], ["crossing.zhana-zhol"], []]


@pytest.mark.parametrize(
    ("word", "bare"),
    [
        ("Қазақстанның", "Қазақстан"),
        ("министрлігінің", "министрлігі"),
        ("Ресейден", "Ресей"),
        ("облысындағы", "облысы"),
        ("Жұманғаринге", "Жұманғарин"),
        ("Тоқаев", "Тоқаев"),
        ("Алматы", "Алматы"),
    ],
)
def test_kazakh_endings(word: str, bare: str) -> None:
    assert strip_case(word) == bare


def test_kazakh_stem_is_one_for_all_forms() -> None:
    assert len({stem(word) for word in ("комитет", "комитеті", "комитетінің", "комитетіне", "комитеттер")}) == 1
    assert len({stem(word) for word in ("министрлік", "министрлігі", "министрлігінің")}) == 1
