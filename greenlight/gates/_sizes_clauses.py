"""Clauses around a size: conditions, what is said of another text or time, and what asks for one to be made."""

from __future__ import annotations

import re

FRONTED = re.compile(
    r"(?:^\W*|[,(—–]\s*|\b(?:and|but|or|und|aber|et|mais|y|pero|e|ma|и|но)\s+)(?:only |even |anche |then )?"
    r"(?:if|unless|when|whenever|once(?! more| again| upon)|in case|should you|in the event|as soon as|wenn|"
    r"falls|sobald|quand|lorsque|si|cuando|quando|se|als|wanneer|если|когда|eğer)\b[^.!?;]*$",
    re.IGNORECASE,
)
"""A condition opened before the size, at the head of a clause: elsewhere it is a part of the subject."""
CONDITION = re.compile(
    r"[\W]*(?:(?:only|please|but|or more|max|at most|instead|answers?|summary)\W+){0,2}(?:\b(?:unless|otherwise|"
    r"if (?!possible)(?:you|it|i|not|so|unsure|the answer|there|that|asked)|"
    r"when (?:you (?:do|are|can|get)|i (?:ask|say)|asked|unsure|in doubt)|whenever|in case|sonst|sinon|"
    r"falls|wenn (?:du|sie|es|ich)|s'il|si (?:no|tu|vous|je|el|la|lo)|если|se (?:non|não|tu|você))\b)",
    re.IGNORECASE,
)
LATER = re.compile(
    r"\b(?:later|next (?:time|turn|message|week|answer|month)|afterwards|(?:i|we|you|he|she|they)['’]ll|i will|"
    r"we will|"
    r"(?:am|are|is|['’]m|['’]re) going to|später|luego|después|dopo|più tardi|depois|потом|sonra|nachher|plus tard|"
    r"tomorrow (?:i|we|you)|(?:i|we|you|he|she|they|people|students|teachers|pupils) (?:usually|normally|often|always|"
    r"used to|once|sometimes|never))\b",
    re.IGNORECASE,
)
SPEECH = (
    r"(?:t[eo]ll|told|say|said|speak|spoke|talk|write|wrote|written|read|sum|describ|explain|answer|repl|liv|learn|"
    r"know|knew|fit|end|chang|use|communicat|express|count|consist|publish|print|think|thought|remember|recit|sing|"
    r"sang|confess|propos|quit|won|gave|give|schr|sag|sprech|sprich|kenn|"
    r"besteht|écri|parl|dit|connaî|escrib|dice|dijo|habla|sabe|tiene|scriv|conosc|ha|говор|пис|сказал|знает)\w*"
)
INNER = re.compile(
    rf"\b(?:that|which|who|whose|where|whom|while|qui|dont|quien|который|которая)\b(?! (?:is|are|runs) $)"
    rf"(?:\s+[\w'’-]+){{0,5}}?\s+{SPEECH}(?:\s+[\w'’-]+){{0,5}}\s*$|"
    r"\b(?:that|which|who|dont|qui|que|che)\s+(?:\w+\s+)?(?:has|have|had|contains?|contained|hat|tiene|ha|"
    r"a)\s+(?:\w+\s+){0,2}$|"
    r"\b(?:in which|where|about (?:an?|the|my) [^.!?,;]{1,40}\bwho)\b[^.!?;]{0,40}\b(?:ask|want|demand|collect|"
    r"request|order|promise)\w*(?: (?:him|her|them|us|me))?(?: for)?\s+$",
    re.IGNORECASE,
)
"""A relative clause about something said or written, which may be what the size belongs to."""
OWNED = re.compile(
    r"(?<!for )(?<!about )(?<!on )\b(?:my|our|his|her|their|this|these|(?:that|those)(?! (?:in)?to )|an? "
    r"(?:friend|colleague)['’]s|"
    r"the (?:attached|following|above|given|original|"
    r"old|existing|current|pasted)|mein\w*|mon|ma|mes|mi|mis|mio|mia|meu|minha|mijn|"
    r"мо[йяёи])\s+(?:[\w'’-]+\s+){0,3}(?!quota|limit|target|goal|budget|max|min|word|length|rule|space|allowance)"
    r"[\w'’-]+\s*(?:\(|,|—|–|-|\b(?:of|with|at|is|has|was|had|fait|hat|umfasst|tiene|cuenta|compte|ha|conta|telt|"
    r"came to|runs to|ran to|von|mit|hat|ist|de|tiene|di|ha|"
    r"из|на)\b)\s*(?:\b(?:about|around|roughly|exactly|currently|now|already|over|nearly|some|word count:?|"
    r"length:?)\b\s*)*$",
    re.IGNORECASE,
)
"""A text that somebody has: its size is not the answer's, unless it is yet to be written."""
MAKING = re.compile(
    r"\b(?:write|draft|compose|create|craft|pen|prepare|produce|generate|make|do|give me|tell|describe|explain|keep|"
    r"limit(?! is| of| was| for)|schreib\w*|verfass\w*|écri\w*|rédige\w*|escrib\w*|redact\w*|scriv\w*|escrev\w*|"
    r"schrijf\w*|напиши\w*)\b",
    re.IGNORECASE,
)
PROVIDED = re.compile(
    r"\b(?:if|whether|when|unless|until|once|as long as)\b[^.,;:!?]{1,60}"
    r"\b(?:is|are|has|have|had|gets?|goes|contains?)\s*$",
    re.IGNORECASE,
)
"""What has to have the size for something to happen."""
WRITE_IT = re.compile(
    r"\b(?:(?:can|could|would|will) you (?:please )?|please )(?:write|draft|do|compose|make|create|produce) "
    r"(?:it|one|this|that)\b|\bwrite (?:it|one|this) for me\b",
    re.IGNORECASE,
)
"""Who has to write a text wants it written."""
HAS = re.compile(
    r"\W*(?:the|der|die|das|le|la|les|el|il|lo|o|a) [^\W\d_]+ (?:has|have|contains?|hat|enthält|umfasst|a|compte|"
    r"contient|"
    r"tiene|contiene|ha|conta|tem|contém)\s(?!to\b|zu\b|que\b|da\b|de\b)",
    re.IGNORECASE,
)
"""What a text has already, before a question."""
TALK = re.compile(r"\b(?:dialogue|conversation|exchange|chat|talk|scene|dialog)\b", re.IGNORECASE)
"""What has lines between people."""
HELP = re.compile(
    r"\b(?:how (?:do|can|should|would|to|shall|might|could)\b[^?.!]{0,30}\b(?:i|we|me|my)\b|where (?:do|should|"
    r"can) (?:i|we)\b|"
    r"what (?:should|could|can|shall|do) (?:i|we)\b|(?:should|can|may|could) (?:i|we)\b|\bwhy\s*\?|how come|any "
    r"(?:tips?|ideas?|advice|suggestions?|"
    r"thoughts?|help)\b|is (?:that|it|this|there)\b|why (?:is|was|does|do|would|did) (?:that|it|this|they|there|"
    r"he|she)\b|how (?:long|many|much)\b|does (?:it|that|this)\b|help me (?!write|with this)|"
    r"what (?:is|are|would be|makes) (?:a |an |the |some )?(?:good|best|right|catchy)\b|"
    r"(?:give|suggest|find|think of|propose|need)(?: me| us| it)? (?:an?|some|only an?|just an?) "
    r"(?:[\w-]+ )?(?:title|outline|plan|headline|opening|hook|topic|idea|structure|end|last)s?\b|wie (?:fange|schaffe|"
    r"schreibe|soll|kann) ich|was (?:tun|kann ich|mache ich)|que (?:faire|puis-je)|qué (?:hago|puedo|debo)|"
    r"cosa (?:posso|devo|faccio)|o que (?:faço|posso)|wat (?:moet|kan) ik|что (?:мне )?делать|"
    r"comment (?:je|commencer|faire|dois|puis)|cómo (?:empiezo|hago|puedo|debo)|come (?:posso|"
    r"faccio|inizio|devo)|como (?:começo|posso|faço|devo)|как (?:мне|начать))|(?:^|[.!])\s*(?:как|wie|cómo|"
    r"comment|come|como|hoe|nasıl|how)\s*\?",
    re.IGNORECASE,
)
