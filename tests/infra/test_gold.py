"""The gold: every hand-made annotation fits the text that it annotates, and every item of the three nights has one."""

from datetime import UTC, datetime

from infra.demo import gold
from infra.demo.story import load_world

CAUSES = set(
    "sanctions_enforcement grey_imports migration_rules tightened_checks document_rules capacity it_failure "  # noqa: SIM905
    "demand_surge weather trader_evasion security protest politics no_delay other".split()
)
WORLD = load_world()
DOCUMENTS = list(gold.documents(WORLD))


def test_quotations_are_verbatim() -> None:
    for row in DOCUMENTS:
        for claim in row["claims"]:
            fields = [field for field in ("text", "title") if claim["evidence"] in row[field]]
            assert fields, (row["id"], claim["evidence"])
            assert claim["cause_text"] in claim["evidence"], (row["id"], claim["cause_text"])


def test_values_are_those_of_the_guide() -> None:
    for row in DOCUMENTS:
        keys = [(claim["cause"], claim["stance"], claim["speaker"]) for claim in row["claims"]]
        assert len(keys) == len(set(keys)), row["id"]
        for claim in row["claims"]:
            assert claim["cause"] in CAUSES
            assert claim["stance"] in ("asserts", "denies")
            assert claim["blames"] in ("KZ", "RU", "CN", "BOTH", "TRADE", "OTHER", "NONE")
            assert claim["speaker_kind"] in ("person", "organisation", "unnamed", "outlet")
            assert claim["speaker_side"] in ("KZ", "RU", "CN", "OTHER", "UNKNOWN")
            assert (claim["speaker"] == "") == (claim["speaker_kind"] == "outlet")
            assert isinstance(claim["hedged"], bool)
        for observation in row["observations"]:
            assert observation["metric"] in ("vehicles", "kilometres", "hours", "days")
            assert observation["low"] <= observation["high"]


def test_every_revision_of_the_three_nights_is_annotated() -> None:
    start = datetime(2025, 10, 1, tzinfo=UTC)
    wanted = {
        key
        for key, document in gold.revisions(WORLD).items()
        if datetime.fromisoformat(document["published_at"]) >= start
    }
    assert {(row["id"], row["revision"]) for row in DOCUMENTS} == wanted


def test_a_third_of_it_is_off_the_topic_and_denials_are_there() -> None:
    without = [row for row in DOCUMENTS if not row["claims"]]
    assert 0.25 <= len(without) / len(DOCUMENTS) <= 0.55
    assert sum(claim["stance"] == "denies" for row in DOCUMENTS for claim in row["claims"]) >= 15


def test_the_minister_changes_his_story() -> None:
    said = {
        (row["published_at"][:10], claim["cause"])
        for row in DOCUMENTS
        for claim in row["claims"]
        if claim["speaker"] in ("Серик Жумангарин", "Серік Жұманғарин", "Serik Zhumangarin")
    }
    assert ("2025-10-01", "grey_imports") in said
    assert ("2025-10-03", "migration_rules") in said


def test_entities_are_distinct_and_labelled() -> None:
    for row in DOCUMENTS:
        names = [entity["name"] for entity in row["entities"]]
        assert len(names) == len(set(names)), row["id"]
        assert {entity["label"] for entity in row["entities"]} <= {"PERSON", "ORG", "PLACE", "CHECKPOINT", "LAW"}
