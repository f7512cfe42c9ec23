"""The media of a channel post: what kinds there are, and the addresses of the files. They are kept, never downloaded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lxml import etree

from ingest.class_index import ClassIndex
from ingest.post_text import address_of, text_of

MEDIA_KINDS: Final = (
    "photo",
    "video",
    "round_video",
    "voice",
    "audio",
    "document",
    "sticker",
    "location",
    "poll",
    "contact",
    "game",
    "invoice",
)
_M: Final = "tgme_widget_message_"
_CLASSES: Final = {
    f"{_M}photo_wrap": "photo",
    f"{_M}video_player": "video",
    f"{_M}roundvideo_player": "round_video",
    f"{_M}voice_player": "voice",
    f"{_M}document_wrap": "document",
    f"{_M}sticker_wrap": "sticker",
    f"{_M}tgsticker": "sticker",
    f"{_M}videosticker": "sticker",
    f"{_M}location_wrap": "location",
    f"{_M}venue_wrap": "location",
    f"{_M}poll": "poll",
    f"{_M}contact_wrap": "contact",
    f"{_M}game": "game",
    f"{_M}invoice": "invoice",
    f"{_M}service_photo": "channel_photo",
}
_NAMES: Final = tuple(
    f"{_M}{part}"
    for part in ("document_title", "location_title", "contact_name", "game_title", "invoice_title", "poll_question")
)
_DURATIONS: Final = ("message_video_duration", f"{_M}roundvideo_duration", f"{_M}voice_duration")
_BACKGROUND: Final = re.compile(r"""background(?:-image)?\s*:[^;]*?url\(\s*(["']?)(.*?)\1\s*\)""", re.DOTALL)
_MEMBER: Final = re.compile(r"/([0-9]{1,15})(?:\?|$)")


@dataclass(frozen=True, slots=True)
class Medium:
    """One photo, video, file … of a post.

    `kind` is one of MEDIA_KINDS, or "channel_photo" (the new picture that a service message tells of). `url` is the file's
    address (of a location the map's; of a document, which has none in public, the post's), `thumb_url` that of a small
    picture of it. `duration` ("0:48"), `size` ("2.1 MB") and `name` are as shown; `post_id` is the album member's own id.
    """

    kind: str
    url: str | None
    thumb_url: str | None = None
    duration: str | None = None
    name: str | None = None
    size: str | None = None
    post_id: int | None = None


def media_in(post: ClassIndex) -> tuple[Medium, ...]:
    """The post's media in the page's order; what stands in another medium is a part of that."""
    media: dict[etree._Element, Medium] = {}
    for element, name in post.with_class(_CLASSES):
        if not any(ancestor in media for ancestor in element.iterancestors()):
            media[element] = _medium(element, _CLASSES[name])
    return tuple(media.values())


def kinds_of(media: tuple[Medium, ...]) -> tuple[str, ...]:
    """The kinds of media, each once."""
    there = {medium.kind for medium in media}
    return tuple(kind for kind in MEDIA_KINDS if kind in there)


def picture_of(element: etree._Element | None) -> str | None:
    """The address of the picture that an element shows as its background, or as an image in it."""
    if element is None:
        return None
    index = ClassIndex(element)
    return _background(index) or next((url for image in index.tags("img") if (url := _file(image, "src"))), None)


def _medium(element: etree._Element, kind: str) -> Medium:
    parts = ClassIndex(element)
    if kind == "document" and "audio" in parts:
        kind = "audio"
    picture = picture_of(element)
    url = next((url for file in parts.tags("video", "audio", "source", "i") if (url := _played(file))), None)
    if kind in ("photo", "sticker", "channel_photo"):
        url, picture = (url, picture) if url else (picture, None)
    elif kind in ("document", "audio", "location"):
        url = url or _absolute(address_of(element))
    member = _MEMBER.search(element.get("href") or "")
    return Medium(
        kind=kind,
        url=url,
        thumb_url=picture,
        duration=text_of(parts.first(*_DURATIONS)),
        name=text_of(parts.first(*_NAMES)),
        size=text_of(parts.first(f"{_M}document_extra")) if kind == "document" else None,
        post_id=int(member[1]) if member and "grouped_media_wrap" in parts else None,
    )


def _played(element: etree._Element) -> str | None:
    """The file that a player or sticker element plays."""
    return next((url for name in ("src", "data-webp", "srcset") if (url := _file(element, name))), None)


def _file(element: etree._Element, attribute: str) -> str | None:
    return _absolute(address_of(element, attribute))


def _background(index: ClassIndex) -> str | None:
    for element in index:
        if "emoji" in (element.get("class") or ""):
            continue
        match = _BACKGROUND.search(element.get("style") or "")
        if match and (url := _absolute(match[2].replace("&amp;", "&").strip())):
            return url
    return None


def _absolute(url: str | None) -> str | None:
    """A web address with its scheme; None for what is none (`data:`, a file beside a page that a browser saved)."""
    if url and url.startswith("//"):
        return f"https:{url}"
    return url if url and re.match(r"https?://", url) else None
