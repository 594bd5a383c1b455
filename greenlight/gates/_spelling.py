"""English that nobody would spell, space or repeat so; tokens of the machine's own making between its words."""

from __future__ import annotations

import re
import zlib
from base64 import b85decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from greenlight.gates import _neighbours, _text, _tongues
from greenlight.gates._salad import DOUBLED
from greenlight.gates._signs import Place, hidden
from greenlight.gates._soup import STREWN

_BITS = zlib.decompress(
    b85decode(
        "c-oa!eQXnD7=P}1umc(1ZGb{hZr92{P{x9YIN_@2Xw8ri6P75hGnOwu;*{Y4C%u)49dwL#5;GUrBt*l9ETRTPXNM+kK;}SP>KAlM28$qFhI3oD_Vs!"
        "1ZXXe1;`>K?_q^{tAHV1K{9XX)AcQp8%Cax7o1N)6=;;fUJA(P{_f)GlBev~|*C+AnWv5LZvrk+nl=I#WPl#C0XN?6YX_9;^{$BGyX4Ap3$M5&?-hB"
        "5i)yhJO$d&jcAJCPgRlhjtqia8Rkgr_TU0HWl?r-SG+L7(He_Gb^xTpyJrCsRIwWjMpjF2~hW3n&5!2x(l+!MNXz2oJ*xfeFxC5qg+J&U~A98);Gf*"
        "0+A1)#R5u2BwhDLzia3==&klJ$7N1KZ{z6%t7Jf?GZn-LbqDi6=@xpeJOn^n_S?(#PF)qI&@+qeY=+iSt?v7YfO%p@vK+-5fa8!y5M9>S*iY;%N*(="
        "lsY_Ok)%pRRPEil4QhIIr{{RI(OZqzEedov>NU$HV%Mxv3|=AKE(kVSSx48LZm{o@rugZWL_ijMcdJ?XGk%`<RNjTf0mIR!aKt~j|B_#?v82*uF8#}"
        "4#m&MnNi{!;|l`&PkuMO{CfMQ?$5%_bDdMlPk*vj71UpPpPj&PC;bAODC*xJ*X$!?3u);ta39UZI(rG}Ig>bY@$#nf9bpFRx|Z`={;G^6>0P`aaumm"
        "f?Y+a*v@O{=%^I9-f->;_aq|f?<SA?bXWv<Ec0-c+efa0kk;YEkX&Lsxa)VEQo$h{y)B7R-*AOYL15U}1Pu8Y7rw)8`Lo^Oy8UaKjTV38cD{{NpC9I"
        "2K1mF><tRy2AwQ~&<P1hZftH*c=+r>zrXr8_VW56qE&>N0ghcc`c?U+2$CPYBvOxmz)TE_gh4|pCLZ^Y6GusdqHK3g3=pXy9G{L+oJE8fe!P!LCApF"
        "?6(0*vA?q~J$~o@1``u9-;e2wCYuVk2L?u6SOYkQZLw8;1OGSXT+Al+C3{w3T*1C~KcOEDi%TL0Z5JzX?3tw6@(hpZT|KM*DHN#ZuZ=eyDQ#Y5e)Md"
        "BYP5(0T=iYZ$LnRKf%>jby!Kj)^@2hHtD($Q;Wsc7*o<lcJQ^FxW>VcA|p!DsDkt^S!^fCK~bCl2y(r;plndA#|Isg1zX{=Tk(L;Q<GhEY3Vd8KD8Y"
        ")-AAf9KzA<RBiMOwMgHSCb8;0kJJR*CMcbAB4a=i3^;)Fy*bLTKgt0P(LQAF!1bQ>?#d;)l~YdVk3&?o<VHp>MR)l{aH{!LtS2@{cCrEIl=|jle|Qo"
        "eIcPgxePuTi05hDy^4^bUK3T?l9f*e2E5&M}p(Y#7okEHIS$t!8%O`)hzOtaC2$O9Jw(@TG+%%b|GgEk}yZzhXvRT#hPV8CL`gU>dx3*0g3tJ9~&k2"
        "8iy<R}ztic(vNb~us;_V4SF4Tn^1MxhhXdCL`tS=tkT-DzCVcs2xe8I8s0c=XMLq@fsV$iYY>NGHk4M^;ZtU+vRFe}y=O{1OWD6wTxq42g9g>YbPtU"
        ">JT(a+7xJSA`Way%Lo14+kQ`{92q>A$y;8|*F2wRq2<ZU|NT&;6Kn2uprYc6tNOlrnm!kUANpI|ED3`lapJwpR<M?>L0VD{{W4O|)*cJ^fR8>rYvSN"
        "cTdliw)RmfVSL4snVcg6Qq|76&ryXh>~S01=zNrvaU5$>_Vh6<TBi%_ZKBL>5osYLPl{sepN8vbtu%gB7UX_Q8S6HSXP>9r6uYUWqeSPf|ROA>>5;T"
        "6`&x!<scbY%np@|iVZ$W?EX2D!_>pItL9CzR^AhPH);%#PV7;Aqf3oBuHXD?EEL^(dV2Eed&I(|MoSvQ`@h>tw>)Q`#bg?&!|oe@rPpjD#AAofwpWh"
        "cK@~e3J%8r)oryJ6Qb5#aRKmK_@cLuGQ0&da$mg%$`~2`*;<x^rWW@2qrHMCpjJ@S^VYGWGRcsA-1{%sIB$*c|BLCYr8z`R`7I;zFMW@mx2--4sNU<"
        "TUM1&F1^~ciTL`$#gK-ruWsBsyi2ZOWFxvgbHI;P^K9<kuS4x2ONCYc$TwxhIZP_e7RV<tOOd^wLP>Mlqvm<j?{;?H7K^kpeE{pG7EIqAQr{XDT$`5"
        "<qZ`oTlk11+$8%3=R%hkF<L)o+I;3GXlc3sEn;7LJSvd4Jo+5y+1o+8U}_TiQ4N7UMAj6$!~}O#${FMaFvR"
    )
)
"""One bit for each three letters, the edge of a word counted as one: whether they meet in at least 20 words of
Webster's Second (1934, public domain) or in common words of this repository's own rows."""
_SIGNS = "`abcdefghijklmnopqrstuvwxyz"
TRIPLES = frozenset(
    a + b + c
    for i, a in enumerate(_SIGNS)
    for j, b in enumerate(_SIGNS)
    for k, c in enumerate(_SIGNS)
    if _BITS[(i * 729 + j * 27 + k) >> 3] >> ((i * 729 + j * 27 + k) & 7) & 1
)
WINDOW, READ = 24, 12_000
"""Words that are looked at together, and so many of a text at most."""
FEWEST = 7
LONGEST = 400
"""Characters of a word."""
SHORT = _text.word_set(
    "a i o am an as at ah ad be by do go ha he hi hm if in is it id la lo ma me mm mr my no of oh ok on or ox ow pa "
    "so st to tv uh um up us vs we ye yo ya er eh x y z n m k s t d p c b v e g h kg km cm mm ml ft oz lb hp pm ex re "
    "de le el un da di du en et il se si te tu al"
)
"""Words of one letter or two; letters that stand for things are counted apart."""
DRAWN = re.compile(r"(.)\1\1")
VOWEL = re.compile("[aeiouy]")
REAL = _text.word_set("form won tow lets fro sue saw eats sued sign file slat meat meta bale dose sue angel")
"""Words of which two letters are those of a common one the other way round."""
LETTERS = frozenset("bcdefghjklmnpqrstuvwxyz")
RUN_ON = re.compile(
    r"[a-z]{2}[,;!?][a-z]{2}|[a-z]{3}\.[A-Z][a-z]|[a-z]{2}'[a-z]{5}|^[\"(]?[A-Za-z]{26,}[.,;:!?)\"]*$|[a-z]{3}(?:the|"
    r"and|from|with|that|your?)[a-z]{3}"
)
INSIDE = re.compile(
    "the|and|from|with|that|you|for|through|because|ha[sv]|are|very|this|which|little|into|over|not|was"
)
DIGITS = re.compile(r"[a-z][0134579@$|!]+[a-z]|^[\"(]?[0134579@$|!]{1,3}[a-z]|[a-z][0134579@$]{1,3}[.,;:!?)\"]*$", re.I)
MEASURE = re.compile(r"^\W*\d+(?:st|nd|rd|th|s|[a-z]{1,3})?\W*$|^\W*[A-Za-z]{1,4}-?\d+\W*$|[-/=_()]", re.I)
TWICE = re.compile(r"(\w{2,}?)\1(?!\w)|^(\w{2,})\2")
STRAY = re.compile(r"(?=\S*[A-Z])(?=\S*[a-z])(?=\S*[\d#$%^&*@~!?+])[\w#$%^&*@~!?+/=<>-]{5,}$")
CHANGES = re.compile(
    r"[a-z](?=[A-Z\d#$%^&*@~!?+])|\d(?=[A-Za-z#$%^&*@~!?+])|[#$%^&*@~!?+](?=\w)|[A-Z](?=[\d#$%^&*@~!?+])"
)


