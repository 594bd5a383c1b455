"""Signs that no writer puts down: broken and invisible characters, characters written as their codes, misread bytes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import NamedTuple

from greenlight.gates import _text

BROKEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffc-\uffff\ufff9-\ufffb\ud800-\udfff\ue000-\uf8ff\u202d\u202e"
    "\U000f0000-\U0010ffff\ufdd0-\ufdef\u2400-\u2426]+"
)
UNSEEN = re.compile("\\A\ufeff|[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
"""Of these what no page shows, so that no text can have it as an example; of a terminal's escapes some do."""
HIDDEN = re.compile(
    "[\u115f\u1160\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef"
    "\u200b-\u200d\u2060-\u2064\ufeff\u00ad\u180e\u202a-\u202e\u2066-\u206f\U000e0020-\U000e007f]"
)
HIDDEN_RUN = re.compile(
    "[\u200b\u2060-\u2064\ufeff\u00ad\u180e\u206a-\u206f]{6,}|[\u202a-\u202e\u2066-\u2069]{4,}|"
    "(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0020-\U000e007f]{4,}|[\U000e0100-\U000e01ef]{3,}"
)
WITHIN_WORDS = re.compile(
    "[A-Za-zÀ-ɏ][\u200b-\u200d\u2060-\u2064\ufeff\ufe00-\ufe0f](?=[A-Za-zÀ-ɏ .,])|[\\s\\w.,]\ufeff|"
    "[A-Za-z.,][\u115f\u1160\u180e\u2800\u3164\uffa0]+(?=[A-Za-z])"
)
MISPLACED = re.compile(
    "[\u200b\u2060-\u2064\ufeff\u180e\u206a-\u206f\u202a-\u202e\u2066-\u2069]|[A-Za-zÀ-ɏ\\s][\u200c\u200d]|"
    "\u00ad(?:[^\\w]|$)|(?<=[^\\w\u00ad])\u00ad|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0020-\U000e007e]"
)
"""Where none belongs: a soft hyphen stands in a word, joiners in scripts that join and in emoji, tags in flags."""
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
MARK = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
STACKED_SIGNS = re.compile(f"[{MARK}]")
STACKED = re.compile(f"[{MARK}]{{4,}}")
HEAPED = re.compile(f"(?:[^\\W\\d_][{MARK}]{{2,}}\\s?){{6,}}")
MARKED = re.compile(f"[A-Za-z][{MARK}]")
THROUGH = re.compile("[\u0300-\u036f][\u0321\u0322\u0334\u0337\u0338]|[\u0321\u0322\u0334\u0337\u0338][\u0300-\u036f]")
INDIC = "\u0900-\u0903\u093a\u093b\u093e-\u094c\u094e\u094f\u0962\u0963"
LOOSE = re.compile(f"(?:(?<=\\s)|(?<=[{INDIC}]))[\u093e-\u094d]|[\u064b-\u0652]{{3,}}|(?<=\\s)[\u064b-\u0652]")
"""Vowel signs without a letter."""
LOOSE_SIGNS = re.compile("[\u093e-\u094d\u064b-\u0652]")
BOXES = re.compile("[□■▪▫▒▓█░▢▣▤▥▦▧▨▩◻◼⬛⬜▯▮\u2bd1\u25a0]{2,}")
BOX = "□■▪▫▒▓█░▢▣▤▥▦▧▨▩◻◼▯▮"
BOX_INSIDE = re.compile(f"[^\\W\\d_][{BOX}](?=[^\\W\\d_])")
PICTURES = re.compile("[\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff\u2600-\u27bf]")
CODE = (
    (re.compile(r"\\u\{?[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}|\\x[0-9A-Fa-f]{2}|\\u\+[0-9A-Fa-f]{4}"), 3,
     ("\\u", "\\x", "\\U")),
    (re.compile(r"\\[ntrfv0](?![a-z])"), 6, ("\\n", "\\t", "\\r", "\\0")),
    (re.compile(r"(?<=[.!?,;:\"”])(?:\\n)+(?=[A-Za-z\"“]{2})|(?<=[a-z]) \\\"[a-z]{1,20}\\\""), 3, ("\\n", '\\"')),
    (re.compile(r"\\'[0-9a-f]{2}|\\[0-3][0-7]{2}"), 4, ("\\'", "\\")),
    (re.compile(r"&(?:amp;)*#x?[0-9A-Fa-f]{1,6};|&amp;[#a-z]{2,8}|&(?:amp;)*(?:quot|nbsp|[rl][sd]quo|apos|[mn]dash|hellip|"
                r"[a-zA-Z](?:uml|acute|grave|circ|tilde|cedil|ring)|[lg]t|amp|shy|zwnj|copy|szlig|ldquor);"),
     3, ("&",)),
    (re.compile(r"(?:=[0-9A-F]{2}){2}|(?<=[a-zäöü])=[89A-F][0-9A-F]|=20(?==|\w)|(?<=[^\s=])=\n(?=[^\s=])"), 4, ("=",)),
    (re.compile(r"(?:%[0-9A-F]{2}){2}|(?<=[a-z.,])%20(?=\w)"), 4, ("%",)),
    (re.compile(r"\(cid:\d+\)|/uni[0-9A-F]{4}|\[?glyph[ #:]?\d+\]?|<g\d+>|/G[0-9A-F]{2}\b|/g\d+\b|<U\+[0-9A-F]{4}>"
                r"|\bU\+[0-9A-F]{4}\b|\[U\+[0-9A-F]{4}\]|\[\?\]|<\?>|\[[0-9A-F]{4}\](?!:)|<[89A-F][0-9A-F]>",
                re.IGNORECASE), 5,
     ("(cid:", "/uni", "[glyph", "(glyph", "<g", "/G", "/g", "U+", "[?", "<?", "[0", "[1", "[2", "[F",
      "<8", "<9", "<A", "<E")),
    (re.compile(r"(?:\x1b)?\[(?:\d{1,3}(?:;\d{1,3}){0,4})?[mKHJ](?![\w\]])"), 3, ("[",)),
    (re.compile(r"\^[@A-Z\[\]](?![\w{(])|\^\[\["), 4, ("^",)),
    (re.compile(r"\w@@ \w"), 3, ("@@ ",)),
    (re.compile(r"\+(?:A[A-Za-z0-9+/]{2}|[BE][A-Za-z0-9+/]{2,80})-"), 3, ("+A", "+B", "+E")),
    (re.compile(r"M-\^[@-Z]|M-[a-z]M-"), 3, ("M-",)),
    (re.compile(r"=\?utf-8\?[bq]\?", re.IGNORECASE), 1, ("=?",)),
)  # fmt: skip
"""Characters written as codes; so many of them are no accident; one of the strings must be there."""
CODE_STARTS = "".join(sorted({sign[0] for _, _, signs in CODE for sign in signs}))
LINK = re.compile(r"(?:https?|ftp|file)://\S+|www\.\S+|mailto:\S+")
QUERY = re.compile(r"[\w.-]{0,30}=")
"""What a link has behind such a mark."""
ASKED_MARK = re.compile(r"[^\W\d_]\?[^\W\d_]|(?<!\S)\?[^\W\d_]{2,}|(?<!\S)\?\?+[^\W\d_]|[^\W\d_]\?\?+[^\W\d_]")
MARKS_ALONE = re.compile(r"(?<!\S)\?{2,}[.,;:!]?(?!\S)")
TABLES = ("cp1252", "cp437", "cp1251", "mac_roman", "cp850", "cp1250", "koi8_r", "latin_1", "cp866", "cp1253", "cp1254",
          "gbk", "cp932", "big5", "euc_kr")  # fmt: skip
