"""Small words that tell languages apart: in Latin letters and in Cyrillic, each language's most common ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from nlp.skeleton import skeleton


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


LATIN: Mapping[str, frozenset[str]] = {
    lang: _words(words)
    for lang, words in {
        "en": """the of to and in a is for on at with are was it that by from as have has not be or an this no after over up
            were will who they their but there been its his her said says than what when where which we you i our your all
            still do does did can could would should more most some any if so just only now today about into out between
            since until because due against near had he she them how why my us me""",
        "de": """der die das und ist im den von zu mit auf für nicht ein eine einen einer dem des sich auch es an werden aus
            er hat dass sie nach wird bei um noch wie einem über so zum war haben nur oder aber vor zur bis mehr durch man
            sind seit unter zwischen wegen keine kein niemand""",
        "fr": """le la les de des du un une et est en que qui dans pour sur par pas plus au aux avec ce cette sont il elle
            ils elles ne se ou mais depuis selon leur leurs été sans sous entre quand à après nous vous""",
        "es": """el la los las de del un una y es en que para por con no se su sus al lo como más pero sus le ya o este
            desde entre esta son fue han hasta sobre sin también muy está hay""",
        "it": """il lo la i gli le di del della dei delle un una e è in che per con non si su da al alla come più ma anche
            sono ha hanno dal nel nella tra fra dopo questo""",
        "pt": """o a os as de do da dos das um uma e é em que para por com não se na no ao mais como mas foi são ou há
            entre desde até também está pelo pela""",
        "nl": """de het een en van is in op te dat niet met voor zijn aan er om ook als bij maar naar uit nog door over tot
            worden wordt zich geen sinds tussen hebben""",
        "sv": """och att det som en på är av för med den till inte om ett har de var sig från vid men mellan sedan""",
        "pl": """i w na z się nie do jest to że o po za od przez dla są ale już jak czy tylko oraz przy ich być ze przed
            dziś jeszcze który która które""",
        "cs": "a v na se je že z do s o pro za po od ale jsou jako při už ještě nebo byl které který mezi kvůli",
        "ro": "și în de la cu pe un o este nu că din pentru care sunt mai au fost după între dar sau prin",
        "lt": "ir yra į iš su kad bet tai nuo dėl prie apie kaip jau arba buvo per tarp",
        "lv": "un ir uz no ar ka bet pie par kā jau vai bija pēc starp tiek",
        "tr": """ve bir bu için ile da de çok olarak daha var olan gibi kadar sonra en ne ya mi icin cok değil degil diyor
            dedi oldu olduğu ama göre gun gün üç kapalı açık arasında arasındaki tarafından""",
        "az": "və bir bu üçün ilə da də çox olaraq daha var olan kimi qədər sonra nə dedi amma görə üç deyil",
        "uz": """va bilan uchun bu ham da ekan edi emas kerak bir kundan beri deb dedi esa lekin yoki qadar keyin bo'lgan
            bo'lib so'ramoqda soʻng boʻlgan qilingan yillik uch boʻyicha bo'yicha turibdi""",
        "id": "yang dan di ke dari untuk dengan pada ini itu tidak akan telah adalah atau juga karena oleh",
        "fi": "ja on ei se että oli hän mutta ovat myös kun niin jo tai joka kuin ovat",
        "hu": "a az és hogy nem is egy van meg de ez már csak még mint volt között",
        "sr": "i u je da na se za su od sa ne što koji koja ali nije kao ili zbog između već",
        "ru": """i v na s ne chto po kak iz za k u ot dlya eto uzhe net vse stoim stoit kto skolko gde kogda seychas opyat
            ochered granitse rebyata tam tut budet my oni yest est""",
    }.items()
}
"""Language → its words in Latin letters; "ru" is what Russians type without a Cyrillic keyboard."""

