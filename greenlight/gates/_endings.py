"""How texts end: marks that are still open, and last lines that need no full stop."""

from __future__ import annotations

import re
import unicodedata

from greenlight.gates import _asks, _text

ENDS = ".!?…‽⁇⁈⁉。！？．｡؟۔।॥։።။៕།`}"
"""What a finished text ends with, closing quotes and brackets apart; the last two end code."""
CLOSERS = "\"'”’“»«)]*_~>」』》】）›"
QUOTES = "\"”’'»«“」』›"
GOES_ON = ",;、，；،؛-–—:："
LAST = 2000
"""Characters of a last line in which open marks are looked for."""
STRICT = _text.word_set(
    "the a an and or nor of my your our their its whose because than from into onto "
    "und oder der dem eine einen einem einer zum zur les une aux dans avec et los las una del и или но "
    "AND OR FROM WHERE SELECT JOIN ON BY SET VALUES INTO LIMIT"
)
"""Words that no verse, title or list item ends with in practice."""
OPEN = STRICT | _text.word_set(
    "but so to in on at by for with as if while when who which that is was were are be had has have "
    "his her this these those very not about between through during without he she they we i "
    "die das ein im mit von für auf war ist sie er que qui de du le la un pour sur por para el con en "
    "в на с к по из что как он она"
)
STARTS = _text.word_set(
    "the a an then she he it they we i you there this that these those so now but and in on at one after as his her "
    "my our their when while if because although once to for with by from since before during every each some all no "
    "however it's der die das ein eine dann er sie es und aber als wenn im am le la les un une il elle et mais alors "
    "el los las una entonces ella y pero cuando он она они и но когда потом в на"
)
"""Words that sentences begin with, and names or signatures do not."""
SIGN_OFF = re.compile(
    r"(?:the|happy|my)? ?(?:end|ende|fin|fine|fim|finis|finito|curtain|blackout|amen|konec|конец|конец истории|slut|"
    r"einde|koniec|النهاية|समाप्त|끝)|(?:to be|wird|à|continu\w+|fade|lights?|exit|exeunt|curtain|scene|end of|fin de|"
    r"good ?night|good ?bye|the (?:curtain|lights?)|sleep (?:well|tight)|see you|cut to|black ?out|"
    r"with (?:love|thanks)|thank(?:s| you))\b[^.!?]{0,40}|"
    r"(?:全文|劇)?[完终終]|おわり|終わり|终わり|剧终|未完待续|つづく|続く",
    re.IGNORECASE,
)
VALEDICTION = re.compile(
    r"\W*(?:yours|best|love|lots of love|much love|all my love|sincerely|kind(?:est)?|warm(?:est|ly)?|regards|cheers|"
    r"respectfully|faithfully|affectionately|hugs|kisses|with|your|take care|always|until|liebe|viele|"
    r"herzlich\w*|mit|"
    r"beste|dein\w*|euer|ihr\w*|bien|cordialement|amicalement|bises|bisous|avec|ton|ta|votre|sincères|saludos|"
    r"atentamente|un abrazo|con|tu|cordiali|distinti|un abbraccio|tuo|tua|abraços|um abraço|com|atenciosamente|с "
    r"уважением|с любовью|твой|твоя|ваш|целую|signed|xoxo)\b[^.!?]{0,40}$",
    re.IGNORECASE,
)
CLOSED_WITH = re.compile(
    r"(?:Love|Yours?|Until next time|Best|Sincerely|Regards|Hugs|Cheers|Signed),? (?:[A-Z]\w+|and|"
    r"&)(?: (?:[A-Z]\w+|and|&)){0,3}(?: x+)?$|"
    r"[\"”»)] ?[—–-]{1,2} ?[A-Z][\w. ]{2,40}$|[—–-] The End$"
)
ADDRESS = re.compile(r"(?:\S*://\S*|www\.\S+|\S+@\S*|[#＃]\S+|\w[\w.-]*\.\w{2,}/\S*)$")
SMILE = re.compile(r"(?:[:;=8xX]-?[()DPpOo3/]|<3|:\w{2,20}:|xD|XD)$")
POSTSCRIPT = re.compile(r"(?:P\.? ?){1,3}S\b|N\.? ?B\b|\[\d+\]|\(\d+\)|[—–―]{1,2} ?\w|-{1,2} ?[A-Z]|©")
LABEL = re.compile(r"[*_]{0,2}[^\W_][^.!?:\n]{0,24}[*_]{0,2}[:：][*_]{0,2}[ \t]+\S[^\"“”]*$")
ITEM = re.compile(r"\s*(?:[-*•+–·▪]|\d{1,3}[.)]|[A-Za-z][.)])\s+\S")
EMPTY_ITEM = re.compile(r"\s*(?:[-*•+]|\d{1,3}[.)])$")
HEADING = re.compile(r"#{1,6} +\S|\*\*[^*\n]+\*\*:?$|__[^_\n]+__:?$")
INNER = re.compile(
    r"(?!(?:Dr|Mr|Mrs|Ms|St|Prof|No|Nr|vs|ca|approx|etc|Jr|"
    r"Sr)\.)\b[^\W\d_][^\s.!?…]{1,40}[.!?…]{1,4}[\"'”’»)*_]{0,3}\s+\S|"
    r"[.!?…][\"”»]\s+\S|\s\d+[.!?]\s+[A-Z]|\S\s?[。！？؟।॥۔]\W{0,3}\w"
)
"""A sentence that ends, with another after it."""
CODE = re.compile(
    r"[=!<>+*/|&-]=|=>|->|::|[;{}]\s*$|^\s{2,}\S.*[\w)\]]\s*$|^\s*(?:def|class|import|from|return|print|const|"
    r"let|var|"
    r"function|fn|func|end|puts|if|for|while|else|elif|#include|package|use|public|private|SELECT|INSERT|"
    r"UPDATE|DELETE|"
    r"CREATE|FROM|WHERE|GROUP|ORDER|LIMIT|SET|VALUES|JOIN|[$%>] |sudo|git|pip|npm|ls|cd|grep|docker|curl|FROM|"
    r"RUN)\b.*"
    r"(?:[=(){}\[\];:'\"/|*<>]|--?\w|$)|^\w[\w.\[\]]* *(?:=|<-|:=) *\S|^[$] \S|\w\([^()]*\)$|^\s*[\w-]+: \S|"
    r"^\[[\w.]+\]$",
    re.MULTILINE,
)
CODE_ASKED = re.compile(
    r"\b(?:code|python|javascript|typescript|java|rust|go|ruby|haskell|lua|perl|php|swift|kotlin|scala|sql|"
    r"query|shell|"
    r"bash|command|one-liner|regex|yaml|toml|ini|config|compose|dockerfile|html|css|xml|json|function|"
    r"script in|install|"
    r"code[zs]?|latex|makefile|in (?:c|r|c\+\+))\b",
    re.IGNORECASE,
)
FORMULA = re.compile(r"^[^!?]{0,60}(?:[=≈→≤≥⇒∝]|->)[^!?,]{1,60}$")
NUMBERED = re.compile(r"[\d$€£¥][\d.,:/%-]*(?:\s?[^\W\d_]{1,9})?$")
ASKED_SHORT = re.compile(
    r"\b(?:titles?|headlines?|slogans?|mottos?|taglines?|captions?|names?|translat\w*|rename|"
    r"(?:email )?subject|subject line|keywords?|"
    r"one[- ]line\w*|label|haiku|fill in|complete the|correct|proverb|idiom|phrase|opposite|synonym|capital|"
    r"formula|solve|"
    r"übersetz\w*|titel|tradui\w*|titre|traduc\w*|título|titolo|перевед\w*|назван\w*|in (?:french|german|"
    r"spanish|italian|"
    r"chinese|russian|english|japanese|latin)(?: for \w+)?:)\b|翻译|标题|翻訳|題名|ترجم|अनुवाद|"
    r"(?:^|[,:.] *)(?:when|who|where|which|how (?:much|many|far|old|long|tall))\b|^what(?:'s| is| was| are)\b",
    re.IGNORECASE,
)
CONTINUES = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|e\.g|i\.e|z\. ?B|p\. ?ex|vs)\.|\s[=+/&\\<]|[(\[{\\]|&&|\|\|)$")
MARKS = re.compile(r"[\"“”„«»「」『』《》【】（）()\[\]]")
OPENERS = {"「": "」", "『": "』", "《": "》", "【": "】"}
BRACKETS = {"(": 1, "[": 1, "（": 1, ")": -1, "]": -1, "）": -1}
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u0f00-\u0fff]")
"""Thai, Lao, Burmese, Khmer and Tibetan: a sentence may end without a mark."""
DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


def open_mark(line: str) -> str:
    """The quotation mark or bracket of the line that is not closed; empty where all are."""
    line = line.replace('"""', "   ").replace('\\"', "  ")
    speech, depth, bracket = "", 0, ""
    for found in MARKS.finditer(line):
        mark, at = found.group(), found.start()
        before, after = line[at - 1 : at], line[at + 1 : at + 2]
        if mark in BRACKETS:
            if mark in "([（" and before in (":", ";", "=", "-"):
                continue  # a sad face
            depth = max(depth + BRACKETS[mark], 0)
            bracket = mark if BRACKETS[mark] > 0 and depth == 1 else bracket
        elif speech:
            speech = "" if _closes(speech, mark) else speech
        elif mark in OPENERS or mark == "„":
            speech = mark
        elif not before or before.isspace() or before in "([—–-*_>{:，：。,=" or (mark == "“" and DENSE.match(before)):
            whole = mark in '"“«' or (mark in "”»" and bool(after) and not after.isspace())
            speech = mark if whole else ""
    return speech or (bracket if depth else "")


def _closes(opened: str, mark: str) -> bool:
    if opened in OPENERS:
        return mark == OPENERS[opened]
    return mark in {'"': '"”', "“": '”"', "„": '“”"', "”": "”", "«": "»", "»": "«"}[opened]


def stopped(line: str) -> bool:
    """Whether a line ends as a sentence does."""
    return line.rstrip(CLOSERS)[-1:] in ENDS


def is_letter(char: str) -> bool:
    """A letter, a digit, or a sign that belongs to a letter, as vowels do in Hindi; no part of a picture."""
    if char.isalnum():
        return True
    return unicodedata.category(char) in ("Mn", "Mc") and not "\ufe00" <= char <= "\ufe0f"


def size(line: str) -> int:
    """Words; two characters are one where no spaces stand between words."""
    dense = len(DENSE.findall(line)) if not line.isascii() else 0
    return len(line.split()) + dense // 2


def needs_no_stop(before: list[str], last: str, prompt: str) -> bool:
    """Whether a last line that ends with a letter or a digit can be whole. ``before``: the lines above, none empty."""
    plain = last.strip().strip("*_~# ").strip()
    words = plain.split()
    if not words:
        return True
    if _ends_by_custom(before, plain, words) or UNSPACED.match(plain[-1]):
        return True
    if _closes_a_letter(before, plain, words):
        return True
    ending = re.sub(r"^\W+|\W+$", "", words[-1])
    if ending in STRICT and len(words) > 1:
        return False
    if _is_code(before, last, prompt) or _is_table(before, last):
        return True
    inner = INNER.search(plain) is not None
    if ITEM.match(last):
        items = [line for line in before if ITEM.match(line)]
        ended = bool(items) and all(map(stopped, items))
        long = len(items) >= 2 and len(words) >= 7
        return not (ended and (inner or long or ending in OPEN))
    if inner:
        return False
    return _short_or_alike(before, last, plain, prompt, ending)


def _ends_by_custom(before: list[str], plain: str, words: list[str]) -> bool:
    tail = re.split(r"[.!?…]+[\"'”’»)]*\s+", plain[-80:])[-1].strip("*_~ ")
    if ADDRESS.match(words[-1]) or SMILE.search(plain):
        return True
    if SIGN_OFF.fullmatch(tail) and len(tail.split()) <= 6 and words[-1].lower() not in OPEN:
        return True
    if CLOSED_WITH.match(tail) or CLOSED_WITH.search(plain[-60:]) or re.search(r"\d ?°[CF]$", plain):
        return True
    if len(words) > 15 or words[-1] in STRICT:
        return False
    return POSTSCRIPT.match(plain) is not None and not (plain[0] == "-" and any(map(ITEM.match, before)))


def _closes_a_letter(before: list[str], plain: str, words: list[str]) -> bool:
    """A valediction, or what stands under one."""
    if len(words) > 7 or INNER.search(plain):
        return False
    if words[-1].lower() in STRICT:
        return False
    if before and VALEDICTION.match(plain) and len(words) <= 5 and (len(words) > 1 or len(before) > 1):
        return words[-1].lower() not in OPEN
    for line in before[-3:]:
        if len(line.split()) <= 6 and (
            VALEDICTION.match(line.rstrip(" ,")) or (line.endswith(",") and line is before[-1])
        ):
            return any(len(one) > 60 for one in before) or not stopped(before[-1])
    return False


def _is_code(before: list[str], last: str, prompt: str) -> bool:
    """A program, a command, a query, settings; the lines before count as one text."""
    text = "\n".join([*before[-12:], last])
    hits = sum(1 for line in text.split("\n") if CODE.search(line))
    lines = text.count("\n") + 1
    if CODE_ASKED.search(prompt) and not INNER.search(last):
        short = lines == 1 and len(last.split()) <= 12 and not _asks.LONG.search(prompt)
        if hits * 2 >= lines or (short and last.split()[-1] not in OPEN):
            return True
    if FORMULA.match(last.strip()) and len(last.split()) <= 16:
        return True
    return (
        hits * 2 > lines >= 2
        and re.search(r"[=(){};<>]|^\s*(?:end|return|SELECT|\w+: )", text, re.MULTILINE) is not None
        and not all(LABEL.match(line) for line in before)
    )


def _is_table(before: list[str], last: str) -> bool:
    """Values with one separator, as many of them as in the lines above."""
    for mark in (",", ";", "\t", "|"):
        count = last.count(mark)
        if (
            count
            and before
            and all(line.count(mark) == count for line in before[-4:])
            and (mark not in ",;" or f"{mark} " not in last)
        ):
            return True
    return False


def _short_or_alike(before: list[str], last: str, plain: str, prompt: str, ending: str) -> bool:
    """A title, a label, an answer of a few words, or a line like those above it: verse, names, values."""
    body = [
        line
        for at, line in enumerate(before)
        if not HEADING.match(line)
        and not (at == 0 and len(before) > 1 and not stopped(line) and len(line) < 60 and stopped(before[1]))
    ]
    length = size(plain)
    if LABEL.match(last.strip()) and length <= 16:
        labels = [line for line in before if LABEL.match(line)]
        return not (len(labels) >= 2 and sum(map(stopped, labels)) * 2 > len(labels))
    if not body or (len(before) == 1 and not stopped(before[0]) and len(before[0]) < 60 and length > 8):
        return _answers(plain, prompt, ending, length) and not (before and length > 4)
    if (len(body) >= 2 or not any(map(stopped, body))) and _like_those_above(body, plain, length):
        return True
    if length <= 4 and NUMBERED.search(plain) and plain.split()[0].lower() not in STARTS:
        return True
    return _is_name(plain)


def _answers(plain: str, prompt: str, ending: str, length: int) -> bool:
    """A text of one line without a full stop."""
    if ending.lower() in OPEN and not plain.istitle():
        return False
    if ASKED_SHORT.search(prompt) or (_asks.BRIEFLY.search(prompt) and not _asks.AMOUNT.search(prompt)):
        return length <= 20
    small = plain == plain.lower() != plain.upper()
    whole = small or re.fullmatch(r"[A-Z]|[\d.,:]+|[A-Z][a-z]+", ending)
    if whole and prompt and length <= 12 and not _asks.LONG.search(prompt):
        return True
    words = [word for word in plain.split() if len(word) > 3]
    if (
        length >= 3
        and words
        and all(word[0].isupper() or not word[0].isalpha() for word in words)
        and not DENSE.search(plain)
    ):
        return True
    if re.search(r"[\u0590-\u07ff\u0900-\u0dff]", plain) and length > 2:
        return False
    return length <= 4 and _asks.fewest_words(prompt) < 40


def _like_those_above(body: list[str], plain: str, length: int) -> bool:
    """Whether lines end without a full stop throughout, as in verse, and are no wrapped prose."""
    body = body[-24:]
    ended = sum(map(stopped, body))
    if ended * 2 > len(body) or sum(INNER.search(line) is not None for line in body) * 4 >= len(body) > 1:
        return False
    if ended and max(map(len, body)) > 90:
        return False
    marked = sum(not is_letter(line[-1]) for line in body)
    if len(body) >= 4 and marked >= 0.75 * len(body):
        return False
    return not (len(body) >= 4 and length <= 2 and min(map(size, body)) >= 4)


def _is_name(plain: str) -> bool:
    """A few words of which the first and the last are capitalised, as a name, and unlike a sentence's beginning."""
    words = re.findall(r"[^\W\d_][^\W_]*", plain)
    if not 0 < len(words) <= 5 or words[0].lower() in STARTS:
        return False
    return bool(words[0][0].isupper() and words[-1][0].isupper())
