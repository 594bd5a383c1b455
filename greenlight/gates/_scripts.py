"""Letters of a script that a text is not written in."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from greenlight.gates import _apart, _languages, _text, _tongues
from greenlight.gates._signs import Place
from greenlight.nouns import Text

FOLLOWED = (
    r"(?=\W*$|\s*[^\sa-z]|\s+(?:is|are|was|were|has|have|had|do|does|and|or|for|to|in|into|on|at|of|from|with|by|as|"
    r"but|if|than|then|so|that|which|when|where|while|because|it|you|we|i|they|he|she|can|may|would|will|says?|means?|"
    r"uses?|calls?|called|only|please|too|also|again|now|speak\w*|spoken|words?|names?|phrases?|sentences?|expressions?|"
    r"terms?|texts?|letters?|scripts?|alphabet|characters?|versions?|translation|teachers?|tutors?|lessons?|class\w*|"
    r"courses?|language|grammar|titles?|originals?|songs?|poems?|poetry|lyrics|proverbs?|sayings?|idioms?|verbs?|nouns?|"
    r"adjectives?|vowels?|cases?|numbers|numerals|examples?|samples?|dialog\w*|exercises?|vocab\w*|homework|exams?|essays?|"
    r"conversation|pronunciation|accents?|sounds?|equivalent|spelling|literature|mottos?|quotes?|greetings?)\b)"
)
"""What stands behind the name of a language that is none of a thing from there: *Turkish coffee*."""
LANGUAGE = re.compile(
    r"\b(?:(?:"
    + "|".join(_languages.NAMES)
    + r")"
    + FOLLOWED
    + r"|china|japan|korea|russia|greece|india|israel|iran|egypt|ukraine|"
    r"translat\w*|translit\w*|bilingual|multilingual|polyglot|languages?|alphabets?|kanji|hiragana|katakana|cyrillic|"
    r"hangul|devanagari|pronounc\w*|dialects?|loan ?words?|proverbs?|etymolog\w*|sanskrit|cantonese|pinyin|unicode|"
    r"homoglyphs?|vocabulary|mathemati\w*|physics|formula|anime|manga|foreign|inscriptions?|tattoos?|runes?|runic|"
    r"\w+(?:nglish|aglish)|franglais|code-?switch\w*|conjugat\w*|declensions?|verbs?|ancient|gibberish|mean by|does "
    r"\w+ mean|word for|how do (?:you|i|we) say|hieroglyph\w*|tokyo|beijing|moscow|athens|kyoto|seoul|übersetz\w*|"
    r"sprachen?|langues?|traduc\w*|traduz\w*|idiomas?|перев\w*|язык\w*|alphabet\w*|lettering|(?:engl|deut|french|span|"
    r"französ|ital|russ|chines|japan|türk|arab|griech|poln|korean)i?sch\w*)\b"
    r"|翻译|语言|言語|翻訳|英語|英语|英文|영어|английск|إنجليزي|अंग्रेज़ी|俄语|日语|汉字|漢字",
    re.IGNORECASE,
)
SPOKEN = re.compile(LANGUAGE.pattern.replace(r"mathemati\w*|physics|formula|", ""), re.IGNORECASE)
"""The same without what has single letters of Greek, and no sentences."""
TAUGHT = re.compile(re.sub(r"china.*?ukraine\|", "", SPOKEN.pattern), re.IGNORECASE)
"""The same without countries."""
LATIN = re.compile("[A-Za-zÀ-ɏ]")
WORD = re.compile(r"[^\W\d_]+")
BEGUN = re.compile(r"[A-Z][A-Za-z' ]+,? (?=[^\W\d_])")
FRAMES = re.compile(
    r"\([^()\n]{1,200}\)|\[[^\[\]\n]{1,200}\]|（[^（）\n]{1,200}）|\*[^*\n]{1,200}\*|_[^_\n]{1,200}_|/[^/\n]{1,60}/"
    r"|^(?: {2,}|\t+|[ \t]*>|#{1,4} )[^\n]{1,200}$",
    re.MULTILINE,
)
FRAME_SIGNS = ("(", "[", "（", "*", "_", "/", "\n  ", "\n\t", "\n#", "\n>", "\n >")
FRAME_STARTS = frozenset(" \t>#")
"""Of which a text has one where it has such a frame."""
INTRODUCED = re.compile(
    r"\b(?:words?|letters?|called|named?|phrase|term|sign|characters?|symbol|spell(?:ed|s)|spelt|written|wrote|reads?|"
    r"says?|said|means|meaning|known as|painted|carved|scratched|engraved|inscribed|inscription|tattoo\w*|printed|"
    r"stamped|embroidered|opens? with|begins?(?: with)?|starts? with|ends? with|runs?|goes|labell?ed|marked|titled|"
    r"signed|whispered|sang|chanted|motto|title|"
    r"sign)\b[^\w\n.!?]{0,4}(?:(?:[^\W\d_]{1,12}[^\w\n]{1,4}){0,2}|(?:[^\W\d_]{1,14}, ){0,4})$",
    re.IGNORECASE,
)
"""What stands before a word that is spoken of."""
EXPLAINED = re.compile(
    r"^, an? [a-z]|^[^\w\n]{0,4}(?:(?:which|that|who|it|this)\b[^.\n]{0,40})?\b(?:means?|meant|meaning|stands? for|"
    r"translat\w+|i\.e|that is|joins|is (?:pronounced|said|read|written|the word)|in english|is (?:russian|greek|"
    r"chinese|japanese|arabic|hindi|korean))\b"
    r"|^[^\w\n]{0,3}(?:\(|=|:|–|—|→|-)\s?[\"“‘'A-Za-z]",
    re.IGNORECASE,
)
"""What stands behind it."""
MARKS = (
    "\u0300\u0301\u093e\u093f\u0940\u0941\u0942\u0947\u0948\u094b\u094c\u094d\u0902\u0924"
    "\u0e31\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e48\u0e49"
)
"""Signs that a pattern's words end at."""
READ = 50_000
"""Characters in which a text says what it is about."""
LOOKED_AT = 20_000
"""Words of other scripts, after which no more are looked at."""
FACES = frozenset("ᗜᗨᐛ୨୧งಠ益ლʖ͜ツノシ彡Дヽᴥ益ᕦᕤ٩۶づっцʔʕ")
"""Letters that faces are made of."""
SHOW = frozenset("ЯИДЖШЦФΣΛΞΔΩ")
"""Letters that stand for Latin ones in logos."""
TOGETHER = {"kana": {"han"}, "han": {"kana"}, "hangul": {"han"}, "arabic": set(), "cyrillic": set()}