CYRILLIC: Mapping[str, frozenset[str]] = {
    lang: _words(words)
    for lang, words in {
        "ky": """жана менен үчүн болуп болгон эмес унаа чек ара кыргыз кыргызстан катары кийин жок эле ушул
            аркылуу боюнча тууралуу ташуучу мурда азыр турат турган бирок жатат жатышат экенин үч""",
        "tt": "һәм белән өчен инде бу дип түгел булган булып иде ул алар хәзер буенча турында кадәр соң җитте",
        "ba": "һәм менән өсөн инде тип түгел булған булып ине ул улар хәҙер буйынса тураһында тиклем һуң",
        "bg": "са се ще че които който която това като към също беше бъде още според няма през",
        "sr": "је се су од са што који која али није као због већ нема",
        "mn": "нь байна юм гэж бол энэ болон байгаа гэсэн хүлээж дээр нар олон",
        "be": "ў што з як але ужо гэта яны ёсць паміж праз",
        "uz": "ва билан учун бу ҳам эмас керак деб деди лекин ёки кейин йўқ юк",
        "tg": "дар ва аз ба ки бо барои ин аст буд шуд",
    }.items()
}
"""Language that is none of the three → its words in Cyrillic letters."""

RUSSIAN: frozenset[str] = _words(
    """и в на с не что по как из за к у от для это уже нет все всё а но или же бы о об до при после так где когда
    сейчас через между чтобы если только ещё еще его её ее их они мы он она вы я который которые которая было были был
    будет есть стоят стоит сообщили сообщает заявил заявили сказал сказали со во также из-за под над без раз более около
    очередь фур границе водители пока тоже этого этом том тем чем ни ли"""
)
KAZAKH: frozenset[str] = _words(
    """және мен бен пен бұл осы сол олар біз үшін туралы бойынша кейін дейін бері ғана тек бірақ себебі өйткені сондықтан
    деп дейді деді деген бар жоқ емес болды болады болып болған тұр отыр жатыр жүр барлық өте тағы қазір енді арасында
    арқылы қарай сияқты немесе бір екі үш бес онда оның олардың керек дейін айтты жүк көлік кезек кезекте бекет бекетінде
    шекара шекарада шекарасында жүргізуші жүргізушілер сағат хабарлады мәлімдеді адам"""
)
_KAZAKH_STEMS = ("кезег", "кезек", "бекет", "көлік", "көліг", "жүргізу", "шекара", "кеден", "қазақ", "шақырым", "хабарла", "мәлімде",
                 "мемлекет", "министрліг", "ресей", "тасымал", "күте", "күтіп", "жүздеген", "облыс", "қала")  # fmt: skip
"""How words begin that Kazakh posts about a queue use."""


_ENGLISH_ENDING = re.compile(r"..(?:ed|ing|tions?|ly|[^aious]s)$")


def english_endings(words: Iterable[str]) -> int:
    """How many of `words`, in lower case, end as English ones often do (and French or Spanish ones sometimes)."""
    return sum(_ENGLISH_ENDING.search(word) is not None for word in words)


def other_in_latin(words: list[str]) -> int:
    """How many of `words`, in lower case, are small words of that language, English aside, which has the most of them."""
    return max(sum(word in small for word in words) for lang, small in LATIN.items() if lang != "en")


@cache
def _latin_kazakh() -> tuple[frozenset[str], tuple[str, ...]]:
    """Keys of Kazakh words, and of their beginnings, that no other language of `LATIN` has."""
    taken = {skeleton(word) for lang in LATIN for word in LATIN[lang]}
    words = frozenset(key for word in KAZAKH if len(key := skeleton(word)) > 2 and key not in taken)
    return words, tuple(skeleton(stem) for stem in _KAZAKH_STEMS)


def kazakh_in_latin(words: list[str]) -> int:
    """How many of `words`, in lower case, are Kazakh in one of its Latin scripts, as far as its commonest words tell."""
    known, stems = _latin_kazakh()
    keys = [skeleton(word) for word in words]
    return sum(key in known or key.startswith(stems) for key in keys)
