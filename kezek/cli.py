"""The command line: `kezek --help` teaches it.

Results go to stdout, progress and complaints to stderr. Bad input gives one sentence and exit status 2; nothing is
written then. Heavy imports stay inside the commands, so that `--help` is quick.
"""

from __future__ import annotations

import errno
import io
import logging
import os
import platform
import sys
import tomllib
import warnings
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, NoReturn, TextIO, cast

import typer
from typer.core import TyperGroup

from ingest.errors import InputError, KezekError
from kezek.console import err, out
from kezek.forms import ExportFormat, Format, form_of
from kezek.settings import Settings

# What typer says is wrong with the words of the command line: BadParameter is one kind of it, the only one that has a
# public name.
_UsageError = cast(type[typer.BadParameter], typer.BadParameter.__base__)

app = typer.Typer(
    name="kezek",
    help="Who says why trucks are stuck at the Kazakh-Russian border, who denies it, and where it was said.",
    epilog="Start with [bold]kezek demo run[/]. Settings are environment variables: see [bold]kezek run --help[/] and docs/operate.md.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
demo = typer.Typer(
    name="demo", help="The demo web: ten outlets and seven channels of 2025, on loopback.", no_args_is_help=True
)
app.add_typer(demo)


class _OrAnId(TyperGroup):
    """A group in which a word that is no command is a source's id: `kezek sources tengrinews`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """As click has it, after `show` is put before an id."""
        return super().resolve_command(ctx, args if args[0] in self.commands else ["show", *args])


sources = typer.Typer(name="sources", cls=_OrAnId)
app.add_typer(sources)


entities = typer.Typer(
    name="entities",
    help="The knowledge base's curator: names that it lacks, faults in its files.",
    no_args_is_help=True,
)
app.add_typer(entities)


def _print_version(asked: bool) -> None:
    if asked:
        from ingest.version import kezek_version

        found, project = kezek_version(), Path(__file__).parents[1] / "pyproject.toml"
        if found == "dev" and project.is_file():
            found = f"{tomllib.loads(project.read_text(encoding='utf-8'))['project']['version']}, a checkout"
        sys.stdout.write(f"kezek {found} (Python {platform.python_version()}, DuckDB {version('duckdb')})\n")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version, and end.")
    ] = False,
) -> None:
    """What stands before a command."""


@app.command()
def run(
    since: Annotated[
        str | None, typer.Option(metavar="DAY", help="First UTC day, e.g. 2025-10-01. Default: yesterday.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DAY", help="Last UTC day, included. Default: the same as --since.")
    ] = None,
    source: Annotated[list[str] | None, typer.Option(metavar="ID", help="Only this source; may be repeated.")] = None,
    refetch: Annotated[bool, typer.Option(help="Read days again that are already complete.")] = False,
    replay: Annotated[
        Path | None, typer.Option(metavar="PATH", help="A folder or WARC of saved responses, in place of the network.")
    ] = None,
) -> None:
    """Read the sources for whole days, understand what they say, and land it in the warehouse.

    The same steps as the nightly DAG, in this process. What is already complete is not read again.
    The data folder is [bold]KEZEK_HOME[/] (default ./data), the sources file [bold]KEZEK_SOURCES[/].

        kezek run --since 2025-10-01 --until 2025-10-03
        kezek run --source tengrinews --source tg-fts
        kezek run --replay saved-pages/
    """
    from kezek.dates import days_between, parse_day
    from kezek.run import run_days, run_replay

    settings = Settings.from_environment()
    if replay is not None:
        if since or until or source:
            raise InputError("--replay reads what was saved: it takes no --since, --until or --source.")
        run_replay(settings, replay)
        return
    first = parse_day(since) if since else datetime.now(UTC).date() - timedelta(days=1)
    last = parse_day(until) if until else first
    run_days(settings, days_between(first, last), source, refetch=refetch)


@app.command()
def backfill(
    since: Annotated[str, typer.Option(metavar="DAY", help="First UTC day, e.g. 2025-10-01.")],
    until: Annotated[
        str | None, typer.Option(metavar="DAY", help="Last UTC day, included (default: the first).")
    ] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only this source; may be given more than once.")] = None,
    parallel: Annotated[int, typer.Option(min=1, max=64, help="Days read side by side.")] = 4,
    again: Annotated[bool, typer.Option("--again", help="Run the days too that went well.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which runs that would be.")] = False,
) -> None:
    """Have Airflow run the nightly DAG for whole days of the past, the last one included: airflow backfill create.

    Gives day by day what the nights would have given. The same command again takes up what failed. Wants Airflow's metadata
    and a running scheduler (docs/operate.md); without Airflow, [bold]kezek run[/] reads the same days one after another.

        kezek backfill --since 2025-09-20 --until 2025-10-03
        kezek backfill --since 2025-10-01 --source tg-fts --dry-run
    """
    from kezek.backfill import Backfill, run_backfill, today, whole_days
    from kezek.dates import parse_day

    first = parse_day(since)
    days = whole_days(first, parse_day(until) if until else first, today())
    run_backfill(Settings.from_environment(), Backfill(days, source or (), parallel, again), dry_run=dry_run)


@app.command()
def restore() -> None:
    """Make an empty warehouse again from the archive alone: nothing is fetched, the same rows come of the WARC files.

    Wants what the nights wanted: KEZEK_ARCHIVE, the sources file, and a warehouse without documents. A restore that was
    killed is simply run again. The exit status is 1 where something in the archive could not be read, else 0.

        kezek restore
        KEZEK_ARCHIVE=s3://bucket/archive KEZEK_WAREHOUSE=postgresql://kezek@db/kezek kezek restore
    """
    from kezek.restore import restore as restore_warehouse

    if not restore_warehouse(Settings.from_environment()):
        raise typer.Exit(1)


@app.command()
def parse(
    url: Annotated[str, typer.Option(help="The URL that the page came from.")],
    content_type: Annotated[str | None, typer.Option(help="The Content-Type header that came with it.")] = None,
) -> None:
    """Read one page from stdin and print what it says as one JSON object.

    An article gives title, text, published, author, lang; a channel page (https://t.me/s/…) gives its posts, a feed or
    sitemap what it lists.

        kezek parse --url https://example.org/news/1 < page.html
        kezek parse --url https://t.me/s/customs_rf < channel.html
    """
    from kezek.parse import page_json

    _print_json(page_json(_stdin(), url, content_type, Settings.from_environment()))


TopicOption = Annotated[
    str | None,
    typer.Option("--topic", metavar="TOPIC", help="A topic that kezek brings, or a TOML file. Default: KEZEK_TOPIC."),
]


@app.command()
def annotate(topic: TopicOption = None) -> None:
    """Read documents as JSON lines from stdin, print their claims, observations and entities as JSON lines.

    In and out have the file format of docs/claims.md; a line without `lang` gets its language detected.

        kezek annotate < documents.jsonl > annotated.jsonl
        kezek annotate --topic my-port.toml < documents.jsonl
    """
    from kezek.jsonl import read_documents
    from nlp.annotate import annotate as annotations
    from nlp.annotate import annotation_json
    from nlp.claims.topic import topic_named

    asked = topic_named(topic or Settings.from_environment().topic)
    documents = list(read_documents(_stdin_text().split("\n")))
    for annotation in annotations(documents, topic=asked):
        _print_json(annotation_json(annotation, annotation.document_id))


@app.command()
def explain(
    topic: TopicOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for machines.")] = False,
) -> None:
    """Read one document as JSON from stdin and show why it has the claims it has, and what was rejected.

    The document has the file format of docs/claims.md, in one line or many. The text is printed with each claim's
    evidence underlined; every claim and every rejected candidate comes with the pattern and the weights that decided.

        kezek explain < document.json
        sed -n 12p documents.jsonl | kezek explain
    """
    from kezek.explain import explanation_json, show
    from kezek.jsonl import read_document
    from nlp.annotate import explain as explanation
    from nlp.claims.topic import topic_named

    asked = topic_named(topic or Settings.from_environment().topic)
    document = read_document(_stdin_text())
    found = explanation(document, asked)
    if as_json:
        _print_json(explanation_json(found, asked))
    else:
        show(found, document, asked)


@app.command()
def query(
    sql: Annotated[
        str | None, typer.Argument(help="A SELECT; the tables are those of `kezek schema`. - reads it from stdin.")
    ] = None,
    file: Annotated[Path | None, typer.Option("--file", metavar="FILE", help="Read the SELECT from a file.")] = None,
    output: Annotated[
        Format | None,
        typer.Option("--format", help="How to print the rows. Default: by the end of --out, else a table."),
    ] = None,
    target: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write to a file: .parquet, .csv, .json or .txt.")
    ] = None,
    safe: Annotated[
        bool, typer.Option("--safe/--verbatim", help="CSV: an apostrophe before what a spreadsheet would run, or not.")
    ] = True,
    limit: Annotated[int, typer.Option(min=1, help="Most rows to print; a cut is announced.")] = 1000,
    timeout: Annotated[float, typer.Option(min=0.1, help="Most seconds to wait.")] = 60.0,
) -> None:
    """Ask the analysts' warehouse in SQL. Read-only by construction.

    kezek query "select speaker, stance, cause from current_claims"
    kezek query "select * from claims limit 3" --format json
    kezek query "select * from contested" --out contested.csv
    kezek query --file question.sql --limit 100000 --out answer.parquet
    """
    from kezek.query import show, sql_of
    from warehouse.query import run_query

    question = sql_of(sql, file, _stdin_text)
    form = form_of(output, target)
    settings = Settings.from_environment()
    result = run_query(settings.published, question, limit=limit, timeout_seconds=timeout)
    show(result, form, target, safe=safe)
    if result.truncated:
        err.print(f"Cut after {limit} rows: there are more (--limit).", style="yellow")


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where the files go.")] = Path("kezek-export"),
    form: Annotated[ExportFormat, typer.Option("--format", help="What the files are.")] = ExportFormat.parquet,
    only: Annotated[
        str | None, typer.Option(metavar="NAMES", help="Only these tables and views, separated by commas.")
    ] = None,
    texts: Annotated[
        bool, typer.Option("--text/--no-text", help="Without, documents come without their full text; evidence stays.")
    ] = True,
    excel: Annotated[bool, typer.Option("--excel", help="CSV with a byte order mark, for Excel.")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Write nothing: check DIR against its manifest.")] = False,
) -> None:
    """Write the analysts' tables and views as files, with a manifest that says what each holds and its SHA-256.

    All files are of one moment, and DIR changes in one move; an earlier export there is replaced, anything else refused.
    CSV is safe for spreadsheets: what one would take for a formula has an apostrophe before it. Parquet is verbatim.
    The exit status of --verify is 1 where a file is not what the manifest says.

        kezek export
        kezek export to-share --no-text --only claims,current_claims,sources
        kezek export for-excel --format csv --excel
        kezek export to-share --verify
    """
    from kezek import export as files

    if verify:
        complaints = files.verify(folder)
        for complaint in complaints:
            err.print(complaint, markup=False, soft_wrap=True)
        if complaints:
            raise typer.Exit(1)
        out.print(f"{folder} is whole: every file is what its manifest says.", markup=False, soft_wrap=True)
        return
    if excel and form is not ExportFormat.csv:
        raise InputError("--excel is for CSV: add --format csv.")
    names = [name.strip() for name in only.split(",")] if only is not None else None
    done = files.export(Settings.from_environment(), folder, form, only=names, texts=texts, excel=excel)
    out.print(
        f"{done.folder}: {done.files} files, {done.rows:,} rows, {done.bytes:,} bytes, and {files.MANIFEST}.",
        markup=False,
        soft_wrap=True,
    )


@app.command()
def schema(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Only this table or view.")] = None,
) -> None:
    """Print the data dictionary: every table, view and column, what it means, and what question a view answers.

    Tables in a terminal, Markdown in a pipe or file.

        kezek schema
        kezek schema position_changes
    """
    from kezek.dictionary import print_schema

    print_schema(name)


@app.command()
def status() -> None:
    """What the warehouse holds, and which source was read for which days.

    kezek status
    KEZEK_HOME=data/demo kezek status
    """
    from kezek.status import print_status

    print_status(Settings.from_environment())


@app.command()
def summary(
    day: Annotated[
        str | None, typer.Argument(metavar="[DAY]", help="UTC day that was read. Default: the latest.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The row of night_summaries, one JSON object.")] = False,
) -> None:
    """What a night brought, what needs somebody, what contradicts, how long the queues were: the text as it was sent.

    kezek summary
    kezek summary 2025-10-02 --json
    """
    from kezek.dates import parse_day
    from kezek.night_summary import print_stored

    print_stored(Settings.from_environment(), parse_day(day) if day else None, as_json=as_json)


@app.command()
def quality(
    check: Annotated[bool, typer.Option("--check", help="Run the checks now; nothing is published.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="Most findings to print; a cut is announced.")] = 100,
) -> None:
    """What the checks of the warehouse found, since when, and whether it stops the publishing.

    A night checks all that it loaded before it publishes. The exit status is 1 where a finding stops that, else 0.

        kezek quality
        kezek quality --check
    """
    from kezek.quality import print_findings

    if not print_findings(Settings.from_environment(), check_now=check, limit=limit):
        raise typer.Exit(1)


@sources.callback(invoke_without_command=True)
def sources_all(context: typer.Context) -> None:
    """The sources that are read: whose side they are on, what was verified about them, and whether they work.

    kezek sources
    kezek sources tengrinews
    kezek sources check
    """
    if context.invoked_subcommand is None:
        sources_list()


@sources.command("list")
def sources_list() -> None:
    """All sources as a table: the same as `kezek sources`."""
    from kezek.status import print_sources

    print_sources(Settings.from_environment())


@sources.command("show")
def sources_show(source_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """One source in full: the same as `kezek sources ID`."""
    from kezek.status import print_source

    print_source(Settings.from_environment(), source_id)


@sources.command("check")
def sources_check(
    source_ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Only these sources.")] = None,
    day: Annotated[
        str | None, typer.Option(metavar="DAY", help="The day whose archive pages are read. Default: yesterday.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the responses in the archive of WARC files.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a source, for machines.")] = False,
    limit: Annotated[float, typer.Option(min=1, help="Most seconds for one source.")] = 300.0,
) -> None:
    """Read each list of the sources once, and one article, and say which sources work today and what they yield.

    Politely: hosts side by side, one request a second to each, robots.txt obeyed. Nothing is written to the warehouse.
    works: nothing is wrong; partly: something is, and something can be read; fails: nothing can be read.
    The exit status is 1 where a source fails, else 0.

        kezek sources check
        kezek sources check tengrinews tg-fts --json
    """
    from kezek.dates import parse_day
    from kezek.source_check import check

    first = parse_day(day) if day else None
    settings = Settings.from_environment()
    if not check(settings, source_ids or [], day=first, keep=keep, as_json=as_json, limit_s=limit):
        raise typer.Exit(1)


class ProposalFormat(StrEnum):
    """How `kezek entities propose` prints its names."""

    table = "table"
    toml = "toml"
    json = "json"


@entities.command("propose")
def entities_propose(
    output: Annotated[
        ProposalFormat, typer.Option("--format", help="A table, TOML to paste, or one JSON object a name.")
    ] = ProposalFormat.table,
    documents: Annotated[int, typer.Option(min=1, help="A name must stand in so many documents.")] = 3,
    sources: Annotated[int, typer.Option(min=1, help="… of so many sources.")] = 2,
) -> None:
    """The names that recur in the documents and are not in the knowledge base, for a curator to decide.

    Nothing is merged or added by itself: paste an entry into a file of nlp/knowledge/, as a new entity or as another
    spelling of the nearest one, or put the name into nlp/knowledge/dismissed.csv.

        kezek entities propose
        kezek entities propose --format toml > new.toml
    """
    from kezek.entities import print_proposals

    print_proposals(Settings.from_environment(), output.value, min_documents=documents, min_sources=sources)


@entities.command("check")
def entities_check() -> None:
    """Read the files of nlp/knowledge/ as a night does: how many entities and dismissed names, or what is wrong.

    A mistake is named with its file and line, and the exit status is 2. Run it after each edit.
    """
    from kezek.entities import check

    check()


@app.command()
def trace(
    found_id: Annotated[
        str, typer.Argument(metavar="ID", help="Any id: of a claim, observation, mention, document, entity, fetch …")
    ],
    revision: Annotated[int | None, typer.Option(metavar="N", help="Of a document, only this revision.")] = None,
    latest: Annotated[int, typer.Option(min=1, help="Of an entity, so many statements, figures and mentions.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for machines.")] = False,
) -> None:
    """Follow an id back to its bytes: source, revision, fetch, archive record, hash, and the sentence in its text.

    Reads the WARC record again, checks its hash and parses it anew. A broken link is shown with ✗, and the exit status is 2.
    A document shows what changed from revision to revision, an entity its latest statements and figures. The first letters
    of an id are enough where they fit one thing only, and so is an entity's name.

        ID=$(kezek query "select claim_id from claims limit 1" --format csv | tail -1)
        kezek trace $ID
        kezek trace Сырым
    """
    from ingest.errors import ArchiveError
    from kezek.trace import follow, trace_json
    from kezek.trace_view import show

    found = follow(Settings.from_environment(), found_id, revision=revision, latest=latest)
    if as_json:
        _print_json(trace_json(found))
    else:
        show(found)
    if found.problem:
        raise ArchiveError(found.problem)


@app.command()
def report(
    path: Annotated[
        Path | None, typer.Argument(metavar="[PATH]", help="Where to write it. Default: report.html in KEZEK_HOME.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DAY", help="First UTC day that it tells of. Default: all.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="DAY", help="Last UTC day, included. Default: all.")] = None,
    names: Annotated[str, typer.Option(metavar="en|ru|kk", help="The language, and so the script, of names.")] = "en",
) -> None:
    """Write the report: one HTML file that opens anywhere and asks the network for nothing.

    Who blames whom over time, contested causes, changed positions, queues by crossing, what was read and what was not;
    every mark of every chart leads to the words behind it and their link.

        kezek report
        kezek report october.html --since 2025-10-01 --until 2025-10-31 --names ru
    """
    from ingest import handover
    from kezek.dates import parse_day
    from kezek.names import NAMES
    from kezek.report.page import write_report

    choice = next((one for one in NAMES if one == names), None)
    if choice is None:
        raise InputError(f"--names is {names!r}, but wants one of {', '.join(NAMES)}.")
    first, last = (parse_day(day) if day else None for day in (since, until))
    if first and last and last < first:
        raise InputError(f"--until {last} lies before --since {first}.")
    settings = Settings.from_environment()
    written = write_report(settings.published, path or settings.report, since=first, until=last, names=choice)
    out.print(f"{written}  {handover.size(written) / 1e6:.1f} MB", markup=False, soft_wrap=True)


@app.command()
def explore(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")] = 8766,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 within a container.")] = "127.0.0.1",
) -> None:
    """Show the analysts' warehouse in a browser, on this machine only: filter, search, read a claim in its article.

    Read-only. A night that is published meanwhile is seen at the next click. Ctrl-C ends it.

        kezek explore
        KEZEK_HOME=data/demo kezek explore --port 9000
    """
    from kezek.explore import serve

    serve(Settings.from_environment(), port, host)


@demo.command("run")
def demo_run(
    nights: Annotated[
        int, typer.Option(min=1, max=14, help="How many nights, ending with that of 3 October 2025.")
    ] = 3,
) -> None:
    """Serve the demo web on loopback and run the real nightly DAG on it, night after night.

    The data lands in KEZEK_HOME/demo. A second run on the same folder adds nothing.

        kezek demo run
        KEZEK_HOME=data/demo kezek status
    """
    from kezek.demo import run_demo

    run_demo(Settings.from_environment(), nights)


@demo.command("serve")
def demo_serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")] = 8765,
    clock: Annotated[
        str, typer.Option(metavar="DAY", help="The day that the demo web shows, at its end.")
    ] = "2025-10-03",
) -> None:
    """Serve the demo web until Ctrl-C, to look at it in a browser.

    kezek demo serve --clock 2025-10-02
    """
    from kezek.dates import parse_day
    from kezek.demo import serve_demo

    serve_demo(port, parse_day(clock))


def _stdin() -> bytes:
    if sys.stdin is None:
        raise InputError("stdin is closed: there is nothing to read.")
    return sys.stdin.buffer.read()


def _stdin_text() -> str:
    try:
        return _stdin().decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"the input is not UTF-8: byte {error.start} does not fit.") from None


def _print_json(row: object) -> None:
    from kezek.tables import json_line

    sys.stdout.write(json_line(row))


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    err.print("[yellow]kezek:[/] ", end="")
    err.print(str(message), markup=False, soft_wrap=True)


def main() -> None:
    """Run the command line; what goes wrong becomes one sentence on stderr and exit status 2, a warning one sentence."""
    warnings.showwarning = _show_warning
    logging.basicConfig(level=logging.WARNING, format="kezek: %(message)s")
    try:
        if sys.stdout is None:
            raise InputError("stdout is closed: there is nowhere to print to.")
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # JSON is UTF-8 whatever the locale
        try:
            status = app(prog_name="kezek", standalone_mode=False)
        finally:
            sys.stdout.flush()
        sys.exit(status if isinstance(status, int) else 0)
    except _UsageError as error:
        _complain_of_usage(error)
    except typer.Abort:
        sys.exit(1)
    except KezekError as error:
        _complain(str(error))
    except OSError as error:
        # A full disk, a folder that is a file, a name too long: they can come from any step, and each is a sentence.
        if sys.stdout is not None:
            _drop_stdout()
        if error.errno == errno.EPIPE:
            sys.exit(1)
        where = f"{error.filename}: " if error.filename else ""
        _complain(f"{where}{error.strerror or error}.")


def _complain_of_usage(error: typer.BadParameter) -> NoReturn:
    """One sentence, and where to look; where there were no words at all, the help has been printed already."""
    if type(error).__name__ == "NoArgsIsHelpError":
        sys.exit(2)
    message = error.format_message().strip().rstrip(".")
    command = error.ctx.command_path if error.ctx else "kezek"
    _complain(f"{message[:1].lower()}{message[1:]}. Try {command} --help.")


def _complain(sentence: str) -> NoReturn:
    err.print("[bold red]kezek:[/] ", end="")
    err.print(sentence, markup=False, soft_wrap=True)
    sys.exit(2)


def _drop_stdout() -> None:
    """What is left in stdout's buffer goes nowhere, else Python complains of it once more at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


if __name__ == "__main__":
    main()