LEADS = {
    "cp1252": "ÃÂâðÐÑØÙ×ÎÏÅÄàãäåæçèéêëìí", "latin_1": "ÃÂâðÐÑØÙ×ÎÏÅÄàãäåæçèéêëìí", "cp437": "├┬Γ╨╤╪┘╬╧╫≡αΣσµτΦΘ─┼",
    "cp1251": "РСГВвЎШЩЧПОДЕайжзклмигр", "mac_roman": "√¬‚–—ÿŸ◊≈ƒ„‰ÂÊÁËÈÍÎ",
    "cp850": "├┬ÔðÐÑ─┼ÓÒõÕµþÞ", "cp1250": "ĂÂâĐŃŘŮÄĹŕăäĺćçčé",
    "koi8_r": "цбБпябПФСюХХуЕФ", "cp866": "├┬т╨╤ря─┼уфх", "cp1253": "ΓΒβπΠΡΞΔΕγδεζηθι", "cp1254": "ÃÂâğĞÑØÙÄÅàãäåæçèé",
}  # fmt: skip
"""Characters that the first bytes of UTF-8 become; those of what is common first."""
WIDE_LEADS = frozenset("鎴戜滑鐨勬槸涓嶅湪浜嗘湁鍜屼汉锛銆縺繧譁蟄縲蜒荳莠倻頃滊靹嫓")
"""What the commonest first bytes of Chinese, Japanese and Korean become in tables of two bytes."""
MISREAD = WIDE_LEADS | frozenset(
    "¡¢£¤¥¦§¨©ª¬®¯±²³´µ¶¸¹º¼½¾ˆ‰Š‹ŒŽ†‡ƒŸ‚˜›™ЂЃЉЊЌЋЏђѓљњќћџЎўЈҐ\xa0├┬─┼╤╨╪┘╬╧╫≡Γ√◊≈‰⌐│░▒▓╗╝╣║"
)
"""Of which a misread text has several."""
RUN = re.compile(r"[^\x00-\x7f]{2,80}")
RUNS = 400
LATIN_LEADS = frozenset("ÃÂâÐÑðÎÏØÙ×ÅÄàãäåæçèé")
WITHIN = re.compile(
    "(?<=[A-Za-zÀ-ɏ])[\u00a1-\u00b6\u00b8-\u00bf\u2018\u201a-\u2020\u2030\u2039\u203a\u20ac\u2122\u2500-\u25a0\u03a3\u03a6\u03a9\u03b1-\u03c6"
    "\u221a\u2248\u2264\u2265\u2310\u2320\u2321]+(?=[A-Za-zÀ-ɏ.,])"
)
"""Symbols inside words."""
TURNED = re.compile(r"(?<![^\W\d_])[а-яё]+[А-ЯЁ][а-яёА-ЯЁ]*")
"""Words whose case is upside down: KOI8 read as cp1251."""


