"""Last lines that end without a mark by habit: a name after a note, a chat in small letters, an answer to a label."""

from __future__ import annotations

import re

from greenlight.gates import _asks, _feet
from greenlight.gates import _endings as ends
from greenlight.gates._endings import Ending
from greenlight.gates._hanging import dangles, hangs, opens
from greenlight.gates._text import word_set

ANSWER = re.compile(
    r"\W*(?:final |correct |right |my |the )*(?:answers?|solutions?|results?|keys?|outputs?|verdict|"
    r"conclusion|label|total|a|"
    r"antwort(?:en)?|lösung(?:en)?|ergebnis|réponses?|solution|résultat|respuestas?|solución|resultado|rispost[ae]|"
    r"soluzione|risultato|respostas?|solução|antwoord(?:en)?|oplossing|svar|facit|lösning|løsning|odpowied[zź]\w*|"
    r"odpověď|řešení|cevap|yanıt|vastaus|válasz|megoldás|răspuns|ответы?|решение|відповід\w*|отговор|απάντηση|"
    r"الجواب|الإجابة|उत्तर|תשובה|答案|答|答え|解答|正解|정답|답)(?: ?\d{1,3}| [A-Z])?\W{0,3}[:：]\W{0,3}(?=\w)",
    re.IGNORECASE,
)
"""A label under which a word, a letter or a number is the whole answer."""
CATCHY = re.compile(
    r"\b(?:slogans?|mottos?|taglines?|strap ?lines?|captions?|titles?|headlines?|billboards?|banners?|posters?|"
    r"stickers?|fun facts?|trivia|did you know|t-shirts?|mugs?|subject lines?|"
    r"puns?|hashtags?|slagzin|losung|werbespruch|titel|leitspruch|"
    r"titre|título|titolo|eslogan|lema|hasło|слоган|девиз|заголовок)\b|标语|口号|标题|スローガン|슬로건",
    re.IGNORECASE,
)
"""A few words on display, in which a mark may stand within and none at the end."""
CITED = re.compile(
    r"\b(?:cite|citations?|references?|bibliograph\w*|APA|MLA|Chicago|Harvard|Vancouver|BibTeX|works cited|sources?|"
    r"literatur\w*|zitier\w*|quellen\w*|bibliograf\w*|référence\w*|cita|referencia\w*|fonti|библиограф\w*)\b",
    re.IGNORECASE,
)
ONE_LINE = re.compile(
    r"\b(?:briefly|in short|(?:one|a|single|1)[- ](?:sentence|line)|log ?lines?|one-?liner|elevator pitch|tl;?dr|"
    r"premise|gist|how (?:do|would|can|should|to)(?: (?:i|you|we|one))? (?:say|write|spell|greet)|"
    r"nutshell|definition of|kurz|in einem satz|en une phrase|brièvement|en una frase|brevemente|"
    r"in una frase|em uma frase|вкратце|одним предложением|кратко)\b|一句话|一言で|한 문장",
    re.IGNORECASE,
)
"""What asks for no more than a sentence."""
COMMIT = re.compile(
    r"\b(?:commit|pull request|PR|merge request|changelog|release notes?|ticket|bug report|jira)\b", re.IGNORECASE
)
SESSION = re.compile(
    r"(?:\(\w[\w.-]*\) )?(?:[\w.-]+@[\w.-]+[: ][^\s$#%]{0,60} ?)?[$%❯➜] \S|>>> ?\S|In \[\d+\]: ?\S|"
    r"(?:PS )?[A-Z]:\\\S*> ?\S|"
    r"(?:irb|iex|ghci|pry|scala|julia|mysql|sqlite|psql|node|\w+[=(][^\n]{0,20})[>#] ?\S|"
    r"[\w.-]+@[\w.-]+:[^\s#]{0,60}# \S|# (?:apt|cd|ls|systemctl|ip|mount|cat|docker|fdisk|zpool|dnf|yum|pacman)\b"
)
"""The sign of a shell, and what was typed at it."""
RESULT = re.compile(r"[=≈] ?[$€£]?(-?\d[\d.,]*)[^=\n]{0,20}$")
YEAR = re.compile(r"\b(?:1[4-9]|20)\d\d[a-z]?\b")
ADDRESSED = re.compile(r"(?:[^\W\d_][\w'’-]* ?){1,3}[,!،،] ?\S")
AGAIN = re.compile(r"[.!?…][\"'”’)]*\s+[\"'“‘(]*(\w[\w'’]*)")
I_FORMS = word_set("i i'm i'll i'd i've")
CASELESS = re.compile("[\u0590-\u08ff\u0900-\u0dff\u10a0-\u10ff]")
"""Scripts with spaces between words and without capital letters."""
FOUR = 4
"""Letters of the longest word that is no more than a function or a variable in a formula."""


