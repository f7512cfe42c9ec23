"""The words of the command line: what does not fit is one sentence that says where to look, and status 2."""

import sys

import pytest

from kezek import cli


def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[object, str, str]:
    monkeypatch.setattr(sys, "argv", ["kezek", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    captured = capsys.readouterr()
    return stopped.value.code, captured.out, captured.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nope"], "no such command 'nope'. Try kezek --help."),
        (["trace"], "missing argument 'ID'. Try kezek trace --help."),
        (["trace", "--nope"], "no such option: --nope. Try kezek trace --help."),
        (["trace", "a", "b"], "got unexpected extra argument(s) (b). Try kezek trace --help."),
        (["demo", "nope"], "no such command 'nope'. Try kezek demo --help."),
        (["trace", "c1", "--latest", "0"], "Try kezek trace --help."),
        (["trace", "c1", "--revision", "\x1b[31mx"], "Try kezek trace --help."),
        (["schema", "claim"], "there is no table or view 'claim'; the nearest is claims (all of them: kezek schema)."),
    ],
)
def test_what_does_not_fit_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    status, out, err = run(monkeypatch, capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("kezek: ") and err.endswith(f"{sentence}\n") and len(err.splitlines()) == 1
    assert "\x1b" not in err


def test_no_words_are_answered_with_help(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, status in (((), 2), (("demo",), 2), (("--help",), 0), (("trace", "--help"), 0)):
        found, out, err = run(monkeypatch, capsys, *arguments)
        assert found == status
        assert (out + err).count("Usage: ") == 1


def test_the_version(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(monkeypatch, capsys, "--version")
    assert (status, err) == (0, "")
    assert out.startswith("kezek 0.") and "DuckDB 1.5" in out


def test_the_dictionary_is_markdown_in_a_pipe(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status, whole, _ = run(monkeypatch, capsys, "schema")
    assert status == 0
    status, one, _ = run(monkeypatch, capsys, "schema", "contested")
    assert status == 0
    assert one.startswith("### `contested`\n") and one in whole
    assert "\n\nQuestion: *Which causes does one side assert and another deny?*\n\n" in one
