"""Sizes asked for in Hindi, Arabic and Korean, whose signs and word forms the reader of spaced words does not know."""

from __future__ import annotations

import re
from dataclasses import dataclass

FIGURES = str.maketrans("०१२३४५६७८९٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "012345678901234567890123456789")


@dataclass(frozen=True)
class Script:
    """How a language says a size: numbers, units by what they count, and the words beside them."""

    seen: re.Pattern[str]
    size: re.Pattern[str]
    numbers: dict[str, int]
    units: tuple[tuple[str, re.Pattern[str]], ...]
    most: re.Pattern[str]
    least: re.Pattern[str]
    about: re.Pattern[str]
    other: re.Pattern[str]
    """What makes the size one of something else, before it."""
    each: re.Pattern[str]
    """The same, behind it."""


def script(
    seen: str, numbers: dict[str, int], units: dict[str, str], join: str, *, end: str = "", **beside: str
) -> Script:
    """A language's patterns. ``join`` stands between the two numbers of a range, ``end`` behind a unit that is a word.

    With ``end`` a word may stand between number and unit.
    """
    said = "|".join(sorted(numbers, key=len, reverse=True))
    every = "|".join(units.values())
    size = rf"(?<!\w)(?P<low>\d{{1,5}}|{said})(?:\s*(?:{join})\s*(?P<high>\d{{1,5}}|{said}))?"
    between = r"(?:[ -]+[^\W\d]{4,14})?" if end else ""
    size += rf"{between}[\s-]*(?P<unit>{every}){end}"
    return Script(
        re.compile(seen, re.IGNORECASE),
        re.compile(size, re.IGNORECASE),
        numbers,
        tuple((unit, re.compile(words)) for unit, words in units.items()),
        **{name: re.compile(words) for name, words in beside.items()},
    )


SCRIPTS = (
    script(
        "[\u0900-\u097f]",
        {"एक": 1, "दो": 2, "तीन": 3, "चार": 4, "पाँच": 5, "पांच": 5, "छह": 6, "सात": 7,
         "आठ": 8, "नौ": 9, "दस": 10, "बारह": 12,
         "पंद्रह": 15, "बीस": 20, "तीस": 30, "पचास": 50, "सौ": 100},
        {"words": r"(?:ही )?शब्द(?:ों)?", "sentences": r"(?:ही |छोटे )?वाक्य(?:ों)?",
         "paragraphs": "(?:पैराग्राफ|अनुच्छेद)(?:ों)?",
         "lines": "(?:पंक्ति(?:यों|याँ|यां)?|लाइन(?:ों)?)",
         "chars": "(?:अक्षर|वर्ण)(?:ों)?",
         "items": "(?:सुझाव|उदाहरण|कारण|बिंदु|टिप्स|उपाय|तरीके|सवाल|प्रश्न)(?:ओं|ों)?"},
        "से|या|-|–",
        most="से कम|तक|अधिकतम|से (?:अधिक|ज़्यादा|ज्यादा) (?:न|नहीं)|के (?:भीतर|अंदर)|सीमा",
        least="कम से कम|न्यूनतम|से (?:अधिक|ज़्यादा|ज्यादा)(?! (?:न|नहीं))",
        about="लगभग|करीब|क़रीब|आसपास",
        other=r"(?:इन|इस|उन|उस|मेरे|मेरी|यह|ये|हर|प्रत्येक|प्रति|पहले|अंतिम|आखिरी|अगर|यदि)[^।,\n]{0,8}$|(?:मेरा|"
            r"मेरे|मेरी|हमारा|उसका|उसके|मैंने)[^।,\n]{0,16}$",
        each=r"\s*(?:प्रति|हर|(?:का|की|के|वाली|वाला|वाले) (?:यह|नियम|अर्थ|मतलब|लेख|निबंध|कविता))",
    ),
    script(
        "[\u0600-\u06ff]",
        {"ثلاث": 3, "ثلاثة": 3, "أربع": 4, "أربعة": 4, "خمس": 5, "خمسة": 5, "ست": 6,
         "ستة": 6, "سبع": 7, "سبعة": 7, "ثماني": 8,
         "ثمانية": 8, "ثمان": 8, "تسع": 9, "تسعة": 9, "عشر": 10, "عشرة": 10,
         "عشرين": 20, "عشرون": 20, "ثلاثين": 30, "خمسين": 50,
         "خمسون": 50, "مئة": 100, "مائة": 100, "مئتي": 200, "مائتي": 200,
         "ثلاثمئة": 300, "خمسمئة": 500, "خمسمائة": 500},
        {"words": "كلم(?:ات|ة)", "sentences": "جمل(?:ة)?", "paragraphs": "فقر(?:ات|ة)",
         "lines": "(?:أسطر|سطرا|"
            "سطر|أبيات)",
         "chars": "(?:حرفا|حرف|أحرف|رمزا)",
         "items": "(?:نقاط|نصائح|أمثلة|خطوات|أسباب|أفكار|أسئلة|نصيحة|فكرة|سؤالا)"},
        "إلى|أو|-|–",
        most="لا (?:ي|ت)(?:زيد|تجاوز)|(?:بحد|كحد|حد) أقصى|أقل من|على الأكثر|أقصاه",
        least="على الأقل|لا (?:ي|ت)قل|أكثر من|كحد أدنى|بحد أدنى",
        about="حوالي|نحو|تقريبا|قرابة|حدود",
        other=r"(?:هذه|هذا|تلك|كل|لكل|أول|آخر|إذا|إن)[^.،,\n]{0,8}$|(?:لدي|مقالي|نصي|كتبت|عندي|"
            r"رسالتي)[^.،,\n]{0,14}$", each=r"\s*(?:لكل|في كل|التي|الذي|يوميا)",
    ),
    script(
        "[\uac00-\ud7a3]",
        {"한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9,
         "열": 10, "스무": 20},
        {"words": r"(?:개의? ?)?(?:단어|낱말)", "sentences": r"(?:개의? ?)?문장",
         "paragraphs": r"(?:개의? ?)?(?:단락|문단)", "lines": "줄|행(?=시|의 시)",
         "chars": r"글자|자(?=로|\s|이내|내외|정도|미만|이하|이상|를|의|,|\.|$)",
         "items": r"가지|개(?=의? ?(?:아이디어|예|팁|이유|질문|방법|조언)|"
         r"를? (?:나열|알려|추천|제시))"},
        "에서|내지|~|-|–|부터",
        most="이내|이하|미만|까지|넘지|안에|최대", least="이상|최소|적어도", about="정도|내외|약|쯤|대략",
        other=r"(?:(?:^|\s)(?:이|그|저|위|아래|각|매|첫|내|제|나의|저의|모든)\s|마다|만약|라면)[^.,\n]{0,4}$",
        each=r"\s*(?:씩|마다|규칙|짜리 "
            r"(?:글|기사|에세이)(?:을|를) (?:요약|고쳐|번역))",
    ),
)  # fmt: skip
FIXED = (
    (re.compile(r"(?<!\w)(?:ب|في )?(كلمة|جملة|فقرة|سطر) واحدة?(?!\w)"), 1),
    (re.compile(r"(?<!\w)(?:ب|في )?(كلمتين|جملتين|فقرتين|سطرين)(?: اثنتين| فقط)?(?!\w)"), 2),
)
ROOTS = {"كل": "words", "جم": "sentences", "فق": "paragraphs", "سط": "lines"}


def in_scripts(text: str, scripts: tuple[Script, ...] = SCRIPTS) -> list[tuple[str, float, float, str, int, int]]:
    """Each size: unit, low, high, kind and where it stands."""
    found: list[tuple[str, float, float, str, int, int]] = []
    text = text.translate(FIGURES)
    for one in scripts:
        if not one.seen.search(text):
            continue
        for m in one.size.finditer(text):
            low, high = (_value(one, m[name]) for name in ("low", "high"))
            unit = next((unit for unit, words in one.units if words.fullmatch(m["unit"])), "")
            if not unit or one.other.search(text[: m.start()][-40:]) or one.each.match(text[m.end() :][:24]):
                continue
            if scripts is SCRIPTS or unit != "words" or low > 2:
                found.append((unit, *_reach(one, text, m, low, max(low, high)), *m.span()))
        if one is not SCRIPTS[1]:
            continue
        for pattern, number in FIXED:
            for m in pattern.finditer(text):
                if not one.other.search(text[: m.start()][-24:]) and not one.each.match(text[m.end() :][:24]):
                    found.append((ROOTS[m[1][:2]], number, number, "bare", *m.span()))
    return [one for one in found if one[0] not in ("chars",) or max(one[1], 20) <= one[2]]


def _value(script: Script, said: str | None) -> int:
    return 0 if not said else int(said) if said.isdigit() else script.numbers[said.lower()]


def _reach(script: Script, text: str, m: re.Match[str], low: int, high: int) -> tuple[float, float, str]:
    """Fewest, most and kind, from the words beside a size."""
    beside = text[max(0, m.start() - 18) : m.start()] + " … " + text[m.end() : m.end() + 18]
    if script.least.search(beside) and not script.most.search(beside.replace("कम से कम", "")):
        return low, float("inf"), "limit"
    if high > low:
        return low, high, "limit"
    if script.most.search(beside):
        return 0, high, "limit"
    return low, high, "about" if script.about.search(beside) else "bare"
