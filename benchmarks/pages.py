"""The pages that the benchmarks read: articles of the demo web's outlets, in its own markup, as many as are wanted.

    .venv/bin/python benchmarks/pages.py FOLDER [PAGES]

The words are those of the demo's stories in the page's language, drawn anew for every page by a seeded generator, so
no two pages say the same and every run reads the same pages. Lengths are like those of real news: half of the articles
have fewer than some 300 words, a tenth more than 750. What a page says is written down beside it.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path

from infra.demo import site
from infra.demo.server import LAST_INSTANT
from infra.demo.story import Article, Lang, Outlet, World, load_world, plain

PAGES = 2000
_SEED = 20251001
_FIRST = datetime(2025, 9, 20, tzinfo=UTC)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def write_pages(folder: Path, pages: int = PAGES) -> None:
    """Write `pages` responses to `folder`: a file for each body, and `pages.jsonl`, one object a page in the order of reading.

    An object holds `file`, `host` (the outlet's), `path`, `headers` (as sent) and, of an article, what it says: `url`,
    `title`, `text`, `author`, `published` (ISO 8601 with the zone). Each host's robots.txt comes first, and has no
    `url`; it is the demo's own without its Crawl-delay, which not every reader obeys.
    """
    world = load_world()
    outlets = _with_articles(world, pages)
    rows: list[dict[str, object]] = []
    for outlet in outlets:
        answer = site.answer(outlet, "/robots.txt", LAST_INSTANT)
        body = re.sub(r"(?im)^crawl-delay:.*\n", "", answer.body)
        rows.append(_written(folder, outlet, "/robots.txt", site.Answer(answer.status, body, answer.content_type)))
    # One of each outlet after the other, so that readers are never kept waiting by one host's limit alone.
    for group in zip(*(outlet.article for outlet in outlets), strict=True):
        for outlet, article in zip(outlets, group, strict=True):
            version = article.versions()[0]
            row = _written(folder, outlet, article.path, site.answer(outlet, article.path, LAST_INSTANT))
            rows.append(
                {
                    **row,
                    "url": outlet.url(article),
                    "title": version.title,
                    "text": version.text,
                    "author": article.byline,
                    "published": article.published_at.astimezone(outlet.zone).isoformat(),
                }
            )
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "pages.jsonl").write_text(text, encoding="utf-8")


def _written(folder: Path, outlet: Outlet, path: str, answer: site.Answer) -> dict[str, object]:
    body = answer.body.encode(answer.charset, "xmlcharrefreplace")
    file = f"{outlet.id}{path.replace('/', '-')}"
    (folder / file).write_bytes(body)
    headers = {"Content-Type": answer.content_type, "Content-Length": str(len(body))}
    if answer.etag:
        headers["ETag"] = f'"{sha256(body).hexdigest()[:16]}"'
    if answer.modified:
        headers["Last-Modified"] = format_datetime(answer.modified.astimezone(UTC), usegmt=True)
    return {"file": file, "host": outlet.host, "path": path, "status": answer.status, "headers": headers}


def _with_articles(world: World, pages: int) -> list[Outlet]:
    chance = random.Random(_SEED)
    words: dict[Lang, list[str]] = {"ru": [], "kk": [], "en": []}
    for outlet in world.outlets:
        for article in outlet.article:
            words[outlet.language(article)] += _WORD.findall(plain(article.text).lower())
    each, over = divmod(pages, len(world.outlets))
    if over:
        raise SystemExit(f"{pages} pages can't be shared out evenly among {len(world.outlets)} outlets.")
    return [
        outlet.model_copy(update={"article": tuple(_articles(outlet, each, words, chance))}) for outlet in world.outlets
    ]


def _articles(outlet: Outlet, count: int, words: dict[Lang, list[str]], chance: random.Random) -> Iterator[Article]:
    """New articles of `outlet`, each in the likeness of one of its own: with lead, byline and quotes where that has them."""
    for number in range(count):
        like = outlet.article[number % len(outlet.article)]
        pool = words[outlet.language(like)]
        published = _FIRST + timedelta(minutes=(LAST_INSTANT - _FIRST) / timedelta(minutes=1) * number // count)
        if outlet.date_precision == "second":
            published += timedelta(seconds=chance.randrange(60))
        marks = [re.match(r"> |!|", part)[0] for part in like.versions()[0].paragraphs]  # type: ignore[index]
        length = min(1500, max(60, chance.lognormvariate(5.7, 0.7)))
        paragraphs: list[str] = []
        while sum(len(paragraph.split()) for paragraph in paragraphs) < length:
            mark = chance.choice(marks) if paragraphs else ""
            paragraphs.append(mark + " ".join(_sentence(pool, chance) for _ in range(chance.randint(1, 4))))
        yield like.model_copy(
            update={
                "path": f"/article/{number + 1}",
                "published_at": published.astimezone(like.published_at.tzinfo),
                "title": _sentence(pool, chance).rstrip("."),
                "lead": _sentence(pool, chance) if like.lead else "",
                "text": "\n\n".join(paragraphs),
                "rewrites": (),
                "gone_from": None,
                "pair": None,
            }
        )


def _sentence(pool: list[str], chance: random.Random) -> str:
    sentence = " ".join(chance.choices(pool, k=chance.randint(7, 22)))
    return f"{sentence[0].upper()}{sentence[1:]}."


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    write_pages(target, int(sys.argv[2]) if len(sys.argv) > 2 else PAGES)