FARTHER = re.compile(
    r"\b(?:bavarian|b(?:ai|ay)e?risch|austrian|viennese|wienerisch|swiss|swabian|schwäbisch|sächsisch|platt\w*|kölsch|"
    r"yiddish|ladino|catalan|basque|galician|irish|gaelic|welsh|scots|scottish|cornish|breton|occitan|sicilian|"
    r"neapolitan|venetian|frisian|luxembourgish|afrikaans|swahili|zulu|xhosa|yoruba|igbo|hausa|somali|amharic|"
    r"malagasy|tagalog|filipino|malay|javanese|maori|hawaiian|samoan|quechua|nahuatl|guaran[ií]|creole|patois|pidgin|"
    r"icelandic|estonian|latvian|lithuanian|croatian|bosnian|slovak|sloven\w+|albanian|macedonian|belarusian|"
    r"esperanto|urdu|punjabi|gujarati|marathi|telugu|kannada|malayalam|sinhala|nepali|burmese|khmer|lao|mongolian|"
    r"tibetan|kurdish|pashto|armenian|azerbaijani|kazakh|uzbek|jamaican|cajun|kyrgyz|tajik|turkmen|tatar|uyghur|"
    r"chechen|greetings?|mother tongue|native tongue)\b",
    re.IGNORECASE,
)
"""Dialects, and languages that are seldom named."""