class Place(NamedTuple):
    """What was found, and where."""

    reason: str
    span: _text.Span
    score: float


def broken(body: str, alphabet: str) -> Place | None:
    """Replacement and control characters, private use, and what cannot be seen or stands on nothing."""
    if not alphabet or BROKEN.search(alphabet):
        found = BROKEN.search(body)
        if found:
            return Place("broken characters", found.span(), 0.95)
    if body[:1] == "\ufeff":
        return Place("a byte order mark", (0, 1), 0.95)
    if HIDDEN.search(alphabet):
        found = HIDDEN_RUN.search(body)
        if found:
            return Place("invisible characters", found.span(), 0.95)
        inside = [m.start() for m, _ in zip(WITHIN_WORDS.finditer(body), range(40), strict=False)]
        if len(inside) >= 3:
            return Place("invisible characters in words", (inside[0], inside[-1] + 2), 0.9)
        many = [m.start() for m in MISPLACED.finditer(body)]
        allowed = 3 if not UNSPACED.search(alphabet) else len(body) // 4
        if len(many) >= max(8, 0.015 * len(body)) and len(many) > allowed:
            return Place(f"{len(many)} invisible characters", (many[0], many[-1] + 1), 0.9)
    if STACKED_SIGNS.search(alphabet):
        found = STACKED.search(body) or HEAPED.search(body)
        if found:
            return Place("heaps of marks", found.span(), 0.95)
        through = [m.start() for m, _ in zip(THROUGH.finditer(body), range(60), strict=False)]
        if len(through) >= 5:
            return Place("heaps of marks", (through[0], through[-1] + 1), 0.9)
        loose = [m.span() for m, _ in zip(MARKED.finditer(body), range(4000), strict=False) if _is_loose(m.group())]
        if len(loose) >= 20 and len(loose) > 0.3 * (loose[-1][1] - loose[0][0]) / 2:
            return Place("marks on letters that take none", (loose[0][0], loose[-1][1]), 0.9)
    if LOOSE_SIGNS.search(alphabet):
        loose = [m.span() for m in LOOSE.finditer(body)]
        if sum(b - a for a, b in loose) >= max(5, 0.03 * len(body)):
            return Place("marks without letters", (loose[0][0], loose[-1][1]), 0.9)
    return None


def _is_loose(pair: str) -> bool:
    """Whether no letter of its own stands for a letter with its mark."""
    return len(unicodedata.normalize("NFC", pair)) == 2


def floods(body: str, alphabet: str) -> Place | None:
    """Boxes where letters should be; hundreds of pictures."""
    if any(c in alphabet for c in BOX):
        found = [m.span() for m, _ in zip(BOX_INSIDE.finditer(body), range(40), strict=False)]
        if len(found) >= 4:
            return Place("boxes for letters", (found[0][0], found[-1][1]), 0.85)
        found = [m.span() for m in BOXES.finditer(body)]
        size = sum(b - a for a, b in found)
        spaced = sum(body[b : b + 1] in (" ", ".", ",") for a, b in found)
        if (
            len(found) >= 8
            and size >= 25
            and spaced >= 0.6 * len(found)
            and len(body[found[0][0] : found[-1][1]]) < 3 * size
        ):
            return Place("boxes for letters", (found[0][0], found[-1][1]), 0.8)
    if PICTURES.search(alphabet):
        pictures = [m.start() for m in PICTURES.finditer(body)]
        if (
            len(pictures) >= 60
            and len({body[i] for i in pictures}) >= 5
            and pictures[-1] - pictures[0] < (3 if len({body[i] for i in pictures}) >= 25 else 1.3) * len(pictures)
        ):
            return Place(f"{len(pictures)} pictures", (pictures[0], pictures[-1] + 1), 0.8)
    return None


