"""What machines write to one another and nobody reads: tokens, marks of tokenizers, names between colons."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

from greenlight.gates import _text
from greenlight.gates._signs import Place
from greenlight.gates._strange import ABOUT_TOKENS

NAMES = (
    r"pad|unk|eos|bos|mask|sep|cls|eot|sos|eod|eop|sop|oov|eoc|eou|endoftext|startoftext|end_of_text|begin_of_text|"
    r"eot_id|im_end|im_start|im_sep|endofprompt|end_of_utterance|endofturn|end_of_turn|start_of_turn|start_header_id|"
    r"end_header_id|file_sep|repo_name|gh_stars|jupyter_\w{2,12}|fim_\w{2,8}|fim-\w{2,8}|commit_(?:before|after|msg)|"
    r"(?:reserved|unused|special|dummy|ctrl|control|extra_id|extra_token|reserved_token|placeholder)_?\d{1,5}|(?:bos|"
    r"eos|pad|unk|mask|sep|cls|eot|user|bot|chatbot|system)_token"
)
TOKENS = re.compile(
    r"<(?:[|｜]\s?[\w▁ /.-]{1,40}\s?[|｜]>|/s>|s>(?!\w)|0x[0-9A-Fa-f]{2}>|a?:\w{2,32}:\d{6,20}>|</?SYS>>"
    rf"|(?=[/_|]?[a-zA-Z])(?i:[/_|]?(?:{NAMES})[_|/]?>|\|(?:{NAMES})\b))|(?i:\b(?:{NAMES})\|>)"
    r"|\[(?:PAD|UNK|MASK|CLS|SEP|EOS|BOS|EOT|OOV|[gs]MASK|END_OF_TEXT|BLANK_AUDIO|TOOL_(?:CALLS|RESULTS)|"
    r"AVAILABLE_TOOLS|(?:unused|UNUSED_TOKEN|control)_?\d{1,5})\]|\[/?INST\]|__(?:eou|eot|unk|pad|eos|bos)__|"
    r"⁇.{0,200}⁇|\w</w> ?\w{1,40}</w> ?\w{1,40}</w>|▁[^\W\d_]\w*(?:\s?▁\w+)+|^▁[^\W\d_]|\w[ĠĊ]\w+|(?:Ġ[^\W_]*){3,}|"
    r"(?:Ġ \w+[.,]?\s?){3,}|(?:Ġ[^\sĠ]{1,40}[\s,']{1,4}){3}|\w\w ##\w{1,12}(?: ##\w{1,12}){0,9} \w{2,40} ##\w{1,12}|"
    r"(?:##\w{1,12} ){3}|(?<=[a-z.,;] )##[a-z]{1,10}\b"
)
SPACED = re.compile(r"(?<!\w)Ġ\w?")
"""The mark of a space, in texts that are not Maltese."""
LETTERS = frozenset("▁ĠĊ｜⁇")
SHORTCODES = re.compile(r"<?a?:[a-z0-9+][a-z0-9_+-]{1,30}:(?:\d{3,20}>)?", re.IGNORECASE)
TAGS = re.compile(
    r"(?<=[\w.,;:!?\"'>] )</?(?:br|span|div|font|p|b|i|u|em|strong|a|ref|sup|li)\b[^<>\n]{0,80}>(?=[ \w<\"])|"
    r"(?<=[\w.,;:!?\"'>])</?(?:br|span|div|font|p|b|i|u|em|strong|a|ref|sup|li)\b[^<>\n]{0,80}>(?=[ \w<\"])"
)
LAID_OUT = re.compile(
    r"<(?:!doctype|html|head|body|table|svg|ul|ol|section|form|details|kbd)\b|^[ \t]*[<|]", re.I | re.M
)
"""What a page that is meant as one has."""
CHATS = re.compile(
    r"\b(?:emo(?:ji|te|ticon)s?|smileys?|short ?codes?|slack|discord|github|mastodon|docstrings?|sphinx|"
    r"restructured\w*|"
    r"rst|field list|ruby|elixir|clojure|erlang|yaml|metadata|chat tool|colons?)\b",
    re.IGNORECASE,
)
"""What is written with names between colons."""
OPENED = re.compile(r"(?:\A|[.!?:;,\n]|\b(?:and|or|but|so|then))[ \t]*\Z")
DOES = re.compile(
    r" (?:is|are|was|marks?|means?|ends?|begins?|starts?|opens?|closes?|stands for|separates?|tells|signals|comes|goes|"
    r"must|should|can|may|never|only|also|tokens?|and <)\b"
)
TALKS_OF = re.compile(
    r"(?<![<|\[/_.-])\b(?:tokens?|(?:de)?tokeni[sz]\w*|vocabular\w*|separators?|delimiters?|sentinels?|markers?|"
    r"chat ?ml|gpt-?\d?\w*|bert|llama|llms?|language models?|(?:chat|prompt) (?:templates?|formats?)|"
    r"special (?:signs?|symbols?|strings?)|"
    r"(?:marks?|closes?|opens?|ends?|begins?|starts?|separates?|stands? for) (?:(?:the|an?|each|every|its|one) )?"
    r"(?:\w+ )?(?:turns?|sequences?|documents?|texts?|messages?|inputs?|padding|beginning|start|end)|"
    r"(?:end|beginning|start) of (?:(?:the|an?|each|every|one) )?(?:turns?|sequences?|documents?|texts?|messages?))\b",
    re.IGNORECASE,
)
"""What is said of tokens."""
AROUND = 1_000
"""Characters at either side of a token in which that is said."""


def subject(body: str, start: int, end: int) -> bool:
    """Whether a token is what a sentence is about: it stands at its head, with a verb after it, and tokens are spoken
    of there."""
    if DOES.match(body, end) is None or OPENED.search(body[max(0, start - 12) : start]) is None:
        return False
    places = _talk(body)
    at = bisect_left(places, start - AROUND)
    return at < len(places) and places[at] < end + AROUND


@lru_cache(maxsize=1)
def _talk(body: str) -> list[int]:
    """Where tokens are spoken of; a text may be full of tokens, and is searched once."""
    return [found.start() for found in TALKS_OF.finditer(body)]


def token(body: str, prompt: str, alphabet: str) -> Place | None:
    """The first that stands in no code and is not spoken of."""
    if LETTERS.isdisjoint(alphabet) and not any(sign in body for sign in ("<", "[", "##", "|>", "__")):
        return None
    code, quoted = _text.code(body), None
    if "Ġ" in alphabet and set(alphabet).isdisjoint("ġħżċ") and not ABOUT_TOKENS.search(prompt):
        spaced = [m.span() for m in SPACED.finditer(body) if not _text.inside(code, m.start())]
        if len(spaced) > 1:
            return Place("marks of a tokenizer", (spaced[0][0], spaced[-1][1]), 0.95)
    for found in TOKENS.finditer(body):
        said, start = found.group(), found.start()
        if _text.inside(code, start) or not said.strip("<|｜> "):
            continue
        if said in ("<s>", "</s>") and 0 < body.count("<s>") == body.count("</s>"):
            continue  # struck through
        quoted = _text.quotes(body) if quoted is None else quoted
        if _text.inside(quoted, start) and found.end() < len(body.rstrip()) - 3:
            continue
        if (
            subject(body, *found.span())
            or ABOUT_TOKENS.search(prompt)
            or (body.count(said) == 1 and ABOUT_TOKENS.search(body))
        ):
            continue
        return Place(f"the token '{said[:40]}'", found.span(), 0.95)
    return None


def tags(body: str) -> Place | None:
    """Tags of a page, left in the middle of its sentences."""
    if body.count(">") < 4:
        return None
    code = _text.code(body)
    found = [
        m.span() for m, _ in zip(TAGS.finditer(body), range(400), strict=False) if not _text.inside(code, m.start())
    ]
    if len(found) >= 4 and len(found) > 0.03 * body.count(" ") and not LAID_OUT.search(body):
        return Place("tags between words", (found[0][0], found[-1][1]), 0.7)
    return None


def codes(body: str, wanted: Sequence[str]) -> Place | None:
    """``:smile: :grin: :wave:``, and texts full of them. ``wanted``: what was asked, which may speak of such."""
    if body.count(":") < 6:
        return None
    places = [m.span() for m in SHORTCODES.finditer(body)]
    if len(places) < 3:
        return None
    code, row, between = _text.code(body), 0, 0
    names: list[_text.Span] = []
    for start, end in places:
        follows = bool(names) and not body[names[-1][1] : start].strip()
        before, after = body[start - 1 : start], body[end : end + 1]
        if (
            (not follows and (before.isalnum() or before in ("_", ":")))
            or after.isalnum()
            or after == "`"
            or _text.inside(code, start)
        ):
            continue
        row = row + 1 if follows else 1
        names.append((start, end))
        between += before in (" ", ".", "!", "?", ">") and not follows
        if row == 3:
            return Place("names between colons in a row", (names[-3][0], end), 0.9)
    if len(names) >= 6 and len(names) > len(body.split()) / 8:
        return Place(f"{len(names)} names between colons", (names[0][0], names[-1][1]), 0.7)
    if between >= 4 and not any(map(CHATS.search, (*wanted, body))):
        return Place(f"{len(names)} names between colons", (names[0][0], names[-1][1]), 0.7)
    return None