def is_about_languages(sample: Text, words: re.Pattern[str] = LANGUAGE) -> bool:
    """Whether words of other languages are what a text, or what was asked, is about."""
    return is_told_of_languages(sample, words) or words.search(sample.body[:READ]) is not None


def is_told_of_languages(sample: Text, words: re.Pattern[str] = LANGUAGE) -> bool:
    """Whether they are what was asked about."""
    made = sample.made
    wanted = (made.prompt, made.topic, made.persona, made.system)
    return any(words.search(one[:READ]) or FARTHER.search(one[:READ]) for one in wanted)


def foreign(sample: Text, alphabet: str, let_pass: int) -> Place | None:
    """The first word that mixes scripts, or that is in one which the text has no reason to have."""
    body = sample.body
    odd = {c: _languages.script(c) for c in alphabet if c > "\u02af" and c.isalpha()}
    scripts = set(odd.values()) - {"latin", "other"}
    home = _home(sample, scripts)
    if not scripts - home and len(scripts) < 2 and not scripts & {"cyrillic", "greek"}:
        return None
    strange = {c for c, one in odd.items() if one not in home and one not in ("latin", "other")}
    pattern = re.compile(f"[{re.escape(''.join(sorted(strange)))}]") if strange else None
    mixed = _mixed(body, odd, home) if _meet(body, odd, scripts) else None
    about = None
    if mixed:
        about = is_about_languages(sample)
        if not about or mixed.score >= 0.9:
            return mixed
    if pattern is None:
        return None
    return _unframed(sample, odd, pattern, let_pass, is_about_languages(sample) if about is None else about)


def _home(sample: Text, scripts: set[str]) -> set[str]:
    """The scripts that may stand anywhere in a text."""
    code = _languages.code_of(sample.made.asked.language)
    if code:
        home = set(_languages.scripts_of(code))
    elif scripts and _is_latin(sample):
        home = {"latin"}
    elif scripts:
        counts = _languages.letters(_part(sample.body))
        counts["han"] *= 2
        counts["kana"] *= 2
        home = {counts.most_common(1)[0][0]} if counts else {"latin"}
    else:
        home = {"latin"}
    if home & {"kana"} or (home == {"han"} and not code and "kana" in scripts and _is_japanese(sample.body)):
        home |= {"kana", "han"}
    if not code or code in ("ko", "ja"):
        home |= TOGETHER["hangul"] if "hangul" in home and _is_hanja(sample.body) else set()
    return home


def _is_latin(sample: Text) -> bool:
    """Whether prompt and text begin in Latin letters: then what follows them is no home of its own."""
    prompt, first = sample.made.prompt[:READ], sample.body[:60]
    if not (prompt and prompt.isascii()):
        return False
    if first.isascii():
        return len(re.findall("[A-Za-z]{2,}", first)) >= 8
    # a sentence that is begun in English goes on in it; an introduction ends in a colon, or its line does
    begun = BEGUN.match(first)
    words = begun.group().lower().split() if begun else []
    return len(words) >= 4 and sum(map(_tongues.ENGLISH.__contains__, words)) >= 3


def _part(body: str) -> str:
    """Enough of a text to tell what most of it is written in."""
    if len(body) <= 6000:
        return body
    middle = len(body) // 2
    return body[:2000] + body[middle - 1000 : middle + 1000] + body[-2000:]


def _is_japanese(body: str) -> bool:
    counts = _languages.letters(_part(body))
    return counts["kana"] > 0.15 * counts["han"]


def _is_hanja(body: str) -> bool:
    counts = _languages.letters(_part(body))
    return counts["han"] > 0.2 * counts["hangul"]


