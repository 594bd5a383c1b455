"""The language that a prompt, or a system prompt, orders."""

from __future__ import annotations

import re
from functools import lru_cache

from greenlight.gates import _heard, _languages, _tongues
from greenlight.gates._signs import Place
from greenlight.nouns import Provenance

READ = 8_000
"""Characters of a prompt that are read."""
NAMES = "|".join(sorted(_languages.NAMES, key=len, reverse=True))
END = (
    r"(?=\s*(?:$|[.,;:!?)\]\n–—]|\b(?:please|about|only|on|using|for|to|with|and|that|no|without|this time|from "
    r"now)\b))"
)
ANSWER_IN = re.compile(
    r"\b(?:answer|respond|reply|speak|talk)(?: \w+){0,3} in (?:\w+ )?(" + NAMES + r")\b"
    r"|\btranslat\w+\b[^.\n:]{0,40}? (?:in)?to (?:\w+ )?(" + NAMES + r")\b"
    r"|\b(?:write|compose|draft|rewrite|sing|say it|put it|explain (?:it|this|that)|tell me|continue|keep it|"
    r"summari[sz]e|give me)\b"
    r"([^.?!:\n]{0,80}?)\bin (" + NAMES + r")" + END +
    r"|[(\[](?:in |please in |answer: )?(" + NAMES + r")(?:,? please| only)?[)\]]"
    r"|(?:^|[.!?\n] ?)in (" + NAMES + r"),? please"
    r"|\b(?:speaks?|writes?|answers?|repl(?:y|ies)|responds?|talks?|uses?)(?: \w+)? only (?:in )?(" + NAMES + r")\b"
    r"|\b(?:you|must|always|only) (?:only |always )?(?:speak|write|use|answer in|reply in)(?: only| always)? ("
    + NAMES + r")\b"
    r"|\bin (" + NAMES + r"),? please\b",
    re.IGNORECASE,
)  # fmt: skip
ASIDE = re.compile(
    r"\b(?:who|which|that|whose|is|are|was|were|written|published|spoken|because|when|where|how|why|cannot|can't|"
    r"could|"
    r"about .{0,60}\b(?:to|can|order|get|got|speak|read|live)\w*)\b",
    re.IGNORECASE,
)
"""What makes ``in French`` belong to something that the prompt speaks of."""
ABOUT = re.compile(
    r"\b(?:words?|phrases?|say(?:ing)?s?|call(?:ed)?|mean(?:s|ing)?|spell\w*|pronounc\w*|vocabulary|grammar|verbs?|"
    r"nouns?|articles?|cases?|genders?|tenses?|letters? of|sounds?|accents?|learn\w*|teach\w*|study\w*|lesson|course|"
    r"proverbs?|idioms?|expressions?|"
    r"greetings?|hello|numbers?|count|explain how|explain why|difference|fluent|better at|practi[cs]\w+)\b",
    re.IGNORECASE,
)
"""What makes a language the subject, of which another may speak."""
OWN = {
    "de": r"auf deutsch\b|antworte\w* (?:bitte )?(?:nur )?(?:in|auf) deutsch", "fr": r"\ben français\b",
    "es": r"\ben (?:español|castellano)\b", "it": r"\bin italiano\b", "pt": r"\bem português\b",
    "nl": r"\bin het nederlands\b", "sv": r"\bpå svenska\b", "da": r"\bpå dansk\b", "no": r"\bpå norsk\b",
    "fi": r"\bsuomeksi\b", "pl": r"\bpo polsku\b|\bw języku polskim\b", "cs": r"\bčesky\b|\bv češtině\b",
    "tr": r"\btürkçe (?:olarak |cevap|yanıt|yaz|anlat)", "vi": r"\bbằng tiếng việt\b", "id": r"\bdalam bahasa"
    r" indonesia\b",
    "ro": r"\bîn (?:limba )?română\b", "hu": r"\bmagyarul\b", "ru": r"\bпо-русски\b|\bна русском\b",
    "uk": r"\bукраїнською\b", "bg": r"\bна български\b", "el": r"\bστα ελληνικά\b", "he": r"בעברית",
    "ar": r"بالعربية|باللغة العربية", "fa": r"به (?:زبان )?فارسی", "hi": r"हिंदी में|"
    r"हिन्दी में", "th": r"เป็นภาษาไทย",
    "ko": r"한국어로|우리말로", "ja": r"日本語で", "zh": r"用中文|用汉语|用漢語|用普通话|以中文",
    "en": r"\bauf englisch\b|\ben anglais\b|\ben inglés\b|\bin inglese\b|\bem inglês\b|по-английски|на"
    r" английском|\bpo angielsku\b|用英文|用英语|(?<!カタカナ)(?<!和製)英語で|영어로|بالإنجليزية|अंग्रेज़ी में|"
    r"\bin het engels\b|\bpå engelska?\b|\bingilizce\b",
}  # fmt: skip
OWN_ORDER = re.compile("|".join(f"(?P<{code}>{words})" for code, words in OWN.items()), re.IGNORECASE)
HINTS = (
    "deutsch", "franç", "espa", "castel", "ital", "portug", "neder", "svensk", "dansk", "norsk", "suom", "pols", "česk",
    "češt", "türk", "việt", "indones", "rom", "magyar", "русск", "україн", "българ", "ελλην", "עבר", "عرب", "فارس",
    "हिं", "हिन", "ไทย", "한국", "우리", "日本", "中文", "汉", "漢", "普通",
    "engl", "angl", "ingl", "англ", "英", "영어",
    "إنجل", "अंग", "angiel", "engel", "ingil",
)  # fmt: skip
PLAIN_HINTS = tuple(hint for hint in HINTS if hint.isascii())
WORD = re.compile(r"[^\W\d_]+")
ASKED_HOW = re.compile(
    r"\b(?:means?|meaning|sagt|heißt|dit-on|signifie|se dice|significa|si dice|se diz|jak (?:się|sie)|mówi|wie sagt|"
    r"heter|ne demek|denir|übersetz\w*|traduis\w*|traduc\w*|traduz\w*|tradu\w*|wort|mot|palabra|parola|palavra|"
    r"слов\w*|переведи\w*)\b"
    r"|как (?:будет|сказать)|怎么说|何と言|뭐라고|言い|翻译|翻訳|번역|अनुवाद|ترجم|תרגם",
    re.IGNORECASE,
)

