"""The words that `warehouse_rows.py` makes documents of: causes, ways of saying, fillers, names; in ru, kk and en."""

from __future__ import annotations

LANGS = ("ru", "kk", "en")

CAUSES = {
    "sanctions_enforcement": ("проверки санкционных товаров", "санкциялық тауарларды тексеру", "sanctions checks"),
    "grey_imports": ("серый импорт", "сұр импорт", "grey imports"),
    "migration_rules": ("новые правила пребывания водителей", "жүргізушілердің болу ережелері", "the 90-day rule"),
    "tightened_checks": ("сплошной досмотр фур", "жүк көліктерін жаппай тексеру", "full inspections of trucks"),
    "document_rules": ("новая форма предварительной декларации", "алдын ала декларацияның жаңа түрі", "new paperwork"),
    "capacity": ("ремонт и нехватка полос", "жөндеу мен жолақтардың аздығы", "repairs and too few lanes"),
    "it_failure": ("сбой электронной очереди", "электрондық кезектің істен шығуы", "a failure of the booking system"),
    "demand_surge": ("сезонный рост перевозок", "маусымдық тасымалдың өсуі", "a seasonal surge of freight"),
    "weather": ("метель и гололёд", "боран мен көктайғақ", "the blizzard"),
    "trader_evasion": ("ошибки перевозчиков в документах", "тасымалдаушылардың құжат қателері", "false declarations"),
    "security": ("усиленный режим безопасности", "күшейтілген қауіпсіздік режимі", "the security alert"),
    "protest": ("забастовка дальнобойщиков", "жүргізушілердің ереуілі", "a drivers' strike"),
    "politics": ("политическое давление", "саяси қысым", "political pressure"),
    "no_delay": ("никаких очередей нет", "ешқандай кезек жоқ", "there is no queue"),
}
"""The words for each cause, in the order of LANGS."""

BLAMES = {
    "sanctions_enforcement": "RU",
    "grey_imports": "KZ",
    "migration_rules": "RU",
    "tightened_checks": "RU",
    "document_rules": "BOTH",
    "capacity": "KZ",
    "it_failure": "KZ",
    "demand_surge": "NONE",
    "weather": "NONE",
    "trader_evasion": "TRADE",
    "security": "RU",
    "protest": "TRADE",
    "politics": "RU",
    "no_delay": "NONE",
}
"""Whom each cause is mostly put down to."""

ASSERTS = {
    "ru": ("{who} заявил: причина очереди — {cause}.", "По словам {who}, фуры стоят, потому что мешает {cause}."),
    "kk": ("{who} мәлімдеді: кезектің себебі — {cause}.", "{who} айтуынша, көліктер тұр, себебі {cause}."),
    "en": ("{who} said that the trucks wait because of {cause}.", "The reason, {who} told reporters, is {cause}."),
}
DENIES = {
    "ru": ("{who} опроверг сообщения: {cause} тут ни при чём.", "Неверно, что виной {cause}, подчеркнул {who}."),
    "kk": ("{who} жоққа шығарды: {cause} бұған қатысы жоқ.", "{who} бұл жерде {cause} себеп емес деп атап өтті."),
    "en": ("{who} denied that {cause} has anything to do with it.", "It is not {cause}, {who} insisted."),
}
OWN_VOICE = {"ru": "Наш корреспондент", "kk": "Біздің тілші", "en": "Our correspondent"}

LEADS = {
    "ru": "На посту «{place}» снова скопились грузовики, сообщение {number}.",
    "kk": "«{place}» бекетінде жүк көліктері тағы жиналды, хабарлама {number}.",
    "en": "Trucks are piling up again at the {place} crossing, dispatch {number}.",
}
COUNTS = {
    "vehicles": {"ru": "На «{place}» стоят {n} фур.", "kk": "«{place}» алдында {n} көлік тұр.", "en": "{n} trucks stand at {place}."},
    "hours": {"ru": "У «{place}» ждут {n} часов.", "kk": "«{place}» маңында {n} сағат күтеді.", "en": "The wait at {place} is {n} hours."},
    "kilometres": {"ru": "Хвост у «{place}» — {n} км.", "kk": "«{place}» кезегі — {n} км.", "en": "The line at {place} is {n} km long."},
}  # fmt: skip
UPDATES = {"ru": "Обновлено: данные уточнены.", "kk": "Жаңартылды: деректер нақтыланды.", "en": "Updated with new figures."}  # fmt: skip