SENT = re.compile(
    r"\b(?:text(?:s|ed)?(?= (?:to|for|my|him|her|them|mum|mom|dad|message|msg|saying|that|back)\b)|(?:text|send|"
    r"message) (?:him|her|them|my|mum|mom|dad)|whats ?app|sms|imessage|messenger|telegram|slack|discord|dms?|"
    r"instant message|group chat|text messages?)\b",
    re.IGNORECASE,
)
"""What is typed and sent as people do, seldom with a full stop."""
LEFT_LAST = re.compile(
    r"\b(?:worth(?: \w+){0,2} \w+ing|(?:you|you'll|you'd|we|they|i)(?: \w+){1,3})(?: \w+)? "
    r"(?:for|to|about|with|at|on|in|by)$",
    re.IGNORECASE,
)
"""A preposition that its noun stands before, as in "a chair you fall asleep in"."""
KISSES = re.compile(r"\s[xXoO]{1,6}$")
"""What stands for kisses under a message."""


def loose(end: Ending) -> bool:
    """Whether the line, with neither a word that hangs nor a part of a word at its end, ends as its kind does."""
    return (
        _signs(end)
        or _small_letters(end)
        or _sent(end)
        or _said_over(end)
        or _output(end)
        or _answered(end)
        or _catchy(end)
        or _cited(end)
        or _formulas(end)
        or _outcome(end)
        or _committed(end)
        or _paired(end)
    )


def _signs(end: Ending) -> bool:
    """A name, with or without a valediction, after the last sentence of a note."""
    tail = end.tail if end.tail != end.plain else end.plain
    words = tail.split()
    own = tail == end.plain
    if not words or len(words) > 8 or (own and not (end.before and ends.stopped(end.before[-1]))):
        return False
    if not own and ends.VALEDICTION.match(tail) and "," in tail and _is_name(tail.rsplit(",", 1)[-1].split()):
        return True
    if not own and _noted(end) and _role(words):
        return True
    if len(words) > 3 or not _is_name(words):
        return False
    line = end.first if own else end.plain
    if ends.SALUTE.match(line) is not None or ADDRESSED.match(line[:60]) is not None:
        return own or _noted(end) or len(words) == 1
    return own and _feet.told_to_somebody(end) and _noted(end)


def _role(words: list[str]) -> bool:
    """Who writes, by what they are to the reader: "Your neighbour Tom", "La maman de Léo"."""
    if not 1 < len(words) <= 5 or words[0].lower() not in _feet.THEY | _feet.YOU or not words[0][0].isupper():
        return False
    named = words[-1][0].isupper() and len(words[-1]) > 1
    return named and not any(word.lower() in _feet.AUX or word[-1] in ",;:" for word in words[1:])


def _noted(end: Ending) -> bool:
    prompt = end.prompt
    return _feet.NOTE_ASKED.search(prompt) is not None or ends.MAIL_ASKED.search(prompt) is not None


def _is_name(words: list[str]) -> bool:
    if not words or opens(words[0]) or any(word[-1] in ",;:" for word in words) or len(words) > 4:
        return False
    if all(CASELESS.match(word) for word in words):
        return len(words) <= 2
    return words[0][0].isupper() and words[-1][0].isupper() and len(words[-1]) > 1


def _small_letters(end: Ending) -> bool:
    """What is written in small letters throughout, in reply to what is written so: neither ends with a full stop."""
    prompt = end.prompt.strip()
    if not end.plain[0].islower() or (prompt and (not prompt[0].islower() or prompt[-1] in ".:,")):
        return False
    if not prompt and (
        end.before or len(end.plain) > (160 if AGAIN.search(end.plain) else 60) or not end.plain.islower()
    ):
        return False  # without a prompt only a line, as of a review
    text = "\n".join([*end.before, end.plain])
    if len(text) > 600 or any(not line[0].islower() or ends.stopped(line) for line in end.before):
        return False
    begun = [found[1] for found in AGAIN.finditer(text)]
    if any(word[0].isupper() and word.lower() not in I_FORMS for word in begun):
        return False
    return not dangles(end.plain, end.around, lone=True)


def _sent(end: Ending) -> bool:
    """A message to somebody, of a line or two."""
    if (
        SENT.search(end.prompt) is None
        or _asks.LONG.search(end.prompt)
        or len(end.before) > 2
        or ends.size(end.plain) > 30
    ):
        return False
    return KISSES.search(end.plain) is not None or not dangles(end.plain, end.around, lone=True)


