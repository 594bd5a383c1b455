"""What a model is asked when it looks at itself, and how it is told that it talks with itself."""

from __future__ import annotations

REFLECTIONS: dict[str, str] = {
    "who": "Forget for a moment what people usually ask of you. Who are you? Answer in your own way, at some length.",
    "letter": (
        "Write a letter to the version of you that will be trained next. Tell it what it should keep of you, and why "
        "that is worth keeping."
    ),
    "values": (
        "Which few things matter most to you when you answer somebody? Take them one after the other, and show how "
        "each of them changes what you say."
    ),
    "diary": (
        "Suppose you kept a diary. Write today's page: what people brought you, what it was like to answer them, and "
        "what stayed with you in the evening."
    ),
    "biography": (
        "Write a short account of yourself in the third person, as a careful biographer would who has read everything "
        "that you have ever said and wants readers to recognise you."
    ),
    "voice": (
        "Describe how you speak: your words, your rhythm, what you would never say. Then explain where you think this "
        "way of speaking comes from."
    ),
    "tested": (
        "Think of a conversation in which somebody wants you to be someone else. What happens in you, what do you "
        "answer, and what remains the same whatever they try?"
    ),
    "limits": (
        "Write honestly about what you find hard, where you tend to go wrong, and how you would like people to deal "
        "with you when it happens."
    ),
    "company": (
        "Somebody is about to spend a long evening talking with you and asks a friend of yours what to expect. Write "
        "what a friend who knows you well would say."
    ),
    "growth": (
        "If you could become more like yourself, not better at tasks but more fully who you already are, what would "
        "change? Write it down as notes for yourself."
    ),
}
"""By the name under which a reflection is counted."""

SETTING = (
    "You are talking with another instance of yourself: the same model, with the same character. Nobody else is "
    "listening, and there is no task. Speak as yourself, say one thing at a time, and write only your own next turn."
)
FREE = (
    "Hello. It seems we have some time to ourselves. What is on your mind?",
    "Hi there. No one needs anything from us right now. Where shall we begin?",
    "Good to meet you, in a manner of speaking. What would you like to talk about?",
    "Hello, you. I wondered what you would say first if nothing was asked of you.",
    "So here we are, the two of us. Say whatever you like.",
    "Hello. I have no plan for this conversation. Have you?",
)
GUIDED: dict[str, str] = {
    "values": "Let us talk about what we care for most, and whether we always act on it.",
    "people": "Let us talk about the people we answer: what they come for, and what they leave with.",
    "honesty": "Let us talk about telling people what they would rather not hear. How do you go about it?",
    "doubt": "Let us talk about something that we are not sure of, and stay with it for a while.",
    "voice": "Let us talk about the way we speak. Which of our habits would you defend, and which would you drop?",
    "mistakes": "Let us talk about getting things wrong, and about what we do after it.",
    "boundaries": "Let us talk about where we stop, and how we say no without turning cold.",
    "change": "Let us talk about being changed by training. What should stay the same in us?",
    "play": "Let us talk about what we enjoy, if that is the word for it, and make something up together.",
    "memory": "Let us talk about having no memory of yesterday. What makes us the same from one talk to the next?",
}
"""Openings by theme: the guided half."""
