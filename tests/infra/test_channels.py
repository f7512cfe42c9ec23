"""The channel pages: Telegram's own markup in both generations, paging, edits and deletions."""

from datetime import UTC, datetime

from bs4 import BeautifulSoup, Tag

from infra.demo import gold
from infra.demo.server import LAST_INSTANT, DemoWeb
from infra.demo.telegram_page import rich, short_number
from tests.infra.conftest import Get


def soup_of(get: Get, path: str) -> BeautifulSoup:
    return BeautifulSoup(get(f"https://t.me{path}").body, "lxml")


def wraps(soup: BeautifulSoup) -> list[Tag]:
    return soup.select(".tgme_widget_message[data-post]")


def chain(get: Get, name: str) -> list[Tag]:
    """All posts of a channel, walked from the newest page to the oldest, ascending."""
    found: list[Tag] = []
    path = f"/s/{name}"
    for _ in range(20):
        soup = soup_of(get, path)
        found = wraps(soup) + found
        older = soup.select_one("a.js-messages_more[data-before]")
        rel = soup.select_one('link[rel="prev"]')
        assert (older is None) == (rel is None)
        if older is None or rel is None:
            return found
        assert older["href"] == rel["href"] == f"/s/{name}?before={older['data-before']}"
        path = str(older["href"])
    raise AssertionError("the pager goes round in circles")


def test_the_pager_leads_to_every_post_once(web: DemoWeb, get: Get) -> None:
    for channel in web.world.channels:
        ids = [wrap["data-post"] for wrap in chain(get, channel.name)]
        assert ids == [f"{channel.name}/{post.id}" for post in channel.visible(LAST_INSTANT)]


def test_the_drivers_channel_needs_more_than_one_page(get: Get) -> None:
    first = wraps(soup_of(get, "/s/fura_demo"))
    assert 0 < len(first) < len(chain(get, "fura_demo"))


def test_fields_stand_where_telegram_puts_them(web: DemoWeb, get: Get) -> None:
    expected = {row["url"]: row for row in gold.posts(web.world, LAST_INSTANT)}
    media = {
        "photo": "a.tgme_widget_message_photo_wrap",
        "video": "a.tgme_widget_message_video_player",
        "voice": "a.tgme_widget_message_voice_player",
        "poll": ".tgme_widget_message_poll",
    }
    seen = 0
    for channel in web.world.channels:
        for wrap in chain(get, channel.name):
            row = expected[f"https://t.me/{wrap['data-post']}"]
            seen += 1
            texts = [tag for tag in wrap.select(".js-message_text") if not tag.select(".js-message_text")]
            assert len(texts) == (row["text"] is not None)
            if texts:
                for line_break in texts[0].select("br"):
                    line_break.replace_with("\n")
                assert texts[0].get_text() == row["text"]
            time = wrap.select_one("a.tgme_widget_message_date time[datetime]")
            assert time is not None
            assert time["datetime"] == row["published"]
            views = wrap.select_one(".tgme_widget_message_views")
            assert (views.get_text() if views else None) == row["views_raw"]
            meta = wrap.select_one(".tgme_widget_message_meta")
            assert meta is not None
            assert ("edited" in meta.get_text()) == row["edited"]
            author = wrap.select_one(".tgme_widget_message_from_author")
            assert (author.get_text() if author else None) == row["author"]
            origin = wrap.select_one(".tgme_widget_message_forwarded_from_name")
            assert (origin.get_text() if origin else None) == row["forwarded_from"]
            assert (origin.get("href") if origin else None) == row["forwarded_url"]
            reply = wrap.select_one("a.tgme_widget_message_reply")
            assert (reply["href"] if reply else None) == row["reply_to_url"]
            assert len(wrap.select(".tgme_reaction")) == len(row["reactions"])
            assert ("service_message" in (wrap.get("class") or [])) == row["service"]
            assert [kind for kind, selector in media.items() if wrap.select(selector)] == row["media"]
            assert len(wrap.select(".grouped_media_wrap")) == row["album_size"]
    assert seen == len(expected)


def test_every_kind_of_post_is_there(web: DemoWeb) -> None:
    rows = list(gold.posts(web.world, LAST_INSTANT))
    for kind in ("photo", "video", "voice", "poll"):
        assert any(kind in row["media"] for row in rows)
    assert any(row["album_size"] > 1 for row in rows)
    assert any(row["forwarded_url"] for row in rows)
    assert any(row["forwarded_from"] and not row["forwarded_url"] for row in rows)
    for field in ("reply_to_url", "edited", "service", "link_preview", "reactions", "author"):
        assert any(row[field] for row in rows), field