FILLERS = {
    "ru": (
        "Водители рассказывают, что ночуют в кабинах и по очереди ходят за водой в ближайший посёлок.",
        "Перевозчики подсчитали, что каждый день простоя обходится в {n} тысяч тенге на одну машину.",
        "По данным диспетчеров, за прошлую неделю через переход прошло {n} грузовых автомобилей.",
        "В областном управлении напомнили, что пункт работает круглосуточно и без перерыва на обед.",
        "Скоропортящиеся грузы, по словам экспедиторов, стараются пропускать отдельно, но удаётся это не всегда.",
        "Ассоциация грузоперевозчиков направила обращение в оба правительства и ждёт ответа до конца месяца.",
        "Местные жители продают горячую еду прямо на обочине, а кафе у трассы перешли на ночной режим.",
        "Ранее обе стороны договорились обмениваться сведениями о грузах заранее, ещё до прибытия машин.",
        "Реконструкция подъездной дороги длиной {n} километров должна завершиться к следующей осени.",
        "Эксперты советуют планировать рейсы через соседние посты и проверять бронь до выезда со склада.",
    ),
    "kk": (
        "Жүргізушілер түнде кабинада ұйықтап, ауылдан су тасып жүргендерін айтады.",
        "Тасымалдаушылардың есебінше, бір күн тұрып қалу әр көлікке {n} мың теңгеге түседі.",
        "Диспетчерлердің дерегінше, өткен аптада өткел арқылы {n} жүк көлігі өткен.",
        "Облыстық басқарма бекеттің тәулік бойы үзіліссіз жұмыс істейтінін еске салды.",
        "Тез бұзылатын жүктерді бөлек өткізуге тырысады, бірақ бұл үнемі мүмкін бола бермейді.",
        "Жүк тасымалдаушылар қауымдастығы екі үкіметке де үндеу жолдап, ай соңына дейін жауап күтеді.",
        "Жергілікті тұрғындар жол жиегінде ыстық тамақ сатып, дәмханалар түнгі режимге көшті.",
        "Бұған дейін екі тарап көлік келгенге дейін жүк туралы мәлімет алмасуға келіскен болатын.",
        "Ұзындығы {n} шақырымдық кіреберіс жолды жөндеу келесі күзде аяқталуға тиіс.",
        "Сарапшылар көрші бекеттер арқылы жүруді және шығар алдында броньды тексеруді ұсынады.",
    ),
    "en": (
        "Drivers say that they sleep in their cabs and take turns walking to the village for water.",
        "Hauliers reckon that each day of waiting costs about {n} thousand tenge for a single truck.",
        "Dispatchers counted {n} heavy vehicles through the crossing over the whole of last week.",
        "The regional office recalled that the post works around the clock and without a lunch break.",
        "Perishable goods are meant to pass on a lane of their own, freight agents say, but often do not.",
        "The hauliers' association has written to both governments and expects an answer by the end of the month.",
        "People from nearby villages sell hot meals by the roadside, and cafes along the road stay open all night.",
        "Earlier the two sides agreed to exchange data about cargoes before the vehicles arrive.",
        "The access road, {n} kilometres long, is to be rebuilt by the autumn of next year.",
        "Experts advise planning trips through other posts and checking the booking before leaving.",
    ),
}

SURNAMES = (
    "Ахметов", "Иванов", "Сериков", "Петров", "Нурланов", "Сидоров", "Жумабаев", "Кузнецов", "Оспанов", "Морозов",
    "Касымов", "Волков", "Абдрахманов", "Соколов", "Тулегенов", "Лебедев", "Сагинтаев", "Козлов", "Ермеков", "Новиков",
    "Байжанов", "Орлов", "Мухамеджанов", "Зайцев", "Искаков", "Павлов", "Садыков", "Фёдоров", "Каримов", "Егоров",
)  # fmt: skip
GIVEN = (
    "Айдар", "Алексей", "Болат", "Виктор", "Гульнара", "Дмитрий", "Ерлан", "Елена", "Жанар", "Игорь", "Марат", "Мария",
    "Нурлан", "Олег", "Руслан", "Сауле", "Сергей", "Тимур", "Хадиша", "Юрий",
)  # fmt: skip
BODIES = ("Союз перевозчиков", "Таможенный пост", "Управление транспорта", "Логистическая палата", "Пограничная служба")
GROUPS = ("водители", "источник", "жители", "очевидцы", "перевозчики")
TOWNS = (
    "Уральск", "Актобе", "Костанай", "Петропавловск", "Оренбург", "Омск", "Челябинск", "Самара", "Саратов", "Курган",
    "Астана", "Алматы", "Барнаул", "Рубцовск", "Семей", "Павлодар", "Атырау", "Астрахань", "Орск", "Троицк",
)  # fmt: skip
CROSSINGS = (
    "Сырым", "Маштаково", "Жайсан", "Сагарчин", "Алимбет", "Орск", "Кайрак", "Бугристое", "Жана Жол", "Петухово",
    "Каракога", "Исилькуль", "Кызыл Жар", "Бисколь", "Шарбакты", "Кулунда", "Ауыл", "Веселоярск", "Коянбай",
    "Михайловка", "Урлитобе", "Ольховка", "Таскала", "Озинки", "Аксай", "Илек", "Желкуар", "Мариинский", "Курмангазы",
    "Караузек",
)  # fmt: skip
