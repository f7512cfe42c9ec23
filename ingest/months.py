"""Names of months and weekdays as dates have them, in the languages that name this border and those of the wider press.

The forms are those of CLDR's calendars (https://cldr.unicode.org, "format" and "stand-alone", wide and abbreviated), with
the case endings of Russian and Kazakh.
"""

from __future__ import annotations

import re
from typing import Final

_RU: Final = ["январ", "феврал", "март", "апрел", "ма", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр"]
_KK: Final = [
    "қаңтар",
    "ақпан",
    "наурыз",
    "сәуір",
    "мамыр",
    "маусым",
    "шілде",
    "тамыз",
    "қыркүйек",
    "қазан",
    "қараша",
    "желтоқсан",
]
_EN: Final = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_SHORT: Final = (
    ("янв", "қаң", "jan"),
    ("фев", "февр", "ақп", "feb"),
    ("мар", "нау", "наур", "mar"),
    ("апр", "сәу", "apr"),
    ("мам", "may"),
    ("июн", "мау", "jun"),
    ("июл", "шіл", "jul"),
    ("авг", "там", "aug"),
    ("сен", "сент", "қыр", "қырк", "sep", "sept"),
    ("окт", "қаз", "oct"),
    ("ноя", "нояб", "қар", "nov"),
    ("дек", "жел", "желт", "dec"),
)
_RU_ENDINGS: Final = "(?:ь|я|е|а|й|ю)?"
# қыркүйек, қыркүйектің, қыркүйекте, қыркүйектен, қыркүйегі, қазаны, …
_KK_ENDINGS: Final = "(?:тың|тің|дың|дің|ның|нің|да|де|та|те|дан|ден|тан|тен|нан|нен|ы|і|ында|інде)?"

# Ukrainian, German, French, Spanish, Italian, Portuguese, Polish, Turkish, Dutch, Uzbek, Lithuanian, Czech; a "." may follow
# each.
_OTHERS: Final = (
    "січня січень січ|januar jänner|janvier janv|enero ene|gennaio genn gen|janeiro|stycznia styczeń sty|ocak oca|januari|yanvar|sausio|ledna",
    "лютого лютий лют|februar feber|février févr fév|febrero|febbraio febbr|fevereiro fev|lutego luty lut|şubat şub|februari|fevral|vasario|února",
    "березня березень бер|märz mrz mär|mars|marzo|março|marca marzec|mart|maart mrt|kovo|března",
    "квітня квітень квіт|avril avr|abril abr|aprile|kwietnia kwiecień kwi|nisan nis|aprel|balandžio|dubna",
    "травня травень трав|mai|mayo|maggio magg mag|maio|maja maj|mayıs|mei|gegužės|května",
    "червня червень черв|juni|juin|junio|giugno giu|junho|czerwca czerwiec cze|haziran haz|iyun|birželio|června",
    "липня липень лип|juli|juillet juil|julio|luglio lug|julho|lipca lipiec lip|temmuz tem|iyul|liepos|července",
    "серпня серпень серп|août|agosto ago|sierpnia sierpień sie|ağustos ağu|augustus|avgust|rugpjūčio|srpna",
    "вересня вересень вер|septembre|septiembre|settembre sett|setembro set|września wrzesień wrz|eylül eyl|sentyabr|rugsėjo|září",
    "жовтня жовтень жовт|oktober okt|octobre|octubre|ottobre ott|outubro out|października październik paź|ekim eki|oktyabr|spalio|října",
    "листопада листопад лист|novembre|noviembre|novembro|listopada listopad lis|kasım kas|noyabr|lapkričio|listopadu",
    "грудня грудень груд|dezember dez|décembre déc|diciembre dic|dicembre|dezembro|grudnia grudzień gru|aralık ara|dekabr|gruodžio|prosince",
)


def _near(number: int) -> str:
    ru, kk, en = _RU[number], _KK[number], _EN[number]
    russian = "ма[йяею]" if ru == "ма" else ru + _RU_ENDINGS
    kazakh = kk + _KK_ENDINGS + ("|қыркүйег(?:і|інде)" if kk == "қыркүйек" else "")
    return rf"{russian}|{kazakh}|{en}|(?:{_longest_first(_SHORT[number])})\.?"


def _far(number: int) -> str:
    return rf"(?:{_longest_first(re.split(r'[ |]', _OTHERS[number]))})\.?"


def _longest_first(names: tuple[str, ...] | list[str]) -> str:
    return "|".join(sorted(dict.fromkeys(names), key=len, reverse=True))


NEAR: Final = "|".join(f"(?:{_near(number)})" for number in range(12))
"""Regular expression, to be used without regard to case: a month in Russian, Kazakh or English."""
ANY: Final = "|".join(f"(?:{_near(number)}|{_far(number)})" for number in range(12))
"""The same for a month in any of the languages."""
_ONE: Final = [re.compile(rf"(?:{_near(number)}|{_far(number)})\Z", re.IGNORECASE) for number in range(12)]

WEEKDAYS: Final = (
    "понедельник|вторник|сред[аы]|четверг|пятниц[аы]|суббот[аы]|воскресенье|пн|вт|ср|чт|пт|сб|вс|"
    "дүйсенбі|сейсенбі|сәрсенбі|бейсенбі|жұма|сенбі|жексенбі|"
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|"
    "понеділок|вівторок|середа|четвер|п['’]ятниця|субота|неділя|"
    "montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|mo|di|mi|do|fr|sa|so|"
    "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|"
    "lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|(?:segunda|terça|quarta|quinta|sexta)(?:-feira)?|"
    "poniedziałek|wtorek|środa|czwartek|piątek|sobota|niedziela|pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|pazar|"
    "maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag"
)
"""Regular expression: a weekday's name or abbreviation in any of the languages."""


def month_number(name: str) -> int:
    """1 to 12 for a month's name as ANY matches it. Raises ValueError for anything else."""
    for number, pattern in enumerate(_ONE, start=1):
        if pattern.match(name):
            return number
    raise ValueError(f"{name!r} is no month")
