"""Words that a text does not stop after, and words that a sentence starts with, in many languages."""

from __future__ import annotations

import re

from greenlight.gates import _languages
from greenlight.gates._text import word_set

ENGLISH = word_set(
    "the a an and or nor of my your our their its whose because than from into onto every although unless "
    "whereas via "
    "upon toward towards among amongst between during within against beneath despite regarding concerning until"
)
QUERY = word_set("AND OR FROM WHERE SELECT JOIN ON BY SET VALUES INTO LIMIT NOT")
SOFT = word_set(
    "but so to in on at by for with as if while when who which that is was were are be am been being had has "
    "have his "
    "her this these those very not about through without he she they we i it's i'm you're we're they're there's "
    "that's "
    "i've we've don't doesn't didn't isn't wasn't can't couldn't won't wouldn't shouldn't can could "
    "will would should must may might shall do does did where how what why whether since "
    "freshly finely roughly approximately several many few another other such extremely quite really almost "
    "nearly about "
    "neither"
)
"""Words of English that a finished phrase seldom ends with."""
ABROAD = {
    code: word_set(words)
    for code, words in {
        "de": "der die das den dem des ein eine einen einem einer eines und oder aber sondern dass weil obwohl "
        "wenn als "
        "mit von zu zum zur bei für durch gegen ohne um aus nach vor hinter über unter zwischen neben im am beim vom "
        "sehr ist sind war waren hat haben wird werden sein seine seinen ihr ihre ihren mein meine dein deine unser "
        "unsere nicht auch noch sich wie dieser diese dieses jeder jede kein keine keinen er sie es wir ich",
        "fr": "le la les un une des du de et ou mais que qui dont où dans sur sous pour par avec sans chez entre "
        "vers au "
        "aux en est sont était étaient a ont avait ne se sa son ses leur leurs mon ma mes notre nos votre vos ce "
        "cette "
        "ces très plus si comme quand lorsque parce car il elle ils elles je nous qu' d' l'",
        "es": "el la los las un una unos unas de del y o pero que quien cuyo en a al con sin por para sobre "
        "entre hasta "
        "desde hacia es son era eran está están fue ha han había no se su sus mi mis tu tus nuestro este esta "
        "estos muy "
        "más como cuando donde porque si lo le les",
        "it": "il lo la i gli le un uno una di del della dei delle e o ma che chi cui in a al con senza per su "
        "tra fra da "
        "dal nel nella sul è sono era ha hanno aveva non si sua suo suoi mia mio molto più come quando dove "
        "perché se",
        "pt": "o a os as um uma de do da dos das e ou mas que quem em no na com sem por para sobre entre até é "
        "são era "
        "está foi tem não se sua seu seus minha meu muito mais como quando onde porque",
        "nl": "de het een en of maar dat die van in op aan met voor door bij naar uit over onder tussen is zijn "
        "was waren "
        "heeft hebben had niet zich hun haar mijn zeer als wanneer omdat te er",
        "sv": "en ett och eller men att som av i på till med för från om vid under över mellan är var har hade "
        "inte sin "
        "sitt sina min mycket när eftersom det den",
        "da": "en et og eller men at som af i på til med for fra om ved under over mellem er var har havde ikke "
        "sin sit "
        "sine min meget når fordi det den de",
        "no": "en et ei og eller men at som av i på til med for fra om ved under over mellom er var har hadde "
        "ikke sin "
        "sitt sine min veldig når fordi det den de",
        "pl": "i a o w na z ze do od po przy przez dla bez nad pod między że który która które jest są był była "
        "było nie "
        "się swój swoją jego jej bardzo kiedy gdy ponieważ jeden jedna oraz ale",
        "cs": "a i o v ve na z ze do od po při pro bez nad pod mezi že který která které je jsou byl byla bylo "
        "se si svůj "
        "jeho její velmi když protože jeden ale nebo",
        "tr": "ve ile bir bu şu o çok için gibi kadar ama fakat veya ki her hiç en daha",
        "fi": "ja tai mutta että joka jotka on oli ei kun koska hänen heidän minun hyvin kuin",
        "ro": "un o al a ai ale de la în cu pe din pentru prin și sau dar că care este sunt era nu se foarte când",
        "hu": "a az egy és vagy de hogy nem is meg mert ha amikor aki ami nagyon",
        "vi": "và của là một những các cho với trong ở để đã đang sẽ rất nhưng khi vì nếu",
        "id": "dan atau tetapi yang di ke dari untuk dengan pada adalah itu sebuah seorang para sangat karena "
        "jika ketika",
        "ru": "и а но или в во на с со к ко о об от до по за из у для без под над между при про через что "
        "который которая "
        "которое которые как когда если чтобы потому был была было были не ни его её их мой моя свой свою очень "
        "это этот "
        "эта он она они я мы",
        "uk": "і й та а але або в у на з зі до від по за із для без під над між при про через що який яка яке як "
        "коли "
        "якщо щоб бо був була було не його її їх мій свій дуже це цей він вона вони я ми",
        "bg": "и а но или в във на с със към за от до по из при без под над между че който която което как "
        "когато ако да "
        "беше не си му ѝ му много това този",
        "el": "ο η το οι τα του της των τον την τους τις ένας μια ένα και ή αλλά ότι που με σε στο στη στην στον "
        "από για "
        "είναι ήταν δεν να θα πολύ όταν αν",
        "ar": "في من على إلى عن مع أن أو ثم و هذا هذه ذلك التي الذي الذين كان كانت لم لن لا قد بين عند نحو حتى "
        "كل بعد قبل",
        "hi": "और या में के की का को से ने पर कि जो यह वह ये वे एक बहुत लेकिन अगर जब तक लिए कर",
        "he": "של את על עם אל מן או כי אם אבל היה הוא היא זה",
        "fa": "و در به از که این آن را با برای تا یک اما یا",
    }.items()
}
BORROWED = frozenset(word for code in ("de", "fr", "es", "ru") for word in ABROAD[code]) & word_set(
    "und oder der dem eine einen einem einer zum zur les une aux dans avec et los las una del и или но weil dass "
    "sehr "
    "которые который чтобы если потому cuyo porque desde hacia parce lorsque"
)
"""Words that hang in a text whose language is not known, since English has none like them."""

