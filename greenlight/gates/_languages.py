"""Scripts, and the language of a text by its commonest words: small, and sure only of what is plain."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from functools import lru_cache

from greenlight.gates._text import word_set

BLOCKS = (
    (0x0000, "latin"), (0x0370, "greek"), (0x0400, "cyrillic"), (0x0530, "armenian"), (0x0590, "hebrew"),
    (0x0600, "arabic"), (0x0700, "syriac"), (0x0750, "arabic"), (0x0780, "thaana"), (0x07C0, "nko"),
    (0x08A0, "arabic"), (0x0900, "devanagari"), (0x0980, "bengali"), (0x0A00, "gurmukhi"), (0x0A80, "gujarati"),
    (0x0B00, "odia"), (0x0B80, "tamil"), (0x0C00, "telugu"), (0x0C80, "kannada"), (0x0D00, "malayalam"),
    (0x0D80, "sinhala"), (0x0E00, "thai"), (0x0E80, "lao"), (0x0F00, "tibetan"), (0x1000, "burmese"),
    (0x10A0, "georgian"), (0x1100, "hangul"), (0x1200, "ethiopic"), (0x13A0, "cherokee"), (0x1400, "canadian"),
    (0x1680, "ogham"), (0x16A0, "runic"), (0x1700, "philippine"), (0x1780, "khmer"), (0x1800, "mongolian"),
    (0x18B0, "other"), (0x1C80, "cyrillic"), (0x1C90, "georgian"), (0x1CC0, "other"), (0x1D00, "latin"),
    (0x1F00, "greek"), (0x2000, "latin"), (0x2C00, "other"), (0x2C60, "latin"), (0x2C80, "coptic"),
    (0x2D00, "georgian"), (0x2D30, "tifinagh"), (0x2D80, "ethiopic"), (0x2DE0, "cyrillic"), (0x2E00, "other"),
    (0x2E80, "han"), (0x3040, "kana"), (0x3100, "han"), (0x3130, "hangul"), (0x3190, "han"), (0x31F0, "kana"),
    (0x3200, "han"), (0xA000, "yi"), (0xA4D0, "other"), (0xA640, "cyrillic"), (0xA6A0, "other"), (0xA720, "latin"),
    (0xA800, "other"), (0xA8E0, "devanagari"), (0xA900, "other"), (0xA960, "hangul"), (0xA980, "other"),
    (0xAA60, "burmese"), (0xAA80, "other"), (0xAB00, "ethiopic"), (0xAB30, "latin"), (0xABC0, "other"),
    (0xAC00, "hangul"), (0xD800, "other"), (0xF900, "han"), (0xFB00, "latin"), (0xFB13, "armenian"),
    (0xFB1D, "hebrew"), (0xFB50, "arabic"), (0xFE00, "other"), (0xFE70, "arabic"), (0xFF00, "latin"),
    (0xFF66, "kana"), (0xFFA0, "hangul"), (0xFFE0, "other"), (0x1D400, "latin"), (0x1D800, "other"),
    (0x1F100, "latin"), (0x1F200, "other"), (0x20000, "han"), (0x40000, "other"),
)  # fmt: skip
"""Where blocks of Unicode begin; good enough for letters, which are all that is asked."""
STARTS = [start for start, _ in BLOCKS]

SCRIPTS = {
    **dict.fromkeys(word_set("ru uk bg be mk kk ky mn tg"), ("cyrillic",)), "sr": ("cyrillic", "latin"),
    "el": ("greek",), "he": ("hebrew",), "yi": ("hebrew",), **dict.fromkeys(word_set("ar fa ur ps"), ("arabic",)),
    **dict.fromkeys(word_set("hi mr ne sa"), ("devanagari",)), "bn": ("bengali",), "ta": ("tamil",), "te": ("telugu",),
    "th": ("thai",), "ko": ("hangul",), "ja": ("kana", "han"), "zh": ("han",), "ka": ("georgian",),
    "hy": ("armenian",), "am": ("ethiopic",), "km": ("khmer",), "my": ("burmese",), "lo": ("lao",),
}  # fmt: skip
LATIN = word_set(
    "en de fr es it pt nl sv da no nb nn fi pl cs sk tr vi id ms ro hu ca gl et lv lt hr sl sw tl af ga cy is eu la eo"
)
NAMES = {
    "english": "en", "german": "de", "deutsch": "de", "french": "fr", "français": "fr", "spanish": "es",
    "español": "es", "italian": "it", "portuguese": "pt", "dutch": "nl", "swedish": "sv", "danish": "da",
    "norwegian": "no", "finnish": "fi", "polish": "pl", "czech": "cs", "turkish": "tr", "vietnamese": "vi",
    "indonesian": "id", "romanian": "ro", "hungarian": "hu", "russian": "ru", "ukrainian": "uk", "bulgarian": "bg",
    "serbian": "sr", "greek": "el", "hebrew": "he", "arabic": "ar", "persian": "fa", "farsi": "fa", "urdu": "ur",
    "hindi": "hi", "bengali": "bn", "tamil": "ta", "thai": "th", "korean": "ko", "japanese": "ja", "chinese": "zh",
    "mandarin": "zh", "georgian": "ka", "latin": "la",
}  # fmt: skip
STOPS = {
    "en": "the and of to that was with for his her you she they were from this have not but had which there their"
    " been would when who what said could into them then your our it's we he is are my it as be by will can at on i",
    "de": "der die das und ist nicht ein eine einen dem den des sich mit auf für von zu auch als wie wir ich sie er es"
    " war wurde noch nach bei aus aber nur wenn oder hatte wird sind im am zum zur über ihr sein seine ihre schon man",
    "fr": "le la les des et est pas une que qui dans pour sur avec ce cette il elle nous vous ils sont plus du au aux"
    " par ne se son sa ses mais ou où comme était avait très leur fait été être je on à de d'un c'est qu'il un en lui",
    "es": "el la los las y es no una que en por con para del al se lo su sus como más pero este esta fue era había muy"
    " ya cuando todo también sobre entre sin hay donde porque yo le me mi un de a si son ser qué está",
    "it": "il lo la gli le e è non una che di in per con del della dei delle nel nella si sono come più ma questo"
    " questa era aveva anche quando alla dal sul suo sua loro io mi un da al perché molto ha",
    "pt": "o a os as e é não uma que em por com para do da dos das no na se ao mais mas como foi era seu sua ele ela"
    " também muito quando já isso este esta um de nos são tem são você eu me até",
    "nl": "de het een en van is niet dat die in op te zijn met voor aan er als ook maar om bij naar door over uit nog"
    " wel dan was had ze hij zij ik je we werd heeft hun mijn deze dit wordt kan geen toen",
    "sv": "och det att i en som är på av för med den till inte han hon de var ett om hade så men från vi jag sig då"
    " kan nu när där efter eller skulle har hans hennes mycket också",
    "da": "og det at i en som er på af for med den til ikke han hun de var et om havde så men fra vi jeg sig da kan nu"
    " når der efter eller ville har hans hendes meget også blev",
    "no": "og det at i en som er på av for med den til ikke han hun de var et om hadde så men fra vi jeg seg da kan nå"
    " når der etter eller ville har hans hennes mye også ble",
    "fi": "ja on ei se että hän oli kun mutta niin kuin myös joka sen ovat olla minä sinä me he mitä siitä vain nyt"
    " sitten jos tämä hänen ole kanssa joita voi",
    "pl": "i w na z się nie do to jest że jak o za po co tak ale od był była przez dla czy już tylko ze może być jego"
    " jej oraz które który gdy ja on ona",
    "cs": "a je se na v že to s z do i ale jako za by jsem si tak byl bylo byla jeho jen pro po když který která od už"
    " jsou nebo ve ze mi jeho její",
    "tr": "ve bir bu da de için ile çok ne gibi daha o ama var olarak sonra kadar ben sen biz onun her mi değil olan"
    " en iki ki şey yok",
    "vi": "và của là có không một được cho trong với các những này đã người tôi khi đến ra như để về thì anh ở nó lại"
    " cũng từ vào rất",
    "id": "yang dan di ini itu dengan untuk tidak dari dalam adalah akan pada ke saya kamu dia mereka kami juga ada"
    " oleh sebagai karena bisa sudah atau lebih sangat",
    "ro": "și de la în nu o un este pe cu că ce mai din pentru care a au fost dar lui sau să se am sunt era după",
    "hu": "a az és hogy nem egy is van volt ez azt de meg csak ha már még mint el ki fel le minden vagy én ő mi",
    "ru": "и в не на что с он она как это но по из у за от так же для они мы был была было его её все бы к о а я вы то"
    " уже когда если чтобы или ещё нет очень до",
    "uk": "і в не на що з він вона як це але по із у за від так же для вони ми був була було його її все би до та й є"
    " вже коли якщо щоб або ще немає дуже",
    "bg": "и в не на че с той тя как това но по от за са така те ние беше бил го я всичко би до а аз вие то вече"
    " когато ако да или още няма много съм е",
    "ar": "في من على إلى أن هذا هذه كان كانت التي الذي عن مع لا ما هو هي كل لم قد ثم بعد قبل عند بين و أو لكن",
    "fa": "و در به از که این را با است برای آن یک تا می بود شد او خود ما بر هم اما هر نیز های",
    "ur": "اور میں کے کی کا ہے سے کو نے پر یہ وہ تھا تھی ہیں کہ بھی ایک نہیں ہو کر تو",
    "hi": "और में के की का है से को ने पर यह वह था थी हैं कि भी एक नहीं हो कर तो थे गई गया हुआ",
    "mr": "आणि आहे या हे ती तो त्या होते होता होती नाही एक पण काही मध्ये वर साठी असे आहेत की",
}
WORDS = {code: word_set(words) for code, words in STOPS.items()}
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


@lru_cache(maxsize=65536)
def script(letter: str) -> str:
    """Of one letter."""
    return BLOCKS[bisect_right(STARTS, ord(letter)) - 1][1]


def code_of(asked: str) -> str:
    """``German``, ``de-AT`` and ``de`` are ``de``; empty where the language is not known here."""
    name = asked.strip().lower()
    name = NAMES.get(name, re.split(r"[-_]", name)[0])
    return name if name in SCRIPTS or name in LATIN else ""


def scripts_of(code: str) -> tuple[str, ...]:
    """The scripts that a language is written in."""
    return SCRIPTS.get(code, ("latin",))


_NO_LETTERS = bytes(n for n in range(128) if not chr(n).isalpha())


def letters(text: str) -> Counter[str]:
    """Letters by script."""
    if text.isascii():
        return Counter({"latin": count} if (count := len(text.encode().translate(None, _NO_LETTERS))) else {})
    found: Counter[str] = Counter()
    for letter, often in Counter(text).items():
        if letter.isalpha():
            found[script(letter)] += often
    return found


def known(text: str) -> tuple[dict[str, int], int]:
    """How many different common words of each language a text has, and how many different words."""
    words = set(WORD.findall(text.lower().replace("’", "'")))
    return {code: len(words & common) for code, common in WORDS.items()}, len(words)


def other_than(text: str, code: str) -> str:
    """The language that a text is plainly in, where it is plainly not in the one of ``code``; else empty.

    Common words alone decide between languages of one script, scripts between the others.
    """
    found = letters(text)
    total = sum(found.values())
    expected = scripts_of(code)
    if total < 8:
        return ""
    fits = sum(found[one] for one in expected)
    if code == "ja" and total >= 16 and found["kana"] < 0.04 * total and found["han"] > 0.5 * total:
        return "zh"
    if code == "zh" and found["kana"] > 0.25 * total:
        return "ja"
    if fits < 0.35 * total:
        return _by_script(found, text)
    if code not in WORDS:
        return ""
    hits, size = known(text)
    best = max(hits, key=lambda one: hits[one])
    least = 3 if size <= 14 else 5
    return best if hits[best] >= max(least, 0.1 * size) and hits[code] * 3 <= hits[best] else ""


def _by_script(found: Counter[str], text: str) -> str:
    top = found.most_common(1)[0][0]
    if top in ("han", "kana"):
        return "ja" if found["kana"] else "zh"
    fitting = [code for code in WORDS if top in scripts_of(code)]
    hits, _ = known(text)
    best = max(fitting, key=lambda one: hits[one], default="")
    if best and hits[best] >= 2:
        return best
    return next((code for code, scripts in SCRIPTS.items() if top in scripts), top)
