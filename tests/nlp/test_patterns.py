"""Every pattern does what its example says, and a pattern or topic file with an error is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy

from ingest.document import Document
from ingest.errors import KnowledgeError
from nlp.claims.actor import actors_of, masked
from nlp.claims.fold import fold
from nlp.claims.language import PATTERNS, load_patterns, patterns_for, read_language
from nlp.claims.sentence import sentences_of
from nlp.claims.span import beside
from nlp.claims.term import compile_terms, translate
from nlp.claims.topic import TOPICS, border, load_topic

LANGUAGES = sorted(path.stem for path in PATTERNS.glob("*.toml"))
FILES = {lang: read_language(PATTERNS / f"{lang}.toml") for lang in LANGUAGES}
LINKS = [
    pytest.param(lang, kind, place, id=f"{lang}-{kind}-{entry.name}")
    for lang, file in FILES.items()
    for kind, entries in (("cause", file.cause), ("denial", file.denial))
    for place, entry in enumerate(entries)
]
FRAMES = [
    pytest.param(lang, place, id=f"{lang}-{entry.name}")
    for lang, file in FILES.items()
    for place, entry in enumerate(file.frame)
]
REFUSALS = [
    pytest.param(lang, place, id=f"{lang}-{entry.name}")
    for lang, file in FILES.items()
    for place, entry in enumerate(file.refusal)
]


@pytest.mark.parametrize(("lang", "kind", "place"), LINKS)
def test_a_link_finds_the_span_of_its_example(lang: str, kind: str, place: int) -> None:
    entry = (FILES[lang].cause if kind == "cause" else FILES[lang].denial)[place]
    patterns = patterns_for(lang, border())
    link = (patterns.causes if kind == "cause" else patterns.denials)[place]
    folded = fold(entry.example)
    spans = [beside(link, anchor, folded, [], patterns) for anchor in link.anchor.finditer(folded)]
    assert entry.span in [entry.example[start:end] for start, end in spans]


@pytest.mark.parametrize(("lang", "place"), REFUSALS)
def test_a_refusal_is_found_in_its_example(lang: str, place: int) -> None:
    entry = FILES[lang].refusal[place]
    assert patterns_for(lang, border()).refusals[place][1].search(fold(entry.example))


@pytest.mark.parametrize(("lang", "place"), FRAMES)
def test_a_frame_finds_the_speaker_of_its_example(lang: str, place: int) -> None:
    entry = FILES[lang].frame[place]
    patterns, words = patterns_for(lang, border()), border().words[lang]
    nlp = spacy.blank(lang if lang != "kk" else "xx")
    nlp.add_pipe("sentencizer")
    sentence = sentences_of(nlp(entry.example), Document("d", "", entry.example))[0]
    actors = actors_of(sentence, nlp(entry.example), patterns, words)
    match = patterns.frames[place].match.search(masked(sentence, actors))
    assert match is not None
    assert entry.example[match.start("who") : match.end("who")] == entry.who


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("queue", "queues", False),
        ("queue*", "Queues", True),
        ("delays?", "a delay here", True),
        ("(stricter|longer) check*", "longer checks", True),
        ("no (extra)? check*", "no checks", True),
        ("no (extra)? check*", "no extra checks", True),
        ("check* ... goods", "checks of all the sanctioned goods", True),
        ("check* ... goods", "checks of all the many new sanctioned goods", False),
        ("check* ... goods", "checks. Goods", False),
        ("check* & goods", "goods under checks", True),
        ("^ not", "not so", True),
        ("^ not", "it is not so", False),
        ("из-за", "Из‑за очередей", True),
        ("еще", "ещё", True),
        ("reason :", "the reason: snow", True),
    ],
)
def test_terms(term: str, text: str, found: bool) -> None:
    assert (compile_terms([term]).search(fold(text)) is not None) is found


@pytest.mark.parametrize("term", ["", "(a|b", "a)", "a & b & c", "{nothing} a", "(a|)"])
def test_a_broken_term_is_refused(term: str) -> None:
    with pytest.raises(KnowledgeError):
        translate(term)


def test_folding_keeps_offsets() -> None:
    text = "«Ёлка» — İstanbul, ǅ, ß: “quote” – dash\u00a0space"
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('side = "after"', 'side = "beside"', "side"),
        ('anchor = "(из-за', 'anchor = "((из-за', "из-за"),
        ('lang = "ru"', 'lang = "xx"', "xx"),
        ('name = "из-за"\n', "", "name"),
        ("[[cause]]", "[[cause", "ru.toml"),
    ],
)
def test_a_pattern_file_with_an_error_is_refused_by_name(tmp_path: Path, old: str, new: str, named: str) -> None:
    source = (PATTERNS / "ru.toml").read_text(encoding="utf-8")
    assert old in source
    file = tmp_path / "ru.toml"
    file.write_text(source.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError, match="ru.toml") as error:
        load_patterns(file, border())
    assert named in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('blames = "RU"', 'blames = "FR"', "migration_rules"),
        ('over = ["tightened_checks"', 'over = ["no_such_code"', "no_such_code"),
        ('code = "weather"', 'code = "security"', "security"),
        ('"снегопад*"', '"(снегопад*"', "weather"),
        ('id = "border"\n', "", "id"),
    ],
)
def test_a_topic_file_with_an_error_is_refused_by_name(tmp_path: Path, old: str, new: str, named: str) -> None:
    source = (TOPICS / "border.toml").read_text(encoding="utf-8")
    assert old in source
    file = tmp_path / "border.toml"
    file.write_text(source.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError, match="border.toml") as error:
        load_topic(file)
    assert named in str(error.value)


def test_each_cause_but_other_has_words_in_each_language() -> None:
    topic = border()
    for lang, words in topic.words.items():
        for code, pattern in words.strong:
            assert code == "other" or pattern.pattern != "(?!)", (lang, code)


@pytest.mark.parametrize("path", sorted(TOPICS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_term_of_a_topic_that_kezek_brings_compiles(path: Path) -> None:
    assert set(load_topic(path).words) == set(load_topic(path, own=True).words)
