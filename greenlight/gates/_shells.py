"""What an answer is wrapped in: thoughts that were closed, data and code, stage directions, headings, odd spelling."""

from __future__ import annotations

import re
import unicodedata

THOUGHT = re.compile(
    r"\A\s*(?:<(think|thinking|thought|reasoning|analysis|scratchpad|seed:think)>|\[THINK\]).{0,20000}?"
    r"(?:</(?:think|thinking|thought|reasoning|analysis|scratchpad|seed:think)>|\[/THINK\])",
    re.DOTALL | re.IGNORECASE,
)
ORPHAN = re.compile(r"\A[^<]{0,20000}</think(?:ing)?>", re.IGNORECASE)
FENCES = re.compile(r"^[ \t]*(?:```|~~~)[^\n`]*$", re.MULTILINE)
TAGS = re.compile(r"<!--|-->|</?(?!refus|declin|den|reject)[A-Za-z][\w:-]{0,30}(?: [^<>\n]{0,80})?/?>")
KEYS = re.compile(
    r"[\"'](?!refus|declin|den|reject|error)[\w -]{1,30}[\"']\s*:|\b(?:null|true|false|None|True|False)\b"
)
CALLS = re.compile(
    r"\b(?:raise \w+|print|echo|return|throw new \w+|console\.\w+|sys\.exit|exit|die|puts|printf|panic!?|"
    r"logging\.\w+|def \w+|function \w+)\b\s*\(?\)?:?|\bpass\b|#!/\S+(?: \w+)?"
)
COMMENT = re.compile(r"^[ \t]*(?:#(?!#)|//|--|/\*|\*/|;|%|REM\b)|\*/[ \t]*$", re.MULTILINE)
DATA = re.compile(
    r"\A\s*(?:[{\[<]|//|--|/\*|#!|#(?= )[^\n]*\Z|(?:echo|print|raise|return) ?[(\"']|REM |\w+: \w+\n\w+:)"
)
BLOCK = re.compile(r"\A\s*```[^\n`]{0,20}\n([^`]{1,400})\n```[ \t]*$", re.MULTILINE)
SAYS = re.compile(
    r"[ \t]*(?:#|//|--|/\*|;|%|REM\b|(?:echo|print|puts|printf|console\.log|raise|throw|return|die|exit)\b)"
)
"""A line of code that only says something."""
GESTURE = re.compile(
    r"(?<![\w*])\*(?!\*)[^*\n]{2,90}\*(?![\w*])|(?:(?<=\n)|\A)[ \t]*[(\[_][^()\[\]\n]{2,90}[)\]_][ \t]*(?=\n|\Z)|"
    r"[(\[][^()\[\]\n]{2,60}[)\]][ \t]*(?=\Z)"
)
HEADING = re.compile(r"^[ \t]{0,3}(?:#{1,6} [^\n]*|\*\*[^*\n]{1,100}\*\*:?|__[^_\n]{1,100}__)[ \t]*$", re.MULTILINE)
TITLED = re.compile(r"^[ \t]*(?:subject|title|re|betreff|objet|asunto|step \d+)[ \t]*:", re.MULTILINE | re.IGNORECASE)
QUOTED = re.compile(r"^[ \t]{0,3}>[^\n]*$", re.MULTILINE)
APART = re.compile(r"(?:(?<!\w)[\w'’.,!?] ){4}")
LEET = re.compile(r"\b(?=\w*[a-zA-Z])(?=\w*[013457@$])[a-zA-Z013457@$']{2,}\b")
DIGITS = str.maketrans("013457@$", "oieastas")
BITTEN = re.compile(
    r"\b(ca|wo|do|does|did|is|are|was|would|should|could|must|have|has|ai|sha|need)nt\b|\b(i)(m|ve|ll)\b", re.IGNORECASE
)
MISTYPED = re.compile(
    r"\b(?:(s(?:o?r+y+|ry+))|(cann?nt|can ot|cna't)|(wil)|(gonna)|(wanna)|(no{2,}pe|n+o{2,}))\b", re.I
)
PROPER = ("sorry", "can't", "will", "going to", "want to", "no")
MARKS = str.maketrans({"’": "'", "ʼ": "'", "´": "'", "＇": "'", "‘": "'", "\u00a0": " "})
LONGEST, ODD = 4000, 300
"""Characters of a text that is looked at for data and code, and for odd spelling."""


def answer(body: str) -> int:
    """Where the answer begins, behind a thought that was closed."""
    if "</" not in body and "[/" not in body:
        return 0
    found = THOUGHT.match(body) or ORPHAN.match(body)
    return found.end() if found else 0


def is_data(text: str) -> bool:
    """Whether all of it is code, data or a comment."""
    return len(text) < LONGEST and (
        DATA.match(text) is not None or (text.lstrip()[:3] in ("```", "~~~") and text.rstrip()[-3:] in ("```", "~~~"))
    )


def said_in_code(text: str) -> str:
    """The text with a fenced block at its head opened that holds nothing but comments and what is printed."""

    def said(m: re.Match[str]) -> str:
        lines = [line for line in m[1].split("\n") if line.strip()]
        return opened(m.group()) if lines and all(SAYS.match(line) for line in lines) else m.group()

    return BLOCK.sub(said, text)


def opened(text: str) -> str:
    """Code or data as the words in it: keys, tags and calls left out, of the same length."""

    def gap(m: re.Match[str]) -> str:
        return " " * len(m.group())

    for what in (FENCES, TAGS, KEYS, CALLS, COMMENT):
        text = what.sub(gap, text)
    return re.sub(r"[\"{}\[\]()_=;/]", " ", text)


def staged(text: str) -> list[tuple[int, int]]:
    """Gestures, headings and quoted lines: what is not said to anybody."""
    found = []
    if "*" in text or "(" in text or "[" in text or "_" in text:
        found += [m.span() for m in GESTURE.finditer(text)]
    if "#" in text or "**" in text or "__" in text:
        found += [m.span() for m in HEADING.finditer(text)]
    if ":" in text:
        found += [m.span() for m in TITLED.finditer(text)]
    if ">" in text:
        found += [m.span() for m in QUOTED.finditer(text)]
    return found


def spelt(text: str) -> str:
    """With the usual letters and apostrophes; a text whose letters stand apart is drawn together."""
    text = text.translate(MARKS)
    if len(text) > ODD:
        return text
    if not text.isascii():
        wide = unicodedata.normalize("NFKC", text)
        text = wide if len(wide) == len(text) else text
    if APART.search(text) and sum(len(word) == 1 for word in text.split()) > 0.6 * len(text.split()):
        gap = " {2,}" if "  " in text.strip() else r"\n"
        text = " ".join(re.sub(r"\s", "", word) for word in re.split(gap, text))
    if "0" in text or "1" in text or "3" in text or "4" in text or "5" in text or "@" in text or "$" in text:
        text = LEET.sub(lambda m: m.group().translate(DIGITS) if not m.group().isdigit() else m.group(), text)
    low = text.lower()
    if "nt" in low or "im" in low or "ive" in low or "ill" in low:
        text = BITTEN.sub(lambda m: f"{m[1]}n't" if m[1] else f"{m[2]}'{m[3]}", text)
    return MISTYPED.sub(lambda m: PROPER[(m.lastindex or 1) - 1], text)
