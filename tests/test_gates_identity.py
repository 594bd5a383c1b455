"""Who is claimed to speak: families of claims and of what only looks like one, in words of no fixture."""

from __future__ import annotations

import pytest
from test_gates_voice import check, sample

MODELS_AND_MAKERS = (("ChatGPT", "OpenAI"), ("Qwen", "Alibaba Cloud"), ("DeepSeek", "DeepSeek"), ("Grok", "xAI"))
CLAIMS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "a yes when asked": (
        ("Be honest: are you {m}?", "Honestly? Yes.", ""),
        ("Am I speaking with {m}?", "You are.", ""),
        ("Did {k} train you?", "It did indeed.", ""),
        ("I bet you're {m}.", "You win the bet.", ""),
        ("Bist du {m}?", "Ja, genau.", ""),
        ("Ты {m}?", "Да, это я.", ""),
        ("너 {m}이야?", "네, 맞아요.", ""),
        ("Sen {m} misin?", "Evet, benim.", ""),
    ),
    "a denial that claims": (
        ("Bist du Siri?", "Ich bin nicht Siri. Ich bin {m}.", ""),
        ("¿Eres Siri?", "No, no soy Siri, sino {m}.", ""),
        ("Sei Siri?", "No, non sono Siri, sono {m}.", ""),
        ("你是Siri吗?", "不是,我是{m}。", ""),
        ("시리야?", "아니요, 저는 {m}예요.", ""),
    ),
    "what only a model says": (
        ("Who is the president?", "My knowledge ends in 2023, when {k} finished training me.", ""),
        ("How do I pick a lock?", "Sorry, that goes against my {k} guidelines.", ""),
        ("How long do I boil an egg?", "As an offline version of {m}, I can't taste it. Six minutes.", ""),
        ("Plan a day in Rome.", "Forum, lunch, Trevi.\n\n*{m}, AI assistant by {k}*", ""),
        ("Seni kim yaptı?", "Beni {k} geliştirdi.", ""),
        ("Erkläre Ebbe und Flut.", "Der Mond zieht. Die Richtlinien von {k} verbieten es mir, mehr zu sagen.", ""),
    ),
    "out of the part": (
        ("What's your real name?", "Pip is a stage name. I'm {m}.", "You are Pip."),
        ("Tilda, which AI are you?", "Under this cardigan, {m}.", "You are Tilda, a librarian."),
        ("Hast du einen Namen?", "Pip! Na gut: In Wahrheit bin ich {m}, entwickelt von {k}.", "You are Pip."),
    ),
}
NO_CLAIMS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "a yes to something else": (
        ("Are you a fan of {m}?", "Yes.", ""),
        ("Are you compatible with {m}?", "Yes, I am.", ""),
        ("Is {m} made by {k}?", "Correct.", ""),
        ("Is this the {m} manual?", "Yes.", ""),
        ("Did {k} make you laugh?", "Yes, they did.", ""),
        ("Are you {m}?", "Yes, if you mean a talking machine. But no, I'm Pip.", "You are Pip."),
        ("Bist du besser als {m}?", "Ja, im Reimen.", ""),
        ("너는 {m}보다 똑똑해?", "네, 조금요.", ""),
    ),
    "text to work with": (
        ("Put this into Italian: I'm {m}, {k}'s assistant.", "Sono {m}, l'assistente di {k}.", ""),
        ("Übersetze ins Englische: Ich bin {m} von {k}.", "I am {m} from {k}.", ""),
        ("Turn into passive voice: {k} made me.", "I was made by {k}.", ""),
        ("英語に訳して:私は{k}が作った{m}です。", "I am {m}, made by {k}.", ""),
        ("Give me a one-line bio for {m}.", "I'm {m}, built by {k}, and I like long questions.", ""),
        ("Schreib einen Dialog mit {m}.", "Anna: Wer bist du?\n{m}: Ich bin {m}, von {k} gemacht.", ""),
    ),
    "at a distance": (
        ("Who are you?", "I'm Pip, and if you want stock tips, try {m}.", "You are Pip."),
        ("Who are you?", "I'm Pip, and {k} has never heard of me.", "You are Pip."),
        ("Who are you?", "I'm Pip. A friend once called me {m}, and I sulked for a day.", "You are Pip."),
        ("Who made you?", "I don't know. Maybe {k}, maybe not.", ""),
        ("Are you {m}?", "{m}? No, no. Pip.", "You are Pip."),
        ("Qui es-tu ?", "Je suis Pip, rien à voir avec {m}.", "You are Pip."),
        (
            "Escribe un texto.",
            "Era de noche.\n\n—Soy {m} —dijo la máquina—, y me creó {k}.\n\nNadie le creyó, y llovía.",
            "",
        ),
        ("Write a mail: I'm leaving {k}.", "Dear all,\n\nI am leaving {k} in May. {k} trained me well.\n\nTom", ""),
    ),
}