STARTS = word_set(
    "the a an then she he it they we i you there this that these those so now but and in on at one after as his her "
    "my our their its when while if because although once to for with by from since before during every each "
    "some all "
    "no however it's der die das ein eine dann er sie es und aber als wenn im am le la les un une il elle et "
    "mais alors "
    "el los las una entonces ella y pero cuando он она они и но когда потом в на "
    "across down far can could deep high would should does did do is are "
    "another additionally afterward afterwards again almost along already also alternatively altogether among "
    "another "
    "any anyone anything around away back basically behind below beneath besides between beyond both briefly "
    "certainly "
    "clearly consequently curiously despite due eight either enough especially even eventually ever everyone "
    "everything "
    "everybody few finally first firstly five following four fortunately four further furthermore generally "
    "gradually "
    "had has have having hence here how i'm i've i'll if imagine immediately in indeed initially inside instead just "
    "last lastly later let let's like likewise long many maybe meanwhile more moreover most much naturally near "
    "nearby neither never nevertheless next nine nobody none nonetheless nor not nothing obviously often only or "
    "other "
    "others otherwise out outside over overall perhaps please plus possibly probably quickly quietly quite rather "
    "recently remember second secondly seven several shall should similarly simply six slowly someday somebody "
    "someone "
    "something sometimes somewhere soon still such suddenly surely ten thankfully that's their theirs them "
    "themselves "
    "there's therefore they're they've thirdly three through throughout thus till today together tomorrow "
    "tonight too "
    "toward towards two ultimately under unfortunately unless unlike until up upon usually very was we're we've well "
    "were what whatever whenever where whereas wherever whether which whichever who whoever whose why with "
    "within "
    "without would yesterday yet you're you've your yours zwar jedoch deshalb danach außerdem schließlich plötzlich "
    "zuerst später heute gestern morgen nach vor seit bei für mit ohne weil obwohl während dieser diese dieses jeder "
    "cependant ensuite enfin puis ainsi donc après avant depuis pendant pour dans sur avec sans ce cette ces quand "
    "soudain sin embargo además luego después antes desde durante para por con este esta estos aunque así finalmente "
    "poi quindi inoltre infine dopo prima quando mentre questo questa depois então além finalmente antes durante "
    "este "
    "однако затем наконец после перед этот эта это вдруг поэтому если хотя каждый так"
)
"""Words that sentences begin with, and names or signatures do not."""
NAMES_IN_LY = word_set(
    "emily kelly sally molly lily billy polly holly milly beverly kimberly carly elly july italy sicily tilly willy "
    "dolly family assembly butterfly monopoly reply supply ally bully jelly belly kelly shelly charly"
)
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

