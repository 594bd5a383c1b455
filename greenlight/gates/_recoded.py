"""Bytes of one old table that were read with another, and the traces that this leaves."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise, permutations

from greenlight.gates import _signs, _tongues
from greenlight.gates._signs import Place
from greenlight.gates._strange import MISREAD, MISREAD_SIGNS, MOJIBAKE, MOJIBAKE_SIGNS

ACCENTED = re.compile(
    "[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{4,60}"
)
"""So many accented letters in a row stand in no word that is written with Latin letters."""
LARGE_INSIDE = re.compile("(?<=[a-zà-öø-ÿ]{2})[À-ÖØ-ÞŠŽŸŒ](?=[a-zà-öø-ÿ])")
TURKISH = re.compile("[a-zA-Zçöü]{1,20}[ýþð]|[ýþð][a-zçöü]{2}")
LOST_SPACE = re.compile(r"(?<=[\w.,;:!?])\u00c2 (?=\w)")
LOST_QUOTE = re.compile(r"(?<=[a-z])\u00e2(?=(?:s|t|re|ve|ll|d|m)\b)|(?<= )\u00e2(?= )|(?<=\s)\u00e2(?=[A-Z])")
CYRILLIC = re.compile("[\u0400-\u04ff\u2500-\u25a0\u00a0-\u00bf]{2,}")
TABLES = ("cp1251", "koi8-r", "cp866", "mac_cyrillic", "iso8859-5")
LEADS_ARABIC = frozenset("طظ")
READ = 1500
HAN = re.compile("[\u3400-\u9fff]")
HANGUL = re.compile("[\uac00-\ud7a3]")
KANA = re.compile("[ぁ-ヿ]")
HALF_KANA = re.compile("[\u3400-\u9fff][\uff61-\uff9f]|[\uff61-\uff9f][\u3400-\u9fff]")
COMMON = frozenset(
    "的一是不了在人有我他这这中大来上个国和说们为子你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还"
    "发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全"
    "工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入"
    "先山五太水万市眼体别处总才场师书比住员九笑性通目花报立马命张活难神数件安表原车白应路期叫死常提感金何更反合放做系计或司利受光王果"
    "這個們來說時為會過對學後麼沒發當無開經頭從動兩長樣現將與進實點種聲話兒問機給幾業間東聽氣關車體處場師書員報馬張難數應會国為気"
    "言見思行間今回目分同社気手前後方合者場自部内外下上田代度食飲家夜朝雨店駅町村物語声彼何私僕君母父兄姉妹弟友雪風春夏秋冬茶酒飯火"
)
"""Characters that Chinese and Japanese texts are half made of."""
SYLLABLES = frozenset(
    "이다는에을의고가하은한로지기어를도그있사나리아해서자들시라대인스일정수니보만여전주상면안오마우없부장제구신무게것었았했던과와때말할세요습음성동원경위소조선화중모네물람되며생각년저연내러려거바비미야"
)
"""Syllables that Korean texts are half made of."""


_PAIRS = (
    "一下一个一些一件一位一個一句一只一天一定一家一张一条一样一次一点一直一种一般一起三个上去上的上面下午下去下来下面不会不同不好不少不得不断不是不用不知不能不要不起不过世界东西两个中国中间为了为什主要之一之前之后"
    "之间也不也会也是也有也要也许了一了解于是人们什么什麼今天今年介绍从前从来他们他們他是他的他说以上以下以为以内以前以及以后们的任何会有似乎但是作用你们你可你好你的使得使用來到例如便是保持信息個人們的健康先把先生"
    "全部公司关于关系其中其他其余其它其实内容决定减少几个几乎出去出来分之分钟到了前面十分即使历史原因去年发展发现变成另外只是只有只要可以可能吃饭各个各种同时名字后来后面听到告诉味道哪些哪里問題喜欢喝茶回到回家回来"
    "因为因此因為国家在一地方坐在城市增加声音外面多少大家大概大约天气太阳女人女士奶奶她们她是她的她说好像好的如何如果妈妈学习学校学生孩子學生它们完全家的容易对于对方對於小时尤其就会就是屋子工作左右已经希望帮助常常"
    "并不并且应该建议开始当然影响往往很多後來得到得很必须怎么怎样总是您好情况想要意义意思感觉愿意慢慢應該成为我不我们我們我想我是我的或者房子所以所有手机技术提高放到放在故事整个文化方式方法方面旁边早上时候时间明天"
    "星期昨天是一是在時候時間晚上更加最后最多最大最好最近會有有一有时朋友机会条件来到東西根据桌子母亲每个每天每年每次比如比较水平水果沒有没有温度為什热水然后父亲爷爷爸爸特别现在現在甚至生活由于电脑电话男人發現百分"
    "的人的时直到直接直播看到看着看起眼睛着一睡觉知道研究社会空气突然站在笑着第一第二等到简单系统终于经常经济经验结果继续网络老人老师而不而且而是能力能够自己至少蔬菜虽然要是覺得觉得說道請問认为许多语言说着说道谢谢"
    "走到起來起床起来越来身体过去过来还会还是还有这个这些这是这样这种进入进去逐渐這些這個這樣通过過去還是還有那个那么那些那是部分都会都在都是都有里的里面重要開始门口问题阳光附近除了雖然需要非常面包食物首先马上"
)
PAIRS = frozenset(_PAIRS[at : at + 2] for at in range(0, len(_PAIRS), 2))
"""Two characters that Chinese has side by side: of a hundred in prose some twenty begin such a pair, of a hundred that
were shuffled one does."""
SMALL = frozenset("的了是在不一有和我就都着这这也他她你会要上们到说把里")
STRETCH, FEWEST = 60, 40
ODD_START = re.compile(
    r"[，。！？；：、\s][的了们吗呢吧着](?![确士解不急眼])|[，。、；：！？]{2}|([的了是在])[的了是在]?\1"
)
UNSAID_KANA = re.compile(
    "っ[あ-おな-のは-ほま-もや-よら-んゃゅょ一-龯]|[、。「][をっゃゅょぁぃぅぇぉー]|[あうえおかくけこさすせそたつてとなぬねのはふへほまむめもらるれろわをん一-龯][ゃゅょ]|をを|っっ"
)
UNSAID_HANGUL = re.compile("(?<![가-힣\"“‘'(~-])(?:[를었았겠셨렸뎠였]|습니)|[가-힣][.,][가-힣]")
"""What stands at no place of a word, or of a sentence."""


def misread(body: str, alphabet: str, english: bool) -> Place | None:
    """Bytes that were read with another table. ``english``: whether the text is in English."""
    found = MOJIBAKE.search(body) if not MOJIBAKE_SIGNS.isdisjoint(alphabet) else None
    if found is None and len(MISREAD_SIGNS.intersection(alphabet)) >= 3:
        found = MISREAD.search(body)
    place = Place("a broken encoding", found.span(), 0.9) if found else None
    if place is None and not _signs.MISREAD.isdisjoint(alphabet):
        place = _signs.misread(body, alphabet) or _signs.within(body)
    if place is None and "а" in alphabet and "О" in alphabet:
        place = _signs.turned(body)
    return place or recoded(body, alphabet, english)


def recoded(body: str, alphabet: str, english: bool) -> Place | None:
    """The first trace of a table that was not the right one."""
    there = set(alphabet)
    place = _in_latin(body, there, english)
    if place is None and there >= LEADS_ARABIC:
        place = _in_arabic(body)
    if place is None and any("\u0400" <= c <= "\u04ff" for c in alphabet):
        place = _in_cyrillic(body)
    if place is None and any(c >= "\u3400" for c in alphabet):
        place = _rare(body)
    return place


def _in_latin(body: str, there: set[str], english: bool) -> Place | None:
    if not any("\u0080" <= c <= "\u00ff" for c in there):
        return None
    found = [m for m, _ in zip(ACCENTED.finditer(body), range(60), strict=False) if _is_dense(m.group())]
    if len(found) >= 3 and len({m.group() for m in found}) >= 2:
        return Place("a broken encoding", (found[0].start(), found[-1].end()), 0.9)
    found = [m for m, _ in zip(LARGE_INSIDE.finditer(body), range(60), strict=False)]
    if len(found) >= 4:
        return Place("a broken encoding", (found[0].start(), found[-1].end()), 0.8)
    if there & set("ýþð") and there & set("çü"):
        found = [m for m, _ in zip(TURKISH.finditer(body), range(60), strict=False)]
        if len(found) >= 4 and sum(body.count(c) for c in "çü") >= 3:
            return Place("a broken encoding", (found[0].start(), found[-1].end()), 0.8)
    traces = [LOST_SPACE] * ("Â" in there) + [LOST_QUOTE] * ("â" in there and english)
    for trace in traces:
        found = [m for m, _ in zip(trace.finditer(body), range(60), strict=False)]
        if len({body[m.start() - 3 : m.end() + 1] for m in found}) >= 2:
            return Place("a broken encoding", (found[0].start(), found[-1].end()), 0.8)
    return None


def _in_arabic(body: str) -> Place | None:
    """Two letters that are rare in Arabic, at every other place: the first bytes of its letters."""
    many = body.count("ط") + body.count("ظ")
    if many < 8 or many < 0.3 * sum(c > "\x7f" for c in body):
        return None
    return Place("a broken encoding", (0, len(body)), 0.9)


def _is_dense(run: str) -> bool:
    """Whether several letters, of several kinds, stand in it."""
    return len(set(run)) >= 3 and sum(c.isalpha() for c in run) >= 3


def _in_cyrillic(body: str) -> Place | None:
    """Cyrillic that has words only once it is back in its own table."""
    part = body[:READ]
    words = set(part.lower().split())
    if sum(len(word) > 1 and CYRILLIC.match(word) is not None for word in words) < 10:
        return None
    now = _known(part)
    if now > 2:
        return None
    for right, wrong in permutations(TABLES, 2):
        try:
            back = part.encode(wrong, "ignore").decode(right, "ignore")
        except UnicodeError:
            continue
        if _known(back) >= max(4, 3 * now):
            return Place("a broken encoding", (0, len(part)), 0.9)
    return None


def _known(text: str) -> int:
    """The most words that a language with Cyrillic letters has in a text."""
    found = _tongues.counted(set(_tongues.stripped(text.lower().split())))
    return max((found.get(code, 0) for code in ("ru", "uk", "bg", "be", "sr")), default=0)


def _is_learnt(c: str) -> bool:
    """Whether it is in the tables of what a school teaches and a newspaper prints."""
    for table in ("gb2312", "shift_jis"):
        try:
            c.encode(table)
        except UnicodeError:
            continue
        return True
    return False


def _shuffled(body: str, places: list[int]) -> Place | None:
    """A stretch of Chinese with small words enough, and without the pairs that any has. ``places``: its characters."""
    for first in range(0, max(1, len(places) - STRETCH // 2), STRETCH // 2):
        near = places[first : first + STRETCH]
        said = body[near[0] : near[-1] + 1]
        size = len(near)
        if size < FEWEST or len(said) > 1.6 * size or sum(map(SMALL.__contains__, said)) < 0.1 * size:
            continue
        known = len(PAIRS.intersection(map("".join, pairwise(said))))
        if KANA.search(said) or len(set(said)) <= 0.5 * size or known > 2:
            continue
        if known == 0 or known <= sum(1 for _ in ODD_START.finditer(said)):
            return Place("characters in no order", (near[0], near[-1] + 1), 0.7)
    return None


def _rare(body: str) -> Place | None:
    """Characters of East Asia of which hardly one is common."""
    for pattern, common, least in ((HAN, COMMON, 0.05), (HANGUL, SYLLABLES, 0.12)):
        found = [m for m, _ in zip(pattern.finditer(body), range(2000), strict=False)]
        if len(found) < 60 or found[-1].end() - found[0].start() > 3 * len(found):
            continue
        seen = Counter(m.group() for m in found)
        if sum(seen[c] for c in common) >= least * len(found) or len(seen) <= 0.4 * len(found):
            continue
        if pattern is HANGUL or sum(often for c, often in seen.items() if not _is_learnt(c)) > 0.2 * len(found):
            return Place("characters at random", (found[0].start(), found[-1].end()), 0.8)
    if len(places := [m.start() for m, _ in zip(HAN.finditer(body), range(2000), strict=False)]) >= FEWEST and (
        place := _shuffled(body, places)
    ):
        return place
    for pattern, letters in ((UNSAID_KANA, "[ぁ-ん]"), (UNSAID_HANGUL, HANGUL)):
        odd = [m for m, _ in zip(pattern.finditer(body), range(200), strict=False)]
        if len(odd) >= (3 if len(body) > 120 else 2) and len(odd) > 0.02 * len(
            re.findall(letters, body[odd[0].start() : odd[-1].end()])
        ):
            return Place("letters that never meet", (odd[0].start(), odd[-1].end()), 0.7)
    half = [m for m, _ in zip(HALF_KANA.finditer(body), range(60), strict=False)]
    if len(half) >= 6:
        return Place("a broken encoding", (half[0].start(), half[-1].end()), 0.9)
    return None