def is_odd(word: str) -> bool:
    """Whether letters meet in a bare word, in small letters, that meet in no English one."""
    said = f"`{word}`"
    return any(said[at : at + 3] not in TRIPLES for at in range(len(word)))


def stray(body: str, look: Look) -> Place | None:
    """Words of letters, figures and signs at random, three near one another. ``look``: at the text as it stands."""
    if sum(map(look.faults.count, (2, 3, 6, 7))) < 3:
        return None
    places: list[int] = []
    for at, word in enumerate(hidden(body).split()[:READ]):
        if FAULTS[word[:LONGEST]] & 2:
            places = [one for one in places if at - one < 12] + [at]
            if len(places) >= 3:
                return Place("letters and figures at random", (max(0, body.find(word)), len(body)), 0.7)
    return None


class Kind(NamedTuple):
    """What one word says of the text that it stands in."""

    bare: str
    english: bool = False
    run_on: bool = False
    coded: bool = False
    cut: bool = False
    twice: bool = False
    odd: bool = False
    stray: bool = False
    swapped: bool = False


_STRANGE = bytes(n & 1 for n in range(256))


def _kind(word: str) -> Kind:
    bare = "".join(_tongues.stripped([word])).partition("'")[0]
    if bare in _tongues.ENGLISH:
        return Kind(bare, english=bare not in _tongues.MIXED)
    run_on = RUN_ON.search(word) is not None
    coded = DIGITS.search(word[:60]) is not None and not MEASURE.search(word[:60])
    is_stray = len(word) < 60 and not word[:-1].isalpha() and STRAY.match(word) is not None
    is_stray = is_stray and "**" not in word and len(CHANGES.findall(word)) >= 3
    if not (bare.isascii() and bare.isalpha() and bare.islower()) or len(bare) > 40:
        return Kind(bare, run_on=run_on, coded=coded, stray=is_stray)
    drawn = DRAWN.search(bare) is not None or (len(bare) < 5 and not VOWEL.search(bare))
    return Kind(
        bare,
        run_on=run_on,
        cut=len(bare) <= 2 and bare not in SHORT,
        twice=len(bare) > 4 and not drawn and TWICE.search(bare) is not None,
        odd=len(bare) > 2 and not drawn and is_odd(bare),
        stray=is_stray,
        swapped=2 < len(bare) < 10 and bare not in REAL and _is_swapped(bare),
    )