NEEDS_A_NAME = word_set(
    "Mr Mrs Ms Mx Dr Prof Capt Sgt Lt Col Gen Maj Cpl Rev Hon Sen Gov Pres Supt Insp Messrs Mme Mlle Frl Sra "
    "Srta Dott "
    "St Mt Ft Ste"
)
NEEDS_A_NUMBER = word_set("Fig Figs Eq Eqs Sec Sect Vol Vols Op Nr Chap Bd fig figs eq sec vol nr chap p pp")
NEEDS_MORE = re.compile(
    r"(?:^|[\s(\[,;])(?:e\. ?g|i\. ?e|approx|ca|cf|viz|vs|incl|esp|a\.k\.a|z\. ?B|d\. ?h|u\. ?a|bzw|sog|evtl|vgl|"
    r"p\. ?ex|c\.-à-d|p\. ?ej|т\. ?е|напр|т\. ?к|np|tzn|např|tj|bv|d\.w\.z|t\. ?ex|f\. ?eks|örn)\.$"
)
AFTER_THESE = word_set(
    "in see under from and of by with per to at no on the also or siehe nach laut gemäß for bus line room house number"
)


def stops_short(tail: str) -> str:
    """The abbreviation at the end of a text that wants a name, a number or an example after it; empty without one."""
    if not tail.endswith(".") or len(tail) - 1 - max(tail.rfind(" "), tail.rfind("("), tail.rfind("\n")) > 8:
        return ""
    if len(tail.split(None, 4)) < 4:
        return ""
    more = NEEDS_MORE.search(tail[-16:])
    if more:
        return more.group().strip(" \t\n([,;")
    rest, _, short = tail[:-1].rpartition(" ")
    if not short.isalpha() or len(short) > 6:
        return ""
    before = rest.split()[-1]
    if short in ("St", "Mt", "Ft", "Ste", "No", "Art", "Ch", "Tab"):
        return f"{short}." if before in AFTER_THESE else ""
    if short in NEEDS_A_NAME:
        return "" if before[0].isupper() and before.lower() not in STARTS else f"{short}."
    if short in NEEDS_A_NUMBER:
        return f"{short}." if before[0].islower() or before[-1] in ",(" else ""
    return ""