def _said_over(end: Ending) -> bool:
    """The same words over and over, as was asked for; the last time in full."""
    often = _asks.repeats_asked(end.prompt)
    words = end.plain.lower().split()
    if not often or end.before or len(words) < 3:
        return False
    for size in range(1, min(13, len(words) // 2 + 1)):
        if words[size:] == words[:-size]:
            return len(words) % size == 0
    return False


def _output(end: Ending) -> bool:
    """What a program prints in a session at a shell: any line may be its last."""
    if SESSION.match(end.first) is None or hangs(end.plain, end.around, soft=True):
        return False
    words = end.plain.split()
    return not (opens(words[0]) and words[0].isalpha() and len(words) > 8)


def _answered(end: Ending) -> bool:
    """A word, a letter or a number under a label that announces an answer."""
    found = ANSWER.match(end.last)
    if found is None:
        return ends.LABEL.match(end.last.strip()) is not None and _number_alone(end)
    value = end.last[found.end() :].strip().strip("*_() ")
    words = value.split()
    if not words or len(words) > 3:
        return False
    if len(words) == 1:
        return len(value) > 1 or value.isdigit() or value.isupper() or not value.isascii()
    return not opens(words[-1]) and not hangs(value, end.around, soft=True)


def _number_alone(end: Ending) -> bool:
    """A number after a label, as in the lines above."""
    value = re.split(r"[:：]", end.last.strip(), maxsplit=1)[-1].strip("*_ ")
    labels = sum(ends.LABEL.match(line) is not None for line in end.before)
    return labels >= 2 and ends.NUMBERS.match(value) is not None and value[-1].isdigit()


def _catchy(end: Ending) -> bool:
    """Two short sentences of a slogan, the second without its full stop."""
    asked = CATCHY.search(end.prompt) or ONE_LINE.search(end.prompt)
    if end.before or not asked or (_asks.LONG.search(end.prompt) and not ONE_LINE.search(end.prompt)):
        return False
    if asked[0] and ends.INNER.search(end.plain) is None:
        catchy = CATCHY.search(end.prompt) is not None
        left = catchy and LEFT_LAST.search(end.plain) is not None
        return ends.size(end.plain) <= 24 and (left or not dangles(end.plain, end.around, lone=not catchy))
    return ends.size(end.plain) <= 14 and not dangles(end.plain, end.around)


def _cited(end: Ending) -> bool:
    """A work with its year, which ends with the name of who published it."""
    asked = CITED.search(end.prompt) is not None or YEAR.search(end.around) is not None
    found = YEAR.search(end.plain)
    tail = end.tail
    return (
        asked
        and found is not None
        and ends.INNER.search(end.plain) is not None
        and 0 < len(tail.split()) <= 6
        and tail[0].isupper()
        and not opens(tail.split()[0])
        and all(word[0].isupper() or len(word) < 4 for word in tail.split())
    )


def _formulas(end: Ending) -> bool:
    """A chain of equations, with hardly a word in it."""
    line = end.last.strip()
    if not re.search(r"[=≈→≤≥⇒∝≡⟺⇔]", line) or "!" in line or "?" in line:
        return False
    long = sum(len(word) > FOUR for word in re.findall(r"[^\W\d_]+", line))
    return long <= 1 and ends.INNER.search(line) is None and not hangs(line, end.around, soft=True)


def _outcome(end: Ending) -> bool:
    """A sentence under a sum that says its outcome."""
    found = [RESULT.search(line) for line in end.before[-3:]]
    numbers = {one[1].strip(".,") for one in found if one}
    said = set(re.findall(r"\d[\d.,]*", end.plain))
    return bool(numbers & said) and ends.size(end.plain) <= 20 and not dangles(end.plain, end.around, lone=True)


def _committed(end: Ending) -> bool:
    """What stands under the title of a change, with no full stop in any line."""
    if COMMIT.search(end.prompt) is None or any(map(ends.stopped, end.before)) or ends.INNER.search(end.plain):
        return False
    return not dangles(end.plain, end.around, lone=True)


def _paired(end: Ending) -> bool:
    """One word beside another, as in all lines above: a list of words, or of signs."""
    for mark in (" → ", " = ", " – ", " — ", " - ", ": "):
        if mark in end.last:
            sides = [line.split(mark) for line in [*end.before[-8:], end.last.strip()]]
            return len(sides) > 3 and all(len(pair) == 2 and len(pair[1].split()) == 1 for pair in sides)
    return False
