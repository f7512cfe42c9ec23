"""Documents that mix languages: blocks and their translation, quotations, single sentences; one cast, each thing told once."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

import nlp.annotate
from ingest.document import Document
from nlp.annotate import annotate, annotation_json
from nlp.annotation import Annotation, Claim, Observation
from nlp.claims import extract
from nlp.claims.topic import Topic, border
from nlp.joining import same_name
from nlp.reading import LONGEST, TruncatedWarning, parts, reading
from nlp.runs import runs

pytestmark = pytest.mark.filterwarnings("ignore::nlp.reading.TruncatedWarning")


@dataclass(frozen=True)
class Post:
    """A post and what it says. Claims are (cause, stance, blames, speaker, lang), observations (metric, low, high, place
    entity), entities (name, label, entity id)."""

    title: str
    text: str
    lang: str
    claims: set[tuple[str, str, str, str, str]] = field(default_factory=set)
    observations: set[tuple[str, float, float, str | None]] = field(default_factory=set)
    entities: set[tuple[str, str, str | None]] = field(default_factory=set)


POSTS = {
    "revenue committee, Kazakh first": Post(
        "",
        "«Сырым» бекетінде жүк көліктерінің кезегі пайда болды\n\n"
        "Мемлекеттік кірістер комитетінің хабарлауынша, бүгін кезекте 200 жүк көлігі тұр. Комитет төрағасы Жандос "
        "Дүйсембиевтің айтуынша, кезек Ресей жағындағы бақылаудың күшеюінен пайда болды.\n\n"
        "На посту «Сырым» образовалась очередь из грузовиков\n\n"
        "Как сообщает Комитет государственных доходов, сегодня в очереди стоят 200 грузовиков. По словам председателя "
        "комитета Жандоса Дуйсембиева, очередь возникла из-за усиления контроля с российской стороны.",
        "ru",
        {("tightened_checks", "asserts", "RU", "Жандос Дуйсембиев", "ru")},
        {("vehicles", 200.0, 200.0, "crossing.syrym")},
        {
            ("Сырым", "CHECKPOINT", "crossing.syrym"),
            ("Комитет государственных доходов", "ORG", "agency.src"),
            ("Жандос Дуйсембиев", "PERSON", "person.duisembiyev"),
            ("Россия", "PLACE", "place.russia"),
        },
    ),
    "akimat, two lines each": Post(
        "Кезек туралы / Об очереди",
        "🇰🇿 «Таскала» өткізу бекетінде 5 шақырымдық кезек бар. Кезекке жөндеу жұмыстары себеп болды.\n"
        "🇷🇺 На пункте пропуска «Таскала» очередь 5 километров. Очередь возникла из-за ремонтных работ. Серик Жумангарин "
        "опроверг, что фуры стоят из-за забастовки таможенников.",
        "ru",
        {("capacity", "asserts", "KZ", "", "kk"), ("protest", "denies", "NONE", "Серик Жумангарин", "ru")},
        {("kilometres", 5.0, 5.0, "crossing.taskala")},
        {("Таскала", "CHECKPOINT", "crossing.taskala"), ("Серик Жумангарин", "PERSON", "person.zhumangarin")},
    ),
    "government, Russian first, in three languages": Post(
        "",
        "Вице-премьер Серик Жумангарин заявил, что очередь на посту «Жайсан» возникла из-за сбоя в информационной системе. "
        "Сейчас там ждут 120 фур, добавил он на заседании правительства, и пообещал помочь водителям.\n\n"
        "Вице-премьер Серік Жұманғарин «Жайсан» бекетіндегі кезек ақпараттық жүйедегі ақаудан пайда болғанын айтты. Қазір онда "
        "120 фура күтіп тұр.\n\n"
        "Serik Zhumangarin said the queue at Zhaisan was caused by an information system failure. Some 120 trucks wait.",
        "ru",
        {("it_failure", "asserts", "KZ", "Серик Жумангарин", "ru")},
        {("vehicles", 120.0, 120.0, "crossing.zhaisan")},
        {("Жайсан", "CHECKPOINT", "crossing.zhaisan"), ("Серик Жумангарин", "PERSON", "person.zhumangarin")},
    ),
    "an English wire quotation in Russian": Post(
        "Что пишут о границе",
        'Очередь грузовиков на границе растёт. Reuters пишет: "Some 1,500 trucks are stuck at the Syrym crossing because of '
        'stricter checks by Russian customs," — и ссылается на перевозчиков. В КГД ответили, что очереди нет.',
        "ru",
        {("tightened_checks", "asserts", "RU", "Reuters", "en"), ("no_delay", "asserts", "NONE", "КГД", "ru")},
        {("vehicles", 1500.0, 1500.0, "crossing.syrym")},
        {
            ("Reuters", "ORG", "outlet.reuters"),
            ("Сырым", "CHECKPOINT", "crossing.syrym"),
            ("КГД", "ORG", "agency.src"),
        },
    ),
    "a Russian quotation in Kazakh": Post(
        "",
        "«Сырым» бекетінде кезек көп. «Мы стоим из-за сканера, он сломан», – дейді жүргізуші. Мемлекеттік кірістер комитеті "
        "жауап бермеді.",
        "kk",
        {("it_failure", "asserts", "NONE", "жүргізуші", "ru")},
        set(),
        {("Сырым", "CHECKPOINT", "crossing.syrym"), ("Мемлекеттік кірістер комитеті", "ORG", "agency.src")},
    ),
    "a quotation longer than the sentence around it": Post(
        "",
        "Жандос Ермеков, глава ассоциации, заявил: «The queue at Mashtakovo is caused by new checks of Russian customs, and it "
        "grows every day».",
        "en",
        {("tightened_checks", "asserts", "RU", "Жандос Ермеков", "en")},
        set(),
        {("Mashtakovo", "CHECKPOINT", "crossing.mashtakovo"), ("Жандос Ермеков", "PERSON", None)},
    ),
    "a Kazakh sentence in Russian": Post(
        "",
        "На посту «Құрманғазы» очередь из 300 фур, сообщили в КГД. Жүргізушілердің айтуынша, кезек сканердің бұзылуынан пайда "
        "болды. Водители просят воды.",
        "ru",
        set(),
        {("vehicles", 300.0, 300.0, "crossing.kurmangazy")},
        {("Курмангазы", "CHECKPOINT", "crossing.kurmangazy"), ("КГД", "ORG", "agency.src")},
    ),
    "a speaker does not go on in the next language": Post(
        "",
        "Очередь на посту «Сырым» сегодня — 200 фур, сообщили журналистам в КГД. «Сырым» бекетіндегі кезекке жол жөндеу себеп болды.",
        "ru",
        {("capacity", "asserts", "KZ", "", "kk")},
        {("vehicles", 200.0, 200.0, "crossing.syrym")},
        {("Сырым", "CHECKPOINT", "crossing.syrym"), ("КГД", "ORG", "agency.src")},
    ),
    "not the same thing in two languages": Post(
        "",
        "На посту «Маштаково» в очереди 200 фур. Водители говорят, что очередь возникла из-за ремонта дороги.\n\n"
        "«Сырым» бекетінде 200 жүк көлігі кезекте тұр. Мемлекеттік кірістер комитетінің хабарлауынша, кезекке жол жөндеу себеп "
        "болды.",
        "kk",
        {
            ("capacity", "asserts", "RU", "водители", "ru"),
            ("capacity", "asserts", "KZ", "Мемлекеттік кірістер комитеті", "kk"),
        },
        {("vehicles", 200.0, 200.0, "crossing.syrym"), ("vehicles", 200.0, 200.0, "crossing.mashtakovo")},
        {("Маштаково", "CHECKPOINT", "crossing.mashtakovo"), ("Сырым", "CHECKPOINT", "crossing.syrym")},
    ),
    "pictures and hashtags": Post(
        "",
        "🚛МКК: «Таскала» бекетіндегі кезек туралы\nТаскала өткізу пунктінде техникалық ақауға байланысты кезек пайда болды. Қазір "
        "150 көлік күтіп тұр.\n\n"
        "🚛КГД: об очереди на посту «Таскала»\nНа пункте пропуска Таскала из-за технического сбоя образовалась очередь. Сейчас "
        "ожидают 150 автомобилей.\n\n#КГД #Таскала @example | example.com/kgd",
        "ru",
        {("it_failure", "asserts", "KZ", "МКК", "kk")},
        {("vehicles", 150.0, 150.0, "crossing.taskala")},
        {("КГД", "ORG", "agency.src"), ("Таскала", "CHECKPOINT", "crossing.taskala")},
    ),
    "an English headline over Russian": Post(
        "The queue of trucks at Syrym is growing",
        "На посту «Сырым» в очереди стоят 400 фур, сообщили в Комитете государственных доходов.",
        "ru",
        set(),
        {("vehicles", 400.0, 400.0, "crossing.syrym")},
        {("Сырым", "CHECKPOINT", "crossing.syrym"), ("Комитет государственных доходов", "ORG", "agency.src")},
    ),
    "names only": Post(
        "",
        "Об этом сообщили в АО «Қазақстан темір жолы» и в State Revenue Committee. Вице-премьер Серік Жұманғарин приехал на пост "
        "Syrym, где стоят в очереди 90 фур.",
        "ru",
        set(),
        {("vehicles", 90.0, 90.0, "crossing.syrym")},
        {
            ("Комитет государственных доходов", "ORG", "agency.src"),
            ("Серик Жумангарин", "PERSON", "person.zhumangarin"),
            ("Сырым", "CHECKPOINT", "crossing.syrym"),
        },
    ),
}


RULED = replace(border(), id="border without weights")


def annotated(post: Post) -> tuple[Document, Annotation]:
    document = Document("d", post.title, post.text, kind="post")
    (found,) = annotate([document], topic=RULED)
    return document, found


@pytest.mark.parametrize("name", POSTS)
def test_what_a_post_says_is_told_once(name: str) -> None:
    post = POSTS[name]
    _, found = annotated(post)
    assert found.lang == post.lang
    assert {(one.cause, one.stance, one.blames, one.speaker, one.lang) for one in found.claims} == post.claims
    observations = [(one.metric, one.low, one.high, one.place_entity) for one in found.observations]
    assert sorted(observations) == sorted(post.observations)
    entities = [(one.name, one.label, one.entity_id) for one in found.entities]
    assert post.entities <= set(entities)
    known = [(label, entity_id) for _, label, entity_id in entities if entity_id]
    assert len(known) == len(set(known))


@pytest.mark.parametrize("name", POSTS)
def test_offsets_quote_the_whole_document(name: str) -> None:
    document, found = annotated(POSTS[name])
    fields = {"title": document.title, "text": document.text}
    for claim in found.claims:
        assert fields[claim.evidence_field][claim.evidence_start : claim.evidence_end] == claim.evidence
        assert fields[claim.evidence_field][claim.cause_start : claim.cause_end] == claim.cause_text
    for observation in found.observations:
        assert fields[observation.evidence_field][observation.evidence_start : observation.evidence_end] == (
            observation.evidence
        )
    for mention in found.mentions:
        assert fields[mention.field][mention.start : mention.end] == mention.surface
    named = {(one.name, one.label) for one in found.entities}
    assert {(one.name, one.label) for one in found.mentions} <= named
    line = annotation_json(found, "d")
    assert all(one["lang"] in {"ru", "kk", "en"} for one in (*line["claims"], *line["observations"]))
    assert all(one.lang for one in found.mentions)


def test_a_mention_has_the_language_of_its_sentence() -> None:
    _, found = annotated(POSTS["government, Russian first, in three languages"])
    assert {(one.lang, one.surface, one.name) for one in found.mentions if one.label == "PERSON"} == {
        ("ru", "Серик Жумангарин", "Серик Жумангарин"),
        ("kk", "Серік Жұманғарин", "Серик Жумангарин"),
        ("en", "Serik Zhumangarin", "Серик Жумангарин"),
    }


RUNS = [
    ("ru", ["Жүргізушілер кезекте екі күннен бері тұр. ", "Водители ждут открытия поста."], "kk ru"),
    ("ru", ["Очередь стоит. ", "«Біз үш күн бойы осында тұрмыз, су да жоқ»", ", — сказал водитель. Он едет домой."], "ru kk ru"),
    ("kk", ["Бекетте кезек көп. ", "«Мы стоим здесь третьи сутки, воды нет»", ", – дейді жүргізуші."], "kk ru kk"),
    ("ru", ["Reuters пишет: ", '"The queue is caused by repairs on the Russian side of the border,"', " и это не всё."], "ru en ru"),
    ("en", ["Drivers told us: ", "«Мы стоим третьи сутки, воды нет». ", "The ministry did not reply."], "en ru en"),
    ("kk", ["🇰🇿 Кезек:\nСырым – 200 көлік\nЖайсан – 100 көлік\n\n", "🇷🇺 Очередь:\nСырым – 200 фур\nЖайсан – 100 фур"], "kk ru"),
    ("ru", ["Jük kölikteri şekarada kezekte tūr, jürgizuşiler kütip jatyr.\n", "Водители ждут открытия поста."], "kk ru"),
    ("ru", ["Об этом сообщили в АО «Қазақстан темір жолы» и «Мемлекеттік кірістер комитеті». Серік Жұманғарин приехал на пост."], "ru"),
    ("ru", ["В Industrial and Commercial Bank of China сообщили об этом."], "ru"),
    ("kk", ["«Россельхознадзор» пен «Россия сегодня» агенттігі хабарлады, деді Иван Петров Алматыда."], "kk"),
    ("kk", ["Сырым – 200. Жайсан – 300. Маштаково – 400."], "kk"),
    ("en", ["Hundreds of trucks wait.\n\nFederal Customs Service Russia: ", "«Очереди возникли из-за технических работ»"], "en ru"),
    ("ru", ["Партнёры:\nKaspi Bank\nAstana Motors, Toyota\nОб этом сообщили в компании."], "ru"),
    ("en", ["Drivers told us: ", "«Біз осында үш күн тұрмыз, су жоқ». ", "They do not know why."], "en kk en"),
    ("kk", ["Serik Jumanğarin Syrym beketinde jük kölikteriniñ kezegi azaidy dep mälimdedi. Ol Astanağa qaitty."], "kk"),
    ("ru", ["Сайт kaspi.kz и канал t.me/example_channel сообщили об этом, e-mail info@example.kz: press, media."], "ru"),
    ("en", ["The КГД said that Серик Жумангарин was at «Сырым»."], "en"),
    ("kk", ["Сырымда 800 жүк көлігі тұр. ", "800 trucks at Syrym. ", "800 фур на Сырыме."], "kk en ru"),
    ("ru", ["800 фур на Сырыме.\n", "800 trucks at Syrym.\n", "Сырымда 800 жүк көлігі тұр."], "ru en kk"),
    ("ru", ["Очередь стоит. ", "Serik Zhumangarin blamed Russia's migration rules. ", "Водители ждут."], "ru en ru"),
    ("kk", ["Кезек көп. ", "Zhumangarin blamed Russia's rules, Reuters reports. ", "800 фур на Сырыме."], "kk en ru"),
]  # fmt: skip


@pytest.mark.parametrize(("lang", "pieces", "langs"), RUNS)
def test_runs(lang: str, pieces: list[str], langs: str) -> None:
    text = "".join(pieces)
    found = runs(text, lang)
    assert [(text[run.start : run.end], run.lang) for run in found] == list(zip(pieces, langs.split(), strict=True))


@pytest.mark.parametrize("between", [" ", "\n\n"])
@pytest.mark.parametrize("lang", [None, "kk", "ru", "en"])
def test_each_clear_sentence_is_read_in_its_language(between: str, lang: str | None) -> None:
    sentences = (
        "Сырымда 800 жүк көлігі тұр.",
        "900 trucks at Zhaisan.",
        "Serik Zhumangarin blamed Russia's migration rules, Reuters reports.",
        "700 фур на Маштаково.",
    )
    (found,) = annotate([Document("d", "", between.join(sentences), lang=lang)])
    assert {(one.low, one.place_entity) for one in found.observations} == {
        (800, "crossing.syrym"), (900, "crossing.zhaisan"), (700, "crossing.mashtakovo"),
    }  # fmt: skip
    assert {one.entity_id for one in found.entities if one.label == "PERSON"} == {"person.zhumangarin"}
    assert "place.russia" in {one.entity_id for one in found.entities}


BLOCKS = (
    "На посту «Сырым» стоят 200 фур, сообщили в КГД. Очередь возникла из-за ремонта дороги.",
    "«Сырым» бекетінде 300 жүк көлігі кезекте тұр, деп хабарлады Мемлекеттік кірістер комитеті.",
    "Some 400 trucks are stuck at the Syrym crossing because of a snowstorm, the ministry said.",
)
WORDS = (
    "очередь",
    "кезек",
    "queue",
    "Сырым",
    "Syrym",
    "из-за",
    "because",
    "көлік",
    "фур",
    "trucks",
    "400",
    "—",
    "«",
    "»",
    "\n",
)
HOSTILE = {
    "right to left": f"\u202e{BLOCKS[0]}\u202c\n\u200f{BLOCKS[1]}\u200f\n\u2066{BLOCKS[2]}\u2069",
    "word by word": " ".join(random.Random(4).choices(WORDS, k=1_500)),
    "letters of both scripts in a word": "Oчepeдь кeзeк қueue Сырыm " * 100,
    "a megabyte": "\n\n".join(BLOCKS * 4_000),
    "sentence by sentence": " ".join(BLOCKS * 40),
    "a quotation without an end": "«" + " «".join(BLOCKS * 30),
    "no line ends": " ".join(("trucks and the queue of", "кезекте тұрған көліктер", "в очереди на границе")) * 150,
    "half a surrogate pair": f"\ud83d{BLOCKS[1]}\ud83d\n\n\ud83d{BLOCKS[0]}\ud83d",
}


@pytest.mark.parametrize(
    ("name", "lang"), [(name, lang) for name in HOSTILE for lang in (None, "en") if lang or name != "a megabyte"]
)
def test_strange_mixtures_are_read_in_bounded_time(name: str, lang: str | None) -> None:
    document = Document("d", "", HOSTILE[name], lang=lang)
    started = time.monotonic()
    (found,) = annotate([document])
    assert time.monotonic() - started < 20
    told: list[Claim | Observation] = [*found.claims, *found.observations]
    for one in told:
        assert document.text[one.evidence_start : one.evidence_end].replace("\ud83d", "\ufffd") == one.evidence
    if name == "right to left":
        assert {one.low for one in found.observations} == {200, 300, 400}


@settings(max_examples=150, deadline=None)
@given(
    title=st.sampled_from(["", "Очередь", "Кезек бар", "The queue of trucks"]),
    pieces=st.lists(st.one_of(st.sampled_from([*BLOCKS, *WORDS, ". ", "\n\n"]), st.text(max_size=5)), max_size=12),
    lang=st.sampled_from(["ru", "kk", "en"]),
)
def test_every_letter_is_read_once_at_its_place(title: str, pieces: list[str], lang: str) -> None:
    document = Document("d", title, " ".join(pieces))
    text = f"{title}\n\n{document.text}"
    found = runs(text, lang)
    assert [run.start for run in found] == [0, *(run.end for run in found[:-1])]
    assert found[-1].end == len(text)
    shown = [f"{part.shown.title}\n\n{part.shown.text}" for part in parts(document, lang)]
    for letter, *others in zip(text, *shown, strict=True):
        assert letter in others
        assert not letter.isalnum() or sum(other == letter for other in others) == 1


@pytest.mark.filterwarnings("default::nlp.reading.TruncatedWarning")
@pytest.mark.parametrize("title", ["", "Сырым"])
def test_a_long_mixture_is_cut_aloud_once(title: str) -> None:
    document = Document("d", title, "\n\n".join(BLOCKS * 4_000))
    with pytest.warns(TruncatedWarning) as warned:
        shown = [len(reading(part.shown)[0]) for part in parts(document, "ru")]
    assert (len(warned), shown) == (1, [LONGEST] * 3)


def test_one_language_is_one_run_and_costs_next_to_nothing() -> None:
    texts = {"ru": BLOCKS[0] * 30, "kk": BLOCKS[1] * 30, "en": BLOCKS[2] * 30}
    for lang, text in texts.items():
        assert [run.lang for run in runs(text, lang)] == [lang]
    started = time.process_time()
    for _ in range(100):
        runs(texts["ru"], "ru")
    assert time.process_time() - started < 0.5


def test_a_part_that_trips_a_mistake_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(doc: Doc, document: Document, topic: Topic) -> list[Claim]:
        if doc.lang_ == "kk":
            raise ValueError("a mistake")
        return extract(doc, document, topic)

    monkeypatch.setattr(nlp.annotate, "extract", mistaken)
    _, found = annotated(Post("", f"{BLOCKS[1]}\n\n{BLOCKS[0]}", "ru"))
    assert {one.low for one in found.observations} == {200}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Жұманғарин", "Zhumangarin", True),
        ("жүргізушілер", "drivers", True),
        ("таможенники", "customs officers", True),
        ("водители", "experts", False),
        ("эксперты", "drivers", False),
    ],
)
def test_names_and_groups_across_languages(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same_name(other, one) is same
