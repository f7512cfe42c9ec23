"""The topics that kezek brings are used as they are: another delay, other causes, the same code."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from ingest.document import Document
from ingest.errors import InputError
from nlp.annotate import MODEL_VERSION, annotate, model_version
from nlp.claims.topic import TOPICS, border, topic_named

CASES = tomllib.loads((Path(__file__).parent / "rail_documents.toml").read_text(encoding="utf-8"))["document"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_rail_documents(case: dict[str, object]) -> None:
    document = Document("d", title="", text=str(case["text"]), lang=str(case["lang"]))
    (found,) = annotate([document], topic=topic_named("rail"))
    told = [f"{claim.cause} {claim.stance} {claim.speaker or '-'} {claim.blames}" for claim in found.claims]
    assert sorted(told) == sorted(case["claims"])  # type: ignore[call-overload]
    assert found.model_version == model_version(topic_named("rail")) != MODEL_VERSION


def test_a_topic_sees_only_its_own_delay() -> None:
    trucks = "Очередь из 300 фур на границе перевозчики объясняют усиленными проверками казахстанской таможни."
    trains = "На станции Арысь скопились тысячи вагонов из-за нехватки локомотивов, сообщили в КТЖ."
    documents = [Document("trucks", "", trucks, lang="ru"), Document("trains", "", trains, lang="ru")]
    by_topic = {
        name: [len(one.claims) for one in annotate(documents, topic=topic_named(name))] for name in ("border", "rail")
    }
    assert by_topic == {"border": [1, 0], "rail": [0, 1]}


def test_a_copied_topic_file_is_a_topic(tmp_path: Path) -> None:
    written = (TOPICS / "rail.toml").read_text(encoding="utf-8")
    mine = tmp_path / "mine.toml"
    mine.write_text(
        written.replace('code = "traction"', 'code = "engines"').replace('"traction"', '"engines"'), "utf-8"
    )
    topic = topic_named(str(mine))
    (found,) = annotate([Document("d", "", str(CASES[0]["text"]), lang="ru")], topic=topic)
    assert [claim.cause for claim in found.claims] == ["engines"]
    assert model_version(topic) != model_version(topic_named("rail"))


def test_what_is_no_topic() -> None:
    with pytest.raises(InputError, match="there is no topic 'prot': kezek brings border, rail"):
        topic_named("prot")
    assert topic_named("border") is border()


def test_the_documentation_has_the_causes_of_the_border() -> None:
    told = (TOPICS.parents[1] / "docs" / "claims.md").read_text(encoding="utf-8")
    rows = [f"| `{one.code}` | {one.label} | {one.blames} |" for one in border().causes.values()]
    assert "\n".join(rows) in told
