"""What a prompt asks for, as far as its words tell."""

from __future__ import annotations

import re

from greenlight.gates import _written

NUMBERS = {
    word: value
    for value, words in {
        2: "two twice both zwei deux dos", 3: "three thrice drei trois tres", 4: "four vier quatre cuatro",
        5: "five fünf cinq cinco", 6: "six sechs", 7: "seven sieben sept", 8: "eight acht huit",
        9: "nine neun neuf", 10: "ten zehn dix diez", 12: "twelve dozen zwölf douze", 20: "twenty zwanzig vingt",
        30: "thirty", 50: "fifty fünfzig", 100: "hundred hundert cent cien", 1000: "thousand tausend",
    }.items()
    for word in words.split()
}  # fmt: skip
COUNT = r"(?:\d{1,4}|" + "|".join(NUMBERS) + ")"
TIMES = re.compile(
    rf"\b({COUNT})[ -](?:more )?(?:times|mal|fois|veces|raz|lines|copies|Zeilen|lignes)\b|\b({COUNT}) ?(?:x|×)(?!\w)",
    re.IGNORECASE,
)
AGAIN = re.compile(
    r"\b(?:repeat(?:s|ed|edly|ing)?|repetition|over and over|again and again|on repeat|loop(?:s|ing)?|"
    r"stutter\w*|mantra|chant(?:s|ing)?|parrot|echo(?:es)?|wiederhol\w*|répét\w*|répèt\w*|repit\w*|repet\w*)\b",
    re.IGNORECASE,
)
NOT_AGAIN = re.compile(
    r"\b(?:not?|never|avoid|without|don't|don’t|nicht|ohne|ne|sans)\b[^.\n]{0,30}\b(?:repe|répé|wieder|loop)\w*",
    re.IGNORECASE,
)
VERSE = re.compile(
    r"\b(?:song|lyrics|poem|verse|rhyme|chant|hymn|carol|lullaby|shanty|ballad|anthem|chorus|refrain|litany|prayer|"
    r"villanelle|ghazal|pantoum|triolet|rap|ode|sonnet|haiku|limerick|psalm|mantra|lied|gedicht|chanson|poème|"
    r"canción|poema|песн\w*|стих\w*)\b|歌|诗|詩|うた",
    re.IGNORECASE,
)
AMOUNT = re.compile(
    rf"(?<!\bthe )(?<!\bthese )(?<!\bfollowing )\b({COUNT})[ -](?:or more |full |short |long )?"
    r"(words?|paragraphs?|pages?|sentences?|stanzas?|chapters?|Wörter|Absätze|"
    r"mots|paragraphes|palabras|párrafos)\b",
    re.IGNORECASE,
)
WORTH = {"word": 1, "wört": 1, "mot": 1, "pala": 1, "para": 40, "absä": 40, "párr": 40, "page": 200, "sent": 8,
         "stan": 20, "chap": 200}  # fmt: skip
BRIEFLY = re.compile(
    r"\b(?:one[- ]word|single[- ]word|one word|in a word|a word|word for|yes or no|yes/no|true or false|only (?:the )?"
    r"(?:number|name|answer|letter|word|date|code)|just (?:the )?(?:number|name|answer|letter|word|date|title)|haiku|"
    r"title|headline|slogan|motto|tagline|tweet|caption|name for|password|emoji|acronym|how (?:many|much|old|far|tall)|"
    r"what (?:year|time|day|is \d)|which (?:one|of)|pick one|choose one|(?:three|four|five|six|two)[- ]word|"
    r"one sentence|a sentence|in (?:one|a single) line|one-?liners?|"
    r"briefly|short answer|ein wort|un mot|una palabra|capital of|classify|label|"
    r"rate|score|greet\w*|say (?:hi|hello|yes|no|ok)|letter of the alphabet|first letter|what letter|parts? of speech|"
    r"(?:letter|number|name|word|answer|digit|symbol) only|(?:which|how many|missing|"
    r"\d+(?:st|nd|rd|th)) letters?|(?:next|last) letter (?:in|of)|"
    r"letters? (?:that |which )?(?:comes?|follows?|precedes?|is missing)|"
    r"letter (?:right |just )?(?:after|before|between) [\"'“‘]?(?-i:[A-HJ-Z])(?!\w))\b",
    re.IGNORECASE,
)
PAGES = 100
"""The most pages that an answer is asked to have."""
CLOSED = re.compile(
    r"(?:^|[.!?:\n]\s*)(?:and |so |ok(?:ay)?,? |hey,? |(?:in|on|at|for|to|from|of|by|with) (?=wh))?"
    r"(?:who|whose|which|when|where|is|are|was|were|did|does|do|has|have|"
    r"what(?:'s|’s| is| was)? (?:the )?(?:name|title|number|colou?r|year|date|price|author|first|last|next|opposite))\b"
    r"[^.!?\n]*\?\s*$",
    re.IGNORECASE,
)
WRITES = re.compile(
    r"\b(?:writ(?:e|ing)|tell|explain|describe|compose|draft|summari[sz]e|help|how|why|make|create|give|continue|plan|walk|"
    r"could you|can you|would you)\b",
    re.IGNORECASE,
)
"""What asks for more than a fact, in a question too."""
LONG = re.compile(
    r"\b(?:letter|story|stories|essay|poem|dialogue|report|speech|talk|article|recipe|tale|summary|review|biography|"
    r"blog post|email|e-mail|script|scene|song|lyrics|explain|describe|tell me about|summari[sz]e|write about|guide|"
    r"plan|instructions|walk me through|brief|geschichte|aufsatz|gedicht|erkläre|histoire|poème|lettre|"
    r"explique|historia|cuento|carta|poema|рассказ|письмо|объясни)\b|写|物語|故事|作文",
    re.IGNORECASE,
)


