"""Whom a night is told to: the file is read strictly, one notifier that fails stops no other, a mail really arrives."""

import email
import email.policy
import json
import os
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import InputError
from kezek.callbacks import late
from kezek.notifiers import Notice, notify, read_notifiers
from tests.conftest import REPOSITORY

EXAMPLE = REPOSITORY / "infra" / "airflow" / "notifiers.example.toml"
HERE = "tests.kezek.airflow_notifiers"
QUIET = Notice("Night of 2025-10-01: 3 new documents", "", "Night of 2025-10-01: 3 new documents\n\n{{ 7 * 7 }} <b>&")
TROUBLE = Notice(
    "Night of 2025-10-02; 1 source could not be read", "Not read: fura", "Night of 2025-10-02\n\nNot read: fura"
)
CONTEXT = {"dag_run": {"run_id": "scheduled__2025-10-02"}}
LATE = {
    "dag_run": {
        "dag_id": "nightly",
        "dag_run_id": "scheduled__2025-10-03",
        "run_type": "scheduled",
        "data_interval_start": "2025-10-02T00:00:00Z",
        "run_after": "2025-10-03T00:00:00Z",
    },
    "deadline": {"id": "d", "deadline_time": "2025-10-03T11:00:00+05:00"},
}
SMTP = "airflow.providers.smtp.notifications.smtp.SmtpNotifier"


