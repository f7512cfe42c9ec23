"""Lines that stand among an article's own and are none: labels, invitations, dates, the author's life, the imprint.

A line is judged by its words alone, and only where it is short; one with a quotation is kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ingest.dates import parse_date
from ingest.errors import InputError
from ingest.quotation import has_quotation

READ_ALSO: Final = re.compile(
    r"^[\[(>»▶►•*–—-]*\s*(?:читайте|смотрите|читать|узнайте|подробнее|ранее по теме|по теме|материал по теме|см\. также|еще по теме|"
    r"ещё по теме|также по теме|другие новости|оқи отырыңыз|тағы оқыңыз|осы тақырыпта|тақырып бойынша|оқыңыз|читайте також|дивіться також|"
    r"read (?:more|also|next|full|the full)|see (?:more|also)|also read|also see|watch:|watch now|watch also|don['’]t miss|"
    r"related|more on this|more from|more:|recommended|must read|click here|you (?:may|might) (?:also )?(?:like|be interested)|"
    r"mehr (?:zum thema|dazu|lesen)|lesen sie|auch interessant|weiterlesen|siehe auch|das könnte sie|hier finden sie|lesetipp|"
    r"czytaj|zobacz|przeczytaj|polecamy|leia|veja|saiba mais|leggi|guarda (?:anche|il)|per approfondire|potrebbe interessarti|"
    r"à lire|lire (?:aussi|également|la suite)|voir aussi|sur le même sujet|lee (?:también|más)|ver (?:también|más)|te puede interesar|"
    r"más información|ayrıca|ilgili haber|bunu da oku|bakınız|lees ook|skaityk(?:ite)? (?:ir|taip pat))(?![\w])",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(
    r"(?:advertisement|ad|реклама|жарнама|anzeige|publicité|publicidad|publicidade|pubblicità|reklama|reklam|"
    r"story continue[sd] below(?: advertisement)?|article continues below(?: advertisement)?|continue reading|продолжение после рекламы|"
    r"table of contents|contents|содержание|оглавление|inhalt(?:sverzeichnis)?|sommaire|índice|jump to|"
    r"(?:most|the most) (?:read|popular|viewed)(?: in [\w &]+)?|trending(?: now)?|popular(?: posts| stories)?|популярное|самое читаемое|сейчас читают|"
    r"related (?:articles?|stor(?:y|ies)|posts?|news|content|topics?|links?)|recommended(?: (?:stories|reading|for you))?|"
    r"похожие (?:новости|статьи|материалы)|(?:материалы|новости|ещё|еще|другие новости|читайте)? ?по теме|рекомендуем|"
    r"читайте (?:также|ещ[её]|подробнее|далее)|тағы оқыңыз|оқи отырыңыз|ұқсас жаңалықтар|"
    r"lire aussi|à lire aussi|mehr zum thema|lesen sie (?:auch|mehr)|czytaj (?:więcej|też|także)|zobacz (?:też|także|więcej)|leia (?:mais|também)|"
    r"veja (?:mais|também)|leggi anche|lee también|te puede interesar|don['’]t miss|read (?:more|next|also)|see also|"
    r"breaking news emails|click to tweet|share(?: this(?: article| story| post)?)?|поделиться(?: новостью| в соцсетях)?|бөлісу|teilen|partager|"
    r"compartir|compartilhar|condividi|udostępnij|paylaş|print(?: this)?|печать|listen(?: to this article)?|слушать(?: новость)?|"
    r"(?:leave a )?comments?|комментарии|пікірлер|kommentare|watch (?:the )?video(?: here)?|смотреть видео|subscribe(?: now)?|sign up)",
    re.IGNORECASE,
)
_READING_TIME: Final = re.compile(
    r"(?:время (?:на )?чтени[ея]|оқу уақыты|tempo de leitura|reading time|lesezeit|temps de lecture|tiempo de lectura|tempo di lettura|"
    r"czas czytania|okuma süresi)\b.{0,20}|(?:~|<|≈)?\s*\d{1,2}\s*[- ]?(?:min(?:ute)?s?\.?|мин\.?|минут[аы]?)(?: (?:read|чтения|lesezeit|de lecture|de lectura|"
    r"di lettura|de leitura|czytania|okuma))\.?",
    re.IGNORECASE,
)
_STAMP: Final = re.compile(
    r"(?:(?:last )?updated|published|posted|created|обновлено|опубликовано|жарияланды|жаңартылды|aktualisiert|veröffentlicht|publié|mis à jour|"
    r"publicad[oa]|atualizado|actualizado|pubblicato|aggiornato|opublikowano|güncelleme|yayınlanma)(?: (?:on|at|am|le|el|em|il))?\s*:?\s+",
    re.IGNORECASE,
)
_IMPRINT: Final = re.compile(
    r"(?:нашли (?:ошибку|опечатку)|(?:если вы )?(?:обнаружили|заметили|увидели) (?:ошибку|опечатку)|(?:наш[иел]* )?подпи(?:сывайтесь|шитесь|саться)|"
    r"сообщить новость|увидели интересное|читайте нас|следите за (?:нами|новостями)|присоединяйтесь|больше новостей|все новости|"
    r"(?:наш|мы в) (?:telegram|телеграм|instagram|facebook|youtube|whatsapp|tiktok|вконтакте)|новости (?:\w+ )?в (?:telegram|телеграм)|"
    r"при (?:использовании|перепечатке|копировании|цитировании)[^.]{0,40}(?:материал|ссылк)|использование материалов|"
    r"перепечатка|все права защищены|теги?\s*:|метки\s*:|мітки\s*:|темы\s*:|ключевые слова\s*:|тегтер\s*:|рубрики?\s*:|"
    r"ақпаратты көшіріп|материалды пайдалан|барлық құқық|жазылыңыз|қате таптыңыз|підписуйтесь|"
    r"tags?\s*:|topics?\s*:|filed under|categor(?:y|ies)\s*:|keywords?\s*:|schlagwor|etiketler|etiquetas\s*:|tagi\s*:|mots-clés|"
    r"subscribe\b|sign up (?:for|to)|start (?:a|your) free trial|want .{0,60}\?.{0,20} (?:start|sign up|subscribe)|"
    r"get (?:the latest|our|breaking|daily)|all rights reserved|©|\(c\) ?\d{4}|copyright\b|follow (?:us|\w+ on|@)|have a tip\?|like us on|join (?:us|our)|"
    r"abonnieren|abonnez-vous|suscríbete|inscreva-se|iscriviti|zapisz się|abone ol|follow [\w’' ]+ full coverage|"
    r"[-•| ]*haberler\b|photo(?:s| credit)?\s*:|featured image|image(?:s)?\s*:|"
    r"this (?:story|article|post|piece|content) (?:was|has been|is) (?:originally |first )?(?:published|updated|posted|appeared|translated|produced)|"
    r"(?:first|originally) (?:published|appeared|posted)|the (?:article|post) .{0,120} (?:first )?appeared (?:first )?on|"
    r"[\w.+-]+@[\w-]+\.[\w.]+$|(?:https?://)?(?:www\.)?(?:twitter|x|facebook|instagram|t)\.(?:com|me)/\S+$|@\w{2,}$)",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r"[«»“”„\"]")
_SHORT: Final = 80
_CLOSING: Final = 300
_LIFE: Final = 700
_FROM_END: Final = 4


def without_chaff(lines: Sequence[str], authors: str | None) -> list[str]:
    """`lines` without the labels among them, the date, the author (`authors`, joined by ", ") and the reading time above,
    and what stands below: invitations, tags, addresses, rights, and who the authors are."""
    kept = [line for line in lines if not _is_label(line)]
    names = [name.casefold() for name in (authors or "").split(", ") if " " in name]
    while len(kept) > 1 and _is_stamp(kept[0], names):
        kept = kept[1:]
    if len(kept) > 2 and _is_stamp(kept[1], names):
        kept = [kept[0], *kept[2:]]
    body = max(1, len(kept) - _FROM_END)
    kept = [*kept[:body], *(line for line in kept[body:] if not _is_life(line, names))]
    while len(kept) > 1 and len(kept[-1]) < _CLOSING and _IMPRINT.match(kept[-1]) and not has_quotation(kept[-1]):
        kept.pop()
    return kept


def _is_label(line: str) -> bool:
    said = line.strip(" :.!…[]>»-–—•")
    return len(line) <= _SHORT and (bool(_LABEL.fullmatch(said)) or bool(_READING_TIME.fullmatch(said)))


def _is_stamp(line: str, names: Sequence[str]) -> bool:
    """Whether a line is a date, with or without "published", or one of the authors, with or without "by"."""
    if len(line) > _SHORT or _QUOTED.search(line):
        return False
    said = line.casefold().strip(" .,|—–-")
    if names and any(said == name or (said.endswith(name) and len(said) <= len(name) + 12) for name in names):
        return True
    try:
        parse_date(re.sub(r"\b[A-Z]{3,4}$", "", _STAMP.sub("", line.strip())).strip(), month_first=True)
    except InputError:
        return False
    return True


def _is_life(line: str, names: Sequence[str]) -> bool:
    """Whether a line tells who one of the authors is: it begins with the name, and it is no answer in a talk."""
    said = line.casefold()
    return (
        len(line) <= _LIFE
        and not has_quotation(line)
        and any(said.startswith(name) and not said[len(name) :].lstrip().startswith(":") for name in names)
    )
