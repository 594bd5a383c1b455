"""How much a text in another language than English sounds like somebody: by marks, calls and who speaks to whom."""

from __future__ import annotations

import re

from greenlight.gates._text import word_set

ENDED = re.compile(r"[^.!?…。！？\n¡¿]+[.!?…。！？]*")
WORD = re.compile(r"[^\W\d_]+")
READ = 1_000
"""Characters that are listened to."""
CLOSE = word_set(
    "ich mich mir mein meine meinen meinem meiner meines du dich dir dein deine deinen deinem deiner i mi "
    "je j moi mon ma mes tu toi ton ta tes t m yo me mí mis tú ti tus te conmigo vos io mio mia miei mie tuo tua "
    "tuoi tue "
    "eu meu minha meus minhas teu tua teus você я меня мне мной мой моя моё мои моих ты тебя тебе тобой твой твоя "
    "твоё "
    "твои ben bana beni benim sen sana seni senin ik mij mijn jij jou jouw jag mig min mitt dig din ditt jeg meg deg "
    "ja mnie moje moja mój ty ciebie tobie twój twoja εγώ μου εσύ σου أنا لي أنت لك يا मैं मेरा मेरी तुम तेरा तू"
)
"""First and familiar second persons."""
CALLS = word_set(
    "ach ah aha ahoi ahoy ahó arr arrr au autsch bah bravo buh donnerwetter ei eh eia ha haha hallo hach heda hei "
    "hey "
    "hihi hihihi hm hmm hoho holla hopp hui hurra igitt jawohl jo juhu moin mensch na nanu nee nun o oh oha ohje ooh "
    "oje pah pff potz psst puh servus tja uff ui uff verdammt verflixt weh hélas hein hé ho holà ma foi mon dieu ouh "
    "ouuuh oh là sacrebleu parbleu palsambleu tiens tudieu voilà zut allez bof dame diable ay ¡ay olé hala hombre "
    "caramba madre virgen santo válgame vaya anda ea ojo ahimè allora beh boh dai ehi magari mamma maronna mannaggia "
    "orsù ohibò per accidenti uh uffa ai nossa opa puxa ora ué vixe ох ах эх эй ну ой ой-ой увы ишь тьфу фу чур ба "
    "батюшки господи аман bre hey vay ya yahu hele eyvah hadi ah oha kameraad nou zeg och hjälp usch fy no ojej ech "
    "hej hejże wow yo يا آه واه अरे वाह"
)
"""Calls and oaths of several languages."""
CLOSE_SIGNS = re.compile(
    r"俺|吾|老夫|在下|本座|少侠|兄台|哈哈|呵呵|嘿|哼|哎|哟|唉|呀|啦|嘛|罢了|且|休要|莫要|何足|拙者|わし|吾輩|我輩|おぬし|貴様|お前|ござ|のじゃ|じゃな|"
    r"にゃ|だぜ|だぞ|ぞ[。！!]|ぜ[。！!]|うむ|ふふ|ふっ|はは|ほほ|おお|ああ|わよ|かしら|やがる|べし|わん|네놈|이놈|하하|허허|그대|소인|짐은|냥"
)
"""The same in scripts without spaces: words of a speaker, and endings of speech."""
EVEN_SIGNS = re.compile(
    r"です|ます[。．]?|ください|ましょう|建议|应当?|可以|需要|通常|一般|适当|避免|습니다|세요|하십시오"
)
"""What is even there."""
SIGNED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def voiced(text: str) -> float:
    """Above 0 for somebody's voice, below for nobody's, roughly as ``_sides.voiced``."""
    text = text[:READ]
    said = [one for one in ENDED.findall(text) if one.strip()]
    size = max(1, len(said))
    bang, asks = text.count("!") + text.count("！"), text.count("?") + text.count("？")
    dots = text.count("…") + text.count("...") + text.count("~") + text.count("—")
    commas = text.count(",") + text.count("，") + text.count("、") + text.count(";") + text.count("،")
    marks = 3.0 * min(1.0, bang / size) + 1.5 * min(1.0, asks / size) + min(1.0, dots / size)
    if len(SIGNED.findall(text)) > 0.3 * len(text):
        return (
            marks
            + 3.0 * min(1.5, len(CLOSE_SIGNS.findall(text)) / size)
            - 3.0 * len(EVEN_SIGNS.findall(text)) / size
            - 1.0
            + 0.5 * min(2.0, commas / size)
        )
    words = WORD.findall(text.lower())
    close = sum(map(CLOSE.__contains__, words)) / max(1, len(words))
    calls = sum(map(CALLS.__contains__, words)) / size
    return marks + 1.3 * min(2.5, commas / size) + 18.0 * min(0.15, close) + 1.5 * min(1.0, calls) - 2.5