class Mailbox(socketserver.ThreadingTCPServer):
    """A mail server on loopback that keeps what it is given."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.mails: list[EmailMessage] = []


class Session(socketserver.StreamRequestHandler):
    server: Mailbox

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.say("220 loopback")
        for line in self.rfile:
            word = line[:4].upper().strip()
            if word == b"DATA":
                self.say("354 go on")
                body = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.mails.append(email.message_from_bytes(body, policy=email.policy.default))
            self.say("221 bye" if word == b"QUIT" else "250 ok")


@dataclass(frozen=True)
class Done:
    """What came of the calls, by their names, and the mails in their order."""

    answers: dict[str, dict[str, Any]]
    mails: list[EmailMessage]


def toml(*entries: tuple[str, str, dict[str, Any]]) -> str:
    return "\n".join(
        f'[[notifier]]\nclass = "{name}"\nwhen = "{when}"\n[notifier.arguments]\n'
        + "".join(f"{key} = {json.dumps(value)}\n" for key, value in arguments.items())
        for name, when, arguments in entries
    )


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Done]:
    """All calls in one child process, for Airflow takes seconds to import."""
    folder = tmp_path_factory.mktemp("notifiers")
    mailbox = Mailbox()
    threading.Thread(target=mailbox.serve_forever, daemon=True).start()
    connection = {"disable_ssl": True, "disable_tls": True, "from_email": "kezek@example.org", "retry_limit": 0}
    server = {"conn_type": "smtp", "host": "127.0.0.1", "port": mailbox.server_address[1], "extra": connection}
    fields = {"text": "{{ headline }} of {{ dag_run.run_id }}", "summary": "{{ summary }}", "plain": "{{ summary }}"}
    mail = {"to": ["night@example.org"], "subject": "{{ headline }}", "html_content": "<pre>{{ summary | e }}</pre>"}
    files = {
        "all": toml(
            (f"{HERE}.Broken", "always", {"text": "{{ trouble }}"}),
            (f"{HERE}.Nobody", "always", {}),
            (f"{HERE}.NoNotifier", "always", {}),
            (f"{HERE}.Recorder", "always", {"unknown": 1}),
            (f"{HERE}.Recorder", "trouble", fields),
            (SMTP, "always", mail),
        ),
        "quiet": toml((f"{HERE}.Recorder", "trouble", fields), (f"{HERE}.Recorder", "always", fields)),
        "late": toml((f"{HERE}.Recorder", "trouble", {"text": "{{ summary }}"}), (SMTP, "trouble", mail)),
        "late, broken": toml((f"{HERE}.Broken", "always", {})),
        "wrong": toml((f"{HERE}.Recorder", "sometimes", {})),
    }
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    calls = {
        "all": told_as("all", folder, TROUBLE),
        "quiet": told_as("quiet", folder, QUIET),
        "nobody": {**told_as("all", folder, TROUBLE), "path": None},
        "wrong": told_as("wrong", folder, TROUBLE),
        "example": {"call": "build", "path": str(EXAMPLE)},
    }
    calls |= {
        name: {"call": "late", "path": str(folder / f"{name}.toml"), "context": LATE}
        for name in files
        if "late" in name
    }
    backfill = {**LATE, "dag_run": {**LATE["dag_run"], "run_type": "backfill"}}
    calls["late, of a backfill"] = {**calls["late"], "context": backfill}
    answers = child(folder, calls, {"AIRFLOW_CONN_SMTP_DEFAULT": json.dumps(server)})
    yield Done(answers, mailbox.mails)
    mailbox.shutdown()
    mailbox.server_close()


def told_as(name: str, folder: Path, notice: Notice) -> dict[str, Any]:
    return {"call": "notify", "path": str(folder / f"{name}.toml"), "notice": asdict(notice), "context": CONTEXT}


def child(folder: Path, calls: dict[str, dict[str, Any]], environment: dict[str, str]) -> dict[str, dict[str, Any]]:
    """The calls, made one after the other in a process that has Airflow."""
    answers = folder / "answers.json"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "KEZEK"))}
    ran = subprocess.run(
        [sys.executable, "-m", HERE, str(answers)],
        input="\n".join(map(json.dumps, calls.values())),
        env={**inherited, "AIRFLOW_HOME": str(folder / "airflow"), **environment},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return dict(zip(calls, json.loads(answers.read_text(encoding="utf-8")), strict=True))


def test_one_that_fails_is_named_and_stops_no_other(done: Done) -> None:
    answer = done.answers["all"]
    error = answer["error"]
    assert error.startswith("NightError: Not told by notifier 1 (tests.kezek.airflow_notifiers.Broken): ")
    assert "ConnectionRefusedError: no: Not read: fura and more; notifier 2 " in error
    assert "notifier 2 (tests.kezek.airflow_notifiers.Nobody): AttributeError" in error
    assert "notifier 3 (tests.kezek.airflow_notifiers.NoNotifier): InputError" in error
    assert "notifier 4 (tests.kezek.airflow_notifiers.Recorder): TypeError" in error
    assert "notifier 5" not in error and "notifier 6" not in error
    assert answer["told"] == [[f"{TROUBLE.headline} of scheduled__2025-10-02", TROUBLE.text, "{{ summary }}"]]


def test_a_mail_arrives(done: Done) -> None:
    mail = done.mails[0]
    assert (mail["Subject"], mail["From"], mail["To"]) == (TROUBLE.headline, "kezek@example.org", "night@example.org")
    body = mail.get_body()
    assert body is not None
    assert f"<pre>{TROUBLE.text}</pre>" in body.get_content().replace("\r\n", "\n")


def test_without_trouble_only_some_are_told_and_no_template_of_the_web_is_filled_in(done: Done) -> None:
    answer = done.answers["quiet"]
    assert answer == {"told": [[f"{QUIET.headline} of scheduled__2025-10-02", QUIET.text, "{{ summary }}"]]}


def test_nobody_is_told_without_a_file(done: Done) -> None:
    assert done.answers["nobody"] == {"told": []}
    notify(None, TROUBLE, {})  # and Airflow is not imported for it


def test_a_file_that_does_not_fit_is_told_and_used_for_nothing(done: Done) -> None:
    answer = done.answers["wrong"]
    assert answer["told"] == []
    assert answer["error"].startswith("InputError: ")
    assert "wrong.toml (KEZEK_NOTIFIERS), entry 1, when: Input should be 'always' or 'trouble'." in answer["error"]


def test_the_triggerer_tells_of_a_late_night(done: Done) -> None:
    sentence = "The night of 2025-10-02 has not ended by 2025-10-03 06:00 UTC (nightly, scheduled__2025-10-03)."
    assert late(LATE) == sentence
    answer = done.answers["late"]
    assert answer["states"] == ["running", "success"]
    assert [text.splitlines()[0] for text, _, _ in answer["told"]] == [sentence]
    assert done.mails[1]["Subject"] == sentence


def test_a_run_of_a_backfill_is_never_late(done: Done) -> None:
    assert done.answers["late, of a backfill"] == {"states": ["running", "success"], "told": []}


def test_a_notifier_that_fails_there_is_told_to_airflow(done: Done) -> None:
    assert done.answers["late, broken"]["states"] == ["running", "failed"]


def test_the_example_fits_the_notifiers_that_are_installed(done: Done) -> None:
    assert done.answers["example"]["built"] == ["SmtpNotifier", "SmtpNotifier"]
    assert [one.when for one in read_notifiers(EXAMPLE)] == ["always", "trouble"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("notifier = 3", "notifier: Input should be a valid list"),
        ("", "notifier: Field required"),
        ("[[notifier]]\nclass = 'a.B'\nwhom = 'x'", "entry 1, whom: Extra inputs are not permitted"),
        ("[[notifier]]\nclass = 'a.B'\n[[notifier]]\nwhen = 'always'", "entry 2, class: Field required"),
        ("[[notifier]]\nclass = 'Smtp'", "entry 1, class: String should match pattern"),
        ("[[notifier]]\nclass = 'a.B'\narguments = 'x'", "entry 1, arguments: Input should be a valid dictionary"),
        ("[[notifier]\nclass = 'a.B'", r"is no TOML file: .*line 1"),
    ],
)
def test_a_mistake_is_named_with_file_and_entry(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "notifiers.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=rf"notifiers\.toml \(KEZEK_NOTIFIERS\).*{message}"):
        read_notifiers(path)


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read: No such file"):
        read_notifiers(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="no TOML file"):
        read_notifiers(tmp_path / "bytes.toml")


def test_the_callbacks_are_quick_to_import() -> None:
    """The triggerer imports them while it serves others."""
    code = (
        "import sys, kezek.callbacks; print([name for name in sys.modules if name in ('airflow', 'duckdb', 'spacy')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert done.stdout == "[]\n"