def coded(body: str, about: Callable[[bool], bool]) -> Place | None:
    """Characters written as their codes (``\\u2019``, ``&#8217;``, ``=E2=80=99``, ``(cid:12)``), outside code."""
    masked = ""
    there = {c for c in CODE_STARTS if c in body}
    if not there:
        return None
    for pattern, least, signs in CODE:
        for sign in signs:
            if sign[0] in there and sign in body:
                break
        else:
            continue
        if sum(1 for _ in zip(pattern.finditer(body), range(least), strict=False)) < least:
            continue
        masked = masked or hidden(body)
        found = [m.span() for m in pattern.finditer(masked)]
        if len(found) >= max(least, 0.004 * len(masked)) and not about(len(found) > 12):
            return Place(
                f"codes in place of characters ('{body[found[0][0] : found[0][1]]}')", (found[0][0], found[-1][1]), 0.85
            )
    return None


def hidden(body: str) -> str:
    """The text without code and links, each character in its place."""
    links = [m.span() for m in LINK.finditer(body)] if "://" in body or "www." in body else []
    return _text.blank(body, sorted([*_text.code(body), *links]))


def questioned(body: str) -> Place | None:
    """Question marks where letters were lost."""
    if body.count("?") < 4:
        return None
    if len(body) >= 20 and not any(map(str.isalnum, body)) and body.count("?") > 0.6 * len(body):
        return Place("question marks for words", (0, len(body)), 0.85)
    masked = hidden(body)
    found = [m.span() for m in ASKED_MARK.finditer(masked) if not QUERY.match(masked, m.end())]
    if len(found) >= max(4, 0.006 * len(masked)):
        return Place("question marks for letters", (found[0][0], found[-1][1]), 0.85)
    found = [m.span() for m in MARKS_ALONE.finditer(masked)]
    if len(found) >= 5 and len(found) >= 0.15 * masked.count(" "):
        return Place("question marks for words", (found[0][0], found[-1][1]), 0.85)
    return None


def misread(body: str, alphabet: str) -> Place | None:
    """Bytes of UTF-8 that were read with another table: back in bytes, they are UTF-8 again."""
    seen = set(alphabet)
    tables = [table for table in TABLES if table not in LEADS or not seen.isdisjoint(LEADS[table])]
    if "Р" not in seen and "С" not in seen:
        tables = [table for table in tables if table != "cp1251"]
    wide = not seen.isdisjoint(WIDE_LEADS) if any(c > "\u4e00" for c in seen) else False
    runs = [m for m, _ in zip(RUN.finditer(body), range(RUNS), strict=False)]
    joined = " ".join(m.group() for m in runs)
    for table in tables:
        if table not in LEADS and not wide:
            continue
        raw = joined.encode(table, "replace")
        back = raw.decode("utf-8", "ignore")
        kept = len(back.encode()) - back.count(" ") - back.count("?")
        if kept < 3 or (kept < 0.3 * len(raw) and table not in ("cp1252", "cp437", "latin_1")):
            continue
        good = [m for m in runs if _is_utf8(m.group(), table) and not _may_be_meant(body, m)]
        size = sum(len(m.group()) for m in good)
        if len(good) >= (2 if table == "cp1252" else 3) or size >= (8 if table in LEADS else 12):
            return Place("a broken encoding", (good[0].start(), good[-1].end()), 0.9)
    return None


def within(body: str) -> Place | None:
    """Symbols inside words, again and again."""
    found = [m.span() for m, _ in zip(WITHIN.finditer(body), range(200), strict=False)]
    if len(found) >= 4 and len({body[a:b] for a, b in found}) >= 2 and len(found) >= 0.004 * len(body):
        return Place("symbols for letters", (found[0][0], found[-1][1]), 0.8)
    return None


def _is_utf8(run: str, table: str) -> bool:
    try:
        back = run.encode(table).decode("utf-8")
    except UnicodeError:
        return False
    return len(back) < len(run) or table not in LEADS


def _may_be_meant(body: str, found: re.Match[str]) -> bool:
    """A capital with its accent before a closing mark (``À»``), ``ß“``: two characters that happen to be UTF-8."""
    run = found.group()
    if len(run) > 2:
        return False
    before = body[found.start() - 1 : found.start()]
    if before.isupper() or (run[0] in "ÅÄÎÏØ" and not before.isalpha()):
        return True
    return run[0] not in LATIN_LEADS and run[0] < "\u2000"


def turned(body: str) -> Place | None:
    """Cyrillic of which the cases are exchanged."""
    found = [m.span() for m, _ in zip(TURNED.finditer(body), range(60), strict=False)]
    words = len(body[: found[-1][1]].split()) if found else 0
    if len(found) >= 5 and len(found) > 0.3 * words:
        return Place("a broken encoding", (found[0][0], found[-1][1]), 0.9)
    return None


def first(places: Iterable[Place | None]) -> Place | None:
    """The first that is one."""
    return next((place for place in places if place), None)