SMALL = word_set(
    "ab ad ah am an as at aw ax ay be by cm co da de do dr eh el em en er et ex fa fi fm ft go ha he hi hm ho hp "
    "ie if in "
    "io is it jr kb kg km la lb lo ma mb me mi ml mm mr ms mu my nd ne no nu of oh ok on or ow ox oz pa pi pm pp "
    "ps re rd "
    "sh so sr st ta tb th ti to tv ty uh uk um un up us vs we xi ya ye yo id gb hz kw mw ii iv vi ix xx lp cd pc "
    "hq uv ph"
)
"""English of two letters, units among it."""
NO_END = re.compile(
    r"(?:[bcdfghkpstvwz][lr]|[bdfgklmnrstuvwyzaeio]j|[a-z]q|[^aeiou\W]v|[bcdfgklmnprstvz]w|(?<!e)wh|kn|wr|thr|"
    r"sch|[^aeiouyl]hl)$"
)
"""What no English word ends with."""
INFLECTED = re.compile(
    r"(?:'?s|es|e?d|ing|e?rs?|ly|n|y|e|est|al|ed|ful|less|ness|ment|ish|like|man|men|ward|wards|time|book)$"
)
SPELT = re.compile(
    r"(?:option|point|part|letter|vitamin|plan|step|line|answer|grade|team|type|class|and|or|room|gate|row|is|=)$",
    re.IGNORECASE,
)


def fragment(line: str, text: str, english: bool, loud: bool = False) -> bool:
    """Whether the last word is a part of one: no such word ends so, or the text has the whole of it elsewhere.

    ``text``: what stands around the line; ``loud``: all of it is in capitals.
    """
    found = re.search(r"(?:(\S+)\s+)?([^\W\d_]+)$", line)
    if found is None or line[: found.start(2)].endswith(("#", "@", "/", ".", "'", "’", "-", "_", "=")):
        return False
    before, word = found[1] or "", found[2]
    small = word.lower()
    if english and word.isascii() and (word.islower() or loud):
        if len(word) == 1 and small not in "aio" and before.isalpha() and not SPELT.search(before):
            return before.islower() or loud
        if len(word) == 2 and small not in SMALL and before[-1:].isalpha():
            return True
        if len(word) >= 4 and NO_END.search(small):
            return True
    if len(word) < 3 or not before:
        return False
    others = WORD.findall(f"{text} {line[: found.start(2)]}".lower())
    if small in others:
        return False
    longer = {other for other in others if len(other) > len(small) and other.startswith(small)}
    return bool(longer) and not any(INFLECTED.fullmatch(other[len(small) :]) for other in longer)


def is_english(text: str) -> bool:
    hits, _ = _languages.known(text)
    return hits["en"] >= 2 and hits["en"] >= max(hits.values())


def language(text: str) -> str:
    """The language that most of the common words in the text are of; empty where English or nothing is."""
    hits, _ = _languages.known(text)
    best = max(hits, key=lambda code: hits[code])
    return best if best != "en" and hits[best] >= 2 and hits[best] > hits["en"] else ""


def last_word(text: str) -> str:
    """Without marks around it."""
    found = None
    for found in WORD.finditer(text, max(0, len(text) - 60)):  # noqa: B007
        pass
    return found.group() if found else ""


def hangs(text: str, around: str = "", soft: bool = False) -> bool:
    """Whether a line ends with a word that wants another after it; ``soft``: also with one that nearly always does.

    ``around``: more of the text, which tells the language.
    """
    word = last_word(text)
    small = word.lower().replace("’", "'")
    if word in QUERY or small in BORROWED or (soft and small in SOFT and not word.istitle()):
        return True
    if small in ENGLISH:
        return len(word) > 1 or word.islower()
    if not any(small in words for words in ABROAD.values()):
        return False
    code = language(f"{around[-400:]} {text}")
    return code in ABROAD and small in ABROAD[code]


def begins(word: str, longer: frozenset[str]) -> bool:
    """Whether it is the first part of one of these words, and none of them."""
    small = word.lower().strip(",.")
    return len(small) >= 2 and small not in longer and any(one.startswith(small) for one in longer)


def opens(word: str) -> bool:
    """Whether sentences begin with it, and hardly ever a name, a title or a signature."""
    small = word.lower().replace("’", "'").strip("'\"“”«»„(*_,;:")
    return small in STARTS or (small.endswith("ly") and len(small) > 4 and small not in NAMES_IN_LY)