def _meet(body: str, odd: dict[str, str], scripts: set[str]) -> bool:
    """Whether letters of two scripts stand side by side somewhere; cheap where there is but one beside Latin."""
    if len(scripts) != 1:
        return bool(scripts)
    own = re.escape("".join(sorted(c for c, one in odd.items() if one in scripts)))
    return re.search(f"[{own}][A-Za-zÀ-ɏ]|[A-Za-zÀ-ɏ][{own}]", body) is not None


def _mixed(body: str, odd: dict[str, str], home: set[str]) -> Place | None:
    """A word of two scripts that never meet in a word."""
    code = None
    for found in WORD.finditer(body):
        word = found.group()
        if len(word) < 2 or word.isascii():
            continue
        kinds = [odd.get(c, "latin") for c in word]
        there = set(kinds) - {"other"}
        if len(there) < 2 or there <= {"han", "kana"} or there <= {"han", "hangul"}:
            continue
        if _is_fine(word, kinds, there, home) or not FACES.isdisjoint(word):
            continue
        code = _text.code(body) if code is None else code
        if not _text.inside(code, found.start()):
            return Place(f"'{word[:30]}' mixes {' and '.join(sorted(there))}", found.span(), _score(kinds, there))
    return None


def _score(kinds: list[str], there: set[str]) -> float:
    changes = sum(a != b for a, b in pairwise(kinds))
    return 0.95 if len(there) > 2 or changes > 2 else 0.8


def _is_fine(word: str, kinds: list[str], there: set[str], home: set[str]) -> bool:
    """Units and formulas, logos, and Latin words with an ending of the text's own script."""
    if there == {"latin", "greek"}:
        if ("ο" in word and len(word) > 2) or (len(word) > 5 and "greek" not in (kinds[0], kinds[-1])):
            return False  # an omicron is no sign, and signs stand at the ends of words
        return len(word) <= 4 or kinds.count("greek") == 1
    changes = sum(a != b for a, b in pairwise(kinds))
    if "latin" in there and len(there) == 2:
        (other,) = there - {"latin"}
        if other in home:
            if other not in ("cyrillic", "greek", "armenian"):
                return True  # no spaces are put there, or endings follow
            return changes == 1 and (kinds[-1] == other or word[0].isupper() or kinds.count("latin") >= 3)
        return word.isupper() and set(word) - SHOW <= {c for c in word if c.isascii()}
    return there <= home | {"latin"} and (changes <= 2 or bool(home & {"han", "kana", "thai", "hangul"}))


