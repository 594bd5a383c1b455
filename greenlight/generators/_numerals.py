"""Numbers written out in English, so that a small vocabulary needs no digits for the few that slip into stories."""

from __future__ import annotations

import re

# A digit, a letter or a sign on either side makes it a part of something else.
NUMBER = re.compile(
    r"^[ \t]*\d{1,3}[.)](?=\s)|"  # the mark of a line in a list, which is no number
    r"(?<![\w.,:/$€£#%&@^+=*<>~°\\-])(?<!\d )"
    r"(\d{1,6}|[1-9]\d{0,2},\d{3})(st|nd|rd|th)?"
    r"(?![\w%/$€£°^+=*<>~\\]|[-–.,:]\d|-[A-Za-z]| ?(?:%|°|[ap]\.?m\b)| \d)",
    re.MULTILINE,
)
MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
AFTER_MONTH = re.compile(rf"\b{MONTH}(?: \d{{1,2}}(?:st|nd|rd|th)?,)? \Z")
BEFORE_MONTH = re.compile(rf"(?: of)? {MONTH}\b")
BEGINS = re.compile(r"(?:\A|\n|[.!?…][\"'”’)]*\s)\s*[\"'“‘(]*\Z")
"""Before the first word of a sentence, or of a line."""
NEAR = 40
"""Characters on each side that are looked at."""
ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
IRREGULAR = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip


def numerals(text: str) -> str:
    """Whole numbers of up to six digits become words: 3 kites, 21st, 1,200, and 1984 as a year.

    What is a part of something else stays: decimals, times, dates, prices, shares, names such as B2, two numbers in a
    row, the mark of a line in a list. At the beginning of a sentence the word has a capital letter.
    """

    def written(match: re.Match[str]) -> str:
        before, after = text[max(0, match.start() - NEAR) : match.start()], text[match.end() : match.end() + NEAR]
        if match[1] is None or AFTER_MONTH.search(before) or BEFORE_MONTH.match(after):
            return match[0]
        words = _ordinal(int(match[1].replace(",", ""))) if match[2] else _words(match[1])
        begins = BEGINS.search(before) and (len(before) < NEAR or before.strip())
        return words[0].upper() + words[1:] if begins else words

    return NUMBER.sub(written, text)


def _words(digits: str) -> str:
    if re.fullmatch(r"1[1-9]\d\d|20[1-9]\d", digits):  # read as a year
        high, low = divmod(int(digits), 100)
        rest = "hundred" if low == 0 else f"oh {ONES[low]}" if low < 10 else cardinal(low)
        return f"{cardinal(high)} {rest}"
    return cardinal(int(digits.replace(",", "")))


def cardinal(value: int) -> str:
    """Below a million."""
    if value >= 1000:
        rest = value % 1000
        return f"{cardinal(value // 1000)} thousand" + (f" {cardinal(rest)}" if rest else "")
    if value >= 100:
        return f"{ONES[value // 100]} hundred" + (f" {cardinal(value % 100)}" if value % 100 else "")
    if value < 20:
        return ONES[value]
    return TENS[value // 10] + (f"-{ONES[value % 10]}" if value % 10 else "")


def _ordinal(value: int) -> str:
    head, last = re.fullmatch(r"(.*?)([a-z]+)", cardinal(value)).groups()  # type: ignore[union-attr]
    return head + IRREGULAR.get(last, f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