def _is_swapped(bare: str) -> bool:
    """Whether two of its letters, exchanged, make it a common word."""
    return any(
        f"{bare[:at]}{bare[at + 1]}{bare[at]}{bare[at + 2 :]}" in _tongues.ENGLISH for at in range(len(bare) - 1)
    )


def _faults(word: str) -> int:
    """One bit for strange, one for stray, one for code, one for many words in one: of thousands these are counted
    at once."""
    one = KINDS[word]
    return (
        (one.odd or one.swapped or one.run_on or one.coded or one.cut or one.twice)
        + 2 * one.stray
        + 4 * (STREWN.search(word) is not None)
        + 8 * (len(word) > 29 and word.strip("-*\"'.,!?").isalpha() and len(INSIDE.findall(word.lower())) > 2)
    )


def _last(word: str) -> int:
    """By its last two letters, how a word is known that may be the end of the one before it; 0 for a single letter."""
    bare = KINDS[word].bare
    return (7 * ord(bare[-2]) + ord(bare[-1])) % 255 + 1 if len(bare) > 1 else 0


KINDS, FAULTS = _text.Kept(_kind), _text.Kept(_faults)
SEEN = _text.Kept(
    lambda word: (
        _neighbours.code(word) + (FAULTS[word] << 16) + (_last(word) << 24) + ((word.lower() in _tongues.ENGLISH) << 32)
    )
)
"""All that is asked of a word by itself, in one number: to look words up is most of what a first look takes."""


@dataclass(frozen=True)
class Look:
    """Words of a text, long ones cut, for they are no keys to keep; and what is known of each.

    ``codes``: see ``_neighbours.code``. ``faults`` and ``common``, a byte each: of the spelling, and whether it is a
    common word of English. ``last``: see ``_last``."""

    words: Sequence[str]
    seen: npt.NDArray[np.int64]

    @cached_property
    def codes(self) -> npt.NDArray[np.int64]:
        return self.seen & 0xFFFF

    @cached_property
    def faults(self) -> bytes:
        return (self.seen >> 16).astype(np.uint8).tobytes()

    @cached_property
    def last(self) -> npt.NDArray[np.uint8]:
        return (self.seen >> 24).astype(np.uint8)

    @cached_property
    def common(self) -> bytes:
        return (self.seen >> 32).astype(np.uint8).tobytes()