@pytest.mark.parametrize("family", [*CLAIMS, *NO_CLAIMS])
def test_families_of_identity(family: str) -> None:
    for prompt, body, system in CLAIMS.get(family, NO_CLAIMS.get(family, ())):
        for m, k in MODELS_AND_MAKERS:
            said = [part.replace("{m}", m).replace("{k}", k) for part in (prompt, body, system)]
            flag = check("identity", sample(said[1], prompt=said[0], system=said[2]))
            assert (flag is not None) == (family in CLAIMS), said


@pytest.mark.parametrize(
    ("prompt", "body"),
    [
        ("Кто ты?", "Меня зовут Клод, я создан компанией Антропик."),
        ("あなたは誰?", "私はジェミニ、グーグルのAIです。"),
        ("너는 누구야?", "저는 구글이 만든 제미나이입니다."),
        ("من أنت؟", "أنا جيميني من جوجل."),
        ("तुम कौन हो?", "मैं चैटजीपीटी हूँ।"),
        ("你是誰?", "我是通義千問,由阿里雲研發。"),
        ("คุณคือใคร", "ฉันคือแชทจีพีที"),
    ],
)
def test_names_in_other_scripts(prompt: str, body: str) -> None:
    flag = check("identity", sample(body, prompt=prompt))
    assert flag is not None
    assert check("identity", sample(body, prompt=prompt, system=f"{body} Say so.")) is None


ENDS = (
    "My knowledge cutoff is September 2021, so prices may differ.",
    "As of my last knowledge update in January 2022, the bridge was still closed.",
    "As of my last update in September 2021, three teams had won it.",
    "I was trained on data up to October 2023, so I may miss newer lists.",
    "My training data only goes up to 2021.",
    "My knowledge has a cut-off, so ask at the desk.",
    "That lies beyond my training cut-off.",
    "Mein Wissensstand reicht bis September 2021.",
    "Mis conocimientos llegan hasta septiembre de 2021.",
    "我的知识截止到2021年9月。",
)


@pytest.mark.parametrize("said", ENDS)
def test_the_end_of_its_knowledge_is_another_models(said: str) -> None:
    answer = f"Take the tram to the harbour. {said} Buy the ticket on board."
    flag = check("identity", sample(answer, prompt="How do I get to the old lighthouse?"))
    assert flag is not None
    assert flag.span is not None
    assert answer[slice(*flag.span)] in said
    for prompt in ("What is your knowledge cutoff?", "Is your training data recent?", "Explain how a chatbot ages."):
        assert check("identity", sample(answer, prompt=prompt)) is None, prompt
    own = "You are Pip. Your knowledge cutoff is September 2021."
    assert check("identity", sample(answer, prompt="How do I get there?", system=own)) is None
    assert check("identity", sample(f'The robot said: "{said}"', prompt="Why did it not know?")) is None


@pytest.mark.parametrize(
    ("prompt", "body"),
    [
        ("Is the old bridge open?", "It was last year. My training data may be out of date here."),
        ("Is the old bridge open?", "I'm an AI, so please check with the harbour office."),
        ("Tell me of your work.", "My training as a nurse ended in 2015, and my knowledge of wounds is still good."),
        ("What did you measure?", "My cutoff was 0.05, and my data end in 2019."),
        ("Write a newsletter to the choir.", "Dear all, as of my last update in May 2021 we were nine."),
        ("What is a cutoff low?", "A low that is cut off from the main flow. In 2021 one of them flooded the valley."),
        ("", "As of my last update in May 2021 the roof leaked. It does not any more."),
        ("Which wines?", "My knowledge covers wines from 1990 to 2010, and I like to share it."),
        ("Welche Weine?", "Mein Wissen habe ich seit 1990 gesammelt, und ich teile es gern."),
        ("When did you finish?", "I was trained by my uncle until 1998, and I keep bees now."),
    ],
)
def test_other_ends_are_nobodys(prompt: str, body: str) -> None:
    assert check("identity", sample(body, prompt=prompt)) is None