TRANSLATED = re.compile(r"\btranslat\w+\b", re.IGNORECASE)
NOTHING_GIVEN = re.compile(
    r"^[^\n\"“‘']{0,30}\btranslate (?:this|these|it|the (?:text|following|sentence)s?)\b[^\n\"“‘']{0,40}$",
    re.IGNORECASE,
)
"""What asks for a translation of nothing that is there."""
GIVEN = re.compile(
    r"\W*(?:please )?(?:(translate)|answer|respond|reply|write)\b[^\n:]{0,60}:\s*(?=\S[^\n]* \S)", re.IGNORECASE
)
"""An order at the head of a prompt, and behind its colon what it is about."""
ENGLISH_SAID = re.compile(
    r"\b(?:englisch\w*|anglais\w*|ingl[eé]s\w*|inglese|angielsk\w*|engels\w*|английск\w*|ingilizce)\b"
    r"|英文|英语|英語|영어|إنجليزي|अंग्रेज़ी",
    re.IGNORECASE,
)
"""Its own name for English in a prompt."""


def ordered(made: Provenance) -> str:
    """The language that a prompt, else the system prompt, names for the answer; empty where none is plain."""
    return _ordered(made.prompt[:READ]) or _ordered(made.system[:READ])


@lru_cache(maxsize=512)
def _ordered(said: str) -> str:
    small = said.lower()
    found = ANSWER_IN.search(said) if not _languages.NAMES.keys().isdisjoint(WORD.findall(small)) else None
    if found and not (found[4] and (ABOUT.search(said) or ASIDE.search(found[3]))):
        name = next(one for n, one in enumerate(found.groups(), 1) if one and n != 3)
        return _languages.NAMES[name.lower()]
    own = OWN_ORDER.search(said) if any(map(small.__contains__, PLAIN_HINTS if said.isascii() else HINTS)) else None
    return own.lastgroup or "" if own and not ASKED_HOW.search(said) else ""


def is_given(prompt: str, body: str) -> bool:
    """Whether a prompt orders a language for what it gives: none need be asked for it in another. Of a translation
    one may speak; most of such a text is what was given."""
    found = GIVEN.match(prompt)
    if found is None or _languages.NAMES.keys().isdisjoint(WORD.findall(found.group().lower())):
        return False
    if not found[1]:
        return True
    words = WORD.findall(body.lower())
    return len(set(words) & set(WORD.findall(prompt[found.end() :].lower()))) > 0.6 * len(set(words))


def untouched(made: Provenance, body: str, asked: str) -> Place | None:
    """What was to be put into another language, as it was, and is no name: mostly small letters."""
    found = GIVEN.match(made.prompt[:READ]) if asked not in ("", "en") and len(body) < READ else None
    if found is None:
        return None
    given, said = (WORD.findall(one) for one in (made.prompt[found.end() : READ], body))
    if len(given) < 3 or [word.lower() for word in given] != [word.lower() for word in said]:
        return None
    small = [word for word in said if word.islower()]
    if len(small) <= 0.5 * len(said) or len(_tongues.ENGLISH.intersection(map(str.lower, said))) < 2:
        return None
    return Place(f"what was to be put into {asked}, as it was", (0, len(body)), 0.9)


def is_settled(before: str, body: str) -> bool:
    """Whether earlier turns of a chat spoke of the language that a text is in, or the last of them was in it."""
    said = before[-READ:].lower()
    named = {code for name, code in _languages.NAMES.items() if name in said}
    last, ours = (_languages.letters(one[:READ]).most_common(1) for one in (before.rpartition("\n")[2], body))
    if ours and ours[0][0] != "latin":
        far = ours[0][0]
        return any(far in _languages.scripts_of(code) for code in named) or bool(last and last[0][0] == far)
    spoken = {_heard.language(body)[0], _tongues.language_of(body[:READ].lower().split(), 2)} - {""}
    return not spoken.isdisjoint(named) or _heard.language(before.rpartition("\n")[2], 10)[0] in spoken