def repeats_asked(prompt: str) -> float:
    """How often a thing may be said because it was asked for; 0 where nothing was."""
    if not prompt.strip():
        return 0.0
    found = TIMES.search(prompt)
    if found:
        number = (found[1] or found[2]).lower()
        often = int(number) if number.isdigit() else NUMBERS[number]
        return 1.5 * often + 3 if often > 1 else 0.0
    if AGAIN.search(prompt) and not NOT_AGAIN.search(prompt):
        return 40.0
    return 0.0


def verse_asked(prompt: str) -> bool:
    """Whether a song or a poem was asked for."""
    return VERSE.search(prompt) is not None


SCRIPT = re.compile(
    r"\b(?:plays?|playlets?|scripts?|scripted|screenplays?|scenes?|dialogues?|dialogs?|conversations?|transcripts?|"
    r"chat ?logs?|chat(?:s| between| with)?|interviews?|sketch(?:es)?|skits?|exchange between|role-?play|debates?|"
    r"podcasts?|q ?& ?a|few-shot|example (?:turns?|prompts?|exchanges?|messages)|support logs?|"
    r"conversational|multi-turn|turns|banter|comedy routine|dialogues? entre|pièce|entretien|scène|diálogos?|"
    r"conversación|entrevista|guion|guión|obra de teatro|conversa|roteiro|intervista|dialogo|copione|Gespräch\w*|"
    r"Dialog\w*|Theaterstück\w*|Drehbuch|Szene|Unterhaltung|Interview\w*|gesprek|диалог\w*|разговор\w*|пьес\w*|"
    r"сценари\w*|интервью|сцен\w*|беседа?|διάλογ\w*|συνομιλία|συνέντευξη|σκηνή)\b|"
    r"对话|對話|剧本|劇本|采访|聊天|会話|対話|台本|脚本|インタビュー|대화|대본|인터뷰|حوار|مسرحية|مقابلة|محادثة|संवाद|नाटक|बातचीत|साक्षात्कार",
    re.IGNORECASE,
)


def script_asked(prompt: str) -> bool:
    """Whether a text with speakers was asked for: a play, a dialogue, a transcript."""
    return SCRIPT.search(prompt) is not None


def closed(prompt: str) -> bool:
    """Whether it is a question after a fact, which a word may answer, whatever it speaks of."""
    return CLOSED.search(prompt[-400:]) is not None and WRITES.search(prompt) is None


def fewest_words(prompt: str) -> float:
    """A low guess at the words that an answer needs; 0 where it may be of any length.

    Only a text that is to be written has a size: one that is given, named, judged or corrected has none.
    """
    if BRIEFLY.search(prompt):
        return 0.0
    found = _amount(prompt)
    if found:
        return _count(found) * next(worth for start, worth in WORTH.items() if found[2].lower().startswith(start))
    if closed(prompt):
        return 0.0
    return 40.0 if _written.asked(prompt) else 0.0


def _amount(prompt: str) -> re.Match[str] | None:
    """The size that is asked for: not a "404 page", since no answer has hundreds of pages."""
    found = AMOUNT.search(_written.request(prompt))
    if found is None or (found[2].lower().startswith("page") and _count(found) > PAGES):
        return None
    return found


def _count(found: re.Match[str]) -> float:
    number = found[1].lower()
    return float(number) if number.isdigit() else float(NUMBERS[number])


def stated(prompt: str) -> str:
    """The size that a prompt states, in its own words; empty where it states none."""
    found = _amount(prompt)
    return " ".join(found.group().split()) if found else ""
