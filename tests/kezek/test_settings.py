"""Settings mean the same in every process, wherever it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import InputError
from kezek.settings import PACKAGED_SOURCES, Settings


def test_relative_paths_are_of_the_folder_where_kezek_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.from_environment(
        {"KEZEK_HOME": "home", "KEZEK_SOURCES": "conf/sources.toml", "KEZEK_ARCHIVE": "warc"}
    )
    assert settings.home == tmp_path / "home"
    assert settings.sources == tmp_path / "conf" / "sources.toml"
    assert settings.archive == str(tmp_path / "warc")
    monkeypatch.chdir("/")
    assert Settings.from_environment(settings.environment()) == settings, "a child in another folder"


def test_an_archive_elsewhere_stays_an_address(tmp_path: Path) -> None:
    settings = Settings.from_environment({"KEZEK_HOME": str(tmp_path), "KEZEK_ARCHIVE": "memory://warc/of/kezek"})
    assert settings.archive == "memory://warc/of/kezek"


def test_a_topic_is_a_name_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text("")
    assert Settings.from_environment({}).topic == "border"
    assert Settings.from_environment({"KEZEK_TOPIC": "rail"}).topic == "rail"
    assert Settings.from_environment({"KEZEK_TOPIC": "mine.toml"}).topic == str(tmp_path / "mine.toml")
    with pytest.raises(InputError, match="KEZEK_TOPIC is 'prot', but kezek brings border, rail"):
        Settings.from_environment({"KEZEK_TOPIC": "prot"})
    with pytest.raises(InputError, match="there is no such file"):
        Settings.from_environment({"KEZEK_TOPIC": "none.toml"})


def test_the_defaults_are_whole_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.from_environment({})
    assert settings.archive == str(tmp_path / "data" / "archive")
    assert settings.sources == PACKAGED_SOURCES
