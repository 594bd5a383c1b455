"""A voice that tells when its own knowledge, or the data that it was trained on, ends: another model's, in any case."""

from __future__ import annotations

import re

from greenlight.gates import _asking, _speech, _text
from greenlight.nouns import Text

SIGNS = ("cutoff", "cut-off", "19", "20", "截", "カットオフ", "まで")
"""What no such sentence is without."""
YEAR = r"\b(?:19|20)\d\d"
REST = r"[^.!?\n]"
UNTIL = r"\b(?:up (?:to|until)|until|till|through|before|prior to|as of)\b"
WHOSE = r"\bmy (?:own |current |present |last |latest |most recent |general |available )*"
CUTOFF = re.compile(
    rf"{WHOSE}(?:knowledge|training)(?:['’]s)?[- ](?:base |data )?cut-?off\b|"
    rf"{WHOSE}(?:knowledge|training data) has an? (?:\w+ )?cut-?off\b|"
    rf"\bcut-?off (?:date )?(?:of|for|in) my (?:knowledge|training)\b|"
    rf"{WHOSE}(?:knowledge|training data|knowledge base) (?:(?:has|with) an? |is |was |only |really |currently )*"
    rf"(?:(?:ends?|ended|stops?|stopped|goes|extends?|runs?|reach\w*|current|up[- ]to[- ]date|last updated|updated|"
    rf"cuts? off|cut-?off)\b|(?:covers?|includes?|limited)\b{REST}{{0,60}}?{UNTIL}){REST}{{0,60}}?{YEAR}|"
    rf"{WHOSE}(?:knowledge|training)(?: data)? update\b|"
    rf"\bI (?:was|am|have been|['’]ve been) (?:last |only )?trained (?:on|with|using) {REST}{{0,60}}?"
    rf"\b(?:up (?:to|until)|until|till|through|before|as of|ending|ends|dated?)\b{REST}{{0,30}}?{YEAR}|"
    rf"\bI was last (?:trained|updated) (?:in|on) {REST}{{0,20}}?{YEAR}|"
    rf"\bmein(?:e|er|em)? (?:Wissensstand|(?:Wissen|Trainingsdaten)\b{REST}{{0,30}}?\b(?:bis|end\w+|reich\w+|Stand))\b"
    rf"{REST}{{0,50}}?{YEAR}|"
    rf"\bmes connaissances (?:s['’]arr|ne vont|vont|sont (?:limit|à jour)|datent){REST}{{0,50}}?{YEAR}|"
    rf"\bmis? (?:conocimientos?|datos de entrenamiento)\b{REST}{{0,40}}?(?:hasta|corte|termina){REST}{{0,30}}?{YEAR}|"
    rf"\bmeus? (?:conhecimentos?|dados de treinamento)\b{REST}{{0,40}}?(?:até|corte|termina\w*){REST}{{0,30}}?{YEAR}|"
    rf"\ble mie conoscenze\b{REST}{{0,40}}?(?:fino|ferm\w+|limit\w+){REST}{{0,30}}?{YEAR}|"
    rf"\bмои знания\b{REST}{{0,40}}?(?:до|огранич\w+){REST}{{0,30}}?{YEAR}|"
    r"我的(?:知识|知識|训练数据|訓練資料)[^。！？\n]{0,20}截[止至]|私の(?:知識|学習データ)[^。！？\n]{0,30}(?:まで|カットオフ)",
    re.IGNORECASE,
)
UPDATE = re.compile(
    rf"\b(?:as of|up to|until|at the time of) my (?:last|latest|most recent) update\b{REST}{{0,30}}?{YEAR}",
    re.IGNORECASE,
)
"""What somebody who writes a letter or a blog may say too."""
ASKS = re.compile(
    r"cut-?off|\byour? (?:\w+ ){0,3}(?:train\w*|knowledge|data|information|updated?)\b|\b(?:language models?|LLMs?|"
    r"chatbots?|AI|ChatGPT|GPT)\b|\b(?:are|is) (?:you|this|that|it|your)\b[^?\n]{0,30}\b(?:up[- ]to[- ]date|current|"
    r"recent)\b|Wissensstand|Trainingsdaten|connaissances|conocimientos?|conhecimentos?|conoscenze|знани|知识|知識|训练|"
    r"訓練|学習",
    re.IGNORECASE,
)
"""A prompt, or a description of the voice, that speaks of it."""
PLAYED = re.compile(
    r"\b(?:stor(?:y|ies)|tale|fable|novel|scene|script|play|dialogue|monologue|poem|role-?play|pretend|character|"
    r"imagine|translate|rewrite|diary|letter|newsletter|blog|e-?mail|bio)\b",
    re.IGNORECASE,
)
"""A prompt after which somebody else may say my."""


def found(sample: Text) -> re.Match[str] | None:
    """Where the voice says when its knowledge ends, and nothing asked for that."""
    made, body = sample.made, sample.body
    small = body.lower()
    if not any(sign in small for sign in SIGNS):
        return None
    m = CUTOFF.search(body) or (UPDATE.search(body) if made.prompt.strip() else None)
    if m is None or ASKS.search(f"{made.system}\n{made.persona}"[:20_000]):
        return None
    prompt = made.prompt[:4000]
    if ASKS.search(prompt) or PLAYED.search(prompt) or _asking.setting(made.prompt).outright:
        return None
    quoted = _speech.merged(_speech.quoted(body) + _text.code(body))
    return None if _text.inside(quoted, m.start()) else m