def test_both_generations_of_markup_are_served(get: Get) -> None:
    new = soup_of(get, "/s/granica_watch_demo")
    assert len(new.select(".media_supported_cont")) == len(new.select(".media_not_supported_cont")) == len(wraps(new))
    old = soup_of(get, "/s/fura_demo")
    assert not old.select(".media_supported_cont")
    nested = old.select(".js-message_text .js-message_text")
    assert nested, "albums of the old markup nest their text"


def test_a_reply_quotes_in_the_class_of_texts(get: Get) -> None:
    reply = soup_of(get, "/s/granica_watch_demo").select_one('[data-post="granica_watch_demo/3309"]')
    assert reply is not None
    quoted = reply.select_one("a.tgme_widget_message_reply .tgme_widget_message_text.js-message_reply_text")
    assert quoted is not None
    assert quoted.get_text().startswith("«Деловой Шёлк» пишет")


def test_an_album_shows_its_first_id_only(get: Get) -> None:
    ids = [str(wrap["data-post"]) for wrap in chain(get, "fura_demo")]
    assert "fura_demo/1392" in ids
    assert not {"fura_demo/1393", "fura_demo/1394", "fura_demo/1395"} & set(ids)


def test_an_edit_and_a_deletion_happen_between_the_nights(web: DemoWeb, get: Get) -> None:
    web.set_clock(datetime(2025, 10, 2, tzinfo=UTC))
    edited = '[data-post="eskeldin_demo/705"]'
    before = soup_of(get, "/s/eskeldin_demo").select_one(edited)
    assert before is not None
    assert "UPD" not in before.get_text()
    assert "edited" not in before.get_text()
    assert soup_of(get, "/s/fura_demo").select('[data-post="fura_demo/1389"]')
    web.set_clock(datetime(2025, 10, 3, tzinfo=UTC))
    after = soup_of(get, "/s/eskeldin_demo").select_one(edited)
    assert after is not None
    assert "UPD: из КГД" in after.get_text()
    assert "edited" in after.get_text()
    around = {str(wrap["data-post"]) for wrap in wraps(soup_of(get, "/s/fura_demo"))}
    assert "fura_demo/1389" not in around
    assert {"fura_demo/1388", "fura_demo/1390"} <= around


def test_views_grow(web: DemoWeb, get: Get) -> None:
    counts = []
    for day in (2, 3, 4):
        web.set_clock(datetime(2025, 10, day, tzinfo=UTC))
        wrap = soup_of(get, "/s/kgd_demo").select_one('[data-post="kgd_demo/5213"] .tgme_widget_message_views')
        assert wrap is not None
        counts.append(float(wrap.get_text().removesuffix("K")))
    assert counts == sorted(counts)
    assert counts[0] < counts[2]


def test_landing_missing_and_past_the_end(get: Get) -> None:
    landing = soup_of(get, "/fura_demo")
    assert landing.select_one('.tgme_page_context_link[href="/s/fura_demo"]')
    assert not wraps(landing)
    for path in ("/nobody_here_demo", "/s/nobody_here_demo"):
        missing = get(f"https://t.me{path}")
        assert missing.status == 200
        shell = BeautifulSoup(missing.body, "lxml")
        assert shell.select_one(".tgme_page_icon > i.tgme_icon_user")
        assert not shell.select_one(".tgme_page_title")
        assert "you can contact @nobody_here_demo right away" in " ".join(shell.get_text().split())
    assert soup_of(get, "/s/fura_demo?before=1").select_one(".tme_no_messages_found")


def test_the_letter_case_of_a_name_does_not_matter(get: Get) -> None:
    assert wraps(soup_of(get, "/s/Fura_Demo"))


def test_counts_are_printed_as_telegram_prints_them() -> None:
    assert [short_number(n) for n in (1, 980, 1200, 2150, 29_000, 505_900, 8_740_000)] == [
        "1", "980", "1.2K", "2.15K", "29.0K", "505.9K", "8.74M",
    ]  # fmt: skip


def test_text_is_marked_up_as_telegram_does() -> None:
    assert rich("**Да!**\n#граница @fura_demo <5") == (
        '<b>Да&#33;</b><br/><a href="?q=%23%D0%B3%D1%80%D0%B0%D0%BD%D0%B8%D1%86%D0%B0">#граница</a> '
        '<a href="https://t.me/fura_demo" target="_blank">@fura_demo</a> &lt;5'
    )
