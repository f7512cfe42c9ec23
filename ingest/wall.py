"""Pages that stand in an article's place: walls against robots, consent and login pages, errors answered with success."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

# By kind, what such a page calls itself in its title or first heading, whole but for the site's name.
_TITLES: Final = {
    "a check of the browser": r"just a moment|one moment,? please|please wait(?: a moment)?|attention required|ddos-guard|"
    r"checking (?:your|the) browser(?: before .*)?|checking if the site connection is secure|security check(?:point)?|verifying (?:your|the) browser|"
    r"browser (?:check|verification)|проверка (?:вашего )?браузера|проверяем (?:ваш )?браузер|qrator|vercel security checkpoint|"
    r"подождите|загрузка",
    "a captcha": r"(?:re|h|smart)?captcha|are you (?:a )?(?:robot|human)|human verification|verify (?:that )?you(?:'|’)?(?: a)?re (?:a |not a )?(?:human|robot)|"
    r"verifying you are human|robot check|вы не робот|я не робот|подтвердите,? что вы (?:не робот|человек)|"
    r"проверка,? что вы не робот|access to this page has been denied|pardon our interruption|ой|сіз робот емессіз бе",
    "access denied": r"access (?:denied|forbidden|blocked|restricted)|(?:error )?403(?: -)?(?: forbidden| error)?|forbidden|error 10\d\d|blocked|"
    r"sorry,? you have been blocked|доступ (?:запрещ[её]н|ограничен|закрыт|заблокирован)|қолжетімділік шектелген|кіруге тыйым салын(?:ған|ды)|"
    r"request (?:blocked|rejected|unsuccessful)|451 unavailable for legal reasons|доступ до сайту обмежено",
    "javascript is required": r"(?:please )?enable javascript(?: and cookies)?(?: to (?:continue|proceed|run this app))?|javascript (?:is )?(?:required|disabled)|"
    r"включите javascript|javascript отключ[её]н",
    "consent": r"before you continue(?: to .*)?|bevor sie fortfahren|(?:cookie|privacy) (?:consent|settings|preferences)|your privacy choices|we value your privacy|"
    r"datenschutzeinstellungen|согласие на обработку.*|consent",
    "not found": r"(?:error |ошибка |oops[!,.]? ?)?404(?:[ :,.!–—-]*(?:error|ошибка|not found|page not found|страница не найдена|бет табылмады|seite nicht gefunden))?|"
    r"(?:oops[!,.]? ?|sorry[!,.]? ?)?(?:(?:this |the |that )?(?:page|article|content|file|requested page) )?(?:(?:was|is|could|can(?:'|’)t|cannot)? ?(?:be )?)?not (?:be )?found(?: \(?404\)?)?|"
    r"page (?:can(?:'|’)t|cannot) be found|(?:упс[!,.]? ?)?(?:(?:запрашиваемая |такая )?страница|материал|статья|новость) (?:не найден[ао]?|не существует|удален[ао]?|удал[её]н)(?: \(?404\)?)?|"
    r"такой страницы (?:нет|не существует)|страница не найдена.*404|ничего не найдено|бет табылмады|парақ табылмады|бет жоқ|материал табылмады|сторінк[ау] не знайден[оа]|"
    r"seite nicht gefunden|page (?:introuvable|non trouvée)|página no encontrada|página não encontrada|pagina non trovata|strona nie (?:istnieje|została znaleziona)|"
    r"nie znaleziono strony|sayfa bulunamadı",
    "an error of the server": r"(?:error |ошибка )?50[0-4](?:[ :–—-]*(?:internal server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out))?|"
    r"internal server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out|(?:сайт|сервис) временно недоступен|"
    r"(?:на сайте )?(?:ведутся )?технические работы|(?:site |under |scheduled )?maintenance(?: mode)?|account suspended|"
    r"сайт (?:уақытша )?(?:қолжетімсіз|жұмыс істемейді)|техникалық жұмыстар(?: жүргізілуде)?|web server is down|origin is unreachable",
    "a login": r"(?:please )?(?:log|sign) ?in(?: to continue| or (?:sign up|register).*)?|login(?: required)?|вход(?: на сайт| в систему)?|авторизация|"
    r"войдите(?:,? чтобы продолжить)?|требуется авторизация|жүйеге кіру|anmelden|connexion|iniciar sesión|zaloguj się",
}
# What no article says of itself, where a page says little else.
_SENTENCES: Final = {
    "a check of the browser": r"checking (?:if the site connection is secure|your browser before accessing)|needs to review the security of your connection|"
    r"performance (?:&|and) security by cloudflare|cloudflare ray id|ddos protection by|ddos-guard|protected by qrator|powered by qrator|проверяем ваш браузер|"
    r"browser will redirect to your requested content|ваш браузер будет перенаправлен|this process is automatic",
    "a captcha": r"verify(?:ing)? (?:that )?you are (?:a )?(?:human|not a robot)|confirm (?:that )?you are (?:a )?human|запросы отправляли вы, а не робот|"
    r"подтвердите,? что вы (?:не робот|человек)|press (?:&|and) hold to confirm|unusual traffic from your (?:computer )?network|"
    r"your ip address has been flagged|complete the security check|incapsula incident id|please solve (?:the|this) captcha|made us think you were a bot|"
    r"есть подозрение, что вы робот",
    "access denied": r"you don(?:'|’)t have permission to access|you have been blocked|access to this (?:page|site|resource) (?:has been|is) (?:denied|blocked|restricted|forbidden)|"
    r"доступ к (?:этому |данному )?(?:сайту|ресурсу|странице) (?:запрещ[её]н|ограничен|заблокирован)|ваш ip[- ]адрес заблокирован",
    "javascript is required": r"(?:please )?(?:enable|turn on) (?:js|javascript)(?:,| and) (?:cookies|disable any ad blocker)|you need to enable javascript to run this app|"
    r"(?:необходимо |пожалуйста,? )(?:включите|включить) (?:поддержку )?javascript|javascript is (?:disabled|not enabled) in your browser|"
    r"enable javascript and cookies to continue",
    "consent": r"we and our (?:\d+ )?partners (?:store|process|use)|before you continue to|choose .{0,40}(?:accept all|reject all)|"
    r"продолжая (?:использовать|пользоваться) (?:наш(?:им)? )?сайт(?:ом)?,? вы (?:соглашаетесь|да[её]те согласие)",
    "not found": r"the (?:page|requested url|link) (?:you (?:are|were) looking for|you requested|requested|.{1,80} was) (?:does ?n(?:o|'|’)t exist|(?:was|could) not (?:be )?found|not found|is no longer)|"
    r"(?:запрашиваемая|запрошенная|такая) (?:вами )?страница (?:не (?:найдена|существует)|была удалена)|сіз іздеген бет|сұралған бет|страница была (?:удалена|перемещена)",
    "an error of the server": r"the server (?:encountered an internal error|is temporarily unable to service)|the requested service is temporarily unavailable|"
    r"error establishing a database connection",
    "a login": r"(?:log|sign) in to (?:continue|read|view|see) |войдите или зарегистрируйтесь, чтобы",
}
# What nothing but a challenge by a firewall says: of an article that is declared to be one, too.
_CHALLENGES: Final = {
    "a check of the browser": r"checking (?:if the site connection is secure|your browser before accessing)|needs to review the security of your connection|"
    r"performance (?:&|and) security by cloudflare|cloudflare ray id|enable javascript and cookies to continue",
    "a captcha": r"verify(?:ing)? (?:that )?you are (?:a )?(?:human|not a robot)|confirm (?:that )?you are (?:a )?human|press (?:&|and) hold to confirm|"
    r"запросы отправляли вы, а не робот|incapsula incident id|complete the security check to|please solve (?:the|this) captcha",
}
# What articles say as well ("ведутся технические работы на посту"): a wall only where it is a whole sentence and little else stands there.
_WHOLE_SENTENCES: Final = {
    "an error of the server": r"(?:в настоящее время |сейчас |на (?:нашем )?(?:сайте|портале) )*(?:ведутся|проводятся) технические работы(?: на (?:нашем )?(?:сайте|портале))?|"
    r"(?:мы )?приносим (?:вам )?(?:свои )?извинения за (?:временные|доставленные|причин[её]нные) неудобства",
}
_TITLE_KINDS: Final = {kind: re.compile(rf"(?:{words})", re.IGNORECASE) for kind, words in _TITLES.items()}
_SENTENCE_KINDS: Final = {kind: re.compile(words, re.IGNORECASE) for kind, words in _SENTENCES.items()}
_CHALLENGE_KINDS: Final = {kind: re.compile(words, re.IGNORECASE) for kind, words in _CHALLENGES.items()}
_WHOLE_SENTENCE_KINDS: Final = {kind: re.compile(words, re.IGNORECASE) for kind, words in _WHOLE_SENTENCES.items()}
_SENTENCE_END: Final = re.compile(r"[.!?…\n]+")
_EDGE: Final = " .!?…,:;|–—-»«›•#()[]"
_SEPARATOR: Final = re.compile(r"\s+[|•·»–—-]+\s+|\s*\|\s*")
_SHORT: Final = 200
_LITTLE: Final = 120
_NOTICE: Final = 40


def wall(titles: list[str], text: str, *, declared_article: bool = False) -> str | None:
    """The kind of wall, in words, that a page with these titles (its title element, its headings) and this `text` is;
    None where it is none.

    A title counts whole, so that an article about a wall stays an article; its parts, titles of one word and what the text
    says count only where the text is short (200 and 120 words). Of a page that declares itself a dated article
    (`declared_article`) only the words of a firewall's challenge count.
    """
    words = len(text.split())
    if declared_article:
        return _kind_said(_CHALLENGE_KINDS, text) if words <= _LITTLE else None
    for title in titles:
        for part in dict.fromkeys((title, *_SEPARATOR.split(title))):
            said = part.strip(_EDGE)
            if words > _SHORT and (part is not title or " " not in said):
                continue
            for kind, pattern in _TITLE_KINDS.items():
                if pattern.fullmatch(said):
                    return kind
    if words <= _NOTICE:
        for sentence in _SENTENCE_END.split(text):
            for kind, pattern in _WHOLE_SENTENCE_KINDS.items():
                if pattern.fullmatch(sentence.strip(_EDGE)):
                    return kind
    return _kind_said(_SENTENCE_KINDS, text) if words <= _LITTLE else None


def _kind_said(kinds: Mapping[str, re.Pattern[str]], text: str) -> str | None:
    return next((kind for kind, pattern in kinds.items() if pattern.search(text)), None)