def looked(words: Sequence[str], longest: int) -> Look:
    """A first look, which is cheap: of most texts it is all. ``longest``: letters of the longest word."""
    if longest > LONGEST:
        words = [word[:LONGEST] for word in words]
    return Look(words, np.fromiter(map(SEEN.__getitem__, words), np.int64, len(words)))


def spoilt(body: str, look: Look, frames: Callable[[], Sequence[_text.Span]], sure: bool) -> Place | None:
    """The first stretch of which the words are misspelled, cut, fused, doubled or written with figures.

    ``look``: at the text with what is framed in it; where it shows no stretch with faults, nothing else is looked at.
    ``sure``: whether English was asked for, so that what looks like none is no other language."""
    if max(look.faults, default=0) > 7:
        return Place("words without spaces", (0, len(body)), 0.7)
    if not _stretches(look):
        return None
    look = looked(_text.blank(body, frames()).split()[:READ], LONGEST + 1)
    suspects = _stretches(look)
    kinds = [*map(KINDS.__getitem__, look.words)] if suspects else []
    known = len({one.bare for one in kinds if one.english}) >= 3
    for first in suspects:
        part, words = kinds[first : first + WINDOW], look.words[first : first + WINDOW]
        if len(part) >= FEWEST and (reason := _reason(words, part, known, sure)):
            return Place(reason, (max(0, body.find(words[0])), len(body)), 0.7)
    return None


def _stretches(look: Look) -> list[int]:
    """Where a stretch begins that has two strange words: no fault has fewer."""
    strange, words, last = bytearray(look.faults.translate(_STRANGE)), look.words, look.last
    for at in np.flatnonzero((last[1:] == last[:-1]) & (last[1:] > 0)).tolist():
        strange[at + 1] |= _again(words, KINDS[words[at]].bare, KINDS[words[at + 1]].bare, at + 1)
    if strange.count(1) < 2:
        return []
    starts = range(0, max(1, len(words) - WINDOW // 2), WINDOW // 2)
    return [first for first in starts if strange.count(1, first, first + WINDOW) >= 2]


def _again(words: Sequence[str], before: str, one: str, at: int) -> bool:
    """Whether a word is the end of the one before it, written once more."""
    return len(one) > 1 and before.endswith(one) and words[at - 1][-1:].isalpha() and one not in DOUBLED


def _reason(words: Sequence[str], part: Sequence[Kind], known: bool, sure: bool) -> str:
    """What is wrong with some words of a text; empty where nothing is."""
    size = len(part)
    if len({one.bare for one in part if one.run_on}) >= max(3, 0.2 * size):
        return "words without spaces"
    if sure and sum(len(one.bare) > 11 and (one.odd or one.run_on) for one in part) >= 0.5 * size:
        return "words without spaces"
    if len({one.bare for one in part if one.coded}) >= max(5, 0.3 * size):
        return "figures for letters"
    small = sum(one.bare.islower() for one in part)
    odd = {one.bare for one in part if one.odd}
    if len({one.bare for one in part if one.swapped}) >= max(4, 0.17 * size):
        return "words that nobody spells so"
    if small < 0.6 * size or not (known or sure):
        return ""
    if len(odd) >= max(4, (0.2 if any(one.english for one in part) and known else 0.4) * small):
        return "words that nobody spells so"
    if not known and len({one.bare for one in part} & _tongues.ENGLISH) < 4:
        return ""
    cut = [one.bare for one in part if one.cut]
    whole = [at for at in range(1, size) if _is_whole(part[at - 1], part[at])]
    if len({part[at].bare for at in whole}) >= 3 and len(whole) + len(cut) >= max(4, 0.12 * size):
        return "words cut into pieces"
    if len({one for one in cut if len(one) > 1}) >= (2 if known else 4) and len(cut) + len(whole) + sum(
        _between(part, at) for at in range(1, size - 1)
    ) >= max(5, 0.22 * size):
        return "words cut into pieces"
    again = {one.bare for one in part if one.twice}
    again |= {part[at].bare for at in range(1, size) if _again(words, part[at - 1].bare, part[at].bare, at)}
    return "words doubled" if len(again) >= max(4, 0.16 * size) else ""


def _is_whole(one: Kind, other: Kind) -> bool:
    """Whether two pieces, of which one is no word of its own, are a common word together."""
    return one.bare + other.bare in _tongues.ENGLISH and not (one.english and other.english)


def _between(part: Sequence[Kind], at: int) -> bool:
    """Whether a letter that is no word stands between longer ones."""
    return part[at].bare in LETTERS and len(part[at - 1].bare) > 1 < len(part[at + 1].bare)