def _unframed(sample: Text, odd: dict[str, str], strange: re.Pattern[str], let_pass: int, about: bool) -> Place | None:
    """Words of other scripts that nothing frames: no quotation mark, bracket, code, or talk about languages."""
    body = sample.body
    asked = sample.made.prompt + sample.made.topic + sample.made.system[:20000]
    given = set() if asked.isascii() else {_languages.script(c) for c in set(asked) if c.isalpha()}
    framed = frames(body)
    places: list[tuple[int, int, str]] = []
    rows: list[int] = []
    looked, listed = 0, list[int]()
    row, fine, last = 0, set[int](), -9
    for found in WORD.finditer(body):
        word = found.group()
        if word.isascii() or not strange.search(word):
            continue
        looked += 1
        if looked > LOOKED_AT:
            break
        script = next(odd[c] for c in word if c in odd and strange.match(c))
        gap = body[last : found.start()] if found.start() - last < 6 else "."
        row += any(c.isascii() and c != " " for c in gap)
        last = found.end()
        if _is_sign(body, found, odd, script):
            continue
        if _is_spoken_of(body, found, listed):
            fine.add(row)
            continue
        if (len(word) < 3 and not FACES.isdisjoint(word)) or (
            listed and _apart.follows(body, listed[-1], found.start())
        ):
            continue
        if _apart.is_listed(body, found.start(), found.end(), strange):
            listed.append(found.end())
            continue
        if script not in given and not _text.inside(framed, found.start()):
            places.append((found.start(), found.end(), script))
            rows.append(row)
    burst = _burst(body, places)
    if burst:
        return burst
    shown = " ".join(body[a:b] for a, b in framed if b - a < 60 and not LATIN.search(body, a, b))[: READ // 10]
    places = [one for one, n in zip(places, rows, strict=True) if n not in fine and body[one[0] : one[1]] not in shown]
    places = _apart.within(sample, places)
    if about and any(end - start > 4 for start, end, _ in places) and not is_about_languages(sample, SPOKEN):
        about = False
    if about and _has_small(body, places) and not is_told_of_languages(sample, TAUGHT):
        about = False  # of a country one may borrow names and things, not *and*
    within = {body[a:b] for a, b, _ in places if body[a - 2 : a - 1].islower() and body[b + 1 : b + 2].islower()}
    if about and (len(within) >= 3 or sum(b - a for a, b, _ in places) > 60) and not is_told_of_languages(sample):
        about = False  # a country that is named is no reason for words between those of a sentence
    if about or sum(end - start for start, end, _ in places) <= let_pass:
        return None
    start, end, script = places[0]
    return Place(f"'{body[start:end][:30]}' is {script}", (start, end), 0.7)


def _has_small(body: str, places: list[tuple[int, int, str]]) -> bool:
    """Whether small words of another language stand between words of a sentence."""
    return any(
        body[a:b].lower() in _tongues.INDEX and body[a - 2 : a - 1].islower() and body[b + 1 : b + 2].islower()
        for a, b, _ in places
    )


def _is_sign(body: str, found: re.Match[str], odd: dict[str, str], script: str) -> bool:
    """A mixture that is fine, a letter of a face or a formula, an acronym."""
    word = found.group()
    if any(odd.get(c, "latin") == "latin" for c in word) or (len(set(word)) == 1 and script == "greek"):
        return True
    marked = unicodedata.category(body[found.end() : found.end() + 1] or " ")[0] == "M"
    if len(word) == 1 and not marked and not _stands_alone(body, found.start()):
        return True
    return word.isupper() and len(word) <= 5 and script in ("cyrillic", "greek")


def _is_spoken_of(body: str, found: re.Match[str], listed: list[int]) -> bool:
    """Whether a word is introduced, or explained. ``listed``: where such end, others after a comma behind them."""
    if len(found.group()) < 60 and INTRODUCED.search(body[max(0, found.start() - 50) : found.start()]):
        if body[found.end() : found.end() + 1] == ",":
            listed.append(found.end())
        return True
    return EXPLAINED.search(body[found.end() : found.end() + 80].lstrip(MARKS)) is not None


def frames(body: str) -> list[_text.Span]:
    """Code, quotations, brackets, emphasis, and lines that are set off."""
    found = [*_text.code(body), *_text.quotes(body)]
    if any(map(body.__contains__, FRAME_SIGNS)) or body[:1] in FRAME_STARTS:
        found += [m.span() for m in FRAMES.finditer(body)]
    return _text.joined(sorted(found))


def _stands_alone(body: str, place: int) -> bool:
    """Whether a letter stands between words, and not in a face such as ¯\\_(ツ)_/¯."""
    around = (body[place - 1 : place] or " ") + (body[place + 1 : place + 2] or " ")
    return all(c.isalnum() or c.isspace() or c in ".,!?;:" for c in around)


def _burst(body: str, places: list[tuple[int, int, str]]) -> Place | None:
    """Three words in a row of two scripts or more, with nothing between them but spaces."""
    for i in range(2, len(places)):
        near = places[i - 2 : i + 1]
        scripts = {"han" if script == "kana" else script for _, _, script in near}
        gaps = body[near[0][1] : near[1][0]] + body[near[1][1] : near[2][0]]
        if len(scripts) >= 2 and not gaps.strip(" ") and len(gaps) < 8:
            return Place("words of several scripts in a row", (near[0][0], near[-1][1]), 0.95)
    return None
